"""Reading the ledger. Every figure comes from one statement, so that it is of one moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from doorstep.engines.ledger.functions import refusal
from doorstep.engines.ledger.models import Transfer as Row
from doorstep.engines.ledger.types import Balance, Entry, LedgerError

_MOVED = ("transfer", "post")


def balance(*, account: int) -> Balance:
    """What an account has. Raises ``UnknownAccount``."""
    rows = _read(f"{_BALANCES} WHERE a.id = %s", [account])
    if not rows:
        raise refusal("unknown")
    return _balance(rows[0])


def balances(*, holder: str) -> Mapping[str, Balance]:
    """Every account of a holder: unit and kind, as ``"EUR wallet"``, and what is on it."""
    return {f"{row[0]} {row[1]}": _balance(row) for row in _read(f"{_BALANCES} WHERE a.holder = %s", [holder])}


def statement(*, account: int, before: int | None = None, size: int = 50) -> list[Entry]:
    """What came and went, the newest first; ``before`` is the ``id`` of the last line of the page before."""
    rows = Row.objects.filter(Q(debit=account) | Q(credit=account), kind__in=_MOVED)
    rows = rows.filter(id__lt=before) if before is not None else rows
    return [
        Entry(
            row.pk,
            row.act or row.pk,
            row.at,
            row.reason,
            -row.amount if row.debit == account else row.amount,
            row.credit if row.debit == account else row.debit,
            row.note or {},
        )
        for row in rows.order_by("-id")[:size]
    ]


def trial_balance() -> Mapping[str, int]:
    """The sum of every balance, by unit: always nought."""
    return {unit: int(total) for unit, total in _read(_TRIAL)}


def deviations() -> list[int]:
    """The accounts whose kept balance, hold or subtotal is not what their rows add up to: always none."""
    return [number for (number,) in _read(_DEVIATIONS)]


def fold() -> int:
    """Add up the rows of every account without a floor into a subtotal, so that its balance is read quickly. Gives the
    number of the last row that is in it. Nothing else changes; leave it out and balances are slow, not wrong.

    Writers wait for a moment while nobody else's row is under way: only then is every row up to that number seen. Where
    that takes longer than two seconds it gives up (``LedgerError``), for the next time.
    """
    if connection.in_atomic_block:
        raise LedgerError("The ledger is folded outside of any transaction.", why="It would stop every writer.")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '2s'")
        cursor.execute("SELECT ledger_edge()")
        (edge,) = cursor.fetchone()
    if edge is None:
        raise LedgerError("The ledger is busy and was not folded.", mend="Fold it later.")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT ledger_fold(%s)", [edge])
    return int(edge)


def _read(sql: str, values: Sequence[Any] = ()) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[Any] = cursor.fetchall()
        return rows


def _balance(row: Sequence[Any]) -> Balance:
    """``row``: unit, kind, floor, posted, held."""
    _, _, floor, posted, held = row
    return Balance(int(posted), int(held), int(posted) - int(held) - (floor or 0))


_BALANCES = """
    SELECT a.unit_id, a.kind, a.floor, CASE WHEN a.floor IS NOT NULL THEN a.balance ELSE COALESCE(f.amount, 0) + (
        SELECT COALESCE(sum(t.amount), 0) FROM ledger_transfer t
        WHERE t.credit = a.id AND t.id > COALESCE(f.upto, 0) AND t.kind IN ('transfer', 'post')
    ) - (
        SELECT COALESCE(sum(t.amount), 0) FROM ledger_transfer t
        WHERE t.debit = a.id AND t.id > COALESCE(f.upto, 0) AND t.kind IN ('transfer', 'post')
    ) END, a.held
    FROM ledger_account a LEFT JOIN ledger_subtotal f ON f.account = a.id
"""
_ROWS = """
    SELECT account, sum(m.amount) AS amount, sum(m.amount) FILTER (WHERE m.id <= upto) AS folded FROM (
        SELECT debit AS account, -amount AS amount, id FROM ledger_transfer WHERE kind IN ('transfer', 'post')
        UNION ALL SELECT credit, amount, id FROM ledger_transfer WHERE kind IN ('transfer', 'post')
    ) m LEFT JOIN ledger_subtotal USING (account) GROUP BY account
"""
_TRIAL = f"""
    SELECT u.code, COALESCE(sum(CASE WHEN a.floor IS NULL THEN COALESCE(m.amount, 0) ELSE a.balance END), 0)
    FROM ledger_unit u LEFT JOIN ledger_account a ON a.unit_id = u.code LEFT JOIN ({_ROWS}) m ON m.account = a.id
    GROUP BY u.code ORDER BY u.code
"""  # noqa: S608 - our own text
_DEVIATIONS = f"""
    SELECT a.id FROM ledger_account a LEFT JOIN ({_ROWS}) m ON m.account = a.id
    LEFT JOIN ledger_subtotal f ON f.account = a.id
    LEFT JOIN (
        SELECT h.debit AS account, sum(h.amount) AS amount FROM ledger_transfer h
        WHERE h.kind = 'hold' AND NOT EXISTS (
            SELECT 1 FROM ledger_transfer e WHERE e.link = COALESCE(h.act, h.id) AND e.key IS NOT NULL
        )
        GROUP BY h.debit
    ) held ON held.account = a.id
    WHERE CASE WHEN a.floor IS NULL THEN COALESCE(f.amount, 0) <> COALESCE(m.folded, 0)
        ELSE a.balance <> COALESCE(m.amount, 0) OR a.held <> COALESCE(held.amount, 0) END
    ORDER BY a.id
"""  # noqa: S608 - our own text
