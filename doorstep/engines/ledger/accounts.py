"""Units of account and accounts: what is counted, and whose it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import connection

from doorstep.engines.ledger.functions import check_reason, check_time, refusal
from doorstep.engines.ledger.models import Account, Unit
from doorstep.engines.ledger.types import MOST, BadAccount, LedgerError, UnitKind, UnknownAccount


def define_unit(*, code: str, kind: str, digits: int) -> None:
    """Make a unit of account known: ``currency``, ``voucher`` or ``goods``, counted in ``10 ** -digits``.

    The same again changes nothing. Raises ``BadAccount``, and ``LedgerError`` where the code stands for another unit.
    """
    if not 0 < len(code) <= 40 or "\0" in code or kind not in set(UnitKind) or not 0 <= digits <= 6:
        raise BadAccount("A unit has a code of 1 to 40 letters, a kind of three, and 0 to 6 digits.")
    unit, _ = Unit.objects.get_or_create(code=code, defaults={"kind": UnitKind(kind).value, "digits": digits})
    if (unit.kind, unit.digits) != (kind, digits):
        raise LedgerError(f"The unit {code!r} is {unit.kind} with {unit.digits} digits.", mend="Use another code.")


def open_account(*, holder: str, unit: str, kind: str, floor: int | None = 0, at: datetime) -> int:
    """The number of the account of ``holder``, in one unit, for one ``kind`` of use; opened where it is new.

    ``floor`` is the least that may be available on it (0: nobody pays what they have not got; less than 0: a
    credit line). Without one the account may fall as it likes, is never locked, and everybody can pay there at once.
    Raises ``UnknownAccount`` for an unknown unit, ``BadAccount``, and ``LedgerError`` where it has another floor.
    """
    return open_accounts(holders=[holder], unit=unit, kind=kind, floor=floor, at=at)[holder]


def open_accounts(
    *, holders: Sequence[str], unit: str, kind: str, floor: int | None = 0, at: datetime
) -> Mapping[str, int]:
    """The accounts of many holders, in one round trip or two; by holder."""
    check_time(at)
    names = sorted(set(holders))  # one order for all, so that two who open the same accounts do not block each other
    if any(not 0 < len(name) <= 120 or "\0" in name for name in names) or not 0 < len(kind) <= 40:
        raise BadAccount("A holder has 1 to 120 letters, and a kind of account 1 to 40.", mend="Name them shorter.")
    if floor is not None and (type(floor) is not int or not -MOST < floor <= 0):
        raise BadAccount("A floor is nought, or less for a credit line.", mend="Give 0, less than 0, or none.")
    if not Unit.objects.filter(pk=unit).exists():
        raise UnknownAccount(f"There is no unit {unit!r}.", mend="Define it first.")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_account (holder, unit_id, kind, floor, balance, held, frozen, opened_at) "
            "SELECT h.name, %s, %s, %s::bigint, 0, 0, '', %s FROM unnest(%s::varchar[]) AS h(name) "
            "ON CONFLICT (holder, unit_id, kind) DO NOTHING",
            [unit, kind, floor, at, names],
        )
        cursor.execute(
            "SELECT holder, id, floor FROM ledger_account WHERE unit_id = %s AND kind = %s AND holder = ANY (%s)",
            [unit, kind, names],
        )
        rows = cursor.fetchall()
    if any(found != floor for *_, found in rows):
        raise LedgerError("This account was opened with another floor.", mend="Open another kind of account.")
    return {holder: int(number) for holder, number, _ in rows}


def freeze(*, account: int, at: datetime, reason: str) -> None:
    """Nothing leaves the account or comes to it until it is unfrozen."""
    if not Account.objects.filter(pk=account).update(frozen=f"{at:%Y-%m-%d %H:%M} {check_reason(reason)}"):
        raise refusal("unknown")


def unfreeze(*, account: int, at: datetime) -> None:
    """Everything moves again."""
    if not Account.objects.filter(pk=account).update(frozen=""):
        raise refusal("unknown")
