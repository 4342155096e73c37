"""Writes a plan as one DuckDB query: a CTE for each entity and dependency layer, as a sqlglot tree.

The relations it reads are named as the registers (``income``), typed as declared and with one row a key; answers of
providers are ``answers_<question>(key, value)``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import cast

from sqlglot import exp

from doorstep.engines.feel.api import Node, Ref, SqlWriter, sql_type
from doorstep.engines.rules.plan import Asked, Frame, Group, Path, Planner, Question, Slot, Source
from doorstep.engines.rules.reasons import output_node
from doorstep.engines.rules.ruleset import CheckedRules


def national_query(
    ruleset: CheckedRules, *, entity: str, outputs: Mapping[str, str], as_of: date, given: Iterable[Question] = ()
) -> str:
    """The query that answers ``outputs`` (name -> FEEL expression of ``entity``) for every row at once.

    Columns: ``key`` (where the entity has one), then the outputs in order. Raises ``Problems`` for an expression
    that cannot be read.
    """
    planner = Planner(ruleset, as_of=as_of, given=given)
    nodes = [output_node(ruleset, entity, text) for text in outputs.values()]
    frame, cells = planner.root(entity, nodes)
    steps: list[exp.CTE] = []
    for _, group in sorted(planner.groups.items(), key=lambda item: item[1].depth):
        steps += _frame_steps(group.frame, group.name)
        steps.append(_step(group.name, _group_query(group)))
    steps += _frame_steps(frame, entity)
    query = exp.select().from_(_table(_last(frame, entity)))
    key = frame.instances[()].key
    if key is not None:
        query = query.select(exp.alias_(_column(key), "key", quoted=True))
    for name, cell, node in zip(outputs, cells, nodes, strict=True):
        query = query.select(
            exp.alias_(exp.cast(_column(cell), sql_type(node.type), dialect="duckdb"), name, quoted=True)
        )
    query.set("with_", exp.With(expressions=steps))
    return query.sql(dialect="duckdb", pretty=True)


# ---------------------------------------------------------------------- a frame


def _frame_steps(frame: Frame, name: str) -> list[exp.CTE]:
    """The joined rows, then one step for each layer of variables."""
    steps = [_step(f"{name}, joined", _joined(frame))]
    writer = SqlWriter(_cell)
    before = f"{name}, joined"
    for number, layer in enumerate(frame.layers, start=1):
        query = exp.select(exp.Star()).from_(_table(before))
        for cell in layer:
            assert cell.node is not None
            query = query.select(exp.alias_(writer.write(cell.node), cell.name, quoted=True))
        before = f"{name}, layer {number}"
        steps.append(_step(before, query))
    return steps


def _last(frame: Frame, name: str) -> str:
    return f"{name}, layer {len(frame.layers)}" if frame.layers else f"{name}, joined"


def _joined(frame: Frame) -> exp.Select:
    """The rows with the registers, answers and aggregates that their links lead to."""
    query = exp.select().from_(_table(frame.relation, "row"))
    for alias, relation, on_column, path in _joins(frame):
        condition = exp.EQ(this=_column(on_column, alias), expression=_key(frame, path))
        query = query.join(_table(relation, alias), on=condition, join_type="left")
    for source in frame.sources.values():
        query = query.select(exp.alias_(_read(frame, source), source.cell, quoted=True))
    for slot in frame.slots.values():
        query = query.select(exp.alias_(_default(frame, slot), slot.cell, quoted=True))
    return query


def _joins(frame: Frame) -> list[tuple[str, str, str, Path]]:
    """What is joined, nearest first: (alias, relation, its key column, path of the row it belongs to)."""
    joins: dict[str, tuple[str, str, str, Path]] = {}
    for source in frame.sources.values():
        if not _is_own(frame, source):
            alias = _alias(source.path, source.relation)
            joins[alias] = (alias, source.relation, source.key, source.path)
    for slot in frame.slots.values():
        alias = _alias(slot.path, slot.group.name)
        joins[alias] = (alias, slot.group.name, "key", slot.path)
    return sorted(joins.values(), key=lambda join: len(join[3]))


def _is_own(frame: Frame, source: Source) -> bool:
    return not source.path and source.relation == frame.relation


def _key(frame: Frame, path: Path) -> exp.Expression:
    """The key of the row at ``path``, as it stands in the register that points there."""
    key = frame.instances[path].key
    assert key is not None, "only rows with a key are joined"
    source = frame.sources[key]
    return _column(source.column, "row" if _is_own(frame, source) else _alias(source.path, source.relation))


def _read(frame: Frame, source: Source) -> exp.Expression:
    column = _column(source.column, "row" if _is_own(frame, source) else _alias(source.path, source.relation))
    if source.type.is_number:
        return exp.cast(column, sql_type(source.type), dialect="duckdb")
    return column


def _alias(path: Path, relation: str) -> str:
    return ".".join((*path, f"[{relation}]"))


# ---------------------------------------------------------------------- aggregates

# What an aggregate over no rows gives; the others are unknown.
_NOTHING = {"count": "0", "sum": "0", "some": "FALSE", "every": "TRUE"}


def _default(frame: Frame, slot: Slot) -> exp.Expression:
    """The group's result; that of no rows where it has none; unknown where the row itself is unknown."""
    alias = _alias(slot.path, slot.group.name)
    case = exp.Case().when(_is_null(_key(frame, slot.path)), exp.null())
    nothing = _NOTHING.get(slot.over.how)
    if nothing is not None:
        case = case.when(_is_null(_column("key", alias)), exp.maybe_parse(nothing))
    return exp.cast(case.else_(_column(slot.column, alias)), sql_type(slot.over.type), dialect="duckdb")


