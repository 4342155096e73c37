"""What the door of the people domain gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from doorstep.kit.errors import DoorstepError

Format = Literal["parquet", "csv"]


class WrongOrder(DoorstepError):
    """The population asked for cannot be made."""


@dataclass(frozen=True)
class Summary:
    """What was made.

    ``files`` gives the rows of each file by its path in the folder, ``dirt`` the spoiled rows by register and kind.
    """

    country: str
    seed: int
    as_of: date
    people: int
    households: int
    contracts: int
    benefits: int
    files: Mapping[str, int]
    dirt: Mapping[str, Mapping[str, int]]

    def as_json(self) -> dict[str, Any]:
        """Plain values for a JSON file."""
        return {**asdict(self), "as_of": self.as_of.isoformat()}


class BadRecord(DoorstepError):
    """What was written about a person cannot be so."""


class NoPerson(DoorstepError):
    """There is nobody like that, or nobody whom this reader may know of: the two are not told apart."""


class NotAllowed(DoorstepError):
    """This reader may not read for this purpose, or may not act for this person."""


class Changed(DoorstepError):
    """Somebody changed the record meanwhile."""


class Role(StrEnum):
    """What an official may do. Each is a group of accounts, and narrow on purpose.

    A supervisor may do all that an officer may; no other role holds another.
    """

    OFFICER = "officer"
    SUPERVISOR = "supervisor"
    ENROLLER = "enroller"
    ADJUDICATOR = "adjudicator"
    REGISTRAR = "registrar"
    PROTECTION = "protection"


@dataclass(frozen=True)
class Officer:
    """The official who acts: a name that stands in the records, and roles."""

    name: str
    roles: frozenset[Role]


@dataclass(frozen=True)
class Asker:
    """Who asks for a person's data, why and for which case: without all three nothing is shown.

    ``who`` stands in the record that the person reads; ``purpose`` is a code of the country; ``case`` names the work,
    such as ``enrolment 5f0c...``. ``roles`` are those of an official; ``sealed_until`` keeps the look from the
    person until that day, where the purpose allows it.
    """

    who: str
    purpose: str
    case: str = ""
    roles: frozenset[Role] = frozenset()
    sealed_until: date | None = None


class State(StrEnum):
    """What a record is worth."""

    ACTIVE = "active"
    DEAD = "dead"
    MERGED = "merged"
    ERASED = "erased"


@dataclass(frozen=True)
class Name:
    """One name of a person. Either part may be empty: many people have one name only.

    ``kind`` is ``legal``, ``birth``, ``used`` or ``former``; ``script`` is its ISO 15924 code, found when it is kept.
    """

    given: str
    family: str = ""
    kind: Literal["legal", "birth", "used", "former"] = "legal"
    script: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (self.given, self.family) if part)


@dataclass(frozen=True)
class Contact:
    """A way to reach somebody. Several people may share it; where it is not ``private``, others may read it."""

    kind: Literal["phone", "email", "post"]
    value: str
    private: bool = True
    id: int = 0


@dataclass(frozen=True)
class Identifier:
    """A number by which another system knows the person."""

    scheme: str
    value: str


@dataclass(frozen=True)
class MandateView:
    """Who may act for whom, in what, from when until when (``None``: until it is ended)."""

    id: int
    kind: Literal["guardian", "delegate"]
    principal: UUID
    agent: UUID
    scopes: tuple[str, ...]
    since: date
    until: date | None
    basis: str
    ended_at: datetime | None


@dataclass(frozen=True)
class LookView:
    """One look at a person's data, as they see it. ``shown`` are categories; ``how`` says how it came about."""

    who: str
    purpose: str
    case: str
    shown: tuple[str, ...]
    how: Literal["read", "found", "changed", "own", "mandate"]
    at: datetime


@dataclass(frozen=True)
class ConsentView:
    """A yes to one purpose: given how, by whom, until when, and whether it was taken back."""

    uid: UUID
    purpose: str
    how: str
    by: str
    given_at: datetime
    until: date | None
    withdrawn_at: datetime | None


