"""The door of the log. Appending happens in the caller's transaction; everything else reads what is published."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import DatabaseError, connection

from doorstep.engines.evidence import sequencing, storage, verifier
from doorstep.engines.evidence.anchoring import anchor, check_anchors, latest_anchor
from doorstep.engines.evidence.models import Checkpoint, Entry, Halt, PublicKey, Salt, Waiting
from doorstep.engines.evidence.sequencing import run_for_ever, run_pass
from doorstep.engines.evidence.tiles import WIDTH
from doorstep.engines.evidence.types import Cosigned, Leaf, LogHalted, LogState, NoReceipt, Policy, ReceiptView
from doorstep.engines.evidence.verifier import (
    Receipt,
    Verdict,
    Wrong,
    canonical,
    check,
    packed,
    read_note,
    read_receipt,
    read_vkey,
    write_receipt,
)

__all__ = [
    "Leaf",
    "Policy",
    "Wrong",
    "anchor",
    "append",
    "append_from",
    "append_many",
    "check_anchors",
    "checkpoint",
    "entry_bundle",
    "forget",
    "is_published",
    "known_keys",
    "latest_anchor",
    "policy_file",
    "receipt",
    "reserve",
    "run_for_ever",
    "run_pass",
    "state",
    "tile",
    "verifier_file",
    "verify",
]

MAX_CONTENT = 4_000
HALTED = "DS001"


def append(*, kind: str, content: Mapping[str, str]) -> Leaf:
    """Put a leaf into the log with the caller's transaction: both come to be, or neither does.

    ``content`` is names and texts; it is neither stored nor published, so the caller must be able to say it again for a
    receipt. Raises ``LogHalted`` while the log takes nothing.
    """
    assert connection.in_atomic_block, "a leaf belongs to the act that it proves"
    with connection.cursor() as cursor:
        try:
            cursor.execute("SELECT evidence_append(%s)", [written(kind, content)])
        except DatabaseError as error:
            raise _halted(error) from error
        return Leaf(int(cursor.fetchone()[0]))


def append_many(*, kind: str, contents: Sequence[Mapping[str, str]]) -> list[Leaf]:
    """A leaf for each content, in their order. SQL that has the contents already calls ``evidence_append_many``."""
    assert connection.in_atomic_block, "a leaf belongs to the act that it proves"
    texts = [written(kind, content) for content in contents]
    with connection.cursor() as cursor:
        try:
            cursor.execute("SELECT leaf FROM evidence_append_many(%s::text[]) ORDER BY n", [texts])
        except DatabaseError as error:
            raise _halted(error) from error
        return [Leaf(int(leaf)) for (leaf,) in cursor.fetchall()]


def reserve() -> int:
    """A block of numbers for leaves: the first is one more than this. Rows may name them before ``append_from``."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('evidence_block') << 40")
        return int(cursor.fetchone()[0])


def append_from(*, query: str, params: Mapping[str, Any] | None = None) -> int:
    """Append as a set what a SELECT gives: a number out of ``reserve``, and a content written canonically.

    For a million rows at once. ``written`` says how a content is written. Returns how many leaves there were.
    """
    assert connection.in_atomic_block, "a leaf belongs to the act that it proves"
    with connection.cursor() as cursor:
        try:
            cursor.execute(_AS_A_SET.format(query=query), params)
        except DatabaseError as error:
            raise _halted(error) from error
        return int(cursor.fetchone()[0])


_AS_A_SET = """
WITH salted AS MATERIALIZED (
    SELECT leaf, content, substring(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())) FOR 16) AS salt
    FROM ({query}) AS told (leaf, content)
), waiting AS (
    INSERT INTO evidence_waiting (id, commitment)
    SELECT leaf, sha256('doorstep leaf v1'::bytea || '\\x0a'::bytea || salt || convert_to(content, 'UTF8')) FROM salted
), salts AS (
    INSERT INTO evidence_salt (leaf, salt) SELECT leaf, salt FROM salted
)
SELECT count(*), evidence_must_go_on() FROM salted
"""


def written(kind: str, content: Mapping[str, str]) -> str:
    """A content as it is committed to: canonical JSON with its kind."""
    if "kind" in content or not all(isinstance(value, str) for value in content.values()):
        raise ValueError("a content is names and texts, and its kind stands apart")
    text = canonical({"kind": kind, **content}).decode()
    if len(text) > MAX_CONTENT or "\0" in text:
        raise ValueError(f"a content has at most {MAX_CONTENT} letters, and no zero characters")
    return text


def forget(*, leaves: Iterable[int]) -> int:
    """Erase the salts: what these leaves were about can never be shown or guessed again. Gives how many there were."""
    return Salt.objects.filter(leaf__in=list(leaves)).delete()[0]


def is_published(*, leaf: int) -> bool:
    """Whether a receipt can be had already."""
    place = Entry.objects.filter(leaf=leaf).values_list("place", flat=True).first()
    newest = _newest()
    return place is not None and newest is not None and place < newest.size