def _group_query(group: Group) -> exp.Select:
    query = exp.select(exp.alias_(_column(group.link), "key", quoted=True)).from_(
        _table(_last(group.frame, group.name))
    )
    for index, asked in enumerate(group.asked.values()):
        name = f"{asked.over.how} {index}"
        query = query.select(exp.alias_(_aggregate(asked), name, quoted=True))
    query = query.where(exp.Not(this=_is_null(_column(group.link))))
    return query.group_by(_column(group.link))


_FUNCTIONS: dict[str, type[exp.Expression]] = {"sum": exp.Sum, "min": exp.Min, "max": exp.Max}


def _aggregate(asked: Asked) -> exp.Expression:
    """One aggregate. ``known`` counts the rows that leave no doubt; with any doubt the result is unknown."""
    how = asked.over.how
    everything: exp.Expression = exp.Count(this=exp.Star())
    where = _column(asked.where) if asked.where else None
    value = _column(asked.value) if asked.value else None
    if how in ("some", "every"):
        assert value is not None
        return _quantified(how, where, value)
    result: exp.Expression = exp.Count(this=exp.Star()) if how == "count" else _FUNCTIONS[how](this=value)
    if where is not None:
        result = exp.Filter(this=result, expression=exp.Where(this=where.copy()))
    known = _known(where, value if how != "count" else None)
    if how == "sum":
        result = exp.Coalesce(this=result, expressions=[exp.Literal.number(0)])
    if known is None:
        return result
    return exp.Case().when(exp.EQ(this=everything, expression=exp.Count(this=known)), result)


def _known(where: exp.Expression | None, value: exp.Expression | None) -> exp.Expression | None:
    """An expression that is not null for the rows that leave no doubt."""
    if where is None:
        return value
    if value is None:
        return where
    doubt = exp.and_(where.copy(), value.copy().is_(exp.null()))
    return exp.Case().when(doubt, exp.null()).else_(where.copy())


def _quantified(how: str, where: exp.Expression | None, value: exp.Expression) -> exp.Expression:
    settles = how == "some"
    if where is not None:
        combined = exp.and_(where, value) if settles else exp.or_(exp.not_(where), value)
        value = exp.paren(combined)
    pick = exp.func("BOOL_OR" if settles else "BOOL_AND", value.copy())
    settled = pick if settles else exp.not_(pick)
    all_known = exp.EQ(this=exp.Count(this=exp.Star()), expression=exp.Count(this=value.copy()))
    outcome = exp.Boolean(this=settles)
    return exp.Case().when(settled, outcome).when(all_known, exp.Boolean(this=not settles))


# ---------------------------------------------------------------------- small pieces


def _cell(node: Node) -> exp.Expression:
    assert isinstance(node, Ref)
    return _column(node.name)


def _column(name: str, table: str | None = None) -> exp.Column:
    return exp.column(
        exp.to_identifier(name, quoted=True), table=exp.to_identifier(table, quoted=True) if table else None
    )


def _table(name: str, alias: str | None = None) -> exp.Expression:
    table = exp.Table(this=exp.to_identifier(name, quoted=True))
    return cast("exp.Expression", exp.alias_(table, alias, table=True, quoted=True)) if alias else table


def _is_null(column: exp.Expression) -> exp.Expression:
    return exp.Is(this=column, expression=exp.null())


def _step(name: str, query: exp.Select) -> exp.CTE:
    """A step that DuckDB folds into the next, so that only the columns in use are read."""
    alias = exp.TableAlias(this=exp.to_identifier(name, quoted=True))
    return exp.CTE(this=query, alias=alias, materialized=False)
