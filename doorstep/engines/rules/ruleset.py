"""A country's rules, read and checked: what every name means, what type it has, and that nothing is circular."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property

from doorstep.engines.dataflow.api import Link as RegisterLink
from doorstep.engines.dataflow.api import Register
from doorstep.engines.feel.api import (
    BOOLEAN,
    TEXT,
    Back,
    Field,
    Kind,
    Link,
    Literal,
    Node,
    Parameter,
    Type,
    Value,
    as_collected,
    check,
    list_type,
    number,
    number_type,
)
from doorstep.engines.rules.shapes import ParameterShape, RulesShape, VariableShape
from doorstep.engines.rules.tables import read_table
from doorstep.kit.errors import DoorstepError, Findings, Place, Problem, Problems
from doorstep.kit.files import Written, nearest
from doorstep.kit.languages import Text

NAME = re.compile(r"[a-z][a-z0-9_]{0,61}")


@dataclass(frozen=True)
class Entity:
    """Something that rows are about. ``registers`` hold its columns; a household may have none."""

    name: str
    registers: tuple[Register, ...] = ()
    members: Mapping[str, Field | Link | Back] = field(default_factory=dict)
    homes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Where each column or link is held: name -> (register, column)."""

    @property
    def key(self) -> str | None:
        """The column that names one of them; ``None`` where rows have no name of their own."""
        return self.registers[0].key if self.registers else None


@dataclass(frozen=True)
class DatedParameter:
    """A parameter with its values by date, oldest first."""

    name: str
    shape: ParameterShape
    type: Type
    values: tuple[tuple[date, Value], ...]

    def at(self, day: date) -> Value:
        """The value that holds on ``day``. Raises ``DoorstepError`` before the first."""
        for start, value in reversed(self.values):
            if start <= day:
                return value
        raise DoorstepError(
            f"The parameter {self.name!r} has no value on {day}.",
            why=f"Its first value holds from {self.values[0][0]}.",
            mend="Choose a later date or add the older value.",
        )


@dataclass(frozen=True)
class Variable:
    """A variable with its typed formula."""

    name: str
    shape: VariableShape
    node: Node

    @property
    def entity(self) -> str:
        """The entity that has it."""
        return self.shape.of


