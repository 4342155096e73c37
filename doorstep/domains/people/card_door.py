"""The part of the door through which people sign in and carry cards. ``api`` opens it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from doorstep.domains.country.api import Country
from doorstep.domains.people import accounts, cards
from doorstep.domains.people.record import IssuedCard
from doorstep.domains.people.types import Asker, CardView


def set_pin(*, country: Country, person: UUID, pin: str, asker: Asker, at: datetime) -> None:
    """The PIN that somebody chose where they were recognised. Raises ``BadPin``."""
    accounts.set_pin(country, person, pin, asker, at)


def change_pin(*, person: UUID, old: str, new: str, at: datetime) -> None:
    """Another PIN, by whoever knows the old one. Raises ``WrongPin``, ``Waiting``, ``BadPin``."""
    accounts.change_pin(person, old, new, at)


def sign_in(*, number: str, pin: str, address: str, at: datetime) -> tuple[UUID, int]:
    """Whose number and PIN these are, and the PIN's version. ``address``: from where, to count tries by.

    Raises ``WrongPin`` and ``Waiting``, which tell no more, and ``TooManyTries``.
    """
    return accounts.sign_in(number, pin, address, at)


def is_open(*, person: UUID, version: int) -> bool:
    """Whether what was opened with a PIN of this version is still open."""
    return accounts.is_open(person, version)


def issue_card(*, country: Country, person: UUID, asker: Asker, at: datetime) -> IssuedCard:
    """A card for somebody who stands at the desk; the one before is taken back."""
    return cards.issue(country, person, asker, at)


def end_card(*, country: Country, card: int, asker: Asker, state: str, why: str, at: datetime) -> CardView:
    """Take a card back for good (``revoked``), for a time (``suspended``), or give it back (``valid``)."""
    return cards.end(country, card, asker, state=state, why=why, at=at)


def cards_of(*, person: UUID) -> tuple[CardView, ...]:
    """A person's cards, the newest first."""
    return cards.cards_of(person)


def status_list(*, at: datetime, as_jwt: bool = False) -> bytes:
    """The signed list of cards that were taken back, which readers carry."""
    return cards.status_list(at, as_jwt=as_jwt)


def card_keys() -> str:
    """The public keys with which cards are checked, as a JWK set."""
    return cards.public_keys()
