"""Watches those who look: who looks more than others, and what went wrong with people's data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q

from doorstep.domains.people import access
from doorstep.domains.people.models import Access, Breach, BreachPerson
from doorstep.domains.people.types import BadRecord, BreachView, NotNow, OfficerLooks
from doorstep.engines.evidence import api as evidence

KIND = "breach"
AUTHORITY_WITHIN = timedelta(hours=72)
_OURS = Q(how="own") | Q(how="mandate")


def officers(since: datetime, until: datetime, *, size: int = 100) -> tuple[OfficerLooks, ...]:
    """Who looked how often, those furthest above the usual first. The usual is the median of all who looked."""
    rows = list(
        Access.objects.filter(at__gte=since, at__lt=until)
        .exclude(_OURS)
        .values("who")
        .annotate(
            looks=Count("id", filter=Q(how="read")),
            people=Count("person", distinct=True),
            found=Count("id", filter=Q(how="found")),
            cases=Count("case", distinct=True),
        )
    )
    usual = median(row["people"] for row in rows) if rows else 1
    told = [OfficerLooks(**row, times_usual=round(row["people"] / max(usual, 1), 1)) for row in rows]
    return tuple(sorted(told, key=lambda one: (-one.times_usual, one.who))[:size])


def note_breach(
    *, what: str, categories: Sequence[str], people: Sequence[UUID], is_high_risk: bool, found_at: datetime, by: str,
    advice: str, at: datetime,
) -> BreachView:  # fmt: skip
    """Write down that data came to where they should not, and whose. Raises ``BadRecord``."""
    if not what.strip() or not categories or found_at > at:
        raise BadRecord("A breach says what happened, when, and to which data.", mend="Write what is known so far.")
    if is_high_risk and not advice.strip():
        raise BadRecord("People at risk are told what they can do.", mend="Write what they should do now.")
    with transaction.atomic():
        row = Breach(
            found_at=found_at, noted_by=by, what=what.strip(), categories=list(categories), is_high_risk=is_high_risk,
            advice=advice.strip(),
        )  # fmt: skip
        content = {"by": by, "found_at": found_at.isoformat(), "people": str(len(people)), "at": at.isoformat()}
        row.leaf = evidence.append(kind=KIND, content=content).id
        row.save()
        rows = {access.found(person).pk for person in people}
        BreachPerson.objects.bulk_create(BreachPerson(breach=row, person_id=person) for person in rows)
    return _view(row)


def tell_authority(breach: int, reference: str, at: datetime) -> BreachView:
    """The authority has been told; ``reference`` is its number for it."""
    row = _row(breach)
    if row.authority_told_at is None:
        row.authority_told_at, row.authority_reference = at, reference.strip()[:100]
        row.save(update_fields=["authority_told_at", "authority_reference"])
    return _view(row)


def tell_people(breach: int, at: datetime) -> BreachView:
    """From now on those concerned read of it among their data."""
    row = _row(breach)
    if row.people_told_at is None:
        row.people_told_at = at
        row.save(update_fields=["people_told_at"])
    return _view(row)


def breaches() -> tuple[BreachView, ...]:
    """Every breach, those whose clock runs first."""
    return tuple(_view(row) for row in Breach.objects.order_by("-authority_told_at", "found_at")[:100])


def breaches_of(person: UUID) -> tuple[BreachView, ...]:
    """Breaches of which a person has been told."""
    rows = Breach.objects.filter(people__person=access.found(person), people_told_at__isnull=False)
    return tuple(_view(row) for row in rows.order_by("-found_at"))


def _row(breach: int) -> Breach:
    row = Breach.objects.filter(pk=breach).first()
    if row is None:
        raise NotNow("There is no such breach.", mend="Open the list again.")
    return row


def _view(row: Breach) -> BreachView:
    return BreachView(
        row.pk, row.found_at, row.what, tuple(row.categories), row.people.count(), row.is_high_risk,
        row.found_at + AUTHORITY_WITHIN, row.authority_told_at, row.people_told_at, row.advice,
    )  # fmt: skip
