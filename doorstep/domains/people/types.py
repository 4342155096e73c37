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
