"""The door of the ledger. Everything that writes does so in the caller's transaction, or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q, Sum

from doorstep.engines.ledger import functions
from doorstep.engines.ledger.models import Account, Unit
from doorstep.engines.ledger.models import Transfer as Row
from doorstep.engines.ledger.types import (
    MOST,
    AlreadyReversed,
    BadLegs,
    Balance,
    Entry,
    HoldEnded,
    Kind,
    LedgerError,
    Leg,
    Move,
    Moved,
    TooMuch,
    Transfer,
    UnitKind,
    UnknownAccount,
)

__all__ = [
    "Balance",
    "Entry",
    "Leg",
    "Move",
    "Moved",
    "Transfer",
    "balance",
    "balances",
    "define_unit",
    "deviations",
    "freeze",
    "hold",
    "open_account",
    "post_hold",
    "release_expired",
    "reverse",
    "statement",
    "transfer",
    "transfer_many",
    "trial_balance",
    "unfreeze",
    "void_hold",
]

MAX_KEY, MAX_REASON, MAX_LEGS, MAX_BATCH = 120, 120, 100, 50_000
_MOVED = ("transfer", "post")


def define_unit(*, code: str, kind: str, digits: int) -> None:
    """Make a unit of account known: ``currency``, ``voucher`` or ``goods``, counted in ``10 ** -digits``.

    The same again changes nothing. Raises ``LedgerError`` where the code stands for another unit.
    """
    unit, _ = Unit.objects.get_or_create(code=code, defaults={"kind": UnitKind(kind).value, "digits": digits})
    if (unit.kind, unit.digits) != (kind, digits):
        raise LedgerError(f"The unit {code!r} is {unit.kind} with {unit.digits} digits.", mend="Use another code.")


def open_account(*, holder: str, unit: str, kind: str, floor: int | None = 0, at: datetime) -> int:
    """The number of the account of ``holder``, in one unit, for one ``kind`` of use; opened where it is new.

    ``floor`` is the least that may be available on it (0: nobody pays what they have not got; less than 0: a
    credit line). Without one the account may fall as it likes, is never locked, and everybody can pay there at once.
    """
    if not Unit.objects.filter(pk=unit).exists():
        raise UnknownAccount(f"There is no unit {unit!r}.", mend="Define it first.")
    defaults = {"floor": floor, "opened_at": at}
    account, made = Account.objects.get_or_create(holder=holder, unit_id=unit, kind=kind, defaults=defaults)
    if not made and account.floor != floor:
        raise LedgerError("This account was opened with another floor.", mend="Open another kind of account.")
    return account.pk


def transfer(
    *, key: str, legs: Sequence[Leg], reason: str, at: datetime, note: Mapping[str, str] | None = None
) -> Transfer:
    """Move value. ``key`` names the act for ever: the same key with the same legs gives the first transfer again.

    Raises ``BadLegs``, ``UnknownAccount``, ``UnlikeUnits``, ``AccountFrozen``, ``InsufficientFunds``, ``KeyReused``.
    """
    moves = _moves(key, legs, reason)
    number = functions.act(key, Kind.TRANSFER, moves, reason=reason, at=at, note=note)
    return Transfer(number, key, Kind.TRANSFER, _sorted(legs), reason, at, None, dict(note or {}))


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
    number = functions.act(key, Kind.HOLD, moves, reason=reason, at=at, expires_at=expires_at, note=note)
    return Transfer(number, key, Kind.HOLD, _sorted(legs), reason, at, None, dict(note or {}))


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
    number = functions.act(_key(key), Kind.POST, moves, reason=rows[0].reason, at=at, link=hold)
    return Transfer(number, key, Kind.POST, _legs(moves), rows[0].reason, at, hold)


def void_hold(*, key: str, hold: int, at: datetime, reason: str) -> Transfer:
    """Free what was held. Works on frozen accounts too. Raises ``HoldEnded``, ``KeyReused``."""
    rows = _rows_of(hold)
    if not rows or rows[0].kind != Kind.HOLD:
        raise HoldEnded("There is no such hold.", mend="Look at the number again.")
    moves = [(row.debit, row.credit, row.amount) for row in rows]
    number = functions.act(_key(key), Kind.VOID, moves, reason=_reason(reason), at=at, link=hold)
    return Transfer(number, key, Kind.VOID, _legs(moves), reason, at, hold)


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
    number = functions.act(_key(key), Kind.TRANSFER, moves, reason=_reason(reason), at=at, link=transfer)
    return Transfer(number, key, Kind.TRANSFER, _legs(moves), reason, at, transfer)


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
        _key(row.key)
        if not 0 < row.amount < MOST or row.debit == row.credit:
            raise BadLegs("A move takes an amount above nought from one account to another.", mend="Mend the batch.")
    if not rows:
        return Moved(0, 0, {})
    made, others = functions.batch(rows, _reason(reason), at)
    known = sum(outcome == "known" for _, outcome in others)
    return Moved(made, known, {name: outcome for name, outcome in others if outcome != "known"})


def freeze(*, account: int, at: datetime, reason: str) -> None:
    """Nothing leaves the account or comes to it until it is unfrozen."""
    if not Account.objects.filter(pk=account).update(frozen=f"{at:%Y-%m-%d %H:%M} {_reason(reason)}"):
        raise functions.refusal("unknown")


def unfreeze(*, account: int, at: datetime) -> None:
    """Everything moves again."""
    if not Account.objects.filter(pk=account).update(frozen=""):
        raise functions.refusal("unknown")


def balance(*, account: int) -> Balance:
    """What an account has. Raises ``UnknownAccount``."""
    row = Account.objects.filter(pk=account).first()
    if row is None:
        raise functions.refusal("unknown")
    return _balance(row)


def balances(*, holder: str) -> Mapping[str, Balance]:
    """Every account of a holder: unit and kind, as ``"EUR wallet"``, and what is on it."""
    return {f"{row.unit_id} {row.kind}": _balance(row) for row in Account.objects.filter(holder=holder).order_by("id")}


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
    with connection.cursor() as cursor:
        cursor.execute(_TRIAL)
        return {unit: int(total) for unit, total in cursor.fetchall()}


def deviations() -> list[int]:
    """The accounts whose kept balance or hold is not what their rows add up to: always none."""
    with connection.cursor() as cursor:
        cursor.execute(_DEVIATIONS)
        return [number for (number,) in cursor.fetchall()]


_ROWS = """
    SELECT account, sum(amount) AS amount FROM (
        SELECT debit AS account, -amount AS amount FROM ledger_transfer WHERE kind IN ('transfer', 'post')
        UNION ALL SELECT credit, amount FROM ledger_transfer WHERE kind IN ('transfer', 'post')
    ) m GROUP BY account
