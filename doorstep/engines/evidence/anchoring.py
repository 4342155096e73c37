"""Writing the head of the log to a public chain, so that even an office and all its witnesses cannot change it unseen.

1. Alone (an advisory lock), ask the chain about what was sent and has not settled. What fell out of it is sent again,
   the same bytes: a chain takes one transaction of a number, so nothing can stand twice. What waits for too long is
   signed again under its number with a higher fee.
2. The newest published checkpoint must follow the one that was anchored last.
3. Where nothing waits, sign it under the next number, keep what was signed, and only then send it.

A run that is cut off between keeping and sending is taken up by the next one in step 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import QuerySet

from doorstep.engines.evidence import storage
from doorstep.engines.evidence.models import Anchor, Checkpoint, PublicKey
from doorstep.engines.evidence.types import (
    Anchored,
    AnchorRefused,
    AnchorState,
    Chain,
    CheckedAnchor,
    Mined,
    NoAnchor,
    Tampered,
)
from doorstep.engines.evidence.verifier import Wrong, read_checkpoint, read_note, read_vkey, signed_by
from doorstep.kit.errors import DoorstepError, Unavailable

LOCK = 0x616E6368
"""The advisory lock's number: one at a time writes to chains."""
DEEP = 12
"""Blocks above an anchor's own after which it counts as settled."""
RESIGN_AFTER = timedelta(minutes=10)
"""How long a transaction may wait before it is signed again with a higher fee."""


def anchor(*, chain: Chain, at: datetime, every: timedelta = timedelta(0), again: bool = False) -> Anchored:
    """Follow what was sent, and write the newest published checkpoint unless one was written within ``every``.

    ``again``: go on although the chain has seen transactions of this account that this database does not know.
    Raises ``Unavailable`` where no node answers, ``AnchorRefused`` where the chain or the account is not as it should
    be, ``Tampered`` where the log does not follow what was anchored.
    """
    with _alone():
        chain.check()
        rows = Anchor.objects.filter(chain=chain.chain, address=chain.address)
        for row in rows.exclude(state__in=(AnchorState.SETTLED, AnchorState.LOST)).order_by("number"):
            _follow(chain, row, at, again=again)
        last = rows.exclude(state=AnchorState.LOST).order_by("-size").first()
        newest = Checkpoint.objects.filter(published_at__isnull=False).order_by("-size").first()
        _check_past(newest, last)
        waits = rows.filter(state=AnchorState.SENT).exists()
        is_early = last is not None and at - last.prepared_at < every
        is_new = newest is not None and newest.size > 0 and (last is None or newest.size > last.size)
        if newest is not None and is_new and not waits and not is_early:
            number = _next_number(chain, rows.order_by("-number").values_list("number", flat=True).first(), again)
            last = _prepare(chain, newest, number, at)
            _send(chain, last)
            _found(chain, last)
        return Anchored(_view(last) if last else None, rows.filter(state=AnchorState.SENT).count())


def latest_anchor() -> CheckedAnchor | None:
    """The newest anchor that stands in a block, as far as was seen; nothing where there is none."""
    row = _standing().first()
    return _view(row) if row else None


def check_anchors(*, chain: Chain, newest: int = 1) -> list[CheckedAnchor]:
    """Fetch the newest anchors from the chain and compare: the text that stands there, the log's signature on it, and
    the root that this log has at that size. Raises ``NoAnchor``, ``Tampered``, ``AnchorRefused`` or ``Unavailable``.
    """
    chain.check()
    rows = list(_standing().filter(chain=chain.chain, address=chain.address)[:newest])
    if not rows:
        raise NoAnchor("Nothing of this log was anchored yet.", mend="Write an anchor: doorstep log anchor")
    height = chain.height()
    return [_compared(chain, row, height) for row in rows]


def _compared(chain: Chain, row: Anchor, height: int) -> CheckedAnchor:
    mined = chain.look(row.transaction)
    if mined is None:
        raise NoAnchor(
            f"The chain does not hold the transaction {row.transaction} any more.",
            why="Its newest blocks were replaced, or the node has not caught up.",
            mend="Send it again: doorstep log anchor",
        )
    size, root = _said(mined.text)
    there = Checkpoint.objects.filter(published_at__isnull=False).order_by("-size").first()
    if there is None or there.size < size or storage.tree(size).root() != root:
        raise Tampered(
            f"The chain says that the log of {size} entries had another root than it has now.",
            why="The log was changed after it was anchored, or an old copy of the database was put back.",
            mend="Stop. Compare with the witnesses, and find out who changed it.",
        )
    return _view(row, depth=max(height - mined.block + 1, 1))


