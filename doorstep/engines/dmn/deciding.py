"""Decisions of a model, decided by both writers of the rules engine: Python for one case, SQL for many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import duckdb

from doorstep.engines.dataflow.api import Column, Register
from doorstep.engines.dmn.names import Structure
from doorstep.engines.dmn.translation import ENTITY, LANGUAGE, Given, Translation
from doorstep.engines.feel.api import TEXT, Kind, Type, check, sql_type
from doorstep.engines.rules.api import Person, RuleSet, RulesShape, ask_nation
from doorstep.kit.errors import Problem, Problems
from doorstep.kit.files import Written
from doorstep.kit.languages import Text

NUMBER = "case number"
"""The column that tells cases apart. No name of a model becomes one with a blank."""


@dataclass(frozen=True)
class CaseColumn(Column):
    """A column of the case: its type is told in the expression language's own terms."""

    kind: Type = field(default=TEXT)

    @property
    def feel_type(self) -> Type:
        """The type of the column in the expression language."""
        return self.kind

    @property
    def sql_type(self) -> str:
        """The type of the column in DuckDB."""
        return sql_type(self.kind)


def rules_of(translation: Translation) -> RuleSet:
    """The decisions as checked rules. Raises ``Problems`` for formulas that cannot be read."""
    columns = {name: _column(given) for name, given in translation.givens.items()}
    register = Register(
        name=ENTITY,
        title=Text({LANGUAGE: translation.model.name}),
        provider=ENTITY,
        entity=ENTITY,
        columns={NUMBER: _column(Given(TEXT, (NUMBER,))), **columns},
        key=NUMBER,
    )
    shape = RulesShape(rules=ENTITY, numbers="dmn", variables=translation.variables)
    ruleset = RuleSet([shape], registers={ENTITY: register}, currency="", hash="")
    if wrong := _wrong_types(translation, ruleset):
        raise Problems(wrong)
    return ruleset


def _wrong_types(translation: Translation, ruleset: RuleSet) -> list[Problem]:
    """Formulas that are not of the type that their author says. Collected lists are of the type of their items."""
    found = []
    for one in translation.expected:
        gives = check(Written(one.formula, one.place), model=ruleset, entity=ENTITY, bounded=True).type
        collected = (one.many or one.formula in translation.tables) and gives.of is not None
        kind = gives.of.kind if collected and gives.of else gives.kind
        if kind not in (one.type.kind, Kind.NULL) or (one.many and gives.of is None):
            found.append(Problem(one.place, one.what, expected=str(one.type), found=str(gives)))
    return found


def _column(given: Given) -> CaseColumn:
    return CaseColumn(type="text", label=Text({LANGUAGE: ".".join(given.path)}), kind=given.type)


class Decider:
    """One decision, or several, ready for cases. ``meaning`` says where a decision's value is found."""

    def __init__(self, translation: Translation, *, as_of: date) -> None:
        self.translation, self.as_of = translation, as_of
        self.rules = rules_of(translation)
        self.leaves = list(dict.fromkeys(_leaves(translation.meanings.values())))
        self.outputs = {name: name for name in self.leaves if name in (*translation.variables, *translation.givens)}
        self.person = Person(self.rules, entity=ENTITY, outputs=self.outputs, as_of=as_of)

    def in_python(self, values: Mapping[str, Any], id: str) -> Any:
        """The value of the decision ``id`` for one case; ``values`` are its inputs by their names."""
        trace = self.person.evaluate({ENTITY: [self.row(values)]})
        found = {name: self.person.output(trace, name) for name in self.outputs}
        return _assembled(self.translation.meanings[id], found)

    def in_sql(self, cases: Sequence[Mapping[str, Any]], id: str) -> list[Any]:
        """The same for many cases at once, in DuckDB."""
        columns = self.rules.registers[ENTITY].columns
        nation = ask_nation(self.rules, entity=ENTITY, outputs=self.outputs, as_of=self.as_of)
        with duckdb.connect() as connection:
            kinds = ", ".join(f'"{name}" {column.sql_type}' for name, column in columns.items())
            connection.execute(f'CREATE TABLE "{ENTITY}" ({kinds})')
            marks = ", ".join("?" * len(columns))
            for number, values in enumerate(cases):
                row = self.row(values, number)
                connection.execute(f'INSERT INTO "{ENTITY}" VALUES ({marks})', [row[name] for name in columns])  # noqa: S608 - marks
            for step in nation.steps:
                connection.execute(f'CREATE TABLE "{step.name}" AS {step.sql}')
            last = nation.steps[-1].name
            rows = connection.execute(f'SELECT * FROM "{last}" ORDER BY CAST("key" AS INTEGER)').fetchall()  # noqa: S608 - ours
        return [
            _assembled(self.translation.meanings[id], dict(zip(self.outputs, row[1:], strict=True))) for row in rows
        ]

    def row(self, values: Mapping[str, Any], number: int = 0) -> dict[str, Any]:
        """The row of a case: each leaf of its inputs in its column."""
        leaves = {name: _at(values, given.path) for name, given in self.translation.givens.items()}
        return {NUMBER: str(number), **leaves}


def _at(values: Any, path: Sequence[str]) -> Any:
    for name in path:
        values = values.get(name) if isinstance(values, Mapping) else None
    return values


def _leaves(meanings: Iterable[str | Structure]) -> Iterable[str]:
    for meaning in meanings:
        if isinstance(meaning, Structure):
            yield from _leaves(meaning.parts.values())
        else:
            yield meaning


def _assembled(meaning: str | Structure, leaves: Mapping[str, Any]) -> Any:
    if not isinstance(meaning, Structure):
        value = leaves[meaning]
        return list(value) if isinstance(value, tuple) else value
    parts = {name: _assembled(part, leaves) for name, part in meaning.parts.items()}
    if meaning.row and all(value is None for value in parts.values()):
        return None
    if not meaning.many:
        return parts
    return [dict(zip(parts, row, strict=True)) for row in zip(*parts.values(), strict=True)]
