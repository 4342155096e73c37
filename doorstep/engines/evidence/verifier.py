#!/usr/bin/env python3
"""Checks receipts of a transparency log offline. Needs Python 3.9 or newer and ``cryptography``, and nothing else.

    python verifier.py RECEIPT --log VKEY [--witness VKEY ...] [--need K]
    python verifier.py RECEIPT --policy FILE

A receipt is a tlog-proof (c2sp.org/tlog-proof) whose extra line holds what was recorded and the salt that hides it.
It says the truth when five things hold, and each is checked here: what was recorded gives the leaf; the leaf and the
path give the root of the tree; the log signed that root; enough witnesses cosigned it; and nothing else stands in it.

The keys come from somewhere you trust (a newspaper, another agency's site), never from the receipt itself.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import sys
import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

PROOF_HEAD = "c2sp.org/tlog-proof@v1"
LEAF_HEAD = b"doorstep leaf v1\n"
QR_HEAD = "DOORSTEP1:"
LOG_KEY, WITNESS_KEY = 0x01, 0x04
MAX_RECEIPT = 64 * 1024
SALT_BYTES = 16
MOST_APART = 600
"""Seconds by which two honest clocks may differ."""
EMPTY_ROOT = hashlib.sha256().digest()
"""The root of a tree without leaves (RFC 6962, section 2.1)."""
_BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


class Wrong(ValueError):
    """The receipt proves nothing. The text says why; ``code`` says it in a word, for programs."""

    def __init__(self, why: str, code: str = "unreadable") -> None:
        self.code = code
        super().__init__(why)


# ---------------------------------------------------------------------- hashes (RFC 6962, section 2.1)


def leaf_hash(entry: bytes) -> bytes:
    """The hash of a leaf."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root that an inclusion path leads to. Raises ``Wrong`` where the path does not fit the tree's size."""
    if not 0 <= index < size:
        raise Wrong("The place of the leaf lies outside the tree.")
    if any(len(step) != 32 for step in (leaf, *path)):
        raise Wrong("A hash has the wrong length.")
    node, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise Wrong("The path is too long.")
        if node & 1 or node == last:
            found = node_hash(sibling, found)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        node, last = node >> 1, last >> 1
    if last != 0:
        raise Wrong("The path is too short.")
    return found


def check_consistency(size1: int, size2: int, root1: bytes, root2: bytes, path: Sequence[bytes]) -> None:
    """Raise ``Wrong`` unless the tree of ``size2`` begins with the tree of ``size1`` (RFC 9162, section 2.1.4.2)."""
    if not 0 <= size1 <= size2:
        raise Wrong("The tree has become smaller.")
    if any(size == 0 and root != EMPTY_ROOT for size, root in ((size1, root1), (size2, root2))):
        raise Wrong("A tree without leaves has another root.")
    if size1 == size2 and root1 != root2:
        raise Wrong("Two trees of the same size differ.")
    if size1 in (0, size2):
        if path or (len(root2) != 32 and size1 != size2):
            raise Wrong("The path is too long, or a hash has the wrong length.")
        return
    if any(len(step) != 32 for step in (root1, root2, *path)):
        raise Wrong("A hash has the wrong length.")
    rest = [root1, *path] if size1 & (size1 - 1) == 0 else list(path)
    if not rest or _two_roots(size1, size2, rest) != (root1, root2):
        raise Wrong("The later tree does not begin with the earlier one.")


