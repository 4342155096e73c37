"""What a worked case can reach in the rules, and the one walk over a formula that says which parts of it count.

The walk asks a *watcher* how each condition comes out. One watcher answers with everything that can happen, so the walk
lists every branch there is; another with the values of one evaluation, so the same walk lists those that were reached.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from doorstep.engines.feel.api import BOOLEAN, Call, Literal, Node, Over, Parameter, Ref, check, check_test, walk
from doorstep.engines.rules.ruleset import CheckedRules, Variable
from doorstep.engines.rules.shapes import RowShape, TableShape
from doorstep.engines.rules.tables import COLLECTING
from doorstep.kit.errors import Place
from doorstep.kit.files import Written

Outcome = bool | None
_WORDS = {True: "true", False: "false", None: "unknown"}
_WAYS = {True: "then", False: "else", None: "neither, unknown"}


@dataclass(frozen=True)
class Branch:
    """One thing that can happen in a formula: a part that comes out true, a row that fits, a value that is used.

    ``text`` is what the author wrote at ``place``; ``span`` the letters of it that the branch is about. ``role`` says
    which text of a decision table it is: its ``inputs``, a ``row``, a ``when``, a ``then`` or the ``otherwise``.
    """

    owner: str
    place: Place
    text: str
    outcome: str
    span: tuple[int, int] = (0, 0)
    sign: str = ""
    role: str = ""

    @property
    def part(self) -> str:
        """The piece of text that the branch is about, on one line."""
        start, end = self.span if self.span[1] else (0, len(self.text))
        piece = " ".join(self.text[start:end].split())
        return f"{piece} ({self.sign})" if self.sign and self.sign not in piece else piece


@dataclass(frozen=True)
class Formula:
    """One text that an author wrote for a variable, and its tree."""

    owner: str
    written: Written
    node: Node
    role: str = ""

    def branch(self, node: Node, outcome: str) -> Branch:
        """A branch at one node of the formula."""
        sign = node.op if isinstance(node, Call) and node.op in ("<", "<=", ">", ">=") else ""
        return Branch(self.owner, self.written.place, self.written.text, outcome, node.span, sign, self.role)


@dataclass(frozen=True)
class Row:
    """One row of a decision table, ready to be walked."""

    fits: Branch
    test: Node
    cells: tuple[Formula, ...]
    then: Formula


@dataclass(frozen=True)
class Table:
    """A decision table, ready to be walked. ``closed``: its rows leave nothing over."""

    inputs: tuple[Formula, ...]
    rows: tuple[Row, ...]
    otherwise: Formula | None
    hit: str
    closed: bool
    none_fits: Branch
    unknown: Branch


class Watcher(Protocol):
    """Says how the conditions of one row came out, or can come out."""

    def outcomes(self, condition: Node) -> Iterable[Outcome]:
        """How a condition comes out."""

    def parts(self, call: Call) -> Iterable[tuple[Node, Watcher]]:
        """The parts of ``and`` or ``or`` that make a difference, each with who watches it."""

    def after(self, condition: Node, outcome: bool) -> Watcher:
        """Who watches the branch that is taken when ``condition`` came out so."""

    def rows(self, over: Over) -> Iterable[Watcher]:
        """Who watches each related row."""


Found = Branch | Parameter
Tested = tuple[Row, tuple[Outcome, ...]]


def branches_of(ruleset: CheckedRules, variable: Variable) -> Formula | Table:
    """A variable's formula or table, ready to be walked."""
    shape = variable.shape
    if shape.table is not None:
        return _table(ruleset, variable, shape.table)
    assert shape.formula is not None
    return Formula(variable.name, shape.formula, variable.node)


def reached(what: Formula | Table, watcher: Watcher) -> Iterator[Found]:
    """Every branch that the watcher's answers lead to, and every parameter that is read on the way."""
    return _table_reached(what, watcher) if isinstance(what, Table) else _formula_reached(what, watcher)


# ---------------------------------------------------------------------- formulas


