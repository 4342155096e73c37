"""Speaking with mobile-money providers until it is known what became of every order.

1. An attempt is written with the batch's sending, before anybody speaks: nothing can be forgotten.
2. A worker takes what is due for a while (a lease); that it will speak is stored before it does.
3. The first time it sends the order. Any later time it asks first, by our key, because the answer may have been lost
   after the money had gone; only an order of which the provider knows nothing is sent again, under the same key.
4. What is not final is asked again, later each time. After ``STUCK_AFTER`` questions a person is told, and the asking
   goes on. A callback says the same sooner; whichever comes first counts, and the other changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

from django.db import connection, transaction

from doorstep.domains.payments import approving, keeping, settling
from doorstep.domains.payments.iso.letters import plain
from doorstep.domains.payments.iso.orders import money
from doorstep.domains.payments.mobile.transport import Answer, MoneyOrder, MoneyState, Transport, TransportError
from doorstep.domains.payments.models import Attempt, Batch, Difference
from doorstep.domains.payments.types import BadCallback, Ended, PaymentState, Progress

LEASE = timedelta(minutes=10)
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=6)
STUCK_AFTER = 12
"""Questions without a final answer after which a person is told: about a day and a half."""
_TAKE = """
    WITH due AS (
        SELECT id, asked_at AS before FROM payments_attempt
        WHERE next_at <= %(at)s AND (taken_until IS NULL OR taken_until <= %(at)s)
        ORDER BY next_at LIMIT %(size)s FOR UPDATE SKIP LOCKED
    )
    UPDATE payments_attempt a SET taken_until = %(until)s, asked_at = COALESCE(a.asked_at, %(at)s), polls = a.polls + 1
    FROM due, payments_batch b WHERE a.id = due.id AND b.id = a.batch
    RETURNING a.id, a.key, a.account, a.amount, a.reference, a.polls, due.before, b.currency, b.digits, b.text
