"""How a PIN is kept: Argon2 over a keyed hash, whose key is not in the database.

A PIN has a few digits, so that a slow hash alone could be searched; the key and the few tries are what protects it.
Whoever has PINs says how they are keyed (``ways``): the key in use first, then earlier ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# The least that OWASP advises: 19 MiB, two passes.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_STEPS = ("0123456789", "9876543210")


class Fit(Enum):
    """Whether a PIN is the one that is kept. ``OLD``: it is, under an earlier key or hash: keep it anew."""

    NO = 0
    YES = 1
    OLD = 2


def tidied(pin: str) -> str:
    """A PIN in plain digits: digits of any script are read."""
    return "".join(str(int(sign)) if sign.isdecimal() else sign for sign in pin.strip())


def hashed(ways: Sequence[str]) -> str:
    """The text to store for a PIN."""
    return _HASHER.hash(ways[0])


def fits(ways: Sequence[str], stored: str) -> Fit:
    """Whether a PIN is the one that is kept. Where none is kept it takes as long as where a wrong one is tried."""
    # Django's own hashers, which kept PINs before, write their name in front.
    kept = stored.removeprefix("argon2") or _nobody()
    for place, way in enumerate(ways):
        if _is(way, kept) and stored:
            return Fit.OLD if place or _HASHER.check_needs_rehash(kept) else Fit.YES
    return Fit.NO


def is_easy(pin: str) -> bool:
    """Whether a PIN is one of those that thieves try first: equal digits, a row, a pair twice, a year."""
    is_a_year = len(pin) == 4 and pin[:2] in ("19", "20")
    is_a_row = any(pin in steps for steps in _STEPS)
    return len(set(pin)) == 1 or is_a_row or is_a_year or pin == pin[:2] * (len(pin) // 2)


def _is(way: str, kept: str) -> bool:
    try:
        return _HASHER.verify(kept, way)
    except (VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def _nobody() -> str:
    return _HASHER.hash("nobody")
