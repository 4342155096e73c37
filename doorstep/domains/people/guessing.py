"""Slows down whoever tries numbers one after the other. Only keyed hashes of who tried are kept, for an hour."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from doorstep.domains.people import keeping, vaulting
from doorstep.domains.people.models import Miss, Person
from doorstep.domains.people.types import NoPerson, TooManyTries

WITHIN = timedelta(hours=1)
MOST = 20


def check(who: str, most: int, at: datetime) -> None:
    """Raise ``TooManyTries`` where ``who`` has missed so often within an hour."""
    if Miss.objects.filter(subject=_subject(who), at__gt=at - WITHIN).count() >= most:
        raise TooManyTries("Too much was tried.", mend="Wait an hour, or ask at a centre.")


def note(who: str, at: datetime) -> None:
    """Remember a miss, and forget what is older than an hour."""
    Miss.objects.filter(at__lt=at - WITHIN).delete()
    Miss.objects.create(subject=_subject(who), at=at)


def person_of(number: str, who: str, at: datetime) -> Person:
    """Whose number it is. Raises ``NoPerson``, and ``TooManyTries`` after ``MOST`` misses of ``who`` in an hour.

    Never within another transaction: a refusal further on would undo the counting.
    """
    with transaction.atomic(durable=True):
        if Miss.objects.filter(subject=_subject(who), at__gt=at - WITHIN).count() >= MOST:
            raise TooManyTries("Too many numbers were tried.", mend="Wait an hour, or look for the person by name.")
        row = keeping.by_number(number)
        if row is None:
            note(who, at)
    if row is None:
        raise NoPerson("Nobody has this number.", mend="Compare it with the card, sign by sign.")
    return row


def _subject(who: str) -> bytes:
    return vaulting.vault().hash(who, "tries a number")