def _formula_reached(formula: Formula, watcher: Watcher) -> Iterator[Found]:
    if formula.node.type == BOOLEAN:
        yield from _condition(formula, formula.node, watcher)
    else:
        yield formula.branch(formula.node, "computed")
        yield from _node(formula, formula.node, watcher)


def _condition(formula: Formula, node: Node, watcher: Watcher) -> Iterator[Found]:
    for outcome in watcher.outcomes(node):
        yield formula.branch(node, _WORDS[outcome])
    yield from _node(formula, node, watcher)


def _node(formula: Formula, node: Node, watcher: Watcher) -> Iterator[Found]:
    if isinstance(node, Parameter):
        yield node
    elif isinstance(node, Over):
        for row in watcher.rows(node):
            yield from _row(formula, node, row)
    elif isinstance(node, Call) and node.op == "if":
        yield from _choice(formula, node, watcher)
    elif isinstance(node, Call) and node.op in ("and", "or"):
        for part, inner in watcher.parts(node):
            yield from _condition(formula, part, inner)
    elif isinstance(node, Call):
        for arg in node.args:
            yield from _node(formula, arg, watcher)


def _choice(formula: Formula, node: Call, watcher: Watcher) -> Iterator[Found]:
    condition, then, otherwise = node.args
    yield from _node(formula, condition, watcher)
    for outcome in watcher.outcomes(condition):
        yield formula.branch(condition, _WAYS[outcome])
        if outcome is not None:
            yield from _node(formula, then if outcome else otherwise, watcher.after(condition, outcome))


def _row(formula: Formula, over: Over, watcher: Watcher) -> Iterator[Found]:
    """One related row: its filter, and what is taken of it where the filter lets it through."""
    if over.where is not None:
        yield from _condition(formula, over.where, watcher)
        if True not in watcher.outcomes(over.where):
            return
    if over.value is not None:
        walked = _condition if over.value.type == BOOLEAN else _node
        yield from walked(formula, over.value, watcher)


# ---------------------------------------------------------------------- decision tables


def _table_reached(table: Table, watcher: Watcher) -> Iterator[Found]:
    for formula in table.inputs:
        yield from _node(formula, formula.node, watcher)
    tested = list(_tested(table, watcher))
    giving = [index for index, _ in enumerate(tested) if _may_give(table, index, tested, watcher)]
    sure = all(len(outcomes) == 1 for _, outcomes in tested)
    settled = sure and any(True in tested[index][1] for index in giving)
    for index, (row, outcomes) in enumerate(tested):
        yield from (part for part in walk(row.test) if isinstance(part, Parameter))
        if None in outcomes and not settled:
            yield table.unknown
        if True in outcomes and index in giving:
            yield row.fits
            for cell in row.cells:
                yield from _alternatives(cell, watcher)
            yield from _result(row.then, watcher)
    if len(tested) == len(table.rows) and all(False in outcomes for _, outcomes in tested):
        if table.otherwise is not None:
            yield table.none_fits
            yield from _result(table.otherwise, watcher)
        elif not table.closed:
            yield table.none_fits


def _result(formula: Formula, watcher: Watcher) -> Iterator[Found]:
    """What a row gives. That it is computed is what the row says already."""
    walked = _condition if formula.node.type == BOOLEAN else _node
    yield from walked(formula, formula.node, watcher)


def _tested(table: Table, watcher: Watcher) -> Iterator[Tested]:
    """Each row whose test is reached, with the ways it comes out."""
    for row in table.rows:
        outcomes = tuple(watcher.outcomes(row.test))
        yield row, outcomes
        if table.hit == "first" and False not in outcomes:
            return


def _may_give(table: Table, index: int, tested: list[Tested], watcher: Watcher) -> bool:
    """Whether a row that fits counts beside what the other rows say, as the table's hit policy has it.

    Where only one may fit, no other fits or may fit. Where several may that say the same, what disagrees does not fit,
    and the rows above are known. Where all that fit count together, every row is known.
    """
    others = [(at, row, outcomes) for at, (row, outcomes) in enumerate(tested) if at != index]
    if table.hit == "first":
        return True
    if table.hit == "unique":
        return all(False in outcomes for _, _, outcomes in others)
    if table.hit in COLLECTING:
        return all(_is_known(outcomes) for _, _, outcomes in others)
    agree = {at: _agree(table, tested[index][0], row, watcher) for at, row, _ in others}
    return all(False in outcomes or (agree[at] and (at > index or _is_known(outcomes))) for at, _, outcomes in others)


