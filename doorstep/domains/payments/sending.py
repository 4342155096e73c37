"""A batch goes: its money leaves the fund at once, its payments leave in parts, and each part is whole or not there.

1. The whole sum moves from the fund to what is in transit, a rail at a time: nothing is sent that is not there.
2. Part by part, in a transaction each, payments become attempts. A bank's part is a file's content.
3. Files are written from the stored attempts. A file that a stop left unwritten is written by the next call; a file
   that was written is the same to the letter when it is written again, so that a bank sees it once by its message id.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import Sum

from doorstep.domains.payments import approving, keeping, life, money, settling
from doorstep.domains.payments.iso.orders import Credit, Head, write_order
from doorstep.domains.payments.life import BatchEvent
from doorstep.domains.payments.models import Attempt, Batch, Message, Payment
from doorstep.domains.payments.proving import TRY_SQL
from doorstep.domains.payments.types import BatchState, Debtor, Ended, NotFound, PaymentState, Progress, Rail
from doorstep.kit.errors import unavailable

PART = 50_000
"""Payments in one transaction, and in one file for a bank."""
NO_ACCOUNT = "no_account"
_SEND = f"""
    WITH due AS (
        SELECT id FROM payments_payment WHERE batch_id = %(batch)s AND state = 'due' AND rail = %(rail)s
        ORDER BY id LIMIT %(size)s FOR UPDATE
    ), sent AS (
        UPDATE payments_payment p SET state = 'sent', code = '', tries = p.tries + 1, changed_at = %(at)s
        FROM due WHERE p.id = due.id RETURNING p.*, %(mark)s || '-' || p.id || '-' || p.tries AS key
    ), told AS MATERIALIZED (
        SELECT row_number() OVER (ORDER BY id) AS n, sent.*, {TRY_SQL} AS content FROM sent
    ), leaves AS MATERIALIZED (
        SELECT array_agg(leaf ORDER BY n) AS all_
        FROM evidence_append_many((SELECT array_agg(content ORDER BY n) FROM told))
    ), made AS (
        INSERT INTO payments_attempt (payment_id, batch, number, key, message, amount, rail, account, bic, name, state,
            code, reference, sent_at, next_at, polls, is_stuck, leaf)
        SELECT id, batch_id, tries, key, %(message)s, amount, rail, account, bic, name, 'sent', '', '', %(at)s,
            %(next_at)s, 0, false, (SELECT all_ FROM leaves)[n]
        FROM told ORDER BY n RETURNING id, amount
    )
    SELECT count(*), COALESCE(sum(amount), 0), array_agg(id) FROM made
