"""The few computations on which engines disagree, written once in Python; ``operators`` holds their SQL twins.

Every function takes known values (never ``None``) and returns a value or ``None`` for "unknown".
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Context, Decimal
from typing import Any

Number = int | Decimal

# Wide enough for every exact product of two numbers of 38 digits: nothing is ever rounded silently.
EXACT = Context(prec=90)


def divide(top: Number, bottom: Number, scale: int) -> Decimal | None:
    """The quotient rounded half to even at ``scale`` decimals; unknown when ``bottom`` is zero."""
    if not bottom:
        return None
    numerator, denominator = Decimal(top).as_integer_ratio(), Decimal(bottom).as_integer_ratio()
    over = numerator[0] * denominator[1] * 10**scale
    under = numerator[1] * denominator[0]
    quotient, rest = divmod(abs(over), abs(under))
    if 2 * rest > abs(under) or (2 * rest == abs(under) and quotient % 2):
        quotient += 1
    return Decimal(quotient if (over < 0) == (under < 0) else -quotient).scaleb(-scale, EXACT)


_UNITS = tuple(Decimal(1).scaleb(-places) for places in range(39))
_POWERS = tuple(Decimal(1).scaleb(places) for places in range(39))


def _rounded(mode: str, value: Number, scale: int) -> Decimal:
    return Decimal(value).quantize(_UNITS[scale], rounding=mode, context=EXACT)


def round_half_even(value: Number, scale: int) -> Decimal:
    """FEEL ``decimal``: ties go to the even neighbour."""
    return _rounded(ROUND_HALF_EVEN, value, scale)


def round_half_up(value: Number, scale: int) -> Decimal:
    """Ties go away from zero, as on most invoices."""
    return _rounded(ROUND_HALF_UP, value, scale)


def round_up(value: Number, scale: int) -> Decimal:
    """Away from zero."""
    return _rounded(ROUND_UP, value, scale)


def round_down(value: Number, scale: int) -> Decimal:
    """Towards zero."""
    return _rounded(ROUND_DOWN, value, scale)


def fit(value: Number, digits: int, scale: int) -> Decimal | None:
    """Rounded to ``scale`` decimals, ties away from zero; unknown when that needs more than ``digits`` digits."""
    rounded = _rounded(ROUND_HALF_UP, value, scale)
    return rounded if abs(rounded) < _POWERS[digits - scale] else None


def floor(value: Number) -> Decimal:
    """The greatest whole number not above the value."""
    return _rounded(ROUND_FLOOR, value, 0)


def ceiling(value: Number) -> Decimal:
    """The least whole number not below the value."""
    return _rounded(ROUND_CEILING, value, 0)


def age(born: date, on: date) -> int:
    """Completed years. Somebody born on 29 February turns a year older on 1 March of common years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def months_between(start: date, end: date) -> int:
    """Completed months from ``start`` to ``end``, negative when ``end`` is earlier."""
    if end < start:
        return -months_between(end, start)
    return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)


def add_days(day: date, days: int) -> date | None:
    """A day that many days later; unknown outside the years 1 to 9999."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return None


def add_months(day: date, months: int) -> date | None:
    """The same day of the month, that many months later, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        return None
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def upper(text: str) -> str:
    """Upper case, one character for one character, so that every engine agrees."""
    return "".join("ẞ" if letter == "ß" else _single(letter.upper(), letter.title(), letter) for letter in text)


def lower(text: str) -> str:
    """Lower case, one character for one character."""
    return "".join("i" if letter == "İ" else _single(letter.lower(), letter) for letter in text)


def _single(*options: str) -> str:
    return next(option for option in options if len(option) == 1)


def all_of(values: Sequence[bool | None]) -> bool | None:
    """Three-valued ``and``: one false settles it, else one unknown leaves it open."""
    if False in values:
        return False
    return None if None in values else True


def any_of(values: Sequence[bool | None]) -> bool | None:
    """Three-valued ``or``: one true settles it, else one unknown leaves it open."""
    if True in values:
        return True
    return None if None in values else False


def total(values: Sequence[Any]) -> Any:
    """The sum; nothing sums to zero; one unknown makes it unknown."""
    return None if None in values else sum(values)


def extreme(values: Sequence[Any], pick: Any) -> Any:
    """``min`` or ``max``; unknown for no values or when one is unknown."""
    return None if not values or None in values else pick(values)


def count(rows: Sequence[Any]) -> int:
    """How many rows."""
    return len(rows)


def chosen(rows: Iterable[tuple[bool | None, Any]]) -> list[Any] | None:
    """The values whose condition is true; unknown (``None``) when one condition is unknown."""
    kept = []
    for condition, value in rows:
        if condition is None:
            return None
        if condition:
            kept.append(value)
    return kept
