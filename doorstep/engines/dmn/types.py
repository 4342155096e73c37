"""A DMN model as plain values: what stands in its XML, nothing resolved yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from doorstep.kit.errors import Place

HitPolicy = Literal["UNIQUE", "ANY", "PRIORITY", "FIRST", "COLLECT", "RULE ORDER", "OUTPUT ORDER"]
Aggregation = Literal["", "SUM", "MIN", "MAX", "COUNT"]


@dataclass(frozen=True)
class LiteralExpression:
    """A formula."""

    text: str
    place: Place
    language: str = ""
    type: str = ""


@dataclass(frozen=True)
class Clause:
    """A column of a decision table. ``text`` is an input's formula; an output has a ``name`` and a ``default``."""

    place: Place
    text: str = ""
    name: str = ""
    label: str = ""
    type: str = ""
    values: str = ""
    default: str = ""


@dataclass(frozen=True)
class Rule:
    """A row: a test for each input, a formula for each output."""

    tests: tuple[str, ...]
    results: tuple[str, ...]
    place: Place


@dataclass(frozen=True)
class DecisionTable:
    """A decision table."""

    inputs: tuple[Clause, ...]
    outputs: tuple[Clause, ...]
    rules: tuple[Rule, ...]
    hit: HitPolicy
    place: Place
    aggregation: Aggregation = ""


@dataclass(frozen=True)
class Context:
    """Named parts, each of which may mention those before; the part without a name is the result."""

    entries: tuple[tuple[str, Box], ...]
    place: Place


@dataclass(frozen=True)
class Invocation:
    """Business knowledge called with a value for each parameter."""

    called: str
    bindings: tuple[tuple[str, Box], ...]
    place: Place


@dataclass(frozen=True)
class Function:
    """Business knowledge: parameters and what follows from them."""

    parameters: tuple[tuple[str, str], ...]
    body: Box
    place: Place
    kind: str = "FEEL"


@dataclass(frozen=True)
class Conditional:
    """A drawn ``if``."""

    condition: Box
    then: Box
    otherwise: Box
    place: Place


@dataclass(frozen=True)
class Nothing:
    """A decision without logic, or with a kind of box that is left out; ``kind`` names it."""

    kind: str
    place: Place


Box = LiteralExpression | DecisionTable | Context | Invocation | Function | Conditional | Nothing


@dataclass(frozen=True)
class Item:
    """A type of the model's own: another type, perhaps with allowed values, perhaps a list; or named parts."""

    name: str
    type: str
    place: Place
    allowed: str = ""
    many: bool = False
    parts: tuple[Item, ...] = ()


@dataclass(frozen=True)
class Input:
    """Something that is given."""

    id: str
    name: str
    type: str
    place: Place
    label: str = ""


@dataclass(frozen=True)
class Decision:
    """Something that is decided. ``needs`` and ``knows`` hold the ids of what it requires."""

    id: str
    name: str
    type: str
    box: Box
    place: Place
    label: str = ""
    description: str = ""
    needs: tuple[str, ...] = ()
    knows: tuple[str, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
    """What a country's file says of it beyond DMN, kept by editors as it is: ``of``, ``label.pt`` and the like."""


@dataclass(frozen=True)
class Knowledge:
    """Business knowledge that decisions call by name."""

    id: str
    name: str
    type: str
    function: Function
    place: Place
    knows: tuple[str, ...] = ()


@dataclass(frozen=True)
class Model:
    """A whole file."""

    name: str
    namespace: str
    version: str
    items: Mapping[str, Item]
    inputs: Mapping[str, Input]
    decisions: Mapping[str, Decision]
    knowledge: Mapping[str, Knowledge]
    place: Place
    services: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)

    def decision(self, name: str) -> Decision | None:
        """The decision of a name."""
        return next((one for one in self.decisions.values() if one.name == name), None)