def receipt(*, leaf: int, kind: str, content: Mapping[str, str]) -> ReceiptView:
    """The proof that this content stands in the log. The content is said again by the caller, and must be the same.

    Raises ``NoReceipt`` where the leaf waits for its place, where its salt was erased, or where the content differs.
    """
    salt = Salt.objects.filter(pk=leaf).values_list("salt", flat=True).first()
    entry = Entry.objects.filter(leaf=leaf).first()
    newest = _newest()
    if salt is None:
        raise NoReceipt("There is no receipt.", why="It was erased, or never was.", mend="Ask the office.")
    if entry is None or newest is None or entry.place >= newest.size:
        raise NoReceipt("The receipt is not ready yet.", why="The witnesses have not seen it.", mend="Come back soon.")
    said = {"kind": kind, **content}
    path = storage.tree(newest.size).inclusion(entry.place)
    made = Receipt(dict(said), bytes(salt), entry.place, tuple(path), newest.note + newest.cosignatures)
    _self_check(made)
    return ReceiptView(write_receipt(made), packed(made), entry.place, newest.size, said)


def verify(
    *, text: str, at: datetime | None = None, need: int = 0, logs: Sequence[str] = (), witnesses: Sequence[str] = ()
) -> Verdict:
    """What a receipt proves, by keys as lines; without ``logs`` by all that ever signed here. Raises ``Wrong``."""
    signers = [read_vkey(line) for line in logs or [vkey for vkey, _ in known_keys()]]
    now = at.timestamp() if at else None
    return check(read_receipt(text), signers, [read_vkey(line) for line in witnesses], need, now=now)


def known_keys() -> list[tuple[str, datetime | None]]:
    """Every key that signs or signed: its line, and until when (``None``: it signs now)."""
    return list(PublicKey.objects.order_by("id").values_list("vkey", "until"))


def policy_file(*, policy: Policy) -> str:
    """Whom to trust, as a file for whoever checks receipts (C2SP tlog-policy); keys that signed once are in it too."""
    names = [witness.key.name for witness in policy.witnesses]
    lines = [f"log {vkey}" for vkey, _ in known_keys()]
    lines += [f"witness {witness.key.name} {witness.key.vkey}" for witness in policy.witnesses]
    if policy.need:
        lines.append(f"group enough {policy.need} {' '.join(names)}")
    return "\n".join([*lines, f"quorum {'enough' if policy.need else 'none'}", ""])


def verifier_file() -> bytes:
    """The verifier, as a file that runs alone."""
    return Path(verifier.__file__).read_bytes()


def checkpoint() -> str:
    """The newest published checkpoint with its cosignatures; nothing where none is."""
    newest = _newest()
    return newest.note + newest.cosignatures if newest else ""


def tile(*, level: int, number: int, width: int = WIDTH) -> bytes:
    """A tile of the published tree; nothing where it reaches beyond."""
    newest = _newest()
    if newest is None or (newest.size >> (8 * level)) < number * WIDTH + width:
        return b""
    return storage.read_tile(level, number, width)


def entry_bundle(*, number: int, width: int = WIDTH) -> bytes:
    """A bundle of entries of the published tree; nothing where it reaches beyond."""
    newest = _newest()
    if newest is None or newest.size < number * WIDTH + width:
        return b""
    return sequencing.entries(number, width)


def state(*, policy: Policy) -> LogState:
    """The log as its page shows it."""
    newest = _newest()
    last = Checkpoint.objects.order_by("-size").values_list("size", flat=True).first() or 0
    halt = Halt.objects.values_list("why", flat=True).first() or ""
    return LogState(
        origin=policy.origin,
        size=newest.size if newest else 0,
        root=base64.b64encode(bytes(newest.root)).decode() if newest else "",
        note=newest.note + newest.cosignatures if newest else "",
        published_at=newest.published_at if newest else None,
        cosigned=_cosigned(newest) if newest else (),
        need=policy.need,
        witnesses=len(policy.witnesses),
        waiting=Waiting.objects.count() + last - (newest.size if newest else 0),
        halted=halt,
        keys=tuple(vkey for vkey, until in known_keys() if until is None),
    )


def _cosigned(row: Checkpoint) -> tuple[Cosigned, ...]:
    if not row.cosignatures:
        return ()
    note = read_note(f"{read_note(row.note).text}\n{row.cosignatures}")
    return tuple(
        Cosigned(name, datetime.fromtimestamp(int.from_bytes(raw[:8], "big"), UTC)) for name, _, raw in note.signatures
    )


def _newest() -> Checkpoint | None:
    return Checkpoint.objects.filter(published_at__isnull=False).order_by("-size").first()


def _self_check(made: Receipt) -> None:
    """Never hand out a receipt that does not hold."""
    signers = [read_vkey(line) for line, _ in known_keys()]
    try:
        check(made, signers)
    except Wrong as error:
        raise NoReceipt(
            "The receipt does not hold.", why=f"{error} The record or the log was altered.", mend="Tell the office."
        ) from error


def _halted(error: DatabaseError) -> Exception:
    if getattr(error.__cause__, "sqlstate", "") == HALTED:
        return LogHalted(
            "Nothing can be recorded now.",
            why="The witnesses of the log do not answer, and this country does nothing unwitnessed.",
            mend="Nothing is lost. Try again soon.",
        )
    return error
