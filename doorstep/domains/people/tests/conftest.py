"""A small town of people in the demo country."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from doorstep.domains.country.api import read_country
from doorstep.domains.people import api as people
from doorstep.domains.people.types import Asker, Contact, Identifier, Name, Role

DEMO = Path(__file__).parents[4] / "countries" / "demo"
AT = datetime(2026, 11, 1, 9, tzinfo=UTC)
ENROLLER = Asker("mina", "enrol-a-person", "enrolment 1", frozenset({Role.ENROLLER}))
REGISTRAR = Asker("rita", "keep-your-record", "request 7", frozenset({Role.REGISTRAR}))
PROTECTION = Asker("dora", "investigate-fraud", "court 12/26", frozenset({Role.PROTECTION}))
OFFICER = Asker("omar", "decide-a-benefit", "review 3", frozenset({Role.OFFICER}))


@pytest.fixture(scope="session")
def country():
    return read_country(DEMO)


class Town:
    """Makes people, each a minute after the other."""

    def __init__(self, country):
        self.country, self.at = country, AT

    def later(self, **time):
        self.at += timedelta(**time)
        return self.at

    def record(self, given="Amina", family="Rahman", **known):
        known.setdefault("birth", people.Birth(people.BirthDate(1961, 5, 17), "n101"))
        return people.Record(names=(Name(given, family),), **known)

    def person(self, given="Amina", family="Rahman", asker=ENROLLER, **known):
        record = self.record(given, family, **known)
        return people.register(country=self.country, record=record, asker=asker, at=self.later(minutes=1))

    def read(self, person, asker=OFFICER):
        return people.read(country=self.country, person=person, asker=asker, at=self.later(minutes=1))

    def my_data(self, person):
        return people.my_data(country=self.country, person=person, at=self.later(minutes=1))

    def looks(self, person, **how):
        return people.looks(country=self.country, person=person, at=self.later(minutes=1), **how)

    def change(self, person, category, value, *, version, asker=REGISTRAR, why="She asked for it."):
        return people.change(
            country=self.country, person=person, category=category, value=value, asker=asker, why=why,
            version=version, at=self.later(minutes=1),
        )  # fmt: skip

    def mandate(self, principal, agent, *, kind="delegate", scopes=("pensions",), days=30, asker=REGISTRAR):
        today = self.at.date()
        return people.give_mandate(
            country=self.country, principal=principal, agent=agent, asker=asker, kind=kind, scopes=scopes, since=today,
            until=None if days is None else today + timedelta(days=days), basis="her word", at=self.later(minutes=1),
        )  # fmt: skip


FULL = {
    "sex": "female",
    "status": people.Status("refugee", "BD"),
    "languages": ("bn", "en"),
    "needs": ("large-print", "step-free"),
    "address": people.Address("n101", "The blue door\nbehind the mill"),
    "contacts": (Contact("phone", "+999 12 34 56"), Contact("email", "Amina@Example.org", private=False)),
    "identifiers": (Identifier("refugee-id", "ref-000 123"),),
}


@pytest.fixture
def town(db, country):
    return Town(country)


@pytest.fixture
def today():
    return date(2026, 11, 1)
