"""How two records of people are compared: which fields, how they weigh, and by which keys candidates are found."""

from __future__ import annotations

from functools import lru_cache

from doorstep.domains.people import reaching
from doorstep.domains.people.births import BirthDate
from doorstep.domains.people.record import Record
from doorstep.engines.linkage import api as linkage
from doorstep.engines.linkage.api import Field, Model

PRIOR = 1e-6
"""The chance that a record taken at random is the person of a form, before anything is compared."""
REVIEW = 0.05
"""From this chance on a human compares."""
_FIELDS = (
    ("given", "name"),
    ("family", "name"),
    ("birth", "date"),
    ("sex", "code"),
    ("area", "code"),
    ("phone", "number"),
    ("identifier", "number"),
)
_KEYS = (
    ("given", "family", "birth.year"),
    ("given", "birth"),
    ("family", "birth"),
    ("given.start", "birth.loose"),
    ("given", "birth.day", "area"),
    ("given", "birth.year", "area"),
    ("family", "birth.year", "area"),
    ("birth", "area", "sex"),
    ("order", "birth.year"),
    ("order", "birth.day"),
    ("order", "area", "sex"),
    ("phone",),
    ("identifier",),
)


@lru_cache(maxsize=1)
def model() -> Model:
    """The model of a register of people."""
    fields = [Field(name, kind, *linkage.first_chances(kind)) for name, kind in _FIELDS]  # type: ignore[arg-type]
    fields.append(Field("order", "order", *linkage.first_chances("order"), of=("given", "family")))
    return Model(tuple(fields), _KEYS, prior=PRIOR, review=REVIEW)


def prepared(record: Record, id: str = "") -> linkage.Prepared:
    """A record of a person, ready to be compared."""
    named = [name for name in record.names if name.given or name.family]
    values: dict[str, list[str]] = {
        "given": [name.given or name.family for name in named],
        "family": [name.family for name in named if name.family],
        "birth": [_written(record.birth.on)] if record.birth.on else [],
        "sex": [record.sex] if record.sex != "unknown" else [],
        "area": [record.address.area] if record.address.area else [],
        "phone": [reaching.plain_contact("phone", one.value) for one in record.contacts if one.kind == "phone"],
        "identifier": [f"{one.scheme} {reaching.plain_identifier(one.value)}" for one in record.identifiers],
    }
    return linkage.prepare(linkage.Record.of(id, **values), model())


def keys(record: Record) -> list[str]:
    """The keys of a record: those of its doubles, and those by which its names are searched. Kept hashed only."""
    year = record.birth.on.year if record.birth.on else None
    every = [part for name in record.names for part in (name.given, name.family) if part]
    return [*linkage.block_keys(prepared(record), model()), *linkage.name_keys(every, year=year)]


def _written(on: BirthDate) -> str:
    month, day = (f"{part:02}" if part else "XX" for part in (on.month, on.day))
    return f"{on.year:04}-{month}-{day}"
