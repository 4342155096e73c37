"""What crosses the door of the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from doorstep.engines.evidence.signing import Signer
from doorstep.engines.evidence.verifier import Key
from doorstep.kit.errors import DoorstepError, Unavailable


class NoReceipt(DoorstepError):
    """There is no receipt: the leaf has no place yet, was forgotten, or was never there."""


class LogHalted(Unavailable):
    """The log takes nothing while its witnesses are away: nothing that needs a leaf can be done."""


class Tampered(DoorstepError):
    """What is stored does not give what was signed: somebody has altered the log."""


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
