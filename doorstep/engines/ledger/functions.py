"""Calls of the SQL functions, and what their outcomes mean."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from doorstep.engines.ledger.types import (
    AccountFrozen,
    AlreadyReversed,
    HoldEnded,
    InsufficientFunds,
    KeyReused,
    Kind,
    LedgerError,
    Move,
    UnknownAccount,
    UnlikeUnits,
)

REFUSALS: Mapping[str, LedgerError] = {
    "reused": KeyReused(
        "This key stands already for another act.", why="A key names one act for ever.", mend="Use a new key."
    ),
    "unknown": UnknownAccount("There is no such account.", mend="Open it first."),
    "units": UnlikeUnits("The two accounts count different things.", mend="Move between accounts of one unit."),
    "frozen": AccountFrozen("The account is frozen.", mend="Unfreeze it, or wait for whoever froze it."),
    "funds": InsufficientFunds("There is not enough on the account.", mend="Move less, or fill the account first."),
    "ended": HoldEnded("The hold is over or was never made.", mend="Hold again."),
    "reversed": AlreadyReversed("This act was reversed already.", mend="Look at the statement."),
}


def refusal(outcome: str) -> LedgerError:
    """A new error for an outcome: one that is raised twice would carry the first one's history."""
    known = REFUSALS[outcome]
    return type(known)(known.what, why=known.why, mend=known.mend)


def act(
    key: str,
    kind: Kind,
    moves: Sequence[tuple[int, int, int]],
    *,
    reason: str,
    at: datetime,
    link: int | None = None,
    expires_at: datetime | None = None,
    note: Mapping[str, str] | None = None,
) -> int:
    """Write one act, or find the same act again; gives its number. ``moves`` are (debit, credit, amount)."""
    assert connection.in_atomic_block, "the ledger writes in its caller's transaction"
    rows: list[Any] = [[move[part] for move in moves] for part in range(3)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT act, outcome FROM ledger_act(%s, %s, %s::bigint[], %s::bigint[], %s::bigint[], %s, %s, %s, %s, %s)",
            [key, kind.value, *rows, link, expires_at, reason, _json(note), at],
        )
        number, outcome = cursor.fetchone()
    if outcome not in ("made", "known"):
        raise refusal(outcome)
    return int(number)


def batch(rows: Sequence[Move], reason: str, at: datetime) -> tuple[int, list[tuple[str, str]]]:
    """Write a batch; gives how many were made, and (key, outcome) for every other."""
    assert connection.in_atomic_block, "the ledger writes in its caller's transaction"
    columns: list[Any] = [[row.key for row in rows], [row.debit for row in rows], [row.credit for row in rows]]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM ledger_batch(%s::varchar[], %s::bigint[], %s::bigint[], %s::bigint[], %s, %s)",
            [*columns, [row.amount for row in rows], reason, at],
        )
        (_, made), *others = cursor.fetchall()
    return int(made), others


def _json(note: Mapping[str, str] | None) -> str | None:
    return json.dumps(dict(note), sort_keys=True) if note else None
