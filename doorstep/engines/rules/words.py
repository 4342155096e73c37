"""Says a rule in plain words, from the tree that decides: ``household income is at or below the ceiling``.

``say`` gives one sentence. ``tell`` keeps the rule's build, so that a page can show conditions as a list, a decision
table as a table, and lead from each name to what it means.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Literal as OneOf

from doorstep.engines.feel.api import (
    BOOLEAN,
    Call,
    Kind,
    Literal,
    Node,
    Over,
    Parameter,
    Ref,
    Type,
)
from doorstep.engines.rules.ruleset import CheckedRules, Variable
from doorstep.engines.rules.shapes import TableShape
from doorstep.engines.rules.tables import read_table
from doorstep.kit.languages import Text, write_date, write_list, write_money, write_number
from doorstep.kit.words import read_words

# How tightly each operator binds: what binds less stands in brackets inside what binds more.
_BINDS = {"if": 0, "or": 1, "and": 2, "not": 3, "+": 5, "-": 5, "*": 6, "/": 6, "bounded *": 6, "bounded /": 6, "**": 7}
_BINDS |= dict.fromkeys(("=", "!=", "<", "<=", ">", ">=", "in", "is empty"), 4)
_OPPOSITES = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_ONE_SIDED = ("-", "/", "bounded /", "if")

# A name inside a sentence while it is made: its kind, what it names, its label. No country file holds these signs.
_OPEN, _BAR, _CLOSE = "\ue000", "\ue001", "\ue002"
_NAME = re.compile(f"{_OPEN}([^{_BAR}]*){_BAR}([^{_BAR}]*){_BAR}([^{_CLOSE}]*){_CLOSE}")


@dataclass(frozen=True)
class Piece:
    """A part of a sentence: plain words, or the label of a rule, a figure of the law, a column or a register."""

    text: str
    kind: OneOf["plain", "rule", "figure", "column", "register"] = "plain"
    name: str = ""
    quoted: str = field(default="", compare=False)
    """A label in the language's quotation marks, as it stands inside a sentence."""


@dataclass(frozen=True)
class TableLine:
    """One row of a decision table: a test for each input, and what follows. No tests: when no other row fits."""

    tests: tuple[tuple[Piece, ...], ...]
    result: tuple[Piece, ...]


@dataclass(frozen=True)
class Telling:
    """A rule in words: a sentence (``pieces``), a list (a lead in ``pieces`` and ``parts``), or a table.

    A table's ``pieces`` say how its rows count together.
    """

    kind: OneOf["sentence", "list", "table"]
    pieces: tuple[Piece, ...] = ()
    parts: tuple[Telling, ...] = ()
    heads: tuple[tuple[Piece, ...], ...] = ()
    lines: tuple[TableLine, ...] = ()
    condition: bool = False
    """For a table: whether its results are conditions."""


def say(ruleset: CheckedRules, variable: Variable, language: str) -> str:
    """The formula of ``variable`` in one sentence. A language without phrases of its own is said in English."""
    sayer = _Sayer(ruleset, language)
    return _NAME.sub(lambda found: sayer.phrase("name", found[3]), sayer.say(variable.node))


def tell(ruleset: CheckedRules, variable: Variable, language: str) -> Telling:
    """The formula or the decision table of ``variable``, part by part."""
    teller = _Teller(ruleset, language)
    if variable.shape.table is not None:
        return teller.table(variable, variable.shape.table)
    return teller.tell(variable.node)


@lru_cache(maxsize=1)
def phrases() -> dict[str, Text]:
    """Every phrase by the operator it says."""
    return read_words([Path(__file__).with_name("words.yaml")])


