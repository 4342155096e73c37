"""Seals values with AES-256-GCM and hashes them with HMAC-SHA-256, under keys that can be changed.

A sealed value is ``version (1 byte) | key id (4) | nonce (12) | ciphertext and tag``. The key id is made of the key, so
that whoever holds several knows which one opens. The label is authenticated, not stored: ``people.person.names <id>``.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from doorstep.engines.vault.types import BadKey, CannotOpen

VERSION = b"\x01"
KEY_ID, NONCE, TAG = 4, 12, 16
SHORTEST = 32
"""Characters of a secret: 32 of base64 hold 192 bits."""


@dataclass(frozen=True, repr=False)
class Key:
    """What is made of one secret: a name, a key that seals and a key that hashes."""

    id: bytes
    cipher: AESGCM
    mac: bytes

    @classmethod
    def of(cls, secret: str) -> Key:
        """Raises ``BadKey`` for a secret that could be guessed."""
        if len(secret) < SHORTEST:
            raise BadKey(
                "The data key is too short.",
                why=f"It has {len(secret)} characters; {SHORTEST} are needed.",
                mend="Make one: python -c 'import secrets; print(secrets.token_urlsafe(48))'",
            )
        seal, mac, name = (_derived(secret, use) for use in (b"seal", b"look up", b"name"))
        return cls(name[:KEY_ID], AESGCM(seal), mac)


class Vault:
    """Seals under the first key; opens and looks up under every one.

    ``secrets`` are the keys' secrets, the one in use first. ``chance`` gives random bytes; tests may pass their own.
    """

    def __init__(self, secrets: Sequence[str], *, chance: Callable[[int], bytes] = os.urandom) -> None:
        if not secrets:
            raise BadKey("There is no data key.", mend="Set DOORSTEP_DATA_KEY.")
        self._keys = tuple(Key.of(secret) for secret in secrets)
        self._by_id = {key.id: key for key in self._keys}
        self._chance = chance

    def seal(self, value: bytes, label: str) -> bytes:
        """``value`` so that only a vault with this key can read it, and only under this ``label``."""
        key, nonce = self._keys[0], self._chance(NONCE)
        return VERSION + key.id + nonce + key.cipher.encrypt(nonce, value, label.encode())

    def open(self, sealed: bytes, label: str) -> bytes:
        """What was sealed. Raises ``CannotOpen``, which names the label's place but never the value."""
        head = 1 + KEY_ID
        key = self._by_id.get(sealed[1:head])
        if sealed[:1] != VERSION or len(sealed) < head + NONCE + TAG or key is None:
            raise CannotOpen(
                f"A sealed value of {_place(label)} cannot be opened.",
                why="It was sealed under a key that is not here, or it is damaged.",
                mend="Add the earlier key to DOORSTEP_OLD_DATA_KEYS, or restore the row from a backup.",
            )
        try:
            return key.cipher.decrypt(sealed[head : head + NONCE], sealed[head + NONCE :], label.encode())
        except InvalidTag as error:
            raise CannotOpen(
                f"A sealed value of {_place(label)} does not fit its place.",
                why="It was altered, or moved here from another row.",
                mend="Restore the row from a backup, and find out who can write to the database.",
            ) from error

    def is_current(self, sealed: bytes) -> bool:
        """Whether the value was sealed under the key that is in use."""
        return sealed[1 : 1 + KEY_ID] == self._keys[0].id

    def hash(self, value: str, use: str, *, size: int = 16) -> bytes:
        """A keyed hash of ``value`` to look it up by. Another ``use`` gives another hash of the same value."""
        return _hashed(self._keys[0], value, use, size)

    def hashes(self, value: str, use: str, *, size: int = 16) -> list[bytes]:
        """The hash under every key, the one in use first: what a row may have been stored under."""
        return [_hashed(key, value, use, size) for key in self._keys]

    def tokens(self, values: Sequence[str], use: str) -> list[int]:
        """Keyed hashes as signed 64-bit numbers, for an indexed array; sorted, each once."""
        return sorted({_number(_hashed(self._keys[0], value, use, 8)) for value in values})

    def all_tokens(self, values: Sequence[str], use: str) -> list[int]:
        """As ``tokens``, under every key: what to look for."""
        return sorted({_number(_hashed(key, value, use, 8)) for key in self._keys for value in values})


def _derived(secret: str, use: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"doorstep vault v1 " + use).derive(secret.encode())


def _hashed(key: Key, value: str, use: str, size: int) -> bytes:
    return hmac.new(key.mac, f"{use}\0{value}".encode(), hashlib.sha256).digest()[:size]


def _number(raw: bytes) -> int:
    return int.from_bytes(raw, "big", signed=True)


def _place(label: str) -> str:
    """The table and column of a label; the row stays out of messages."""
    return label.partition(" ")[0]
