"""What crosses the door of wallets. Amounts are whole minor units of the country's currency (cents)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from doorstep.kit.errors import DoorstepError


class WalletError(DoorstepError):
    """An act with a wallet that is refused. ``code`` names the reason for programs and for the words of a page."""

    code = "refused"


class NoWallet(WalletError):
    """No such wallet, or it was closed."""

    code = "no_wallet"


class WrongPin(WalletError):
    """The PIN is not that of the wallet or agent. ``left``: how many tries are left before a wait."""

    code = "wrong_pin"

    def __init__(self, left: int) -> None:
        self.left = left
        super().__init__("The number and the PIN do not fit together.", mend="Try again, slowly.")


class Waiting(WalletError):
    """Too many wrong PINs: nothing is possible until ``until``."""

    code = "waiting"

    def __init__(self, until: datetime) -> None:
        self.until = until
        super().__init__(
            "Too many wrong PINs.", why="Somebody may be guessing.", mend="Wait, or get a new PIN at a centre."
        )


class Frozen(WalletError):
    """Nothing moves until an officer has looked."""

    code = "frozen"


class BadPin(WalletError):
    """A PIN that is too easy or has the wrong number of digits."""

    code = "bad_pin"


class OverLimit(WalletError):
    """More than the wallet's level allows. ``limit`` is the most, ``rule`` which limit it is."""

    code = "over_limit"

    def __init__(self, rule: str, limit: int) -> None:
        self.rule, self.limit = rule, limit
        super().__init__("That is more than this wallet may move.", mend="Move less, or ask for a higher level.")


class NotEnough(WalletError):
    """There is not so much in the wallet, or not so much float at the agent."""

    code = "not_enough"


class BadAmount(WalletError):
    """No amount that can be moved: nothing, less than nothing, or too large to be meant."""

    code = "bad_amount"


class SameKey(WalletError):
    """The key of an earlier act came again for another one."""

    code = "same_key"


class NotYours(WalletError):
    """It belongs to another wallet."""

    code = "not_yours"


class NoRecovery(WalletError):
    """No open recovery has this code, or it is over."""

    code = "no_recovery"


class AlreadyDisputed(WalletError):
    """A quarrel about this movement is open or decided."""

    code = "already_disputed"


class Kind(StrEnum):
    """What moved."""

    CASH_IN = "cash_in"
    CASH_OUT = "cash_out"
    SENT = "sent"
    RETURNED = "returned"
    PAID = "paid"


class State(StrEnum):
    """A wallet's."""

    ACTIVE = "active"
    FROZEN = "frozen"
    CLOSED = "closed"


class DisputeState(StrEnum):
    """A quarrel's."""

    OPEN = "open"
    UPHELD = "upheld"
    REJECTED = "rejected"


@dataclass(frozen=True)
class WalletView:
    """A wallet as its owner sees it. ``available`` is what is not held; ``left_today`` what may still leave today."""

    number: str
    level: str
    state: State
    language: str
    balance: int
    available: int
    left_today: int
    holds_at_most: int
    pays_at_once: int
    confidants: tuple[str, ...]
    has_pin: bool


@dataclass(frozen=True)
class MovementView:
    """One movement as its owner sees it. ``amount`` is negative where it left the wallet; ``other`` is who."""

    id: int
    kind: Kind
    amount: int
    other: str
    at: datetime
    may_dispute: bool
    dispute: DisputeState | None
    leaf: int | None = None


@dataclass(frozen=True)
class AgentView:
    """An agent at work. ``float_left`` is what it may still put into wallets; ``today`` is what it did."""

    code: str
    float_left: int
    today_in: int
    today_out: int


@dataclass(frozen=True)
class DisputeView:
    """A quarrel for the officer who decides it. ``held`` is what was still there to hold."""

    id: int
    movement: int
    sender: str
    receiver: str
    amount: int
    held: int
    text: str
    opened_at: datetime
    state: DisputeState
    decided_by: str
    words: str
