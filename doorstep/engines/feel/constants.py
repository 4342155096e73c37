"""Written constants: what a number, a duration or a list of them is."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from doorstep.engines.feel.kinds import widest
from doorstep.engines.feel.tree import Scalar
from doorstep.engines.feel.types import DAYS, MONTHS, TEXT, Type, list_of, number


def parse_number(text: str) -> int | Decimal:
    """``"12"`` is an int, ``"12.50"`` a Decimal."""
    return Decimal(text) if "." in text else int(text)


def number_type(value: int | Decimal, *, money: bool = False) -> Type:
    """The narrowest type that holds ``value`` exactly."""
    exponent = Decimal(value).as_tuple().exponent
    scale = max(-exponent, 0) if isinstance(exponent, int) else 0
    whole = len(str(abs(int(value))))
    return number(whole + scale, scale, money=money)


def list_type(values: Sequence[Scalar]) -> Type:
    """The type of a list of plain values, as a parameter may hold."""
    if all(isinstance(value, int | Decimal) and not isinstance(value, bool) for value in values):
        return list_of(widest([number_type(value) for value in values], money=False))  # type: ignore[arg-type]
    return list_of(TEXT)


def parse_duration(text: str) -> tuple[Type, int] | None:
    """``"P1Y2M"`` -> 14 months, ``"P30D"`` -> 30 days; ``None`` for anything else."""
    sign, body = (-1, text[1:]) if text.startswith("-") else (1, text)
    if not body.startswith("P") or len(body) < 3 or len(body) > 12:
        return None
    counts: dict[str, int] = {}
    digits = ""
    for letter in body[1:]:
        if letter.isascii() and letter.isdigit():
            digits += letter
        elif digits and letter in "YMD" and letter not in counts:
            counts[letter], digits = int(digits), ""
        else:
            return None
    if digits or not counts or ("D" in counts and len(counts) > 1):
        return None
    if "D" in counts:
        return DAYS, sign * counts["D"]
    return MONTHS, sign * (12 * counts.get("Y", 0) + counts.get("M", 0))
