"""What crosses the door of vouchers. Amounts are whole minor units of the kind; no type here holds personal data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from doorstep.kit.errors import DoorstepError


class VoucherError(DoorstepError):
    """The root of what vouchers refuse. ``code`` is the word under which it stands in the audit and in the pages."""

    code = "refused"

    def __init__(self, what: str, *, code: str = "", why: str = "", mend: str = "") -> None:
        super().__init__(what, why=why, mend=mend)
        self.code = code or self.code


class NoSuch(VoucherError):
    """What was asked for is not there."""

    code = "not_found"


class NotAllowed(VoucherError):
    """Somebody may not do this."""

    code = "not_allowed"


class BadInput(VoucherError):
    """What was given cannot be used."""

    code = "bad_input"


class Refused(VoucherError):
    """A redemption that is not made. The attempt stands in the audit under its ``code``."""


class TooManyTries(VoucherError):
    """Guessing is slowed down."""

    code = "too_many"


class CardState(StrEnum):
    """A card's life. Only an ``active`` one redeems."""

    ACTIVE = "active"
    LOCKED = "locked"
    BLOCKED = "blocked"
    REPLACED = "replaced"


class BatchState(StrEnum):
    """A list's life: checked, then released by somebody else or cancelled."""

    CHECKED = "checked"
    RELEASED = "released"
    CANCELLED = "cancelled"


class ContestState(StrEnum):
    """A contest's life."""

    PENDING = "pending"
    UPHELD = "upheld"
    REJECTED = "rejected"


class How(StrEnum):
    """Under which guarantee something was redeemed."""

    ONLINE = "online"
    RESERVED = "reserved"
    BOUNDED = "bounded"


class Finger(Protocol):
    """A fingerprint device, in the words of this house. None is required: a PIN always does.

    The device compares on its own and says yes or no for a card's number: no print ever comes here.
    """

    def is_finger_of(self, card: str) -> bool:
        """Whether the finger on the device is that of the card's holder."""
        ...


@dataclass(frozen=True)
class Clerk:
    """An officer who acts: the name for the records, and whether they supervise."""

    name: str
    supervises: bool = False


@dataclass(frozen=True)
class Shown:
    """How somebody shows to be the holder: a card's token or number, and a PIN or a finger."""

    card: str
    pin: str = ""
    finger: Finger | None = None


@dataclass(frozen=True)
class LineView:
    """One line of a list and what becomes of it. ``row`` is its line in the file."""

    row: int
    holder: str
    wanted: int
    given: int
    set_aside: int
    had: int
    agencies: tuple[str, ...]
    problem: str = ""


@dataclass(frozen=True)
class BatchView:
    """A list as it stands. ``lines`` are those of the page asked for."""

    id: int
    agency: str
    kind: str
    month: date
    state: BatchState
    made_by: str
    made_at: datetime
    released_by: str
    released_at: datetime | None
    people: int
    wanted: int
    given: int
    set_aside: int
    duplicates: int
    lines: Sequence[LineView] = ()


@dataclass(frozen=True)
class Printed:
    """A new card as it is handed over, once: the PIN is stored nowhere but as a hash."""

    number: str
    token: str
    pin: str
    holder: str
    until: date
    for_proxy: bool = False


@dataclass(frozen=True)
class CardView:
    """One card. ``holder`` is the short form of the pseudonym."""

    number: str
    holder: str
    state: CardState
    issued_at: datetime
    until: date
    proxy: bool
    reason: str = ""


@dataclass(frozen=True)
class ProxyView:
    """Somebody who collects for the holder: what, until when."""

    id: int
    number: str
    kinds: tuple[str, ...]
    until: date
    named_by: str
    named_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True)
class VoucherView:
    """One voucher of a person."""

    id: int
    kind: str
    agency: str
    issued: int
    left: int
    held: int
    issued_on: date
    expires_on: date


@dataclass(frozen=True)
class SetAside:
    """What was not given because it would have been double. ``contest`` is the state of the contest, if any."""

    line: int
    kind: str
    agency: str
    month: date
    amount: int
    had: int
    agencies: tuple[str, ...]
    at: datetime
    contest: str
    answer: str


@dataclass(frozen=True)
class Movement:
    """One line of a person's statement: what came (+) or went (-)."""

    at: datetime
    kind: str
    amount: int
    what: str
    place: str
    number: str
    proof: str = ""
    """What its receipt is asked for by; empty where nothing was put into the log."""


