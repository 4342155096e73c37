"""Leasing, sending and reporting. Each step is a transaction of its own, so that it is known to all at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection

from doorstep.engines.outbox.finishing import LONGEST, finish
from doorstep.engines.outbox.models import Message as Row
from doorstep.engines.outbox.types import (
    DELAYS,
    MOST_ATTEMPTS,
    Drained,
    Message,
    OutboxError,
    State,
    Transport,
    TransportError,
    Worker,
)


def claim(*, lane: str, worker: str, size: int, lease: timedelta, at: datetime) -> list[Message]:
    """Lease up to ``size`` messages that are due. Each counts as an attempt, whether or not the worker lives to report.

    Clocks of workers may differ: a lease should last much longer than they do, and than one sending.
    """
    if size < 1 or lease <= timedelta(0):
        raise OutboxError("A worker leases at least one message, for some time.", mend="Give a size and a lease.")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, key, lane, topic, payload::text, series, attempts, due_at"
            " FROM outbox_claim(%s, %s, %s, %s, %s, %s) ORDER BY id",
            [lane, worker[:80], size, MOST_ATTEMPTS, at, at + lease],
        )
        rows = cursor.fetchall()
    return [
        Message(number, key, lane, topic, json.loads(payload), series, attempts, due_at)
        for number, key, lane, topic, payload, series, attempts, due_at in rows
    ]


def succeeded(*, message: Message, at: datetime, receipt: str = "") -> bool:
    """Note that the receiver has it; also from a worker whose lease is over. False: it was noted before."""
    return finish(message.id, before=State.WAITING, after=State.SENT, at=at, receipt=receipt)


def failed(*, message: Message, at: datetime, error: str, permanent: bool = False) -> State | None:
    """Note that it could not be sent: it waits longer each time, and is a dead letter after a permanent error or the
    last attempt. Gives its state, or nothing where another worker has taken it over, whose word counts.
    """
    rows = Row.objects.filter(pk=message.id, state="waiting", attempts=message.attempt)
    dead = permanent or message.attempt >= MOST_ATTEMPTS
    if dead:
        found = rows.update(state="dead", error=error[:LONGEST], worker="")
    else:
        delay = DELAYS[message.attempt - 1]
        # What failed together comes again spread over a tenth of the time, so that the receiver can breathe.
        due_at = at + delay * (1 + (message.id % 11) / 100)
        found = rows.update(due_at=due_at, error=error[:LONGEST], worker="")
    if not found:
        return None
    return State.DEAD if dead else State.WAITING


def drain(*, lane: str, worker: Worker, transport: Transport, clock: Callable[[], datetime]) -> Drained:
    """Send what is due on a lane until nothing is. Only ``TransportError`` counts as a failure of the receiver;
    any other error is a mistake in a program: it is noted on the message, which is tried again, and raised.
    """
    if connection.in_atomic_block:
        raise OutboxError("A lane is drained outside of any transaction.", why="Leases must be seen by other workers.")
    done = Drained()
    while messages := claim(lane=lane, worker=worker.name, size=worker.size, lease=worker.lease, at=clock()):
        for message in messages:
            if clock() < message.leased_until:  # else it is somebody else's by now
                done += _send(message, transport, clock)
    return done


def _send(message: Message, transport: Transport, clock: Callable[[], datetime]) -> Drained:
    try:
        receipt = transport(message)
    except TransportError as error:
        state = failed(message=message, at=clock(), error=str(error), permanent=error.permanent)
        return Drained(failed=int(state == State.WAITING), dead=int(state == State.DEAD), late=int(state is None))
    except Exception as error:
        failed(message=message, at=clock(), error=f"{type(error).__name__} in the transport")
        raise
    return Drained(sent=int(succeeded(message=message, at=clock(), receipt=receipt)))
