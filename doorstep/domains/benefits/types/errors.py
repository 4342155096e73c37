"""What can go wrong in benefits. They cross the door with the other types."""

from __future__ import annotations

from doorstep.kit.errors import DoorstepError


class NotFound(DoorstepError):
    """There is no such programme, run, decision, review or objection (or it must not be told apart from none)."""


class NotAllowed(DoorstepError):
    """This person's role does not allow it."""


class TooManyTries(DoorstepError):
    """Somebody guesses references: they must wait."""


class TooLate(DoorstepError):
    """The time to object is over, or the thing was settled already."""


class AlreadyObjected(TooLate):
    """Other words came before as the objection to this decision, and they stand."""


class BadAnswer(DoorstepError):
    """An answer that cannot be used. ``question`` names it; ``what`` says it in the visitor's language."""

    def __init__(self, what: str, *, question: str) -> None:
        super().__init__(what)
        self.question = question


class RunRefused(DoorstepError):
    """A run that must not go on. ``code`` says why: for machines, and for the run's row."""

    def __init__(self, what: str, *, code: str, why: str = "", mend: str = "") -> None:
        super().__init__(what, why=why, mend=mend)
        self.code = code
