"""What crosses the door of wallets. Amounts are whole minor units of the country's currency (cents)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

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


class NoWords(WalletError):
    """An officer's act needs a reason, and it is missing or too long."""

    code = "no_words"


class NotAllowed(WalletError):
    """This officer may not do it: it takes another one."""

    code = "not_allowed"


class TooOften(WalletError):
    """So many new PINs in so short a time are not given: neither for one wallet, nor by one officer."""

    code = "too_often"


class TooManyTries(WalletError):
    """So many wrong PINs came from one address in an hour, for whatever wallets, that no more are tried."""

    code = "too_many_tries"


class NoConsent(WalletError):
    """Nobody gets a wallet who has not said yes to it."""

    code = "no_consent"


class BadCashUp(WalletError):
    """A count that cannot be: less than nothing, more brought than counted, or a difference without words."""

    code = "bad_cash_up"


class Kind(StrEnum):
    """What moved. ``PAID``: by the state."""

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


class NoteKind(StrEnum):
    """What an officer did with a wallet."""

    OPENED = "opened"
    NEW_PIN = "new_pin"
    FROZEN = "frozen"
    UNFROZEN = "unfrozen"
    LEVEL = "level"


class Asked(StrEnum):
    """Who stood at the counter and asked for a new PIN."""

    OWNER = "owner"
    GUARDIAN = "guardian"
    """Somebody whom the law lets act for the owner, with the paper that says so."""


class Recognised(StrEnum):
    """How a centre knew that it was the owner."""

    PAPERS = "papers"
    CARD = "card"
    KNOWN = "known"
    """Two people whom the centre knows say who it is."""
    ANSWERS = "answers"
    """The last movements of the wallet, told without seeing them."""


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
    pin_version: int = 0
    """Grows with each new PIN: what was opened with an earlier one is closed."""


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
    source: str = ""
    """The programme that paid, where the state did."""
    may_reply: bool = False
    """Whether somebody says that this payment to the owner was wrong, and the owner may say their side."""
    is_own: bool = True
    """Whether it was the owner's own act; else somebody else's, with the owner at the other end."""


@dataclass(frozen=True)
class AgentView:
    """An agent at work. ``float_left`` is what it may still put into wallets; ``today`` is what it did."""

    code: str
    float_left: int
    today_in: int
    today_out: int
    cash: int = 0
    """The cash that should be there: what was left at the last count, and what went in and out since."""
    counted_at: datetime | None = None
    has_pin: bool = False
    pin_version: int = 0


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
    reply: str = ""
    """The receiver's side, in their words."""
    replied_at: datetime | None = None
    paid_at: datetime | None = None
    decided_at: datetime | None = None
    returned: MovementView | None = None
    """The movement that gave back what was held, where it was upheld."""


@dataclass(frozen=True)
class NoteView:
    """What an officer did with a wallet, as its owner and other officers read it."""

    kind: NoteKind
    by: str
    asked: str
    recognised: str
    words: str
    at: datetime


@dataclass(frozen=True)
class Desk:
    """A wallet as officers see it. ``page`` stands in addresses; the other ends of ``movements`` are masked."""

    page: UUID
    wallet: WalletView
    opened_at: datetime
    opened_by: str
    waits_until: datetime | None
    movements: tuple[MovementView, ...]
    notes: tuple[NoteView, ...]
    disputes: tuple[DisputeView, ...]


@dataclass(frozen=True)
class Opening:
    """A wallet to open at a centre. ``person``: their number in a register, or nothing for somebody without papers.

    ``consent``: they said yes to the rules of wallets, read to them.
    """

    person: str
    level: str
    language: str
    recognised: Recognised
    consent: bool


@dataclass(frozen=True)
class Paid:
    """A payment of the state that arrived in a wallet. ``key`` is the payment's own, ``act`` its key on the ledger."""

    holder: str
    key: str
    act: str
    amount: int
    source: str


@dataclass(frozen=True)
class CashUpView:
    """One count of an agent's cash."""

    at: datetime
    by: str
    expected: int
    counted: int
    brought: int
    words: str

    @property
    def difference(self) -> int:
        """What was there too much, or (less than nought) too little."""
        return self.counted - self.expected


@dataclass(frozen=True)
class Count:
    """What an officer counted at an agent. ``seen``: the sum that should be there, as the page showed it."""

    counted: int
    brought: int
    seen: int
    words: str
    key: str
