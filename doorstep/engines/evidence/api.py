"""The door of the evidence. Everything that writes does so in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from doorstep.engines.evidence import appending
from doorstep.engines.evidence.types import Act, Leaf

__all__ = ["append", "append_from", "append_many", "content_text", "forget"]


def append(*, kind: str, content: Mapping[str, str], at: datetime) -> Leaf:
    """Append one leaf: a salted commitment to what was done. Keep ``Leaf.id`` in the row of the act, NOT NULL.

    ``kind`` names the act (``benefits.decision``); ``content`` says in texts what a receipt shall prove. Neither is
    stored: for a receipt the caller gives both again, made from its own row. ``at`` counts in whole seconds. From SQL:
    ``evidence_append(jsonb_build_object('kind', ..., 'at', evidence_time(at), ...))``, every value a text.

    Raises ``BadContent`` for values that are no text, ``LogStopped`` while too few witnesses answer.
    """
    return appending.append(acts=[Act(kind=kind, content=content)], at=at)[0]


def append_many(*, acts: Sequence[Act], at: datetime) -> list[Leaf]:
    """Append one leaf for each act, in their order, in one round trip."""
    return appending.append(acts=acts, at=at)


def append_from(*, query: str, params: Sequence[object] = ()) -> int:
    """Append as a set what a SELECT gives: two columns, the leaf's number and its content as ``jsonb``.

    For a million rows at once. The caller takes the numbers itself, ``nextval('evidence_leaf_id')``, and writes them
    into its rows; the content is an object of texts with ``kind`` and ``at`` (``evidence_time(at)``), as
    ``content_text`` writes it. Returns how many leaves were appended.
    """
    return appending.append_from(query=query, params=params)


def content_text(*, kind: str, content: Mapping[str, str], at: datetime) -> str:
    """The text that a leaf of this content commits to."""
    return appending.content_text(kind=kind, content=content, at=at)


def forget(*, leaves: Sequence[int]) -> int:
    """Erase the salts of these leaves: what stands in the log then says nothing about anybody, and can prove nothing.

    A receipt that somebody holds already carries its salt and stays valid. Returns how many salts there were.
    """
    return appending.forget(leaves=leaves)
