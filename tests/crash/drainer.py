"""A worker that sends what the acts wrote into the outbox, to a receiver that writes down each message it gets.

python -m tests.crash.drainer FOLDER NUMBER [--to-the-end]
"""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import django
from django.db import DatabaseError, InterfaceError, connection

from tests.crash.journal import Journal

LEASE = timedelta(seconds=3)
SKEW = timedelta(minutes=5)


def clock() -> datetime:
    """Ahead of every client's clock, so that nothing waits for theirs."""
    return datetime.now(UTC) + SKEW


def main() -> None:
    """Send until killed, or until nothing waits."""
    folder, number, to_the_end = Path(sys.argv[1]), sys.argv[2], "--to-the-end" in sys.argv
    django.setup()
    from doorstep.engines.outbox import api as outbox

    receiver = Journal(folder / f"receiver-{number}.jsonl")
    worker = outbox.Worker(f"{number} {os.getpid()}", size=50, lease=LEASE)

    def transport(message: outbox.Message) -> str:
        receiver.write(key=message.key, id=message.id, group=message.group, at=time.monotonic_ns())
        return ""

    while True:
        try:
            outbox.drain(lane="events", worker=worker, transport=transport, clock=clock)
            receiver.keep()
            if to_the_end and not sum(lane.waiting for lane in outbox.lanes(at=clock())):
                return
        except (DatabaseError, InterfaceError):
            connection.close()
        time.sleep(0.1)


if __name__ == "__main__":
    main()
