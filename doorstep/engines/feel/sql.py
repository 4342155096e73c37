"""Typed tree to a sqlglot expression in DuckDB's dialect, for a nation. Other dialects are sqlglot's to write."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import cast

import sqlglot
from sqlglot import exp

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
_COUNTED = {"decimal", "round half up", "round half down", "round up", "round down"}


def sql_type(kind: Type) -> str:
    """The column type that holds a value of ``kind`` exactly."""
    if kind.of is not None:
        return f"{sql_type(kind.of)}[]"
    return f"DECIMAL({kind.digits}, {kind.scale})" if kind.is_number else _SQL_TYPES[kind.kind]


class SqlWriter:
    """Writes expressions. ``name`` gives the column of everything that is not an operator or a constant."""

    def __init__(self, name: Callable[[Node], exp.Expression]) -> None:
        self._name = name

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
        if node.op == "collect":
            return self._collected(node)
        if node.op == "first of":
            return self._first(node)
        args = [self.write(arg) for arg in node.args]
        if node.op in _COUNTED:
            args[1:] = [exp.Literal.number(str(arg.value)) for arg in node.args[1:] if isinstance(arg, Literal)]
        shape = _template(node.op, len(args), node.type, tuple(arg.type for arg in node.args), _places(node))
        filled = shape.copy()
        for hole in list(filled.find_all(exp.Column)):
            if hole.name.startswith("arg_"):
                value = args[int(hole.name[4:])].copy()
                if hole is filled:
                    return value
                hole.replace(value)
        return exp.paren(filled) if isinstance(filled, exp.Binary | exp.Unary | exp.In | exp.Connector) else filled

    def _first(self, node: Call) -> exp.Expression:
        """One CASE; an unknown condition ends it with an unknown result."""
        case = exp.Case()
        for condition, value in zip(node.args[:-1:2], node.args[1:-1:2], strict=True):
            test = self.write(condition)
            case.when(test, self.write(value), copy=False)
            case.when(exp.Is(this=exp.paren(test.copy()), expression=exp.null()), exp.null(), copy=False)
        return case.else_(self.write(node.args[-1]), copy=False)

    def _collected(self, node: Call) -> exp.Expression:
        """The values whose condition is true, in order; unknown when one condition is."""
        of = sql_type(node.type.of or node.type)
        tests = [self.write(test) for test in node.args[::2]]
        pairs = [
            exp.Struct(
                expressions=[
                    exp.PropertyEQ(this=exp.to_identifier("t"), expression=test.copy()),
                    exp.PropertyEQ(
                        this=exp.to_identifier("v"), expression=exp.cast(self.write(value), of, dialect="duckdb")
                    ),
                ]
            )
            for test, value in zip(tests, node.args[1::2], strict=True)
        ]
        shape = sqlglot.parse_one(
            "LIST_TRANSFORM(LIST_FILTER(pairs, LAMBDA _x : _x.t), LAMBDA _x : _x.v)", dialect="duckdb"
        )
        hole = next(one for one in shape.find_all(exp.Column) if one.name == "pairs")
        hole.replace(exp.Array(expressions=pairs))
        unsure = [
            exp.Is(this=exp.paren(test), expression=exp.null()) for test in tests if not isinstance(test, exp.Boolean)
        ]
        listed = cast("exp.Expression", shape)
        return exp.Case().when(exp.or_(*unsure), exp.null()).else_(listed) if unsure else listed

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
    rounds = (
        node.op in ("decimal", "round half down", "round up")
        and isinstance(last, Literal)
        and isinstance(last.value, int)
    )
    return int(last.value) if rounds else 0  # type: ignore[attr-defined]


@lru_cache(maxsize=4096)
def _template(op: str, arity: int, kind: Type, types: tuple[Type, ...], places: int) -> exp.Expression:
    """The operator's SQL with ``arg_0``, ``arg_1`` ... where the arguments go."""
    names = [f"arg_{index}" for index in range(arity)]
    values = {
        "all": ", ".join(names),
        "all_and": " AND ".join(names),
        "all_or": " OR ".join(names),
        "scale": str(kind.scale),
        "digits": str(kind.digits),
        "power": f"CAST({10**places} AS DECIMAL({places + 1}, 0))",
        "unit": _unit(places),
        "tiny": _unit(kind.scale),
    }
    if op == "/":
        top, bottom = types
        up = 10 ** (kind.scale + bottom.scale - top.scale)
        values["n"] = f"({_unscaled('arg_0', top.scale)} * CAST({up} AS HUGEINT))"
        values["d"] = f"NULLIF({_unscaled('arg_1', bottom.scale)}, 0)"
        values["q"] = f"({values['n']} // {values['d']})"
        values["r"] = f"({values['n']} % {values['d']})"
    text = TABLE[op].sql
    if op == "*" and kind.digits > 18 >= max(item.digits for item in types):
        # DuckDB multiplies two narrow decimals in 64 bits, whatever the product needs.
        text = f"CAST({{0}} AS DECIMAL(19, {types[0].scale})) * {{1}}"
    for index, name in enumerate(names):
        text = text.replace(f"{{{index}}}", name)
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    if op in ("and", "or", "min", "max") and arity == 1:
        text = names[0]
    elif op in ("min", "max"):
        nothing = " OR ".join(f"{name} IS NULL" for name in names)
        text = f"CASE WHEN {nothing} THEN NULL ELSE {text} END"
    return cast("exp.Expression", sqlglot.parse_one(text, dialect="duckdb"))


def _unit(places: int) -> str:
    return f"CAST({Decimal(1).scaleb(-places):f} AS DECIMAL({places + 1}, {places}))"


def _unscaled(name: str, scale: int) -> str:
    return f"CAST({name} * CAST({10**scale} AS DECIMAL({scale + 1}, 0)) AS HUGEINT)"


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
