"""Typed tree to a sqlglot expression, for a nation. How engines differ stands in ``dialects``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import cast

import sqlglot
from sqlglot import exp

from doorstep.engines.feel.dialects import DUCKDB, Dialect, Use
from doorstep.engines.feel.operators import TABLE
from doorstep.engines.feel.tree import Call, Literal, Node, Scalar, Value
from doorstep.engines.feel.types import Kind, Type

_SQL_TYPES = {
    Kind.BOOLEAN: "BOOLEAN",
    Kind.TEXT: "VARCHAR",
    Kind.DATE: "DATE",
    Kind.DAYS: "BIGINT",
    Kind.MONTHS: "BIGINT",
    Kind.NULL: "VARCHAR",
}

# Operators whose further arguments are written whole numbers, which SQL wants as plain integers.
_COUNTED = {"decimal", "round half up", "round up", "round down", "substring", "substring of length"}


def sql_type(kind: Type) -> str:
    """The column type that holds a value of ``kind`` exactly."""
    return f"DECIMAL({kind.digits}, {kind.scale})" if kind.is_number else _SQL_TYPES[kind.kind]


class SqlWriter:
    """Writes expressions. ``name`` gives the column of everything that is not an operator or a constant."""

    def __init__(self, name: Callable[[Node], exp.Expression], dialect: Dialect = DUCKDB) -> None:
        self._name, self._dialect = name, dialect

    def write(self, node: Node) -> exp.Expression:
        """One SQL expression."""
        if isinstance(node, Literal):
            return constant(node.value, node.type)
        if isinstance(node, Call):
            return self._call(node)
        return self._name(node)

    def _call(self, node: Call) -> exp.Expression:
        if node.op == "if":
            return self._choice(node)
        args = [self.write(arg) for arg in node.args]
        if node.op in _COUNTED:
            args[1:] = [exp.Literal.number(str(arg.value)) for arg in node.args[1:] if isinstance(arg, Literal)]
        shape = _template(self._dialect, Use(node.op, node.type, tuple(arg.type for arg in node.args), _places(node)))
        filled = shape.copy()
        for hole in list(filled.find_all(exp.Column)):
            if hole.name.startswith("arg_"):
                value = args[int(hole.name[4:])].copy()
                if hole is filled:
                    return value
                hole.replace(value)
        return exp.paren(filled) if isinstance(filled, exp.Binary | exp.Unary | exp.In | exp.Connector) else filled

    def _choice(self, node: Node) -> exp.Expression:
        """A chain of ``if`` as one CASE; an unknown condition ends it with an unknown result."""
        case = exp.Case()
        while isinstance(node, Call) and node.op == "if":
            condition, then, otherwise = node.args
            test = self.write(condition)
            case = case.when(test, self.write(then))
            if not isinstance(condition, Literal) and not (isinstance(condition, Call) and TABLE[condition.op].sure):
                case = case.when(exp.Is(this=exp.paren(test.copy()), expression=exp.null()), exp.null())
            node = otherwise
        return case.else_(self.write(node))


def _places(node: Call) -> int:
    """The number of decimals that a rounding function was asked for."""
    last = node.args[-1]
    rounds = node.op in ("decimal", "round up") and isinstance(last, Literal) and isinstance(last.value, int)
    return int(last.value) if rounds else 0  # type: ignore[attr-defined]


@lru_cache(maxsize=4096)
def _template(dialect: Dialect, use: Use) -> exp.Expression:
    """The operator's SQL with ``arg_0``, ``arg_1`` ... where the arguments go."""
    text = dialect.operator(use)
    for index in range(len(use.types)):
        text = text.replace(f"{{{index}}}", f"arg_{index}")
    return cast("exp.Expression", sqlglot.parse_one(text, dialect=dialect.name))


def constant(value: Value, kind: Type) -> exp.Expression:
    """A constant, cast where SQL would guess another type."""
    if isinstance(value, tuple):
        item = kind.of or kind
        return exp.Tuple(expressions=[constant(one, item) for one in value])
    if value is None:
        return exp.null()
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    return _scalar(value, kind)


def _scalar(value: Scalar, kind: Type) -> exp.Expression:
    if isinstance(value, date):
        return exp.cast(exp.Literal.string(value.isoformat()), "DATE")
    if isinstance(value, int | Decimal):
        if not kind.is_number:
            return (
                exp.Literal.number(int(value))
                if value >= 0
                else exp.paren(exp.Neg(this=exp.Literal.number(-int(value))))
            )
        number = exp.Literal.number(f"{abs(value):f}" if isinstance(value, Decimal) else str(abs(value)))
        signed = number if value >= 0 else exp.Neg(this=number)
        return exp.cast(signed, f"DECIMAL({kind.digits}, {kind.scale})", dialect="duckdb")
    return exp.Literal.string(str(value))
