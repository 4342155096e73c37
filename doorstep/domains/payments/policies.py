"""Who may do what with a batch: ``can_x`` asks, ``check_x`` raises ``NotAllowed``."""

from __future__ import annotations

from datetime import datetime

from doorstep.domains.payments.models import Batch
from doorstep.domains.payments.types import BadWords, NotAllowed, Officer, TooLate

MAX_WORDS = 2_000
"""Letters of an officer's reason."""


def check_officer(officer: Officer) -> None:
    """Raise unless somebody acts whose name can stand in the records."""
    if not officer.name:
        raise NotAllowed("Nobody acts here.", mend="Sign in.")


def can_approve(officer: Officer, batch: Batch) -> bool:
    """A supervisor who did not make the batch: four eyes."""
    return officer.may_approve and bool(officer.name) and officer.name != batch.made_by


def check_approve(officer: Officer, batch: Batch, at: datetime) -> None:
    """Raise ``NotAllowed`` unless ``can_approve``, and ``TooLate`` after the cut-off."""
    if not officer.may_approve or not officer.name:
        raise NotAllowed("Only a supervisor approves a batch.", mend="Ask a supervisor to look at it.")
    if officer.name == batch.made_by:
        raise NotAllowed("You made this batch.", why="Two people look at every batch.", mend="Ask another supervisor.")
    if at > batch.cut_off_at:
        raise TooLate(
            "The cut-off of this batch has passed.",
            why=f"It was {batch.cut_off_at:%Y-%m-%d %H:%M} UTC.",
            mend="Set a later day on which it is paid, then approve it.",
        )


def checked_words(words: str) -> str:
    """An officer's words, tidied. Raises ``BadWords`` where there are none, or too many."""
    tidy = words.replace("\0", "").strip()
    if not tidy:
        raise BadWords("Say why.", field="words")
    if len(tidy) > MAX_WORDS:
        raise BadWords("These words are too long.", field="words", mend=f"Use at most {MAX_WORDS} letters.")
    return tidy
