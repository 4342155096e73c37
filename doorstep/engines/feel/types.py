"""The types of the expression language. Widths are known at load, so that overflow cannot happen at run.

A number is an exact decimal of at most 38 digits: ``digits`` in all, ``scale`` of them after the point.
The same widths hold in Python (``decimal.Decimal``) and in SQL (``DECIMAL(digits, scale)``).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

MAX_DIGITS = 38


class Kind(Enum):
    """What a value is."""

    NUMBER = "number"
    MONEY = "money"
    BOOLEAN = "boolean"
    TEXT = "text"
    DATE = "date"
    DAYS = "days"
    MONTHS = "months"
    NULL = "null"
    LIST = "list"
    ROWS = "rows"
    RATES = "scale of rates"
    AMOUNTS = "scale of amounts"


@dataclass(frozen=True)
class Type:
    """The type of a value. ``of`` is a list's item type; ``entity`` names what rows are rows of.

    A scale looks values of the type ``of`` up, and ``gives`` rates or amounts.
    """

    kind: Kind
    digits: int = 0
    scale: int = 0
    of: Type | None = None
    entity: str = ""
    gives: Type | None = None

    @property
    def is_number(self) -> bool:
        """True for plain numbers and for money."""
        return self.kind in (Kind.NUMBER, Kind.MONEY)

    @property
    def is_scale(self) -> bool:
        """True for a scale of rates or of amounts."""
        return self.kind in (Kind.RATES, Kind.AMOUNTS)

    @property
    def whole(self) -> int:
        """Digits before the point."""
        return self.digits - self.scale

    def __str__(self) -> str:
        if self.kind is Kind.LIST and self.of:
            return f"list of {self.of}"
        if self.kind is Kind.ROWS:
            return f"{self.entity} rows" if self.entity else "rows"
        return str(self.kind.value)


BOOLEAN = Type(Kind.BOOLEAN)
TEXT = Type(Kind.TEXT)
DATE = Type(Kind.DATE)
DAYS = Type(Kind.DAYS, digits=9)
MONTHS = Type(Kind.MONTHS, digits=9)
NULL = Type(Kind.NULL)
MONEY = Type(Kind.MONEY, digits=14, scale=2)
COUNT = Type(Kind.NUMBER, digits=9, scale=0)
NUMBER = Type(Kind.NUMBER, digits=18, scale=6)


def number(digits: int, scale: int, *, money: bool = False) -> Type:
    """A decimal type of ``digits`` in all, ``scale`` after the point."""
    return Type(Kind.MONEY if money else Kind.NUMBER, digits=digits, scale=scale)


def scale_of(kind: Kind, *, of: Type, gives: Type) -> Type:
    """A scale (``RATES`` or ``AMOUNTS``) whose brackets begin at values of the type ``of``."""
    return Type(kind, of=of, gives=gives)


def list_of(item: Type) -> Type:
    """A list whose items all have one type."""
    return Type(Kind.LIST, of=item)