class CheckedRules:
    """Every entity, parameter and variable of a country. Immutable; what can be asked of them stands in ``asking``."""

    def __init__(
        self, shapes: Sequence[RulesShape], *, registers: Mapping[str, Register], currency: str, hash: str
    ) -> None:
        self.registers, self.currency, self.hash = dict(registers), currency, hash
        self.shapes = tuple(shapes)
        findings = Findings()
        self.entities = _entities(self.registers, findings)
        self.parameters = _parameters(shapes, currency, findings)
        self.bounded = {name for shape in shapes if shape.numbers == "dmn" for name in shape.variables}
        self._shapes = _variable_shapes(shapes, self, findings)
        self.variables: dict[str, Variable] = {}
        self._open: list[str] = []
        for name in _in_order(self._shapes):
            try:
                self._variable(name)
            except Problems as error:
                findings.extend(error)
        findings.problems = list(dict.fromkeys(findings.problems))
        findings.raise_if_any()

    # ------------------------------------------------------------------ the model that formulas are checked against

    def member(self, entity: str, name: str) -> Field | Link | Back | None:
        """What ``name`` is on a row of ``entity``: a column, a link, related rows or a variable."""
        shape = self._shapes.get(name)
        if shape is not None and shape.of == entity:
            return Field(self._variable(name).node.type)
        known = self.entities.get(entity)
        return known.members.get(name) if known else None

    def parameter(self, name: str) -> Type | None:
        """The type of the parameter ``name``."""
        if name == "today":
            return None
        found = self.parameters.get(name)
        return found.type if found else None

    def names(self, entity: str) -> list[str]:
        """Every name that a formula of ``entity`` may use."""
        own = [name for name, shape in self._shapes.items() if shape.of == entity]
        known = self.entities.get(entity)
        return [*(known.members if known else ()), *own, *self.parameters]

    def _variable(self, name: str) -> Variable:
        if name in self.variables:
            return self.variables[name]
        shape = self._shapes[name]
        if name in self._open:
            circle = " -> ".join([*self._open[self._open.index(name) :], name])
            mend = "A value cannot follow from itself."
            raise Problems([Problem(shape.place, f"these variables need each other: {circle}", mend=mend)])
        self._open.append(name)
        try:
            self.variables[name] = Variable(name, shape, self._node(name, shape))
        finally:
            self._open.pop()
        return self.variables[name]

    def _node(self, name: str, shape: VariableShape) -> Node:
        if (shape.formula is None) == (shape.table is None):
            mend = "Give one of the two."
            raise Problems([Problem(shape.place, f"{name!r} needs a formula or a table", mend=mend)])
        if shape.table is not None:
            node = read_table(shape.table, model=self, entity=shape.of, bounded=name in self.bounded).node()
        else:
            assert shape.formula is not None
            node = as_collected(check(shape.formula, model=self, entity=shape.of, bounded=name in self.bounded))
        if node.type.kind in (Kind.NULL, Kind.ROWS):
            raise Problems([Problem(shape.place, f"{name!r} must be one value", found=str(node.type))])
        if shape.because and node.type != BOOLEAN:
            raise Problems([Problem(shape.place, f"only true or false has a 'because', {name!r} is {node.type}")])
        return node

    # ------------------------------------------------------------------ asked by the planner

    def expression(self, entity: str, text: str) -> Node:
        """A FEEL expression of ``entity``, such as ``holder.household.ceiling``. Raises ``Problems``."""
        return check(Written(text, Place(f"{entity}: {text}")), model=self, entity=entity)

    def literal(self, parameter: Parameter, as_of: date) -> Literal:
        """The parameter's value on a day, as a constant of the parameter's type."""
        value = as_of if parameter.name == "today" else self.parameters[parameter.name].at(as_of)
        return Literal(parameter.type, parameter.place, value)

    def text_of(self, entity: str, name: str) -> Text | None:
        """The label of a column, variable or parameter."""
        if name in self._shapes and self._shapes[name].of == entity:
            return self._shapes[name].label
        known = self.entities.get(entity)
        if known and name in known.homes:
            register, column = known.homes[name]
            return self.registers[register].columns[column].label
        return self.parameters[name].shape.label if name in self.parameters else None

    @cached_property
    def texts(self) -> list[tuple[str, Text]]:
        """Every translated text with what it is, for the check that no language is missing."""
        found: list[tuple[str, Text]] = []
        for name, parameter in self.parameters.items():
            found.append((f"the label of {name!r}", parameter.shape.label))
        for name, shape in self._shapes.items():
            found.append((f"the label of {name!r}", shape.label))
            if shape.because:
                found += [
                    (f"why {name!r} is {part}", getattr(shape.because, part)) for part in ("yes", "no", "unknown")
                ]
        return found


# ---------------------------------------------------------------------- reading the parts


def _entities(registers: Mapping[str, Register], findings: Findings) -> dict[str, Entity]:
    entities: dict[str, Entity] = {}
    for register in registers.values():
        entity = entities.get(register.entity, Entity(register.entity))
        if entity.registers and (register.key is None or entity.key is None):
            what = f"{register.entity!r} has two registers, so both need a key"
            findings.add(register.place, what, mend="Name the entity of rows without a key apart.")
        members, homes = dict(entity.members), dict(entity.homes)
        for name, column in register.columns.items():
            if name in homes and name != register.key:
                findings.add(column.place, f"{register.entity!r} has {name!r} in two registers", mend="Rename one.")
            members[name], homes[name] = Field(column.feel_type), (register.name, name)
        for link in register.links.values():
            members[link.name], homes[link.name] = Link(link.entity), (register.name, link.column)
        entities[register.entity] = replace(
            entity, registers=(*entity.registers, register), members=members, homes=homes
        )
    for register in registers.values():
        for link in register.links.values():
            _add_back(entities, register, link, findings)
    return entities


def _add_back(entities: dict[str, Entity], register: Register, link: RegisterLink, findings: Findings) -> None:
    """The way back over a link: from the household to its members."""
    entity = entities.setdefault(link.entity, Entity(link.entity))
    if entity.registers and entity.key is None:
        mend = f"Give the register of {link.entity!r} a key."
        findings.add(register.place, f"{link.name!r} points to rows without a key", mend=mend)
    if link.back is None:
        return
    if link.back in entity.members:
        findings.add(register.place, f"{link.entity!r} has two meanings for {link.back!r}", mend="Rename the way back.")
    entities[link.entity] = replace(entity, members={**entity.members, link.back: Back(register.entity, link.name)})


