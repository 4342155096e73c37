"""Small sqlglot pieces whose names are always quoted."""

from __future__ import annotations

from typing import cast

from sqlglot import exp


def column(name: str, relation: str | None = None) -> exp.Column:
    """A column, of ``relation`` where it is said."""
    return exp.column(
        exp.to_identifier(name, quoted=True), table=exp.to_identifier(relation, quoted=True) if relation else None
    )


def table(name: str, alias: str | None = None) -> exp.Expression:
    """A relation, under another name where one is given."""
    found = exp.Table(this=exp.to_identifier(name, quoted=True))
    return cast("exp.Expression", exp.alias_(found, alias, table=True, quoted=True)) if alias else found


def is_null(value: exp.Expression) -> exp.Expression:
    """``value IS NULL``."""
    return exp.Is(this=value, expression=exp.null())
