"""The door of people. Nothing is read without who asks, why and for which case; what was read, its owner sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from doorstep.domains.country.api import Country
from doorstep.domains.people import access, consents, guessing, households, keeping, numbers, reaching, reading
from doorstep.domains.people.births import BirthDate
from doorstep.domains.people.card_door import (
    card_keys,
    cards_of,
    change_pin,
    end_card,
    is_open,
    issue_card,
    set_pin,
    sign_in,
    status_list,
)
from doorstep.domains.people.enrolment_door import (
    accept_contested,
    add_device,
    compare_pair,
    confirm_pair,
    contest_refusal,
    count_enrolments,
    decide_pair,
    end_device,
    enrol,
    enrolment,
    enrolment_devices,
    enrolments,
    find_doubles,
    pairs,
    part_pair,
    receive_packet,
    refuse_enrolment,
    search,
    server_key,
    vouch,
)
from doorstep.domains.people.forms import Form
from doorstep.domains.people.record import Address, Birth, IssuedCard, PersonView, Record, Status
from doorstep.domains.people.rights_door import (
    answer_request,
    ask,
    breaches,
    breaches_of,
    export,
    holds,
    note_breach,
    officers_looks,
    open_request,
    open_requests,
    prolong_request,
    purge,
    requests_of,
    reseal,
    tell_authority,
    tell_people,
)
from doorstep.domains.people.shapes import PeopleFile
from doorstep.domains.people.types import (
    Asker,
    ChangeView,
    ConsentView,
    Contact,
    Identifier,
    LookView,
    MandateView,
    Role,
)

__all__ = [
    "Address",
    "Asker",
    "Birth",
    "BirthDate",
    "Form",
    "IssuedCard",
    "PersonView",
    "Record",
    "Status",
    "accept_contested",
    "act_for",
    "add_contact",
    "add_device",
    "add_identifier",
    "answer_request",
    "ask",
    "breaches",
    "breaches_of",
    "card_keys",
    "cards_of",
    "change",
    "change_pin",
    "changes",
    "compare_pair",
    "confirm_pair",
    "consent_receipt",
    "consents_of",
    "contest_refusal",
    "correct_death",
    "count_enrolments",
    "decide_pair",
    "end_card",
    "end_contact",
    "end_device",
    "end_mandate",
    "enrol",
    "enrolment",
    "enrolment_devices",
    "enrolments",
    "export",
    "find_doubles",
    "give_consent",
    "give_mandate",
    "has_people",
    "holds",
    "household_of",
    "how_many_share",
    "id_of_number",
    "is_open",
    "issue_card",
    "looks",
    "mandates_of",
    "members",
    "move_in",
    "move_out",
    "my_data",
    "note_breach",
    "officers_looks",
    "open_request",
    "open_requests",
    "pairs",
    "part_pair",
    "person_of_number",
    "prolong_request",
    "purge",
    "purposes_for",
    "read",
    "receive_packet",
    "record_death",
    "refuse_enrolment",
    "register",
    "requests_of",
    "reseal",
    "restrict",
    "rules",
    "search",
    "server_key",
    "set_pin",
    "shown_number",
    "sign_in",
    "status_list",
    "tell_authority",
    "tell_people",
    "undo",
    "vouch",
    "with_identifier",
    "withdraw_consent",
]

shown_number = numbers.shown


def register(*, country: Country, record: Record, asker: Asker, at: datetime) -> UUID:
    """Keep somebody new and give the key of their record. Raises ``BadRecord``, ``NotAllowed``.

    Look for doubles before: ``duplicates`` compares, this does not.
    """
    return keeping.register(country, record, asker, at).pk


def read(*, country: Country, person: UUID, asker: Asker, at: datetime) -> PersonView:
    """What the asker's purpose shows; the look is stored with it. Raises ``NoPerson``, ``NotAllowed``."""
    return access.read(country, person, asker, at)


def my_data(*, country: Country, person: UUID, at: datetime) -> PersonView:
    """Everything, for the person themselves, who has proved who they are."""
    return access.read_own(country, person, at)


def act_for(*, country: Country, agent: UUID, principal: UUID, scope: str, at: datetime) -> PersonView:
    """What a guardian or delegate sees of whom they act for. Raises ``NotAllowed`` without a mandate in force."""
    return access.read_for(country, agent, principal, scope, at)


def looks(
    *, country: Country, person: UUID, at: datetime, to_others: bool = False, before: datetime | None = None,
    size: int = 50,
) -> tuple[LookView, ...]:  # fmt: skip
    """Who looked at somebody's data, the newest first. ``to_others``: as their guardian or delegate sees it."""
    return access.looks(country, person, at, to_others=to_others, before=before, size=size)


def change(
    *, country: Country, person: UUID, category: str, value: Any, asker: Asker, why: str, version: int, at: datetime
) -> int:
    """Put another value in a category, and give the record's new version. Raises ``Changed``, ``BadRecord``."""
    return keeping.change(country, person, category, value, asker, why=why, version=version, at=at).version


def undo(*, country: Country, person: UUID, change: int, asker: Asker, why: str, at: datetime) -> int:
    """Put back what stood before a change, as a change of its own; gives the new version."""
    return keeping.undo(country, person, change, asker, why=why, at=at).version


def record_death(*, country: Country, person: UUID, on: date, asker: Asker, at: datetime) -> None:
    """Somebody has died: their mandates end. Twice does no harm. Raises ``BadRecord`` for an impossible day."""
    keeping.record_death(country, person, on, asker, at=at)


