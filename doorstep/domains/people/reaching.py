"""How somebody is reached, and under which numbers other systems know them."""

from __future__ import annotations

import re
import unicodedata
import uuid
from datetime import datetime

from django.db import IntegrityError, transaction

from doorstep.domains.country.api import Country
from doorstep.domains.people import access, policies, searching, vaulting
from doorstep.domains.people.models import Contact, Identifier, Person
from doorstep.domains.people.reading import rules_of
from doorstep.domains.people.types import Asker, BadRecord, NoPerson
from doorstep.domains.people.types import Contact as ContactView
from doorstep.domains.people.types import Identifier as IdentifierView

_PHONE = re.compile(r"\+?[0-9]{3,15}")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
LONGEST = 200


def add_contact(person: Person, contact: ContactView, at: datetime) -> Contact:
    """A way to reach somebody; the same way twice is one. Raises ``BadRecord``."""
    value = plain_contact(contact.kind, contact.value)
    hashes = vaulting.vault().hashes(value, f"contact {contact.kind}")
    there = Contact.objects.filter(person=person, hash__in=hashes, until=None).first()
    if there is not None:
        if there.private != contact.private:
            there.private = contact.private
            there.save(update_fields=["private"])
        return there
    uid = uuid.uuid4()
    sealed = vaulting.sealed_text(value, "contact", "value", uid)
    return Contact.objects.create(
        uid=uid, person=person, kind=contact.kind, value=sealed, hash=hashes[0], private=contact.private, since=at
    )


def end_contact(person: Person, contact: int, at: datetime) -> None:
    """Somebody is no longer reached so. Raises ``NoPerson`` where it is not theirs."""
    if not Contact.objects.filter(person=person, pk=contact, until=None).update(until=at):
        raise NoPerson("There is no such contact.", mend="Open the page again.")


def how_many_share(contact: int) -> int:
    """How many other people have the same contact: what is said there reaches them as well."""
    row = Contact.objects.get(pk=contact)
    return Contact.objects.filter(kind=row.kind, hash=row.hash, until=None).exclude(person=row.person_id).count()


def with_contact(kind: str, value: str) -> list[Person]:
    """Everybody who is reached so."""
    hashes = vaulting.vault().hashes(plain_contact(kind, value), f"contact {kind}")
    rows = Contact.objects.filter(kind=kind, hash__in=hashes, until=None).select_related("person").order_by("id")
    return [row.person for row in rows]


def add_identifier(country: Country, person: Person, identifier: IdentifierView, at: datetime) -> Identifier:
    """A number of another system. Raises ``BadRecord`` where it does not fit, or where somebody else has it."""
    scheme = rules_of(country).identifiers.get(identifier.scheme)
    if scheme is None:
        known = ", ".join(rules_of(country).identifiers)
        raise BadRecord(f"There is no kind of number {identifier.scheme!r}.", mend=f"It is one of: {known}.")
    value = plain_identifier(identifier.value)
    if not value or len(value) > LONGEST or (scheme.pattern and not re.fullmatch(scheme.pattern, value)):
        raise BadRecord(
            "The number does not look like one of its kind.", mend="Compare it with the paper, sign by sign."
        )
    hashes = vaulting.vault().hashes(value, f"identifier {identifier.scheme}")
    there = Identifier.objects.filter(person=person, scheme=identifier.scheme, hash__in=hashes, until=None).first()
    if there is not None:
        return there
    uid = uuid.uuid4()
    row = Identifier(
        uid=uid, person=person, scheme=identifier.scheme, hash=hashes[0], is_sole=scheme.unique, since=at,
        value=vaulting.sealed_text(value, "identifier", "value", uid),
    )  # fmt: skip
    try:
        with transaction.atomic():
            if scheme.unique and _is_anothers(row, hashes):
                raise IntegrityError
            row.save()
    except IntegrityError as error:
        raise BadRecord(
            "Somebody else has this number.",
            why="Two records may be one person, or the number was written down wrong.",
            mend="Compare it with the paper; if it is right, send both records to be compared.",
        ) from error
    return row


def end_identifier(person: Person, scheme: str, value: str, at: datetime) -> None:
    """A number is no longer somebody's."""
    hashes = vaulting.vault().hashes(plain_identifier(value), f"identifier {scheme}")
    if not Identifier.objects.filter(person=person, scheme=scheme, hash__in=hashes, until=None).update(until=at):
        raise NoPerson("There is no such number.", mend="Open the page again.")


def plain_contact(kind: str, written: str) -> str:
    """A phone number in digits, an e-mail in small letters, a post address in one line. Raises ``BadRecord``."""
    if kind == "phone":
        value = "".join(
            "+" if sign == "+" else str(unicodedata.digit(sign))
            for sign in written
            if sign == "+" or unicodedata.digit(sign, -1) >= 0
        )
        if _PHONE.fullmatch(value):
            return value
        raise BadRecord("This is no phone number.", mend="Write 3 to 15 digits, with + and the country's code.")
    plain = " ".join(written.replace("\0", "").split())
    if kind == "email":
        if len(plain) <= LONGEST and _EMAIL.fullmatch(plain):
            return plain.lower()
        raise BadRecord(
            "This is no e-mail address.", mend="It has a name, an @ and a place, such as amina@example.org."
        )
    if kind == "post" and 0 < len(plain) <= LONGEST:
        return plain
    raise BadRecord("This is no way to reach somebody.", mend="Write a phone number, an e-mail or a post address.")


def plain_identifier(written: str) -> str:
    """A number without spaces and in capital letters: ``ab 12`` and ``AB12`` are one."""
    return "".join(unicodedata.normalize("NFKC", written).split()).upper()


def _is_anothers(row: Identifier, hashes: list[bytes]) -> bool:
    """Under an earlier key as well, which the constraint cannot see."""
    return Identifier.objects.filter(scheme=row.scheme, hash__in=hashes, until=None, is_sole=True).exists()


def contact_added(country: Country, person: uuid.UUID, contact: ContactView, asker: Asker, at: datetime) -> int:
    """See ``api.add_contact``."""
    policies.check_may_change(country, asker, at)
    with transaction.atomic():
        row = access.found(person, lock=True)
        policies.check_acts(row)
        made = add_contact(row, contact, at)
        _noted(row, asker, "contacts", at)
    return made.pk


def contact_ended(country: Country, person: uuid.UUID, contact: int, asker: Asker, at: datetime) -> None:
    """See ``api.end_contact``."""
    policies.check_may_change(country, asker, at)
    with transaction.atomic():
        row = access.found(person, lock=True)
        end_contact(row, contact, at)
        _noted(row, asker, "contacts", at)


def identifier_added(
    country: Country, person: uuid.UUID, identifier: IdentifierView, asker: Asker, at: datetime
) -> None:
    """See ``api.add_identifier``."""
    policies.check_may_change(country, asker, at)
    with transaction.atomic():
        row = access.found(person, lock=True)
        policies.check_acts(row)
        add_identifier(country, row, identifier, at)
        _noted(row, asker, "identifiers", at)


def _noted(row: Person, asker: Asker, category: str, at: datetime) -> None:
    """What was added can be searched for, and the look says that it was."""
    row.tokens = searching.tokens(access.whole(row))
    row.save(update_fields=["tokens"])
    access.note([row], asker, [category], "changed", at)
