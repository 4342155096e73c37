"""The end of a message, and with it the turn of the next of its group."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from doorstep.engines.outbox.types import State

LONGEST = 500
"""Letters of a receipt or an error that are kept."""


def finish(number: int, *, before: State, after: State, at: datetime, receipt: str = "", error: str = "") -> bool:
    """Move a message to its last state; false where it does not stand in ``before``."""
    values = [number, before.value, after.value, at, receipt[:LONGEST], error[:LONGEST]]
    with connection.cursor() as cursor:
        cursor.execute("SELECT outbox_finish(%s, %s, %s, %s, %s, %s)", values)
        return bool(cursor.fetchone()[0])
