#!/usr/bin/env python3
"""Checks that an act stands in a public log, offline. One file; needs Python 3.11 and the package ``cryptography``.

    python3 verifier.py receipt.tlog-proof --policy policy.txt
    python3 verifier.py receipt.tlog-proof --key 'services.gov.example/log+1a2b3c4d+AQ...' --witness '...' --needed 2

A receipt is a C2SP ``tlog-proof`` file, or the text of its QR code. It says four things, and each is checked:

1. what was done: the ``extra`` line holds the words and a random salt; their SHA-256 is the entry of the log;
2. where the entry stands: the hashes of the proof lead from it to the root of the tree (RFC 6962);
3. that the log's keeper signed that root (C2SP ``signed-note`` and ``tlog-checkpoint``, Ed25519);
4. that witnesses, other agencies, saw the same tree and that it only ever grew (C2SP ``tlog-cosignature``).

Nothing is taken from the network: the keys that you trust are the ones that you give. Doorstep itself uses these
functions, so that whoever reads this file has read everything that decides.
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
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

LOG_KEY, WITNESS_KEY = 0x01, 0x04
"""The algorithm of a key: Ed25519 over a note; Ed25519 over a note with a time."""
MOST_BYTES, MOST_SIGNATURES, MOST_HASHES = 64 * 1024, 64, 63
CLOCKS_MAY_DIFFER = 600
"""Seconds by which a witness's clock may be ahead of ours."""
PROOF, QR, BASE45 = "c2sp.org/tlog-proof@v1", "DOORSTEP1:", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


class Refused(Exception):
    """The receipt proves nothing. ``code`` for programs, ``why`` for people."""

    def __init__(self, code: str, why: str) -> None:
        self.code, self.why = code, why
        super().__init__(why)


# --- The tree (RFC 6962, section 2.1; checking as in RFC 9162, section 2.1.3 and 2.1.4)


def leaf_hash(entry: bytes) -> bytes:
    """The hash of an entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two hashes."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def commitment(salt: bytes, text: str) -> bytes:
    """The entry for what was done: nobody without the salt (16 random bytes) can tell or guess the text from it."""
    return hashlib.sha256(b"\x01" + salt + text.encode()).digest()


def root_from(leaf: bytes, *, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root to which a path of hashes leads from the leaf at ``index`` in a tree of ``size`` leaves."""
    if not 0 <= index < size:
        raise Refused("not-in-tree", f"Entry {index} does not exist in a log of {size} entries.")
    found = leaf
    for sibling, is_left in _climb(index, size - 1, path, "not-in-tree"):
        found = node_hash(sibling, found) if is_left else node_hash(found, sibling)
    return found


def check_consistency(old: tuple[int, bytes], new: tuple[int, bytes], path: Sequence[bytes]) -> None:
    """Check that the ``new`` tree (size, root) holds all of the ``old`` one, unchanged and in the same order."""
    (old_size, old_root), (new_size, new_root) = old, new
    if old_size > new_size:
        raise Refused("rolled-back", f"The log has {new_size} entries, and had {old_size} before.")
    if old_size in (0, new_size):
        if path or (old_size and old_root != new_root):
            raise Refused("inconsistent", "Two trees of the same size differ: the log's past was changed.")
        return
    hashes = [old_root, *path] if old_size & (old_size - 1) == 0 else list(path)
    if not hashes:
        raise Refused("inconsistent", "The proof that the log only grew is empty.")
    here, last = old_size - 1, new_size - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    was = now = hashes[0]
    for sibling, is_left in _climb(here, last, hashes[1:], "inconsistent"):
        was = node_hash(sibling, was) if is_left else was
        now = node_hash(sibling, now) if is_left else node_hash(now, sibling)
    if was != old_root or now != new_root:
        raise Refused("inconsistent", "The log did not only grow: its past was changed.")


