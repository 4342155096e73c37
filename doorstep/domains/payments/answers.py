"""A bank's answer comes in: each payment that it tells of ends, and what does not agree is listed, in one transaction.

1. The file is read as it comes (see ``iso.statuses``); a broken one changes nothing.
2. It must answer a file of ours, with our number of payments and our sum.
3. Every line meets its attempt. Another amount or currency, a key that we never sent, two lines that contradict one
   another and a status that goes backwards become differences; nothing else follows from them.
4. What is left ends its attempt, its payment and its money (see ``settling``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from django.db import connection, transaction

from doorstep.domains.payments import approving, policies, proving, settling
from doorstep.domains.payments.iso.orders import money
from doorstep.domains.payments.iso.statuses import OUTCOMES, About, Outcome, Part, Told, read_statuses
from doorstep.domains.payments.models import Difference, Message, StatusFile
from doorstep.domains.payments.types import BadStatus, Ended, Imported, Officer, PaymentState
from doorstep.kit.errors import unavailable

MAX_BYTES = 2_000_000_000
BLOCK = 1 << 16
_TOLD = """
    CREATE TEMPORARY TABLE payments_told (
        key text, outcome text, status text, code text, amount bigint, currency text
    ) ON COMMIT DROP
"""
_WHOLE = """
    INSERT INTO payments_told SELECT a.key, %s, %s, %s, NULL, '' FROM payments_attempt a
    WHERE a.message = %s AND NOT EXISTS (SELECT 1 FROM payments_told t WHERE t.key = a.key)
"""
_JUDGED = """
    CREATE TEMPORARY TABLE payments_judged ON COMMIT DROP AS
    SELECT t.key, t.status, t.code, t.outcome, t.amount AS told, t.currency, a.id AS attempt, a.payment_id AS payment,
        a.state, a.amount,
        CASE
            WHEN a.id IS NULL THEN 'unknown'
            WHEN a.message IS DISTINCT FROM %(message)s THEN 'other_file'
            WHEN t.outcomes > 1 THEN 'contradiction'
            WHEN t.outcome = '' THEN 'status'
            WHEN t.currency NOT IN ('', %(currency)s) THEN 'currency'
            WHEN t.amount IS NOT NULL AND t.amount <> a.amount THEN 'amount'
            WHEN a.state = 'sent' OR t.outcome = a.state THEN ''
            WHEN a.state = 'returned' AND t.outcome = 'failed' THEN ''
            WHEN a.state = 'failed' AND t.outcome = 'paid' THEN 'paid_after_failed'
            ELSE 'backwards'
        END AS kind
    FROM (
        SELECT key, min(outcome) AS outcome, min(status) AS status, min(code) AS code, min(amount) AS amount,
            max(currency) AS currency,
            count(DISTINCT outcome) + count(DISTINCT amount) - CASE WHEN count(amount) > 0 THEN 1 ELSE 0 END AS outcomes
        FROM payments_told GROUP BY key
    ) t LEFT JOIN payments_attempt a ON a.key = t.key
