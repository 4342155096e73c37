"""Signing in as oneself: the number of one's record and a PIN. It needs no phone, no e-mail, no own machine."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from doorstep.domains.country.api import Country
from doorstep.domains.people import access, guessing, numbers, policies, vaulting
from doorstep.domains.people.models import Account
from doorstep.domains.people.types import Asker, State
from doorstep.engines.pins import api as pins
from doorstep.engines.pins.api import PinRules

PIN = PinRules(digits=6, tries=5, wait_minutes=15)
MOST_FROM_ONE_PLACE = 60
"""Wrong tries in an hour from one address: a whole centre may sit behind one."""


def set_pin(country: Country, person: UUID, pin: str, asker: Asker, at: datetime) -> None:
    """The PIN that somebody chose at a desk where they were recognised; a forgotten one is replaced so. ``BadPin``."""
    policies.check_may_change(country, asker, at)
    pins.check_new(pin, PIN)
    with transaction.atomic():
        row = access.found(person, lock=True)
        policies.check_acts(row)
        account, _ = Account.objects.select_for_update().get_or_create(
            person=row, defaults={"made_at": at, "made_by": asker.who}
        )
        pins.set_pin(account, pin, PIN)
        access.note([row], asker, [], "changed", at)


def change_pin(person: UUID, old: str, new: str, at: datetime) -> None:
    """Another PIN, by whoever knows the old one. Raises ``WrongPin``, ``Waiting``, ``BadPin``."""
    pins.check_new(new, PIN)
    account = pins.check(Account, {"person": person, "person__state": State.ACTIVE}, old, PIN, at)
    with transaction.atomic():
        pins.set_pin(account, new, PIN)
        access.note([account.person], access.OWN, [], "own", at)


def sign_in(number: str, pin: str, address: str, at: datetime) -> tuple[UUID, int]:
    """Whose number and PIN these are, and the PIN's version. Raises ``WrongPin``, ``Waiting``, ``TooManyTries``."""
    guessing.check(f"signs in from {address}", MOST_FROM_ONE_PLACE, at)
    hashes = vaulting.vault().hashes(numbers.tidied(number) or f"none {number[:40]}", "person number")
    where = {"person__number_hash__in": hashes, "person__state": State.ACTIVE}
    try:
        account = pins.check(Account, where, pin, PIN, at)
    except (pins.WrongPin, pins.Waiting):
        guessing.note(f"signs in from {address}", at)
        raise
    return account.person_id, account.pin_version


def is_open(person: UUID, version: int) -> bool:
    """Whether what was opened with a PIN of this version is still open: a newer PIN closes it."""
    return Account.objects.filter(person=person, pin_version=version, person__state=State.ACTIVE).exists()
