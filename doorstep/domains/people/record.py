"""What is known of one person in plain words, and how each category of it is written before it is sealed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

from doorstep.domains.people import names
from doorstep.domains.people.births import BirthDate
from doorstep.domains.people.types import BadRecord, CardView, Contact, Identifier, Name, State

Sex = Literal["female", "male", "other", "unknown"]
SEXES = ("female", "male", "other", "unknown")
MOST_NAMES = 12
MOST_LINES = 300


@dataclass(frozen=True)
class Birth:
    """When and where somebody was born. ``place`` is an area's id or a place in words; nothing where unknown."""

    on: BirthDate | None = None
    place: str = ""


@dataclass(frozen=True)
class Status:
    """How somebody belongs to the country: a code of ``people.yaml``, and the nationality (ISO 3166) where known."""

    code: str = ""
    nationality: str = ""


@dataclass(frozen=True)
class Address:
    """Where somebody lives: the smallest area, and how to find the door. Without an address there is an area only."""

    area: str = ""
    lines: str = ""


@dataclass(frozen=True)
class Record:
    """What is known of a person. All but one name may be missing."""

    names: tuple[Name, ...]
    birth: Birth = Birth()
    sex: Sex = "unknown"
    status: Status = Status()
    languages: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    address: Address = Address()
    contacts: tuple[Contact, ...] = ()
    identifiers: tuple[Identifier, ...] = ()


@dataclass(frozen=True)
class PersonView:
    """What a reader sees: None where the purpose does not show the category.

    ``is_adult`` is None as well where what is known of the birth does not tell. ``members`` are the people of the
    household, without their names: reading those is a look of its own.
    """

    id: UUID
    state: State
    version: int
    shown: tuple[str, ...]
    names: tuple[Name, ...] | None = None
    birth: Birth | None = None
    age: int | None = None
    is_adult: bool | None = None
    sex: Sex | None = None
    status: Status | None = None
    languages: tuple[str, ...] | None = None
    needs: tuple[str, ...] | None = None
    address: Address | None = None
    contacts: tuple[Contact, ...] | None = None
    identifiers: tuple[Identifier, ...] | None = None
    members: tuple[UUID, ...] | None = None
    number: str | None = None
    died_on: date | None = None

    @property
    def name(self) -> str:
        """The first name there is, as on a letter; nothing where names are not shown."""
        return str(self.names[0]) if self.names else ""


@dataclass(frozen=True)
class IssuedCard:
    """A card as it is printed: once, for who stands at the desk. ``text`` is that of its QR code."""

    card: CardView
    person: PersonView
    text: str


@dataclass(frozen=True)
class Codec:
    """How a category is written as JSON and read again."""

    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


CODECS: Mapping[str, Codec] = {
    "names": Codec(
        lambda value: [[one.given, one.family, one.kind, one.script] for one in value],
        lambda raw: tuple(Name(*one) for one in raw),
    ),
    "birth": Codec(
        lambda value: [str(value.on) if value.on else "", value.place],
        lambda raw: Birth(BirthDate.read(raw[0]) if raw[0] else None, raw[1]),
    ),
    "sex": Codec(lambda value: value, lambda raw: raw),
    "status": Codec(lambda value: [value.code, value.nationality], lambda raw: Status(*raw)),
    "languages": Codec(list, tuple),
    "needs": Codec(list, tuple),
    "address": Codec(lambda value: [value.area, value.lines], lambda raw: Address(*raw)),
}
"""The categories that stand in a person's own row, each sealed alone."""


def written(category: str, value: Any) -> bytes:
    """A category's value before it is sealed."""
    return json.dumps(CODECS[category].write(value), ensure_ascii=False, separators=(",", ":")).encode()


def read(category: str, raw: bytes) -> Any:
    """The value that ``written`` wrote."""
    return CODECS[category].read(json.loads(raw))


def tidied_names(given: tuple[Name, ...]) -> tuple[Name, ...]:
    """Names in their normal form, each with its script, empty ones gone. Raises ``BadRecord``."""
    made = []
    for one in given:
        first, last = names.tidied(one.given, what="given name"), names.tidied(one.family, what="family name")
        if first or last:
            made.append(Name(first, last, one.kind, names.script_of(first + last)))
    if not made:
        raise BadRecord("A person has at least one name.", mend="Write it as the person says it.")
    if len(made) > MOST_NAMES:
        raise BadRecord("These are too many names.", mend=f"Keep the {MOST_NAMES} that are used most.")
    return tuple(dict.fromkeys(made))
