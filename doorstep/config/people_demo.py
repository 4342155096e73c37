"""The demo country's register of people: some of the invented ones, two of whom can sign in. Twice changes nothing."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb

from doorstep.domains.country.api import Country
from doorstep.domains.people import api as people
from doorstep.domains.people.api import Address, Asker, Birth, BirthDate, Record
from doorstep.domains.people.types import Contact, Identifier, Name, Role
from doorstep.engines.pins.types import BadPin

MANY, SHOWN = 60, 2
REGISTRAR = Asker("demo", "keep-your-record", "demo", frozenset({Role.REGISTRAR}))


def register_people(inputs: Path, *, country: Country, at: datetime) -> Iterator[str]:
    """Put the first of the invented people into the register, and give two of them a PIN, told in lines."""
    for row in _rows(inputs)[:MANY]:
        tax_id = row[0]
        found = people.with_identifier(scheme="tax-id", value=tax_id)
        person = found[0] if found else people.register(country=country, record=_record(row), asker=REGISTRAR, at=at)
        if row[-1] < SHOWN:
            pin = _give_pin(person, country=country, at=at)
            number = people.my_data(country=country, person=person, at=at).number or ""
            yield f"  number {people.shown_number(number)}  PIN {pin}"


def _rows(inputs: Path) -> list[tuple[Any, ...]]:
    columns = "tax_id, given_name, family_name, own_given_name, own_family_name, born_on, sex, commune, language, phone"
    query = f"SELECT {columns}, row_number() OVER (ORDER BY person) - 1 FROM read_parquet(?) ORDER BY person LIMIT ?"  # noqa: S608
    with duckdb.connect() as database:
        return database.execute(query, [str(inputs / "people.parquet"), MANY]).fetchall()


def _record(row: tuple[Any, ...]) -> Record:
    tax_id, given, family, own_given, own_family, born, sex, area, language, phone, _ = row
    return Record(
        names=tuple(dict.fromkeys((Name(given, family), Name(own_given or given, own_family or family)))),
        birth=Birth(BirthDate(born.year, born.month, born.day), area),
        sex=sex,
        languages=(language,),
        address=Address(area),
        contacts=(Contact("phone", phone),) if phone else (),
        identifiers=(Identifier("tax-id", tax_id),),
    )


def _give_pin(person: UUID, *, country: Country, at: datetime) -> str:
    while True:
        pin = f"{secrets.randbelow(10**6):06}"
        try:
            people.set_pin(country=country, person=person, pin=pin, asker=REGISTRAR, at=at)
        except BadPin:
            continue
        return pin
