"""Errors that say what happened, why, and what to do."""

from __future__ import annotations

import errno
from dataclasses import dataclass


class DoorstepError(Exception):
    """The root of every error that a person may read.

    ``what`` happened, ``why`` it happened (may be empty) and what to do about it (``mend``).
    None of the three may hold personal data: they end up on screens and in logs.
    """

    def __init__(self, what: str, *, why: str = "", mend: str = "") -> None:
        self.what, self.why, self.mend = what, why, mend
        super().__init__(" ".join(part for part in (what, why, mend) if part))


class Unavailable(DoorstepError):
    """Something that Doorstep needs on this machine is not there or does not answer: a disk, a port, the database."""


def unavailable(error: OSError, *, doing: str = "") -> Unavailable:
    """An error of the operating system in words. ``doing``: what could not be done, as a sentence."""
    mend = _MENDS.get(error.errno or 0, "See that the place is there and try again.")
    reason = (error.strerror or type(error).__name__).rstrip(".")
    what = doing or (f"{error.filename} cannot be used." if error.filename else "A file cannot be used.")
    return Unavailable(what, why=f"{reason}.", mend=mend)


_ROOM = "Make room on the disk and try again."
_RIGHTS = "Give your user the right to it, or name another place."
_MENDS = {
    errno.ENOSPC: _ROOM,
    errno.EDQUOT: _ROOM,
    errno.EFBIG: _ROOM,
    errno.EACCES: _RIGHTS,
    errno.EPERM: _RIGHTS,
    errno.EROFS: "Name a place that can be written to.",
    errno.EEXIST: "Name a folder, not a file.",
    errno.ENOTDIR: "Name a folder, not a file.",
    errno.EISDIR: "Name a file, not a folder.",
    errno.ELOOP: "Take the link away that leads back to itself.",
    errno.EADDRINUSE: "Choose another port.",
}


@dataclass(frozen=True, order=True)
class Place:
    """Where in a text something stands. Lines and columns count from 1; 0 means the whole file."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        if not self.line:
            return self.file
        return f"{self.file}:{self.line}:{self.column}" if self.column else f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Problem:
    """One mistake in a text that somebody wrote, and how to mend it."""

    place: Place
    what: str
    expected: str = ""
    found: str = ""
    mend: str = ""

    def as_json(self) -> dict[str, object]:
        """The problem for a program that reads it, such as an editor."""
        where = {"file": self.place.file, "line": self.place.line, "column": self.place.column}
        return {**where, "what": self.what, "expected": self.expected, "found": self.found, "mend": self.mend}

    def __str__(self) -> str:
        parts = [f"{self.place}: {self.what}"]
        if self.expected:
            parts.append(f"expected {self.expected}")
        if self.found:
            parts.append(f"found {self.found}")
        line = "; ".join(parts)
        return f"{line}. {self.mend}" if self.mend else line


class Problems(DoorstepError):
    """Every mistake found in the texts that were read, in the order of the files."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(problems, key=lambda problem: problem.place)
        shown = "\n".join(str(problem) for problem in self.problems)
        super().__init__(shown)


@dataclass
class Findings:
    """Collects problems so that one reading reports them all, not only the first."""

    problems: list[Problem]

    def __init__(self) -> None:
        self.problems = []

    def add(self, place: Place, what: str, *, expected: str = "", found: str = "", mend: str = "") -> None:
        """Note one problem and go on."""
        self.problems.append(Problem(place, what, expected, found, mend))

    def extend(self, error: Problems) -> None:
        """Take over the problems that another reader raised."""
        self.problems.extend(error.problems)

    def raise_if_any(self) -> None:
        """Raise ``Problems`` when at least one was noted."""
        if self.problems:
            raise Problems(self.problems)
