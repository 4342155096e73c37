"""Do the payments and the ledger say the same? Every sum is counted on both sides; what differs is listed."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from doorstep.domains.payments import money
from doorstep.domains.payments.types import Balanced, Rail
from doorstep.engines.ledger import api as ledger

_SUMS = """
    SELECT b.currency, p.rail,
        COALESCE(sum(p.amount) FILTER (
            WHERE p.state = 'sent' OR (p.state = 'due' AND b.state = 'sending')), 0) AS in_transit,
        COALESCE(sum(p.amount) FILTER (WHERE p.state = 'paid'), 0) AS arrived
    FROM payments_payment p JOIN payments_batch b ON b.id = p.batch_id
    WHERE p.rail <> 'none' GROUP BY b.currency, p.rail ORDER BY b.currency, p.rail
"""
_ATTEMPTS = """
    SELECT count(*) FROM (
        SELECT payment_id FROM payments_attempt WHERE state IN ('sent', 'paid') GROUP BY payment_id HAVING count(*) > 1
    ) twice
"""
_STATES = """
    SELECT count(*) FROM payments_payment p LEFT JOIN payments_attempt a ON a.payment_id = p.id AND a.number = p.tries
    WHERE p.state IN ('sent', 'paid', 'returned') AND a.state IS DISTINCT FROM p.state
"""


def balance(at: datetime) -> tuple[Balanced, ...]:
    """See ``api.reconcile``."""
    with connection.cursor() as cursor:
        cursor.execute(_SUMS)
        sums = cursor.fetchall()
        cursor.execute(_ATTEMPTS)
        (twice,) = cursor.fetchone()
        cursor.execute(_STATES)
        (astray,) = cursor.fetchone()
    found = [one for row in sums for one in _of_rail(*row, at=at)]
    found += [Balanced(f"ledger {unit}", 0, total) for unit, total in ledger.trial_balance().items()]
    found += [Balanced("payments with two tries at work", 0, int(twice))]
    found += [Balanced("payments that are not where their last try is", 0, int(astray))]
    return tuple(found)


def _of_rail(currency: str, rail: str, in_transit: int, arrived: int, *, at: datetime) -> list[Balanced]:
    moving = ledger.balance(account=money.transit_of(Rail(rail), currency, at)).posted
    found = [Balanced(f"{currency} {rail} in transit", int(in_transit), moving)]
    if rail != Rail.WALLET:
        settled = ledger.balance(account=money.settled_of(Rail(rail), currency, at)).posted
        found.append(Balanced(f"{currency} {rail} arrived", int(arrived), settled))
    return found
