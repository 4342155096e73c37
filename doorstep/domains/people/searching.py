"""Finds people by name, birth and contact through keyed hashes: the database compares numbers and reads no name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import and_

from django.db.models import Q

from doorstep.domains.people import access, comparing
from doorstep.domains.people.models import Person
from doorstep.domains.people.record import Record
from doorstep.domains.people.types import BadRecord, FieldLevel, State
from doorstep.domains.people.vaulting import vault
from doorstep.engines.linkage import api as linkage

USE = "search"
MOST = 20
MOST_CANDIDATES = 200


@dataclass(frozen=True)
class Similar:
    """Somebody who may be the person of a record, and why."""

    person: Person
    probability: float
    fields: tuple[FieldLevel, ...]


def tokens(record: Record) -> list[int]:
    """The tokens of a record, to be stored beside it."""
    return vault().tokens(comparing.keys(record), USE)


def similar(record: Record, *, but: Person | None = None) -> tuple[Similar, ...]:
    """People who may be this one, the likeliest first. A machine compares; nobody sees anything by it."""
    model, ready = comparing.model(), comparing.prepared(record)
    keys = linkage.block_keys(ready, model)
    found = []
    for row in _rows(Q(tokens__overlap=vault().all_tokens(keys, USE))):
        if but is not None and row.pk == but.pk:
            continue
        outcome = linkage.compare(ready, comparing.prepared(access.whole(row)), model)
        if outcome.probability >= model.review:
            fields = tuple(FieldLevel(one.field, one.level, one.counted) for one in outcome.fields)
            found.append(Similar(row, outcome.probability, fields))
    return tuple(sorted(found, key=lambda one: -one.probability)[:MOST])


def by_name(text: str, year: int | None) -> list[Person]:
    """People of a name, in any script, the best match first. Raises ``BadRecord`` where nothing of it is a name."""
    groups = linkage.search_keys(text, year=year)
    if not groups or not any(sign.isalpha() for sign in text):
        raise BadRecord("There is no name to look for.", mend="Write a name of two letters or more, or a number.")
    wanted = reduce(and_, (Q(tokens__overlap=vault().all_tokens(group, USE)) for group in groups))
    rows = _rows(wanted)
    words = {key for group in groups for key in group}
    ranked = sorted(rows, key=lambda row: -len(words & set(comparing.keys(access.whole(row)))))
    return ranked[:MOST]


def _rows(wanted: Q) -> list[Person]:
    """People in use whose tokens fit, the dead too: a double of theirs is a double.

    Their keys first, without a limit: with one PostgreSQL would guess that reading the whole table is quicker.
    """
    found = Person.objects.filter(wanted).exclude(state__in=(State.MERGED, State.ERASED)).values_list("pk", flat=True)
    return list(Person.objects.filter(pk__in=list(found)[:MOST_CANDIDATES]))
