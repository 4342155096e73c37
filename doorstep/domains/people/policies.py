"""What a reader may see. ``check_*`` raise ``NotAllowed`` in words that tell nothing about the person."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from doorstep.domains.country.api import Country
from doorstep.domains.people.models import Consent, Mandate, Person
from doorstep.domains.people.reading import rules_of
from doorstep.domains.people.shapes import Visibility
from doorstep.domains.people.types import Asker, NotAllowed, Role, State

LONGEST_WHO, LONGEST_CASE = 150, 80
EVERYTHING = "everything"
"""The scope of a mandate that covers every other."""


def check_asker(country: Country, asker: Asker, at: datetime) -> Visibility:
    """What this asker's purpose shows. Raises ``NotAllowed`` where who, why or for what is missing or does not fit."""
    found = rules_of(country).purposes.get(asker.purpose)
    if found is None or asker.purpose not in country.purposes:
        raise NotAllowed(
            f"People's data are not read for {asker.purpose!r}.",
            why="The country's file names no such purpose, or shows nothing for it.",
            mend=f"Choose one of: {', '.join(rules_of(country).purposes)}.",
        )
    if not asker.who.strip() or len(asker.who) > LONGEST_WHO or len(asker.case) > LONGEST_CASE:
        raise NotAllowed("Nobody is named who reads.", mend="Sign in, and open the person from a case.")
    if found.case and not asker.case.strip():
        raise NotAllowed(
            "No case is named.",
            why="The person will ask what this look was for.",
            mend="Open the person from the case, or name its number.",
        )
    if found.roles and not asker.roles & {Role(role) for role in found.roles}:
        raise NotAllowed(
            "Your role does not read for this purpose.", mend=f"It is for: {', '.join(found.roles)}. Ask one of them."
        )
    _check_seal(found, asker, at)
    return found


def check_may_search(country: Country, asker: Asker, at: datetime) -> None:
    """Raise ``NotAllowed`` where nobody searches for this purpose: a person is then opened by their number."""
    if not check_asker(country, asker, at).search:
        raise NotAllowed("People are not searched for this purpose.", mend="Ask for the number on the person's card.")


def check_may_change(country: Country, asker: Asker, at: datetime) -> None:
    """Raise ``NotAllowed`` where nothing is changed for this purpose: most only read."""
    if not check_asker(country, asker, at).changes:
        raise NotAllowed("Records are not changed for this purpose.", mend="Ask a registrar to change it.")


def check_may_compare(country: Country, asker: Asker, at: datetime) -> Visibility:
    """What an adjudicator's purpose shows. Raises ``NotAllowed`` for everybody else."""
    if Role.ADJUDICATOR not in asker.roles:
        raise NotAllowed("Doubles are decided by adjudicators.", mend="Ask one of them.")
    return check_asker(country, asker, at)


def check_person(person: Person, visibility: Visibility, asker: Asker, at: datetime) -> None:
    """Raise ``NotAllowed`` where the person did not consent, took it back, or had the record restricted."""
    if visibility.basis == "consent" and not has_consented(person, asker.purpose, at):
        raise NotAllowed(
            "The person has not agreed to this.",
            why="This purpose rests on consent, and none is in force.",
            mend="Ask the person. Without a yes, go on without their data.",
        )
    if person.restricted_at is not None and not visibility.restricted:
        raise NotAllowed(
            "This record is restricted.",
            why="Its owner contests it, or asked that it rest.",
            mend="The data-protection officer can say until when.",
        )


def has_consented(person: Person, purpose: str, at: datetime) -> bool:
    """Whether a consent for this purpose is in force at this moment."""
    rows = Consent.objects.filter(person=person, purpose=purpose, given_at__lte=at, withdrawn_at=None)
    return any(row.until is None or row.until >= at.date() for row in rows)


def mandate_in_force(agent: Person, principal: Person, scope: str, today: date) -> Mandate:
    """The mandate by which ``agent`` acts. Raises ``NotAllowed``: ended, not begun, another scope, or none."""
    rows = Mandate.objects.filter(agent=agent, principal=principal, scopes__overlap=[scope, EVERYTHING])
    for row in rows:
        if row.ended_at is None and row.since <= today and (row.until is None or row.until >= today):
            return row
    raise NotAllowed(
        "You cannot act for this person here.",
        why="No mandate for this is in force: it has ended, has not begun, or covers something else.",
        mend="The person can give a new one, or a court or an office can.",
    )


def check_acts(person: Person) -> None:
    """Raise ``NotAllowed`` for a record of which nothing new can be said."""
    if person.state in (State.MERGED, State.ERASED):
        raise NotAllowed("This record is closed.", mend="Look for the person again; the record may have been joined.")


def _check_seal(visibility: Visibility, asker: Asker, at: datetime) -> None:
    if asker.sealed_until is None:
        return
    latest = at.date() + timedelta(days=visibility.sealed_days)
    if not visibility.sealed_days or asker.sealed_until > latest:
        raise NotAllowed(
            "This look cannot be kept from the person for so long.",
            why=f"For this purpose the longest is {visibility.sealed_days} days.",
            mend="Choose an earlier day, or none.",
        )