class _Sayer:
    def __init__(self, ruleset: CheckedRules, language: str) -> None:
        self.ruleset, self.language = ruleset, language

    def phrase(self, name: str, *args: str, **values: str) -> str:
        return phrases()[name].in_(self.language).format(*args, **values)

    def say(self, node: Node) -> str:
        if isinstance(node, Literal):
            return self.value(node)
        if isinstance(node, Parameter):
            return self.phrase("today") if node.name == "today" else self.label("", node.name)
        if isinstance(node, Ref):
            return self.label(node.entity, node.name)
        if isinstance(node, Over):
            return self.over(node)
        assert isinstance(node, Call)
        return self.call(node)

    def label(self, entity: str, name: str) -> str:
        text = self.ruleset.text_of(entity, name)
        kind = "rule" if name in self.ruleset.variables else "column" if entity else "figure"
        return f"{_OPEN}{kind}{_BAR}{name}{_BAR}{text.in_(self.language) if text else name}{_CLOSE}"

    def condition(self, node: Node) -> str:
        """What must be true: of a yes or no that a register holds, that it is yes."""
        said = self.say(node)
        if not isinstance(node, Ref) or node.name in self.ruleset.variables:
            return said
        return self.phrase("asked" if said.rstrip(_CLOSE).endswith(("?", "؟")) else "holds", said)

    def call(self, call: Call) -> str:
        if call.op == "=" and self._truth(call.args[1]) is not None:
            said = self.condition(call.args[0])
            return said if self._truth(call.args[1]) else self.phrase("not", said)
        if call.op in ("bounded", "bounded fine"):
            return self.say(call.args[0])
        if call.op == "collect":
            return self.collected(call)
        if call.op == "first of":
            listed = replace(call, args=call.args[:-1])
            return self.phrase("first of", self.collected(listed), self.say(call.args[-1]))
        say = self.condition if call.op in ("and", "or", "not") else self.say
        parts = [self.inside(arg, call.op, say(arg), last=at > 0) for at, arg in enumerate(call.args)]
        coded = self._codes(call, parts)
        if coded:
            return coded
        if call.op in ("and", "or"):
            text = parts[0]
            for part in parts[1:]:
                text = self.phrase(call.op, text, part)
            return text
        return self.phrase(self._op(call), *parts, all=write_list(parts, self.language))

    def collected(self, call: Call) -> str:
        """A list: its values, each with its condition where it has one."""
        values = []
        for test, value in zip(call.args[::2], call.args[1::2], strict=True):
            always = isinstance(test, Literal) and test.value is True
            values.append(
                self.say(value) if always else self.phrase("value where", self.say(value), self.condition(test))
            )
        return self.phrase("collect", all=write_list(values, self.language))

    def _op(self, call: Call) -> str:
        dated = f"{call.op} for dates"
        return dated if dated in phrases() and call.args[0].type.kind is Kind.DATE else call.op

    def _truth(self, node: Node) -> bool | None:
        return node.value if isinstance(node, Literal) and isinstance(node.value, bool) else None

    def _codes(self, call: Call, parts: list[str]) -> str:
        """Codes compared with a code column, said by their labels; nothing for other calls."""
        names = self._code_names(call.args[0]) if call.args else {}
        if not names or call.op not in ("=", "!=", "in") or not isinstance(call.args[1], Literal):
            return ""
        value = call.args[1].value
        codes = value if isinstance(value, tuple) else (value,)
        said = [names.get(str(code), str(code)) for code in codes]
        return self.phrase(f"{call.op} for codes", parts[0], write_list(said, self.language, style="or"))

    def _code_names(self, node: Node) -> dict[str, str]:
        if not isinstance(node, Ref) or node.entity not in self.ruleset.entities:
            return {}
        home = self.ruleset.entities[node.entity].homes.get(node.name)
        column = self.ruleset.registers[home[0]].columns[home[1]] if home else None
        if column is None or not isinstance(column.of, dict):
            return {}
        return {code: text.in_(self.language) for code, text in column.of.items()}

    def inside(self, node: Node, outer: str, text: str, *, last: bool) -> str:
        """An argument, in brackets where it would be read apart from its own operator."""
        own, around = _BINDS.get(node.op) if isinstance(node, Call) else None, _BINDS.get(outer)
        if own is None or around is None:
            return text
        mixed = {own, around} == {1, 2}
        return f"({text})" if mixed or own < around or (own == around and last and outer in _ONE_SIDED) else text

    def rows(self, over: Over) -> str:
        """The register whose rows are gathered."""
        register = self.ruleset.registers[self.ruleset.entities[over.entity].homes[over.link][0]]
        return f"{_OPEN}register{_BAR}{register.name}{_BAR}{register.title.in_(self.language)}{_CLOSE}"

    def over(self, over: Over) -> str:
        rows = self.rows(over)
        if over.where is not None and over.how == "count":
            return self.phrase("count where", rows=rows, where=self.condition(over.where))
        if over.where is not None:
            rows = self.phrase("where", rows=rows, where=self.condition(over.where))
        value = self.say(over.value) if over.value is not None else ""
        name = {"min": "lowest", "max": "highest"}.get(over.how, over.how)
        return self.phrase(name, rows=rows, value=value)

    def value(self, literal: Literal) -> str:
        if isinstance(literal.value, tuple):
            items = [self.scalar(item, literal.type.of or literal.type) for item in literal.value]
            return write_list(items, self.language, style="or")
        return self.scalar(literal.value, literal.type)

    def scalar(self, value: object, kind: Type) -> str:
        if value is None:
            return self.phrase("null")
        if kind == BOOLEAN:
            return self.phrase("true" if value else "false")
        if isinstance(value, date):
            return write_date(value, self.language)
        if kind.kind in (Kind.DAYS, Kind.MONTHS) and isinstance(value, int):
            return self.phrase(f"in {kind.kind.value}", write_number(value, self.language))
        if isinstance(value, int | Decimal):
            if kind.kind is Kind.MONEY:
                return write_money(Decimal(value), self.ruleset.currency, self.language)
            return write_number(value, self.language)
        return str(value)


