"""The part of the door through which people's rights are served and those who look are watched. ``api`` opens it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from doorstep.domains.country.api import Country
from doorstep.domains.people import resealing, retention, rights, watching
from doorstep.domains.people.retention import Purged
from doorstep.domains.people.types import Asker, BreachView, Hold, OfficerLooks, RequestKind, RequestView


def ask(
    *, country: Country, person: UUID, kind: RequestKind, text: str, channel: str, at: datetime, category: str = ""
) -> RequestView:
    """A request about one's own data. The record rests from now on where that is what is asked."""
    return rights.ask(country, person, kind, text, category=category, channel=channel, at=at)


def requests_of(*, person: UUID) -> tuple[RequestView, ...]:
    """A person's own requests with their answers."""
    return rights.requests_of(person)


def open_requests() -> tuple[RequestView, ...]:
    """Every open request without its text, the most urgent first."""
    return rights.open_requests()


def open_request(*, country: Country, request: UUID, asker: Asker, at: datetime) -> RequestView:
    """One request with its text; its owner sees that it was opened."""
    return rights.open_one(country, request, asker, at)


def prolong_request(*, country: Country, request: UUID, asker: Asker, why: str, at: datetime) -> RequestView:
    """Take sixty days longer, once, with a reason that the person reads."""
    return rights.prolong(country, request, asker, why=why, at=at)


def answer_request(
    *, country: Country, request: UUID, asker: Asker, done: bool, words: str, at: datetime
) -> RequestView:
    """Answer with words. ``done`` of an erasure erases what no law holds."""
    return rights.answer(country, request, asker, done=done, words=words, at=at)


def holds(*, country: Country, person: UUID, today: date) -> tuple[Hold, ...]:
    """What of a record cannot be erased today, until when and under which law."""
    return rights.holds(country, person, today)


def export(*, country: Country, person: UUID, language: str, at: datetime) -> Mapping[str, Any]:
    """Everything that is kept of a person, as plain values for JSON."""
    return rights.export(country, person, language, at)


def purge(*, country: Country, at: datetime) -> Purged:
    """Let go what is over its time; to be run every night."""
    return retention.purge(country, at)


def reseal() -> int:
    """Seal everything under the data key in use; how many rows changed."""
    return resealing.reseal()


def officers_looks(*, since: datetime, until: datetime) -> tuple[OfficerLooks, ...]:
    """Who looked at people's data how often, those furthest above the usual first."""
    return watching.officers(since, until)


def note_breach(
    *, what: str, categories: Sequence[str], people: Sequence[UUID], is_high_risk: bool, found_at: datetime, by: str,
    advice: str, at: datetime,
) -> BreachView:  # fmt: skip
    """Write down a breach; the clock of 72 hours runs from ``found_at``."""
    return watching.note_breach(
        what=what, categories=categories, people=people, is_high_risk=is_high_risk, found_at=found_at, by=by,
        advice=advice, at=at,
    )  # fmt: skip


def tell_authority(*, breach: int, reference: str, at: datetime) -> BreachView:
    """The authority was told of a breach."""
    return watching.tell_authority(breach, reference, at)


def tell_people(*, breach: int, at: datetime) -> BreachView:
    """Those concerned read of a breach from now on."""
    return watching.tell_people(breach, at)


def breaches() -> tuple[BreachView, ...]:
    """Every breach, those whose clock runs first."""
    return watching.breaches()


def breaches_of(*, person: UUID) -> tuple[BreachView, ...]:
    """Breaches of which a person has been told."""
    return watching.breaches_of(person)