def _said(text: str) -> tuple[int, bytes]:
    """Size and root out of an anchored text that a key of this log signed."""
    try:
        note = read_note(text)
        said = read_checkpoint(note.text)
        if any(signed_by(note, read_vkey(line)) for line in PublicKey.objects.values_list("vkey", flat=True)):
            return said.size, said.root
    except Wrong:
        pass
    raise Tampered(
        "What stands on the chain is no checkpoint that this log signed.",
        why="The row of the anchor was changed.",
        mend="Stop. Restore the database from a backup.",
    )


# ---------------------------------------------------------------------- one anchor


def _prepare(chain: Chain, newest: Checkpoint, number: int, at: datetime) -> Anchor:
    """Sign under the number, and keep what was signed before anybody sees it."""
    signed = chain.sign(newest.note, number=number)
    return Anchor.objects.create(
        chain=chain.chain,
        address=chain.address,
        number=number,
        size=newest.size,
        root=bytes(newest.root),
        note=newest.note,
        raw=signed.raw,
        names=[signed.name],
        fee=signed.fee,
        tip=signed.tip,
        prepared_at=at,
        signed_at=at,
        state=AnchorState.SENT,
    )


def _send(chain: Chain, row: Anchor) -> None:
    """Send what is kept. A node that refuses what it has already is none that refuses."""
    try:
        chain.send(row.raw)
    except AnchorRefused:
        if not any(chain.is_known(name) for name in row.names):
            raise


def _follow(chain: Chain, row: Anchor, at: datetime, *, again: bool) -> None:
    """Note where it stands now. What stands nowhere is sent again, and looked for once more."""
    if _found(chain, row):
        return
    if row.state != AnchorState.SENT:
        _out_of_chain(row)
    if chain.used() > row.number:
        if not again:
            raise _unknown_use()
        row.state = AnchorState.LOST
        row.save(update_fields=["state"])
        return
    if at - row.signed_at >= RESIGN_AFTER:
        _sign_again(chain, row, at)
    elif any(chain.is_known(name) for name in row.names):
        return
    _send(chain, row)
    _found(chain, row)


def _found(chain: Chain, row: Anchor) -> bool:
    """Whether a block holds it, which is noted."""
    mined = next((found for name in row.names if (found := chain.look(name))), None)
    if mined is not None:
        _note(row, mined, is_deep=chain.height() - mined.block >= DEEP)
    return mined is not None


def _sign_again(chain: Chain, row: Anchor, at: datetime) -> None:
    signed = chain.sign(row.note, number=row.number, over=(row.fee, row.tip))
    row.raw, row.fee, row.tip, row.signed_at = signed.raw, signed.fee, signed.tip, at
    row.names = [*row.names, signed.name]
    row.save(update_fields=["raw", "fee", "tip", "signed_at", "names"])


def _note(row: Anchor, mined: Mined, *, is_deep: bool) -> None:
    row.transaction, row.block, row.block_hash, row.mined_at = mined.name, mined.block, mined.block_hash, mined.at
    row.state = AnchorState.SETTLED if is_deep else AnchorState.MINED
    row.save(update_fields=["transaction", "block", "block_hash", "mined_at", "state"])


def _out_of_chain(row: Anchor) -> None:
    row.transaction, row.block, row.block_hash, row.mined_at = "", None, "", None
    row.state = AnchorState.SENT
    row.save(update_fields=["transaction", "block", "block_hash", "mined_at", "state"])


def _next_number(chain: Chain, last: int | None, again: bool) -> int:
    """The account's next number. Only anchors use the account, so the chain may not know of more than we do."""
    used = chain.used()
    if last is not None and used > last + 1 and not again:
        raise _unknown_use()
    return used if last is None else max(used, last + 1)


def _unknown_use() -> DoorstepError:
    return AnchorRefused(
        "The chain has seen transactions of this account that this database does not know.",
        why="Was an old copy of the database put back, or is the account used for something else?",
        mend="Find out which. To go on from here: doorstep log anchor --again",
    )


def _check_past(newest: Checkpoint | None, last: Anchor | None) -> None:
    """The log must still begin with what was anchored."""
    if last is None:
        return
    size = newest.size if newest else 0
    if size < last.size or storage.tree(last.size).root() != bytes(last.root):
        raise Tampered(
            f"The log holds {size} published entries and does not begin with the {last.size} that were anchored.",
            why="Somebody has altered what is stored of the log.",
            mend="Stop. Restore from a backup, and tell the witnesses what happened.",
        )


def _standing() -> QuerySet[Anchor]:
    return Anchor.objects.filter(block__isnull=False).order_by("-size", "-id")


def _view(row: Anchor, depth: int = 0) -> CheckedAnchor:
    return CheckedAnchor(
        chain=row.chain,
        address=row.address,
        transaction=row.transaction or row.names[-1],
        size=row.size,
        text=row.note,
        block=row.block,
        block_hash=row.block_hash,
        mined_at=row.mined_at,
        state=AnchorState(row.state),
        depth=depth,
    )


@contextmanager
def _alone() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            raise Unavailable("Another process is anchoring just now.", mend="Wait until it has done so.")
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