def _climb(here: int, last: int, path: Sequence[bytes], code: str) -> Iterator[tuple[bytes, bool]]:
    """Each hash on the way up from node ``here`` of a level whose last node is ``last``, and whether it stands left."""
    for sibling in path:
        if last == 0:
            raise Refused(code, "The proof has more hashes than the tree has levels.")
        is_left = bool(here & 1) or here == last
        while is_left and here and not here & 1:
            here, last = here >> 1, last >> 1
        here, last = here >> 1, last >> 1
        yield sibling, is_left
    if last:
        raise Refused(code, "The proof has fewer hashes than the tree has levels.")


# --- Keys and signatures (C2SP signed-note, tlog-cosignature)


@dataclass(frozen=True)
class Key:
    """A public key with the name of who holds it and the kind of what it signs."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        """Four bytes that tell keys apart, the algorithm included."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(bytes([self.kind]) + self.public).decode()}"

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Whether this key made the signature."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


def read_key(text: str, kind: int) -> Key:
    """A key in the form ``name+id+base64``."""
    name, _, rest = text.strip().partition("+")
    number, _, material = rest.partition("+")
    raw = _bytes(material, "bad-key", "The key is no verifier key of the form name+id+base64.")
    key = Key(name, raw[0] if raw else 0, raw[1:])
    if not name or any(letter.isspace() for letter in name) or len(key.public) != 32 or key.kind != kind:
        what = "log" if kind == LOG_KEY else "witness"
        raise Refused("bad-key", f"This is no {what}'s key with Ed25519.")
    if key.id.hex() != number:
        raise Refused("bad-key", f"The key of {name} does not fit its own number {number}: was it copied whole?")
    return key


@dataclass(frozen=True)
class Note:
    """A text and the signatures under it: name, key's id, signature."""

    body: str
    signatures: tuple[tuple[str, bytes, bytes], ...]

    def signed_by(self, key: Key) -> list[bytes]:
        """The signatures that say they are of this key. Not checked yet."""
        return [signature for name, number, signature in self.signatures if (name, number) == (key.name, key.id)]


def read_note(text: str) -> Note:
    """A signed note. What is no note is refused."""
    body, blank, under = text.rpartition("\n\n")
    lines = under.split("\n")
    if not blank or lines[-1] != "" or len(lines) > MOST_SIGNATURES + 1 or any(c < " " and c != "\n" for c in text):
        raise Refused("not-a-checkpoint", "The signed part is no checkpoint, or it was cut off.")
    return Note(body + "\n", tuple(_signature(line) for line in lines[:-1]))


def _signature(line: str) -> tuple[str, bytes, bytes]:
    dash, _, rest = line.partition(" ")
    name, _, signature = rest.partition(" ")
    raw = _bytes(signature, "not-a-checkpoint", "A signature line cannot be read, or it was cut off.")
    if dash != "—" or not name or len(raw) < 5:
        raise Refused("not-a-checkpoint", "A signature line cannot be read, or it was cut off.")
    return name, raw[:4], raw[4:]


@dataclass(frozen=True)
class Head:
    """The tree at one moment: whose log, how many entries, the root over all of them."""

    origin: str
    size: int
    root: bytes


def read_head(body: str) -> Head:
    """The three lines of a checkpoint. Further lines, which nobody could audit, are refused."""
    lines = body.split("\n")
    if len(lines) != 4 or not lines[0] or lines[3]:
        raise Refused("not-a-checkpoint", "The checkpoint does not have three lines.")
    root = _bytes(lines[2], "not-a-checkpoint", "The checkpoint's root cannot be read.")
    if len(root) != 32:
        raise Refused("not-a-checkpoint", "The checkpoint's root is not 32 bytes long.")
    return Head(lines[0], _number(lines[1]), root)


