"""The only door of payments. Everything is keyword-only and gives plain values from ``types``. Times are passed in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from doorstep.domains.payments.iso.accounts import is_bic, is_iban
from doorstep.domains.payments.iso.orders import money as write_amount
from doorstep.domains.payments.life import diagram
from doorstep.domains.payments.lists import read_amount, read_list
from doorstep.domains.payments.mobile.gsma import Gsma
from doorstep.domains.payments.mobile.providers import provider as mobile_provider
from doorstep.domains.payments.mobile.transport import Transport, TransportError
from doorstep.domains.payments.types import (
    Balanced,
    BatchView,
    DifferenceView,
    Drafted,
    Imported,
    MessageView,
    Officer,
    Order,
    OwnPayment,
    Page,
    Payable,
    PayeeChangeView,
    PayeeView,
    PaymentView,
    Progress,
    Rail,
    Totals,
)
from doorstep.engines.evidence.types import ReceiptView
from doorstep.engines.looks.types import Look

if TYPE_CHECKING:
    from doorstep.domains.payments.types import PaymentState

__all__ = [
    "Gsma",
    "Transport",
    "TransportError",
    "approve_batch",
    "ask_payee_change",
    "bank_file",
    "bank_files",
    "batch",
    "can_approve",
    "can_decide",
    "cancel_batch",
    "decide_payee_change",
    "decide_payment",
    "diagram",
    "differences",
    "draft_batch",
    "each_payment",
    "fill_fund",
    "fund",
    "import_status",
    "is_bic",
    "is_iban",
    "list_batches",
    "list_payments",
    "look_at_change",
    "look_at_payee",
    "look_at_payment",
    "looks_at_payee",
    "mobile_provider",
    "payee_changes",
    "payee_of",
    "payment",
    "payments_of",
    "poll",
    "postpone_batch",
    "proof_of_payment",
    "read_amount",
    "read_list",
    "receive_callback",
    "reconcile",
    "send_batch",
    "set_payee",
    "settle_difference",
    "waiting",
    "with_accounts",
    "write_amount",
    "write_files",
]

PART = 50_000
"""Payments in one transaction, and in one file for a bank."""


# --- a batch


def draft_batch(
    *, order: Order, rows: Iterable[Payable], officer: Officer, at: datetime, only_new: bool = False
) -> Drafted:
    """Make a batch of everybody in ``rows``, whole or not at all.

    ``only_new`` leaves out who is in a batch of the same programme and period already. Raises ``BadList`` with every
    row that cannot be paid, and ``AlreadyInBatch``.
    """
    from doorstep.domains.payments import drafting

    return drafting.draft(order, rows, officer, at, only_new=only_new)


def approve_batch(*, batch: int, officer: Officer, at: datetime, seen: Totals | None = None) -> None:
    """A second person says yes; ``seen`` are the totals they saw.

    Raises ``NotAllowed`` (their role, or they made it), ``TooLate`` (its state, or its cut-off), ``DoesNotAddUp``.
    """
    from doorstep.domains.payments import approving

    approving.approve(batch, officer, seen, at)


def can_approve(*, batch: int, officer: Officer) -> bool:
    """Whether this officer is the second person."""
    from doorstep.domains.payments import policies
    from doorstep.domains.payments.models import Batch
    from doorstep.domains.payments.types import BatchState

    row = Batch.objects.filter(pk=batch).first()
    return row is not None and policies.can_approve(officer, row) and row.state == BatchState.DRAFT.value


def cancel_batch(*, batch: int, officer: Officer, words: str, at: datetime) -> None:
    """Nobody is paid by it; its people may be in another. Raises ``TooLate`` once it was sent."""
    from doorstep.domains.payments import approving

    approving.cancel(batch, officer, words, at)


def postpone_batch(*, batch: int, officer: Officer, due_date: date, cut_off_at: datetime, at: datetime) -> None:
    """Another day for a draft. Raises ``TooLate``, ``BadWords``."""
    from doorstep.domains.payments import approving

    approving.postpone(batch, officer, due_date, cut_off_at, at)


def send_batch(*, batch: int, at: datetime, size: int = PART, told: Callable[[int], None] | None = None) -> Progress:
    """Send what is due, in parts of ``size``. Stopped at any point, the next call goes on; nobody is sent to twice.

    ``told`` is called with the size of each part. Raises ``TooLate`` (not approved), ``NotEnough``.
    """
    from doorstep.domains.payments import sending

    return sending.send(batch, at, size, told)


def write_files(*, batch: int, folder: Path) -> tuple[str, ...]:
    """Write the bank's files that are not in ``folder``. Gives their names. Raises ``Unavailable``, ``BadOrder``."""
    from doorstep.domains.payments import sending

    return sending.write_files(batch, folder)


