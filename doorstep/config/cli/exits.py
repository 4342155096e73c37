"""The exit codes, and which error gives which."""

from __future__ import annotations

from enum import IntEnum

from doorstep.kit.errors import DoorstepError, Unavailable


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
    PROBLEMS = 1, "the input has mistakes; nothing was changed"
    USAGE = 2, "the command was not understood"
    UNAVAILABLE = 3, "something that is needed is unavailable: the database, a disk, a port"
    REFUSED = 4, "a guard stopped the run before it changed anything: a person should look"
    STOPPED = 130, "stopped by Ctrl-C or SIGTERM; nothing is half done"
    PIPE_CLOSED = 141, "the reader of the output has gone"


def exit_for(error: Exception) -> Exit | None:
    """The exit code of an error that a person may read; ``None`` for a mistake of ours, which needs its traceback."""
    from doorstep.domains.benefits.types import RunRefused

    if isinstance(error, RunRefused):
        return Exit.REFUSED
    if isinstance(error, Unavailable | OSError) or _is_of_the_database(error):
        return Exit.UNAVAILABLE
    return Exit.PROBLEMS if isinstance(error, DoorstepError) else None


def _is_of_the_database(error: Exception) -> bool:
    """Whether the database is away, full or stopped: by name, so that commands without a database import none."""
    return any(kind.__name__ in ("OperationalError", "InternalError") for kind in type(error).__mro__)
