"""Translated text, and numbers, money and dates written for people.

Babel (CLDR) knows how each language writes a date or an amount; the digits and separators are its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal, format_percent

from doorstep.kit.errors import Place

_DIGITS = {
    system: {ord("0") + digit: chr(zero + digit) for digit in range(10)}
    for system, zero in {"arab": 0x660, "arabext": 0x6F0, "beng": 0x9E6, "deva": 0x966}.items()
}


@dataclass(frozen=True)
class Text:
    """Words in several languages: ``{"en": "Home", "pt": "Início"}``."""

    words: Mapping[str, str]
    place: Place = field(default=Place(""), compare=False)

    def in_(self, language: str) -> str:
        """The words in ``language``, else in the first language given: never nothing."""
        return self.words.get(language) or next(iter(self.words.values()), "")

    def missing(self, languages: tuple[str, ...]) -> list[str]:
        """Which of ``languages`` have no words."""
        return [language for language in languages if language not in self.words]


def is_known(language: str) -> bool:
    """True where CLDR knows the language code."""
    try:
        Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return False
    return True


def preferred(accept: str, languages: Sequence[str]) -> str:
    """The language of ``languages`` that an ``Accept-Language`` header likes best; the first where it likes none."""
    wanted: list[tuple[float, int, str]] = []
    for position, part in enumerate(accept[:500].split(",")):
        tag, _, weight = part.replace(" ", "").partition(";q=")
        try:
            liked = float(weight or 1)
        except ValueError:
            continue
        if 0 < liked <= 1:
            wanted.append((-liked, position, tag.lower()))
    by_code = {language.lower(): language for language in languages}
    for _, _, tag in sorted(wanted):
        for candidate in (tag, tag.partition("-")[0]):
            if candidate in by_code:
                return by_code[candidate]
    return languages[0]


def direction(language: str) -> str:
    """``"rtl"`` for languages written from right to left, else ``"ltr"``."""
    return Locale.parse(language).text_direction


def own_name(language: str) -> str:
    """The language's name in itself: ``"العربية"``."""
    name = Locale.parse(language).get_display_name()
    return name[:1].upper() + name[1:] if name else language


@lru_cache(maxsize=4096)
def write_date(value: date, language: str) -> str:
    """A date written out: ``"30 September 2026"``."""
    written = format_date(value, format="d MMMM y" if language == "en" else "long", locale=language)
    return _own_digits(written, language)


def write_time(value: datetime | time, language: str) -> str:
    """The time of day on a clock of twenty-four hours: ``"14:05"``."""
    return _own_digits(f"{value:%H:%M}", language)


@lru_cache(maxsize=4096)
def write_money(amount: Decimal, currency: str, language: str) -> str:
    """An amount with its currency: ``"EUR 6,272.64"``; the ISO code, because symbols are shared."""
    written = format_currency(amount, currency, format="¤¤ #,##0.00", locale=language, numbering_system="default")
    return _own_digits(written, language)


@lru_cache(maxsize=4096)
def write_number(value: Decimal | int, language: str) -> str:
    """A number with the language's separators, at most six decimals."""
    written = format_decimal(value, format="#,##0.######", locale=language, numbering_system="default")
    return _own_digits(written, language)


def write_share(value: Decimal | float, language: str, *, exact: bool = False) -> str:
    """A share of one as a percentage: ``0.338`` -> ``"33.8%"``. ``exact``: a rate of the law, with all its decimals."""
    places = "##########" if exact else "#"
    written = format_percent(value, format=f"#,##0.{places}%", locale=language, numbering_system="default")
    return _own_digits(written, language)


def write_list(items: list[str], language: str, *, style: Literal["standard", "or"] = "standard") -> str:
    """``["a", "b", "c"]`` -> ``"a, b and c"``, or ``"a, b or c"``."""
    return format_list(items, style=style, locale=language)


def _own_digits(written: str, language: str) -> str:
    """Babel takes a language's separators but leaves the digits Latin: put its own in their place."""
    return written.translate(_DIGITS.get(Locale.parse(language).default_numbering_system, {}))


def isolated(text: str) -> str:
    """A text that may run the other way than the sentence it is put into, so that neither turns the other around."""
    return f"\u2068{text}\u2069" if text else text
