"""Giving leaves their places, signing the tree, and asking the witnesses.

1. Alone (an advisory lock), take every committed leaf that waits, in the order of their numbers, and give them the
   next places. Add their hashes to the tree's edge, whose root must be the one signed last: an altered log stops here.
2. Sign a checkpoint of the new tree, in the same transaction.
3. Outside of any transaction, send it to every witness at once, each with the path from what that witness saw last.
4. Keep the cosignatures. When enough have come, the checkpoint is published: from now on receipts speak of it.

A round that is cut off leaves a checkpoint without cosignatures; the next round asks again.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from django.db import connection, transaction

from doorstep.engines.evidence.models import Checkpoint, Entry, Halt, PublicKey
from doorstep.engines.evidence.signing import checkpoint_text, signed
from doorstep.engines.evidence.storage import read_tile, tree, write_tiles
from doorstep.engines.evidence.tiles import Edge, Tree
from doorstep.engines.evidence.types import Pass, Policy, Tampered, WitnessAt
from doorstep.engines.evidence.verifier import MOST_APART, Wrong, leaf_hash, read_note, signed_by

LOCK = 0x646F6F72
"""The advisory lock's number: one sequencer at a time."""
MOST = 100_000
"""Leaves that one round takes."""
TIMEOUT_SECONDS = 5.0
Send = Callable[[str, str], tuple[int, str]]
"""(url, body) -> (status, text). Raises ``OSError`` where nobody answers."""


def run_pass(policy: Policy, *, at: datetime, send: Send | None = None) -> Pass:
    """One round. Raises ``Tampered`` where what is stored is not what was signed."""
    taken = _take(policy, at)
    newest = Checkpoint.objects.order_by("-size").first()
    if newest is None:
        return Pass(0, 0, False, {})
    missing: Mapping[str, str] = {}
    if newest.published_at is None:
        missing = _ask(policy, newest, send or post, at)
        _publish(policy, newest, at)
    _halt_or_go_on(policy, at)
    newest.refresh_from_db()
    return Pass(taken, newest.size, newest.published_at is not None, missing)


def _take(policy: Policy, at: datetime) -> int:
    """Places for what waits, tiles, and a signed checkpoint, in one transaction; gives how many leaves."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        last = Checkpoint.objects.order_by("-size").first()
        size = last.size if last else 0
        edge = Edge(size, read_tile)
        if last is not None and edge.root() != bytes(last.root):
            raise Tampered(
                f"The tree of {size} leaves has another root than was signed.",
                why="Somebody has altered what is stored of the log.",
                mend="Stop. Restore from a backup, and tell the witnesses what happened.",
            )
        cursor.execute(_TAKE, [MOST, size])
        rows = cursor.fetchall()
        if not rows and last is not None and not _keys_changed(policy, last):
            return 0
        changed = edge.add([leaf_hash(bytes(commitment)) for _, commitment in rows])
        write_tiles(changed)
        _note_keys(policy, at)
        text = checkpoint_text(policy.origin, edge.size, edge.root())
        values = {"root": edge.root(), "note": signed(text, policy.signers), "signed_at": at}
        Checkpoint.objects.update_or_create(size=edge.size, defaults=values)
        return len(rows)


_TAKE = """
    WITH taken AS (
        DELETE FROM evidence_waiting WHERE id IN (SELECT id FROM evidence_waiting ORDER BY id LIMIT %s)
        RETURNING id, commitment
    ), placed AS (
        INSERT INTO evidence_entry (place, leaf, commitment)
        SELECT %s + row_number() OVER (ORDER BY id) - 1, id, commitment FROM taken RETURNING place, commitment
    )
    SELECT place, commitment FROM placed ORDER BY place
"""


def _keys_changed(policy: Policy, last: Checkpoint) -> bool:
    """Whether the newest checkpoint lacks a signature of a key that signs now: after a rotation it is signed again."""
    note = read_note(last.note)
    return not all(signed_by(note, signer.key) for signer in policy.signers)


def _note_keys(policy: Policy, at: datetime) -> None:
    """Remember which keys sign, and since when others do not."""
    now = {signer.key.vkey for signer in policy.signers}
    known = set(PublicKey.objects.values_list("vkey", flat=True))
    PublicKey.objects.bulk_create([PublicKey(vkey=vkey, since=at) for vkey in sorted(now - known)])
    PublicKey.objects.filter(until=None).exclude(vkey__in=now).update(until=at)


# ---------------------------------------------------------------------- witnesses


def _ask(policy: Policy, row: Checkpoint, send: Send, at: datetime) -> dict[str, str]:
    """Ask every witness that has not cosigned; keep what comes; gives who did not, and why.

    Each is sent the path from the size it cosigned last as far as we know; who knows another says which, and is asked
    once more.
    """
    cosigners = {line.split(" ")[1] for line in row.cosignatures.splitlines()}
    asked = [witness for witness in policy.witnesses if witness.key.name not in cosigners]
    grown = tree(row.size)
    sizes = {witness: min(_cosigned(witness), row.size) for witness in asked}
    answers = _round(send, row, grown, sizes)
    known = {witness: int(text) for witness, (status, text) in answers.items() if status == 409 and _is_size(text)}
    follows = {witness: size for witness, size in known.items() if _cosigned(witness) <= size <= row.size}
    answers |= _round(send, row, grown, follows)
    missing, lines = dict[str, str](), list[str]()
    for witness, (status, text) in answers.items():
        line, why = _line(witness, row, status, text, at)
        if witness in known and witness not in follows:
            why = _why_not(known[witness], _cosigned(witness), row.size)
        if line:
            lines.append(line)
            _seen[witness.key.vkey] = row.size
        else:
            missing[witness.key.name] = why
    _keep(row, lines)
    return missing


def _keep(row: Checkpoint, lines: Sequence[str]) -> None:
    """Add witnesses' lines to those that are kept; another round at work beside this one may have added some too."""
    with transaction.atomic():
        kept = Checkpoint.objects.select_for_update().get(pk=row.pk).cosignatures
        there = {line.split(" ")[1] for line in kept.splitlines()}
        row.cosignatures = kept + "".join(line for line in lines if line.split(" ")[1] not in there)
        Checkpoint.objects.filter(pk=row.pk).update(cosignatures=row.cosignatures)


