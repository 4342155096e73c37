"""The exit codes, and which error gives which."""

from __future__ import annotations

from enum import IntEnum

from doorstep.config.postgres_home import Unavailable
from doorstep.kit.errors import DoorstepError


class Exit(IntEnum):
    """What a shell script can tell from the outcome."""

    meaning: str

    def __new__(cls, value: int, meaning: str) -> Exit:
        """Give each code its words."""
        member = int.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member

    FINE = 0, "all is well"
    PROBLEMS = 1, "the input has problems, or the rules do not allow it"
    USAGE = 2, "the command was not understood"
    UNAVAILABLE = 3, "something that is needed is unavailable: the database, a disk, a port"
    STOPPED = 130, "stopped by Ctrl-C"
    PIPE_CLOSED = 141, "the reader of the output has gone"


def exit_for(error: Exception) -> Exit | None:
    """The exit code of an error that a person may read; ``None`` for a mistake of ours, which needs its traceback."""
    if isinstance(error, Unavailable) or type(error).__name__ == "OperationalError":
        return Exit.UNAVAILABLE
    if isinstance(error, DoorstepError):
        return Exit.PROBLEMS
    if isinstance(error, OSError):
        return Exit.UNAVAILABLE
    return None