"""


@dataclass(frozen=True)
class _Taken:
    """An attempt that a worker holds. ``is_new``: nobody has spoken of it before."""

    attempt: int
    order: MoneyOrder
    polls: int
    is_new: bool


def speak(transport: Transport, at: datetime, size: int) -> Progress:
    """See ``api.poll``."""
    paid = failed = pending = sent = 0
    for taken in _take(at, size):
        answer = _ask(transport, taken)
        ended = _apply(taken.attempt, answer, at, taken.polls)
        sent += taken.is_new
        paid += ended is PaymentState.PAID
        failed += ended is PaymentState.FAILED
        pending += ended is None
    return Progress(sent=sent, paid=paid, failed=failed, pending=pending)


def hear(transport: Transport, headers: Mapping[str, str], body: bytes, at: datetime) -> None:
    """See ``api.receive_callback``."""
    told = transport.read_callback(headers=headers, body=body)
    attempt = Attempt.objects.filter(key=told.end_to_end[:35], rail="mobile").values_list("pk", flat=True).first()
    if attempt is None:
        raise BadCallback("The callback is about a payment that we did not send.", mend="Ask the provider.")
    _apply(attempt, told.answer, at, None)


def _take(at: datetime, size: int) -> Sequence[_Taken]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_TAKE, {"at": at, "until": at + LEASE, "size": size})
        rows = cursor.fetchall()
    return [
        _Taken(
            attempt,
            MoneyOrder(key, keeping.opened(account), money(amount, digits), currency, plain(text, 140), reference),
            polls,
            before is None,
        )
        for attempt, key, account, amount, reference, polls, before, currency, digits, text in sorted(rows)
    ]


def _ask(transport: Transport, taken: _Taken) -> Answer:
    """What the provider says; pending where it says nothing that counts."""
    try:
        if taken.is_new:
            return _first(transport, taken.order)
        known = transport.ask(taken.order)
        return _again(transport, taken.order) if known is None else known
    except TransportError:
        return Answer(MoneyState.PENDING)


def _first(transport: Transport, order: MoneyOrder) -> Answer:
    try:
        return transport.pay(order)
    except TransportError as error:
        if error.permanent:
            return Answer(MoneyState.FAILED, code=error.message)
        raise


def _again(transport: Transport, order: MoneyOrder) -> Answer:
    """An order that was sent before. A refusal may be about that one ("it exists"): ask whether it came meanwhile."""
    try:
        return transport.pay(order)
    except TransportError as error:
        if not error.permanent:
            raise
        return transport.ask(order) or Answer(MoneyState.FAILED, code=error.message)


def _apply(attempt: int, answer: Answer, at: datetime, polls: int | None) -> PaymentState | None:
    """What follows from an answer, in one transaction: the state in which the attempt ended, or None.

    ``polls``: how often was asked; None for a callback, which leaves the next question where it is.
    """
    with transaction.atomic():
        approving.locked(Attempt.objects.values_list("batch", flat=True).get(pk=attempt))
        row = Attempt.objects.select_for_update().get(pk=attempt)
        if kind := _difference_of(row, answer):
            _note(row, answer, kind, at)
        elif _follow(row, answer, at):
            return PaymentState(answer.state.value)
        if polls is not None and row.state == "sent":
            row.taken_until, row.next_at = None, at + _wait(polls)
            row.is_stuck = row.is_stuck or polls >= STUCK_AFTER
        if row.state == "sent":
            row.is_stuck = row.is_stuck or bool(kind)
            row.reference = answer.reference or row.reference
            row.save(update_fields=["taken_until", "next_at", "is_stuck", "reference"])
    return None


def _follow(row: Attempt, answer: Answer, at: datetime) -> bool:
    """Settle what is final and new. Money that came back must first have arrived, whatever order we hear it in."""
    final = answer.state is not MoneyState.PENDING
    if row.state == "sent" and final:
        arrived = PaymentState.FAILED if answer.state is MoneyState.FAILED else PaymentState.PAID
        settling.settle([Ended(row.pk, arrived, answer.code, answer.reference)], at)
        if answer.state is MoneyState.RETURNED:
            settling.settle([Ended(row.pk, PaymentState.RETURNED, answer.code or "reversed", answer.reference)], at)
        return True
    if row.state == "paid" and answer.state is MoneyState.RETURNED:
        settling.settle([Ended(row.pk, PaymentState.RETURNED, answer.code or "reversed", answer.reference)], at)
        return True
    return False


def _difference_of(row: Attempt, answer: Answer) -> str:
    """The name of what does not agree; empty where all does. A late word about an earlier state is no difference."""
    if row.state == "failed" and answer.state in (MoneyState.PAID, MoneyState.RETURNED):
        return "paid_after_failed"
    if row.state in ("paid", "returned") and answer.state is MoneyState.FAILED:
        return "backwards"
    if row.state != "sent" or answer.state not in (MoneyState.PAID, MoneyState.RETURNED):
        return ""
    batch = Batch.objects.get(pk=row.batch)
    if answer.currency and answer.currency != batch.currency:
        return "currency"
    return "amount" if answer.amount and not _is_amount(answer.amount, row.amount, batch.digits) else ""


def _is_amount(told: str, amount: int, digits: int) -> bool:
    try:
        return Decimal(told) == Decimal(money(amount, digits))
    except InvalidOperation:
        return False


def _note(row: Attempt, answer: Answer, kind: str, at: datetime) -> None:
    batch = Batch.objects.get(pk=row.batch)
    ours, theirs = row.state, answer.state.value
    if kind in ("amount", "currency"):
        ours = f"{batch.currency} {money(row.amount, batch.digits)}"
        theirs = f"{answer.currency} {answer.amount}".strip()
    settling.note(
        [
            Difference(
                batch=batch, payment=row.payment_id, key=row.key, kind=kind, ours=ours, theirs=theirs[:80], told_at=at
            )
        ]
    )


def _wait(polls: int) -> timedelta:
    """Half a minute, doubled each time, six hours at most."""
    doubled: int = 2 ** min(polls - 1, 20)
    return min(FIRST_WAIT * doubled, LONGEST_WAIT)
