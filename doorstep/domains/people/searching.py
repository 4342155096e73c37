"""Finds people by name, birth and contact through keyed hashes: the database compares numbers and reads no name."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from doorstep.domains.people.models import Person
from doorstep.domains.people.record import Record
from doorstep.domains.people.types import FieldLevel, State
from doorstep.domains.people.vaulting import vault

USE = "search"
MOST = 20


@dataclass(frozen=True)
class Similar:
    """Somebody who may be the person of a record, and why."""

    person: Person
    probability: float
    fields: tuple[FieldLevel, ...]


def tokens(record: Record) -> list[int]:
    """The tokens of a record, to be stored beside it."""
    return vault().tokens(_keys(record), USE)


def similar(record: Record) -> tuple[Similar, ...]:
    """People who may be this one."""
    return ()


def candidates(keys: Sequence[str], *, most: int = MOST) -> list[Person]:
    """People who have at least one of the keys."""
    rows = Person.objects.filter(tokens__overlap=vault().all_tokens(keys, USE))
    return list(rows.exclude(state__in=(State.MERGED, State.ERASED))[:most])


def _keys(record: Record) -> list[str]:
    return [
        f"name {unicodedata.normalize('NFKD', part).casefold()}" for name in record.names for part in str(name).split()
    ]


def by_name(text: str, year: int | None) -> list[Person]:
    """People of a name."""
    return candidates([f"name {unicodedata.normalize('NFKD', word).casefold()}" for word in text.split()])
