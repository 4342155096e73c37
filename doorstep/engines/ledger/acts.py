"""What moves value. Everything runs in the caller's transaction, and each act is one round trip of ``sql/``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from doorstep.engines.ledger import functions
from doorstep.engines.ledger.functions import check_key, check_reason
from doorstep.engines.ledger.models import Account
from doorstep.engines.ledger.models import Transfer as Row
from doorstep.engines.ledger.types import (
    MOST,
    AlreadyReversed,
    BadLegs,
    HoldEnded,
    Kind,
    Leg,
    Move,
    Moved,
    TooMuch,
    Transfer,
)

MAX_LEGS, MAX_BATCH = 100, 50_000
_MOVED = ("transfer", "post")


def transfer(
    *, key: str, legs: Sequence[Leg], reason: str, at: datetime, note: Mapping[str, str] | None = None
) -> Transfer:
    """Move value. ``key`` names the act for ever: the same key with the same legs gives the first transfer again.

    Raises ``BadLegs``, ``UnknownAccount``, ``UnlikeUnits``, ``AccountFrozen``, ``InsufficientFunds``, ``KeyReused``.
    """
    moves = _moves(key, legs, reason)
    done = functions.act(key, Kind.TRANSFER, moves, reason=reason, at=at, note=note)
    return _answer(done, Transfer(done.number, key, Kind.TRANSFER, _sorted(legs), reason, at, None, dict(note or {})))


def hold(
    *,
    key: str,
    legs: Sequence[Leg],
    reason: str,
    at: datetime,
    expires_at: datetime,
    note: Mapping[str, str] | None = None,
) -> Transfer:
    """Reserve what leaves an account, until it is posted, voided or expires. Raises as ``transfer`` does."""
    if expires_at <= at:
        raise HoldEnded("This hold would be over before it begins.", mend="Name a later end.")
    moves = _moves(key, legs, reason)
    done = functions.act(key, Kind.HOLD, moves, reason=reason, at=at, expires_at=expires_at, note=note)
    return _answer(done, Transfer(done.number, key, Kind.HOLD, _sorted(legs), reason, at, None, dict(note or {})))


def post_hold(*, key: str, hold: int, at: datetime, amount: int | None = None) -> Transfer:
    """Move what was held, or of a hold with two legs only ``amount`` of it; the rest is free again.

    Raises ``HoldEnded``, ``TooMuch``, ``KeyReused`` and, where another account is frozen, ``AccountFrozen``.
    """
    rows = _rows_of(hold)
    if not rows or rows[0].kind != Kind.HOLD:
        raise HoldEnded("There is no such hold.", mend="Hold again.")
    if amount is not None and len(rows) > 1:
        raise BadLegs("A hold of several legs is posted whole.", mend="Leave the amount out.")
    if amount is not None and not 0 < amount <= rows[0].amount:
        raise TooMuch(f"Of this hold 1 to {rows[0].amount} can be posted.", mend="Post no more than is held.")
    moves = [(row.debit, row.credit, row.amount if amount is None else amount) for row in rows]
    done = functions.act(check_key(key), Kind.POST, moves, reason=rows[0].reason, at=at, link=hold)
    return _answer(done, Transfer(done.number, key, Kind.POST, _legs(moves), rows[0].reason, at, hold))


def void_hold(*, key: str, hold: int, at: datetime, reason: str) -> Transfer:
    """Free what was held. Works on frozen accounts too. Raises ``HoldEnded``, ``KeyReused``."""
    rows = _rows_of(hold)
    if not rows or rows[0].kind != Kind.HOLD:
        raise HoldEnded("There is no such hold.", mend="Look at the number again.")
    moves = [(row.debit, row.credit, row.amount) for row in rows]
    done = functions.act(check_key(key), Kind.VOID, moves, reason=check_reason(reason), at=at, link=hold)
    return _answer(done, Transfer(done.number, key, Kind.VOID, _legs(moves), reason, at, hold))


def release_expired(*, at: datetime, size: int = 500) -> int:
    """Free holds whose time is over, the oldest first; gives how many. Each in a transaction of its own."""
    ends = Row.objects.filter(kind__in=("post", "void"), link__isnull=False).values("link")
    waiting = Row.objects.filter(kind="hold", key__isnull=False, expires_at__lte=at).exclude(id__in=ends)
    numbers = list(waiting.order_by("expires_at").values_list("id", flat=True)[:size])
    done = 0
    for number in numbers:
        try:
            with transaction.atomic():
                void_hold(key=f"expired:{number}", hold=number, at=at, reason="expired")
            done += 1
        except HoldEnded:  # somebody was quicker
            continue
    return done


def reverse(*, key: str, transfer: int, reason: str, at: datetime) -> Transfer:
    """Move everything of an act back, once. Who was paid must still have it: their floor holds.

    Raises ``AlreadyReversed`` (also for a hold, a void or a reversal), ``InsufficientFunds``, ``AccountFrozen``.
    """
    rows = _rows_of(transfer)
    if not rows or rows[0].kind not in _MOVED or (rows[0].kind == "transfer" and rows[0].link is not None):
        raise AlreadyReversed("Only what moved something can be reversed.", mend="Look at the statement.")
    moves = [(row.credit, row.debit, row.amount) for row in rows]
    done = functions.act(check_key(key), Kind.TRANSFER, moves, reason=check_reason(reason), at=at, link=transfer)
    return _answer(done, Transfer(done.number, key, Kind.TRANSFER, _legs(moves), reason, at, transfer))


def transfer_many(*, rows: Sequence[Move], reason: str, at: datetime) -> Moved:
    """A batch of moves, each under its own key, in the caller's transaction: ten thousand or so at a time.

    What stands already is left as it is, so that a batch that was cut short can simply come again. What cannot be
    made is told by key (``funds``, ``frozen``, ``unknown``, ``units``, ``reused``) and hinders no other.
    """
    if len(rows) > MAX_BATCH:
        raise BadLegs(f"A batch has at most {MAX_BATCH} moves.", mend="Send it in parts.")
    if len({row.key for row in rows}) != len(rows):
        raise BadLegs("A key stands twice in the batch.", mend="Give each move a key of its own.")
    for row in rows:
        check_key(row.key)
        if type(row.amount) is not int or not 0 < row.amount < MOST or row.debit == row.credit:
            raise BadLegs("A move takes an amount above nought from one account to another.", mend="Mend the batch.")
    if not rows:
        return Moved(0, 0, {})
    made, others = functions.batch(rows, check_reason(reason), at)
    known = sum(outcome == "known" for _, outcome in others)
    return Moved(made, known, {name: outcome for name, outcome in others if outcome != "known"})


def find_transfer(*, key: str) -> Transfer | None:
    """The act that stands under a key."""
    row = Row.objects.filter(key=key).first()
    return _stored(row.pk) if row else None


def find_numbers(*, keys: Sequence[str]) -> Mapping[str, int]:
    """The numbers of the acts that stand under ``keys``, in one query; a key that stands nowhere is left out."""
    return {key: number for key, number in Row.objects.filter(key__in=keys).values_list("key", "id") if key}


def _answer(done: functions.Done, new: Transfer) -> Transfer:
    """What was made now; or, where the same act came before, what was made then."""
    return new if done.is_new else _stored(done.number)


def _stored(number: int) -> Transfer:
    rows = _rows_of(number)
    first = rows[0]
    legs = _legs([(row.debit, row.credit, row.amount) for row in rows])
    note = {str(name): str(value) for name, value in (first.note or {}).items()}
    return Transfer(number, first.key or "", Kind(first.kind), legs, first.reason, first.at, first.link, note)


def _rows_of(act: int) -> list[Row]:
    return list(Row.objects.filter(Q(pk=act) | Q(act=act)).order_by("id"))


def _moves(key: str, legs: Sequence[Leg], reason: str) -> list[tuple[int, int, int]]:
    """Legs as rows: whoever gives, in order of account, pays whoever gets, in order of account."""
    check_key(key)
    check_reason(reason)
    if not 2 <= len(legs) <= MAX_LEGS or len({leg.account for leg in legs}) != len(legs):
        raise BadLegs(f"A transfer has 2 to {MAX_LEGS} legs, one for each account.", mend="Add them up by account.")
    if any(type(leg.account) is not int or not 0 < leg.account < 2**63 for leg in legs):
        raise functions.refusal("unknown")
    if any(type(leg.amount) is not int or leg.amount == 0 or abs(leg.amount) >= MOST for leg in legs):
        raise BadLegs("A leg's amount is a whole number that is not nought.", mend="Write it in minor units.")
    if sum(leg.amount for leg in legs):
        raise BadLegs("The legs do not sum to nought.", mend="What is given must be what is got.")
    return [move for part in _by_unit(legs) for move in _pairs(part)]


def _by_unit(legs: Sequence[Leg]) -> list[tuple[Leg, ...]]:
    """Legs in parts that each sum to nought: one unit, or several that change hands in one act."""
    if len(legs) == 2:
        return [_sorted(legs)]
    units = dict(Account.objects.filter(pk__in=[leg.account for leg in legs]).values_list("pk", "unit_id"))
    if len(units) != len(legs):
        raise functions.refusal("unknown")
    parts = [_sorted([leg for leg in legs if units[leg.account] == unit]) for unit in sorted(set(units.values()))]
    if any(sum(leg.amount for leg in part) for part in parts):
        raise BadLegs(
            "The legs of a unit do not sum to nought.", mend="What is given must be what is got, unit by unit."
        )
    return parts


def _pairs(legs: Sequence[Leg]) -> list[tuple[int, int, int]]:
    giving = [[leg.account, -leg.amount] for leg in legs if leg.amount < 0]
    moves = []
    for leg in legs:
        wanted = leg.amount
        while wanted > 0:
            part = min(wanted, giving[0][1])
            moves.append((giving[0][0], leg.account, part))
            wanted, giving[0][1] = wanted - part, giving[0][1] - part
            if not giving[0][1]:
                giving.pop(0)
    return moves


def _legs(moves: Sequence[tuple[int, int, int]]) -> tuple[Leg, ...]:
    amounts: dict[int, int] = {}
    for debit, credit, amount in moves:
        amounts[debit] = amounts.get(debit, 0) - amount
        amounts[credit] = amounts.get(credit, 0) + amount
    return _sorted([Leg(account, amount) for account, amount in amounts.items()])


def _sorted(legs: Sequence[Leg]) -> tuple[Leg, ...]:
    return tuple(sorted(legs, key=lambda leg: leg.account))
