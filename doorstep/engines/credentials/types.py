"""What crosses the door of credentials."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import IntEnum

from doorstep.engines.credentials.keys import Key, Signer
from doorstep.engines.credentials.reasons import Reason, Standing
from doorstep.engines.credentials.status import State, StatusList
from doorstep.kit.errors import DoorstepError

__all__ = [
    "BirthDate",
    "CannotIssue",
    "CardClaims",
    "Gender",
    "Key",
    "MaritalStatus",
    "PhotoFormat",
    "Reason",
    "Refused",
    "Shown",
    "Signer",
    "Standing",
    "State",
    "StatusList",
    "StatusRef",
    "Verified",
]


class CannotIssue(DoorstepError):
    """A credential cannot be made from what was given."""


class Gender(IntEnum):
    """Claim 169, attribute 9."""

    MALE = 1
    FEMALE = 2
    OTHER = 3


class MaritalStatus(IntEnum):
    """Claim 169, attribute 14."""

    UNMARRIED = 1
    MARRIED = 2
    DIVORCED = 3


class PhotoFormat(IntEnum):
    """Claim 169, attribute 17."""

    JPEG = 1
    JPEG2000 = 2
    AVIF = 3
    WEBP = 4


@dataclass(frozen=True)
class BirthDate:
    """When somebody was born, as far as it is known: the year, the month, or the day."""

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        """Refuse what no calendar has, and a day without its month, with ``ValueError``."""
        if self.day is not None and self.month is None:
            raise ValueError("a day of birth needs its month")
        date(self.year, self.month or 1, self.day or 1)

    @property
    def iso(self) -> str:
        """``1961``, ``1961-05`` or ``1961-05-09``: ISO 8601 with what is known."""
        parts = [f"{self.year:04}", *(f"{part:02}" for part in (self.month, self.day) if part is not None)]
        return "-".join(parts)


@dataclass(frozen=True)
class CardClaims:
    """What stands on a card about a person: claim 169, with the attributes' names in words. Everything may be left out.

    Languages are ISO 639-3 (``ben``), ``nationality`` and ``country`` ISO 3166, an address has a line for each of its
    parts. ``other`` keeps every attribute that has no name here, biometrics among them, and every one whose value is
    not of its kind, as it was found.
    """

    id: str | None = None
    version: str | None = None
    language: str | None = None
    full_name: str | None = None
    first_name: str | None = None
    middle_name: str | None = None
    last_name: str | None = None
    born: BirthDate | None = None
    gender: Gender | None = None
    address: str | None = None
    email: str | None = None
    phone: str | None = None
    nationality: str | None = None
    marital_status: MaritalStatus | None = None
    guardian: str | None = None
    photo: bytes | None = field(default=None, repr=False)
    photo_format: PhotoFormat | None = None
    best_fingers: tuple[int, ...] | None = None
    second_name: str | None = None
    second_language: str | None = None
    location_code: str | None = None
    legal_status: str | None = None
    country: str | None = None
    other: Mapping[int | str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class StatusRef:
    """Where a token's state stands: the address of the list, and the place in it."""

    uri: str
    index: int


@dataclass(frozen=True)
class Verified:
    """A card that is good: these claims were signed by this issuer, and are not known to have been taken back.

    ``standing`` says what is known of that; anything but ``VALID`` and ``NO_LIST_NAMED`` is *unknown*, which is no
    refusal: a person decides. ``list_age`` is how old the list is that said so.
    """

    claims: CardClaims
    issuer: str
    key_id: str
    issued_at: datetime | None
    expires_at: datetime | None
    standing: Standing
    list_age: timedelta | None = None


@dataclass(frozen=True)
class Shown:
    """What a person showed from a phone (SD-JWT VC): the claims that were disclosed, of which type, from whom.

    ``by_holder``: the phone proved that the credential was issued to it, for this question and this reader.
    """

    claims: Mapping[str, object]
    kind: str
    issuer: str
    standing: Standing
    by_holder: bool
    list_age: timedelta | None = None


@dataclass(frozen=True)
class Refused:
    """It proves nothing, for this reason; ``detail`` is for whoever mends the reader."""

    reason: Reason
    detail: str = ""

    @property
    def words(self) -> str:
        """The reason in a sentence, and what to do."""
        return self.reason.words
