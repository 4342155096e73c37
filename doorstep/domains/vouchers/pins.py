"""PINs: hashed with argon2, tried a few times in a row, never stored or logged."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from doorstep.domains.vouchers.keys import peppered
from doorstep.domains.vouchers.types import BadInput

LETTERS = 4
# The least that OWASP advises (19 MiB, two passes). The PIN is short: what protects it is the key and the few tries.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_EASY = {"0000", "1111", "2222", "3333", "4444", "5555", "6666", "7777", "8888", "9999", "1234", "4321"}


def hashed(pin: str, *, of: str) -> str:
    """The text to store for a PIN of a card or a shop (``of``)."""
    return _HASHER.hash(peppered(pin, of))


def fits(pin: str, stored: str, *, of: str) -> bool:
    """Whether a PIN is that of a card or a shop. Digits of any script are read."""
    try:
        return _HASHER.verify(stored, peppered(plain(pin), of))
    except (VerificationError, InvalidHashError):
        return False


def plain(pin: str) -> str:
    """A PIN in plain digits."""
    return "".join(str(int(letter)) if letter.isdecimal() else letter for letter in pin.strip())


def check(pin: str) -> str:
    """A PIN that somebody chose, tidied. Raises ``BadInput`` where it is no PIN or the first that a thief tries."""
    tidy = plain(pin)
    if len(tidy) != LETTERS or not tidy.isdecimal() or not tidy.isascii():
        raise BadInput("A PIN has four digits.", code="pin_form", mend="Choose four digits.")
    if tidy in _EASY:
        raise BadInput("This PIN is too easy to guess.", code="pin_easy", mend="Choose other digits.")
    return tidy


def is_easy(pin: str) -> bool:
    """Whether a PIN is one of those that thieves try first."""
    return pin in _EASY
