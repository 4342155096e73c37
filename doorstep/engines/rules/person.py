"""Writes a plan as straight-line Python for one person, and tells afterwards how the outcome came about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import localcontext
from itertools import count
from types import MappingProxyType
from typing import Any

from doorstep.engines.feel.api import EXACT, GLOBALS, Node, Parameter, PythonWriter, Ref
from doorstep.engines.rules.plan import Asked, Frame, Group, Path, Planner, Question, Source, every_doubt
from doorstep.engines.rules.reasons import output_node
from doorstep.engines.rules.ruleset import CheckedRules
from doorstep.kit.errors import DoorstepError

Row = Mapping[str, Any]
Situation = Mapping[str, Sequence[Row]]
Watch = Callable[[Planner, Frame], None]
"""Asks a plan for more cells before it is written, to see afterwards what they held."""

_RESULTS = {
    "count": "None if (k := chosen({pairs})) is None else len(k)",
    "sum": "None if (k := chosen({pairs})) is None else total(k)",
    "min": "None if (k := chosen({pairs})) is None else extreme(k, min)",
    "max": "None if (k := chosen({pairs})) is None else extreme(k, max)",
    "some": "any_of([all_of(pair) for pair in {pairs}])",
    "every": "all_of([any_of((None if pair[0] is None else not pair[0], pair[1])) for pair in {pairs}])",
}

# The same where every row counts: there are values, no pairs of a condition and a value.
_RESULTS_OF_ALL = {
    "count": "len({pairs})",
    "sum": "total({pairs})",
    "min": "extreme({pairs}, min)",
    "max": "extreme({pairs}, max)",
    "some": "any_of({pairs})",
    "every": "all_of({pairs})",
}


@dataclass(frozen=True)
class Trace:
    """Every value of one evaluation: cell name -> value; a group's name -> one such mapping a related row."""

    cells: Mapping[str, Any]


class Person:
    """Rules compiled for one row at a time. Made by ``compile_person``; safe to keep and to share."""

    def __init__(
        self,
        ruleset: CheckedRules,
        *,
        entity: str,
        outputs: Mapping[str, str],
        as_of: date,
        given: Iterable[Question] = (),
        open_to_change: bool = False,
        any_day: bool = False,
        watch: Watch | None = None,
    ) -> None:
        self.ruleset, self.entity, self.as_of = ruleset, entity, as_of
        self.planner = Planner(ruleset, as_of=as_of, given=given, doubts=every_doubt(ruleset), any_day=any_day)
        self.nodes = {name: output_node(ruleset, entity, text) for name, text in outputs.items()}
        self.frame, cells = self.planner.root(entity, list(self.nodes.values()))
        self.cells = dict(zip(self.nodes, cells, strict=True))
        if watch:
            watch(self.planner, self.frame)
        self.source = _Writer(self.frame, self.variables if open_to_change else frozenset()).function()
        space: dict[str, Any] = dict(GLOBALS)
        exec(compile(self.source, "<rules>", "exec"), space)  # noqa: S102 - written by us from a checked tree
        self._evaluate = space["evaluate"]

    @property
    def variables(self) -> frozenset[str]:
        """The cells of the row at hand that hold a variable: its own, or one of a row that it points to."""
        return frozenset(name for name in self.frame.computed if name.rsplit(".", 1)[-1] in self.ruleset.variables)

    def evaluate(
        self,
        situation: Situation,
        *,
        key: str | None = None,
        change: Mapping[str, Any] = MappingProxyType({}),
        today: date | None = None,
    ) -> Trace:
        """Every value for the row named ``key``, or for the only row of the entity.

        ``situation`` maps each register's name to its rows (column -> ``str``, ``int``, ``Decimal``, ``bool``,
        ``date`` or ``None``). A row without its key may or may not belong to what it points to (see ``Doubts``).
        ``change`` puts values in the place of variables' own, by cell; it needs a ``Person`` that is open to change.
        ``today`` is another day than ``as_of``, for a ``Person`` made for any day on which the same figures hold.
        Raises ``DoorstepError`` when the row is not there.
        """
        row = self._row(situation, key)
        with localcontext(EXACT):
            return Trace(self._evaluate(row, situation, change, today or self.as_of))

    def output(self, trace: Trace, name: str) -> Any:
        """The value of one output."""
        return trace.cells[self.cells[name]]

    def _row(self, situation: Situation, key: str | None) -> Row:
        rows = situation.get(self.frame.relation, ())
        column = self.ruleset.registers[self.frame.relation].key
        if key is not None and column is not None:
            rows = [row for row in rows if row.get(column) == key]
        if len(rows) != 1:
            what = "There is no such row" if not rows else "There is more than one such row"
            raise DoorstepError(f"{what} in {self.frame.relation!r}.", mend="Name one that is there.")
        return rows[0]


