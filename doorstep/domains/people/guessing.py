"""Slows down whoever tries numbers one after the other. Misses are counted where those of PINs are."""

from __future__ import annotations

from datetime import datetime

from doorstep.domains.people import keeping
from doorstep.domains.people.models import Person
from doorstep.domains.people.types import NoPerson, TooManyTries
from doorstep.engines.pins import api as pins

MOST = 20
"""Numbers in an hour that nobody has."""


def check(who: str, most: int, at: datetime) -> None:
    """Raise ``TooManyTries`` where ``who`` has missed so often within an hour."""
    try:
        pins.check_misses(who=who, most=most, at=at)
    except pins.TooManyMisses as error:
        raise TooManyTries("Too much was tried.", mend="Wait an hour, or ask at a centre.") from error


def note(who: str, at: datetime) -> None:
    """Remember a miss for an hour."""
    pins.note_miss(who=who, at=at)


def person_of(number: str, who: str, at: datetime) -> Person:
    """Whose number it is. Raises ``NoPerson``, and ``TooManyTries`` after ``MOST`` misses of ``who`` in an hour.

    Never within another transaction: a refusal further on would undo the counting.
    """
    subject = f"looks for a person's number: {who}"
    check(subject, MOST, at)
    row = keeping.by_number(number)
    if row is None:
        note(subject, at)
        raise NoPerson("Nobody has this number.", mend="Compare it with the card, sign by sign.")
    return row
