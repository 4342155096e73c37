"""``doorstep payments``: batches are sent, providers asked, banks' answers taken in, and sums compared."""

from __future__ import annotations

import argparse
import dataclasses
import getpass
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from doorstep.config.cli.exits import Exit
from doorstep.config.cli.shared import (
    add_country,
    add_json,
    country_folder,
    migrate,
    print_json,
    progress_bar,
    site,
)
from doorstep.kit.errors import DoorstepError

if TYPE_CHECKING:
    from doorstep.domains.payments.types import BatchView, Officer

NAME = "payments"
HELP = "Send batches of payments, ask providers, take in banks' answers, compare with the ledger."
EXAMPLES = (
    "doorstep payments list",
    "doorstep payments fund energy-tariff 250000.00 --key allotment-2026-11",
    "doorstep payments send --out var/payments",
    "doorstep payments poll --once",
    "doorstep payments import-status answer.xml",
    "doorstep payments reconcile",
)
ACTIONS = ("list", "fund", "send", "poll", "import-status", "reconcile")
SECONDS = 5
SIZE = 100

Told = tuple[list[str], Any, int]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument(
        "action",
        choices=ACTIONS,
        nargs="?",
        default="list",
        help="list the batches; fund a programme from the treasury (PROGRAMME AMOUNT); send what is approved and write "
        "the banks' files; poll mobile-money providers; take in a bank's pain.002 (FILE); reconcile with the ledger",
    )
    parser.add_argument("words", nargs="*", metavar="WORD", help="send: numbers of batches, else all that are approved")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="send: where the banks' files go (var/payments)")
    parser.add_argument("--once", action="store_true", help="poll: what is due now, then end; else go on until stopped")
    parser.add_argument(
        "--key", default="", help="fund: the allotment's own name; the same name twice is one allotment"
    )
    add_country(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Do it and say so."""
    _check(arguments)
    with site(country_folder(arguments)):
        migrate()
        lines, value, code = _ACTS[arguments.action](arguments)
    if arguments.json:
        print_json(value)
    else:
        print("\n".join(lines))
    return code


def _check(arguments: argparse.Namespace) -> None:
    wanted = {"fund": 2, "import-status": 1}.get(arguments.action)
    if wanted is not None and len(arguments.words) != wanted:
        raise DoorstepError(
            f"{arguments.action} needs {'a programme and an amount' if wanted == 2 else 'one file'}.",
            mend="See the examples: doorstep payments --help",
        )
    if arguments.action == "fund" and not arguments.key:
        raise DoorstepError("Which allotment is it?", mend="Give it a name: --key allotment-2026-11")
    if arguments.action == "send" and not all(word.isascii() and word.isdigit() for word in arguments.words):
        raise DoorstepError("A batch is named by its number.", mend="See them: doorstep payments list")


def _now() -> datetime:
    return datetime.now(UTC)


def _officer() -> Officer:
    from doorstep.domains.payments.types import Officer

    return Officer(f"{getpass.getuser()} (command line)", may_approve=True)


def _list(arguments: argparse.Namespace) -> Told:
    from doorstep.domains.payments import api as payments

    found = payments.list_batches(size=50).items
    lines = [_line(one) for one in found] or ["There is no batch yet. Make one: doorstep pay PROGRAMME --period MONTH"]
    return lines, [dataclasses.asdict(one) for one in found], Exit.FINE


def _line(view: BatchView) -> str:
    from doorstep.domains.payments.api import write_amount

    sum_ = f"{view.currency} {write_amount(view.totals.amount, view.digits)}"
    line = f"{view.id:>6}  {view.programme}  {view.period}  {view.state:<13}  {view.totals.count:>9,}  {sum_:>20}"
    waits = f"  {view.waiting:,} wait for an officer" if view.waiting else ""
    return line + waits + (f"  {view.differences:,} differences" if view.differences else "")


def _fund(arguments: argparse.Namespace) -> Told:
    from doorstep.domains.benefits import api as benefits
    from doorstep.domains.country import api as country
    from doorstep.domains.payments import api as payments

    nation = country.read_country(country_folder(arguments))
    programme, amount = benefits.programme(country=nation, id=arguments.words[0]).id, arguments.words[1]
    digits = benefits.payment_order(country=nation, programme=programme, period="2000-01", at=_now()).digits
    minor = payments.read_amount(amount, digits)
    if minor is None:
        raise DoorstepError(f"{amount!r} is no amount.", mend="Write it such as 250000.00.")
    has = payments.fill_fund(
        programme=programme, currency=nation.currency, digits=digits, amount=minor, key=arguments.key,
        officer=_officer(), at=_now(),
    )  # fmt: skip
    said = f"{programme} can pay {nation.currency} {payments.write_amount(has, digits)} now."
    return [said], {"programme": programme, "currency": nation.currency, "minor_units": has}, Exit.FINE


def _send(arguments: argparse.Namespace) -> Told:
    from django.conf import settings

    from doorstep.domains.payments import api as payments

    folder = arguments.out or settings.VAR / "payments"
    going = payments.list_batches(size=1_000, state="approved").items
    going += payments.list_batches(size=1_000, state="sending").items
    numbers = [int(word) for word in arguments.words] or sorted(one.id for one in going)
    lines, value = [], []
    for number in numbers:
        view, done = payments.batch(id=number), 0
        with progress_bar(f"batch {number}", quiet=arguments.json) as progress:

            def told(part: int, whole: int = view.totals.count) -> None:
                nonlocal done
                done += part
                progress(done / whole, f"{done:,} payments")

            sent = payments.send_batch(batch=number, at=_now(), told=told)
            files = payments.write_files(batch=number, folder=folder)
        lines.append(f"Batch {number}: {sent.sent:,} sent, {sent.failed:,} without an account wait for an officer.")
        lines += [f"  {folder / name}" for name in files]
        value.append({"batch": number, "sent": sent.sent, "failed": sent.failed, "files": list(files)})
    return lines or ["Nothing is approved that has not been sent."], value, Exit.FINE


def _poll(arguments: argparse.Namespace) -> Told:
    from django.conf import settings

    from doorstep.domains.payments import api as payments

    transport = payments.mobile_provider(settings.MOBILE_MONEY)
    counts = {"sent": 0, "paid": 0, "failed": 0, "pending": 0}
    while True:
        round_ = payments.poll(transport=transport, at=_now(), size=SIZE)
        counts = {name: number + getattr(round_, name) for name, number in counts.items()}
        if round_.paid + round_.failed + round_.pending:
            continue
        if arguments.once:
            break
        time.sleep(SECONDS)
    return [", ".join(f"{number:,} {name}" for name, number in counts.items()) + "."], counts, Exit.FINE


def _import(arguments: argparse.Namespace) -> Told:
    from doorstep.domains.payments import api as payments

    found = payments.import_status(path=Path(arguments.words[0]), officer=_officer(), at=_now())
    lines = [
        f"This answer to {found.message_id} was taken in before; nothing was done again."
        if found.is_repeated
        else f"The answer to {found.message_id}:",
        *(f"  {getattr(found, name):>12,}  {name}" for name in ("paid", "failed", "pending", "differences")),
    ]
    if found.differences:
        lines.append("The desk lists the differences on the batch's page; nothing followed from them.")
    return lines, dataclasses.asdict(found), Exit.FINE


def _reconcile(arguments: argparse.Namespace) -> Told:
    from doorstep.domains.payments import api as payments

    found = payments.reconcile(at=_now())
    lines = [
        f"  {'agrees' if one.agrees else 'DIFFERS':<8}{one.payments:>20,}{one.ledger:>20,}  {one.name}" for one in found
    ]
    lines.insert(0, f"  {'':<8}{'payments':>20}{'ledger':>20}  (minor units)")
    value = [{**dataclasses.asdict(one), "agrees": one.agrees} for one in found]
    return lines, value, Exit.FINE if all(one.agrees for one in found) else Exit.REFUSED


_ACTS: dict[str, Callable[[argparse.Namespace], Told]] = {
    "list": _list,
    "fund": _fund,
    "send": _send,
    "poll": _poll,
    "import-status": _import,
    "reconcile": _reconcile,
}
