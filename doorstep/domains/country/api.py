"""The door of the country domain.

Reading and checking need neither Django nor a database; loading and looking up do, and import them when called.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from doorstep.domains.country.cases import run_cases
from doorstep.domains.country.checking import Part, check_country, missing_translations
from doorstep.domains.country.look import colours_of, contrast, tokens_of
from doorstep.domains.country.reading import read_country
from doorstep.domains.country.types import (
    Area,
    AreasFile,
    Colours,
    Country,
    CountryFile,
    Look,
    Office,
    Purpose,
)

__all__ = [
    "Area",
    "AreasFile",
    "Colours",
    "Country",
    "CountryFile",
    "Look",
    "Office",
    "Part",
    "Purpose",
    "check_country",
    "colours_of",
    "contrast",
    "current",
    "load_country",
    "missing_translations",
    "read_country",
    "run_cases",
    "tokens_of",
    "version",
]


def load_country(folder: Path, *, parts: Iterable[Part] = (), at: datetime | None = None) -> Country:
    """Check a folder, store its version and put it in force. Raises ``Problems`` and stores nothing on a mistake."""
    from doorstep.domains.country import actions

    return actions.load_country(folder, at=at or datetime.now(UTC), parts=parts)


def current() -> Country:
    """The country in force: the version loaded last."""
    from doorstep.domains.country import queries

    return queries.current()


def version(hash_: str) -> Country:
    """The version of the country that a case or a decision names."""
    from doorstep.domains.country import queries

    return queries.version(hash_)
