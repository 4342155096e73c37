"""The number of a person: ten digits without meaning and two that catch every mistyped or swapped pair (ISO 7064)."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Callable

DIGITS = 10
MODULUS = 97


def new_number(draw: Callable[[int], int] = secrets.randbelow) -> str:
    """A number that says nothing about anybody. ``draw(n)`` gives a number below n."""
    return checked(f"{1 + draw(9)}{draw(10 ** (DIGITS - 1)):0{DIGITS - 1}}")


def checked(digits: str) -> str:
    """``digits`` with their two check digits (ISO 7064, MOD 97-10)."""
    return f"{digits}{98 - int(digits) * 100 % MODULUS:02}"


def tidied(written: str) -> str:
    """Twelve digits as stored, in whatever digits and groups they were written; nothing where they are wrong."""
    digits = "".join(str(unicodedata.digit(sign)) for sign in written if unicodedata.digit(sign, -1) >= 0)
    others = {sign for sign in written if unicodedata.digit(sign, -1) < 0} - set(" -.\u00a0\u200e\u200f\u202f")
    right = len(digits) == DIGITS + 2 and not others and int(digits) % MODULUS == 1
    return digits if right else ""


def shown(number: str) -> str:
    """In groups of four, as on a card."""
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))