"""


def take_in(path: Path, officer: Officer, at: datetime) -> Imported:
    """See ``api.import_status``."""
    policies.check_officer(officer)
    digest = _digest(path)
    with transaction.atomic():
        earlier = StatusFile.objects.select_related("message").filter(sha256=digest).first()
        if earlier is not None:
            return _imported(earlier, is_repeated=True)
        told = read_statuses(_blocks(path))
        about = next(told)
        if not isinstance(about, About):
            raise BadStatus("The status file does not begin with what it answers.")
        message = _message(about)
        approving.locked(message.batch_id)
        with connection.cursor() as cursor:
            cursor.execute(_TOLD)
        number, whole = _read(told, message)
        whole = whole or (about.status, about.code)
        number += _whole(message, *whole)
        row = StatusFile(sha256=digest, message=message, told=number, taken_by=officer.name, taken_at=at)
        row.leaf, row.counts = proving.append(proving.of_answer(row)), _follow(message, at)
        row.save()
        return _imported(row)


def _digest(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise BadStatus("The status file is too large.", mend="Ask the bank for one answer for each file.")
        with path.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise unavailable(error, doing="The status file cannot be read.") from error


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as content:
        while block := content.read(BLOCK):
            yield block


def _message(about: About) -> Message:
    """The file of ours that is answered, with its totals. Raises ``BadStatus``."""
    message = Message.objects.select_related("batch").filter(message_id=about.answers[:35]).first()
    if message is None:
        raise BadStatus(
            "This answers a file that we did not send.",
            why=f"It names {about.answers[:35]!r}.",
            mend="Ask the bank for whom the answer is; nothing was changed.",
        )
    if not about.name.startswith("pain.001"):
        raise BadStatus("This answers another kind of message.", why=f"It names {about.name[:35]!r}, not pain.001.")
    ours = Decimal(money(message.amount, message.batch.digits))
    if (about.count is not None and about.count != message.count) or (about.total is not None and about.total != ours):
        raise BadStatus(
            "The answer's number of payments or sum is not that of our file.",
            why=f"Ours: {message.count} payments, {ours}. "
            f"Theirs: {'no number' if about.count is None else about.count}, "
            f"{'no sum' if about.total is None else about.total}.",
            mend="Ask the bank which file it has; nothing was changed.",
        )
    return message


def _read(told: Iterator[About | Part | Told], message: Message) -> tuple[int, tuple[str, str] | None]:
    """Bring the lines into the database: how many, and what is said of the whole part, if anything."""
    number, whole = 0, None
    with connection.cursor() as cursor, cursor.copy("COPY payments_told FROM STDIN") as copy:
        for one in told:
            if isinstance(one, Part):
                whole = (one.status, one.code) if one.status else whole
            elif isinstance(one, Told):
                if not one.end_to_end or "\0" in one.end_to_end:
                    raise BadStatus("A line of the status file does not say which payment it is about.")
                outcome = OUTCOMES.get(one.status, "") if one.status else Outcome.PENDING
                amount = _minor(one.amount, message.batch.digits)
                copy.write_row((one.end_to_end[:80], str(outcome), one.status[:35], one.code, amount, one.currency))
                number += 1
    return number, whole


def _minor(amount: Decimal | None, digits: int) -> int | None:
    """In minor units; -1 for an amount with more decimals than the currency has: it is never ours."""
    if amount is None:
        return None
    scaled = amount.scaleb(digits)
    return int(scaled) if scaled == scaled.to_integral_value() and 0 <= scaled < 10**18 else -1


def _whole(message: Message, status: str, code: str) -> int:
    """A final status of the whole file holds for every payment that has no line of its own."""
    outcome = OUTCOMES.get(status)
    if outcome not in (Outcome.PAID, Outcome.FAILED):
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_WHOLE, [outcome.value, status, code[:35], message.pk])
        return int(cursor.rowcount)


def _follow(message: Message, at: datetime) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(_JUDGED, {"message": message.pk, "currency": message.batch.currency})
        cursor.execute(
            "SELECT kind, key, payment, state, amount, status, told, currency FROM payments_judged WHERE kind <> ''"
        )
        differences = [_difference(message, row, at) for row in cursor.fetchall()]
        cursor.execute(
            "SELECT attempt, outcome, code FROM payments_judged WHERE kind = '' AND outcome IN ('paid', 'failed')"
            " AND state = 'sent' ORDER BY attempt"
        )
        ended = [Ended(attempt, PaymentState(outcome), code) for attempt, outcome, code in cursor.fetchall()]
        cursor.execute("SELECT count(*) FROM payments_judged WHERE kind = '' AND outcome = 'pending'")
        (pending,) = cursor.fetchone()
        cursor.execute("DROP TABLE payments_told, payments_judged")
    settling.note(differences)
    counts = settling.settle(ended, at)
    return {
        "paid": counts.get(PaymentState.PAID, 0),
        "failed": counts.get(PaymentState.FAILED, 0),
        "pending": int(pending),
        "differences": len(differences),
    }


def _difference(
    message: Message, row: tuple[str, str, int | None, str, int, str, int | None, str], at: datetime
) -> Difference:
    kind, key, payment, state, amount, status, told, currency = row
    batch, theirs = message.batch, status
    ours = state or ""
    if kind in ("amount", "currency"):
        ours = f"{batch.currency} {money(amount, batch.digits)}"
        theirs = f"{currency} {'?' if told is None or told < 0 else money(told, batch.digits)}".strip()
    payment = None if kind in ("unknown", "other_file") else payment
    return Difference(batch=batch, payment=payment, key=key, kind=kind, ours=ours, theirs=theirs[:80], told_at=at)


def _imported(row: StatusFile, *, is_repeated: bool = False) -> Imported:
    counts = row.counts
    return Imported(
        message_id=row.message.message_id, told=row.told, paid=counts["paid"], failed=counts["failed"],
        pending=counts["pending"], differences=counts["differences"], is_repeated=is_repeated,
    )  # fmt: skip