def _parameters(shapes: Sequence[RulesShape], currency: str, findings: Findings) -> dict[str, DatedParameter]:
    parameters: dict[str, DatedParameter] = {}
    for shape in shapes:
        for name, written in shape.parameters.items():
            if not NAME.fullmatch(name) or name in parameters:
                findings.add(
                    written.place,
                    f"the parameter's name {name!r} is not usable",
                    expected="a new name such as max_power",
                )
                continue
            values = _dated(written, findings)
            if not values:
                findings.add(written.place, f"{name!r} has no values", mend="Write values: {2026-01-01: 10}.")
                continue
            kind = _parameter_type([value for _, value in values], written, currency)
            if kind is None:
                findings.add(written.place, f"the values of {name!r} are of different kinds")
                continue
            parameters[name] = DatedParameter(name, written, kind, tuple(sorted(values, key=lambda item: item[0])))
    return parameters


def _dated(shape: ParameterShape, findings: Findings) -> list[tuple[date, Value]]:
    values: list[tuple[date, Value]] = []
    for day, text in shape.values.items():
        try:
            values.append((date.fromisoformat(day), _plain(text)))
        except (ValueError, InvalidOperation):
            findings.add(
                shape.place, "a parameter's value stands under its first day", expected="2026-01-01: 10", found=day
            )
    return values


def _plain(text: str | tuple[str, ...]) -> Value:
    """A parameter's value as written: a number, true or false, or a code."""
    if isinstance(text, tuple):
        return tuple(_one(item) for item in text)
    return _one(text)


def _one(text: str) -> int | Decimal | bool | str:
    if text in ("true", "false"):
        return text == "true"
    if re.fullmatch(r"-?\d{1,30}(\.\d{1,12})?", text):
        return Decimal(text) if "." in text else int(text)
    return text


def _parameter_type(values: Sequence[Value], shape: ParameterShape, currency: str) -> Type | None:
    if all(isinstance(value, tuple) and value for value in values):
        kinds = {list_type(value).of.kind for value in values if isinstance(value, tuple)}  # type: ignore[union-attr]
        widest = list_type([item for value in values if isinstance(value, tuple) for item in value])
        return widest if len(kinds) == 1 else None
    if all(isinstance(value, bool) for value in values):
        return BOOLEAN
    if all(isinstance(value, int | Decimal) and not isinstance(value, bool) for value in values):
        types = [number_type(value) for value in values if isinstance(value, int | Decimal)]
        scale = max(kind.scale for kind in types)
        money = shape.unit.split("/")[0].strip() == currency
        return number(max(kind.whole for kind in types) + scale, scale, money=money)
    if all(isinstance(value, str) for value in values):
        return TEXT
    return None


def _variable_shapes(
    shapes: Sequence[RulesShape], ruleset: CheckedRules, findings: Findings
) -> dict[str, VariableShape]:
    found: dict[str, VariableShape] = {}
    for shape in shapes:
        for name, variable in shape.variables.items():
            entity = ruleset.entities.get(variable.of)
            if not NAME.fullmatch(name):
                findings.add(
                    variable.place, f"the variable's name {name!r} is not usable", expected="such as low_income"
                )
            elif name in found or name in ruleset.parameters:
                findings.add(variable.place, f"the name {name!r} is used twice", mend="Rename one.")
            elif entity is None:
                mend = nearest(variable.of, list(ruleset.entities))
                findings.add(variable.place, f"{name!r} is of an unknown entity {variable.of!r}", mend=mend)
            elif name in entity.members:
                findings.add(variable.place, f"{variable.of!r} already has a {name!r}", mend="Rename the variable.")
            else:
                found[name] = variable
    return found


def _in_order(shapes: Mapping[str, VariableShape]) -> list[str]:
    """The variables so that each stands after those its formula mentions; a long chain needs no deep recursion."""
    order: dict[str, None] = {}
    for first in shapes:
        stack, seen = [first], {first}
        while stack:
            waiting = [name for name in _mentioned(shapes[stack[-1]]) if name in shapes and name not in order]
            fresh = next((name for name in waiting if name not in seen), None)
            if fresh is None:
                order[stack.pop()] = None
            else:
                seen.add(fresh)
                stack.append(fresh)
    return list(order)


def _mentioned(shape: VariableShape) -> list[str]:
    texts = [shape.formula.text] if shape.formula else []
    if shape.table is not None:
        texts += [text.text for text in shape.table.inputs]
        texts += [text.text for row in shape.table.rows for text in (*row.when, row.then)]
        texts += [shape.table.otherwise.text] if shape.table.otherwise else []
    return re.findall(r"[^\W\d]\w*", " ".join(texts))
