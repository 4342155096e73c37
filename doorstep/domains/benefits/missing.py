"""Where to look for what nobody knows: registers and columns by their names, and who keeps them. Never a value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from doorstep.domains.benefits import grounds
from doorstep.domains.benefits.shapes import Programme
from doorstep.domains.benefits.types import Missing
from doorstep.domains.country.api import Country


@dataclass(frozen=True)
class About:
    """One contract: the facts as they are stored, its deliverer, and the person if the registers name one."""

    facts: Mapping[str, str | None]
    supplier: str
    person: str


def missing_of(programme: Programme, country: Country, about: About, language: str) -> tuple[Missing, ...]:
    """The registers behind every fact that is not known, with the columns from which it would follow.

    A contract without any facts stands in no file that could be read: its own register is where to look.
    """
    columns: dict[str, list[str]] = {}
    for register, column in _cells(programme, country, about):
        known = columns.setdefault(register, [])
        label = country.registers[register].columns[column].label.in_(language)
        if label not in known:
            known.append(label)
    found = []
    for name, labels in columns.items():
        keeper, phone = _keeper(programme, country, name, about.supplier, language)
        found.append(Missing(country.registers[name].title.in_(language), tuple(labels), keeper, phone))
    return tuple(found)


def _cells(programme: Programme, country: Country, about: About) -> Iterator[tuple[str, str]]:
    own = grounds.register_of(programme, country)
    assert own is not None
    assert own.key is not None
    if not about.facts:
        yield own.name, own.key
    for name, text in grounds.facts_of(programme, country).items():
        if name in about.facts and about.facts[name] is None:
            for cell in country.rules.columns_of(programme.entity.text, text):
                # Whose contract it is, is known: it is not among what is missing.
                if not (about.person and cell == (own.name, programme.person.text)):
                    yield cell


def _keeper(programme: Programme, country: Country, name: str, supplier: str, language: str) -> tuple[str, str]:
    """Who keeps a register, and their telephone: an office of the country, or whoever delivers the contract."""
    register, own = country.registers[name], grounds.register_of(programme, country)
    office = country.offices.get(register.provider)
    if office is not None:
        return office.name.in_(language), office.phone or ""
    if own is not None and own.name == name:
        return grounds.deliverer_name(programme, country, supplier, language), ""
    return register.provider.replace("-", " "), ""
