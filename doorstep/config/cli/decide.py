"""``doorstep decide``: decide a programme for everybody, from the registers' files."""

from __future__ import annotations

import argparse
import dataclasses
import getpass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from doorstep.config.cli.exits import Exit
from doorstep.config.cli.shared import (
    add_as_of,
    add_country,
    add_json,
    country_folder,
    migrate,
    print_json,
    progress_bar,
    site,
)

if TYPE_CHECKING:
    from doorstep.domains.benefits.api import Order
    from doorstep.domains.benefits.types import RunReport, RunSummary

NAME = "decide"
HELP = "Decide a programme for everybody."
EXAMPLES = (
    "doorstep decide energy-tariff --inputs var/people --as-of 2026-09-01 --trial --out var/trial",
    "doorstep decide energy-tariff --inputs var/people --as-of 2026-09-01 --out var/september",
    "doorstep decide energy-tariff --inputs var/people --no-database --out var/files --json",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("programme", help="the programme's id")
    add_country(parser)
    parser.add_argument("--inputs", type=Path, required=True, metavar="FOLDER", help="the registers' files")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="where the files for those who deliver go")
    add_as_of(parser)
    parser.add_argument("--trial", action="store_true", help="only report what would happen; change nothing")
    parser.add_argument("--everyone", action="store_true", default=None, help="renew or end every entitlement now")
    parser.add_argument(
        "--answers", type=Path, nargs="+", default=(), metavar="FILE", help="answers of providers that keep their data"
    )
    parser.add_argument("--confirm-endings", action="store_true", help="go on though unusually many would end")
    parser.add_argument(
        "--confirm-untied", action="store_true", help="go on though many rows do not say to whom they belong"
    )
    parser.add_argument(
        "--allow-missing",
        nargs="+",
        default=(),
        metavar="NAME",
        help="registers or deliverers that are absent on purpose",
    )
    parser.add_argument(
        "--no-database",
        action="store_true",
        help="from files to files; store nothing, and read only the columns that decide",
    )
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Decide and report."""
    report = None
    if arguments.no_database:
        summary = _from_files(arguments)
    else:
        summary, report = _stored(arguments)
    if arguments.json:
        groups = {} if report is None else {"groups": dataclasses.asdict(report)["groups"]}
        print_json({**dataclasses.asdict(summary), **groups})
        return Exit.FINE
    print(in_words(summary, out=arguments.out))
    if report is not None:
        print(groups_in_words(report))
    return Exit.FINE


def in_words(summary: RunSummary, *, out: Path | None) -> str:
    """A run's summary for a person at a terminal. ``out``: the folder that holds its files."""
    counts = summary.counts
    head = f"{summary.programme}, {summary.as_of}: {counts.decided:,} decided."
    if summary.repeated:
        head += " (These inputs were decided before; nothing was done again.)"
    rows = [
        ("entitled", counts.entitled),
        ("not entitled", counts.not_entitled),
        ("for a person to look at", counts.review or counts.unknown),
        ("starting", counts.started),
        ("continuing", counts.continued),
        ("ending after notice", counts.ending),
        ("ended", counts.ended),
        ("told no after waiting", counts.refused),
    ]
    lines = [head, *(f"  {number:>12,}  {words}" for words, number in rows if number)]
    lines += [f"  {rows:>12,}  rows in {name}" for name, rows in summary.files.items()]
    if summary.faults:
        place = f"{out / 'faults.csv'} lists them" if out else "with --out FOLDER, faults.csv lists them"
        lines.append(f"  {summary.faults:>12,}  faults in the files: {place}")
    if counts.untied:
        lines.append(f"  {counts.untied:>12,}  rows do not say to whom they belong: mend these first")
    return "\n".join(lines)


def groups_in_words(report: RunReport) -> str:
    """Who has it now and who would have it, by age and sex. For officials: small groups are not left out."""
    lines = []
    for grouping in ("age", "sex"):
        lines += ["", f"  {'by ' + grouping:<16}{'contracts':>12}{'have it':>12}{'would have':>12}"]
        for row in report.groups.get(grouping, ()):
            cells = (f"{number or 0:,}" for number in (row.contracts, row.before, row.after))
            lines.append(f"  {row.value or 'not known':<16}" + "".join(f"{cell:>12}" for cell in cells))
    return "\n".join(lines)


def _from_files(arguments: argparse.Namespace) -> RunSummary:
    from doorstep.domains.benefits import api as benefits
    from doorstep.domains.country import api as country

    with progress_bar(arguments.programme, quiet=arguments.json) as progress:
        return benefits.decide_files(
            country=country.read_country(country_folder(arguments)),
            order=order_of(arguments),
            now=datetime.now(UTC),
            progress=progress,
        )


def _stored(arguments: argparse.Namespace) -> tuple[RunSummary, RunReport | None]:
    """The run's summary and, of a trial, who would gain and who would lose."""
    folder = country_folder(arguments)
    with site(folder):
        from doorstep.config.parts import COUNTRY_PARTS
        from doorstep.domains.benefits import api as benefits
        from doorstep.domains.benefits.types import Officer, Role
        from doorstep.domains.country import api as country

        migrate()
        officer = Officer(name=f"{getpass.getuser()} (command line)", roles=frozenset({Role.SUPERVISOR}))
        with progress_bar(arguments.programme, quiet=arguments.json) as progress:
            summary = benefits.decide(
                country=country.load_country(folder, parts=COUNTRY_PARTS),
                order=order_of(arguments),
                officer=officer,
                now=datetime.now(UTC),
                progress=progress,
            )
        if not arguments.trial or summary.id is None:
            return summary, None
        return summary, benefits.run_report(run=summary.id, officer=officer)


def order_of(arguments: argparse.Namespace) -> Order:
    """What the options ask for."""
    from doorstep.config import engine
    from doorstep.domains.benefits.api import Order
    from doorstep.domains.benefits.types import RunKind

    return Order(
        programme=arguments.programme,
        inputs=arguments.inputs,
        as_of=arguments.as_of or datetime.now(UTC).date(),
        kind=RunKind.TRIAL if getattr(arguments, "trial", False) else RunKind.REAL,
        out=getattr(arguments, "out", None),
        everyone=getattr(arguments, "everyone", None),
        answers=tuple(getattr(arguments, "answers", ())),
        confirm_endings=getattr(arguments, "confirm_endings", False),
        confirm_untied=getattr(arguments, "confirm_untied", False),
        allow_missing=frozenset(getattr(arguments, "allow_missing", ())),
        spark=engine.spark(),
    )
