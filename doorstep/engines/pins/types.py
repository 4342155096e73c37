"""How a PIN is guarded, and what can be wrong with one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from doorstep.kit.errors import DoorstepError


@dataclass(frozen=True)
class PinRules:
    """``digits`` of a PIN; after ``tries`` wrong ones it waits ``wait_minutes``, each time twice as long."""

    digits: int = 6
    tries: int = 5
    wait_minutes: int = 15


class BadPin(DoorstepError):
    """A new PIN that cannot be used."""


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
