"""``doorstep ledger``: whether the books balance, and what is tidied in them from time to time."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from datetime import UTC, datetime

from doorstep.config.cli.exits import Exit
from doorstep.config.cli.shared import add_json, migrate, print_json, site

NAME = "ledger"
HELP = "Check that the books balance; free holds that are over; add up busy accounts."
EXAMPLES = ("doorstep ledger check", "doorstep ledger release", "doorstep ledger fold")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument(
        "action",
        choices=("check", "release", "fold"),
        help="check: every unit sums to nought and every balance is the sum of its rows; release: free what is held "
        "past its time (every few minutes); fold: add up accounts without a floor, to be read quickly (at night)",
    )
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Do it and say so."""
    with site():
        from doorstep.engines.ledger import api as ledger

        migrate()
        if arguments.action == "check":
            return _check(ledger.trial_balance(), ledger.deviations(), as_json=arguments.json)
        if arguments.action == "release":
            told, line = {"released": ledger.release_expired(at=datetime.now(UTC))}, "{released:,} holds were over."
        else:
            told, line = {"row": ledger.fold()}, "Everything is added up to row {row:,}."
    print_json(told) if arguments.json else print(line.format(**told))
    return Exit.FINE


def _check(totals: Mapping[str, int], wrong: list[int], *, as_json: bool) -> int:
    is_fine = not wrong and not any(totals.values())
    if as_json:
        print_json({"balances": is_fine, "units": totals, "accounts": wrong})
    else:
        for unit, total in totals.items():
            print(f"{unit:<20} debits and credits {'are equal' if not total else f'differ by {total:,}'}")
        for account in wrong:
            print(f"account {account}: its balance is not the sum of its rows")
        print("The books balance." if is_fine else "The books do not balance: somebody wrote past the ledger.")
    return Exit.FINE if is_fine else Exit.PROBLEMS
