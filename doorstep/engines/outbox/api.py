"""The door of the outbox."""

from doorstep.engines.outbox.looking import drop, erase_sent, find, lanes, lanes_due, letters, requeue
from doorstep.engines.outbox.regular import Done, Regular, do_due, due_at
from doorstep.engines.outbox.sending import claim, drain, failed, succeeded
from doorstep.engines.outbox.types import (
    BadMessage,
    Draft,
    Drained,
    KeyTaken,
    LaneState,
    Letter,
    Message,
    OutboxError,
    State,
    Transport,
    TransportError,
    Worker,
)
from doorstep.engines.outbox.writing import enqueue, enqueue_many

__all__ = [
    "BadMessage",
    "Done",
    "Draft",
    "Drained",
    "KeyTaken",
    "LaneState",
    "Letter",
    "Message",
    "OutboxError",
    "Regular",
    "State",
    "Transport",
    "TransportError",
    "Worker",
    "claim",
    "do_due",
    "drain",
    "drop",
    "due_at",
    "enqueue",
    "enqueue_many",
    "erase_sent",
    "failed",
    "find",
    "lanes",
    "lanes_due",
    "letters",
    "requeue",
    "succeeded",
]
