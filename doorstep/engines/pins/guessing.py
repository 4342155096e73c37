"""Slows down whoever tries one name after the other. Of who tried only a keyed hash is kept, and not for long."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.crypto import salted_hmac

from doorstep.engines.pins.models import Miss
from doorstep.engines.pins.types import TooManyMisses

KEPT = timedelta(hours=1)


def check_misses(*, who: str, most: int, at: datetime, within: timedelta = KEPT) -> None:
    """Raise ``TooManyMisses`` where ``who`` has missed ``most`` times within a time, at most an hour.

    ``who`` says what was tried and from where, as "opens a wallet from 192.0.2.1".
    """
    if Miss.objects.filter(subject=_subject(who), at__gt=at - within).count() >= most:
        raise TooManyMisses(within)


def note_miss(*, who: str, at: datetime) -> None:
    """Remember a wrong try, and forget what is older than an hour."""
    Miss.objects.filter(at__lt=at - KEPT).delete()
    Miss.objects.create(subject=_subject(who), at=at)


def _subject(who: str) -> str:
    return salted_hmac("doorstep.pins.who", who, algorithm="sha256").hexdigest()
