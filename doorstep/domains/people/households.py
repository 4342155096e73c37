"""Who lives with whom, over time, and who may act for whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from doorstep.domains.country.api import Country
from doorstep.domains.people import access, policies
from doorstep.domains.people.models import Household, Mandate, Membership, Person
from doorstep.domains.people.types import Asker, BadRecord, MandateView, NoPerson, NotAllowed
from doorstep.engines.evidence import api as evidence

KIND = "mandate"
LONGEST_DELEGATION = 366
"""Days. A guardian's mandate may be longer: a court or the law sets it."""


def move_in(
    country: Country, person: UUID, household: UUID | None, asker: Asker, *, is_head: bool = False, at: datetime
) -> UUID:
    """Somebody lives in a household from now on, in a new one without ``household``; they leave the one before."""
    policies.check_may_change(country, asker, at)
    with transaction.atomic():
        row = access.found(person, lock=True)
        policies.check_acts(row)
        if household is None:
            household = Household.objects.create(made_at=at).pk
            is_head = True
        elif not Household.objects.select_for_update().filter(pk=household).exists():
            raise NoPerson("There is no such household.", mend="Open it from one of its people.")
        Membership.objects.filter(person=row, until=None).exclude(household=household).update(until=at)
        if is_head:
            Membership.objects.filter(household=household, until=None).exclude(person=row).update(is_head=False)
        Membership.objects.update_or_create(
            person=row, household_id=household, until=None, defaults={"is_head": is_head}, create_defaults={
                "since": at, "is_head": is_head}
        )  # fmt: skip
        access.note([row], asker, ["household"], "changed", at)
    return household


def move_out(country: Country, person: UUID, asker: Asker, at: datetime) -> None:
    """Somebody lives in no household that is known."""
    policies.check_may_change(country, asker, at)
    with transaction.atomic():
        row = access.found(person, lock=True)
        if Membership.objects.filter(person=row, until=None).update(until=at, is_head=False):
            access.note([row], asker, ["household"], "changed", at)


def household_of(person: UUID, at: datetime) -> UUID | None:
    """The household in which somebody lived at a moment."""
    rows = Membership.objects.filter(person=person, since__lte=at).exclude(until__lte=at)
    return rows.values_list("household", flat=True).order_by("-since").first()


def members(household: UUID, at: datetime) -> list[UUID]:
    """Who lived in a household at a moment, its head first."""
    rows = Membership.objects.filter(household=household, since__lte=at).exclude(until__lte=at)
    return list(rows.order_by("-is_head", "id").values_list("person", flat=True))


def give_mandate(
    country: Country, principal: UUID, agent: UUID, asker: Asker, *, kind: str, scopes: Sequence[str], since: date,
    until: date | None, basis: str, at: datetime,
) -> MandateView:  # fmt: skip
    """Let somebody act for somebody else. A delegate's ends within a year. Raises ``BadRecord``, ``NotAllowed``."""
    policies.check_may_change(country, asker, at)
    if not scopes or not basis.strip():
        raise BadRecord("A mandate says what for, and by what right.", mend="Name a scope, and the court or the word.")
    if kind == "delegate" and (until is None or (until - since).days > LONGEST_DELEGATION):
        raise BadRecord(
            "A delegate's mandate ends within a year.", mend="Choose an earlier last day; it can be renewed."
        )
    if until is not None and until < max(since, at.date()):
        raise BadRecord("The mandate would end before it begins.", mend="Look at the days again.")
    with transaction.atomic():
        first, second = access.found(principal, lock=True), access.found(agent)
        if first.pk == second.pk:
            raise BadRecord("Nobody is their own delegate.", mend="Name somebody else.")
        for one in (first, second):
            policies.check_acts(one)
        row = Mandate(
            kind=kind, principal=first, agent=second, scopes=sorted(set(scopes)), since=since, until=until,
            basis=basis.strip()[:200], made_by=asker.who, made_at=at,
        )  # fmt: skip
        row.leaf = evidence.append(kind=KIND, content=_content(row)).id
        row.save()
        access.note([first, second], asker, ["mandates"], "changed", at)
    return _view(row)


def end_mandate(country: Country, mandate: int, asker: Asker, at: datetime, *, by: UUID | None = None) -> None:
    """End a mandate at once; ``by`` is the principal or the agent who ends it themselves. Twice does no harm."""
    policies.check_may_change(country, asker, at)
    with transaction.atomic():
        row = Mandate.objects.select_for_update().filter(pk=mandate).first()
        if row is None or (by is not None and by not in (row.principal_id, row.agent_id)):
            raise NoPerson("There is no such mandate.", mend="Open the page again.")
        if by is not None and row.kind == "guardian":
            raise NotAllowed("A guardian's mandate is ended by who gave it.", mend="Ask the court or the office.")
        if row.ended_at is None:
            row.ended_at, row.ended_by = at, asker.who
            row.save(update_fields=["ended_at", "ended_by"])
            access.note([row.principal, row.agent], asker, ["mandates"], "changed", at)


def mandates_of(person: UUID) -> tuple[MandateView, ...]:
    """Every mandate that somebody gave, was given, or that was set over them; the newest first."""
    row = access.found(person)
    rows = Mandate.objects.filter(principal=row) | Mandate.objects.filter(agent=row)
    return tuple(_view(one) for one in rows.order_by("-id")[:100])


def guardians(person: Person, today: date) -> list[Person]:
    """Who is guardian of somebody today."""
    rows = Mandate.objects.filter(principal=person, kind="guardian", ended_at=None, since__lte=today)
    return [row.agent for row in rows.exclude(until__lt=today).select_related("agent")]


def _view(row: Mandate) -> MandateView:
    return MandateView(
        row.pk, row.kind, row.principal_id, row.agent_id, tuple(row.scopes), row.since, row.until, row.basis,  # type: ignore[arg-type]
        row.ended_at,
    )  # fmt: skip


def _content(row: Mandate) -> dict[str, str]:
    return {
        "mandate": row.kind, "principal": str(row.principal_id), "agent": str(row.agent_id),
        "scopes": " ".join(row.scopes), "since": row.since.isoformat(),
        "until": row.until.isoformat() if row.until else "", "by": row.made_by, "at": row.made_at.isoformat(),
    }  # fmt: skip
