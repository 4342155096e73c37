"""How long what is kept, what may be erased when its owner asks, and what goes by itself when its time is over.

A category is kept while the person lives and for the years that ``people.yaml`` names after a death; what was replaced,
for as long after that. Erasing puts an empty value in its place and forgets the tokens by which it was found. When
nothing is left, the salts of the leaves about somebody go too, so that nobody can show any more what they were about.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from doorstep.domains.country.api import Country
from doorstep.domains.people import access, searching, vaulting
from doorstep.domains.people.models import Access, Change, Contact, Enrolment, Identifier, Person
from doorstep.domains.people.reading import rules_of
from doorstep.domains.people.record import CODECS, Address, Birth, Status
from doorstep.domains.people.types import Asker, Hold, State
from doorstep.engines.evidence import api as evidence

YEARS = 10
"""Where ``people.yaml`` says nothing of a category."""
REFUSED_FORMS = timedelta(days=365)
FREE = ("needs", "languages")
"""Categories that no law asks for: they are erased whenever their owner asks."""
_EMPTY: dict[str, Any] = {
    "names": (),
    "birth": Birth(),
    "sex": "unknown",
    "status": Status(),
    "languages": (),
    "needs": (),
    "address": Address(),
}


@dataclass(frozen=True)
class Purged:
    """What went by itself: counts of rows, no more."""

    categories: int
    contacts: int
    changes: int
    forms: int


def years(country: Country, category: str) -> int:
    """For how many years a category is kept after its time."""
    return rules_of(country).kept_years.get(category, YEARS)


def holds(country: Country, row: Person, today: date) -> tuple[Hold, ...]:
    """The categories that a law keeps, and until when: nothing is said of the end of a life that goes on."""
    law = country.purposes[access.OWN.purpose].law if access.OWN.purpose in country.purposes else None
    told = []
    for category in CODECS:
        until = _kept_until(country, row, category)
        if category not in FREE and (until is None or until > today):
            told.append(Hold(category, until, law.in_(country.default_language) if law else ""))
    return tuple(told)


def erase(country: Country, row: Person, asker: Asker, category: str, at: datetime) -> tuple[str, ...]:
    """Erase a category, or without one all that no law holds. Gives what was erased. In the caller's transaction."""
    held = {one.category for one in holds(country, row, at.date())}
    wanted = [category] if category else list(CODECS)
    gone = tuple(one for one in wanted if one not in held)
    _blank(row, gone)
    if not category:
        Contact.objects.filter(person=row).delete()
        gone = (*gone, "contacts")
    access.note([row], asker, list(gone), "changed", at)
    return gone


def purge(country: Country, at: datetime, *, size: int = 1_000) -> Purged:
    """Let go what is over its time. To be run every night; doing it twice changes nothing."""
    contacts = _ended(Contact, years(country, "contacts"), at)
    contacts += _ended(Identifier, years(country, "identifiers"), at)
    changes = 0
    for category in CODECS:
        before = at - timedelta(days=365 * years(country, category))
        rows = Change.objects.filter(category=category, at__lt=before, before__isnull=False)
        changes += rows.update(before=None)
    forms = Enrolment.objects.filter(state="refused", decided_at__lt=at - REFUSED_FORMS, form__isnull=False)
    return Purged(_purge_dead(country, at, size), contacts, changes, forms.update(form=None))


def _purge_dead(country: Country, at: datetime, size: int) -> int:
    """Each category of the dead after its years; a record of which nothing is left is closed."""
    count, shortest = 0, min(years(country, one) for one in CODECS)
    rows = Person.objects.filter(state=State.DEAD, ended_at__lt=at - timedelta(days=365 * shortest))
    for pk in list(rows.values_list("pk", flat=True)[:size]):
        with transaction.atomic():
            row = access.locked(pk)
            gone = [one for one in CODECS if (_kept_until(country, row, one) or at.date()) <= at.date() - timedelta(1)]
            count += _blank(row, gone)
            if len(gone) == len(CODECS):
                _close(row, at)
    return count


def _close(row: Person, at: datetime) -> None:
    leaves = list(Access.objects.filter(person=row).values_list("leaf", flat=True))
    evidence.forget(leaves=[row.leaf, *leaves])
    row.state, row.ended_at = State.ERASED, at
    row.save(update_fields=["state", "ended_at"])


def _blank(row: Person, categories: Iterable[str]) -> int:
    count = 0
    for category in categories:
        now = vaulting.opened_category(category, getattr(row, category), row.pk)
        if now != _EMPTY[category]:
            setattr(row, category, vaulting.sealed_category(category, _EMPTY[category], row.pk))
            count += 1
        Change.objects.filter(person=row, category=category).update(before=None)
    if count:
        row.version += 1
        row.tokens = searching.tokens(access.whole(row))
        row.save()
    return count


def _ended(model: Any, after: int, at: datetime) -> int:
    deleted, _ = model.objects.filter(until__lt=at - timedelta(days=365 * after)).delete()
    return int(deleted)


def _kept_until(country: Country, row: Person, category: str) -> date | None:
    """The last day of a category; None while the person lives."""
    if row.ended_at is None or row.state != State.DEAD:
        return None
    return (row.ended_at + timedelta(days=365 * years(country, category))).date()
