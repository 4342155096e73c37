"""Small sqlglot pieces whose names are always quoted.

Queries are put together in place: sqlglot's own builders copy the whole query with every column that is added.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from sqlglot import exp

from doorstep.engines.feel.api import Type, sql_data_type


def column(name: str, relation: str | None = None) -> exp.Column:
    """A column, of ``relation`` where it is said."""
    of = exp.to_identifier(relation, quoted=True, copy=False) if relation else None
    return exp.Column(this=exp.to_identifier(name, quoted=True, copy=False), table=of)


def table(name: str, alias: str | None = None) -> exp.Expression:
    """A relation, under another name where one is given."""
    found = exp.Table(this=exp.to_identifier(name, quoted=True))
    return cast("exp.Expression", exp.alias_(found, alias, table=True, quoted=True)) if alias else found


def is_null(value: exp.Expression) -> exp.Expression:
    """``value IS NULL``."""
    return exp.Is(this=value, expression=exp.null())


def named(value: exp.Expression, name: str) -> exp.Alias:
    """``value AS name``."""
    return exp.Alias(this=value, alias=exp.to_identifier(name, quoted=True))


def select(values: Iterable[exp.Expression], relation: str, alias: str | None = None) -> exp.Select:
    """``SELECT values FROM relation``; more values may be added with ``add``."""
    return exp.Select(expressions=list(values)).from_(table(relation, alias), copy=False)


def add(query: exp.Select, value: exp.Expression, name: str) -> None:
    """One more column of the query."""
    query.append("expressions", named(value, name))


def cast_to(value: exp.Expression, kind: Type) -> exp.Expression:
    """``value`` as the SQL type that holds ``kind`` exactly."""
    return exp.Cast(this=value, to=sql_data_type(kind))