def check_signed(note: Note, keys: Sequence[Key]) -> tuple[Head, list[Key]]:
    """The head, and by which of the log's keys it is signed. At least one must have; none may be forged."""
    head = read_head(note.body)
    own = [key for key in keys if key.name == head.origin]
    if not own:
        raise Refused("foreign-log", f"This is of the log {head.origin}, for which you gave no key.")
    signed = [key for key in own if note.signed_by(key)]
    for key in signed:
        if not all(key.verifies(signature, note.body.encode()) for signature in note.signed_by(key)):
            raise Refused("forged", f"The signature of {key.name} does not fit: the checkpoint was forged or damaged.")
    if not signed:
        raise Refused("unknown-key", f"No key that you gave for {head.origin} has signed this checkpoint.")
    return head, signed


def cosigned_message(body: str, at: int) -> bytes:
    """What a witness signs: the time in seconds since 1970 and the checkpoint's text."""
    return f"cosignature/v1\ntime {at}\n{body}".encode()


def cosigned_at(note: Note, key: Key, *, now: int) -> int | None:
    """When this witness cosigned; ``None`` when it did not. A forged one and one from the future are refused."""
    times = []
    for signature in note.signed_by(key):
        at = int.from_bytes(signature[:8], "big")
        if len(signature) != 72 or not key.verifies(signature[8:], cosigned_message(note.body, at)):
            raise Refused("forged", f"The cosignature of {key.name} does not fit: it was forged or damaged.")
        if at > now + CLOCKS_MAY_DIFFER:
            raise Refused("from-the-future", f"{key.name} cosigned in the future: its clock or yours is wrong.")
        times.append(at)
    return max(times, default=None)


# --- Whom you trust (C2SP tlog-policy)


@dataclass(frozen=True)
class Policy:
    """The log's keys, the witnesses by name, and who of them must have cosigned."""

    logs: tuple[Key, ...]
    witnesses: Mapping[str, Key]
    groups: Mapping[str, tuple[int, tuple[str, ...]]]
    quorum: str = "none"

    def is_met(self, cosigners: set[str], name: str = "") -> bool:
        """Whether these witnesses are enough."""
        name = name or self.quorum
        if name in self.groups:
            needed, members = self.groups[name]
            return sum(self.is_met(cosigners, member) for member in members) >= needed
        return name == "none" or name in cosigners


def policy_of(logs: Sequence[Key], witnesses: Sequence[Key], needed: int) -> Policy:
    """The plain policy: so many of these witnesses."""
    named = {key.name: key for key in witnesses}
    if not 0 <= needed <= len(named):
        raise Refused("bad-policy", f"{needed} of {len(named)} witnesses cannot be asked for.")
    groups = {"enough": (needed, tuple(named))} if needed else {}
    return Policy(tuple(logs), named, groups, "enough" if needed else "none")


def read_policy(text: str) -> Policy:
    """A policy file: lines ``log VKEY``, ``witness NAME VKEY``, ``group NAME all|any|K NAME...``, ``quorum NAME``."""
    logs: list[Key] = []
    witnesses: dict[str, Key] = {}
    groups: dict[str, tuple[int, tuple[str, ...]]] = {}
    quorums: list[str] = []
    for line in (line.split() for line in text.splitlines() if line.strip() and not line.strip().startswith("#")):
        known = {"none", *witnesses, *groups}
        match line:
            case ["log", key, *_]:
                logs.append(read_key(key, LOG_KEY))
            case ["witness", name, key, *_] if name not in known:
                witnesses[name] = read_key(key, WITNESS_KEY)
            case ["group", name, how, *members] if name not in known and members and set(members) <= known - {"none"}:
                number = how if how.isdecimal() else str({"all": len(members), "any": 1}.get(how, 0))
                groups[name] = int(number), tuple(members)
            case ["quorum", name] if name in known:
                quorums.append(name)
            case _:
                raise Refused("bad-policy", f"The policy's line cannot be read: {' '.join(line)}")
    if len(quorums) != 1 or any(not 1 <= needed <= len(members) for needed, members in groups.values()):
        raise Refused("bad-policy", "The policy needs exactly one quorum line, and groups that can be reached.")
    _refuse_repeats([*logs, *witnesses.values()], [member for _, members in groups.values() for member in members])
    return Policy(tuple(logs), witnesses, groups, quorums[0])


