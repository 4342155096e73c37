"""Codes that are used once: ten on a sheet of paper, or one that is good for minutes on a phone. The caller stores.

Only keyed hashes are stored, bound to whose code it is and what for. A code has eight digits; with five tries a guess
succeeds once in two million sheets. Digits may be typed in any script, with spaces and hyphens anywhere.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

DIGITS, PHONE_DIGITS = 8, 6
SHEET = 10
TRIES = 5
MINUTES = 10


class Outcome(Enum):
    """What became of a try."""

    RIGHT = "right"
    WRONG = "wrong"
    USED = "used"
    EXPIRED = "expired"
    LOCKED = "locked"


@dataclass(frozen=True)
class Codes:
    """What is stored of a sheet or a phone's code: hashes of what is open and of what was used, wrong tries."""

    open: tuple[bytes, ...]
    used: tuple[bytes, ...] = ()
    wrong: int = 0
    until: datetime | None = None


def new_sheet(
    *, key: bytes, about: str, count: int = SHEET, draw: Callable[[int], int] = secrets.randbelow
) -> tuple[tuple[str, ...], Codes]:
    """Codes to print, in two groups of four, and what to store. ``about`` is whose they are and what for."""
    found: dict[str, None] = {}
    while len(found) < count:
        found[_code(DIGITS, draw)] = None
    return tuple(f"{code[:4]} {code[4:]}" for code in found), Codes(tuple(_hash(key, about, code) for code in found))


def new_phone_code(
    *, key: bytes, about: str, at: datetime, minutes: int = MINUTES, draw: Callable[[int], int] = secrets.randbelow
) -> tuple[str, Codes]:
    """A code to send, good for some minutes, and what to store."""
    code = _code(PHONE_DIGITS, draw)
    return code, Codes((_hash(key, about, code),), until=at + timedelta(minutes=minutes))


def try_code(*, codes: Codes, key: bytes, about: str, given: str, at: datetime) -> tuple[Outcome, Codes]:
    """What became of a try, and what to store now. A right code is used up and sets the count of wrong ones back.

    After five wrong ones in a row nothing is taken any more: another way must open it.
    """
    if codes.wrong >= TRIES:
        return Outcome.LOCKED, codes
    if codes.until is not None and at >= codes.until:
        return Outcome.EXPIRED, codes
    mark = _hash(key, about, plain_digits(given))
    right = [one for one in codes.open if hmac.compare_digest(one, mark)]
    again = [one for one in codes.used if hmac.compare_digest(one, mark)]
    if right:
        left = tuple(one for one in codes.open if one not in right)
        return Outcome.RIGHT, replace(codes, open=left, used=(*codes.used, *right), wrong=0)
    after = replace(codes, wrong=codes.wrong + 1)
    if again:
        return Outcome.USED, after
    return Outcome.WRONG, after


def plain_digits(given: str) -> str:
    """What was typed, as plain digits: digits of any script, without what stands between them."""
    found = []
    for sign in given[:64]:
        digit = unicodedata.decimal(sign, None)
        if digit is not None:
            found.append(str(digit))
        elif not (sign.isspace() or sign in "-.\u2010\u2011\u2013" or unicodedata.category(sign) == "Cf"):
            found.append(sign)
    return "".join(found)


def _code(digits: int, draw: Callable[[int], int]) -> str:
    return f"{draw(10**digits):0{digits}}"


def _hash(key: bytes, about: str, code: str) -> bytes:
    whose = about.encode(errors="replace")
    message = b"doorstep code v1" + len(whose).to_bytes(4, "big") + whose + code.encode(errors="replace")
    return hmac.new(key, message, hashlib.sha256).digest()
