"""Writes a plan as a few steps of SQL for everybody at once: a relation for each group and frame, as sqlglot trees.

The relations that the steps read are named as the registers (``income``), typed as declared and with one row a key;
answers of providers are ``answers_<question>(key, value)``. Each step makes one table from what was there before;
within a step every dependency layer is a CTE that the engine folds into the next.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from sqlglot import exp

from doorstep.engines.feel.api import BOOLEAN, DUCKDB, Call, Dialect, Node, Over, Ref, SqlWriter, sql_constant, walk
from doorstep.engines.rules.groups import group_query, read_by
from doorstep.engines.rules.layout import Layout, Phase, Place, refs
from doorstep.engines.rules.pieces import add, cast_to, column, is_null, select, table
from doorstep.engines.rules.plan import NO_DOUBTS, Cell, Doubts, Frame, Group, Path, Planner, Question, Source
from doorstep.engines.rules.reasons import output_node
from doorstep.engines.rules.ruleset import CheckedRules

RESULT = "result"
# What is folded into one step at most, in columns of all its layers together: beyond it DuckDB plans longer, and in
# more memory, than it computes. Models of a few hundred variables stay far below.
WIDEST = 4_000
# So many layers may lie below an aggregate: below more of them, joined to others, DuckDB writes formulas out again and
# again in the place of their names, twice as often with every few layers.
DEEPEST = 12


class Step(NamedTuple):
    """One table on the way: ``name`` is made from the query ``sql``, which reads registers and earlier steps."""

    name: str
    sql: str


@dataclass(frozen=True)
class Nation:
    """A question to everybody. The last of ``steps`` gives ``key`` (where there is one) and the outputs in order.

    ``reads`` names the columns that are needed of each register, and of each provider's answers; ``ties`` those by
    which a register's rows are counted together. ``counted`` names for each output the registers of which several rows
    together made it; ``yes_or_no`` the outputs that are true or false. ``spent`` says, by a step's name, which tables
    of earlier steps no later step reads: they may go when that step is done.
    """

    steps: tuple[Step, ...]
    reads: Mapping[str, tuple[str, ...]]
    ties: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    counted: Mapping[str, frozenset[str]] = field(default_factory=dict)
    yes_or_no: tuple[str, ...] = ()
    spent: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def ask_nation(
    ruleset: CheckedRules,
    *,
    entity: str,
    outputs: Mapping[str, str],
    as_of: date,
    given: Iterable[Question] = (),
    leave_out: str | None = None,
    doubts: Doubts = NO_DOUBTS,
    dialect: Dialect = DUCKDB,
) -> Nation:
    """The steps that answer ``outputs`` (name -> FEEL expression of ``entity``) for every row.

    ``leave_out`` names an output: rows for which it is false are dropped as early as that is known; whoever asks
    counts them as the rest. ``doubts`` says what the relations leave in doubt; ``dialect`` is that of the engine that
    will follow the steps. Raises ``Problems`` for an expression that cannot be read.
    """
    planner = Planner(ruleset, as_of=as_of, given=given, doubts=doubts)
    nodes = [output_node(ruleset, entity, text) for text in outputs.values()]
    frame, cells = planner.root(entity, nodes)
    key = frame.instances[()].key
    wanted = dict(zip(outputs, cells, strict=True))
    writer = _Writer(planner, frame, dialect)
    tests = [] if leave_out is None else _parts(frame, wanted[leave_out], nodes[list(outputs).index(leave_out)])
    last = writer.frame(frame, entity, [*cells, *([key] if key else [])], tests)
    query = select([], last)
    if key is not None:
        add(query, column(key), "key")
    for (name, cell), node in zip(wanted.items(), nodes, strict=True):
        add(query, cast_to(column(cell), node.type), name)
    writer.store(RESULT, query)
    return Nation(
        steps=tuple(writer.steps),
        reads=_reads(planner, frame),
        ties=_ties(planner),
        counted={name: _counted(ruleset, node) for name, node in zip(outputs, nodes, strict=True)},
        yes_or_no=tuple(name for name, node in zip(outputs, nodes, strict=True) if node.type == BOOLEAN),
        spent=_spent(writer.steps),
    )


def _spent(steps: Sequence[Step]) -> dict[str, tuple[str, ...]]:
    """For each step the tables that it is the last to read."""
    readers: dict[str, str] = {}
    for number, step in enumerate(steps):
        readers |= {before.name: step.name for before in steps[:number] if f'"{before.name}"' in step.sql}
    return {step.name: tuple(name for name, last in readers.items() if last == step.name) for step in steps}


def _parts(frame: Frame, cell: str, goal: Node) -> Sequence[Node]:
    """The conditions of which none may be false: those that ``and`` joins, so that each is tested where it is known."""
    node = frame.computed[cell].node if cell in frame.computed else None
    if isinstance(node, Call) and node.op == "and":
        return node.args
    return [Ref(BOOLEAN, goal.place, cell, "")]


def _reads(planner: Planner, root: Frame) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for frame in (root, *(group.frame for group in planner.groups.values())):
        for source in frame.sources.values():
            columns = found.setdefault(source.relation, {})
            columns[source.column] = None
            if source.path or source.relation != frame.relation:
                columns[source.key] = None  # by which it is joined
    return {relation: tuple(columns) for relation, columns in found.items()}


def _ties(planner: Planner) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for group in planner.groups.values():
        found.setdefault(group.frame.relation, {})[group.frame.sources[group.link].column] = None
    return {relation: tuple(columns) for relation, columns in found.items()}


def _counted(ruleset: CheckedRules, node: Node) -> frozenset[str]:
    found, seen, waiting = set[str](), set[tuple[str, str]](), [node]
    while waiting:
        for part in walk(waiting.pop()):
            if isinstance(part, Over):
                found.add(ruleset.entities[part.entity].homes[part.link][0])
                waiting += [below for below in (part.where, part.value) if below is not None]
            elif isinstance(part, Ref) and (part.entity, part.name) not in seen:
                variable = ruleset.variables.get(part.name)
                if variable is not None and variable.entity == part.entity:
                    seen.add((part.entity, part.name))
                    waiting.append(variable.node)
    return frozenset(found)


class _Writer:
    """Collects relations. What is stored becomes a step; what is not is folded into the next that is."""

    def __init__(self, planner: Planner, root: Frame, dialect: Dialect) -> None:
        self._dialect, self._sql = dialect, SqlWriter(_cell, dialect)
        self._root_of_loose = root if root.relation in planner.doubts.loose else None
        self.steps: list[Step] = []
        self._folded: list[exp.CTE] = []
        self._stored: set[str] = set()
        self._columns: dict[str, Sequence[str]] = {}
        self._width = 0
        frames = [root, *(group.frame for group in planner.groups.values())]
        places = [{(slot.path, slot.group.name) for slot in frame.slots.values()} for frame in frames]
        self._readers = Counter(name for found in places for _, name in found)

    def fold(self, name: str, query: exp.Select, columns: Sequence[str] = ()) -> str:
        """A relation that is only a part of the next step. ``columns`` are its names, where more is built upon it."""
        self._columns[name] = columns or query.named_selects
        self._width += len(self._columns[name])
        alias = exp.TableAlias(this=exp.to_identifier(name, quoted=True))
        self._folded.append(exp.CTE(this=query, alias=alias, materialized=self._dialect.folds))
        return name

    def store(self, name: str, query: exp.Select, columns: Sequence[str] = ()) -> str:
        """A relation that is made and kept for later steps."""
        self._columns[name] = columns or query.named_selects
        if self._folded:
            query.set("with_", exp.With(expressions=self._folded))
            self._folded, self._width = [], 0
        self.steps.append(Step(name, query.sql(dialect=self._dialect.text, pretty=True, copy=False)))
        return name

    # ------------------------------------------------------------------ frames

    def frame(self, frame: Frame, name: str, wanted: Sequence[str], tests: Sequence[Node] = ()) -> str:
        """The rows of a frame with the ``wanted`` cells; rows for which a test is false are left out."""
        layout = Layout(frame, wanted, tests)
        found = {place.name: self._place(layout, place, name) for place in layout.places.values()}
        last = self._own(layout, name, tests)
        if layout.sources(Phase.JOINED):
            last = self._joined(layout, name, last, tests)
            if any(_dropped(layout, place) is None for place in layout.places.values()):
                carried = select((column(cell) for cell in layout.carried(Phase.JOINED)), last)
                last = self.store(f"{name}, rows", carried)
        return self._grouped(layout, name, last, found, tests) if found else last

    def _own(self, layout: Layout, name: str, tests: Sequence[Node]) -> str:
        frame = layout.frame
        query = select([], frame.relation)
        for cell in layout.sources(Phase.OWN):
            source = frame.sources[cell]
            add(query, _read(source, column(source.column)), cell)
        if frame is self._root_of_loose:
            query = query.where(exp.Not(this=is_null(column(frame.sources[frame.instances[()].key or ""].column))))
        return self._layers(layout, Phase.OWN, name, self.fold(f"{name}, own", query), tests)

    def _joined(self, layout: Layout, name: str, before: str, tests: Sequence[Node]) -> str:
        """The rows with the registers and answers that their links lead to."""
        frame = layout.frame
        query = select((column(cell, "row") for cell in layout.carried(Phase.OWN)), before, "row")
        sources = [frame.sources[cell] for cell in layout.sources(Phase.JOINED)]
        joins = {_alias(source.path, source.relation): source for source in sources}
        for alias, source in sorted(joins.items(), key=lambda item: len(item[1].path)):
            condition = exp.EQ(this=column(source.key, alias), expression=_key(layout, source.path))
            query = query.join(table(source.relation, alias), on=condition, join_type="left", copy=False)
        for source in sources:
            value = _read(source, column(source.column, _alias(source.path, source.relation)))
            add(query, value, source.cell)
        return self._layers(layout, Phase.JOINED, name, self.fold(f"{name}, joined", query), tests)

    def _grouped(self, layout: Layout, name: str, before: str, found: Mapping[str, str], tests: Sequence[Node]) -> str:
        """The rows with what the groups around them gave."""
        query = select((column(cell, "row") for cell in layout.carried(Phase.JOINED)), before, "row")
        for place in layout.places.values():
            exports, dropped = layout.exports(place), _dropped(layout, place)
            if dropped is not None:
                (cell,) = exports
                marked = _marked(place, cell, found[place.name], dropped)
                add(query, marked, cell.name)
                continue
            condition = exp.EQ(this=column("key", place.name), expression=column(place.key, "row"))
            query = query.join(table(found[place.name], place.name), on=condition, join_type="left", copy=False)
            for cell in exports:
                add(query, _found(place, cell), cell.name)
        return self._layers(layout, Phase.GROUPED, name, self.fold(f"{name}, grouped", query), tests)

    def _layers(self, layout: Layout, phase: Phase, name: str, before: str, tests: Sequence[Node]) -> str:
        """The cells that a phase computes, layer upon layer; then the tests that can be made by now."""
        needed = {*layout.carried(phase), *layout.wanted, *layout.keys}
        before = self._computed(f"{name}, {phase.name.lower()}", before, layout.computed(phase), needed)
        ready = [test for test in tests if layout.phase_of(refs(test)) is phase]
        if not ready:
            return before
        kept = select([exp.Star()], before)
        for test in ready:
            kept = kept.where(exp.Not(this=exp.Is(this=exp.paren(self._sql.write(test)), expression=exp.false())))
        return self.fold(f"{name}, {phase.name.lower()} kept", kept)

    def _computed(self, name: str, before: str, layers: Sequence[Sequence[Cell]], needed: Iterable[str]) -> str:
        """Layer upon layer of cells. What neither a later layer nor ``needed`` mentions is left behind on the way."""
        alive = [set(needed)]
        for layer in reversed(layers[1:]):
            alive.append(alive[-1].union(*(refs(cell.node) for cell in layer)))
        at_hand = self._columns[before]
        for number, (layer, keep) in enumerate(zip(layers, reversed(alive), strict=False), start=1):
            kept = [cell for cell in at_hand if cell in keep]
            query = select(map(column, kept) if len(kept) < len(at_hand) else [exp.Star()], before)
            for cell in layer:
                assert cell.node is not None
                add(query, self._sql.write(cell.node), cell.name)
            at_hand = [*kept, *(cell.name for cell in layer)]
            put = self.store if self._width + len(at_hand) > WIDEST else self.fold
            before = put(f"{name} {number}", query, at_hand)
        return before

    # ------------------------------------------------------------------ groups

    def _group(self, group: Group) -> str:
        """The results of a group: stored where several read them."""
        if group.name in self._stored:
            return group.name
        rows = self.frame(group.frame, group.name, read_by(group))
        if len(self._folded) > DEEPEST:
            rows = self.store(f"{group.name}, counted", select(map(column, read_by(group)), rows))
        query = group_query(group, rows)
        if self._readers[group.name] == 1:
            return self.fold(group.name, query)
        self._stored.add(group.name)
        return self.store(group.name, query)

    def _place(self, layout: Layout, place: Place, name: str) -> str:
        """The cells of a place, for each key that has rows; keys that say the same as no rows are left out."""
        query = select([column("key")], self._group(place.group))
        for slot in place.slots:
            add(query, cast_to(column(slot.column), slot.over.type), slot.cell)
        before = self.fold(f"{name}: {place.name}", query)
        exports = layout.exports(place)
        needed = ["key", *(cell.name for cell in exports)]
        before = self._computed(f"{name}: {place.name}", before, place.layers, needed)
        query = select([column("key"), *(column(cell.name) for cell in exports)], before)
        if (dropped := _dropped(layout, place)) is not None:
            kept = exp.NullSafeNEQ(this=column(exports[0].name), expression=sql_constant(dropped, BOOLEAN))
            query = query.where(kept)
        return self.store(f"{name}: {place.name} found", query)


# ---------------------------------------------------------------------- small pieces


def _cell(node: Node) -> exp.Expression:
    assert isinstance(node, Ref)
    return column(node.name)


def _dropped(layout: Layout, place: Place) -> bool | None:
    """Where a yes or no is all that is needed: the answer that is not kept, because no rows say the same (or no)."""
    exports = layout.exports(place)
    if len(exports) != 1 or exports[0].type != BOOLEAN:
        return None
    value = False if place.never_empty else place.without_rows[exports[0].name]
    return bool(value) if value is not None else None


def _marked(place: Place, cell: Cell, found: str, dropped: bool) -> exp.Expression:
    """A yes or no by membership: the keys that say otherwise, and those that leave it unknown, are few."""
    key, value = column(place.key, "row"), column(cell.name)
    otherwise = exp.select(column("key")).from_(table(found)).where(exp.Is(this=value, expression=_bool(not dropped)))
    unknown = exp.select(column("key")).from_(table(found)).where(is_null(value))
    case = exp.Case().when(is_null(key), sql_constant(place.without_key[cell.name], BOOLEAN))
    case = case.when(exp.In(this=key, query=exp.Subquery(this=otherwise)), _bool(not dropped))
    case = case.when(exp.In(this=key, query=exp.Subquery(this=unknown)), exp.null())
    return cast_to(case.else_(_bool(dropped)), BOOLEAN)


def _found(place: Place, cell: Cell) -> exp.Expression:
    """What the group gave; what no rows give where it has none; unknown where the key itself is unknown."""
    unknown, nothing = place.without_key[cell.name], place.without_rows[cell.name]
    case = exp.Case().when(is_null(column(place.key, "row")), sql_constant(unknown, cell.type))
    case = case.when(is_null(column("key", place.name)), sql_constant(nothing, cell.type))
    return cast_to(case.else_(column(cell.name, place.name)), cell.type)


def _bool(value: bool) -> exp.Expression:
    return exp.Boolean(this=value)


def _key(layout: Layout, path: Path) -> exp.Expression:
    """The key of the row at ``path``, as it stands in the row or register that points there."""
    key = layout.frame.instances[path].key
    assert key is not None, "only rows with a key are joined"
    source = layout.frame.sources[key]
    if layout.phases[key] is Phase.OWN:
        return column(key, "row")
    return column(source.column, _alias(source.path, source.relation))


def _read(source: Source, value: exp.Expression) -> exp.Expression:
    return cast_to(value, source.type) if source.type.is_number else value


def _alias(path: Path, relation: str) -> str:
    return ".".join((*path, f"[{relation}]"))