def bank_file(*, message_id: str) -> Iterator[str]:
    """One file for a bank, part by part. Raises ``NotFound``."""
    from doorstep.domains.payments import sending

    return sending.file_of(message_id)


def import_status(*, path: Path, officer: Officer, at: datetime) -> Imported:
    """Take in a bank's pain.002, whole or not at all; the same file again changes nothing. Raises ``BadStatus``."""
    from doorstep.domains.payments import answers

    return answers.take_in(path, officer, at)


# --- mobile money


def poll(*, transport: Transport, at: datetime, size: int = 100) -> Progress:
    """Send and ask for what is due, at most ``size`` payments. Any number of workers may do so at once."""
    from doorstep.domains.payments import speaking

    return speaking.speak(transport, at, size)


def receive_callback(*, transport: Transport, headers: Mapping[str, str], body: bytes, at: datetime) -> None:
    """A provider's own message: as often as it likes and in any order. Raises ``BadCallback``."""
    from doorstep.domains.payments import speaking

    speaking.hear(transport, headers, body, at)


# --- money and people


def fill_fund(
    *, programme: str, currency: str, digits: int, amount: int, key: str, officer: Officer, at: datetime
) -> int:
    """Money of the treasury for a programme, once for each ``key``. Gives what its fund has now.

    Raises ``NotAllowed``: only a supervisor.
    """
    from django.db import transaction

    from doorstep.domains.payments import money
    from doorstep.domains.payments.types import NotAllowed

    if not officer.may_approve or not officer.name:
        raise NotAllowed("Only a supervisor fills a fund.", mend="Ask a supervisor.")
    with transaction.atomic():
        money.define(currency, digits)
        return money.fill_fund(programme, currency, amount, key, at)


def fund(*, programme: str, currency: str, at: datetime) -> int:
    """What a programme can pay now, in minor units. A first batch or ``fill_fund`` makes the currency known."""
    from doorstep.domains.payments import money
    from doorstep.engines.ledger import api as ledger

    return ledger.balance(account=money.fund_of(programme, currency, at)).available


def reconcile(*, at: datetime) -> tuple[Balanced, ...]:
    """Every sum on both sides, the payments' and the ledger's. All agree, or somebody must look."""
    from doorstep.domains.payments import balancing

    return balancing.balance(at)


def set_payee(*, payee: Payable, officer: Officer, at: datetime) -> None:
    """Keep where a person is paid (``payee.amount`` does not count). Raises ``BadWords``."""
    from doorstep.domains.payments import payees

    payees.keep(payee, officer, at)


def ask_payee_change(*, payee: Payable, officer: Officer, words: str, at: datetime) -> int:
    """Ask for another account for a person; gives the number of the wish. ``payee.amount`` does not count.

    Raises ``BadWords``, and ``TooLate`` where one waits for this person already.
    """
    from doorstep.domains.payments import changing

    return changing.ask(payee, officer, words, at)


def decide_payee_change(*, id: int, approve: bool, officer: Officer, words: str, at: datetime) -> None:
    """A supervisor who did not ask says yes or no. Raises ``NotAllowed``, ``TooLate``, ``BadWords``."""
    from doorstep.domains.payments import changing

    changing.decide(id, officer, words, at, approve=approve)


def payee_changes(*, is_open: bool = True) -> tuple[PayeeChangeView, ...]:
    """Wishes for another account: those that wait, the oldest first; or the last fifty that were decided."""
    from doorstep.domains.payments import changing

    return changing.changes(is_open=is_open)


def look_at_change(*, id: int, who: str, purpose: str, at: datetime) -> PayeeChangeView:
    """One wish for an officer, whose look the person sees. Raises ``NotFound``."""
    from doorstep.domains.payments import changing

    return changing.change(id, who, purpose, at)


def look_at_payee(*, person: str, who: str, purpose: str, at: datetime) -> PayeeView:
    """Where somebody is paid, for an officer, whose look the person sees."""
    from django.db import transaction

    from doorstep.domains.payments import changing

    with transaction.atomic():
        changing.look(person, who, purpose, at)
        return changing.payee(person)