def correct_death(*, country: Country, person: UUID, asker: Asker, why: str, at: datetime) -> None:
    """Somebody was taken for dead who lives."""
    keeping.correct_death(country, person, asker, why=why, at=at)


def restrict(*, country: Country, person: UUID, asker: Asker, on: bool, at: datetime) -> None:
    """Let a record rest (``on``), so that only purposes that say so read it; or end its rest."""
    keeping.restrict(country, person, asker, on=on, at=at)


def id_of_number(*, number: str) -> UUID | None:
    """The key of the record with this number, if there is one. Callers limit how often it is tried."""
    row = keeping.by_number(number)
    return row.pk if row else None


def with_identifier(*, scheme: str, value: str) -> list[UUID]:
    """Who has this number of another system: their keys alone, which tell nothing."""
    return [row.pk for row in keeping.by_identifier(scheme, value)]


def add_contact(*, country: Country, person: UUID, contact: Contact, asker: Asker, at: datetime) -> int:
    """A way to reach somebody; gives its number. Raises ``BadRecord``."""
    return reaching.contact_added(country, person, contact, asker, at)


def end_contact(*, country: Country, person: UUID, contact: int, asker: Asker, at: datetime) -> None:
    """Somebody is no longer reached so. Raises ``NoPerson``."""
    reaching.contact_ended(country, person, contact, asker, at)


def add_identifier(*, country: Country, person: UUID, identifier: Identifier, asker: Asker, at: datetime) -> None:
    """A number by which another system knows somebody. Raises ``BadRecord`` where somebody else has it."""
    reaching.identifier_added(country, person, identifier, asker, at)


def how_many_share(*, contact: int) -> int:
    """How many other people have the same contact: what is said there reaches them as well."""
    return reaching.how_many_share(contact)


def changes(*, person: UUID) -> tuple[ChangeView, ...]:
    """What was changed in somebody's record, by whom and why; not what stood there."""
    return keeping.changes(person)


def give_consent(
    *, country: Country, person: UUID, purpose: str, by: str, how: str, at: datetime, until: date | None = None
) -> ConsentView:
    """A yes to a purpose that rests on consent. ``how``: ``screen``, ``spoken``, ``paper`` or ``phone``."""
    return consents.give(country, person, purpose, by=by, how=how, at=at, until=until)


def withdraw_consent(*, country: Country, person: UUID, purpose: str, by: str, at: datetime) -> None:
    """Take a yes back: it counts from this moment."""
    consents.withdraw(country, person, purpose, by=by, at=at)


def consents_of(*, person: UUID) -> tuple[ConsentView, ...]:
    """Every consent somebody gave, the newest first."""
    return consents.of(person)


def consent_receipt(*, country: Country, person: UUID, consent: UUID, language: str) -> Mapping[str, Any]:
    """The receipt of a consent in the shape of ISO/IEC TS 27560, as plain values for JSON."""
    return consents.receipt(country, person, consent, language)


def move_in(
    *, country: Country, person: UUID, household: UUID | None, asker: Asker, at: datetime, is_head: bool = False
) -> UUID:
    """Somebody lives in a household from now on; without one, in a new one of their own. Gives the household."""
    return households.move_in(country, person, household, asker, is_head=is_head, at=at)


def move_out(*, country: Country, person: UUID, asker: Asker, at: datetime) -> None:
    """Somebody has left their household."""
    households.move_out(country, person, asker, at)


def household_of(*, person: UUID, at: datetime) -> UUID | None:
    """Where somebody lived at a moment."""
    return households.household_of(person, at)


def members(*, household: UUID, at: datetime) -> list[UUID]:
    """Who lived in a household at a moment, its head first."""
    return households.members(household, at)


def give_mandate(
    *, country: Country, principal: UUID, agent: UUID, asker: Asker, kind: str, scopes: Sequence[str], since: date,
    until: date | None, basis: str, at: datetime,
) -> MandateView:  # fmt: skip
    """Let ``agent`` act for ``principal``: a ``guardian`` by law, a ``delegate`` by their word, a year at most."""
    return households.give_mandate(
        country, principal, agent, asker, kind=kind, scopes=scopes, since=since, until=until, basis=basis, at=at
    )


def end_mandate(*, country: Country, mandate: int, asker: Asker, at: datetime, by: UUID | None = None) -> None:
    """End a mandate at once. ``by``: the principal or the agent themselves."""
    households.end_mandate(country, mandate, asker, at, by=by)


def mandates_of(*, person: UUID) -> tuple[MandateView, ...]:
    """Mandates that somebody gave, has, or is under."""
    return households.mandates_of(person)


def has_people(*, country: Country) -> bool:
    """Whether the country keeps a register of people."""
    return reading.FILE in country.files


def rules(*, country: Country) -> PeopleFile:
    """What the country's file says of people: purposes, statuses, needs, papers, exceptions. Raises ``NotAllowed``."""
    return reading.rules_of(country)


def purposes_for(*, country: Country, roles: frozenset[Role]) -> list[str]:
    """The purposes for which somebody with these roles may open people's records."""
    found = reading.rules_of(country).purposes
    return [
        code for code, one in found.items() if one.shows and (not one.roles or roles & {Role(r) for r in one.roles})
    ]


def person_of_number(*, number: str, who: str, at: datetime) -> UUID:
    """Whose number it is. Raises ``NoPerson``, and ``TooManyTries`` for who tries many."""
    return guessing.person_of(number, who, at).pk
