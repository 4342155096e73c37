"""Sealed boxes: whoever has the public key can put something in, only the server can take it out.

A tablet that collects people's data without a connection holds the public key alone: whoever steals it reads nothing.
X25519 with a new key for each box, HKDF-SHA-256, AES-256-GCM. ``version (1) | ephemeral public key (32) | ciphertext``.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from doorstep.engines.vault.types import CannotOpen

VERSION = b"\x01"
KEY, TAG = 32, 16
_ONCE = bytes(12)
"""The nonce: each box has a key of its own, so that it is never used twice under one."""


def box_key(secret: str) -> X25519PrivateKey:
    """The server's private key, made of a data key: nothing more has to be kept safe."""
    raw = HKDF(algorithm=SHA256(), length=KEY, salt=None, info=b"doorstep box v1").derive(secret.encode())
    return X25519PrivateKey.from_private_bytes(raw)


def put_in(value: bytes, public: bytes) -> bytes:
    """A box that only the owner of the private key opens. ``public`` is 32 raw bytes."""
    own = X25519PrivateKey.generate()
    ours = own.public_key().public_bytes_raw()
    key = _agreed(own.exchange(X25519PublicKey.from_public_bytes(public)), ours + public)
    return VERSION + ours + AESGCM(key).encrypt(_ONCE, value, VERSION)


def take_out(box: bytes, secrets: list[str]) -> bytes:
    """What is in a box, under whichever data key it was made for. Raises ``CannotOpen``."""
    if box[:1] == VERSION and len(box) >= 1 + KEY + TAG:
        theirs = box[1 : 1 + KEY]
        for secret in secrets:
            try:
                private = box_key(secret)
                public = private.public_key().public_bytes_raw()
                key = _agreed(private.exchange(X25519PublicKey.from_public_bytes(theirs)), theirs + public)
                return AESGCM(key).decrypt(_ONCE, box[1 + KEY :], VERSION)
            except (InvalidTag, ValueError):
                continue
    raise CannotOpen(
        "A packet cannot be opened.",
        why="It was sealed for another server, or was damaged on its way.",
        mend="Send it again; if it stays so, enrol the device anew and keep the packet for the support.",
    )


def _agreed(shared: bytes, both: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"doorstep box v1 " + both).derive(shared)
