"""Text to typed tree: parses a formula, resolves its names, checks its types, and says where it is wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from typing import Protocol

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from doorstep.engines.feel.bounded import SCALE
from doorstep.engines.feel.kinds import SUM_ROOM, Mistake, common, is_wide
from doorstep.engines.feel.operators import FUNCTIONS, PARTS, SIGNS, TABLE
from doorstep.engines.feel.reading import Reader
from doorstep.engines.feel.tree import Call, Literal, Node, Over, Parameter, Ref, walk
from doorstep.engines.feel.types import BOOLEAN, COUNT, DATE, MAX_DIGITS, NULL, TEXT, Kind, Type, list_of, number
from doorstep.kit.files import Written, nearest

MAX_LENGTH = 10_000
MAX_DEPTH = 60
MAX_NODES = 3_000


@dataclass(frozen=True)
class Field:
    """A column or a variable of an entity."""

    type: Type


@dataclass(frozen=True)
class Link:
    """The one row of ``entity`` that a row points to. Used as a value it is the key it holds."""

    entity: str


@dataclass(frozen=True)
class Back:
    """The many rows of ``entity`` whose ``link`` points here."""

    entity: str
    link: str


class Model(Protocol):
    """What names mean: the entities with their members, and the parameters."""

    def member(self, entity: str, name: str) -> Field | Link | Back | None:
        """What ``name`` is on a row of ``entity``."""

    def parameter(self, name: str) -> Type | None:
        """The type of a parameter."""

    def names(self, entity: str) -> list[str]:
        """Every name a formula of ``entity`` may use."""


@dataclass(frozen=True)
class _Row:
    """A related row, not yet one of its values."""

    entity: str
    path: tuple[str, ...] = ()
    key: Ref | None = None


@dataclass(frozen=True)
class _Rows:
    """Many related rows, perhaps filtered, perhaps reduced to one value each."""

    entity: str
    link: str
    path: tuple[str, ...]
    where: Node | None = None
    value: Node | None = None


_Meaning = Node | _Row | _Rows


def check(formula: Written, *, model: Model, entity: str, expects: Kind | None = None, bounded: bool = False) -> Node:
    """The typed tree of ``formula`` for rows of ``entity``. Raises ``Problems`` with every position.

    ``bounded``: numbers as DMN has them. A result that could need more than 18 digits before the point or 18 after
    is rounded, and unknown where it is too large; ``null`` may be a part of a sum.
    """
    return _Checker(formula, model, entity, bounded=bounded).whole("start", expects)


def check_test(cell: Written, *, subject: Node, model: Model, entity: str, bounded: bool = False) -> Node:
    """A cell of a decision table as a condition on ``subject``: ``"< 5"``, ``[1..3]``, ``"a", "b"`` or ``-``."""
    inner = _inside_not(cell.text)
    checker = _Checker(cell if inner is None else replace(cell, text=inner), model, entity, bounded=bounded)
    checker.subject = subject
    node = checker.whole("tests_start", Kind.BOOLEAN)
    return node if inner is None else Call(BOOLEAN, node.place, "not", (node,), span=(0, len(cell.text)))


def _inside_not(text: str) -> str | None:
    """The tests within a cell's ``not(...)``, at the place where they stand; ``None`` for any other cell."""
    found = re.fullmatch(r"\s*not\s*\((.*)\)\s*", text, re.DOTALL)
    depth = 0
    for sign in re.sub(r'"([^"\\]|\\.)*"', "", found[1]) if found else "":
        depth += (sign == "(") - (sign == ")")
        if depth < 0:
            return None
    return re.sub(r"[^\n]", " ", text[: found.start(1)]) + found[1] if found else None


def within_bounds(node: Node) -> Node:
    """A number as DMN has it: rounded to 18 decimals, and unknown where it is too large."""
    if not is_wide(node.type) or isinstance(node, Literal):
        return node
    op = "bounded fine" if node.type.scale > SCALE else "bounded"
    return Call(TABLE[op].result((node,)), node.place, op, (node,))


def as_collected(node: Node) -> Node:
    """A written list as a value of its own: what ``in`` takes is a set and tells repeated values once."""
    if not isinstance(node, Literal) or not isinstance(node.value, tuple) or node.type.of is None:
        return node
    of, true = node.type.of, Literal(BOOLEAN, node.place, True)
    args = tuple(part for value in node.value for part in (true, Literal(of, node.place, value)))
    return Call(node.type, node.place, "collect", args)


