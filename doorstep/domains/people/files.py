"""What needs no database: reading what a country's folder says of people, and writing an invented population."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from doorstep.domains.country.api import Country
from doorstep.domains.people.reading import check_people
from doorstep.domains.people.shapes import PeopleFile
from doorstep.domains.people.synthetic.checking import check_population
from doorstep.domains.people.synthetic.generating import generate_population
from doorstep.domains.people.synthetic.shapes import Population
from doorstep.domains.people.types import Summary

__all__ = ["PeopleFile", "Population", "check_people", "check_population", "generate"]


def generate(
    *,
    folder: Path,
    people: int,
    seed: int,
    country: Country,
    formats: Sequence[str] = ("parquet",),
    dirty: float = 1.0,
    as_of: date,
    progress: Callable[[float, str], None] | None = None,
) -> Summary:
    """Write the registers of an invented population to ``folder``, and ``people.parquet`` with who they are.

    ``formats`` are ``parquet``, ``csv`` or both. The folder must be empty or hold an earlier population, which goes.
    ``dirty`` multiplies the rates of dirt in the country's ``population.yaml``: 0 gives clean registers. The same
    seed, size and day give the same rows. ``progress`` hears a fraction and what is being done.
    """
    return generate_population(
        folder=folder,
        people=people,
        seed=seed,
        country=country,
        formats=formats,
        dirty=dirty,
        as_of=as_of,
        progress=progress,
    )
