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

from doorstep.engines.feel.api import BOOLEAN, DUCKDB, Call, Dialect, Node, Ref, SqlWriter, sql_constant, sql_type
from doorstep.engines.rules.groups import group_query
from doorstep.engines.rules.layout import Layout, Phase, Place, refs
from doorstep.engines.rules.pieces import column, is_null, table
from doorstep.engines.rules.plan import NO_DOUBTS, Cell, Doubts, Frame, Group, Path, Planner, Question, Source
from doorstep.engines.rules.reasons import output_node
from doorstep.engines.rules.ruleset import CheckedRules

RESULT = "result"


class Step(NamedTuple):
    """One table on the way: ``name`` is made from the query ``sql``, which reads registers and earlier steps."""

    name: str
    sql: str


@dataclass(frozen=True)
class Nation:
    """A question to everybody. The last of ``steps`` gives ``key`` (where there is one) and the outputs in order.

    ``reads`` names the columns that are needed of each register, and of each provider's answers; ``ties`` those by
    which a register's rows are counted together.
    """

    steps: tuple[Step, ...]
    reads: Mapping[str, tuple[str, ...]]
    ties: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


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
    query = exp.select().from_(table(last))
    if key is not None:
        query = query.select(exp.alias_(column(key), "key", quoted=True))
    for (name, cell), node in zip(wanted.items(), nodes, strict=True):
        typed = exp.cast(column(cell), sql_type(node.type), dialect="duckdb")
        query = query.select(exp.alias_(typed, name, quoted=True))
    writer.store(RESULT, query)
    return Nation(tuple(writer.steps), _reads(planner, frame), _ties(planner))


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