@lru_cache(maxsize=1)
def _parser() -> Lark:
    grammar = files("doorstep.engines.feel").joinpath("grammar.lark").read_text()
    starts = ["start", "tests_start"]
    return Lark(grammar, parser="lalr", start=starts, propagate_positions=True, maybe_placeholders=False)


class _Checker(Reader):
    """One formula's reading. ``entity`` is the row that names speak of; ``iterator`` is set within ``some b in``."""

    def __init__(self, formula: Written, model: Model, entity: str, *, bounded: bool = False) -> None:
        super().__init__(formula)
        self.model, self.entity, self.as_dmn = model, entity, bounded
        self.iterator: str | None = None
        self.outer: list[str] = []
        self.subject: Node | None = None

    # ------------------------------------------------------------------ the whole text

    def whole(self, start: str, expects: Kind | None) -> Node:
        text = self.formula.text
        if len(text) > MAX_LENGTH:
            raise self.problem(None, f"the formula is longer than {MAX_LENGTH:,} letters", mend="Name its parts.")
        try:
            tree = _parser().parse(text, start=start)
        except UnexpectedInput as error:
            raise self.syntax(error) from None
        self.bounded(tree)
        node = self.value(tree)
        if sum(1 for _ in walk(node)) > MAX_NODES:
            raise self.problem(None, f"the formula has more than {MAX_NODES:,} parts", mend="Name its parts.")
        if expects and node.type.kind is not expects and not (expects is Kind.NUMBER and node.type.is_number):
            raise self.problem(tree, "the formula gives the wrong kind of value", expects.value, str(node.type))
        return node

    def bounded(self, tree: Tree[Token]) -> None:
        level: list[Tree[Token]] = [tree]
        for _depth in range(MAX_DEPTH * 3):
            level = [child for item in level for child in item.children if isinstance(child, Tree)]
            if not level:
                return
        raise self.problem(None, f"the formula is nested more than {MAX_DEPTH} deep", mend="Name its parts.")

    # ------------------------------------------------------------------ meanings

    def value(self, tree: Tree[Token]) -> Node:
        """The meaning of ``tree`` where a single value is needed."""
        meaning = self.meaning(tree)
        if isinstance(meaning, _Row):
            if meaning.key is not None:
                return meaning.key
            mend = "Write it as x.name."
            raise self.problem(tree, f"this is a whole {meaning.entity}", "one of its values", mend=mend)
        if isinstance(meaning, _Rows):
            raise self.problem(
                tree,
                f"these are many {meaning.entity} rows",
                "a single value",
                mend="Wrap them: count(...), sum(...), min(...), max(...), or some x in ... satisfies ...",
            )
        return meaning

    def meaning(self, tree: Tree[Token]) -> _Meaning:
        method = getattr(self, f"on_{str(tree.data).strip('_')}")
        meaning: _Meaning = method(tree, tree.children)
        return meaning

    def call(self, tree: Tree[Token], op: str, *args: Node) -> Node:
        if self.as_dmn:
            return self.call_as_dmn(tree, op, args)
        return Call(self.result(tree, op, args), self.place(tree), op, args, span=self.span(tree))

    def result(self, tree: Tree[Token], op: str, args: Sequence[Node]) -> Type:
        try:
            return TABLE[op].result(args)
        except Mistake as mistake:
            found = " and ".join(str(arg.type) for arg in args)
            raise self.problem(tree, f"{op!r} cannot take these", mistake.expected, found, mistake.mend) from None

    def call_as_dmn(self, tree: Tree[Token], op: str, args: tuple[Node, ...]) -> Node:
        """The call with bounded numbers; unknown where a strict operator is given ``null``."""
        strict = TABLE[op].strict
        if strict and any(arg.type == NULL for arg in args):
            other = next((arg.type for arg in args if arg.type != NULL), COUNT)
            args = tuple(replace(arg, type=other) if arg.type == NULL else arg for arg in args)
        args = tuple(within_bounds(arg) for arg in args)
        if op == "/" or (op == "*" and sum(arg.type.digits for arg in args) > MAX_DIGITS):
            op = f"bounded {op}"
        kind = self.result(tree, op, args)
        if strict and any(isinstance(arg, Literal) and arg.value is None for arg in args):
            return self.literal(tree, kind, None)
        return within_bounds(Call(kind, self.place(tree), op, args, span=self.span(tree)))

    # ------------------------------------------------------------------ names and paths

    def on_name(self, tree: Tree[Token], parts: Sequence[Token]) -> _Meaning:
        name = str(parts[0])
        if self.iterator is not None:
            if name == self.iterator:
                return _Row(self.entity)
        else:
            found = self.member(tree, self.entity, (), name)
            if found is not None:
                return found
        kind = self.model.parameter(name)
        if kind is not None:
            return Parameter(kind, self.place(tree), name, span=self.span(tree))
        if any(self.model.member(entity, name) for entity in self.outer):
            mend = f"Here only the {self.entity}'s own values count: go through a link of the {self.entity}."
            raise self.problem(tree, f"{name!r} belongs to another row", mend=mend)
        raise self.problem(tree, f"unknown name {name!r}", mend=nearest(name, self.model.names(self.entity)))

    def member(self, tree: Tree[Token], entity: str, path: tuple[str, ...], name: str) -> _Meaning | None:
        found = self.model.member(entity, name)
        if isinstance(found, Field):
            return Ref(found.type, self.place(tree), name, entity, path, span=self.span(tree))
        if isinstance(found, Link):
            key = Ref(TEXT, self.place(tree), name, entity, path, span=self.span(tree))
            return _Row(found.entity, (*path, name), key)
        if isinstance(found, Back):
            return _Rows(found.entity, found.link, path)
        return None

    def on_path(self, tree: Tree[Token], parts: Sequence[Tree[Token]]) -> _Meaning:
        base, name = self.meaning(parts[0]), str(parts[1])
        if isinstance(base, _Row):
            found = self.member(tree, base.entity, base.path, name)
            if found is None:
                names = self.model.names(base.entity)
                raise self.problem(tree, f"{base.entity} has no {name!r}", mend=nearest(name, names))
            return found
        if isinstance(base, _Rows):
            return self.project(tree, base, name)
        if name == "months" and self.as_dmn and base.type.kind is Kind.MONTHS:
            # DMN tells the months beside the years; here they are the whole duration in months.
            return self.call(tree, "modulo", self.call(tree, name, base), self.literal(tree, number(2, 0), 12))
        if name in PARTS.get(base.type.kind, ()):
            return self.call(tree, name, base)
        raise self.problem(tree, f"a {base.type} has no part {name!r}", mend="Only dates and durations have parts.")

    def project(self, tree: Tree[Token], rows: _Rows, name: str) -> _Rows:
        if rows.value is not None:
            raise self.problem(tree, f"{name!r} cannot follow a list of values")
        found = self.member(tree, rows.entity, (), name)
        if isinstance(found, _Row):
            found = found.key
        if not isinstance(found, Node):
            mend = nearest(name, self.model.names(rows.entity))
            raise self.problem(tree, f"{rows.entity} has no single {name!r}", mend=mend)
        return replace(rows, value=found)

    def rows(self, tree: Tree[Token]) -> _Rows:
        meaning = self.meaning(tree)
        if not isinstance(meaning, _Rows):
            raise self.problem(tree, "this is not a set of related rows", "rows such as members or benefits")
        return meaning

    def on_filter(self, tree: Tree[Token], parts: Sequence[Tree[Token]]) -> _Rows:
        rows = self.rows(parts[0])
        if rows.value is not None:
            mend = "Write rows[condition].value."
            raise self.problem(tree, "filter the rows first, then take their value", mend=mend)
        condition = self.inside(rows, None, parts[2])
        if condition.type.kind is not Kind.BOOLEAN:
            raise self.problem(parts[2], "a filter needs a condition", "true or false", str(condition.type))
        both = condition if rows.where is None else self.call(tree, "and", rows.where, condition)
        return replace(rows, where=both)

    def inside(self, rows: _Rows, iterator: str | None, tree: Tree[Token]) -> Node:
        """The value of ``tree`` for one of ``rows``."""
        before = self.entity, self.iterator, self.subject
        self.outer.append(self.entity)
        self.entity, self.iterator, self.subject = rows.entity, iterator, None
        try:
            return self.value(tree)
        finally:
            self.entity, self.iterator, self.subject = before
            self.outer.pop()

    def on_quantified(self, tree: Tree[Token], parts: Sequence[Tree[Token]]) -> Node:
        rows = self.rows(parts[2])
        condition = self.inside(rows, str(parts[1]), parts[3])
        if condition.type.kind is not Kind.BOOLEAN:
            raise self.problem(parts[3], "'satisfies' needs a condition", "true or false", str(condition.type))
        return self.over(tree, str(parts[0]), replace(rows, value=condition), BOOLEAN)

    def on_for(self, tree: Tree[Token], parts: Sequence[Tree[Token]]) -> _Rows:
        rows = self.rows(parts[1])
        return replace(rows, value=self.inside(rows, str(parts[0]), parts[2]))

    def over(self, tree: Tree[Token], how: str, rows: _Rows, kind: Type) -> Over:
        return Over(
            kind, self.place(tree), how, rows.entity, rows.link, rows.path, rows.where, rows.value, span=self.span(tree)
        )

    # ------------------------------------------------------------------ functions

    def on_call(self, tree: Tree[Token], parts: Sequence[Tree[Token]]) -> Node:
        name, arguments = str(parts[0]), parts[1:]
        if name in ("date", "duration", "today"):
            return self.fixed(tree, name, arguments)
        if name in ("count", "sum", "min", "max") and len(arguments) == 1:
            meaning = self.meaning(arguments[0])
            if isinstance(meaning, _Rows):
                return self.aggregate(tree, name, meaning)
            if isinstance(meaning, Node) and meaning.type.kind is Kind.LIST:
                return self.call(tree, f"{name} of list", as_collected(meaning))
        if name not in FUNCTIONS:
            known = [*FUNCTIONS, "count", "sum", "date", "duration", "today"]
            raise self.problem(tree, f"unknown function {name!r}", mend=nearest(name, known))
        least, most = FUNCTIONS[name]
        if not least <= len(arguments) <= most:
            expected = f"{least}" if least == most else f"{least} to {most}"
            raise self.problem(tree, f"{name!r} takes another number of values", expected, str(len(arguments)))
        args = [self.value(argument) for argument in arguments]
        op = "substring of length" if name == "substring" and len(args) == 3 else name
        return self.call(tree, op, *args)

    def aggregate(self, tree: Tree[Token], how: str, rows: _Rows) -> Node:
        if how == "count":
            return self.over(tree, how, replace(rows, value=None), COUNT)
        if rows.value is None:
            raise self.problem(tree, f"{how!r} needs values", "rows.value", mend=f"Write {how}(rows.some_value).")
        kind = rows.value.type
        if how == "sum":
            if not kind.is_number:
                raise self.problem(tree, "only numbers can be summed", "numbers", str(kind))
            kind = number(min(kind.digits + SUM_ROOM, 38), kind.scale, money=kind.kind is Kind.MONEY)
        elif not kind.is_number and kind.kind is not Kind.DATE:
            raise self.problem(tree, f"{how!r} orders numbers or dates", "numbers or dates", str(kind))
        return self.over(tree, how, rows, kind)

    def fixed(self, tree: Tree[Token], name: str, arguments: Sequence[Tree[Token]]) -> Node:
        if name == "today":
            if arguments:
                raise self.problem(tree, "today() takes no values")
            return Parameter(DATE, self.place(tree), "today", span=self.span(tree))
        argument = self.value(arguments[0]) if len(arguments) == 1 else None
        if not isinstance(argument, Literal) or not isinstance(argument.value, str):
            raise self.problem(tree, f"{name}() takes one written text", '"2026-09-30" or "P1M"')
        return self.moment(tree, argument.value)

    # ------------------------------------------------------------------ operators

    def on_or(self, tree: Tree[Token], parts: Sequence[Tree[Token]]) -> _Meaning:
        return self.meaning(parts[0]) if len(parts) == 1 else self.call(tree, "or", *map(self.value, parts))

    def on_and(self, tree: Tree[Token], parts: Sequence[Tree[Token]]) -> _Meaning:
        return self.meaning(parts[0]) if len(parts) == 1 else self.call(tree, "and", *map(self.value, parts))

    def on_if(self, tree: Tree[Token], parts: Sequence[Tree[Token]]) -> Node:
        return self.choose(tree, *map(self.value, parts))

    def choose(self, tree: Tree[Token], condition: Node, then: Node, otherwise: Node) -> Node:
        return self.call(tree, "if", condition, then, otherwise)

    def on_compare(self, tree: Tree[Token], parts: Sequence[Tree[Token]]) -> Node:
        return self.compare(tree, str(parts[1]), self.value(parts[0]), self.value(parts[2]))

    def compare(self, tree: Tree[Token], sign: str, left: Node, right: Node) -> Node:
        if sign in ("=", "!=") and NULL in (left.type, right.type):
            other = left if right.type == NULL else right
            unknown = self.call(tree, "is empty", other)
            if isinstance(other, Literal):
                unknown = self.literal(tree, BOOLEAN, other.value is None)
            return unknown if sign == "=" else self.call(tree, "not", unknown)
        return self.call(tree, sign, left, right)

    def on_between(self, tree: Tree[Token], parts: Sequence[Tree[Token]]) -> Node:
        item, low, high = map(self.value, parts)
        return self.call(tree, "and", self.compare(tree, ">=", item, low), self.compare(tree, "<=", item, high))

    def on_arithmetic(self, tree: Tree[Token], parts: Sequence[Tree[Token]]) -> Node:
        left, sign, right = self.value(parts[0]), str(parts[1]), self.value(parts[2])
        return self.call(tree, SIGNS.get((sign, left.type.kind, right.type.kind), sign), left, right)

    def on_negate(self, tree: Tree[Token], parts: Sequence[Tree[Token]]) -> Node:
        item = self.value(parts[1])
        if isinstance(item, Literal) and isinstance(item.value, int | Decimal) and not isinstance(item.value, bool):
            return replace(item, value=-item.value)
        return self.call(tree, "negate", item)

    def on_in(self, tree: Tree[Token], parts: Sequence[Tree[Token]]) -> Node:
        before, self.subject = self.subject, self.value(parts[0])
        try:
            return replace(self.value(parts[1]), span=self.span(tree))
        finally:
            self.subject = before

    def on_tests(self, tree: Tree[Token], parts: Sequence[Tree[Token]]) -> Node:
        tests = [self.test(part) for part in parts]
        return tests[0] if len(tests) == 1 else self.call(tree, "or", *tests)

    def test(self, tree: Tree[Token]) -> Node:
        """One alternative after ``in``, as a condition on the subject."""
        subject = self.subject
        assert subject is not None
        if tree.data == "open_test":
            return self.compare(tree, str(tree.children[0]), subject, self.value(tree.children[1]))  # type: ignore[arg-type]
        if str(tree.data).startswith("range"):
            ends = [child for child in tree.children if isinstance(child, Tree)]
            low = ">" if str(tree.data) in ("range_after", "range_between") else ">="
            high = "<" if str(tree.data) in ("range_before", "range_between") else "<="
            above = self.compare(tree, low, subject, self.value(ends[0]))
            return self.call(tree, "and", above, self.compare(tree, high, subject, self.value(ends[1])))
        choice = self.value(tree)
        if choice.type == BOOLEAN and any(tree.find_data("subject")):
            return choice
        if isinstance(choice, Call) and choice.op == "collect":
            same = [self.compare(tree, "=", subject, item) for item in choice.args[1::2]]
            return same[0] if len(same) == 1 else self.call(tree, "or", *same)
        if choice.type.kind is Kind.LIST:
            return self.call(tree, "in", subject, choice)
        return self.compare(tree, "=", subject, choice)

    def on_subject(self, tree: Tree[Token], parts: Sequence[Token]) -> Node:
        if self.subject is None:
            raise self.problem(tree, "'?' stands for the value that a cell of a table tests", mend="Name the value.")
        return self.subject

    def on_open_test(self, tree: Tree[Token], parts: Sequence[Tree[Token]]) -> Node:
        return self.test(tree)

    def on_any_test(self, tree: Tree[Token], parts: Sequence[Tree[Token]]) -> Node:
        return self.literal(tree, BOOLEAN, True)

    def on_list(self, tree: Tree[Token], parts: Sequence[Tree[Token]]) -> Node:
        items = [self.value(part) for part in parts if isinstance(part, Tree)]
        if not items:
            raise self.problem(tree, "the list is empty", "at least one value")
        if any(item.type.kind is Kind.LIST for item in items):
            raise self.problem(tree, "a list stands within a list", "single values")
        try:
            kind = common(items)
        except Mistake as mistake:
            raise self.problem(tree, "the list mixes kinds", mistake.expected) from None
        if all(isinstance(item, Literal) and item.value is not None for item in items):
            return self.literal(tree, list_of(kind), tuple(item.value for item in items))  # type: ignore[attr-defined]
        return self.collected(tree, items)

    def collected(self, tree: Tree[Token], items: Sequence[Node]) -> Node:
        true = self.literal(tree, BOOLEAN, True)
        return self.call(tree, "collect", *(part for item in items for part in (true, item)))
