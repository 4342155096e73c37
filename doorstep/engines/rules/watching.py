"""The three who answer the walk of ``branches``: what can happen, what to ask a plan for, and what did happen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from doorstep.engines.feel.api import (
    GLOBALS,
    TABLE,
    Call,
    Literal,
    Node,
    Over,
    Parameter,
    PythonWriter,
    Ref,
    at,
    rewrite,
    walk,
)
from doorstep.engines.rules.branches import Formula, Found, Outcome, Table, Watcher, reached
from doorstep.engines.rules.plan import Frame, Path, Planner
from doorstep.engines.rules.ruleset import CheckedRules

ANY: tuple[Outcome, ...] = (True, False, None)


@dataclass(frozen=True)
class Possible:
    """Answers with every way a condition can come out. ``known`` are values that cannot be missing here."""

    ruleset: CheckedRules
    known: frozenset[Node] = frozenset()

    def outcomes(self, condition: Node) -> tuple[Outcome, ...]:
        """True and false, and unknown where a value may be missing; of figures of the law only what they give."""
        if not any(isinstance(part, Ref | Over) for part in walk(condition)):
            return self._constant(condition)
        return ANY if self.may_be_unknown(condition) else (True, False)

    def parts(self, call: Call) -> Iterator[tuple[Node, Possible]]:
        """Every part. A part counts only while the others leave it open, so what they rule out is known."""
        for part in call.args:
            others = [other for other in call.args if other is not part and not self.may_be_unknown(other)]
            known = {leaf for other in others for leaf in _present(other, call.op == "and")}
            yield part, replace(self, known=self.known | known)

    def after(self, condition: Node, outcome: bool) -> Watcher:
        """In the branch of an ``if`` the values that its condition compares are known."""
        return replace(self, known=self.known | set(_present(condition, outcome)) | set(_compared(condition)))

    def rows(self, over: Over) -> Iterator[Watcher]:
        """One row stands for all."""
        yield Possible(self.ruleset)

    def may_be_unknown(self, node: Node) -> bool:
        """Whether a value below can be missing."""
        if node in self.known or isinstance(node, Parameter):
            return False
        if isinstance(node, Literal):
            return node.value is None
        if isinstance(node, Ref):
            variable = self.ruleset.variables.get(node.name)
            if variable is None or variable.entity != node.entity:
                return True
            return Possible(self.ruleset).may_be_unknown(variable.node)
        if isinstance(node, Call) and node.op == "is empty":
            return self._may_be_unreadable(node.args[0])
        if isinstance(node, Call) and node.op in ("and", "or"):
            return any(inner.may_be_unknown(part) for part, inner in self.parts(node))
        if isinstance(node, Call):
            return not TABLE[node.op].sure and any(self.may_be_unknown(arg) for arg in node.args)
        return True

    def _may_be_unreadable(self, node: Node) -> bool:
        """Whether a cell that is not there may be one that could not be read: where an empty one is fine."""
        known = self.ruleset.entities.get(node.entity) if isinstance(node, Ref) and node not in self.known else None
        if known is None or not isinstance(node, Ref) or node.name not in known.homes:
            return False
        register, column = known.homes[node.name]
        return self.ruleset.registers[register].columns[column].optional

    def _constant(self, condition: Node) -> tuple[Outcome, ...]:
        """What a condition on figures of the law alone gives, on each day from which one of them has a new value."""
        names = {part.name for part in walk(condition) if isinstance(part, Parameter)}
        if "today" in names:
            return (True, False)
        days = {day for name in names for day, _ in self.ruleset.parameters[name].values} or {date.max}
        first = max((self.ruleset.parameters[name].values[0][0] for name in names), default=date.min)
        found = {self._on(condition, day) for day in days if day >= first}
        return tuple(outcome for outcome in ANY if outcome in found)

    def _on(self, condition: Node, day: date) -> Outcome:
        fixed = rewrite(
            condition, lambda part: self.ruleset.literal(part, day) if isinstance(part, Parameter) else part
        )
        written = PythonWriter(str).write(fixed)
        value: Outcome = eval(written, dict(GLOBALS))  # noqa: S307 - written by us from a checked tree
        return value


def _present(condition: Node, outcome: bool) -> Iterator[Node]:
    """The values that are there when a test for a missing value comes out so: ``x = null`` is false."""
    if isinstance(condition, Call) and condition.op == "not":
        yield from _present(condition.args[0], not outcome)
    elif isinstance(condition, Call) and condition.op == "is empty" and not outcome:
        yield condition.args[0]


def _compared(node: Node) -> Iterator[Node]:
    """The values without which a condition would be unknown."""
    if isinstance(node, Ref | Over):
        yield node
    elif isinstance(node, Call) and TABLE[node.op].strict:
        for arg in node.args:
            yield from _compared(arg)


# ---------------------------------------------------------------------- one question


@dataclass
class Watched:
    """What is watched in one frame: its variables, and the cell that holds each condition of theirs."""

    frame: Frame
    variables: list[tuple[Path, Formula | Table]] = field(default_factory=list)
    cells: dict[tuple[Path, Node], str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asking:
    """Makes a plan keep every condition on the walk. It answers with everything, so that nothing is left out."""

    planner: Planner
    frames: Mapping[int, Watched]
    frame: Frame
    path: Path = ()

    def outcomes(self, condition: Node) -> tuple[Outcome, ...]:
        """Ask for the cell that holds the condition."""
        cells = self.frames[id(self.frame)].cells
        if (self.path, condition) not in cells:
            cells[self.path, condition] = self.planner.watch(self.frame, at(condition, self.path))
        return ANY

    def parts(self, call: Call) -> Iterator[tuple[Node, Watcher]]:
        """Every part; whether it counts follows from all their values."""
        for part in call.args:
            yield part, self

    def after(self, condition: Node, outcome: bool) -> Watcher:
        """The branch is asked for too."""
        return self

    def rows(self, over: Over) -> Iterator[Watcher]:
        """The frame of the related rows."""
        yield replace(self, frame=self.planner.group_of(over).frame, path=())


@dataclass(frozen=True)
class Seen:
    """Answers with the values of one row in one evaluation."""

    planner: Planner
    frames: Mapping[int, Watched]
    frame: Frame
    values: Mapping[str, Any]
    path: Path = ()

    def outcomes(self, condition: Node) -> tuple[Outcome, ...]:
        """The one way it came out."""
        return (self.values[self.frames[id(self.frame)].cells[self.path, condition]],)

    def parts(self, call: Call) -> Iterator[tuple[Node, Watcher]]:
        """The parts that made a difference: of ``and`` those beside which no other is false, of ``or`` none true."""
        settling = call.op == "or"
        values = [self.outcomes(part)[0] for part in call.args]
        for index, part in enumerate(call.args):
            if settling not in values[:index] + values[index + 1 :]:
                yield part, self

    def after(self, condition: Node, outcome: bool) -> Watcher:
        """The same row."""
        return self

    def rows(self, over: Over) -> Iterator[Watcher]:
        """Every related row."""
        group = self.planner.group_of(over)
        yield from self._rows((*self.path, *over.path), group.frame, group.name)

    def _rows(self, path: Path, frame: Frame, name: str) -> Iterator[Seen]:
        key = self.frame.instances[path].key
        if key is None or self.values[key] is None:
            return  # nobody knows whose rows they would be
        own = frame.instances[()].key
        for row in self.values[".".join((*path, name))]:
            if own is None or row[own] is not None:  # a row without a name may be somebody else's
                yield replace(self, frame=frame, values=row, path=())

    def whole(self) -> Iterator[Seen]:
        """This row, and every related row below it."""
        yield self
        below = {(slot.path, slot.group.name): slot.group.frame for slot in self.frame.slots.values()}
        for (path, name), frame in below.items():
            for row in self._rows(path, frame, name):
                yield from row.whole()


class Observer:
    """Watches one compiled question: give it to ``Person`` as ``watch``, then ask it about each trace."""

    def __init__(self, formulas: Mapping[str, Formula | Table]) -> None:
        self.formulas = formulas
        self.frames: dict[int, Watched] = {}

    def __call__(self, planner: Planner, frame: Frame) -> None:
        """Ask the plan for every condition of every variable that it computes."""
        self.planner = planner
        for each in (frame, *(group.frame for group in planner.groups.values())):
            self.frames[id(each)] = Watched(each, list(self._variables(each)))
        for watched in self.frames.values():
            for path, formula in watched.variables:
                for _ in reached(formula, Asking(planner, self.frames, watched.frame, path)):
                    pass

    def _variables(self, frame: Frame) -> Iterator[tuple[Path, Formula | Table]]:
        for name in frame.computed:
            *path, last = name.split(".")
            if last in self.formulas:
                yield tuple(path), self.formulas[last]

    def found(self, frame: Frame, values: Mapping[str, Any]) -> Iterator[Found]:
        """Every branch that one evaluation reached, and every parameter that it read."""
        for row in Seen(self.planner, self.frames, frame, values).whole():
            for path, formula in self.frames[id(row.frame)].variables:
                yield from reached(formula, replace(row, path=path))