def _refuse_repeats(keys: Sequence[Key], members: Sequence[str]) -> None:
    if len({key.public for key in keys}) != len(keys) or len(set(members)) != len(members):
        raise Refused("bad-policy", "The policy names a key or a member of a group twice.")


# --- The receipt (C2SP tlog-proof)


@dataclass(frozen=True)
class Proof:
    """A receipt, read but not checked."""

    index: int
    path: tuple[bytes, ...]
    salt: bytes
    text: str
    note: Note


@dataclass(frozen=True)
class Checked:
    """What a receipt proves."""

    content: Mapping[str, str]
    index: int
    head: Head
    keys: tuple[Key, ...]
    witnesses: Mapping[str, int]
    """Each witness that cosigned, and when: seconds since 1970."""


def check_receipt(text: str, policy: Policy, *, now: int) -> Checked:
    """Check a receipt, the file's text or the QR code's. ``now``: seconds since 1970. Raises ``Refused``."""
    proof = read_proof(text)
    content = _content(proof.text)
    head, keys = check_signed(proof.note, policy.logs)
    leaf = leaf_hash(commitment(proof.salt, proof.text))
    if root_from(leaf, index=proof.index, size=head.size, path=proof.path) != head.root:
        raise Refused("not-in-tree", "The proof does not lead to the log's root: the words or the proof were changed.")
    seen = {name: cosigned_at(proof.note, key, now=now) for name, key in policy.witnesses.items()}
    witnesses = {name: at for name, at in seen.items() if at is not None}
    if not policy.is_met(set(witnesses)):
        raise Refused("too-few-witnesses", f"Only {len(witnesses)} of the witnesses that you named have cosigned.")
    return Checked(content, proof.index, head, tuple(keys), witnesses)


def read_proof(text: str) -> Proof:
    """A receipt in either form, whole and exact; anything else is refused."""
    if len(text.encode(errors="replace")) > MOST_BYTES:
        raise Refused("not-a-receipt", "This is far longer than any receipt.")
    text = text.replace("\r\n", "\n")
    if text.strip("\n").startswith(QR):
        text = unpack(text.strip("\n"))
    top, blank, note = text.lstrip("\ufeff\n").partition("\n\n")
    first, *lines = top.split("\n")
    if first != PROOF:
        raise Refused("not-a-receipt", f"A receipt begins with the line {PROOF}.")
    if not blank or len(lines) < 2 or not lines[0].startswith("extra ") or not lines[1].startswith("index "):
        raise Refused("truncated", "The receipt is not whole.")
    extra = _bytes(lines[0][6:], "truncated", "The receipt's words cannot be read.")
    path = tuple(_bytes(line, "truncated", "A hash of the proof cannot be read.") for line in lines[2:])
    if len(path) > MOST_HASHES or any(len(sibling) != 32 for sibling in path) or len(extra) < 17 or extra[0] != 1:
        raise Refused("truncated", "The receipt's proof is not whole.")
    try:
        words = extra[17:].decode()
    except UnicodeDecodeError as error:
        raise Refused("truncated", "The receipt's words cannot be read.") from error
    return Proof(_number(lines[1][6:]), path, extra[1:17], words, read_note(note.rstrip("\n") + "\n"))


def canonical(content: Mapping[str, str]) -> str:
    """The one text of a content, as PostgreSQL writes ``jsonb``: a JSON object of strings.

    Keys stand in the order of their length in bytes, then of their bytes; ``", "`` and ``": "`` separate; only what
    JSON must escape is escaped.
    """
    ordered = sorted(content.items(), key=lambda pair: (len(pair[0].encode()), pair[0].encode()))
    return json.dumps(dict(ordered), ensure_ascii=False, separators=(", ", ": "))


def _content(text: str) -> Mapping[str, str]:
    """The words as keys and values. Only the one canonical text is taken, so that none can be read in two ways."""
    try:
        content = json.loads(text)
        fits = isinstance(content, dict) and all(isinstance(value, str) for value in content.values())
        if fits and canonical(content) == text:
            return dict(content)
    except (ValueError, RecursionError):
        pass
    raise Refused("not-a-receipt", "The receipt's words are not in the form that the log uses.")


