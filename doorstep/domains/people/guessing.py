"""Slows down whoever tries numbers one after the other. Only keyed hashes of who tried are kept, for an hour."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from doorstep.domains.people import keeping, vaulting
from doorstep.domains.people.models import Miss, Person
from doorstep.domains.people.types import NoPerson, TooManyTries

WITHIN = timedelta(hours=1)
MOST = 20


def person_of(number: str, who: str, at: datetime) -> Person:
    """Whose number it is. Raises ``NoPerson``, and ``TooManyTries`` after ``MOST`` misses of ``who`` in an hour.

    Never within another transaction: a refusal further on would undo the counting.
    """
    subject = vaulting.vault().hash(who, "tries a number")
    with transaction.atomic(durable=True):
        Miss.objects.filter(at__lt=at - WITHIN).delete()
        if Miss.objects.filter(subject=subject, at__gt=at - WITHIN).count() >= MOST:
            raise TooManyTries("Too many numbers were tried.", mend="Wait an hour, or look for the person by name.")
        row = keeping.by_number(number)
        if row is None:
            Miss.objects.create(subject=subject, at=at)
    if row is None:
        raise NoPerson("Nobody has this number.", mend="Compare it with the card, sign by sign.")
    return row
