"""Aggregates in SQL: the results of a group, of which each is unknown where a row leaves it in doubt."""

from __future__ import annotations

from sqlglot import exp

from doorstep.engines.feel.api import Call, Literal, Ref, Value
from doorstep.engines.rules.pieces import add, column, is_null, named, select
from doorstep.engines.rules.plan import Asked, Group

_FUNCTIONS: dict[str, type[exp.Expression]] = {"sum": exp.Sum, "min": exp.Min, "max": exp.Max}
_COMPARISONS = {"=", "!=", "<", "<=", ">", ">=", "in"}


def group_query(group: Group, relation: str) -> exp.Select:
    """One row for each key: ``key``, then each result under the column of its slot."""
    query = select([named(column(group.link), "key")], relation)
    for index, asked in enumerate(group.asked.values()):
        add(query, _aggregate(group, asked), f"{asked.over.how} {index}")
    query = query.where(exp.Not(this=is_null(column(group.link))))
    if (settled := _without_weight(group)) is not None:
        query = query.where(settled)
    return query.group_by(column(group.link))


def read_by(group: Group) -> list[str]:
    """Every cell of the group's frame that its query mentions."""
    cells = [cell for asked in group.asked.values() for cell in (asked.where, asked.value) if cell]
    return list(dict.fromkeys([group.link, *cells, *(_bearer(group, cell) for cell in cells)]))


def _without_weight(group: Group) -> exp.Expression | None:
    """For one quantifier alone: leave out the rows that change nothing, and so the keys that have only such."""
    if not group.lone_quantifier:
        return None
    (asked,) = group.asked.values()
    weightless = exp.Boolean(this=asked.over.how == "every")
    return exp.NullSafeNEQ(this=_tested(asked), expression=weightless)


def _aggregate(group: Group, asked: Asked) -> exp.Expression:
    """One aggregate. ``known`` counts the rows that leave no doubt; with any doubt the result is unknown."""
    how = asked.over.how
    if how in ("some", "every"):
        return _quantified(how, _tested(asked))
    where = column(asked.where) if asked.where else None
    value = column(asked.value) if asked.value else None
    result: exp.Expression = exp.Count(this=exp.Star()) if how == "count" else _FUNCTIONS[how](this=value)
    if where is not None:
        result = exp.Filter(this=result, expression=exp.Where(this=where.copy()))
    if how == "sum":
        result = exp.Coalesce(this=result, expressions=[exp.Literal.number(0)])
    known = _known(group, asked, with_value=how != "count")
    if known is None:
        return result
    everything = exp.Count(this=exp.Star())
    return exp.Case().when(exp.EQ(this=everything, expression=exp.Count(this=known)), result)


def _known(group: Group, asked: Asked, *, with_value: bool) -> exp.Expression | None:
    """An expression that is not null for the rows that leave no doubt."""
    where = column(_bearer(group, asked.where)) if asked.where else None
    value = column(_bearer(group, asked.value)) if asked.value and with_value else None
    if where is None:
        return value
    if value is None:
        return where
    assert asked.where is not None
    doubt = exp.and_(column(asked.where), is_null(value))
    return exp.Case().when(doubt, exp.null()).else_(column(asked.where))


def _bearer(group: Group, name: str) -> str:
    """The cell that is unknown just where ``name`` is: a column, for its comparison with a constant.

    So that one count serves all conditions on that column.
    """
    cell = group.frame.computed.get(name)
    if cell is None or not isinstance(cell.node, Call) or cell.node.op not in _COMPARISONS:
        return name
    of, *others = cell.node.args
    plain = all(isinstance(other, Literal) and _is_known(other.value) for other in others)
    return _bearer(group, of.name) if isinstance(of, Ref) and plain else name


def _is_known(value: Value) -> bool:
    return None not in value if isinstance(value, tuple) else value is not None


def _tested(asked: Asked) -> exp.Expression:
    """What a quantifier asks of one row: its condition, where the row counts at all."""
    assert asked.value is not None
    value = column(asked.value)
    if asked.where is None:
        return value
    where = column(asked.where)
    if asked.over.how == "some":
        return exp.paren(exp.and_(where, value))
    return exp.paren(exp.or_(exp.not_(where), value))


def _quantified(how: str, value: exp.Expression) -> exp.Expression:
    settles = how == "some"
    pick = exp.func("BOOL_OR" if settles else "BOOL_AND", value.copy())
    settled = pick if settles else exp.not_(pick)
    all_known = exp.EQ(this=exp.Count(this=exp.Star()), expression=exp.Count(this=value.copy()))
    outcome = exp.Boolean(this=settles)
    return exp.Case().when(settled, outcome).when(all_known, exp.Boolean(this=not settles))