class _Writer:
    """Writes the body of one function, loop within loop."""

    def __init__(self, frame: Frame, changeable: frozenset[str]) -> None:
        self.frame, self.changeable = frame, changeable
        self.lines: list[str] = []
        self.indexes: dict[tuple[str, str, bool], str] = {}
        self.constants: dict[str, str] = {}
        self.groups: dict[str, str] = {}
        self.functions: list[str] = []
        self._new = count(1)

    def function(self) -> str:
        """``evaluate(row, situation, change, today)``, which returns every cell by name."""
        cells = self.write_frame(self.frame, "row", "    ")
        head = [f"{name} = {text}" for text, name in self.constants.items()]
        head.append("def evaluate(row, situation, change, today):")
        for (relation, column, many), name in self.indexes.items():
            head += _index_lines(name, relation, column, many)
        return "\n".join([*head, *self.functions, *self.lines, f"    return {_dictionary(cells)}", ""])

    def variable(self, letter: str) -> str:
        return f"{letter}{next(self._new)}"

    def constant(self, text: str) -> str:
        """The name of a constant that is made once, when the rules are compiled."""
        return self.constants.setdefault(text, f"K{len(self.constants)}")

    def index(self, relation: str, column: str, *, many: bool) -> str:
        """The name of the dictionary that finds rows of ``relation`` by ``column``."""
        return self.indexes.setdefault((relation, column, many), f"by{len(self.indexes)}")

    def write_frame(self, frame: Frame, row: str, indent: str) -> dict[str, str]:
        """Write the lines that compute every cell; returns the local variable of each cell."""
        names: dict[str, str] = {}
        rows: dict[tuple[Path, str], str] = {((), frame.relation): row}
        for source in frame.sources.values():
            holder = self.joined(frame, source, rows, names, indent)
            names[source.cell] = self.variable("c")
            self.lines.append(f"{indent}{names[source.cell]} = {holder}.get({source.column!r})")
        traces = self.write_slots(frame, names, indent)
        writer = PythonWriter(lambda node: _local(node, names), self.constant)
        for layer in frame.layers:
            for cell in layer:
                assert cell.node is not None
                names[cell.name] = self.variable("v")
                formula = writer.write(cell.node)
                if frame is self.frame and cell.name in self.changeable:
                    formula = f"change[{cell.name!r}] if {cell.name!r} in change else ({formula})"
                self.lines.append(f"{indent}{names[cell.name]} = {formula}")
        return names | traces

    def joined(
        self, frame: Frame, source: Source, rows: dict[tuple[Path, str], str], names: dict[str, str], indent: str
    ) -> str:
        """The local variable that holds the row which ``source`` is read from."""
        place = (source.path, source.relation)
        if place not in rows:
            key = frame.instances[source.path].key
            assert key is not None
            index = self.index(source.relation, source.key, many=False)
            rows[place] = self.variable("r")
            self.lines.append(f"{indent}{rows[place]} = {index}.get({names[key]}, {{}})")
        return rows[place]

    def write_slots(self, frame: Frame, names: dict[str, str], indent: str) -> dict[str, str]:
        """Ask each group that a row of the frame needs; returns the traces by name."""
        traces: dict[str, str] = {}
        done: dict[tuple[Path, str], dict[int, str]] = {}
        for slot in frame.slots.values():
            place = (slot.path, slot.group.name)
            if place not in done:
                key = frame.instances[slot.path].key
                assert key is not None
                trace = self.variable("m")
                done[place] = self.call_group(slot.group, names[key], trace, indent)
                traces[".".join((*slot.path, slot.group.name))] = trace
            names[slot.cell] = done[place][slot.index]
        return traces

    def call_group(self, group: Group, key: str, trace: str, indent: str) -> dict[int, str]:
        """Write the call of a group for one key; returns the local variable of each result."""
        results = {number: self.variable("a") for number in range(len(group.asked))}
        found = ", ".join([trace, *results.values()])
        self.lines.append(f"{indent}{found} = {self.group(group)}({key})")
        return results

    def group(self, group: Group) -> str:
        """The function of a group, which counts the rows of a key once however many rows ask for them."""
        if group.name in self.groups:
            return self.groups[group.name]
        number = len(self.groups)
        name = self.groups[group.name] = f"group{number}"
        around, self.lines = self.lines, []
        results = self.write_group(group, "key", "trace", "        ")
        body, self.lines = self.lines, around
        found = ", ".join(["trace", *results.values()])
        self.functions += [
            f"    counted{number} = {{}}",
            f"    def {name}(key):",
            f"        if key in counted{number}:",
            f"            return counted{number}[key]",
            *body,
            f"        counted{number}[key] = {found}",
            f"        return counted{number}[key]",
        ]
        return name

    def write_group(self, group: Group, key: str, trace: str, indent: str) -> dict[int, str]:
        relation = group.frame.relation
        column = next(source.column for source in group.frame.sources.values() if source.cell == group.link)
        index = self.index(relation, column, many=True)
        pairs = {number: self.variable("g") for number in range(len(group.asked))}
        row = self.variable("r")
        self.lines.append(f"{indent}{trace} = []")
        self.lines += [f"{indent}{name} = []" for name in pairs.values()]
        self.lines.append(f"{indent}for {row} in {index}.get({key}, ()):")
        cells = self.write_frame(group.frame, row, indent + "    ")
        self.lines.append(f"{indent}    {trace}.append({_dictionary(cells)})")
        for number, asked in enumerate(group.asked.values()):
            self.lines.append(f"{indent}    {pairs[number]}.append({_pair(asked, cells)})")
        return {
            number: self.result(asked, pairs[number], key, indent) for number, asked in enumerate(group.asked.values())
        }

    def result(self, asked: Asked, pairs: str, key: str, indent: str) -> str:
        name = self.variable("a")
        results = _RESULTS if asked.where else _RESULTS_OF_ALL
        self.lines.append(
            f"{indent}{name} = None if {key} is None else ({results[asked.over.how].format(pairs=pairs)})"
        )
        return name


def _dictionary(cells: Mapping[str, str]) -> str:
    return f"{{{', '.join(f'{name!r}: {local}' for name, local in cells.items())}}}"


def _pair(asked: Asked, cells: Mapping[str, str]) -> str:
    value = cells[asked.value] if asked.value else "True"
    return f"({cells[asked.where]}, {value})" if asked.where else value


def _local(node: Node, names: Mapping[str, str]) -> str:
    if isinstance(node, Parameter):
        return node.name  # only today() is left open
    assert isinstance(node, Ref)
    return names[node.name]


def _index_lines(name: str, relation: str, column: str, many: bool) -> list[str]:
    rows = f"situation.get({relation!r}, ())"
    if not many:
        return [f"    {name} = {{k: r for r in {rows} if (k := r[{column!r}]) is not None}}"]
    return [
        f"    {name} = {{}}",
        f"    for r in {rows}:",
        f"        {name}.setdefault(r.get({column!r}), []).append(r)",
    ]
