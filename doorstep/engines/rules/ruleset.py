"""A country's rules, read and checked: what every name means, what type it has, and that nothing is circular."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from doorstep.engines.dataflow.api import Link as RegisterLink
from doorstep.engines.dataflow.api import Register
from doorstep.engines.feel.api import (
    BOOLEAN,
    MAX_DIGITS,
    Back,
    Call,
    Field,
    Kind,
    Link,
    Literal,
    Node,
    Parameter,
    Type,
    as_collected,
    check,
    number,
    number_type,
)
from doorstep.engines.rules.parameters import NAME, dated_parameters
from doorstep.engines.rules.shapes import RulesShape, VariableShape
from doorstep.engines.rules.tables import read_table
from doorstep.kit.errors import Findings, Place, Problem, Problems
from doorstep.kit.files import Written, nearest
from doorstep.kit.languages import Text

MOST_EXPRESSIONS = 10_000


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
        self.parameters = dated_parameters(shapes, currency, findings)
        self.bounded = {name for shape in shapes if shape.numbers == "dmn" for name in shape.variables}
        self._shapes = _variable_shapes(shapes, self, findings)
        self.variables: dict[str, Variable] = {}
        self._faulty: dict[str, Problems] = {}
        self._expressions: dict[tuple[str, str], Node] = {}
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
        if name in self._faulty:  # told once; a long chain above it is not read again and again
            raise self._faulty[name]
        shape = self._shapes[name]
        if name in self._open:
            raise self._circle(self._open[self._open.index(name) :])
        self._open.append(name)
        try:
            self.variables[name] = Variable(name, shape, self._node(name, shape))
        except Problems as error:
            self._faulty[name] = error
            raise
        finally:
            self._open.pop()
        return self.variables[name]

    def _circle(self, names: list[str]) -> Problems:
        """A circle is told once, from the variable that is written first."""
        written = list(self._shapes)
        first = min(range(len(names)), key=lambda index: written.index(names[index]))
        told = [*names[first:], *names[:first], names[first]]
        what = f"these variables need each other: {' -> '.join(told)}"
        return Problems([Problem(self._shapes[told[0]].place, what, mend="A value cannot follow from itself.")])

    def _node(self, name: str, shape: VariableShape) -> Node:
        if (shape.formula is None) == (shape.table is None):
            mend = "Give one of the two."
            raise Problems([Problem(shape.place, f"{name!r} needs a formula or a table", mend=mend)])
        if shape.table is not None:
            node = read_table(shape.table, model=self, entity=shape.of, bounded=name in self.bounded).node()
        else:
            assert shape.formula is not None
            node = as_collected(check(shape.formula, model=self, entity=shape.of, bounded=name in self.bounded))
        if node.type.kind in (Kind.NULL, Kind.ROWS) or node.type.is_scale:
            raise Problems([Problem(shape.place, f"{name!r} must be one value", found=str(node.type))])
        if shape.because and node.type != BOOLEAN:
            raise Problems([Problem(shape.place, f"only true or false has a 'because', {name!r} is {node.type}")])
        return _declared(name, shape, node)

    # ------------------------------------------------------------------ asked by the planner

    def expression(self, entity: str, text: str) -> Node:
        """A FEEL expression of ``entity``, such as ``holder.household.ceiling``. Raises ``Problems``.

        Each is read once: pages ask for the same few again and again.
        """
        known = self._expressions.get((entity, text))
        if known is None:
            known = check(Written(text, Place(f"{entity}: {text}")), model=self, entity=entity)
            if len(self._expressions) < MOST_EXPRESSIONS:
                self._expressions[entity, text] = known
        return known

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
            if shape.change:
                found += [(f"the change of {name!r} ({part})", text) for part, text in shape.change.texts.items()]
        return found


def _declared(name: str, shape: VariableShape, node: Node) -> Node:
    """The formula within the width that its author declares, so that long chains of variables do not outgrow it."""
    if shape.decimals is None and shape.digits is None:
        return node
    if not node.type.is_number:
        raise Problems([Problem(shape.place, f"only a number has digits and decimals, {name!r} is {node.type}")])
    decimals = node.type.scale if shape.decimals is None else shape.decimals
    rounds = decimals < node.type.scale
    digits = node.type.whole + rounds + decimals if shape.digits is None else shape.digits
    if not 0 <= decimals <= 12 or not max(decimals, 1) <= digits <= MAX_DIGITS:
        expected = f"decimals from 0 to 12, digits from the decimals to {MAX_DIGITS}"
        found = f"decimals: {decimals}, digits: {digits}"
        raise Problems([Problem(shape.place, f"{name!r} declares no width that a number can have", expected, found)])
    kind = number(digits, decimals, money=node.type.kind is Kind.MONEY)
    if not rounds and digits - decimals >= node.type.whole:
        return node
    counts = [Literal(number_type(count), shape.place, count) for count in (digits, decimals)]
    return Call(kind, shape.place, "fit", (node, *counts))


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