"""
_TRIAL = f"""
    SELECT u.code, COALESCE(sum(CASE WHEN a.floor IS NULL THEN COALESCE(m.amount, 0) ELSE a.balance END), 0)
    FROM ledger_unit u LEFT JOIN ledger_account a ON a.unit_id = u.code LEFT JOIN ({_ROWS}) m ON m.account = a.id
    GROUP BY u.code ORDER BY u.code
"""  # noqa: S608 - our own text
_DEVIATIONS = f"""
    SELECT a.id FROM ledger_account a LEFT JOIN ({_ROWS}) m ON m.account = a.id
    LEFT JOIN (
        SELECT h.debit AS account, sum(h.amount) AS amount FROM ledger_transfer h
        WHERE h.kind = 'hold' AND NOT EXISTS (
            SELECT 1 FROM ledger_transfer e WHERE e.link = COALESCE(h.act, h.id) AND e.key IS NOT NULL
        )
        GROUP BY h.debit
    ) held ON held.account = a.id
    WHERE a.floor IS NOT NULL
        AND (a.balance <> COALESCE(m.amount, 0) OR a.held <> COALESCE(held.amount, 0)) ORDER BY a.id
"""  # noqa: S608 - our own text


# ---------------------------------------------------------------------- small pieces


def _balance(row: Account) -> Balance:
    if row.floor is not None:
        return Balance(row.balance, row.held, row.balance - row.held - row.floor)
    moved = Row.objects.filter(kind__in=_MOVED)
    got = moved.filter(credit=row.pk).aggregate(all=Sum("amount"))["all"] or 0
    gave = moved.filter(debit=row.pk).aggregate(all=Sum("amount"))["all"] or 0
    return Balance(int(got - gave), 0, int(got - gave))


def _rows_of(act: int) -> list[Row]:
    return list(Row.objects.filter(Q(pk=act) | Q(act=act)).order_by("id"))


def _key(key: str) -> str:
    if not key or len(key) > MAX_KEY or "\0" in key:
        raise BadLegs(f"A key has 1 to {MAX_KEY} letters.", mend="Give the act a key of its own.")
    return key


def _reason(reason: str) -> str:
    if not reason or len(reason) > MAX_REASON or "\0" in reason:
        raise BadLegs(f"A reason has 1 to {MAX_REASON} letters.", mend="Say shortly what the act is for.")
    return reason


def _moves(key: str, legs: Sequence[Leg], reason: str) -> list[tuple[int, int, int]]:
    """Legs as rows: whoever gives, in order of account, pays whoever gets, in order of account."""
    _key(key)
    _reason(reason)
    if not 2 <= len(legs) <= MAX_LEGS or len({leg.account for leg in legs}) != len(legs):
        raise BadLegs(f"A transfer has 2 to {MAX_LEGS} legs, one for each account.", mend="Add them up by account.")
    if any(type(leg.amount) is not int or leg.amount == 0 or abs(leg.amount) >= MOST for leg in legs):
        raise BadLegs("A leg's amount is a whole number that is not nought.", mend="Write it in minor units.")
    if sum(leg.amount for leg in legs):
        raise BadLegs("The legs do not sum to nought.", mend="What is given must be what is got.")
    giving = [[leg.account, -leg.amount] for leg in _sorted(legs) if leg.amount < 0]
    moves = []
    for leg in _sorted(legs):
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