def _is_known(outcomes: tuple[Outcome, ...]) -> bool:
    return True in outcomes or False in outcomes


def _agree(table: Table, one: Row, other: Row, watcher: Watcher) -> bool:
    """Whether two rows say the same, or may."""
    first, second = sorted((one, other), key=table.rows.index)
    results = (first.then.node, second.then.node)
    if results[0] == results[1]:
        return True
    if all(isinstance(node, Literal) for node in results):
        return results[0].value == results[1].value  # type: ignore[attr-defined, no-any-return]
    return False in watcher.outcomes(Call(BOOLEAN, one.then.written.place, "!=", results))


def _alternatives(cell: Formula, watcher: Watcher) -> Iterator[Branch]:
    """Of a cell that lists several values, those that the input had."""
    if isinstance(cell.node, Call) and cell.node.op == "or":
        for part in cell.node.args:
            if True in watcher.outcomes(part):
                yield cell.branch(part, "true")


def _table(ruleset: CheckedRules, variable: Variable, table: TableShape) -> Table:
    owner, entity, bounded = variable.name, variable.entity, variable.name in ruleset.bounded

    def formula(written: Written, role: str) -> Formula:
        return Formula(owner, written, check(written, model=ruleset, entity=entity, bounded=bounded), role)

    def whole(outcome: str) -> Branch:
        return Branch(owner, table.place, " | ".join(text.text for text in table.inputs), outcome, role="inputs")

    def row(shape: RowShape) -> Row:
        cells = tuple(
            Formula(
                owner, cell, check_test(cell, subject=each.node, model=ruleset, entity=entity, bounded=bounded), "when"
            )
            for cell, each in zip(shape.when, inputs, strict=True)
        )
        test = Call(BOOLEAN, shape.place, "and", tuple(cell.node for cell in cells))
        words = f"{' | '.join(cell.text for cell in shape.when)} then {shape.then.text}"
        return Row(Branch(owner, shape.place, words, "fits", role="row"), test, cells, formula(shape.then, "then"))

    inputs = tuple(formula(text, "inputs") for text in table.inputs)
    rows = tuple(row(shape) for shape in table.rows)
    return Table(
        inputs=inputs,
        rows=rows,
        otherwise=formula(table.otherwise, "otherwise") if table.otherwise else None,
        hit=table.hit,
        closed=_is_closed(ruleset, inputs, rows),
        none_fits=whole("no row fits"),
        unknown=whole("unknown"),
    )


def _is_closed(ruleset: CheckedRules, inputs: tuple[Formula, ...], rows: tuple[Row, ...]) -> bool:
    """True where one input is a code and every one of its codes has a row that asks for nothing else."""
    for number, one in enumerate(inputs):
        if not isinstance(one.node, Ref) or one.node.name not in ruleset.entities[one.node.entity].homes:
            continue
        register, column = ruleset.entities[one.node.entity].homes[one.node.name]
        codes = set(ruleset.registers[register].columns[column].codes)
        for row in rows:
            if all(_is_any(cell.node) for index, cell in enumerate(row.cells) if index != number):
                codes -= set(_named(row.cells[number].node))
        if not codes and ruleset.registers[register].columns[column].codes:
            return True
    return False


def _is_any(node: Node) -> bool:
    return isinstance(node, Literal) and node.value is True


def _named(node: Node) -> Iterator[object]:
    """The codes that a cell asks for."""
    if isinstance(node, Call) and node.op == "or":
        for part in node.args:
            yield from _named(part)
    elif isinstance(node, Call) and node.op in ("=", "in") and isinstance(node.args[1], Literal):
        value = node.args[1].value
        yield from value if isinstance(value, tuple) else (value,)
