"""Typed tree to a sqlglot expression, for a nation. How engines differ stands in ``dialects``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import cast

import sqlglot
from sqlglot import exp

from doorstep.engines.feel.dialects import DUCKDB, Dialect, Use
from doorstep.engines.feel.operators import COMPARISONS, TABLE
from doorstep.engines.feel.scales import unfolded
from doorstep.engines.feel.tree import Call, Literal, Node, Ref, Scalar, Scale, Value
from doorstep.engines.feel.types import Kind, Type
from doorstep.kit.errors import Place, Problem, Problems

_SQL_TYPES = {
    Kind.BOOLEAN: "BOOLEAN",
    Kind.TEXT: "VARCHAR",
    Kind.DATE: "DATE",
    Kind.DAYS: "BIGINT",
    Kind.MONTHS: "BIGINT",
    Kind.NULL: "VARCHAR",
}

# Operators whose further arguments are written whole numbers, which SQL wants as plain integers.
_COUNTED = {"fit", "decimal", "round half up", "round half down", "round up", "round down"}


def sql_type(kind: Type) -> str:
    """The column type that holds a value of ``kind`` exactly."""
    if kind.of is not None:
        return f"{sql_type(kind.of)}[]"
    return f"DECIMAL({kind.digits}, {kind.scale})" if kind.is_number else _SQL_TYPES[kind.kind]


def sql_data_type(kind: Type) -> exp.DataType:
    """The same as a sqlglot node of its own."""
    return cast("exp.DataType", _filled(_parsed_type(sql_type(kind))))


@lru_cache(maxsize=1024)
def _parsed_type(text: str) -> exp.DataType:
    return exp.DataType.build(text, dialect="duckdb")


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
        if node.op == "scale":
            return self.write(unfolded(node))
        if reason := self._dialect.refusal(node.op, node.type):
            raise Problems([_refusal(self._dialect, node.place, reason)])
        if TABLE[node.op].strict and any(isinstance(arg, Literal) and arg.value is None for arg in node.args):
            return exp.null()
        if node.op == "collect":
            return self._collected(node)
        if node.op == "first of":
            return self._first(node)
        args = [self.write(arg) for arg in node.args]
        if node.op in _COUNTED:
            args[1:] = [exp.Literal.number(str(arg.value)) for arg in node.args[1:] if isinstance(arg, Literal)]
        shape = _template(self._dialect, Use(node.op, node.type, tuple(arg.type for arg in node.args), _places(node)))
        filled = _filled(shape, args)
        if not isinstance(filled, exp.Binary | exp.Unary | exp.In | exp.Connector) or filled in args:
            return filled
        return exp.paren(filled, copy=False)

    def _first(self, node: Call) -> exp.Expression:
        """One CASE; an unknown condition ends it with an unknown result."""
        case = exp.Case()
        for condition, value in zip(node.args[:-1:2], node.args[1:-1:2], strict=True):
            test = self.write(condition)
            case.when(test, self.write(value), copy=False)
            case.when(exp.Is(this=exp.paren(_filled(test), copy=False), expression=exp.null()), exp.null(), copy=False)
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
        known: set[str] = set()
        while isinstance(node, Call) and node.op == "if":
            condition, then, otherwise = node.args
            test = self.write(condition)
            case = case.when(test, self.write(then), copy=False)
            if not _is_sure(condition, known):
                unknown = exp.Is(this=exp.paren(_filled(test), copy=False), expression=exp.null())
                case = case.when(unknown, exp.null(), copy=False)
                known |= _compared(condition) or set()
            node = otherwise
        return case.else_(self.write(node), copy=False)


def _refusal(dialect: Dialect, place: Place, reason: str) -> Problem:
    return Problem(
        place,
        f"this cannot be decided on {dialect.title}: {reason}",
        mend="Decide on DuckDB (DOORSTEP_ENGINE=duckdb), or write the rule without it.",
    )


def _filled(shape: exp.Expression, args: Sequence[exp.Expression] = ()) -> exp.Expression:
    """A copy of a template with ``args`` in the place of its ``arg_0``, ``arg_1`` ...

    Several times as fast as to copy with sqlglot and then to search and replace.
    """
    if isinstance(shape, exp.Column) and shape.name.startswith("arg_") and args:
        found = args[int(shape.name[4:])]
        return found if found.parent is None else _filled(found)
    parts = {
        name: [_filled(item, args) if isinstance(item, exp.Expression) else item for item in part]
        if isinstance(part, list)
        else _filled(part, args)
        if isinstance(part, exp.Expression)
        else part
        for name, part in shape.args.items()
    }
    return shape.__class__(**parts)


def _is_sure(condition: Node, known: set[str]) -> bool:
    """True where a condition cannot be unknown, after what the tests before it have found ``known``."""
    compared = _compared(condition)
    if compared is not None:
        return compared <= known
    return isinstance(condition, Literal) or (isinstance(condition, Call) and TABLE[condition.op].sure)


def _compared(condition: Node) -> set[str] | None:
    """The values that a plain comparison needs; ``None`` for any other condition."""
    if not isinstance(condition, Call) or condition.op not in COMPARISONS:
        return None
    plain = all(isinstance(arg, Literal | Ref) and getattr(arg, "value", 0) is not None for arg in condition.args)
    return {".".join((*arg.path, arg.name)) for arg in condition.args if isinstance(arg, Ref)} if plain else None


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
    assert not isinstance(value, Scale), "a scale is unfolded before it is written"
    if value is None:
        return exp.null()
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    return _scalar(value, kind)


def _scalar(value: Scalar, kind: Type) -> exp.Expression:
    if isinstance(value, date):
        return exp.Cast(this=exp.Literal.string(value.isoformat()), to=_filled(_parsed_type("DATE")))
    if isinstance(value, int | Decimal):
        if not kind.is_number:
            return (
                exp.Literal.number(int(value))
                if value >= 0
                else exp.paren(exp.Neg(this=exp.Literal.number(-int(value))))
            )
        number = exp.Literal.number(f"{abs(value):f}" if isinstance(value, Decimal) else str(abs(value)))
        signed = number if value >= 0 else exp.Neg(this=number)
        return exp.Cast(this=signed, to=sql_data_type(kind))
    return exp.Literal.string(str(value))
