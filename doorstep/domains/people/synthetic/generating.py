"""Makes a population: checks what is asked for, makes room, draws everyone, writes the files and the summary."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import get_args

from doorstep.domains.country.api import Country
from doorstep.domains.people.synthetic import tables
from doorstep.domains.people.synthetic.checking import read_population
from doorstep.domains.people.synthetic.everyone import Progress, draw_everyone
from doorstep.domains.people.synthetic.writing import Writing, file_names
from doorstep.domains.people.types import Format, Summary, WrongOrder

SUMMARY_FILE = "summary.json"
MARK_FILE = ".generating.json"  # stands while files are being made, so that the next run can clear up after a crash


def generate_population(
    *,
    folder: Path,
    people: int,
    seed: int,
    country: Country,
    formats: Sequence[str],
    dirty: float,
    as_of: date,
    progress: Progress | None,
) -> Summary:
    """See ``api.generate``."""
    population = read_population(country)
    _check_order(people, seed, dirty)
    forms = _forms(formats)
    tell = progress or (lambda fraction, what: None)
    _make_room(folder)
    mark = folder / MARK_FILE
    _write_whole(mark, json.dumps({"files": dict.fromkeys(file_names(population, forms), 0)}))
    everyone = draw_everyone(population, country, people=people, seed=seed, tell=tell)
    writing = Writing(population, country, everyone, folder=folder, as_of=as_of, seed=seed)
    writing.write(forms, dirty=dirty, tell=tell)
    summary = Summary(
        country=country.code,
        seed=seed,
        as_of=as_of,
        people=people,
        households=everyone.households,
        contracts=len(everyone.contracts.holder),
        benefits=len(everyone.benefits.person),
        files=writing.files,
        dirt=writing.dirt,
    )
    _write_whole(folder / SUMMARY_FILE, json.dumps(summary.as_json(), indent=2) + "\n")
    mark.unlink()
    tell(1.0, "Done")
    return summary


def _check_order(people: int, seed: int, dirty: float) -> None:
    if not 1 <= people <= tables.MAX_PEOPLE:
        raise WrongOrder(f"A population has 1 to {tables.MAX_PEOPLE:,} people.", mend="Ask for another size.")
    if seed < 0:
        raise WrongOrder("A seed is a whole number from 0 on.")
    if not 0 <= dirty <= 100:
        raise WrongOrder("How dirty the registers are is a number from 0 to 100; 1 is what population.yaml says.")


def _forms(formats: Sequence[str]) -> list[Format]:
    known: tuple[Format, ...] = get_args(Format)
    forms = [form for form in known if form in formats]
    if not forms or not set(formats) <= set(known):
        raise WrongOrder("The registers are written as parquet, csv or both.")
    return forms


def _make_room(folder: Path) -> None:
    """Take away what an earlier generation left, whole or not; refuse a folder that holds anything else."""
    folder.mkdir(parents=True, exist_ok=True)
    for listing in (folder / SUMMARY_FILE, folder / MARK_FILE):
        for name in _files_listed(listing):
            old = folder / name
            if old.resolve().is_relative_to(folder.resolve()):
                old.unlink(missing_ok=True)
                old.with_name(old.name + ".part").unlink(missing_ok=True)
        listing.unlink(missing_ok=True)
    left = sorted(path.name for path in folder.rglob("*") if path.is_file())
    if left:
        raise WrongOrder(
            f"The folder {folder} holds other files, such as {left[0]}.",
            why="They would be taken for registers.",
            mend="Name an empty folder, or one that an earlier generation filled.",
        )


def _files_listed(listing: Path) -> list[str]:
    try:
        return list(json.loads(listing.read_text(encoding="utf-8"))["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _write_whole(path: Path, text: str) -> None:
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)
