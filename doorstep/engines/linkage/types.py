"""What crosses the door: records, the model that compares them, comparisons and pairs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from doorstep.kit.errors import DoorstepError

Kind = Literal["name", "date", "number", "text", "code", "order"]
UNKNOWN = -1


class LinkageError(DoorstepError):
    """Records or a model that cannot be linked as they are; says why and what to do."""


@dataclass(frozen=True, slots=True)
class Record:
    """What one register holds about one person. ``values``: by the model's field, none, one or several texts.

    Several where a person has several: two telephones, a name in two scripts. Names may be in any script. Dates are
    ``YYYY-MM-DD`` with ``XX`` or nothing for a part that is unknown: ``1961-XX-12``, ``1961-05``, ``1961``.
    """

    id: str
    values: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, id: str, /, **values: str | Sequence[str] | None) -> Record:
        """A record from plain words: ``Record.of("7", given="Amina", phone=["555 0101", "555 0102"])``."""
        found = {name: (value,) if isinstance(value, str) else tuple(value) for name, value in values.items() if value}
        return cls(id, found)


@dataclass(frozen=True, slots=True)
class Value:
    """One value made ready: ``text`` is compared letter by letter, ``sound`` (of names only) by ear."""

    text: str
    sound: str = ""


@dataclass(frozen=True)
class Prepared:
    """A record made ready for many comparisons: by field, its values."""

    id: str
    values: Mapping[str, tuple[Value, ...]]


@dataclass(frozen=True)
class Field:
    """One thing that is compared. ``kind`` says how (``kinds``), and with it which levels an outcome may have.

    ``m`` and ``u``: for each level, best first, the chance of it among pairs that are one person, and among pairs that
    are not. ``of``: for kind ``order``, the two fields of names that may have been taken one for the other.
    ``shared_by``: what a whole group of people has alike, such as a household's telephone: of the fields with the same
    word, only the strongest agreement counts. ``frequencies``: the shares of values that are not rare; agreeing on a
    rare value says more. ``rare``: the share of any other value, where frequencies are known.
    """

    name: str
    kind: Kind
    m: tuple[float, ...]
    u: tuple[float, ...]
    of: tuple[str, ...] = ()
    shared_by: str | None = None
    weigh_rarity: bool = False
    frequencies: Mapping[str, float] = field(default_factory=dict, repr=False)
    rare: float | None = None

    @property
    def weights(self) -> tuple[float, ...]:
        """What each level weighs, in bits: log2 of how many times more often pairs of one person have it."""
        return tuple(math.log2(m / u) for m, u in zip(self.m, self.u, strict=True))

    def weight(self, level: int, text: str = "") -> float:
        """What ``level`` weighs where both records say ``text``; an unknown value says nothing: 0."""
        if level == UNKNOWN:
            return 0.0
        if level == 0 and self.weigh_rarity and self.rare is not None:
            return math.log2(self.m[0] / max(self.frequencies.get(text, self.rare), self.rare))
        return math.log2(self.m[level] / self.u[level])


@dataclass(frozen=True)
class Model:
    """How two records are compared and when they are one person.

    ``prior``: the chance that two records taken at random are one person. ``keys``: by which parts together candidates
    are found. ``threshold``: the least probability at which a pair counts as found; ``review``: from which on a human
    should look. ``estimated_from``: how many records the chances were estimated from, None where they were written.
    """

    fields: tuple[Field, ...]
    keys: tuple[tuple[str, ...], ...]
    prior: float
    threshold: float = 0.5
    review: float = 0.05
    estimated_from: int | None = None

    def __getitem__(self, name: str) -> Field:
        for one in self.fields:
            if one.name == name:
                return one
        raise KeyError(name)

    @property
    def prior_weight(self) -> float:
        """The prior in bits."""
        return math.log2(self.prior / (1 - self.prior))

    def probability(self, weight: float) -> float:
        """The chance that a pair of this weight is one person."""
        bits = self.prior_weight + weight
        return 1 / (1 + math.exp2(-max(-1000.0, min(1000.0, bits))))


@dataclass(frozen=True)
class FieldComparison:
    """How one field of a pair came out: the level's name (``unknown`` where a side lacks it) and what it weighs.

    ``counted`` is less than ``weight`` where another field that the same household shares agrees more strongly.
    """

    field: str
    kind: Kind
    level: str
    weight: float
    counted: float


@dataclass(frozen=True)
class Comparison:
    """How two records compare: the sum of what counted, in bits, the chance that they are one person, and why."""

    weight: float
    probability: float
    fields: tuple[FieldComparison, ...]


@dataclass(frozen=True)
class Pair:
    """Two records, by their ids, that may be one person."""

    left: str
    right: str
    weight: float
    probability: float
    levels: Mapping[str, str]