_seen: dict[str, int] = {}
"""The size that each witness cosigned last, as far as this process knows."""


def _cosigned(witness: WitnessAt) -> int:
    """The size that a witness cosigned last: what this process knows, else what is kept."""
    vkey, name = witness.key.vkey, witness.key.name
    if vkey not in _seen:
        kept = Checkpoint.objects.filter(cosignatures__contains=f"\u2014 {name} ").order_by("-size").first()
        is_own = kept is not None and signed_by(
            read_note(f"{read_note(kept.note).text}\n{kept.cosignatures}"), witness.key
        )
        _seen[vkey] = kept.size if kept is not None and is_own else 0
    return _seen[vkey]


def _why_not(says: int, cosigned: int, size: int) -> str:
    """A witness that remembers less than it cosigned, or more than there is, is not asked again as if nothing were."""
    if says > size:
        return f"has seen {says} leaves, more than the log holds: was an old copy of the database put back?"
    return f"has lost its memory: it has seen {says} leaves, and had cosigned {cosigned}"


def _round(
    send: Send, row: Checkpoint, grown: Tree, sizes: Mapping[WitnessAt, int]
) -> dict[WitnessAt, tuple[int, str]]:
    """Send to all at once. The paths are read from the database before: threads only wait for the network."""
    if not sizes:
        return {}
    bodies = [_body(row, grown.consistency(size), size) for size in sizes.values()]
    with ThreadPoolExecutor(max_workers=len(sizes)) as pool:
        return dict(zip(sizes, pool.map(partial(_sent, send), sizes, bodies), strict=True))


def _is_size(text: str) -> bool:
    plain = text.strip()
    return plain.isascii() and plain.isdigit() and len(plain) < 20


def _body(row: Checkpoint, path: list[bytes], old: int) -> str:
    lines = [f"old {old}", *(base64.b64encode(step).decode() for step in path)]
    return "\n".join([*lines, "", row.note])


def _sent(send: Send, witness: WitnessAt, body: str) -> tuple[int, str]:
    try:
        return send(f"{witness.url.rstrip('/')}/add-checkpoint", body)
    except (OSError, HTTPException, ValueError) as error:
        return 0, type(error).__name__


def _line(witness: WitnessAt, row: Checkpoint, status: int, text: str, at: datetime) -> tuple[str, str]:
    """The witness's own valid line out of an answer, or why there is none."""
    if status != 200:
        return "", f"answered {status}: {text.strip()[:200]}" if status else f"did not answer ({text})"
    for line in text.splitlines():
        try:
            note = read_note(f"{read_note(row.note).text}\n{line}\n")
            if signed_by(note, witness.key):
                apart = abs(int.from_bytes(note.signatures[0][2][:8], "big") - int(at.timestamp()))
                return ("", f"has a clock {apart} seconds from ours") if apart > MOST_APART else (f"{line}\n", "")
        except Wrong:
            continue
    return "", "answered without a signature of its own"


def _publish(policy: Policy, row: Checkpoint, at: datetime) -> None:
    cosigners = {line.split(" ")[1] for line in row.cosignatures.splitlines()}
    if len(cosigners & {witness.key.name for witness in policy.witnesses}) >= policy.need:
        Checkpoint.objects.filter(pk=row.pk, published_at=None).update(published_at=at)


def _halt_or_go_on(policy: Policy, at: datetime) -> None:
    """Stop taking leaves in while the witnesses are away for too long, where that is wanted; and go on after."""
    published = Checkpoint.objects.filter(published_at__isnull=False).order_by("-size").first()
    waiting = Checkpoint.objects.filter(published_at=None, size__gt=published.size if published else -1)
    oldest = waiting.order_by("signed_at").values_list("signed_at", flat=True).first()
    if policy.stops and oldest is not None and at - oldest > policy.patience:
        if not Halt.objects.exists():
            Halt.objects.create(why="Too few witnesses answer.", since=at)
    else:
        Halt.objects.all().delete()


def post(url: str, body: str) -> tuple[int, str]:
    """One request over HTTP."""
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    wire = kind(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)
    try:
        wire.request("POST", parts.path, body.encode(), {"Content-Type": "text/plain; charset=utf-8"})
        answer = wire.getresponse()
        return answer.status, answer.read(64 * 1024).decode()
    finally:
        wire.close()


def run_for_ever(
    policy: Callable[[], Policy],
    *,
    clock: Callable[[], datetime],
    tell: Callable[[Pass], None] = lambda _: None,
    every: float = 0.5,
) -> None:
    """Round after round, two a second. The policy is read anew each time, so that keys change while it runs."""
    while True:
        start = time.monotonic()
        tell(run_pass(policy(), at=clock()))
        time.sleep(max(every - (time.monotonic() - start), 0.0))


def entries(number: int, width: int) -> bytes:
    """A bundle of entries, each behind its length."""
    rows = Entry.objects.filter(place__gte=number * 256, place__lt=number * 256 + width).order_by("place")
    return b"".join(len(row).to_bytes(2, "big") + bytes(row) for row in rows.values_list("commitment", flat=True))