def _two_roots(size1: int, size2: int, path: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The roots of the earlier and of the later tree that a consistency path leads to."""
    node, last = size1 - 1, size2 - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise Wrong("The path is too long.")
        if node & 1 or node == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        node, last = node >> 1, last >> 1
    if last != 0:
        raise Wrong("The path is too short.")
    return old, new


# ---------------------------------------------------------------------- keys and signed notes (c2sp.org/signed-note)


@dataclass(frozen=True)
class Key:
    """A public key: whose it is, for what (log or witness), its id of four bytes, and its 32 bytes."""

    name: str
    kind: int
    id: bytes
    public: bytes

    @property
    def vkey(self) -> str:
        """The key as one line of text: name, id and key with its algorithm."""
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(bytes([self.kind]) + self.public).decode()}"


def key_id(name: str, kind: int, public: bytes) -> bytes:
    """Four bytes that tell keys of one name apart."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


def read_vkey(text: str) -> Key:
    """A key from its line. Raises ``Wrong``."""
    parts = text.strip().split("+", 2)
    if len(parts) != 3:
        raise Wrong("A key is written name+id+key.")
    name, hexed, encoded = parts
    raw = _decoded(encoded)
    if not name or any(sign.isspace() for sign in name) or len(raw) != 33 or raw[0] not in (LOG_KEY, WITNESS_KEY):
        raise Wrong("This is no Ed25519 key of a log or a witness.")
    found = Key(name, raw[0], key_id(name, raw[0], raw[1:]), raw[1:])
    if found.id.hex() != hexed.lower():
        raise Wrong("The key's id does not fit the key: it was mistyped.")
    return found


@dataclass(frozen=True)
class Note:
    """A text and its signature lines: (name, key id, signature)."""

    text: str
    signatures: tuple[tuple[str, bytes, bytes], ...]


def read_note(text: str) -> Note:
    """A signed note. Raises ``Wrong``."""
    body, cut, lines = text.rpartition("\n\n")
    if not cut or not lines.endswith("\n") or "\r" in text or "\0" in text:
        raise Wrong("This is no signed note.")
    signatures: list[tuple[str, bytes, bytes]] = []
    for line in lines[:-1].split("\n"):
        dash, _, rest = line.partition(" ")
        name, _, encoded = rest.partition(" ")
        raw = _decoded(encoded)
        if dash != "\u2014" or not name or len(raw) < 5 or len(signatures) >= 100:
            raise Wrong("A line of the signed note is no signature.")
        signatures.append((name, raw[:4], raw[4:]))
    return Note(body + "\n", tuple(signatures))


def signed_by(note: Note, key: Key) -> bool:
    """Whether a key signed the note; a witness's key, whether it cosigned it. Raises ``Wrong`` for a forged line."""
    found = [signature for name, id_, signature in note.signatures if (name, id_) == (key.name, key.id)]
    for signature in found:
        message, plain = note.text.encode(), signature
        if key.kind == WITNESS_KEY:
            message, plain = cosigned_message(note.text, int.from_bytes(signature[:8], "big")), signature[8:]
        try:
            Ed25519PublicKey.from_public_bytes(key.public).verify(plain, message)
        except InvalidSignature as error:
            raise Wrong(f"The signature of {key.name} is forged.", "forged") from error
    return bool(found)


def cosigned_message(text: str, timestamp: int) -> bytes:
    """What a witness signs (c2sp.org/tlog-cosignature, Ed25519)."""
    return f"cosignature/v1\ntime {timestamp}\n{text}".encode()


@dataclass(frozen=True)
class Checkpoint:
    """A log's statement about its tree."""

    origin: str
    size: int
    root: bytes


def read_checkpoint(text: str) -> Checkpoint:
    """The statement in a note's text. Raises ``Wrong``."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] or not all(lines[:-1]):
        raise Wrong("This is no checkpoint.")
    return Checkpoint(lines[0], _number(lines[1]), _hash(lines[2]))


# ---------------------------------------------------------------------- receipts


@dataclass(frozen=True)
class Receipt:
    """A tlog-proof and what it speaks of."""

    content: dict[str, str]
    salt: bytes
    index: int
    path: tuple[bytes, ...]
    note: str


@dataclass(frozen=True)
class Verdict:
    """What a receipt proves: this content stood at this place of this tree, and these keys say so."""

    content: dict[str, str]
    origin: str
    index: int
    size: int
    signed_by: tuple[str, ...] = ()
    cosigned_by: tuple[tuple[str, int], ...] = field(default=())
    """Each witness with the second, since 1970, at which it saw the tree."""


def canonical(content: dict[str, str]) -> bytes:
    """The one way to write a content: JSON, names in order, no spaces, letters as they are."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def entry_of(content: bytes, salt: bytes) -> bytes:
    """What stands in the log for a content: nobody can read it, and nobody without the salt can guess at it."""
    return hashlib.sha256(LEAF_HEAD + salt + content).digest()


def read_receipt(text: str) -> Receipt:
    """A receipt from a file or a QR code. Raises ``Wrong``."""
    if len(text) > MAX_RECEIPT:
        raise Wrong("This is too long for a receipt.")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise Wrong("This is no text.") from error
    text = text.lstrip("\ufeff").replace("\r\n", "\n")
    if text.startswith(QR_HEAD):
        text = _unpacked(text.strip())
    head, cut, note = text.partition("\n\n")
    lines = head.split("\n")
    if not cut or len(lines) < 3 or lines[0] != PROOF_HEAD or len(lines) > 66:
        raise Wrong("This is no receipt: it does not begin as one, or a part is missing.")
    if not lines[1].startswith("extra ") or not lines[2].startswith("index "):
        raise Wrong("The receipt does not say what it is about.")
    extra = _decoded(lines[1][6:])
    salt, raw = extra[:SALT_BYTES], extra[SALT_BYTES:]
    try:
        content = json.loads(raw)
        is_plain = isinstance(content, dict) and all(isinstance(value, str) for value in content.values())
        is_canonical = is_plain and canonical(content) == raw
    except (ValueError, RecursionError) as error:
        raise Wrong("What the receipt is about cannot be read.") from error
    if len(salt) != SALT_BYTES or not is_canonical:
        raise Wrong("What the receipt is about is not written as it must be.")
    path = tuple(_hash(line) for line in lines[3:])
    return Receipt(content, salt, _number(lines[2][6:]), path, note)


def write_receipt(receipt: Receipt) -> str:
    """The file."""
    extra = base64.b64encode(receipt.salt + canonical(receipt.content)).decode()
    lines = [PROOF_HEAD, f"extra {extra}", f"index {receipt.index}"]
    lines += [base64.b64encode(step).decode() for step in receipt.path]
    return "\n".join([*lines, "", receipt.note])


def packed(receipt: Receipt) -> str:
    """The receipt as the text of a QR code: capital letters and digits only, which such codes hold best."""
    raw = zlib.compress(write_receipt(receipt).encode(), 9)
    pairs = (raw[start : start + 2] for start in range(0, len(raw), 2))
    return QR_HEAD + "".join(_base45(int.from_bytes(pair, "big"), 3 if len(pair) == 2 else 2) for pair in pairs)


def check(
    receipt: Receipt, logs: Sequence[Key], witnesses: Sequence[Key] = (), need: int = 0, *, now: float | None = None
) -> Verdict:
    """What a receipt proves. ``need``: so many of the ``witnesses`` must have cosigned. Raises ``Wrong``.

    ``now``, in seconds since 1970: a cosignature from later than that is refused.
    """
    note = read_note(receipt.note)
    checkpoint = read_checkpoint(note.text)
    known = [key for key in logs if key.kind == LOG_KEY and key.name == checkpoint.origin]
    if not known:
        raise Wrong(f"The receipt is of another log: {checkpoint.origin}.", "foreign")
    signers = tuple(key.vkey for key in known if signed_by(note, key))
    if not signers:
        raise Wrong("The log has not signed this, or with a key that is not among yours.", "unsigned")
    leaf = leaf_hash(entry_of(canonical(receipt.content), receipt.salt))
    if root_of(leaf, receipt.index, checkpoint.size, receipt.path) != checkpoint.root:
        raise Wrong("What the receipt says is not what stands in the log.", "differs")
    cosigners = {key.public: key for key in witnesses if key.kind == WITNESS_KEY and signed_by(note, key)}
    if len(cosigners) < need:
        raise Wrong(f"{len(cosigners)} of your witnesses saw this, and {need} must have.", "few")
    seen = tuple((key.name, _cosigned_at(note, key)) for key in cosigners.values())
    for name, second in seen:
        if now is not None and second > now + MOST_APART:
            raise Wrong(f"The witness {name} saw this in the future: its clock or yours is wrong.", "future")
    return Verdict(receipt.content, checkpoint.origin, receipt.index, checkpoint.size, signers, seen)


# ---------------------------------------------------------------------- small pieces


def _cosigned_at(note: Note, key: Key) -> int:
    """The second at which a witness saw the tree; its latest, where it says so twice."""
    lines = [signature for name, id_, signature in note.signatures if (name, id_) == (key.name, key.id)]
    return max(int.from_bytes(signature[:8], "big") for signature in lines)


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or (len(text) > 1 and text[0] == "0") or len(text) > 19:
        raise Wrong("A number is not written as it must be.")
    return int(text)


def _hash(text: str) -> bytes:
    raw = _decoded(text)
    if len(raw) != 32:
        raise Wrong("A hash has the wrong length.")
    return raw


def _decoded(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Wrong("A part is not written in base 64.") from error
    if base64.b64encode(raw).decode() != text:
        raise Wrong("A part is not written in base 64 as it must be.")
    return raw


def _base45(number: int, signs: int) -> str:
    return "".join(_BASE45[number // 45**place % 45] for place in range(signs))


def _unpacked(text: str) -> str:
    signs = text[len(QR_HEAD) :]
    raw = bytearray()
    try:
        for start in range(0, len(signs), 3):
            part = signs[start : start + 3]
            number = sum(_BASE45.index(sign) * 45**place for place, sign in enumerate(part))
            raw += number.to_bytes(len(part) - 1, "big")
        opened = zlib.decompressobj()
        plain = opened.decompress(bytes(raw), MAX_RECEIPT)
        if not opened.eof or opened.unused_data:
            raise Wrong("The code holds no whole receipt.")
        return plain.decode()
    except (ValueError, OverflowError, zlib.error) as error:
        raise Wrong("The code cannot be read.") from error


def main(arguments: list[str] | None = None) -> int:
    """Check one receipt and say what it proves. 0: proved; 1: not."""
    parser = argparse.ArgumentParser(description="Checks a receipt of a transparency log, offline.")
    parser.add_argument("receipt", help="the file, or - for standard input; a file with the text of a QR code too")
    parser.add_argument("--policy", help="a file that names the log, its witnesses and how many are needed")
    parser.add_argument("--log", action="append", default=[], help="the log's key, as a line or a file with lines")
    parser.add_argument(
        "--witness", action="append", default=[], help="a witness's key, as a line or a file with lines"
    )
    parser.add_argument("--need", type=int, default=0, help="how many of the witnesses must have cosigned")
    chosen = parser.parse_args(arguments)
    try:
        text = sys.stdin.read() if chosen.receipt == "-" else Path(chosen.receipt).read_text(encoding="utf-8")
        logs, witnesses, need = read_keys(chosen.log), read_keys(chosen.witness), chosen.need
        if chosen.policy:
            logs, witnesses, need = read_policy(Path(chosen.policy).read_text(encoding="utf-8"))
        verdict = check(read_receipt(text), logs, witnesses, need, now=time.time())
    except (OSError, UnicodeDecodeError) as error:
        print(f"The receipt cannot be read: {error}", file=sys.stderr)
        return 1
    except Wrong as error:
        print(f"NOT PROVED. {error}", file=sys.stderr)
        return 1
    print(f"PROVED. This stands in the log {verdict.origin}, as entry {verdict.index + 1} of {verdict.size}:")
    for name, value in sorted(verdict.content.items()):
        print(f"  {name}: {value}")
    for name, _ in verdict.cosigned_by:
        print(f"Seen by the witness {name}.")
    return 0


def read_policy(text: str) -> tuple[list[Key], list[Key], int]:
    """Logs, witnesses and how many of these are needed (c2sp.org/tlog-policy, with at most one group of witnesses)."""
    logs: list[Key] = []
    witnesses: dict[str, Key] = {}
    groups: dict[str, int] = {"none": 0}
    quorums: list[int] = []
    for words in (line.split() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")):
        if words[0] == "log" and len(words) > 1:
            logs.append(read_vkey(words[1]))
        elif words[0] == "witness" and len(words) > 2:
            witnesses[words[1]] = read_vkey(words[2])
        elif words[0] == "group" and len(words) > 3 and sorted(words[3:]) == sorted(witnesses):
            groups[words[1]] = {"all": len(witnesses), "any": 1}.get(words[2]) or _number(words[2])
        elif words[0] == "quorum" and len(words) == 2 and words[1] in groups:
            quorums.append(groups[words[1]])
        else:
            raise Wrong("A line of the policy cannot be read: only groups of all witnesses are understood.")
    if len(quorums) != 1 or not logs or quorums[0] > len(witnesses):
        raise Wrong("The policy names no log, or not exactly one quorum that can be reached.")
    return logs, list(witnesses.values()), quorums[0]


def read_keys(given: Sequence[str]) -> list[Key]:
    """Public keys, each given as its line or as a file of lines. Raises ``Wrong`` or ``OSError``."""
    lines: list[str] = []
    for text in given:
        is_line = text.count("+") >= 2 and "\n" not in text
        lines += [text] if is_line else Path(text).read_text(encoding="utf-8").splitlines()
    return [read_vkey(line) for line in lines if line.strip() and not line.startswith("#")]


if __name__ == "__main__":
    raise SystemExit(main())
