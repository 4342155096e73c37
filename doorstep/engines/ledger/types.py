"""What crosses the door of the ledger. Amounts are whole minor units; times come from the caller."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from doorstep.kit.errors import DoorstepError

MOST = 2**62
"""No amount and no balance comes near the end of 63 bits."""


class UnitKind(StrEnum):
    """What a unit of account counts."""

    CURRENCY = "currency"
    VOUCHER = "voucher"
    GOODS = "goods"


class Kind(StrEnum):
    """What a row does. ``HOLD`` reserves, ``POST`` moves what was held, ``VOID`` frees it."""

    TRANSFER = "transfer"
    HOLD = "hold"
    POST = "post"
    VOID = "void"


@dataclass(frozen=True)
class Leg:
    """What an act does to one account: what it gets, or less than nought for what it gives."""

    account: int
    amount: int


@dataclass(frozen=True)
class Transfer:
    """An act that stands on the ledger. ``id`` is that of its first row; ``legs`` come by account."""

    id: int
    key: str
    kind: Kind
    legs: tuple[Leg, ...]
    reason: str
    at: datetime
    link: int | None = None
    note: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Move:
    """One row of a batch: ``amount`` from ``debit`` to ``credit`` under a key of its own."""

    key: str
    debit: int
    credit: int
    amount: int


@dataclass(frozen=True)
class Moved:
    """How a batch went. ``made`` are new, ``known`` stood already; ``refused`` says why, by key."""

    made: int
    known: int
    refused: Mapping[str, str]


@dataclass(frozen=True)
class Balance:
    """``posted`` is what the account has, ``held`` what of it is reserved, ``available`` what may leave it."""

    posted: int
    held: int
    available: int


@dataclass(frozen=True)
class Entry:
    """One line of a statement. ``amount`` is signed; ``other`` is the account at the other end."""

    id: int
    act: int
    at: datetime
    reason: str
    amount: int
    other: int
    note: Mapping[str, str]


class LedgerError(DoorstepError):
    """An act that the ledger refuses. Nothing of it was written."""


class InsufficientFunds(LedgerError):
    """An account would fall below its floor."""


class KeyReused(LedgerError):
    """The key of an earlier act came again with other content."""


class AccountFrozen(LedgerError):
    """Nothing moves on the account until it is unfrozen."""


class UnknownAccount(LedgerError):
    """No such account."""


class BadAccount(LedgerError):
    """An account or a unit that cannot be: no name, a name that is too long, or a floor above nought."""


class UnlikeUnits(LedgerError):
    """Two accounts of different units: a euro is no kilogram."""


class BadLegs(LedgerError):
    """Legs that are no transfer: too few, nought, too large, twice the same account, or not summing to nought."""


class HoldEnded(LedgerError):
    """The hold was posted, voided or has expired; or there is no such hold."""


class AlreadyReversed(LedgerError):
    """An act is reversed at most once; a reversal and a hold never."""


class TooMuch(LedgerError):
    """More is to be posted than is held."""
