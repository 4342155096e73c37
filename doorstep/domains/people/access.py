"""The only way to what is known of people: who asks, why and for which case is stored with the look, or there is none.

1. ``policies`` says what the purpose shows, and whether this person's record may be read for it.
2. The look and its leaf in the log are written in the transaction in which the record is read.
3. Only then is anything opened, and only the categories that the look names.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from doorstep.domains.country.api import Country
from doorstep.domains.people import policies, vaulting
from doorstep.domains.people.models import Access, Contact, Identifier, Membership, Person
from doorstep.domains.people.reading import rules_of
from doorstep.domains.people.record import CODECS, PersonView, Record
from doorstep.domains.people.types import Asker, LookView, NoPerson, NotAllowed, State
from doorstep.domains.people.types import Contact as ContactView
from doorstep.domains.people.types import Identifier as IdentifierView
from doorstep.engines.evidence import api as evidence
from doorstep.engines.evidence.types import ReceiptView

KIND = "access"
EVERYTHING = (
    "names", "birth", "age", "adult", "sex", "status", "languages", "needs", "contacts", "address", "household",
    "identifiers", "mandates",
)  # fmt: skip
OWN = Asker(who="the person", purpose="show-you-your-data")
IN_A_LIST = ("names", "birth", "age", "address")
"""What a list of people found shows at most: enough to tell them apart."""


def read(country: Country, person: UUID, asker: Asker, at: datetime) -> PersonView:
    """What the asker's purpose shows of a person. Raises ``NoPerson``, ``NotAllowed``."""
    visibility = policies.check_asker(country, asker, at)
    with transaction.atomic():
        row = found(person)
        policies.check_person(row, visibility, asker, at)
        note([row], asker, visibility.shows, "read", at)
        return view(country, row, visibility.shows, at.date())


def read_found(country: Country, people: Sequence[Person], asker: Asker, at: datetime) -> tuple[PersonView, ...]:
    """People in a list of those that were found. Each of them will see that they were in it.

    Whoever may not be read for this purpose is left out, and nothing tells that there was somebody.
    """
    visibility = policies.check_asker(country, asker, at)
    shown = tuple(one for one in visibility.shows if one in IN_A_LIST)
    with transaction.atomic():
        readable = []
        for row in people:
            try:
                policies.check_person(row, visibility, asker, at)
            except NotAllowed:
                continue
            readable.append(row)
        note(readable, asker, shown, "found", at)
        return tuple(view(country, row, shown, at.date()) for row in readable)


def read_own(country: Country, person: UUID, at: datetime) -> PersonView:
    """Everything, for the person alone, who has proved who they are."""
    with transaction.atomic():
        row = found(person)
        note([row], OWN, EVERYTHING, "own", at)
        return view(country, row, EVERYTHING, at.date())


def read_for(country: Country, agent: UUID, principal: UUID, scope: str, at: datetime) -> PersonView:
    """What somebody with a mandate in force sees of whom they act for. Raises ``NotAllowed``, ``NoPerson``."""
    with transaction.atomic():
        acting, row = found(agent), found(principal)
        mandate = policies.mandate_in_force(acting, row, scope, at.date())
        asker = Asker(who=f"{mandate.kind} {mandate.pk}", purpose=OWN.purpose, case=scope[: policies.LONGEST_CASE])
        shown = tuple(one for one in EVERYTHING if one not in ("needs", "mandates"))
        note([row], asker, shown, "mandate", at)
        return view(country, row, shown, at.date())


def note(rows: Sequence[Person], asker: Asker, shown: Sequence[str], how: str, at: datetime) -> list[Access]:
    """Store that somebody looks, with a leaf each. In the caller's transaction: without it there is no reading."""
    return Access.objects.bulk_create(prepared(rows, asker, shown, how, at))


def prepared(rows: Sequence[Person], asker: Asker, shown: Sequence[str], how: str, at: datetime) -> list[Access]:
    """Looks with their leaves, to be stored by the caller: a new person's row must stand first."""
    looks = [
        Access(
            person=row, who=asker.who, purpose=asker.purpose, case=asker.case, how=how, shown=list(shown),
            opens_on=asker.sealed_until, at=at,
        )
        for row in rows
    ]  # fmt: skip
    leaves = evidence.append_many(kind=KIND, contents=[content(look) for look in looks])
    for look, leaf in zip(looks, leaves, strict=True):
        look.leaf = leaf.id
    return looks


def content(look: Access) -> dict[str, str]:
    """What the leaf of a look commits to."""
    return {
        "person": str(look.person_id),
        "who": look.who,
        "purpose": look.purpose,
        "case": look.case,
        "how": look.how,
        "shown": " ".join(look.shown),
        "opens_on": look.opens_on.isoformat() if look.opens_on else "",
        "at": look.at.isoformat(),
    }


