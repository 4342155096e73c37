"""Slows down those who guess passwords, without locking officers out for long.

Tries are counted for a name from one address (few), for a name from anywhere and for an address (more). Only keyed
hashes are stored, for a day.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.crypto import salted_hmac

from doorstep.channels.desk.models import FailedSignIn

SALT = "doorstep.desk.tries"
WITHIN = timedelta(minutes=15)
KEPT = timedelta(days=1)
OF_PAIR, OF_NAME, OF_ADDRESS = 5, 50, 100


def are_too_many(name: str, address: str, now: datetime) -> bool:
    """Whether this name or address must wait."""
    since = now - WITHIN
    return any(
        FailedSignIn.objects.filter(subject=subject, at__gt=since).count() >= most
        for subject, most in zip(_subjects(name, address), (OF_PAIR, OF_NAME, OF_ADDRESS), strict=True)
    )


def note(name: str, address: str, now: datetime) -> None:
    """Remember a try that failed, and forget what is older than a day."""
    FailedSignIn.objects.filter(at__lt=now - KEPT).delete()
    FailedSignIn.objects.bulk_create(FailedSignIn(subject=subject, at=now) for subject in _subjects(name, address))


def forget(name: str, address: str) -> None:
    """The right password came: this name from this address starts afresh."""
    FailedSignIn.objects.filter(subject=_subjects(name, address)[0]).delete()


def _subjects(name: str, address: str) -> tuple[str, str, str]:
    return _hash(f"pair {name} {address}"), _hash(f"name {name}"), _hash(f"address {address}")


def _hash(text: str) -> str:
    return salted_hmac(SALT, text, algorithm="sha256").hexdigest()
