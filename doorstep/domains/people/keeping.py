"""Keeps a person: a first record, changes with what stood before, the end. Each leaves a look and a leaf."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.db import transaction

from doorstep.domains.country.api import Country
from doorstep.domains.people import access, checking, numbers, policies, reaching, searching, vaulting
from doorstep.domains.people.models import Change, Identifier, Person
from doorstep.domains.people.record import CODECS, Record
from doorstep.domains.people.types import Asker, BadRecord, Changed, ChangeView, NoPerson, State

TRIES = 20
LONGEST_WHY = 300


def register(
    country: Country, record: Record, asker: Asker, at: datetime, draw: Callable[[], str] = numbers.new_number
) -> Person:
    """Keep somebody new. Raises ``BadRecord`` and ``NotAllowed``; doubles are for ``duplicates`` to find before."""
    policies.check_may_change(country, asker, at)
    record = checking.checked(country, record, at.date())
    with transaction.atomic():
        row = _new_row(record, at, draw)
        look = access.prepared([row], asker, tuple(CODECS), "changed", at)[0]
        row.leaf = look.leaf
        row.save(force_insert=True)
        look.save(force_insert=True)
        for contact in record.contacts:
            reaching.add_contact(row, contact, at)
        for identifier in record.identifiers:
            reaching.add_identifier(country, row, identifier, at)
    return row


def change(
    country: Country,
    person: uuid.UUID,
    category: str,
    value: Any,
    asker: Asker,
    *,
    why: str,
    version: int,
    at: datetime,
) -> Person:
    """Put another value in a category; what stood there is kept, sealed. Raises ``Changed`` where it has moved on."""
    policies.check_may_change(country, asker, at)
    if category not in CODECS:
        raise BadRecord(f"There is no category {category!r}.", mend=f"It is one of: {', '.join(CODECS)}.")
    if not why.strip() or len(why) > LONGEST_WHY:
        raise BadRecord("No reason is given for the change.", mend="Say in some words why it is changed.")
    with transaction.atomic():
        row = _current(person, version)
        before = getattr(row, category)
        after = checking.checked_category(country, category, value, at.date())
        setattr(row, category, vaulting.sealed_category(category, after, row.pk))
        _retoken(row)
        _record_change(row, category, before, asker, why=why, at=at)
    return row


def undo(country: Country, person: uuid.UUID, change_id: int, asker: Asker, *, why: str, at: datetime) -> Person:
    """Put back what stood in a category before a change, as a change of its own."""
    policies.check_may_change(country, asker, at)
    with transaction.atomic():
        row = access.found(person, lock=True)
        undone = Change.objects.filter(pk=change_id, person=row, before__isnull=False).first()
        if undone is None:
            raise NoPerson("There is no such change.", mend="Open the history again.")
        before, kept = getattr(row, undone.category), bytes(undone.before or b"")
        access.before_change(row, undone.category, kept)
        setattr(row, undone.category, kept)
        _retoken(row)
        _record_change(row, undone.category, before, asker, why=why, at=at)
    return row


def changes(person: uuid.UUID, *, size: int = 100) -> tuple[ChangeView, ...]:
    """What was changed in a record, the newest first: which category, by whom, why; not what stood there."""
    rows = Change.objects.filter(person=access.found(person)).select_related("access").order_by("-version")[:size]
    return tuple(ChangeView(row.pk, row.category, row.access.who, row.why, row.at) for row in rows)


def record_death(country: Country, person: uuid.UUID, on: date, asker: Asker, *, at: datetime) -> Person:
    """Somebody has died. Mandates and consents end with it. Raises ``BadRecord`` for a day that cannot be."""
    policies.check_may_change(country, asker, at)
    with transaction.atomic():
        row = access.found(person, lock=True)
        if row.state == State.DEAD:
            return row
        born = access.view(country, row, ("birth",), at.date()).birth
        if on > at.date() or (born and born.on and on < born.on.earliest()):
            raise BadRecord("Nobody dies before birth, or in the future.", mend="Look at the day and the year again.")
        row.state, row.ended_at = State.DEAD, at
        row.died = vaulting.sealed_text(on.isoformat(), "person", "died", row.pk)
        _record_change(row, "birth", None, asker, why="A death was registered.", at=at)
        row.mandates.filter(ended_at=None).update(ended_at=at, ended_by=asker.who)
        row.acts_for.filter(ended_at=None).update(ended_at=at, ended_by=asker.who)
    return row


def correct_death(country: Country, person: uuid.UUID, asker: Asker, *, why: str, at: datetime) -> Person:
    """Somebody was taken for dead who lives. Their record stands as before; mandates must be given anew."""
    policies.check_may_change(country, asker, at)
    with transaction.atomic():
        row = access.found(person, lock=True)
        if row.state == State.DEAD:
            row.state, row.ended_at, row.died = State.ACTIVE, None, None
            _record_change(row, "birth", None, asker, why=why, at=at)
    return row


def restrict(country: Country, person: uuid.UUID, asker: Asker, *, on: bool, at: datetime) -> Person:
    """Let a record rest, or end its rest: only purposes that say so read it meanwhile."""
    policies.check_may_change(country, asker, at)
    with transaction.atomic():
        row = access.found(person, lock=True)
        if (row.restricted_at is not None) != on:
            row.restricted_at = at if on else None
            why = "The record rests." if on else "The record's rest has ended."
            _record_change(row, "", None, asker, why=why, at=at)
    return row


def by_number(number: str) -> Person | None:
    """Whose number it is, if anybody's. The caller counts misses, so that nobody tries them all."""
    plain = numbers.tidied(number)
    if not plain:
        return None
    hashes = vaulting.vault().hashes(plain, "person number")
    return Person.objects.filter(number_hash__in=hashes).exclude(state=State.ERASED).first()


def by_identifier(scheme: str, value: str) -> list[Person]:
    """Who has this number of another system."""
    hashes = vaulting.vault().hashes(reaching.plain_identifier(value), f"identifier {scheme}")
    rows = Identifier.objects.filter(scheme=scheme, hash__in=hashes, until=None).select_related("person")
    return [row.person for row in rows]


def _new_row(record: Record, at: datetime, draw: Callable[[], str]) -> Person:
    row = Person(id=uuid.uuid4(), made_at=at)
    number = _free(draw)
    row.number_hash = vaulting.vault().hash(number, "person number")
    row.number = vaulting.sealed_text(number, "person", "number", row.pk)
    for category in CODECS:
        setattr(row, category, vaulting.sealed_category(category, getattr(record, category), row.pk))
    row.tokens = searching.tokens(record)
    return row


def _free(draw: Callable[[], str]) -> str:
    for _ in range(TRIES):
        number = draw()
        if not Person.objects.filter(number_hash__in=vaulting.vault().hashes(number, "person number")).exists():
            return number
    raise BadRecord("No free number was found.", mend="Try again.")


def _current(person: uuid.UUID, version: int) -> Person:
    row = access.found(person, lock=True)
    policies.check_acts(row)
    if row.version != version:
        raise Changed(
            "Somebody changed this record meanwhile.",
            why="What you saw is not what stands there now.",
            mend="Open it again, look at the change, and make yours if it is still needed.",
        )
    return row


def _retoken(row: Person) -> None:
    row.tokens = searching.tokens(access.whole(row))


def _record_change(row: Person, category: str, before: Any, asker: Asker, *, why: str, at: datetime) -> None:
    row.version += 1
    look = access.note([row], asker, [category] if category else [], "changed", at)[0]
    row.save()
    Change.objects.create(
        access=look, person=row, category=category, before=before, why=why, version=row.version, at=at
    )
