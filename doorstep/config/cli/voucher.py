"""``doorstep voucher``: the daily upkeep of a voucher scheme, and its books."""

from __future__ import annotations

import argparse
import dataclasses
from datetime import UTC, datetime

from doorstep.config.cli.exits import Exit
from doorstep.config.cli.shared import add_json, migrate, print_json, site
from doorstep.kit.errors import DoorstepError

NAME = "voucher"
HELP = "Keep a voucher scheme: set it up, pay into funds, end what is over, prove the books."
EXAMPLES = (
    "doorstep voucher setup",
    "doorstep voucher fund --agency food-relief --kind food --amount 500000 --key transfer-2026-09",
    "doorstep voucher upkeep",
    "doorstep voucher books --json",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("action", choices=("setup", "fund", "upkeep", "books"), help="what to do; upkeep: every day")
    parser.add_argument("--agency", default="", help="fund: who pays in")
    parser.add_argument("--kind", default="", help="fund: the kind of voucher")
    parser.add_argument("--amount", type=int, default=0, help="fund: how much, in the kind's smallest unit")
    parser.add_argument("--key", default="", help="fund: the payment's own number; the same pays in once")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Do it and say so. ``books`` ends with the code for a failed check where they are not exact."""
    with site():
        from doorstep.domains.vouchers import api as vouchers
        from doorstep.domains.vouchers.types import Clerk

        migrate()
        now = datetime.now(UTC)
        if arguments.action == "books":
            return _books(arguments.json)
        if arguments.action == "setup":
            vouchers.set_up(at=now)
            print("The scheme's units, funds and tills are on the ledger.")
        elif arguments.action == "upkeep":
            ended = vouchers.end_permits(at=now)
            print(f"{ended} permits ended, {vouchers.expire(at=now)} vouchers expired.")
        else:
            if arguments.amount <= 0 or not arguments.key:
                raise DoorstepError("An amount and a key are missing.", mend="--amount 500000 --key transfer-1")
            clerk = Clerk("command line", supervises=True)
            left = vouchers.fund(
                agency=arguments.agency,
                kind=arguments.kind,
                amount=arguments.amount,
                key=arguments.key,
                clerk=clerk,
                at=now,
            )
            print(f"The fund holds {left}.")
    return Exit.FINE


def _books(as_json: bool) -> int:
    from doorstep.domains.vouchers import api as vouchers

    books = vouchers.reconcile()
    if as_json:
        print_json([{**dataclasses.asdict(line), "exact": line.is_exact} for line in books])
    for line in () if as_json else books:
        parts = f"redeemed {line.redeemed} + expired {line.expired} + reserved {line.reserved} + left {line.left}"
        print(f"{line.kind} of {line.agency}: issued {line.issued} = {parts}: {'exact' if line.is_exact else 'WRONG'}")
    return Exit.FINE if all(line.is_exact for line in books) else Exit.PROBLEMS
