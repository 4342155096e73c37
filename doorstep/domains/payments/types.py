"""What crosses the door of payments: plain values, and what can go wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Generic, TypeVar

from doorstep.kit.errors import DoorstepError

T = TypeVar("T")


class Rail(StrEnum):
    """The way on which money travels. ``NONE``: nobody knows yet where to pay this person."""

    WALLET = "wallet"
    BANK = "bank"
    MOBILE = "mobile"
    NONE = "none"


class BatchState(StrEnum):
    """Where a batch stands; ``life`` says what moves it."""

    DRAFT = "draft"
    APPROVED = "approved"
    SENDING = "sending"
    SETTLED = "settled"
    PARTLY_FAILED = "partly_failed"
    CANCELLED = "cancelled"


class PaymentState(StrEnum):
    """Where one payment stands; ``life`` says what moves it."""

    DUE = "due"
    SENT = "sent"
    PAID = "paid"
    FAILED = "failed"
    RETURNED = "returned"
    GIVEN_UP = "given_up"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Officer:
    """Who acts, as the records name them. ``may_approve``: a supervisor."""

    name: str
    may_approve: bool = False


@dataclass(frozen=True)
class Debtor:
    """The account that pays by bank: whose it is, its IBAN, and the bank's BIC where it is known.

    ``version``: the version of pain.001 that this bank takes, ``"09"`` or ``"03"``.
    """

    name: str
    iban: str
    bic: str = ""
    version: str = "09"


@dataclass(frozen=True)
class Payable:
    """One person to pay. ``amount`` in minor units; ``account`` is an IBAN, a telephone number, or empty (wallet)."""

    person: str
    amount: int
    rail: Rail
    account: str = ""
    name: str = ""
    bic: str = ""


@dataclass(frozen=True)
class Order:
    """A batch to make. ``period`` names the time that is paid for, such as ``2026-11``.

    ``cut_off_at``: later than this nobody approves it for ``due_date``. ``text`` stands on bank statements.
    """

    programme: str
    period: str
    currency: str
    digits: int
    due_date: date
    cut_off_at: datetime
    text: str = ""
    debtor: Debtor | None = None
    """Needed where somebody is paid by bank."""


@dataclass(frozen=True)
class Refusal:
    """A row of a list that cannot be paid, and why; ``row`` counts from 1 (the line of a file, its head left out)."""

    row: int
    why: str


@dataclass(frozen=True)
class Totals:
    """How many payments and how much, in minor units."""

    count: int = 0
    amount: int = 0


@dataclass(frozen=True)
class BatchView:
    """A batch as officers see it. ``by_state``: every state of its payments that occurs, with its totals."""

    id: int
    programme: str
    period: str
    currency: str
    digits: int
    due_date: date
    cut_off_at: datetime
    state: BatchState
    totals: Totals
    by_state: Mapping[PaymentState, Totals]
    by_rail: Mapping[Rail, Totals]
    made_by: str
    made_at: datetime
    approved_by: str
    approved_at: datetime | None
    ended_at: datetime | None
    words: str
    waiting: int = 0
    """Payments whose answer has not come for so long that a person must ask."""
    differences: int = 0
    """What banks told that does not agree with us, and that nobody has settled."""


@dataclass(frozen=True)
class AttemptView:
    """One try to pay. ``account`` is masked."""

    number: int
    rail: Rail
    account: str
    state: PaymentState
    sent_at: datetime
    ended_at: datetime | None
    code: str
    reference: str
    end_to_end: str
    is_stuck: bool = False
    """No answer for longer than a provider promises: a person must ask."""


@dataclass(frozen=True)
class DecisionView:
    """What an officer did about a payment, and their words."""

    verdict: str
    who: str
    at: datetime
    words: str


@dataclass(frozen=True)
class PaymentView:
    """One payment, as officers see it."""

    id: int
    batch: int
    programme: str
    period: str
    person: str
    name: str
    amount: int
    currency: str
    digits: int
    rail: Rail
    account: str
    state: PaymentState
    code: str
    due_date: date
    changed_at: datetime
    attempts: tuple[AttemptView, ...] = ()
    decisions: tuple[DecisionView, ...] = ()
    is_stuck: bool = False


@dataclass(frozen=True)
class OwnPayment:
    """A payment as the person reads it: ``key`` names the words of its state (``coming``, ``on_its_way``, ``arrived``,
    ``came_back``: somebody of the office works on it, ``stopped``), ``when`` the day of it."""

    id: int
    programme: str
    period: str
    amount: int
    currency: str
    digits: int
    key: str
    when: date
    rail: Rail
    account: str
    complain_about: str
    """The reference to name when one calls or writes."""


class ChangeState(StrEnum):
    """Where a wish for another account stands."""

    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"


@dataclass(frozen=True)
class PayeeChangeView:
    """A wish for another account, and what became of it. ``account`` is masked."""

    id: int
    person: str
    rail: Rail
    account: str
    name: str
    words: str
    asked_by: str
    asked_at: datetime
    state: ChangeState
    decided_by: str
    decided_at: datetime | None
    answer: str


@dataclass(frozen=True)
class PayeeView:
    """Where a person is paid (``account`` is masked; ``NONE``: nobody has told), and every change of it."""

    person: str
    rail: Rail
    account: str
    changed_at: datetime | None
    changes: tuple[PayeeChangeView, ...]


@dataclass(frozen=True)
class MessageView:
    """A file that went to a bank."""

    id: int
    message_id: str
    totals: Totals
    made_at: datetime
    answered: int


@dataclass(frozen=True)
class DifferenceView:
    """What somebody else told about a payment that does not agree with us."""

    id: int
    payment: int | None
    end_to_end: str
    kind: str
    ours: str
    theirs: str
    told_at: datetime


@dataclass(frozen=True)
class Ended:
    """What became of one attempt, by its number. ``state``: paid, failed or returned."""

    attempt: int
    state: PaymentState
    code: str = ""
    reference: str = ""


@dataclass(frozen=True)
class Drafted:
    """A batch that was made. ``left_out``: people of the list who are in a batch of this period already."""

    batch: int
    totals: Totals
    left_out: int
    without_account: int


@dataclass(frozen=True)
class Imported:
    """What one status file changed."""

    message_id: str
    told: int
    paid: int
    failed: int
    pending: int
    differences: int
    is_repeated: bool = False


@dataclass(frozen=True)
class Balanced:
    """One sum that must agree: what the payments say and what the ledger says, in minor units."""

    name: str
    payments: int
    ledger: int

    @property
    def agrees(self) -> bool:
        """True where both are the same."""
        return self.payments == self.ledger


@dataclass(frozen=True)
class Progress:
    """What sending or asking did. ``files``: names of files written for banks."""

    sent: int = 0
    paid: int = 0
    failed: int = 0
    pending: int = 0
    files: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class Page(Generic[T]):
    """A part of a long list; ``number`` counts from 1."""

    items: tuple[T, ...]
    number: int
    pages: int
    total: int


class NotFound(DoorstepError):
    """There is no such batch or payment."""


class NotAllowed(DoorstepError):
    """This person may not do it: their role, or because they made what is to be approved."""


class TooLate(DoorstepError):
    """The state of the batch or payment does not allow it, or its cut-off has passed."""


class BadList(DoorstepError):
    """Rows that cannot be paid. ``refusals`` tell each."""

    def __init__(self, what: str, *, refusals: tuple[Refusal, ...] = (), why: str = "", mend: str = "") -> None:
        super().__init__(what, why=why, mend=mend)
        self.refusals = refusals


class AlreadyInBatch(BadList):
    """Some of these people are paid for this programme and period already."""


class BadWords(DoorstepError):
    """An officer's words, or an account that they gave, cannot be used. ``field`` names which."""

    def __init__(self, what: str, *, field: str, mend: str = "") -> None:
        super().__init__(what, mend=mend)
        self.field = field


class BadOrder(DoorstepError):
    """A file for a bank that must not be written."""


class BadStatus(DoorstepError):
    """A status file that cannot be read, or that is about something else."""


class BadCallback(DoorstepError):
    """A callback whose signature or content is wrong. It changed nothing."""


class NotEnough(DoorstepError):
    """A programme's fund does not hold what is to be sent. Nothing was sent."""


class DoesNotAddUp(DoorstepError):
    """Totals that must be the same are not. Nothing was changed."""
