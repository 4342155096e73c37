"""Secret keys, and what is signed with them: checkpoints by the log, cosignatures by a witness.

A secret key is one line, as Go's note package writes it: ``PRIVATE+KEY+name+id+base64(algorithm || seed)``. A file of
keys has one line for each key that signs now, so that a rotation is a second line and later one line less.
"""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from doorstep.engines.evidence.verifier import (
    LOG_KEY,
    WITNESS_KEY,
    Key,
    Wrong,
    cosigned_message,
    key_id,
)
from doorstep.kit.errors import DoorstepError, unavailable

_HEAD = "PRIVATE+KEY+"


@dataclass(frozen=True)
class Signer:
    """A secret key and the public one that belongs to it."""

    key: Key
    seed: bytes

    def sign(self, message: bytes) -> bytes:
        """64 bytes."""
        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(message)

    @property
    def line(self) -> str:
        """The secret key as one line."""
        secret = base64.b64encode(bytes([self.key.kind]) + self.seed).decode()
        return f"{_HEAD}{self.key.name}+{self.key.id.hex()}+{secret}"


def make_signer(name: str, kind: int, seed: bytes) -> Signer:
    """The signer of a seed of 32 bytes."""
    if not name or any(sign.isspace() or sign == "+" for sign in name):
        raise DoorstepError("A key's name has no spaces and no plus.", mend="Write it like nadira.example/log.")
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    return Signer(Key(name, kind, key_id(name, kind, public), public), seed)


def new_signer(name: str, kind: int) -> Signer:
    """A key that nobody else has."""
    return make_signer(name, kind, secrets.token_bytes(32))


def read_signers(file: Path, kind: int) -> tuple[Signer, ...]:
    """Every key of a file. Raises ``DoorstepError`` for a file that holds none, or another kind of key."""
    try:
        lines = [line for line in file.read_text().splitlines() if line.strip() and not line.startswith("#")]
    except OSError as error:
        raise unavailable(error, doing=f"The signing key cannot be read from {file.name}.") from error
    signers = tuple(_signer(line) for line in lines)
    if not signers or any(signer.key.kind != kind for signer in signers):
        raise DoorstepError(f"{file.name} holds no key for this use.", mend="Make one with --make-key.")
    return signers


def _signer(line: str) -> Signer:
    try:
        name, id_, secret = line.removeprefix(_HEAD).split("+", 2)
        raw = base64.b64decode(secret, validate=True)
        signer = make_signer(name, raw[0], raw[1:])
        if not line.startswith(_HEAD) or signer.key.id.hex() != id_ or raw[0] not in (LOG_KEY, WITNESS_KEY):
            raise ValueError("another key")
    except (ValueError, IndexError) as error:
        raise DoorstepError("A line of the key file is no key.", mend="Put the file back from its backup.") from error
    return signer


def write_signers(file: Path, signers: Sequence[Signer]) -> None:
    """Put the keys into a file that its owner alone may read, whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as out:
        out.write("".join(f"{signer.line}\n" for signer in signers))
        out.flush()
        os.fsync(out.fileno())
    os.replace(beside, file)


def checkpoint_text(origin: str, size: int, root: bytes) -> str:
    """What a log says about its tree (c2sp.org/tlog-checkpoint)."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"


def signed(text: str, signers: Sequence[Signer]) -> str:
    """The text as a note, signed with every key."""
    return f"{text}\n" + "".join(signature_line(signer.key, signer.sign(text.encode())) for signer in signers)


def cosignature(text: str, signer: Signer, timestamp: int) -> str:
    """A witness's line under a checkpoint (c2sp.org/tlog-cosignature)."""
    raw = timestamp.to_bytes(8, "big") + signer.sign(cosigned_message(text, timestamp))
    return signature_line(signer.key, raw)


def signature_line(key: Key, signature: bytes) -> str:
    """One line under a note."""
    return f"\u2014 {key.name} {base64.b64encode(key.id + signature).decode()}\n"


def public_key(text: str, kind: int) -> Key:
    """A public key from its line, of the kind that is wanted. Raises ``DoorstepError``."""
    from doorstep.engines.evidence.verifier import read_vkey

    try:
        key = read_vkey(text)
    except Wrong as error:
        raise DoorstepError("This is no public key.", why=str(error), mend="Copy the whole line.") from error
    if key.kind != kind:
        wanted = "log" if kind == LOG_KEY else "witness"
        raise DoorstepError(f"This is not the key of a {wanted}.", mend="Look which line belongs where.")
    return key
