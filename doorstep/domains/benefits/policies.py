"""Who may do what: ``can_x`` asks, ``check_x`` raises ``NotAllowed``."""

from __future__ import annotations

from doorstep.domains.benefits.types import NotAllowed, Officer, Role

MAX_WORDS = 5_000
"""Letters in an objection, or in an official's answer."""


def can_review(officer: Officer) -> bool:
    """May read the desk, settle reviews and objections, and send notices."""
    return bool(officer.name) and bool(officer.roles & {Role.OFFICER, Role.SUPERVISOR})


def check_review(officer: Officer) -> None:
    """Raise unless ``can_review``."""
    if not can_review(officer):
        raise NotAllowed("This needs the role of officer.", mend="Ask your supervisor for the role.")


def can_supervise(officer: Officer) -> bool:
    """May turn the switch and run for real."""
    return bool(officer.name) and Role.SUPERVISOR in officer.roles


def check_supervise(officer: Officer) -> None:
    """Raise unless ``can_supervise``."""
    if not can_supervise(officer):
        raise NotAllowed("This needs the role of supervisor.", mend="Ask a supervisor to do it.")
