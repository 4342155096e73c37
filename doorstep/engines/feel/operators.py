"""Every operator and function, stated once: its Python, its SQL and how its type follows from its arguments.

To add a function, add one row to ``TABLE`` and its FEEL name to ``FUNCTIONS``; a test then runs it through both
engines. Its SQL is DuckDB's; what another engine writes otherwise stands in ``dialects``. In the templates ``{0}``,
``{1}`` are the arguments, ``{scale}`` and ``{digits}`` the result's width. A *strict* operator is unknown when an
argument is unknown; a *sure* one is never unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from doorstep.engines.feel.tree import Literal, Node
from doorstep.engines.feel.types import (
    BOOLEAN,
    COUNT,
    DATE,
    DAYS,
    MAX_DIGITS,
    MONTHS,
    TEXT,
    Kind,
    Type,
    number,
)

QUOTIENT_SCALE = 10
MIN_QUOTIENT_SCALE = 6


class Mistake(Exception):
    """An operator cannot take these arguments: what it expected and how to mend it."""

    def __init__(self, expected: str, mend: str = "") -> None:
        self.expected, self.mend = expected, mend
        super().__init__(expected)


TypeRule = Callable[[Sequence[Node]], Type]


@dataclass(frozen=True)
class Operator:
    """One operator. ``simple`` lists the arguments that the SQL repeats: the planner names those first."""

    python: str
    sql: str
    result: TypeRule
    strict: bool = True
    simple: tuple[int, ...] = ()
    sure: bool = False


def fits(whole: int, scale: int, *, money: bool) -> Type:
    """A number type, or a mistake when it could need more digits than any engine holds exactly."""
    if whole + scale > MAX_DIGITS:
        raise Mistake(
            f"a result of at most {MAX_DIGITS} digits, this one may need {whole + scale}",
            "Round a part first, for example decimal(x, 2).",
        )
    return number(max(whole + scale, 1), scale, money=money)


def is_money(args: Sequence[Node]) -> bool:
    """True where one side is money. A plain figure written beside money counts as money: ``income = 0``."""
    kinds = {arg.type.kind for arg in args if not isinstance(arg, Literal)}
    if Kind.MONEY in kinds and Kind.NUMBER in kinds:
        raise Mistake("money with money, or numbers with numbers", "Give the parameter a unit of money.")
    return any(arg.type.kind is Kind.MONEY for arg in args)


def _numbers(args: Sequence[Node]) -> None:
    if not all(arg.type.is_number for arg in args):
        raise Mistake("numbers")


def _sum(args: Sequence[Node]) -> Type:
    _numbers(args)
    money = is_money(args)
    return fits(max(a.type.whole for a in args) + 1, max(a.type.scale for a in args), money=money)


def _product(args: Sequence[Node]) -> Type:
    _numbers(args)
    monies = sum(arg.type.kind is Kind.MONEY for arg in args)
    if monies > 1:
        raise Mistake("money times a number", "Money times money has no meaning.")
    return fits(sum(a.type.whole for a in args), sum(a.type.scale for a in args), money=monies == 1)


def _quotient(args: Sequence[Node]) -> Type:
    _numbers(args)
    top, bottom = (arg.type for arg in args)
    if bottom.kind is Kind.MONEY and top.kind is not Kind.MONEY:
        raise Mistake("money divided by a number or by money")
    money = top.kind is Kind.MONEY and bottom.kind is not Kind.MONEY
    room = min(
        MAX_DIGITS - top.whole - bottom.scale - 1,
        MAX_DIGITS - 1 if top.digits + top.scale < MAX_DIGITS and bottom.digits + bottom.scale < MAX_DIGITS else 0,
    )
    scale = max(min(QUOTIENT_SCALE, room), top.scale - bottom.scale)
    if scale > room or scale < MIN_QUOTIENT_SCALE:
        raise Mistake(f"a quotient with {MIN_QUOTIENT_SCALE} decimals", "Round the parts first.")
    return fits(top.whole + bottom.scale, scale, money=money)


def _comparable(args: Sequence[Node]) -> Type:
    left, right = args
    if left.type.is_number and right.type.is_number:
        is_money(args)
        fits(max(a.type.whole for a in args), max(a.type.scale for a in args), money=False)
    elif left.type.kind is not right.type.kind or left.type.kind in (Kind.LIST, Kind.ROWS):
        raise Mistake("two values of one kind")
    return BOOLEAN


def _ordered(args: Sequence[Node]) -> Type:
    _comparable(args)
    if args[0].type.kind is Kind.BOOLEAN:
        raise Mistake("numbers, dates or texts")
    return BOOLEAN


def _least(args: Sequence[Node]) -> Type:
    if all(arg.type.is_number for arg in args):
        return widest([arg.type for arg in args], money=is_money(args))
    if not all(arg.type.kind is Kind.DATE for arg in args):
        raise Mistake("numbers, or dates")
    return DATE


def _member(args: Sequence[Node]) -> Type:
    item, choices = args
    of = choices.type.of
    if of is None or not ((item.type.is_number and of.is_number) or item.type.kind is of.kind):
        raise Mistake(f"a list of {item.type}")
    return BOOLEAN


def _either(args: Sequence[Node]) -> Type:
    if args[0].type.kind is not Kind.BOOLEAN:
        raise Mistake("a condition that is true or false after 'if'")
    return common(list(args[1:]))


def common(nodes: Sequence[Node]) -> Type:
    """The one type of several alternatives; ``null`` fits every type."""
    types = [node.type for node in nodes if node.type.kind is not Kind.NULL]
    if not types:
        raise Mistake("at least one value that is not null")
    if all(item.is_number for item in types):
        return widest(types, money=is_money([node for node in nodes if node.type.kind is not Kind.NULL]))
    if any(item != types[0] for item in types):
        raise Mistake("values of one kind", "Both branches must give the same kind of value.")
    return types[0]


def widest(types: Sequence[Type], *, money: bool) -> Type:
    """The narrowest number type that holds all of ``types``."""
    return fits(max(item.whole for item in types), max(item.scale for item in types), money=money)


def _rounding(args: Sequence[Node]) -> Type:
    value, scale = args
    _numbers([value])
    if not isinstance(scale, Literal) or not isinstance(scale.value, int) or not 0 <= scale.value <= 12:
        raise Mistake("a written whole number of decimals from 0 to 12")
    return fits(value.type.whole + 1, scale.value, money=value.type.kind is Kind.MONEY)


def _whole(args: Sequence[Node]) -> Type:
    _numbers(args)
    return fits(args[0].type.whole + 1, 0, money=args[0].type.kind is Kind.MONEY)


def _same(args: Sequence[Node]) -> Type:
    _numbers(args)
    return args[0].type


def takes(*kinds: Kind, gives: Type) -> TypeRule:
    """A rule for fixed argument kinds."""

    def rule(args: Sequence[Node]) -> Type:
        found = [Kind.NUMBER if arg.type.is_number and arg.type.scale == 0 else arg.type.kind for arg in args]
        if found != list(kinds):
            raise Mistake(" and ".join("a whole number" if kind is Kind.NUMBER else kind.value for kind in kinds))
        return gives

    return rule


def _booleans(args: Sequence[Node]) -> Type:
    if any(arg.type.kind is not Kind.BOOLEAN for arg in args):
        raise Mistake("true or false")
    return BOOLEAN


def _part_of_text(args: Sequence[Node]) -> Type:
    if args[0].type.kind is not Kind.TEXT:
        raise Mistake("text")
    for arg in args[1:]:
        if not isinstance(arg, Literal) or not isinstance(arg.value, int) or not 1 <= arg.value <= 10_000:
            raise Mistake("written whole numbers from 1", "Letters are counted from 1.")
    return TEXT


def _any(args: Sequence[Node]) -> Type:
    return BOOLEAN


def _count(sql: str) -> str:
    return f"CAST({sql} AS DECIMAL(9, 0))"


def _in_years(sql: str) -> str:
    return f"CASE WHEN {sql} BETWEEN DATE '0001-01-01' AND DATE '9999-12-31' THEN {sql} END"


_D, _T, _N = Kind.DATE, Kind.TEXT, Kind.NUMBER
_TRUNCATED = "TRUNC({0}, {1})"

TABLE: dict[str, Operator] = {
    "+": Operator("{0} + {1}", "{0} + {1}", _sum),
    "-": Operator("{0} - {1}", "{0} - {1}", _sum),
    "*": Operator("{0} * {1}", "{0} * {1}", _product),
    "/": Operator(
        "divide({0}, {1}, {scale})",
        "",  # each dialect has its own
        _quotient,
        simple=(0, 1),
    ),
    "negate": Operator("-{0}", "-{0}", _same),
    "abs": Operator("abs({0})", "ABS({0})", _same),
    "=": Operator("{0} == {1}", "{0} = {1}", _comparable),
    "!=": Operator("{0} != {1}", "{0} <> {1}", _comparable),
    "<": Operator("{0} < {1}", "{0} < {1}", _ordered),
    "<=": Operator("{0} <= {1}", "{0} <= {1}", _ordered),
    ">": Operator("{0} > {1}", "{0} > {1}", _ordered),
    ">=": Operator("{0} >= {1}", "{0} >= {1}", _ordered),
    "in": Operator("{0} in {1}", "{0} IN {1}", _member),
    # What an author asks: ``x = null``. The three below it are asked of a formula by us, for its reasons.
    "is empty": Operator("({0}) is None", "{0} IS NULL", _any, strict=False, sure=True),
    "is unknown": Operator("({0}) is None", "{0} IS NULL", _any, strict=False, sure=True),
    "is true": Operator("({0}) is True", "{0} IS TRUE", _booleans, strict=False, sure=True),
    "is false": Operator("({0}) is False", "{0} IS FALSE", _booleans, strict=False, sure=True),
    "and": Operator("all_of(({all},))", "{all_and}", _booleans, strict=False),
    "or": Operator("any_of(({all},))", "{all_or}", _booleans, strict=False),
    "not": Operator("not {0}", "NOT {0}", _booleans),
    # Both writers give a chain of ``if`` its own form, so there are no templates.
    "if": Operator("", "", _either, strict=False, simple=(0,)),
    "min": Operator("min({all})", "LEAST({all})", _least, simple=(0, 1, 2, 3, 4, 5, 6, 7)),
    "max": Operator("max({all})", "GREATEST({all})", _least, simple=(0, 1, 2, 3, 4, 5, 6, 7)),
    "decimal": Operator(
        "round_half_even({0}, {1})",
        f"CASE WHEN ABS({{0}} - {_TRUNCATED}) * {{power}} = 0.5"
        " AND CAST(TRUNC(ABS({0}) * {power}) AS HUGEINT) % 2 = 0"
        f" THEN {_TRUNCATED} ELSE ROUND({{0}}, {{1}}) END",
        _rounding,
        simple=(0,),
    ),
    "round half up": Operator("round_half_up({0}, {1})", "ROUND({0}, {1})", _rounding),
    "round down": Operator("round_down({0}, {1})", _TRUNCATED, _rounding),
    "round up": Operator(
        "round_up({0}, {1})",
        f"{_TRUNCATED} + CASE WHEN {_TRUNCATED} = {{0}} THEN 0 ELSE SIGN({{0}}) * {{unit}} END",
        _rounding,
        simple=(0,),
    ),
    "floor": Operator("floor({0})", "FLOOR({0})", _whole),
    "ceiling": Operator("ceiling({0})", "CEIL({0})", _whole),
    "join": Operator("{0} + {1}", "{0} || {1}", takes(_T, _T, gives=TEXT)),
    "contains": Operator("{1} in {0}", "CONTAINS({0}, {1})", takes(_T, _T, gives=BOOLEAN)),
    "starts with": Operator("{0}.startswith({1})", "STARTS_WITH({0}, {1})", takes(_T, _T, gives=BOOLEAN)),
    "ends with": Operator("{0}.endswith({1})", "ENDS_WITH({0}, {1})", takes(_T, _T, gives=BOOLEAN)),
    "string length": Operator("len({0})", _count("LENGTH({0})"), takes(_T, gives=COUNT)),
    "upper case": Operator("upper({0})", "UPPER({0})", takes(_T, gives=TEXT)),
    "lower case": Operator("lower({0})", "LOWER({0})", takes(_T, gives=TEXT)),
    "substring": Operator("{0}[{1} - 1 :]", "SUBSTRING({0}, {1})", _part_of_text),
    "substring of length": Operator("{0}[{1} - 1 : {1} - 1 + {2}]", "SUBSTRING({0}, {1}, {2})", _part_of_text),
    "year": Operator("{0}.year", _count("YEAR({0})"), takes(_D, gives=COUNT)),
    "month": Operator("{0}.month", _count("MONTH({0})"), takes(_D, gives=COUNT)),
    "day": Operator("{0}.day", _count("DAY({0})"), takes(_D, gives=COUNT)),
    "days": Operator("{0}", _count("{0}"), takes(Kind.DAYS, gives=COUNT)),
    "months": Operator("{0}", _count("{0}"), takes(Kind.MONTHS, gives=COUNT)),
    "years": Operator("int({0} / 12)", _count("TRUNC({0} / 12)"), takes(Kind.MONTHS, gives=COUNT)),
    "age": Operator(
        "age({0}, {1})",
        _count(
            "YEAR({1}) - YEAR({0})"
            " - CASE WHEN MONTH({1}) * 100 + DAY({1}) < MONTH({0}) * 100 + DAY({0}) THEN 1 ELSE 0 END"
        ),
        takes(_D, _D, gives=COUNT),
        simple=(0, 1),
    ),
    "years and months duration": Operator(
        "months_between({0}, {1})",
        "(YEAR({1}) - YEAR({0})) * 12 + MONTH({1}) - MONTH({0}) - CASE WHEN {1} >= {0} AND DAY({1}) < DAY({0}) THEN 1"
        " WHEN {1} < {0} AND DAY({0}) < DAY({1}) THEN -1 ELSE 0 END",
        takes(_D, _D, gives=MONTHS),
        simple=(0, 1),
    ),
    "days between": Operator("({0} - {1}).days", "DATE_DIFF('day', {1}, {0})", takes(_D, _D, gives=DAYS)),
    "add days": Operator(
        "add_days({0}, {1})",
        _in_years("({0} + CAST({1} AS INTEGER))"),
        takes(_D, Kind.DAYS, gives=DATE),
        simple=(0, 1),
    ),
    "add months": Operator(
        "add_months({0}, {1})",
        _in_years("CAST({0} + TO_MONTHS(CAST({1} AS INTEGER)) AS DATE)"),
        takes(_D, Kind.MONTHS, gives=DATE),
        simple=(0, 1),
    ),
    "less days": Operator(
        "add_days({0}, -{1})",
        _in_years("({0} - CAST({1} AS INTEGER))"),
        takes(_D, Kind.DAYS, gives=DATE),
        simple=(0, 1),
    ),
    "less months": Operator(
        "add_months({0}, -{1})",
        _in_years("CAST({0} + TO_MONTHS(CAST(-{1} AS INTEGER)) AS DATE)"),
        takes(_D, Kind.MONTHS, gives=DATE),
        simple=(0, 1),
    ),
}

# What the signs + and - mean for other kinds than numbers.
SIGNS: dict[tuple[str, Kind, Kind], str] = {
    ("+", _T, _T): "join",
    ("+", _D, Kind.DAYS): "add days",
    ("+", _D, Kind.MONTHS): "add months",
    ("-", _D, Kind.DAYS): "less days",
    ("-", _D, Kind.MONTHS): "less months",
    ("-", _D, _D): "days between",
}

# Functions an author may call, with how many arguments they take.
FUNCTIONS: dict[str, tuple[int, int]] = {
    "not": (1, 1),
    "abs": (1, 1),
    "min": (1, 8),
    "max": (1, 8),
    "decimal": (2, 2),
    "round half up": (2, 2),
    "round up": (2, 2),
    "round down": (2, 2),
    "floor": (1, 1),
    "ceiling": (1, 1),
    "contains": (2, 2),
    "starts with": (2, 2),
    "ends with": (2, 2),
    "string length": (1, 1),
    "substring": (2, 3),
    "upper case": (1, 1),
    "lower case": (1, 1),
    "age": (2, 2),
    "years and months duration": (2, 2),
}

# Parts of a date or duration, written after a point: ``born_on.year``.
PARTS = {
    Kind.DATE: ("year", "month", "day"),
    Kind.DAYS: ("days",),
    Kind.MONTHS: ("years", "months"),
}