class _Teller(_Sayer):
    """Says the parts of a rule apart."""

    def pieces(self, said: str) -> tuple[Piece, ...]:
        pieces: list[Piece] = []
        at = 0
        for found in _NAME.finditer(said):
            pieces += [Piece(said[at : found.start()])] if found.start() > at else []
            kind, name, label = found.groups()
            pieces.append(Piece(label, kind, name, self.phrase("name", label)))  # type: ignore[arg-type]
            at = found.end()
        return (*pieces, Piece(said[at:])) if at < len(said) else tuple(pieces)

    def tell(self, node: Node) -> Telling:
        if isinstance(node, Call) and node.op in ("and", "or"):
            lead = self.phrase("all of" if node.op == "and" else "any of")
            return Telling("list", self.pieces(lead), tuple(self.tell(part) for part in _flat(node, node.op)))
        if isinstance(node, Over) and node.how in ("some", "every") and node.value is not None:
            rows = self.rows(node)
            if node.where is not None:
                rows = self.phrase("where", rows=rows, where=self.condition(node.where))
            within = [self.tell(part) for part in _flat(node.value, "and")]
            return Telling("list", self.pieces(self.phrase(f"{node.how} of", rows=rows)), tuple(within))
        return self.sentence(node)

    def sentence(self, node: Node) -> Telling:
        return Telling("sentence", self.piece(node))

    def piece(self, node: Node) -> tuple[Piece, ...]:
        return self.pieces(self.condition(node) if node.type == BOOLEAN else self.say(node))

    def table(self, variable: Variable, table: TableShape) -> Telling:
        entity, bounded = variable.entity, variable.name in self.ruleset.bounded
        read = read_table(table, model=self.ruleset, entity=entity, bounded=bounded)
        lines = [
            TableLine(
                tuple(self.pieces(self.test(test, one)) for test, one in zip(cells, read.inputs, strict=True)),
                self.piece(result),
            )
            for cells, result in zip(read.cells, read.results, strict=True)
        ]
        if read.last is not None:
            lines.append(TableLine((), self.piece(read.last)))
        return Telling(
            "table",
            pieces=self.pieces(self.phrase(f"hit {table.hit}")),
            heads=tuple(self.piece(one) for one in read.inputs),
            lines=tuple(lines),
            condition=read.results[0].type == BOOLEAN,
        )

    def test(self, test: Node, subject: Node) -> str:
        """A cell: what the test says of its input, the input itself left out: ``below 18``."""
        if isinstance(test, Literal):
            return self.phrase("any")
        if isinstance(test, Call) and test.op == "not":
            return self.test_turned(test.args[0], subject)
        if isinstance(test, Call) and test.op == "or" and all(_about(arg, subject, "=") for arg in test.args):
            return write_list([self.test(arg, subject) for arg in test.args], self.language, style="or")
        said = self.say(test)
        named = self.say(subject)
        if isinstance(test, Call) and _about(test, subject, "=") and not self._code_names(subject):
            return self.say(test.args[1])
        return re.sub(r"\s+", " ", said.replace(named, "")).strip(" -:")

    def test_turned(self, test: Node, subject: Node) -> str:
        """A cell ``not(...)``: the comparison the other way round, or everything but what it names."""
        if isinstance(test, Call) and test.op in _OPPOSITES:
            return self.test(replace(test, op=_OPPOSITES[test.op]), subject)
        return self.phrase("any but", self.test(test, subject))


def _about(test: Node, subject: Node, op: str) -> bool:
    return isinstance(test, Call) and test.op == op and test.args[0] == subject


def _flat(node: Node, op: str) -> Sequence[Node]:
    """The parts of ``a and (b and c)``: a, b, c."""
    if isinstance(node, Call) and node.op == op:
        return [part for arg in node.args for part in _flat(arg, op)]
    return [node]
