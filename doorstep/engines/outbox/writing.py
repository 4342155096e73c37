"""Writing messages, in the transaction of the act that they tell of."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from doorstep.engines.outbox.types import BadMessage, Draft, KeyTaken

MAX_KEY, MAX_LANE, MAX_TOPIC, MAX_GROUP, MAX_PAYLOAD = 200, 40, 80, 120, 200_000
MAX_BATCH = 50_000


def enqueue(
    *,
    lane: str,
    topic: str,
    payload: Mapping[str, Any],
    key: str,
    at: datetime,
    due_at: datetime | None = None,
    group: str = "",
) -> int:
    """Write one message in the caller's transaction; gives its number. ``key`` names it for ever: the same again gives
    the first one's number. It is sent from ``due_at`` on (at once), after those of its ``group`` that came before.

    Raises ``BadMessage``, and ``KeyTaken`` where the key stands for other content.
    """
    draft = Draft(lane=lane, topic=topic, payload=payload, key=key, group=group, due_at=due_at)
    return enqueue_many(drafts=[draft], at=at)[key]


def enqueue_many(*, drafts: Sequence[Draft], at: datetime) -> Mapping[str, int]:
    """Write many in one round trip, in the order given; gives their numbers by key. After ``KeyTaken`` the caller rolls
    its transaction back: the other messages are written.
    """
    assert connection.in_atomic_block, "a message is written in the transaction of its act"
    if len(drafts) > MAX_BATCH or len({draft.key for draft in drafts}) != len(drafts):
        raise BadMessage(
            f"A batch has at most {MAX_BATCH} messages, each with a key of its own.", mend="Send it in parts."
        )
    if not drafts:
        return {}
    payloads = [_checked(draft) for draft in drafts]
    columns: list[Any] = [
        [draft.key for draft in drafts],
        [draft.lane for draft in drafts],
        [draft.topic for draft in drafts],
        [draft.group for draft in drafts],
        payloads,
        [draft.due_at or at for draft in drafts],
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM outbox_write(%s::varchar[], %s::varchar[], %s::varchar[], %s::varchar[],"
            " %s::text[]::jsonb[], %s::timestamptz[], %s)",
            [*columns, at],
        )
        rows = cursor.fetchall()
    if any(outcome == "taken" for *_, outcome in rows):
        raise KeyTaken(
            "This key stands already for another message.",
            why="A key names one message for ever.",
            mend="Use a new key.",
        )
    return {key: int(number) for key, number, _ in rows}


def _checked(draft: Draft) -> str:
    """The payload as JSON."""
    for name, value, most in (
        ("lane", draft.lane, MAX_LANE),
        ("topic", draft.topic, MAX_TOPIC),
        ("key", draft.key, MAX_KEY),
    ):
        if not value or len(value) > most or "\0" in value:
            raise BadMessage(f"A message's {name} has 1 to {most} letters.", mend=f"Give the message a {name}.")
    if len(draft.group) > MAX_GROUP or "\0" in draft.group:
        raise BadMessage(f"A message's group has at most {MAX_GROUP} letters.", mend="Name the group shorter.")
    if draft.due_at is not None and draft.due_at.tzinfo is None:
        raise BadMessage("A message's time says no time zone.", mend="Give a time with its zone.")
    try:
        text = json.dumps(dict(draft.payload), ensure_ascii=False, allow_nan=False)
        size = len(text.encode())
    except (TypeError, ValueError) as error:  # UnicodeEncodeError is a ValueError
        raise BadMessage(
            "A payload is not JSON.", why=type(error).__name__, mend="Use text, numbers and lists."
        ) from None
    if size > MAX_PAYLOAD or "\\u0000" in text:
        raise BadMessage(
            f"A payload has at most {MAX_PAYLOAD} bytes, none of them nought.", mend="Send where it lies instead."
        )
    return text
