"""Finds people by name, birth and contact through keyed hashes: the database compares numbers and reads no name."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from doorstep.domains.people.models import Person
from doorstep.domains.people.record import Record
from doorstep.domains.people.types import State
from doorstep.domains.people.vaulting import vault

USE = "search"
MOST = 20


def tokens(record: Record) -> list[int]:
    """The tokens of a record, to be stored beside it."""
    return vault().tokens(_keys(record), USE)


def candidates(keys: Sequence[str], *, most: int = MOST) -> list[Person]:
    """People who have at least one of the keys."""
    rows = Person.objects.filter(tokens__overlap=vault().all_tokens(keys, USE))
    return list(rows.exclude(state__in=(State.MERGED, State.ERASED))[:most])


def _keys(record: Record) -> list[str]:
    return [
        f"name {unicodedata.normalize('NFKD', part).casefold()}" for name in record.names for part in str(name).split()
    ]