def looks(
    country: Country, person: UUID, at: datetime, *, to_others: bool = False, before: datetime | None = None,
    size: int = 50,
) -> tuple[LookView, ...]:  # fmt: skip
    """Who looked, the newest first, as the person sees it; ``to_others`` as a guardian or delegate does.

    A sealed look is not in it before its day; neither a number nor a gap tells that there is one.
    """
    rows = Access.objects.filter(person__in=_joined(person), at__lte=at).exclude(opens_on__gt=at.date())
    if to_others:
        rules = rules_of(country).purposes
        rows = rows.exclude(purpose__in=[code for code, one in rules.items() if one.hidden_from_others])
    if before is not None:
        rows = rows.filter(at__lt=before)
    return tuple(
        LookView(row.who, row.purpose, row.case, tuple(row.shown), row.how, row.at)  # type: ignore[arg-type]
        for row in rows.order_by("-at", "-id")[:size]
    )


def receipt_of_look(person: UUID, look_at: datetime, who: str, today: date) -> ReceiptView:
    """The proof of one look, for the person. Raises ``NoPerson`` where there is none that they may see."""
    rows = Access.objects.filter(person__in=_joined(person), at=look_at, who=who).exclude(opens_on__gt=today)
    row = rows.order_by("-id").first()
    if row is None:
        raise NoPerson("There is no such look.", mend="Open the list again.")
    return evidence.receipt(leaf=row.leaf, kind=KIND, content=content(row))


def found(person: UUID, *, lock: bool = False) -> Person:
    """The row of a person, or of the record that it was joined with. Raises ``NoPerson``."""
    rows = Person.objects.select_for_update() if lock else Person.objects
    row = rows.filter(pk=person).exclude(state=State.ERASED).first()
    while row is not None and row.into_id is not None:
        row = rows.filter(pk=row.into_id).first()
    if row is None:
        raise NoPerson("There is no such person.", mend="Look for them by name or number.")
    return row


def locked(person: UUID) -> Person:
    """The very row of a record, joined or not, locked until the transaction ends."""
    return Person.objects.select_for_update().get(pk=person)


def view(country: Country, row: Person, shown: Sequence[str], today: date) -> PersonView:
    """A person with the categories of ``shown`` opened. For callers of this module that have noted the look."""
    opened: dict[str, Any] = {name: _category(row, name) for name in CODECS if name in shown}
    if {"age", "adult"} & set(shown):
        on = _category(row, "birth").on
        opened["age"] = on.age(today) if on and "age" in shown else None
        opened["is_adult"] = on.reaches(rules_of(country).adult_from, today) if on and "adult" in shown else None
    if "contacts" in shown:
        opened["contacts"] = _contacts(row)
    if "identifiers" in shown:
        opened["identifiers"] = _identifiers(row)
        opened["number"] = vaulting.opened_text(row.number, "person", "number", row.pk)
    if "household" in shown:
        opened["members"] = _members(row)
    if row.died is not None and "birth" in shown:
        opened["died_on"] = date.fromisoformat(vaulting.opened_text(row.died, "person", "died", row.pk))
    return PersonView(row.pk, State(row.state), row.version, tuple(shown), **opened)


def whole(row: Person) -> Record:
    """What stands in a record, to be searched and compared by machine: nobody sees it, so no look is noted."""
    opened = {name: _category(row, name) for name in CODECS}
    return Record(contacts=_contacts(row), identifiers=_identifiers(row), **opened)


def before_change(row: Person, category: str, sealed: bytes) -> Any:
    """What stood in a category before a change, for undoing it."""
    return vaulting.opened_category(category, sealed, row.pk)


def _category(row: Person, name: str) -> Any:
    return vaulting.opened_category(name, getattr(row, name), row.pk)


def _contacts(row: Person) -> tuple[ContactView, ...]:
    return tuple(
        ContactView(
            one.kind,  # type: ignore[arg-type]
            vaulting.opened_text(one.value, "contact", "value", one.uid),
            one.private,
            one.pk,
        )
        for one in Contact.objects.filter(person=row, until=None).order_by("id")
    )


def _identifiers(row: Person) -> tuple[IdentifierView, ...]:
    return tuple(
        IdentifierView(one.scheme, vaulting.opened_text(one.value, "identifier", "value", one.uid))
        for one in Identifier.objects.filter(person=row, until=None).order_by("id")
    )


def _members(row: Person) -> tuple[UUID, ...]:
    household = Membership.objects.filter(person=row, until=None).values("household")
    rows = Membership.objects.filter(household__in=household, until=None).exclude(person=row).order_by("-is_head", "id")
    return tuple(rows.values_list("person", flat=True))


def _joined(person: UUID) -> list[UUID]:
    """The record and those that were joined with it: their looks are the person's as well."""
    row = found(person)
    return [row.pk, *Person.objects.filter(into=row).values_list("pk", flat=True)]