class _Writer:
    """Collects relations. What is stored becomes a step; what is not is folded into the next that is."""

    def __init__(self, planner: Planner, root: Frame, dialect: Dialect) -> None:
        self._dialect, self._sql = dialect, SqlWriter(_cell, dialect)
        self._root_of_loose = root if root.relation in planner.doubts.loose else None
        self.steps: list[Step] = []
        self._folded: list[exp.CTE] = []
        self._stored: set[str] = set()
        frames = [root, *(group.frame for group in planner.groups.values())]
        places = [{(slot.path, slot.group.name) for slot in frame.slots.values()} for frame in frames]
        self._readers = Counter(name for found in places for _, name in found)

    def fold(self, name: str, query: exp.Select) -> str:
        """A relation that is only a part of the next step."""
        alias = exp.TableAlias(this=exp.to_identifier(name, quoted=True))
        self._folded.append(exp.CTE(this=query, alias=alias, materialized=self._dialect.folds))
        return name

    def store(self, name: str, query: exp.Select) -> str:
        """A relation that is made and kept for later steps."""
        if self._folded:
            query.set("with_", exp.With(expressions=self._folded))
            self._folded = []
        self.steps.append(Step(name, query.sql(dialect=self._dialect.name, pretty=True)))
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
                carried = exp.select(*(column(cell) for cell in layout.carried(Phase.JOINED))).from_(table(last))
                last = self.store(f"{name}, rows", carried)
        return self._grouped(layout, name, last, found, tests) if found else last

    def _own(self, layout: Layout, name: str, tests: Sequence[Node]) -> str:
        frame = layout.frame
        query = exp.select().from_(table(frame.relation))
        for cell in layout.sources(Phase.OWN):
            source = frame.sources[cell]
            query = query.select(exp.alias_(_read(source, column(source.column)), cell, quoted=True))
        if frame is self._root_of_loose:
            query = query.where(exp.Not(this=is_null(column(frame.sources[frame.instances[()].key or ""].column))))
        return self._layers(layout, Phase.OWN, name, self.fold(f"{name}, own", query), tests)

    def _joined(self, layout: Layout, name: str, before: str, tests: Sequence[Node]) -> str:
        """The rows with the registers and answers that their links lead to."""
        frame = layout.frame
        query = exp.select(*(column(cell, "row") for cell in layout.carried(Phase.OWN))).from_(table(before, "row"))
        sources = [frame.sources[cell] for cell in layout.sources(Phase.JOINED)]
        joins = {_alias(source.path, source.relation): source for source in sources}
        for alias, source in sorted(joins.items(), key=lambda item: len(item[1].path)):
            condition = exp.EQ(this=column(source.key, alias), expression=_key(layout, source.path))
            query = query.join(table(source.relation, alias), on=condition, join_type="left")
        for source in sources:
            value = _read(source, column(source.column, _alias(source.path, source.relation)))
            query = query.select(exp.alias_(value, source.cell, quoted=True))
        return self._layers(layout, Phase.JOINED, name, self.fold(f"{name}, joined", query), tests)

    def _grouped(self, layout: Layout, name: str, before: str, found: Mapping[str, str], tests: Sequence[Node]) -> str:
        """The rows with what the groups around them gave."""
        query = exp.select(*(column(cell, "row") for cell in layout.carried(Phase.JOINED))).from_(table(before, "row"))
        for place in layout.places.values():
            exports, dropped = layout.exports(place), _dropped(layout, place)
            if dropped is not None:
                (cell,) = exports
                marked = _marked(place, cell, found[place.name], dropped)
                query = query.select(exp.alias_(marked, cell.name, quoted=True))
                continue
            condition = exp.EQ(this=column("key", place.name), expression=column(place.key, "row"))
            query = query.join(table(found[place.name], place.name), on=condition, join_type="left")
            for cell in exports:
                query = query.select(exp.alias_(_found(place, cell), cell.name, quoted=True))
        return self._layers(layout, Phase.GROUPED, name, self.fold(f"{name}, grouped", query), tests)

    def _layers(self, layout: Layout, phase: Phase, name: str, before: str, tests: Sequence[Node]) -> str:
        """The cells that a phase computes, layer upon layer; then the tests that can be made by now."""
        for number, layer in enumerate(layout.computed(phase), start=1):
            before = self.fold(f"{name}, {phase.name.lower()} {number}", self._more(before, layer))
        ready = [test for test in tests if layout.phase_of(refs(test)) is phase]
        if not ready:
            return before
        kept = exp.select(exp.Star()).from_(table(before))
        for test in ready:
            kept = kept.where(exp.Not(this=exp.Is(this=exp.paren(self._sql.write(test)), expression=exp.false())))
        return self.fold(f"{name}, {phase.name.lower()} kept", kept)

    def _more(self, before: str, layer: Iterable[Cell]) -> exp.Select:
        query = exp.select(exp.Star()).from_(table(before))
        for cell in layer:
            assert cell.node is not None
            query = query.select(exp.alias_(self._sql.write(cell.node), cell.name, quoted=True))
        return query

    # ------------------------------------------------------------------ groups

    def _group(self, group: Group) -> str:
        """The results of a group: stored where several read them."""
        if group.name in self._stored:
            return group.name
        cells = [cell for asked in group.asked.values() for cell in (asked.where, asked.value) if cell]
        query = group_query(group, self.frame(group.frame, group.name, [group.link, *cells]))
        if self._readers[group.name] == 1:
            return self.fold(group.name, query)
        self._stored.add(group.name)
        return self.store(group.name, query)

    def _place(self, layout: Layout, place: Place, name: str) -> str:
        """The cells of a place, for each key that has rows; keys that say the same as no rows are left out."""
        query = exp.select(column("key")).from_(table(self._group(place.group)))
        for slot in place.slots:
            typed = exp.cast(column(slot.column), sql_type(slot.over.type), dialect="duckdb")
            query = query.select(exp.alias_(typed, slot.cell, quoted=True))
        before = self.fold(f"{name}: {place.name}", query)
        for number, layer in enumerate(place.layers, start=1):
            before = self.fold(f"{name}: {place.name} {number}", self._more(before, layer))
        exports = layout.exports(place)
        query = exp.select(column("key"), *(column(cell.name) for cell in exports)).from_(table(before))
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
    return exp.cast(case.else_(_bool(dropped)), sql_type(BOOLEAN), dialect="duckdb")


def _found(place: Place, cell: Cell) -> exp.Expression:
    """What the group gave; what no rows give where it has none; unknown where the key itself is unknown."""
    unknown, nothing = place.without_key[cell.name], place.without_rows[cell.name]
    case = exp.Case().when(is_null(column(place.key, "row")), sql_constant(unknown, cell.type))
    case = case.when(is_null(column("key", place.name)), sql_constant(nothing, cell.type))
    return exp.cast(case.else_(column(cell.name, place.name)), sql_type(cell.type), dialect="duckdb")


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
    return exp.cast(value, sql_type(source.type), dialect="duckdb") if source.type.is_number else value


def _alias(path: Path, relation: str) -> str:
    return ".".join((*path, f"[{relation}]"))
