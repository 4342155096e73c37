"""Calls of the SQL functions, and what their outcomes mean."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import DataError, connection

from doorstep.engines.ledger.types import (
    AccountFrozen,
    AlreadyReversed,
    BadLegs,
    HoldEnded,
    InsufficientFunds,
    KeyReused,
    Kind,
    LedgerError,
    Move,
    UnknownAccount,
    UnlikeUnits,
)

MAX_KEY, MAX_REASON = 120, 120

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


def check_key(key: str) -> str:
    """A key that can be kept."""
    if not key or len(key) > MAX_KEY or "\0" in key:
        raise BadLegs(f"A key has 1 to {MAX_KEY} letters.", mend="Give the act a key of its own.")
    return key


def check_reason(reason: str) -> str:
    """A reason that can be kept."""
    if not reason or len(reason) > MAX_REASON or "\0" in reason:
        raise BadLegs(f"A reason has 1 to {MAX_REASON} letters.", mend="Say shortly what the act is for.")
    return reason


def check_time(at: datetime) -> None:
    """A time without a zone could be any of two dozen."""
    if at.tzinfo is None:
        raise BadLegs("A time of the ledger says no time zone.", mend="Give a time with its zone.")


@dataclass(frozen=True)
class Done:
    """The number of an act, and whether it was made now or stood already."""

    number: int
    is_new: bool


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
) -> Done:
    """Write one act, or find the same act again. ``moves`` are (debit, credit, amount)."""
    check_time(at)
    assert connection.in_atomic_block, "the ledger writes in its caller's transaction"
    rows: list[Any] = [[move[part] for move in moves] for part in range(3)]
    number, outcome = _told(
        "SELECT act, outcome FROM ledger_act(%s, %s, %s::bigint[], %s::bigint[], %s::bigint[], %s, %s, %s, %s, %s)",
        [key, kind.value, *rows, link, expires_at, reason, _json(note), at],
    )[0]
    if outcome not in ("made", "known"):
        raise refusal(outcome)
    return Done(int(number), outcome == "made")


def batch(rows: Sequence[Move], reason: str, at: datetime) -> tuple[int, list[tuple[str, str]]]:
    """Write a batch; gives how many were made, and (key, outcome) for every other."""
    assert connection.in_atomic_block, "the ledger writes in its caller's transaction"
    check_time(at)
    columns: list[Any] = [[row.key for row in rows], [row.debit for row in rows], [row.credit for row in rows]]
    (_, made), *others = _told(
        "SELECT * FROM ledger_batch(%s::varchar[], %s::bigint[], %s::bigint[], %s::bigint[], %s, %s)",
        [*columns, [row.amount for row in rows], reason, at],
    )
    return int(made), others


def _told(statement: str, values: list[Any]) -> list[Any]:
    """One round trip. An account that would hold more than 63 bits stops the whole transaction."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            rows: list[Any] = cursor.fetchall()
            return rows
    except DataError as error:
        if getattr(error.__cause__, "sqlstate", "") != "22003":
            raise
        raise BadLegs("An account cannot count that far.", why="Its balance would not fit 63 bits.") from None


def _json(note: Mapping[str, str] | None) -> str | None:
    return json.dumps(dict(note), sort_keys=True) if note else None
