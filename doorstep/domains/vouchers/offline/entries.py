"""A device's list: each entry is signed, numbered, and holds the hash of the one before it.

An entry is one line of JSON with sorted keys, and a signature of it by the device's own key. Whoever leaves an entry
out, changes one or puts two in one place is found out; whoever sends the same again, in pieces or in any order,
changes nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from doorstep.domains.vouchers.types import BadInput

FIRST = "0" * 64
MAX_LETTERS = 2_000
MAX_AMOUNT = 10**12


@dataclass(frozen=True)
class Given:
    """What a device gave somebody: ``card`` is the whole token that was shown, ``at`` by the device's clock."""

    device: str
    sequence: int
    previous: str
    permit: int
    card: str
    kind: str
    amount: int
    at: datetime


@dataclass(frozen=True)
class Entry:
    """One signed line. ``text`` is the body as it was signed, to the letter."""

    text: str
    signature: str

    @property
    def hash(self) -> str:
        """What the next entry names as the one before it."""
        return hashlib.sha256(f"{self.text}\n{self.signature}".encode()).hexdigest()

    def as_json(self) -> dict[str, str]:
        """As it travels."""
        return {"text": self.text, "signature": self.signature}


def write_entry(given: Given, *, key: Ed25519PrivateKey) -> Entry:
    """Sign what was given."""
    body = {
        "amount": given.amount,
        "at": given.at.astimezone(UTC).isoformat(timespec="seconds"),
        "card": given.card,
        "device": given.device,
        "kind": given.kind,
        "permit": given.permit,
        "previous": given.previous,
        "sequence": given.sequence,
    }
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return Entry(text, key.sign(text.encode()).hex())


def read_entry(entry: Entry, *, device: str, public_key: bytes) -> Given:
    """What an entry says. Raises ``BadInput`` with the code ``entry_forged`` or ``entry_form``."""
    if len(entry.text) > MAX_LETTERS:
        raise BadInput("An entry is too long.", code="entry_form", mend="Send the entry as it was written.")
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(bytes.fromhex(entry.signature), entry.text.encode())
    except (InvalidSignature, ValueError) as error:
        raise BadInput(
            "An entry was not signed by this device.", code="entry_forged", mend="Nothing of it was taken."
        ) from error  # fmt: skip
    given = parse(entry.text)
    if given.device != device:
        raise BadInput("An entry is of another device.", code="entry_forged", mend="Nothing of it was taken.")
    return given


def parse(text: str) -> Given:
    """What an entry says whose signature was checked before. Raises ``BadInput`` (``entry_form``)."""
    try:
        body: dict[str, Any] = json.loads(text)
        at = datetime.fromisoformat(body["at"])
        given = Given(
            device=body["device"],
            sequence=body["sequence"],
            previous=body["previous"],
            permit=body["permit"],
            card=body["card"],
            kind=body["kind"],
            amount=body["amount"],
            at=at,
        )
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput("An entry cannot be read.", code="entry_form", mend="Update the device's program.") from error
    numbers = (given.sequence, given.permit, given.amount)
    texts = (given.device, given.previous, given.card, given.kind)
    is_formed = (
        all(type(one) is int for one in numbers)
        and all(isinstance(one, str) for one in texts)
        and given.sequence > 0
        and 0 < given.amount <= MAX_AMOUNT
        and 0 < given.permit < 2**62
        and given.at.tzinfo is not None
    )
    if not is_formed:
        raise BadInput("An entry cannot be read.", code="entry_form", mend="Update the device's program.")
    return given


def sign_hello(code: str, at: datetime, sent: Sequence[Entry], *, key: Ed25519PrivateKey) -> str:
    """The signature of a whole request: only the device itself is told what it may give."""
    return key.sign(_hello(code, at, sent)).hex()


def check_hello(code: str, at: datetime, sent: Sequence[Entry], signature: str, *, public_key: bytes) -> None:
    """Raise ``BadInput`` (``entry_forged``) where the device has not signed this request."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(bytes.fromhex(signature), _hello(code, at, sent))
    except (InvalidSignature, ValueError) as error:
        raise BadInput(
            "The request was not signed by this device.", code="entry_forged", mend="Nothing of it was taken."
        ) from error


def _hello(code: str, at: datetime, sent: Sequence[Entry]) -> bytes:
    return "\n".join([code, at.isoformat(), *(entry.hash for entry in sent)]).encode()
