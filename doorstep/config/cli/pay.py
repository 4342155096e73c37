"""``doorstep pay``: a draft batch of payments, from a programme's entitlements or from a list."""

from __future__ import annotations

import argparse
import dataclasses
import getpass
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from doorstep.config.cli.exits import Exit
from doorstep.config.cli.shared import add_country, add_json, country_folder, migrate, print_json, site

if TYPE_CHECKING:
    from doorstep.domains.country.api import Country
    from doorstep.domains.payments.types import BadList, BatchView, Drafted, Order, Payable

NAME = "pay"
HELP = "Make a draft batch of payments, for a second person to approve at the desk."
EXAMPLES = (
    "doorstep pay energy-tariff --period 2026-11 --list paid-back.csv",
    "doorstep pay energy-tariff --period 2026-11 --list late.csv --only-new",
)
SHOWN = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("programme", help="the programme's id")
    parser.add_argument("--period", required=True, metavar="MONTH", help="the month that is paid for: 2026-11")
    parser.add_argument(
        "--list",
        type=Path,
        metavar="FILE",
        help="whom to pay: CSV with person, amount, and rail, account, name, bic where known; "
        "without it everybody who is entitled in the month",
    )
    parser.add_argument(
        "--only-new", action="store_true", help="leave out who is in a batch of this programme and month already"
    )
    add_country(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Make the batch and say what is in it."""
    folder = country_folder(arguments)
    with site(folder):
        from doorstep.domains.benefits import api as benefits
        from doorstep.domains.country import api as country
        from doorstep.domains.payments import api as payments
        from doorstep.domains.payments.types import BadList, Officer

        migrate()
        nation, now = country.read_country(folder), datetime.now(UTC)
        order = benefits.payment_order(country=nation, programme=arguments.programme, period=arguments.period, at=now)
        try:
            made = payments.draft_batch(
                order=order,
                rows=_rows(arguments, nation, order),
                officer=Officer(f"{getpass.getuser()} (command line)"),
                at=now,
                only_new=arguments.only_new,
            )
        except BadList as error:
            raise _told(error, arguments.list) from error
        view = payments.batch(id=made.batch)
    if arguments.json:
        print_json({**dataclasses.asdict(view), **dataclasses.asdict(made)})
    else:
        print(in_words(view, made))
    return Exit.FINE


def in_words(view: BatchView, made: Drafted) -> str:
    """A new batch for a person at a terminal."""
    from doorstep.domains.payments.api import write_amount

    lines = [
        f"Batch {view.id}: {view.programme}, {view.period}, a draft.",
        f"  {view.totals.count:>12,}  people, {view.currency} {write_amount(view.totals.amount, view.digits)} in all",
        *(f"  {totals.count:>12,}  by {rail}" for rail, totals in view.by_rail.items() if rail != "none"),
    ]
    if made.without_account:
        lines.append(f"  {made.without_account:>12,}  without an account: they will wait for an officer")
    if made.left_out:
        lines.append(f"  {made.left_out:>12,}  left out: they are in a batch of this month already")
    lines.append(
        f"It is paid on {view.due_date} once a supervisor has approved it at the desk, "
        f"until {view.cut_off_at:%Y-%m-%d %H:%M} UTC. Then: doorstep payments send"
    )
    return "\n".join(lines)


def _rows(arguments: argparse.Namespace, nation: Country, order: Order) -> Iterator[Payable]:
    from doorstep.domains.benefits import api as benefits
    from doorstep.domains.payments import api as payments
    from doorstep.domains.payments.types import Rail

    if arguments.list is not None:
        return payments.read_list(arguments.list, order.digits)
    programme = benefits.programme(country=nation, id=arguments.programme)
    amounts = benefits.amounts_to_pay(country=nation, programme=arguments.programme, period=arguments.period)
    otherwise = programme.pays.otherwise if programme.pays else "none"
    return payments.with_accounts(rows=amounts, otherwise=Rail(otherwise))


def _told(error: BadList, path: Path | None) -> BadList:
    """The error with its rows; a line of the file is one more than the row, for its head."""
    from doorstep.domains.payments.types import BadList

    where = path.name if path else "entitlements"
    shown = [f"  {where}:{refusal.row + (path is not None)}: {refusal.why}" for refusal in error.refusals[:SHOWN]]
    more = len(error.refusals) - len(shown)
    shown += [f"  and {more:,} more"] if more > 0 else []
    what = "\n".join([error.what, *shown])
    return BadList(what + ("\n" if shown else ""), refusals=error.refusals, why=error.why, mend=error.mend)
