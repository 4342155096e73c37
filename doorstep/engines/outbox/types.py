"""What crosses the door of the outbox. Times come from the caller."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from doorstep.kit.errors import DoorstepError

DELAYS = (
    timedelta(0),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=12),
    timedelta(hours=24),
)
"""How long to wait after each failed attempt: the first is repeated at once. After one more, it is a dead letter."""

MOST_ATTEMPTS = len(DELAYS) + 1


class State(StrEnum):
    """Where a message stands. ``BEHIND``: another of its group goes first. ``DEAD``: nobody tries any more, those
    behind it wait, and a person looks at it. ``DROPPED``: that person gave it up.
    """

    WAITING = "waiting"
    BEHIND = "behind"
    SENT = "sent"
    DEAD = "dead"
    DROPPED = "dropped"


@dataclass(frozen=True)
class Draft:
    """A message to be written. ``group``: messages of one group are sent in the order in which they were written."""

    lane: str
    topic: str
    payload: Mapping[str, Any]
    key: str
    group: str = ""
    due_at: datetime | None = None


@dataclass(frozen=True)
class Message:
    """A message that a worker has leased: it alone may send it until ``leased_until``."""

    id: int
    key: str
    lane: str
    topic: str
    payload: Mapping[str, Any]
    group: str
    attempt: int
    leased_until: datetime


@dataclass(frozen=True)
class Letter:
    """A message as an officer sees it: without its payload, which may be personal."""

    id: int
    key: str
    lane: str
    topic: str
    group: str
    state: State
    attempts: int
    written_at: datetime
    due_at: datetime
    finished_at: datetime | None
    error: str
    receipt: str


@dataclass(frozen=True)
class LaneState:
    """How a lane does. ``due``: how many of the waiting could go now; ``oldest_due_at``: since when the first could."""

    lane: str
    waiting: int
    due: int
    sent: int
    dead: int
    oldest_due_at: datetime | None


@dataclass(frozen=True)
class Drained:
    """What a worker did. ``late``: it reported a failure for a message that another worker had taken over by then."""

    sent: int = 0
    failed: int = 0
    dead: int = 0
    late: int = 0

    def __add__(self, other: Drained) -> Drained:
        return Drained(
            self.sent + other.sent, self.failed + other.failed, self.dead + other.dead, self.late + other.late
        )


@dataclass(frozen=True)
class Worker:
    """Who drains a lane: a name for the record, how many to lease at a time, and for how long."""

    name: str
    size: int = 20
    lease: timedelta = field(default=timedelta(minutes=5))


Transport = Callable[[Message], str]
"""Sends one message and gives the receiver's receipt (may be empty). Raises ``TransportError`` where it fails."""


class TransportError(DoorstepError):
    """A message could not be sent. ``permanent``: trying again would not help, so nobody does."""

    def __init__(self, what: str, *, permanent: bool = False, why: str = "", mend: str = "") -> None:
        self.permanent = permanent
        super().__init__(what, why=why, mend=mend)


class OutboxError(DoorstepError):
    """The outbox refuses, and nothing was written."""


class BadMessage(OutboxError):
    """A message without a lane, a topic or a key, with one that is too long, or with a payload that is no JSON."""


class KeyTaken(OutboxError):
    """The key of an earlier message came again with other content."""
