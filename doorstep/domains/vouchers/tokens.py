"""Card tokens: what a card's QR code holds. Signed, so that a forged one is refused without a connection. Pure.

A token is ``DV1:`` and the base 32 of 22 bytes and a signature (Ed25519): the key's id (4), what it is (1: a holder's
card, 2: a proxy's), the card's number (8), days since 1970 from which (4) and until which (4) it holds, one byte that
is nought. 142 letters, all of the QR code's alphanumeric set. Nothing in it says who the holder is.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from doorstep.domains.vouchers.types import Refused

PREFIX = "DV1:"
HOLDER, PROXY = 1, 2
MAX_LETTERS = 200
_BODY = struct.Struct(">4sBQIIB")
_EPOCH = date(1970, 1, 1)
DIGITS = 12
"""A card's number: eleven digits at random and one that catches a slip of the finger."""


@dataclass(frozen=True)
class Token:
    """What a genuine token says."""

    number: str
    is_proxy: bool
    from_date: date
    until: date


def key_id(public: bytes) -> bytes:
    """The short name by which a token says which key signed it."""
    return hashlib.sha256(public).digest()[:4]


def public_bytes(private: Ed25519PrivateKey) -> bytes:
    """The 32 bytes of a key's public part."""
    return private.public_key().public_bytes_raw()


def write_token(token: Token, *, key: Ed25519PrivateKey) -> str:
    """The text of the card's QR code."""
    body = _BODY.pack(
        key_id(public_bytes(key)),
        PROXY if token.is_proxy else HOLDER,
        int(token.number),
        (token.from_date - _EPOCH).days,
        (token.until - _EPOCH).days,
        0,
    )
    return PREFIX + base64.b32encode(body + key.sign(body)).decode().rstrip("=")


def read_token(
    text: str, *, keys: Mapping[bytes, bytes], today: date, revoked: Collection[str] = frozenset(), slack_days: int = 1
) -> Token:
    """What a token says, after its signature, its days and the list of revoked cards were checked.

    ``keys``: public keys by ``key_id``. ``slack_days`` forgives a device whose clock is wrong by a day.
    Raises ``Refused`` with the code ``forged``, ``card_early``, ``card_over`` or ``card_revoked``.
    """
    token = _genuine(text, keys)
    if today < token.from_date - timedelta(days=slack_days):
        raise Refused("This card is not valid yet.", code="card_early", mend="Look at the date on the device.")
    if today > token.until + timedelta(days=slack_days):
        raise Refused("This card is over.", code="card_over", mend="The agency's desk gives a new one.")
    if token.number in revoked:
        raise Refused("This card was withdrawn.", code="card_revoked", mend="Send the person to the agency's desk.")
    return token


def _genuine(text: str, keys: Mapping[bytes, bytes]) -> Token:
    forged = Refused("This is no card of this scheme.", code="forged", mend="Do not give anything for it.")
    plain = text.strip().upper()
    if not plain.startswith(PREFIX) or len(plain) > MAX_LETTERS:
        raise forged
    letters = plain.removeprefix(PREFIX)
    try:
        raw = base64.b32decode(letters + "=" * (-len(letters) % 8))
        body, signature = raw[: _BODY.size], raw[_BODY.size :]
        key, what, number, first, last, zero = _BODY.unpack(body)
        Ed25519PublicKey.from_public_bytes(keys[key]).verify(signature, body)
    except (binascii.Error, struct.error, KeyError, InvalidSignature, ValueError) as error:
        raise forged from error
    if what not in (HOLDER, PROXY) or zero or number >= 10**DIGITS:
        raise forged
    written = f"{number:0{DIGITS}d}"
    return Token(written, what == PROXY, _EPOCH + timedelta(days=first), _EPOCH + timedelta(days=last))


def with_check_digit(digits: str) -> str:
    """Digits and the one that makes them a card's number (Damm's would do as well; this is Luhn's)."""
    return digits + str(-_luhn(digits + "0") % 10)


def tidied(written: str) -> str | None:
    """A card's number as somebody typed it, in its proper form; ``None`` where it cannot be one."""
    plain = "".join(str(int(letter)) for letter in written if letter.isdecimal())
    rest = "".join(letter for letter in written if not letter.isdecimal())
    if rest.strip(" -.\u200f\u200e\t") or len(plain) != DIGITS or _luhn(plain) % 10:
        return None
    return plain


def grouped(number: str) -> str:
    """A number as it is printed: ``1234 5678 9012``."""
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))


def _luhn(digits: str) -> int:
    total = 0
    for place, letter in enumerate(reversed(digits)):
        value = int(letter) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total
