"""What crosses the door of the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from doorstep.engines.evidence.signing import Signer
from doorstep.engines.evidence.verifier import Key
from doorstep.kit.errors import DoorstepError, Unavailable


class NoReceipt(DoorstepError):
    """There is no receipt: the leaf has no place yet, was forgotten, or was never there."""


class LogHalted(Unavailable):
    """The log takes nothing while its witnesses are away: nothing that needs a leaf can be done."""


class Tampered(DoorstepError):
    """What is stored does not give what was signed: somebody has altered the log."""


class NoAnchor(DoorstepError):
    """Nothing was anchored, or what was does not stand on the chain any more."""


class AnchorRefused(DoorstepError):
    """The chain, its node or the account that pays is not as it should be; the log itself goes on."""


@dataclass(frozen=True)
class WitnessAt:
    """A witness and where it listens."""

    key: Key
    url: str


@dataclass(frozen=True)
class Policy:
    """How the log is run. ``need`` of the witnesses must cosign before a checkpoint is published.

    ``stops``: whether nothing more is taken in once no checkpoint could be published for ``patience``; otherwise the
    log goes on, and its page says that the newest checkpoint waits.
    """

    origin: str
    signers: tuple[Signer, ...]
    witnesses: tuple[WitnessAt, ...] = ()
    need: int = 0
    stops: bool = False
    patience: timedelta = timedelta(minutes=10)
    keys: tuple[Key, ...] = field(default=())

    def __post_init__(self) -> None:
        if not 0 <= self.need <= len(self.witnesses):
            raise DoorstepError(
                f"{self.need} of {len(self.witnesses)} witnesses cannot cosign.", mend="Name more, or need fewer."
            )


@dataclass(frozen=True)
class Leaf:
    """A leaf that was appended."""

    id: int


@dataclass(frozen=True)
class ReceiptView:
    """A receipt: the file and the text of its QR code; ``size`` is that of the tree it speaks of."""

    text: str
    qr: str
    index: int
    size: int
    content: Mapping[str, str]


@dataclass(frozen=True)
class Cosigned:
    """A witness under a checkpoint, and when it saw it."""

    name: str
    at: datetime


@dataclass(frozen=True)
class LogState:
    """The log as its page shows it. ``waiting`` leaves have no published place yet; ``halted`` says why it stands."""

    origin: str
    size: int
    root: str
    note: str
    published_at: datetime | None
    cosigned: tuple[Cosigned, ...]
    need: int
    witnesses: int
    waiting: int
    halted: str
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Pass:
    """One round of the sequencer. ``missing`` names the witnesses that did not cosign, each with the reason."""

    taken: int
    size: int
    published: bool
    missing: Mapping[str, str]


class AnchorState(StrEnum):
    """Where an anchor stands. ``SENT``: signed and kept, no block holds it. ``MINED``: a block does, which may still be
    replaced. ``SETTLED``: enough blocks follow. ``LOST``: another transaction of the account took its number.
    """

    SENT = "sent"
    MINED = "mined"
    SETTLED = "settled"
    LOST = "lost"


@dataclass(frozen=True)
class Signed:
    """A transaction that nobody has seen yet. ``name``: its hash; ``fee`` and ``tip``: wei for each gas."""

    name: str
    raw: str
    fee: int
    tip: int


@dataclass(frozen=True)
class Mined:
    """A transaction in a block: its hash, the block's number, hash and time, and the text that it carries."""

    name: str
    block: int
    block_hash: str
    at: datetime
    text: str


class Chain(Protocol):
    """A chain and the account that pays there, as ``anchoring`` needs them; ``evm`` is one."""

    chain: int

    @property
    def address(self) -> str:
        """The account's address."""

    def check(self) -> None:
        """Raise where no node answers or it is one of another chain."""

    def used(self) -> int:
        """How many transactions of the account stand in blocks."""

    def height(self) -> int:
        """The number of the newest block."""

    def sign(self, text: str, *, number: int, over: tuple[int, int] = (0, 0)) -> Signed:
        """A transaction that carries the text, under this number, with fees above ``over``."""

    def send(self, raw: str) -> None:
        """Hand it to the chain."""

    def is_known(self, name: str) -> bool:
        """Whether the chain has it, in a block or waiting for one."""

    def look(self, name: str) -> Mined | None:
        """The block in which it stands now."""


@dataclass(frozen=True)
class CheckedAnchor:
    """An anchor. ``text`` is the signed checkpoint that the transaction carries; ``depth``: how many blocks hold it
    down, its own included (0: not asked); ``block`` is missing while it waits for one.
    """

    chain: int
    address: str
    transaction: str
    size: int
    text: str
    block: int | None
    block_hash: str
    mined_at: datetime | None
    state: AnchorState
    depth: int = 0


@dataclass(frozen=True)
class Anchored:
    """What an anchoring came to: the newest anchor, and how many wait for a block."""

    newest: CheckedAnchor | None
    waiting: int