@dataclass(frozen=True)
class HolderView:
    """Everything that the scheme knows of one person."""

    holder: str
    language: str
    cards: Sequence[CardView]
    proxies: Sequence[ProxyView]
    vouchers: Sequence[VoucherView]
    set_aside: Sequence[SetAside]
    statement: Sequence[Movement]


@dataclass(frozen=True)
class Receipt:
    """What a shop and a person keep of a redemption. ``left`` is what remains of that kind."""

    number: str
    kind: str
    amount: int
    left: int
    shop: str
    at: datetime
    how: How
    undo_until: datetime
    undone: bool = False


@dataclass(frozen=True)
class Due:
    """What a shop will be paid for one kind of one agency."""

    kind: str
    agency: str
    amount: int
    redemptions: int


@dataclass(frozen=True)
class SettlementView:
    """One payment that a shop is due: a period, its sums, by whom it was closed."""

    id: int
    shop: str
    from_date: date
    until_date: date
    pay_on: date
    made_by: str
    made_at: datetime
    rows: Sequence[Due]


@dataclass(frozen=True)
class ContestView:
    """Somebody says that what was set aside is theirs."""

    id: int
    line: int
    holder: str
    kind: str
    agency: str
    month: date
    amount: int
    had: int
    agencies: tuple[str, ...]
    text: str
    received_at: datetime
    due: date
    state: ContestState
    decided_by: str
    answer: str


@dataclass(frozen=True)
class RefusalView:
    """An attempt that was refused: the audit's line."""

    at: datetime
    code: str
    shop: str
    device: str
    kind: str
    amount: int
    card: str


@dataclass(frozen=True)
class Reconciled:
    """One kind of one agency: ``issued = redeemed + expired + reserved + left``, or the books are wrong.

    ``ledger_*`` are the same sums taken from the ledger; ``lost`` is what the agency paid beyond vouchers (offline).
    """

    kind: str
    agency: str
    issued: int
    redeemed: int
    expired: int
    reserved: int
    left: int
    lost: int
    settled: int
    due: int
    ledger_left: int
    ledger_paid: int

    @property
    def is_exact(self) -> bool:
        """Whether every sum agrees, within the scheme and with the ledger."""
        return (
            self.issued == self.redeemed + self.expired + self.reserved + self.left
            and self.ledger_left == self.left + self.reserved
            and self.redeemed + self.lost == self.settled + self.due
            and self.ledger_paid == self.settled + self.due
        )


@dataclass(frozen=True)
class ConflictView:
    """Something redeemed offline that no voucher covered: how much, and who bears it."""

    device: str
    sequence: int
    kind: str
    amount: int
    bearer: str
    reason: str
    at: datetime


@dataclass(frozen=True)
class DeviceView:
    """A phone or tablet that may redeem offline."""

    code: str
    shop: str
    enrolled_at: datetime
    enrolled_by: str
    closed_at: datetime | None
    synced_at: datetime | None
    entries: int


@dataclass(frozen=True)
class PermitView:
    """What a device may give, and has given of it. ``person``: the most for one card, ``total``: for all together."""

    id: int
    kind: str
    mode: str
    person: int
    total: int
    given: int
    loss: str
    from_at: datetime
    until: datetime
    sync_by: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class EntryView:
    """One line that a device told, and what became of it."""

    sequence: int
    received_at: datetime
    amount: int
    kind: str
    outcome: str


@dataclass(frozen=True)
class DeviceDetail:
    """A device with what it may give, what it told, and what nobody's voucher covered."""

    device: DeviceView
    closed_by: str
    permits: Sequence[PermitView]
    entries: Sequence[EntryView]
    conflicts: Sequence[ConflictView]


@dataclass(frozen=True)
class FundView:
    """An agency's fund. ``left`` can still be given, waiting lists would take ``waiting``, vouchers hold ``bound``."""

    kind: str
    agency: str
    left: int
    waiting: int
    bound: int


@dataclass(frozen=True)
class Synced:
    """What became of what a device sent. ``upto``: everything to this number has been taken; ``waiting`` came early."""

    upto: int
    waiting: tuple[int, ...]
    outcomes: Mapping[int, str]
