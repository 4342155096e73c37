"""What crosses the door of the evidence: leaves, receipts, checkpoints, witnesses, and what can go wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from doorstep.kit.errors import DoorstepError, Unavailable


@dataclass(frozen=True)
class Leaf:
    """One entry of the log before it has its place. ``id`` is what the row of the act keeps."""

    id: int


@dataclass(frozen=True)
class Act:
    """What one leaf commits to: ``kind`` names it (``benefits.decision``), ``content`` says it, in text only."""

    kind: str
    content: Mapping[str, str]


class BadContent(DoorstepError):
    """A leaf commits to text only, and to no key that the log writes itself."""


class LogStopped(Unavailable):
    """Too few witnesses answer, and the settings say that nothing is done unwitnessed."""


class BadKey(DoorstepError):
    """A key, a key file or the list of witnesses cannot be used."""


class UnknownLeaf(DoorstepError):
    """No such leaf was ever appended."""


class NotYetInLog(DoorstepError):
    """The leaf is kept, but no published checkpoint holds it yet."""


class Forgotten(DoorstepError):
    """The salt of the leaf was erased, so nobody can prove any more what it says."""


class ContentDiffers(DoorstepError):
    """What the receipt should say is not what the leaf committed to."""


@dataclass(frozen=True)
class Receipt:
    """The proof that one act stands in the log. ``text`` is a file (C2SP tlog-proof), ``qr`` the same for a QR code."""

    leaf: int
    index: int
    size: int
    text: str
    qr: str


@dataclass(frozen=True)
class Checkpoint:
    """A published head of the log. ``note`` is the signed text; ``cosigned`` is how many witnesses stand behind it."""

    size: int
    root: bytes
    note: str
    cosigned: int
    published_at: datetime