"""  # noqa: S608 - our own text


def send(batch: int, at: datetime, size: int, told: Callable[[int], None] | None = None) -> Progress:
    """See ``api.send_batch``."""
    start(batch, at)
    sent = failed = 0
    while True:
        with transaction.atomic():
            number, unpaid = _send_part(approving.locked(batch), at, size)
        sent, failed = sent + number, failed + unpaid
        if not number and not unpaid:
            break
        if told is not None:
            told(number + unpaid)
    with transaction.atomic():
        approving.close_if_done(batch, at)
    return Progress(sent=sent, failed=failed)


def start(batch: int, at: datetime) -> None:
    """Move the whole sum out of the fund and begin; nothing where it has begun. Raises ``NotEnough``."""
    with transaction.atomic():
        row = approving.locked(batch)
        if row.state == BatchState.SENDING.value:
            return
        row.state = life.after_batch(BatchState(row.state), BatchEvent.SEND).value
        approving.check_totals(row)
        sums = (
            Payment.objects.filter(batch=row).exclude(rail=Rail.NONE.value).values("rail").annotate(sum=Sum("amount"))
        )
        amounts = {Rail(one["rail"]): int(one["sum"]) for one in sums.order_by("rail")}
        money.reserve(f"payments:batch:{row.mark}", row.programme, row.currency, amounts, at)
        row.save(update_fields=["state"])


def _send_part(batch: Batch, at: datetime, size: int) -> tuple[int, int]:
    """The next part of one rail: how many were sent, and how many could not be for want of an account."""
    for rail in (Rail.BANK, Rail.MOBILE, Rail.WALLET):
        if number := _send_rail(batch, rail, at, size):
            return number, 0
    return 0, _refuse_part(batch, at, size)


def _send_rail(batch: Batch, rail: Rail, at: datetime, size: int) -> int:
    if not Payment.objects.filter(batch=batch, state="due", rail=rail.value).exists():
        return 0
    message = _message(batch, at) if rail is Rail.BANK else None
    values: dict[str, Any] = {
        "currency": batch.currency, "batch": batch.pk, "rail": rail.value, "size": size, "at": at, "mark": batch.mark,
        "message": message.pk if message else None, "next_at": at if rail is Rail.MOBILE else None,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_SEND, values)
        count, amount, attempts = cursor.fetchone()
    if message is not None:
        message.count, message.amount = count, int(amount)
        message.save(update_fields=["count", "amount"])
    if rail is Rail.WALLET:
        _pay_wallets(batch, attempts, at)
    return int(count)


def _pay_wallets(batch: Batch, attempts: list[int], at: datetime) -> None:
    """Wallets are ours: the money is there at once, or the payment fails at once."""
    rows = Attempt.objects.filter(pk__in=attempts).values_list("pk", "key", "amount", "payment__person")
    payouts = {
        pk: money.Arrival(key, PaymentState.PAID, amount, Rail.WALLET, batch.programme, batch.currency, person)
        for pk, key, amount, person in rows
    }
    refused = money.pay_wallets(list(payouts.values()), at)
    ended = [
        Ended(pk, PaymentState.FAILED if one.key in refused else PaymentState.PAID, refused.get(one.key, ""))
        for pk, one in sorted(payouts.items())
    ]
    settling.settle(ended, at)


def _message(batch: Batch, at: datetime) -> Message:
    number = Message.objects.filter(batch=batch).count() + 1
    return Message.objects.create(
        batch=batch, message_id=f"{batch.mark}-M{number}", count=0, amount=0, made_at=at.replace(microsecond=0),
        due_date=max(batch.due_date, at.date()),
    )  # fmt: skip


def _refuse_part(batch: Batch, at: datetime, size: int) -> int:
    """Whoever told no account is not forgotten: their payment waits for a person, and its money stays in the fund."""
    due = Payment.objects.filter(batch=batch, state="due", rail=Rail.NONE.value).order_by("id").values("id")[:size]
    after = life.after_payment(PaymentState.DUE, life.PaymentEvent.REFUSE)
    return Payment.objects.filter(pk__in=due).update(state=after.value, code=NO_ACCOUNT, changed_at=at)


# --- files for banks


def write_files(batch: int, folder: Path) -> tuple[str, ...]:
    """Write every file of the batch that is not in ``folder`` yet. Gives the names of those that were written."""
    row = Batch.objects.filter(pk=batch).first()
    if row is None:
        raise NotFound(f"There is no batch {batch}.", mend="See all of them at the desk.")
    written = []
    for message in row.messages.order_by("id"):
        path = folder / f"{message.message_id}.xml"
        if not path.exists():
            _write(path, row, message)
            written.append(path.name)
    return tuple(written)


def file_of(message: str) -> Iterator[str]:
    """One file, part by part. Raises ``NotFound``."""
    row = Message.objects.select_related("batch").filter(message_id=message).first()
    if row is None:
        raise NotFound(f"There is no file {message!r}.", mend="Look at the batch's page.")
    return write_order(_head(row.batch, row), _credits(row.batch, row))


def _write(path: Path, batch: Batch, message: Message) -> None:
    """All or nothing: a file under its own name is whole."""
    part = path.with_suffix(f".part{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("w", encoding="utf-8", newline="\n") as out:
            out.writelines(write_order(_head(batch, message), _credits(batch, message)))
            out.flush()
            os.fsync(out.fileno())
        part.replace(path)
    except OSError as error:
        raise unavailable(error, doing=f"The file {path.name} cannot be written.") from error
    finally:
        part.unlink(missing_ok=True)


def _head(batch: Batch, message: Message) -> Head:
    return Head(
        message_id=message.message_id, made_at=message.made_at, due_date=message.due_date, currency=batch.currency,
        digits=batch.digits, count=message.count, total=message.amount, version=batch.version,
        debtor=Debtor(batch.debtor_name, batch.debtor_iban, batch.debtor_bic),
    )  # fmt: skip


def _credits(batch: Batch, message: Message) -> Iterator[Credit]:
    rows = Attempt.objects.filter(message=message.pk).order_by("id")
    for key, amount, name, account, bic in rows.values_list("key", "amount", "name", "account", "bic").iterator(5_000):
        yield Credit(key, amount, name, keeping.opened(account), bic, batch.text)
