"""The few computations on which engines disagree, written once in Python; ``operators`` holds their SQL twins.

Every function takes known values (never ``None``) and returns a value or ``None`` for "unknown".
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
)
from typing import Any

from doorstep.engines.feel.bounded import POWER_BITS, SCALE, WHOLE

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


def round_half_down(value: Number, scale: int) -> Decimal:
    """Ties go towards zero."""
    return _rounded(ROUND_HALF_DOWN, value, scale)


def bounded(value: Number) -> Decimal | None:
    """At most 18 decimals, half to even; unknown from 10^18 on, as ``bounded`` has it in SQL."""
    rounded = round_half_even(value, SCALE)
    return rounded if abs(rounded) < 10**WHOLE else None


def bounded_product(one: Number, other: Number) -> Decimal | None:
    """The exact product, then bounded."""
    return bounded(EXACT.multiply(Decimal(one), Decimal(other)))


def bounded_quotient(top: Number, bottom: Number) -> Decimal | None:
    """The quotient at 18 decimals; unknown where ``bottom`` is zero or the result is too large."""
    quotient = divide(top, bottom, SCALE)
    return quotient if quotient is not None and abs(quotient) < 10**WHOLE else None


def power(base: Number, exponent: Number) -> Decimal | None:
    """``base`` to a whole power, from 18 leading digits; unknown for broken, too large or impossible powers."""
    if exponent != int(exponent) or abs(exponent) >= 2**POWER_BITS:
        return None
    factor = _leading(int(EXACT.scaleb(abs(Decimal(base)), SCALE)), -SCALE)
    digits, tens = 1, 0
    for place in reversed(range(POWER_BITS)):
        digits, tens = _leading(digits * digits, 2 * tens)
        if abs(int(exponent)) >> place & 1:
            digits, tens = _leading(digits * factor[0], tens + factor[1])
    if exponent < 0:
        if not digits:
            return None
        digits, tens = 10**36 // digits, -36 - tens
    units = _units(digits, tens + SCALE)
    if units is None or units >= 10 ** (WHOLE + SCALE):
        return None
    return Decimal(-units if base < 0 and int(exponent) % 2 else units).scaleb(-SCALE, EXACT)


def _leading(digits: int, tens: int) -> tuple[int, int]:
    """The eighteen leading digits, rounded, and the power of ten that goes with them."""
    more = len(str(digits)) - WHOLE
    return ((digits + 10**more // 2) // 10**more, tens + more) if more > 0 else (digits, tens)


def _units(digits: int, tens: int) -> int | None:
    """``digits`` times a power of ten as a whole number; ``None`` where it would be too large."""
    if not digits or tens < -37:
        return 0
    ten: int = 10 ** abs(tens)
    if tens >= 0:
        return digits * ten if len(str(digits)) + tens <= WHOLE + SCALE else None
    return (digits + ten // 2) // ten


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


def collected(pairs: Sequence[Any]) -> tuple[Any, ...] | None:
    """Of conditions and values by turns, the values whose condition is true; unknown when one condition is."""
    kept = chosen(zip(pairs[::2], pairs[1::2], strict=True))
    return None if kept is None else tuple(kept)


def first_of(parts: Sequence[Any]) -> Any:
    """Of conditions and values by turns, and a last value: that of the first true one; unknown at an unknown one."""
    for condition, value in zip(parts[:-1:2], parts[1:-1:2], strict=True):
        if condition is not False:
            return value if condition else None
    return parts[-1]


def list_total(values: Sequence[Any]) -> Any:
    """The sum of a list; unknown for an empty one, or when a value is."""
    return None if not values or None in values else sum(values)


def substring(text: str, start: int, length: int | None = None) -> str | None:
    """From a letter on, counted from 1, or from the end where ``start`` is negative; unknown for letter 0."""
    if not start or (length is not None and length < 1):
        return None
    begin = start - 1 if start > 0 else max(len(text) + start, 0)
    return text[begin:] if length is None else text[begin : begin + length]


def before(text: str, mark: str) -> str:
    """What stands before the first ``mark``; nothing where there is none."""
    return text.partition(mark)[0] if mark and mark in text else ""


def after(text: str, mark: str) -> str:
    """What stands after the first ``mark``; all of it for an empty mark, nothing where there is none."""
    return text.partition(mark)[2] if mark else text


def modulo(value: Number, divisor: Number) -> Decimal | None:
    """The rest of a division, with the sign of the divisor; unknown for zero."""
    if not divisor:
        return None
    rest = EXACT.remainder(Decimal(value), Decimal(divisor))
    return rest + Decimal(divisor) if rest and (rest < 0) != (divisor < 0) else rest
