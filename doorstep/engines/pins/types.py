"""How a PIN is guarded, and what can be wrong with one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from doorstep.kit.errors import DoorstepError


@dataclass(frozen=True)
class PinRules:
    """``digits`` of a PIN; after ``tries`` wrong ones it waits ``wait_minutes``, each time twice as long."""

    digits: int = 6
    tries: int = 5
    wait_minutes: int = 15


class BadPin(DoorstepError):
    """A new PIN that cannot be used. ``is_easy``: it has the right form, and is guessed first."""

    def __init__(self, what: str, *, why: str = "", mend: str = "", is_easy: bool = False) -> None:
        super().__init__(what, why=why, mend=mend)
        self.is_easy = is_easy


class WrongPin(DoorstepError):
    """The name and the PIN do not fit together; which of them is wrong is not told."""

    def __init__(self, left: int) -> None:
        super().__init__("The number and the PIN do not fit together.", mend=f"{left} more tries before a wait.")
        self.left = left


class Waiting(DoorstepError):
    """Too many wrong tries: nobody is let in before ``until``, with the right PIN neither."""

    def __init__(self, until: datetime) -> None:
        super().__init__("Too many wrong tries.", mend="Wait, or ask at a centre for a new PIN.")
        self.until = until


class TooManyMisses(DoorstepError):
    """Too many wrong tries of one visitor, whatever names they tried, ``within`` a time."""

    def __init__(self, within: timedelta) -> None:
        minutes = int(within.total_seconds() // 60)
        super().__init__("Too much was tried from here.", mend=f"Wait {minutes} minutes, or ask at a centre.")
        self.within = within
