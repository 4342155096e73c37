"""``doorstep recompute``: months that are past, decided again; corrections in people's favour, the rest as a list."""

from __future__ import annotations

import argparse
import dataclasses
import getpass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from doorstep.config.cli.exits import Exit
from doorstep.config.cli.shared import (
    a_date,
    add_country,
    add_json,
    country_folder,
    migrate,
    print_json,
    progress_bar,
    site,
)

if TYPE_CHECKING:
    from doorstep.domains.benefits.types import PastReport

NAME = "recompute"
HELP = "Decide past months again and correct them in people's favour."
EXAMPLES = (
    "doorstep recompute energy-tariff --as-of 2026-06-01..2026-09-01 --inputs var/people --out var/again",
    "doorstep recompute energy-tariff --as-of 2026-06-01..2026-09-01 --inputs var/people --out var/again --apply",
)
SHOWN = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("programme", help="the programme's id")
    add_country(parser)
    parser.add_argument(
        "--inputs",
        type=Path,
        required=True,
        metavar="FOLDER",
        help="the registers' files as known now; a folder 2026-06 in it holds those of that month",
    )
    parser.add_argument(
        "--as-of",
        type=_range,
        required=True,
        metavar="DATE..DATE",
        help="months of the runs whose day lies between these two",
    )
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="where report.json and differences.csv go")
    parser.add_argument("--apply", action="store_true", help="write the corrections; without it nothing changes")
    parser.add_argument(
        "--same-contracts",
        action="store_true",
        help="every contract in the files existed in all those months",
    )
    parser.add_argument(
        "--confirm-corrections", action="store_true", help="go on though unusually many would be corrected"
    )
    parser.add_argument(
        "--allow-missing", nargs="+", default=(), metavar="NAME", help="registers that are absent on purpose"
    )
    add_json(parser)


def _range(word: str) -> tuple[date, date]:
    first, dots, last = word.partition("..")
    since = a_date(first)
    until = a_date(last) if dots else since
    if until < since:
        raise argparse.ArgumentTypeError(f"{word!r} ends before it begins")
    return since, until


def run(arguments: argparse.Namespace) -> int:
    """Decide again, tell, and correct where that is asked for."""
    report = _decide_again(arguments)
    if arguments.json:
        print_json(dataclasses.asdict(report))
    else:
        print(in_words(report))
    return Exit.FINE


def in_words(report: PastReport) -> str:
    """What was found, for a person at a terminal."""
    lines = [f"{report.programme}, by version {report.version[:12]}:"]
    lines += [
        f"  {month.as_of}: {month.decided:,} decided again, {month.entitled:,} entitled, {month.unknown:,} not known"
        for month in report.months
    ]
    words = {
        "corrected": "in people's favour",
        "untraced": "in people's favour, but nobody knows whether the contract existed: for a person to look at",
        "against": "against people: nothing is done; for a person to look at",
    }
    counts = {effect.value: number for effect, number in report.counts.items()}
    lines += [f"  {counts.get(effect, 0):>12,}  {said}" for effect, said in words.items()]
    for one in report.differences[:SHOWN]:
        changed = "; ".join(f"{name}: {before} -> {after}" for _, name, before, after in one.changed)
        lines.append(f"  {one.contract_id} from {one.months[0]}: {one.effect}, by the {one.cause}. {changed}".rstrip())
    if len(report.differences) > SHOWN:
        lines.append(f"  ... and {len(report.differences) - SHOWN:,} more: --out lists all in differences.csv")
    if report.run is None:
        lines.append("  Nothing was changed. --apply writes what is in people's favour.")
    else:
        lines.append(f"  Run {report.run} wrote {report.decisions:,} corrections, each with its letter.")
    return "\n".join(lines)


def _decide_again(arguments: argparse.Namespace) -> PastReport:
    folder = country_folder(arguments)
    with site(folder):
        from doorstep.config import engine
        from doorstep.config.parts import COUNTRY_PARTS
        from doorstep.domains.benefits import api as benefits
        from doorstep.domains.benefits.types import Officer, PastOrder, Role
        from doorstep.domains.country import api as country

        migrate()
        since, until = arguments.as_of
        order = PastOrder(
            programme=arguments.programme, inputs=arguments.inputs, since=since, until=until, apply=arguments.apply,
            out=arguments.out, same_contracts=arguments.same_contracts,
            confirm_corrections=arguments.confirm_corrections, allow_missing=frozenset(arguments.allow_missing),
            spark=engine.spark(),
        )  # fmt: skip
        loaded = country.load_country(folder, parts=COUNTRY_PARTS) if arguments.apply else country.read_country(folder)
        officer = Officer(name=f"{getpass.getuser()} (command line)", roles=frozenset({Role.SUPERVISOR}))
        with progress_bar(arguments.programme, quiet=arguments.json) as progress:
            return benefits.recompute(
                country=loaded, order=order, officer=officer, now=datetime.now(UTC), progress=progress
            )
