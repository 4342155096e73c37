"""Figures with their unit, as people of a language write them: ``33.8%``, ``500 m³ a year``."""

from __future__ import annotations

from decimal import Decimal

from doorstep.domains.benefits.words import all_words
from doorstep.kit.languages import write_money, write_number, write_share

SHARES = ("share", "%")


def write_measure(value: Decimal | int, unit: str, currency: str, language: str) -> str:
    """A figure of the law. ``unit`` is a code of the country's files (``EUR/year``); one without words stays as it is.

    A ``share`` is a part of one; ``%`` is a part of a hundred.
    """
    if unit in SHARES:
        return write_share(value if unit == "share" else Decimal(value) / 100, language)
    what, _, per = (part.strip() for part in unit.partition("/"))
    written = write_money(Decimal(value), currency, language) if what == currency else write_number(value, language)
    if what not in ("", currency):
        written = _phrase("unit", what, language).format(written)
    return _phrase("per", per, language).format(written) if per else written


def _phrase(kind: str, name: str, language: str) -> str:
    text = all_words().get(f"{kind} {name}")
    if text is not None:
        return text.in_(language)
    return f"{{}} {name}" if kind == "unit" else f"{{}}/{name}"
