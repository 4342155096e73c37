"""Leaves are appended in the transaction of the act that they prove: one goes through only with the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import DatabaseError, connection

from doorstep.engines.evidence.types import Act, BadContent, Leaf, LogStopped
from doorstep.engines.evidence.verifier import canonical

STOPPED = "DS001"
"""PostgreSQL gives this code where the log stands still: see the migration."""
OWN_KEYS = frozenset({"at", "kind"})


def content_text(*, kind: str, content: Mapping[str, str], at: datetime) -> str:
    """The text that a leaf commits to; ``kind`` and ``at`` (UTC, whole seconds) are keys like the others."""
    for key, value in content.items():
        if not isinstance(key, str) or not isinstance(value, str) or "\0" in key + value:
            raise BadContent(f"The value of {key!r} is no text.", mend="Write every value of a leaf as text.")
    if OWN_KEYS & content.keys():
        raise BadContent("A leaf's content names kind or at.", mend="The log writes these two itself; rename the key.")
    return canonical({**content, "kind": kind, "at": at_text(at)})


def at_text(at: datetime) -> str:
    """A moment as leaves write it, the same as ``evidence_time`` in SQL."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def append(*, acts: Sequence[Act], at: datetime) -> list[Leaf]:
    """Append one leaf for each act, in their order, in one round trip."""
    texts = [content_text(kind=act.kind, content=act.content, at=at) for act in acts]
    rows = _write("SELECT evidence_append(told::jsonb) FROM unnest(%s::text[]) AS told", [texts]) if texts else []
    return [Leaf(id=row[0]) for row in rows]


def append_from(*, query: str, params: Sequence[Any]) -> int:
    """Append what a query gives, as a set: see ``api.append_from``."""
    return int(_write(_AS_A_SET.format(query=query), params)[0][0])


def forget(*, leaves: Sequence[int]) -> int:
    """Erase the salts of these leaves. Returns how many there were."""
    return int(_write("SELECT evidence_forget(%s::bigint[])", [list(leaves)])[0][0])


_AS_A_SET = """
WITH told AS MATERIALIZED (SELECT leaf, content, gen_random_uuid() AS salt FROM ({query}) AS given (leaf, content)),
queued AS (INSERT INTO evidence_pending (id, commitment) SELECT leaf, evidence_commitment(salt, content) FROM told),
kept AS (INSERT INTO evidence_salt (leaf, salt) SELECT leaf, salt FROM told)
SELECT count(*) FROM told
"""


def _write(sql: str, params: Sequence[Any]) -> list[tuple[int, ...]]:
    assert connection.in_atomic_block, "a leaf is appended in the transaction of its act"
    with connection.cursor() as cursor:
        try:
            cursor.execute(sql, params)
        except DatabaseError as error:
            if getattr(error.__cause__, "sqlstate", "") == STOPPED:
                raise LogStopped(
                    "Nothing can be done just now.",
                    why="Too few witnesses of the evidence log answer, and this office does nothing unwitnessed.",
                    mend="Try again in a while. Officers: doorstep log says which witnesses are away.",
                ) from error
            raise
        rows: list[tuple[int, ...]] = cursor.fetchall()
    return rows
