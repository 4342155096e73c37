"""``doorstep whatif``: who would gain and who would lose, and what it would cost, if the law said another figure."""

from __future__ import annotations

import argparse
import dataclasses
import getpass
from datetime import UTC, datetime
from decimal import Decimal
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
    from doorstep.domains.benefits.types import WhatIfOrder, WhatIfReport

NAME = "whatif"
HELP = "Try another figure of the law: winners, losers and cost."
EXAMPLES = (
    "doorstep whatif energy-tariff --set income_ceiling=7000 --inputs var/people --as-of 2026-09-01",
    "doorstep whatif energy-tariff --set income_ceiling=7000 --set gas_discount=0.2 --inputs var/people --out var/if",
    "doorstep whatif energy-tariff --set qualifying_kinds=minimum-income --inputs var/people --no-database --json",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("programme", help="the programme's id")
    add_country(parser)
    parser.add_argument(
        "--set",
        dest="values",
        type=_pair,
        action="append",
        required=True,
        metavar="NAME=VALUE",
        help="a parameter and its other value; codes by comma; may be given again",
    )
    parser.add_argument("--inputs", type=Path, required=True, metavar="FOLDER", help="the registers' files")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="where report.json and groups.csv go")
    add_as_of(parser)
    parser.add_argument(
        "--allow-missing", nargs="+", default=(), metavar="NAME", help="registers that are absent on purpose"
    )
    parser.add_argument("--no-database", action="store_true", help="from files to a report; keep nothing for the desk")
    add_json(parser)


def _pair(word: str) -> tuple[str, str]:
    name, equals, value = word.partition("=")
    if not (name.strip() and equals and value.strip()):
        raise argparse.ArgumentTypeError(f"{word!r} is no change such as income_ceiling=7000")
    return name.strip(), value.strip()


def run(arguments: argparse.Namespace) -> int:
    """Try it and tell what would change."""
    report = _from_files(arguments) if arguments.no_database else _stored(arguments)
    if arguments.json:
        counts = {"winners": report.counts.winners, "losers": report.counts.losers}
        told = dataclasses.asdict(report)
        print_json({**told, "counts": {**told["counts"], **counts}})
        return Exit.FINE
    print(in_words(report))
    return Exit.FINE


def in_words(report: WhatIfReport) -> str:
    """A what-if for a person at a terminal."""
    counts = report.counts
    lines = [f"{report.programme}, {report.as_of}: {counts.decided:,} decided twice."]
    lines += [f"  {change.name}: {change.after} in the place of {change.before}" for change in report.changes]
    rows = [
        ("would gain", counts.winners),
        ("would lose", counts.losers),
        ("would stay as they are", counts.same),
        ("cannot be told", counts.unknown),
        ("entitled by the law", counts.entitled_before),
        ("entitled by the other figure", counts.entitled_after),
    ]
    lines += [f"  {number:>12,}  {words}" for words, number in rows]
    if counts.cost_before is not None and counts.cost_after is not None:
        lines.append(f"  cost in a year: {counts.cost_before:,.2f} by the law, {counts.cost_after:,.2f} by the other")
        lines.append(f"  difference: {counts.cost_after - counts.cost_before:+,.2f}")
    if counts.cost_unknown:
        lines.append(f"  {counts.cost_unknown:>12,}  of them at a cost that is not known")
    for grouping in ("age", "sex"):
        lines += ["", f"  {'by ' + grouping:<16}{'contracts':>12}{'gain':>12}{'lose':>12}{'cost':>16}"]
        for row in report.groups.get(grouping, ()):
            cells = "".join(f"{_number(number):>12}" for number in (row.contracts, row.winners, row.losers))
            lines.append(f"  {row.value or 'not known':<16}{cells}{_money(row.cost):>16}")
    if report.id is not None:
        lines += ["", f"  Kept as what-if {report.id}: the desk shows it with a chart and by area."]
    return "\n".join(lines)


def _number(number: int | None) -> str:
    return "few" if number is None else f"{number:,}"


def _money(cost: Decimal | None) -> str:
    return "" if cost is None else f"{cost:+,.2f}"


def _order(arguments: argparse.Namespace) -> WhatIfOrder:
    from doorstep.config import engine
    from doorstep.domains.benefits.types import WhatIfOrder

    return WhatIfOrder(
        programme=arguments.programme,
        inputs=arguments.inputs,
        as_of=arguments.as_of or datetime.now(UTC).date(),
        values=dict(arguments.values),
        out=arguments.out,
        allow_missing=frozenset(arguments.allow_missing),
        spark=engine.spark(),
    )


def _from_files(arguments: argparse.Namespace) -> WhatIfReport:
    from doorstep.domains.benefits import api as benefits
    from doorstep.domains.country import api as country

    with progress_bar(arguments.programme, quiet=arguments.json) as progress:
        return benefits.what_if_files(
            country=country.read_country(country_folder(arguments)),
            order=_order(arguments),
            now=datetime.now(UTC),
            progress=progress,
        )


def _stored(arguments: argparse.Namespace) -> WhatIfReport:
    folder = country_folder(arguments)
    with site(folder):
        from doorstep.domains.benefits import api as benefits
        from doorstep.domains.benefits.types import Officer, Role
        from doorstep.domains.country import api as country

        migrate()
        officer = Officer(name=f"{getpass.getuser()} (command line)", roles=frozenset({Role.SUPERVISOR}))
        with progress_bar(arguments.programme, quiet=arguments.json) as progress:
            return benefits.what_if(
                country=country.read_country(folder),
                order=_order(arguments),
                officer=officer,
                now=datetime.now(UTC),
                progress=progress,
            )
