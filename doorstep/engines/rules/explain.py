"""The tree of steps behind one decision, read off the same tree and the values that decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

from doorstep.engines.feel.api import Call, Node, Over, Parameter, Ref, Type
from doorstep.engines.rules.person import Person, Trace
from doorstep.engines.rules.plan import Frame

# Nobody reads an explanation that is deeper.
MAX_DEPTH = 60
# After so many steps a value that was told before is told again without what it follows from. A law of a thousand
# variables is no tree: written out as one it would have more steps than anybody could count.
ENOUGH = 500
# After so many steps none is followed further: nobody reads on, and every value stands in the trace anyway.
MOST_STEPS = 1_000

What = Literal["variable", "column", "parameter", "rows", "row"]


class Step(NamedTuple):
    """One value and what it follows from.

    ``what``: a variable, a column of a register, a parameter of the law, rows (an aggregate) or one of those rows.
    """

    what: What
    name: str
    entity: str
    value: Any
    type: Type | None
    children: tuple[Step, ...] = ()


@dataclass(frozen=True, eq=False, slots=True)
class _Shape:
    """A step before its value is known: the cell that will hold the value, or the whole step of a parameter."""

    what: What
    name: str
    entity: str
    type: Type | None
    cell: str = ""
    made: Step | None = None
    rows: str = ""
    children: tuple[_Shape, ...] = ()

    @property
    def mark(self) -> tuple[str, ...]:
        """What it is about: two steps beside each other with the same mark say the same."""
        return self.what, self.name, self.entity, self.cell, self.rows


class Teller:
    """Knows the shape of the steps of one output; made once, then filled for each decision."""

    def __init__(self, person: Person, output: str) -> None:
        self.person, self.ruleset = person, person.ruleset
        self.depth = self.steps = 0
        self.told: set[tuple[int, str]] = set()
        node = person.nodes[output]
        shapes = tuple(self._of(node, (), person.frame))
        if len(shapes) == 1:
            self.shape = shapes[0]
        else:
            self.shape = _Shape("variable", output, person.entity, node.type, person.cells[output], children=shapes)

    def tell(self, trace: Trace) -> Step:
        """The steps with the values of one evaluation."""
        return _fill(self.shape, trace.cells)

    def _of(self, node: Node, path: tuple[str, ...], frame: Frame) -> Iterator[_Shape]:
        """The steps that ``node`` mentions directly, each once."""
        parts = node.args if isinstance(node, Call) else ()
        yield from _once(shape for part in parts for shape in self._of(part, path, frame))
        if isinstance(node, Parameter):
            value = self.ruleset.literal(node, self.person.as_of).value
            made = Step("parameter", node.name, "", value, node.type)
            yield _Shape("parameter", node.name, "", node.type, made=made)
        elif isinstance(node, Ref):
            yield self._of_ref(node, path, frame)
        elif isinstance(node, Over):
            yield self._of_rows(node, path, frame)

    def _of_ref(self, ref: Ref, path: tuple[str, ...], frame: Frame) -> _Shape:
        here = (*path, *ref.path)
        cell = ".".join((*here, ref.name))
        variable = self.ruleset.variables.get(ref.name)
        if variable is None or variable.entity != ref.entity or cell in frame.sources:
            return _Shape("column", ref.name, ref.entity, ref.type, cell)
        below: tuple[_Shape, ...] = ()
        told_before = self.steps >= ENOUGH and (id(frame), cell) in self.told
        if self.depth < MAX_DEPTH and self.steps < MOST_STEPS and not told_before:
            self.told.add((id(frame), cell))
            self.depth, self.steps = self.depth + 1, self.steps + 1
            below = tuple(self._of(variable.node, here, frame))
            self.depth -= 1
        return _Shape("variable", ref.name, ref.entity, ref.type, cell, children=below)

    def _of_rows(self, over: Over, path: tuple[str, ...], frame: Frame) -> _Shape:
        here = (*path, *over.path)
        whole = replace(over, path=())
        slot = next(slot for slot in frame.slots.values() if slot.path == here and slot.over == whole)
        parts = [part for part in (over.where, over.value) if part is not None]
        said = _once(shape for part in parts for shape in self._of(part, (), slot.group.frame))
        rows = ".".join((*here, slot.group.name))
        return _Shape("rows", over.how, over.entity, over.type, slot.cell, rows=rows, children=tuple(said))


def without_rows(step: Step, kept: frozenset[str]) -> Step:
    """The steps of a decision of which only the values named in ``kept`` are known, and the law's figures."""
    return step._replace(children=tuple(_known_below(step, kept)))


def _known_below(step: Step, kept: frozenset[str]) -> Iterator[Step]:
    for child in step.children:
        if child.what == "parameter" or (child.what == "variable" and child.name in kept):
            yield without_rows(child, kept)
        elif child.what == "variable":
            yield from _known_below(child, kept)


def _once(shapes: Iterable[_Shape]) -> Iterator[_Shape]:
    """Each of the shapes the first time it comes."""
    seen: set[tuple[str, ...]] = set()
    for shape in shapes:
        if shape.mark not in seen:
            seen.add(shape.mark)
            yield shape


# The quickest way to make a named tuple: a telling has hundreds of them.
_made = tuple.__new__


def _fill(shape: _Shape, cells: Mapping[str, Any]) -> Step:
    if shape.made is not None:
        return shape.made
    below: tuple[Step, ...] = ()
    if shape.rows:
        name = shape.entity
        below = tuple([_made(Step, ("row", name, name, None, None, _below(shape, row))) for row in cells[shape.rows]])
    elif shape.children:
        below = _below(shape, cells)
    return _made(Step, (shape.what, shape.name, shape.entity, cells[shape.cell], shape.type, below))


def _below(shape: _Shape, cells: Mapping[str, Any]) -> tuple[Step, ...]:
    return tuple([_fill(child, cells) for child in shape.children])
