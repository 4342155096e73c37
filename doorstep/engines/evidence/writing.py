"""The texts that the log's keeper and the witnesses write; ``verifier.py`` reads them."""

from __future__ import annotations

import base64
import binascii
import os
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from doorstep.engines.evidence.types import BadKey
from doorstep.engines.evidence.verifier import BASE45, PROOF, QR, Head, Key, Refused, cosigned_message, read_key

SECRET = "PRIVATE+KEY+"  # noqa: S105


@dataclass(frozen=True)
class Signer:
    """A secret key and its public half."""

    key: Key
    secret: bytes

    def __repr__(self) -> str:
        return f"Signer({self.key})"

    @property
    def as_text(self) -> str:
        """The line of a key file: as public keys are written, after ``PRIVATE+KEY+``."""
        material = base64.b64encode(bytes([self.key.kind]) + self.secret).decode()
        return f"{SECRET}{self.key.name}+{self.key.id.hex()}+{material}"

    def sign(self, body: str) -> str:
        """The signature line of a log under a checkpoint."""
        return _line(self.key, self._sign(body.encode()))

    def cosign(self, body: str, *, at: int) -> str:
        """The signature line of a witness. ``at``: seconds since 1970."""
        return _line(self.key, at.to_bytes(8, "big") + self._sign(cosigned_message(body, at)))

    def _sign(self, message: bytes) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(self.secret).sign(message)


def make_signer(*, name: str, kind: int, secret: bytes) -> Signer:
    """A key for a name. ``secret``: 32 random bytes."""
    if not name or "+" in name or any(letter.isspace() or letter < " " for letter in name):
        raise BadKey(f"{name!r} cannot be a key's name.", mend="Use a name such as services.gov.example/log.")
    public = Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()
    return Signer(Key(name, kind, public), secret)


@dataclass(frozen=True)
class KeyFile:
    """A file of keys. The secret ones sign, the first of them the newest; the public ones have signed in the past."""

    signers: tuple[Signer, ...]
    retired: tuple[Key, ...] = ()

    @property
    def keys(self) -> tuple[Key, ...]:
        """Every public key, the newest first."""
        return (*(signer.key for signer in self.signers), *self.retired)

    def save(self, path: Path) -> None:
        """Write the file for its owner's eyes alone, whole or not at all."""
        lines = [*(signer.as_text for signer in self.signers), *map(str, self.retired)]
        write_safely(path, "\n".join(lines) + "\n")


def read_key_file(path: Path, kind: int) -> KeyFile:
    """The keys of a file that ``KeyFile.save`` wrote."""
    signers, retired = [], []
    for line in filter(None, map(str.strip, path.read_text().splitlines())):
        try:
            if line.startswith(SECRET):
                signers.append(_read_signer(line, kind))
            else:
                retired.append(read_key(line, kind))
        except (Refused, ValueError) as error:
            raise BadKey(f"{path} holds a line that is no key.", mend="Put the file back from its copy.") from error
    if not signers:
        raise BadKey(f"{path} holds no secret key.", mend="Put the file back from its copy.")
    return KeyFile(tuple(signers), tuple(retired))


def _read_signer(line: str, kind: int) -> Signer:
    name, number, material = line.removeprefix(SECRET).split("+", 2)
    raw = base64.b64decode(material, validate=True)
    signer = make_signer(name=name, kind=raw[0], secret=raw[1:])
    if signer.key.id.hex() != number or signer.key.kind != kind:
        raise ValueError("the key does not fit its number")
    return signer


def write_safely(path: Path, text: str) -> None:
    """Replace a file: after a power cut either the old or the new one is there, whole, for its owner's eyes alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def head_text(head: Head) -> str:
    """The body of a checkpoint."""
    return f"{head.origin}\n{head.size}\n{base64.b64encode(head.root).decode()}\n"


def policy_text(*, logs: Sequence[Key], witnesses: Sequence[Key], needed: int) -> str:
    """A policy file (C2SP tlog-policy) for whoever checks receipts."""
    names = [key.name for key in witnesses]
    lines = [*(f"log {key}" for key in logs), *(f"witness {key.name} {key}" for key in witnesses)]
    if needed:
        lines.append(f"group enough {needed} {' '.join(names)}")
    return "\n".join([*lines, f"quorum {'enough' if needed else 'none'}", ""])


def proof_text(*, index: int, path: Sequence[bytes], salt: bytes, text: str, note: str) -> str:
    """The receipt's file (C2SP tlog-proof)."""
    extra = base64.b64encode(b"\x01" + salt + text.encode()).decode()
    hashes = [base64.b64encode(sibling).decode() for sibling in path]
    return "\n".join([PROOF, f"extra {extra}", f"index {index}", *hashes, "", note])


def qr_text(receipt: str) -> str:
    """A receipt as a shorter text for a QR code: ``verifier.unpack`` gives the file again, to the letter."""
    raw = b"".join(_packed(line) for line in receipt.split("\n"))
    return QR + _base45(zlib.compress(raw, 9))


def _line(key: Key, signature: bytes) -> str:
    return f"— {key.name} {base64.b64encode(key.id + signature).decode()}\n"


def _packed(line: str) -> bytes:
    """A line as its words and, if it ends in base64, those bytes."""
    head, gap, tail = line.rpartition(" ")
    raw = b""
    if len(tail) > 8:
        try:
            raw = base64.b64decode(tail, validate=True)
        except (binascii.Error, ValueError):
            raw = b""
        raw = raw if base64.b64encode(raw).decode() == tail else b""
    words = (head + gap if raw else line).encode()
    return bytes([len(words)]) + words + len(raw).to_bytes(2, "big") + raw


def _base45(raw: bytes) -> str:
    """RFC 9285."""
    letters = []
    for at in range(0, len(raw), 2):
        part = raw[at : at + 2]
        number = int.from_bytes(part, "big")
        for _ in range(len(part) + 1):
            number, letter = divmod(number, 45)
            letters.append(BASE45[letter])
    return "".join(letters)