# --- A receipt as the text of a QR code: lines as words and bytes, compressed, in the letters that such codes pack best


def unpack(text: str) -> str:
    """The receipt's file from a QR code's text."""
    reader = zlib.decompressobj()
    try:
        raw = reader.decompress(_from_base45(text.removeprefix(QR)), MOST_BYTES)
        if not reader.eof:
            raise Refused("truncated", "The QR code's text is not whole.")
        lines = []
        while raw:
            words, size = raw[1 : 1 + raw[0]].decode(), int.from_bytes(raw[1 + raw[0] : 3 + raw[0]], "big")
            data, raw = raw[3 + len(words.encode()) :][:size], raw[3 + len(words.encode()) + size :]
            lines.append(words + base64.b64encode(data).decode())
    except (zlib.error, ValueError, IndexError, OverflowError) as error:
        raise Refused("truncated", "The QR code's text is not whole.") from error
    return "\n".join(lines)


def _from_base45(text: str) -> bytes:
    """RFC 9285."""
    raw = bytearray()
    for at in range(0, len(text), 3):
        part = text[at : at + 3]
        number = sum(BASE45.index(letter) * 45**place for place, letter in enumerate(part))
        raw += number.to_bytes(len(part) - 1, "big")
    return bytes(raw)


def _bytes(text: str, code: str, why: str) -> bytes:
    """Base64 in its one exact form."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refused(code, why) from error
    if base64.b64encode(raw).decode() != text:
        raise Refused(code, why)
    return raw


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > 19 or (text[0] == "0" and text != "0"):
        raise Refused("truncated", "A number cannot be read.")
    return int(text)


# --- The command


def main(argv: Sequence[str] | None = None, say: Callable[[str], None] = print) -> int:
    """Check one receipt; 0 when it proves what it says, 1 when it does not."""
    parser = argparse.ArgumentParser(description="Check that an act stands in a public log, offline.")
    parser.add_argument("receipt", help="the receipt's file; - reads standard input")
    parser.add_argument("--policy", type=Path, help="a file with the keys that you trust (C2SP tlog-policy)")
    parser.add_argument("--key", action="append", default=[], help="the log's verifier key; may be given again")
    parser.add_argument("--witness", action="append", default=[], help="a witness's verifier key; may be given again")
    parser.add_argument("--needed", type=int, help="how many of these witnesses must have cosigned (all)")
    arguments = parser.parse_args(argv)
    try:
        raw = sys.stdin.buffer.read() if arguments.receipt == "-" else Path(arguments.receipt).read_bytes()
        checked = check_receipt(raw.decode(errors="replace"), trusted(arguments), now=int(time.time()))
    except (Refused, OSError) as error:
        say(f"NOT PROVED. {error}")
        return 1
    say(in_words(checked))
    return 0


def trusted(arguments: argparse.Namespace) -> Policy:
    """The policy that the command line names."""
    if arguments.policy:
        return read_policy(arguments.policy.read_text())
    witnesses = [read_key(text, WITNESS_KEY) for text in arguments.witness]
    needed = len(witnesses) if arguments.needed is None else arguments.needed
    return policy_of([read_key(text, LOG_KEY) for text in arguments.key], witnesses, needed)


def in_words(checked: Checked) -> str:
    """What was proved, in lines."""
    head = checked.head
    seen = [f"  cosigned by {name} at {_moment(at)}" for name, at in checked.witnesses.items()]
    told = [f"  {key}: {value}" for key, value in checked.content.items()]
    lines = [f"PROVED. Entry {checked.index} of {head.size} in the log {head.origin}:", *told, "Signed by the log."]
    return "\n".join([*lines, *(seen or ["No witness was asked for."])])


def _moment(at: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(at))


if __name__ == "__main__":
    sys.exit(main())