def payee_of(*, person: str) -> PayeeView:
    """Where a person is paid, for themselves."""
    from doorstep.domains.payments import changing

    return changing.payee(person)


def looks_at_payee(*, person: str) -> tuple[Look, ...]:
    """Who looked at a person's payments, the newest first."""
    from doorstep.domains.payments import changing

    return changing.looks_at(person)


def proof_of_payment(*, person: str, payment: int) -> ReceiptView:
    """The receipt of the last try to pay this payment of this person. Raises ``NotFound``, ``NoReceipt``."""
    from doorstep.domains.payments import changing

    return changing.receipt(person, payment)


def with_accounts(*, rows: Iterable[tuple[str, int]], otherwise: Rail) -> Iterator[Payable]:
    """(person, amount) -> where to pay each: what they told, else ``otherwise``."""
    from doorstep.domains.payments import payees

    return payees.with_accounts(rows, otherwise)


# --- what people do and read


def decide_payment(
    *,
    payment: int,
    verdict: str,
    officer: Officer,
    words: str,
    at: datetime,
    account: Payable | None = None,
    seen: str = "",
) -> None:
    """What an officer decides about one payment (see ``mending``); ``seen`` is the mark of what they saw.

    Raises ``TooLate``, ``BadWords``, ``NotAllowed``, ``NotEnough``.
    """
    from doorstep.domains.payments import mending

    mending.decide(payment, verdict, officer, words, at, account=account, seen=seen)


def can_decide(*, state: PaymentState, rail: Rail, is_stuck: bool) -> tuple[str, ...]:
    """Which verdicts such a payment may get."""
    from doorstep.domains.payments import mending

    return mending.can(state, rail, is_stuck=is_stuck)


def settle_difference(*, difference: int, officer: Officer, words: str, at: datetime) -> None:
    """Somebody looked into it, and says what it was. Raises ``TooLate``, ``NotFound``, ``BadWords``."""
    from doorstep.domains.payments import mending

    mending.settle_difference(difference, officer, words, at)


def list_batches(*, programme: str = "", state: str = "", number: int = 1, size: int = 25) -> Page[BatchView]:
    """Batches, the newest first."""
    from doorstep.domains.payments import queries

    return queries.batches(programme, state, number, size)


def batch(*, id: int) -> BatchView:
    """One batch with its totals. Raises ``NotFound``."""
    from doorstep.domains.payments import queries

    return queries.batch(id)


def list_payments(
    *, batch: int, state: str = "", search: str = "", number: int = 1, size: int = 50
) -> Page[PaymentView]:
    """A batch's payments. ``state`` may be ``waiting``: for a person. ``search``: how a person's number begins."""
    from doorstep.domains.payments import queries

    return queries.payments(batch, state, search, number, size)


def each_payment(*, batch: int, state: str = "") -> Iterator[PaymentView]:
    """Every payment of a batch, for a file."""
    from doorstep.domains.payments import queries

    return queries.each_payment(batch, state)


def payment(*, id: int) -> tuple[PaymentView, str]:
    """One payment with its tries and decisions, and the mark to give back as ``seen``. Raises ``NotFound``."""
    from doorstep.domains.payments import queries

    return queries.payment(id)


def look_at_payment(*, id: int, who: str, purpose: str, at: datetime) -> tuple[PaymentView, str]:
    """The same for an officer, whose look the person sees. Raises ``NotFound``."""
    from django.db import transaction

    from doorstep.domains.payments import changing, queries

    with transaction.atomic():
        view, mark = queries.payment(id)
        changing.look(view.person, who, purpose, at)
        return view, mark


def payments_of(*, person: str) -> tuple[OwnPayment, ...]:
    """A person's own payments, the newest first: what is shown on their page."""
    from doorstep.domains.payments import queries

    return queries.of_person(person)


def bank_files(*, batch: int) -> tuple[MessageView, ...]:
    """The files of a batch for banks, and whether they were answered."""
    from doorstep.domains.payments import queries

    return queries.messages(batch)


def differences(*, batch: int) -> tuple[DifferenceView, ...]:
    """What was told and does not agree, and nobody has settled."""
    from doorstep.domains.payments import queries

    return queries.differences(batch)


def waiting() -> int:
    """How many payments wait for a person."""
    from doorstep.domains.payments import queries

    return queries.waiting()
