"""What follows when attempts end: the attempt, the payment, the money and the batch change together, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from doorstep.domains.payments import approving, money
from doorstep.domains.payments.models import Difference
from doorstep.domains.payments.types import DoesNotAddUp, Ended, PaymentState, Rail

CHUNK = 50_000
_LOCK = """
    SELECT a.id FROM payments_attempt a JOIN unnest(%s::bigint[], %s::text[]) AS t(attempt, state) ON t.attempt = a.id
    WHERE (a.state = 'sent' AND t.state IN ('paid', 'failed')) OR (a.state = 'paid' AND t.state = 'returned')
    ORDER BY a.id FOR UPDATE OF a
"""
_END = """
    WITH told AS (
        SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[]) AS t(attempt, state, code, reference)
    ), ended AS (
        UPDATE payments_attempt a SET state = t.state, code = t.code, ended_at = %s, next_at = NULL,
            taken_until = NULL, is_stuck = false, reference = COALESCE(NULLIF(t.reference, ''), a.reference)
        FROM told t WHERE a.id = t.attempt
        RETURNING a.payment_id, a.key, a.state, a.amount, a.rail, a.number, a.code
    ), told_to AS (
        UPDATE payments_payment p SET state = e.state, code = e.code, changed_at = %s
        FROM ended e WHERE p.id = e.payment_id AND p.tries = e.number
        RETURNING p.id, p.batch_id, p.programme, p.person
    )
    SELECT e.key, e.state, e.amount, e.rail, t.programme, b.currency, t.person, t.batch_id
    FROM ended e LEFT JOIN told_to t ON t.id = e.payment_id LEFT JOIN payments_batch b ON b.id = t.batch_id
"""


def settle(ended: Sequence[Ended], at: datetime) -> dict[PaymentState, int]:
    """End attempts, in the caller's transaction. Those that ended before are left as they are: telling twice is once.

    Gives how many came to each state. Raises ``DoesNotAddUp`` where rows or money would not agree afterwards.
    """
    counts: dict[PaymentState, int] = {}
    batches: set[int] = set()
    _lock_batches(ended)
    for start in range(0, len(ended), CHUNK):
        for state, batch, number in _settle(ended[start : start + CHUNK], at):
            counts[state] = counts.get(state, 0) + number
            batches.add(batch)
    for batch in sorted(batches):
        approving.close_if_done(batch, at)
    return counts


def _lock_batches(ended: Sequence[Ended]) -> None:
    """Everybody locks a batch before its payments and attempts: so nobody waits for one another in a circle."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM payments_batch WHERE id IN (SELECT DISTINCT batch FROM payments_attempt WHERE id = ANY(%s))"
            " ORDER BY id FOR UPDATE",
            [[one.attempt for one in ended]],
        )


def _settle(ended: Sequence[Ended], at: datetime) -> list[tuple[PaymentState, int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [[one.attempt for one in ended], [one.state.value for one in ended]])
        held = {number for (number,) in cursor.fetchall()}
        new = [one for one in ended if one.attempt in held]
        if not new:
            return []
        numbers, states = [one.attempt for one in new], [one.state.value for one in new]
        codes, references = [one.code[:35] for one in new], [one.reference[:80] for one in new]
        cursor.execute(_END, [numbers, states, codes, references, at, at])
        rows = cursor.fetchall()
    if len(rows) != len(held) or any(row[7] is None for row in rows):
        raise DoesNotAddUp(
            "An attempt has ended that is not its payment's last.", mend="Look at the payments' history."
        )
    money.arrive(
        [
            money.Arrival(key, PaymentState(state), amount, Rail(rail), programme, currency, person)
            for key, state, amount, rail, programme, currency, person, _ in rows
        ],
        at,
    )
    counts: dict[tuple[PaymentState, int], int] = {}
    for row in rows:
        place = (PaymentState(row[1]), row[7])
        counts[place] = counts.get(place, 0) + 1
    return [(state, batch, number) for (state, batch), number in counts.items()]


def note(differences: Sequence[Difference]) -> None:
    """Keep what does not agree, each once while nobody has settled it."""
    Difference.objects.bulk_create(differences, ignore_conflicts=True, batch_size=1_000)
