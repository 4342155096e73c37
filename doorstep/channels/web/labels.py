"""What people call the codes of a report: groups of people, registers, faults of their files."""

from __future__ import annotations

from doorstep.channels.web.visit import Visit
from doorstep.channels.web.words import say, words, write
from doorstep.domains.benefits import api as benefits
from doorstep.domains.country.api import Country
from doorstep.domains.people.api import BirthDate
from doorstep.domains.vouchers import api as vouchers
from doorstep.kit.languages import write_money, write_number


def group_label(visit: Visit, group: str, value: str) -> str:
    """One row of a run's groups (``area``, ``age`` or ``sex``); a code that nobody knows stays as it is."""
    return benefits.group_name(country=visit.country, grouping=group, value=value, language=visit.language)


def register_label(visit: Visit, name: str) -> str:
    """A register's title; its name where the country no longer has it."""
    register = visit.country.registers.get(name)
    return register.title.in_(visit.language) if register else name


def receipt_label(name: str, language: str) -> str:
    """What people call an entry of a receipt; its own name where no words say it."""
    key = f"receipt.{name}"
    return say(key, language) if key in words() else name


def fault_label(visit: Visit, code: str) -> str:
    """What is wrong with rows of a file; the code where no words say it."""
    key = f"fault.{code}"
    return say(key, visit.language) if key in words() else code


def voucher_amount(country: Country, kind: str, amount: int, language: str) -> str:
    """An amount of a kind of voucher as people of a language write it: ``€12.50``, ``2.5 kg``."""
    of = vouchers.scheme(country=country).kind(kind)
    written = of.amount(amount)
    if of.unit is None:
        return write_money(written, country.currency, language)
    return f"{write_number(written, language)} {of.unit.in_(language)}"


def voucher_kind(country: Country, kind: str, language: str) -> str:
    """A kind's title; its id where the country no longer has it."""
    known = vouchers.scheme(country=country).kinds.get(kind)
    return known.title.in_(language) if known else kind


def voucher_party(country: Country, code: str, language: str) -> str:
    """The name of an agency or a shop; its id where the country no longer has it."""
    scheme = vouchers.scheme(country=country).scheme
    known = scheme.agencies.get(code) or scheme.shops.get(code)
    return known.name.in_(language) if known else code


def birth_in_words(value: BirthDate, language: str) -> str:
    """A date of birth as far as it is known: a day, a month, a year, a guess."""
    if value.day:
        told = write(value.earliest(), language)
    else:
        told = f"{value.month:02}/{value.year}" if value.month else str(value.year)
    return f"{say('me.about', language)} {told}" if value.is_about else told
