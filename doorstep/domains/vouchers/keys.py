"""The scheme's keys, all drawn from one secret: pseudonyms, PINs, and the signature on cards."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from doorstep.domains.vouchers import tokens

MAX_NUMBER = 60


def pseudonym_of(person: str) -> str:
    """The one name of a person for all agencies: HMAC-SHA-256 of their number in a register, 64 letters.

    The number is tidied (no spaces, dots or hyphens; capitals) and not kept.
    """
    tidy = "".join(letter for letter in person.upper() if letter.isalnum())
    return _keyed("person", tidy)


def short(pseudonym: str) -> str:
    """What people see of a pseudonym: ``4F2A-91C0``."""
    return f"{pseudonym[:4]}-{pseudonym[4:8]}".upper()


def peppered(pin: str, card: str) -> str:
    """A PIN as it is hashed: without the scheme's secret a stolen table tells no PIN."""
    return _keyed("pin", f"{card} {pin}")


def signing_key() -> Ed25519PrivateKey:
    """The key that signs cards and permits."""
    return _signing(settings.VOUCHER_KEY)


def public_keys() -> Mapping[bytes, bytes]:
    """Every key whose cards are good, by its id: what a device needs to read cards on its own."""
    public = tokens.public_bytes(signing_key())
    return {tokens.key_id(public): public}


@lru_cache(maxsize=2)
def _signing(secret: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(hmac.digest(secret.encode(), b"doorstep.vouchers.sign", hashlib.sha256))


def _keyed(use: str, text: str) -> str:
    key = hmac.digest(settings.VOUCHER_KEY.encode(), f"doorstep.vouchers.{use}".encode(), hashlib.sha256)
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
