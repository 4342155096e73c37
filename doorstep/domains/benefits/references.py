"""References on letters: short, unguessable, with a letter that catches a slip of the pen.

Twelve letters of Crockford's base 32, eleven of them from a keyed hash of the decision's number and one to check.
They are computed, not stored: whoever reads the database learns no reference.
"""

from __future__ import annotations

import hmac

from django.conf import settings
from django.utils.crypto import salted_hmac

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LETTERS = 11
_SALT = "doorstep.benefits.reference"
_LIKE = str.maketrans("OIL", "011", " -\t")


def reference_of(decision: int) -> str:
    """The reference of a decision, in three groups: ``7K2M-93QX-B0CD``."""
    return _reference(decision, settings.SECRET_KEY)


def fits(reference: str, decision: int) -> bool:
    """Whether a reference (already ``tidied``) is that of a decision, under today's or an earlier secret key."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    matches = [hmac.compare_digest(reference, _reference(decision, key)) for key in keys]
    return any(matches)


def tidied(written: str) -> str | None:
    """A reference as somebody typed it, in its proper form; ``None`` where it cannot be one."""
    plain = written.strip().upper().translate(_LIKE)
    if len(plain) != LETTERS + 1 or any(letter not in ALPHABET for letter in plain):
        return None
    return _grouped(plain) if _check_letter(plain[:LETTERS]) == plain[LETTERS] else None


def subject_of(kind: str, value: str) -> str:
    """A keyed hash by which tries are counted without storing whom they are about."""
    return salted_hmac(f"doorstep.benefits.tries.{kind}", value, algorithm="sha256").hexdigest()


def _reference(decision: int, key: str | bytes) -> str:
    digest = salted_hmac(_SALT, str(decision), secret=key, algorithm="sha256").digest()
    number = int.from_bytes(digest[:8], "big") >> 9
    letters = "".join(ALPHABET[(number >> 5 * place) & 31] for place in reversed(range(LETTERS)))
    return _grouped(letters + _check_letter(letters))


def _check_letter(letters: str) -> str:
    # Odd weights are invertible modulo 32, so one wrong letter never passes; of two swapped ones, one in 31 does.
    return ALPHABET[sum((2 * place + 1) * ALPHABET.index(letter) for place, letter in enumerate(letters)) % 32]


def _grouped(plain: str) -> str:
    return f"{plain[:4]}-{plain[4:8]}-{plain[8:]}"