@dataclass(frozen=True)
class ChangeView:
    """One change of a category. What stood before can be put back by it."""

    id: int
    category: str
    who: str
    why: str
    at: datetime


class BadPacket(DoorstepError):
    """A packet of a device cannot be taken: nothing is lost, the device still has it."""


class NotNow(DoorstepError):
    """This cannot be done in the state that things are in."""


class TooManyTries(DoorstepError):
    """This was tried too often in a short time."""


class EnrolmentState(StrEnum):
    """Where an enrolment stands: ``vouching`` waits for introducers, ``comparing`` for a human who compares."""

    VOUCHING = "vouching"
    COMPARING = "comparing"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    LINKED = "linked"


@dataclass(frozen=True)
class EnrolmentView:
    """An enrolment in a list: no personal data, but for whom it waits and since when."""

    id: UUID
    state: EnrolmentState
    operator: str
    device: str
    made_at: datetime
    received_at: datetime
    person: UUID | None
    vouched: int
    needed: int
    open_pairs: int
    exceptions: tuple[str, ...]
    documents: tuple[str, ...]
    decided_by: str
    words: str
    contest: str
    is_clock_wrong: bool


@dataclass(frozen=True)
class Received:
    """What the server answers to a packet: it has it. ``again``: it had it before."""

    id: UUID
    state: EnrolmentState
    again: bool


@dataclass(frozen=True)
class DeviceView:
    """A tablet that enrols: until when it may, what came from it and which numbers are missing in between."""

    code: str
    holder: str
    until: date
    ended_at: datetime | None
    received: int
    last: int
    missing: tuple[int, ...]


class PairState(StrEnum):
    """What was decided of two records: ``same`` waits for a second person before they are joined."""

    OPEN = "open"
    SAME = "same"
    JOINED = "joined"
    DIFFERENT = "different"


@dataclass(frozen=True)
class FieldLevel:
    """How one field of two records compares: a level's name of the linkage engine, and what it weighs in bits."""

    field: str
    level: str
    weight: float


@dataclass(frozen=True)
class PairView:
    """Two records that may be one person: two people's, or an enrolment's and a person's. Neither is shown."""

    id: int
    state: PairState
    person: UUID | None
    enrolment: UUID | None
    other: UUID
    probability: float
    fields: tuple[FieldLevel, ...]
    found_at: datetime
    first_by: str
    words: str


RequestKind = Literal["see", "correct", "export", "restrict", "erase", "object", "human"]


@dataclass(frozen=True)
class RequestView:
    """A request about one's own data. ``text`` and ``answer`` are empty where the reader may not see them."""

    uid: UUID
    person: UUID
    kind: str
    category: str
    asked_at: datetime
    due: date
    state: Literal["open", "done", "refused"]
    extended_why: str
    answered_by: str
    answered_at: datetime | None
    text: str = ""
    answer: str = ""


@dataclass(frozen=True)
class Hold:
    """Why a category of a record is kept although its owner asks to have it erased: until when, under which law."""

    category: str
    until: date | None
    law: str


@dataclass(frozen=True)
class BreachView:
    """Data that came to where they should not, and the law's clock: 72 hours to tell the authority."""

    id: int
    found_at: datetime
    what: str
    categories: tuple[str, ...]
    people: int
    is_high_risk: bool
    due_at: datetime
    authority_told_at: datetime | None
    people_told_at: datetime | None
    advice: str


@dataclass(frozen=True)
class OfficerLooks:
    """How often somebody looked at people's data in a time, beside what is usual for those who looked at all."""

    who: str
    looks: int
    people: int
    found: int
    cases: int
    times_usual: float


@dataclass(frozen=True)
class CardView:
    """A card that somebody carries or carried."""

    id: int
    index: int
    state: Literal["valid", "suspended", "revoked"]
    issued_at: datetime
    expires_at: datetime
    why: str
