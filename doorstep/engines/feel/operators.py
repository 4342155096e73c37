"""Every operator and function, stated once: its Python, its SQL and how its type follows from its arguments.

To add a function, add one row to ``TABLE`` and its FEEL name to ``FUNCTIONS``; a test then runs it through both
engines. Its SQL is DuckDB's; what another engine writes otherwise stands in ``dialects``. In the templates ``{0}``,
``{1}`` are the arguments, ``{scale}`` and ``{digits}`` the result's width. A *strict* operator is unknown when an
argument is unknown; a *sure* one is never unknown.
"""

from __future__ import annotations

from dataclasses import dataclass

from doorstep.engines.feel import bounded, kinds
from doorstep.engines.feel.kinds import TypeRule
from doorstep.engines.feel.types import BOOLEAN, COUNT, DATE, DAYS, MONTHS, TEXT, Kind


@dataclass(frozen=True)
class Operator:
    """One operator. ``simple`` lists the arguments that the SQL repeats: the planner names those first."""

    python: str
    sql: str
    result: TypeRule
    strict: bool = True
    simple: tuple[int, ...] = ()
    sure: bool = False


def _count(sql: str) -> str:
    return f"CAST({sql} AS DECIMAL(9, 0))"


def _in_years(sql: str) -> str:
    return f"CASE WHEN {sql} BETWEEN DATE '0001-01-01' AND DATE '9999-12-31' THEN {sql} END"


_D, _T, _N = Kind.DATE, Kind.TEXT, Kind.NUMBER
_TRUNCATED = "TRUNC({0}, {1})"


def _letters(index: int) -> str:
    """A whole number of letters, kept within what an engine can count."""
    return f"CAST(GREATEST(LEAST(TRUNC({{{index}}}), 1000000000), -1000000000) AS BIGINT)"


_FROM_LETTER = f"CASE WHEN {{1}} > 0 THEN {_letters(1)} ELSE GREATEST(LENGTH({{0}}) + {_letters(1)}, 0) + 1 END"
_ALL_KNOWN = "LIST_COUNT({0}) = LENGTH({0})"

TABLE: dict[str, Operator] = {
    "+": Operator("{0} + {1}", "{0} + {1}", kinds.of_sum),
    "-": Operator("{0} - {1}", "{0} - {1}", kinds.of_sum),
    "*": Operator("{0} * {1}", "{0} * {1}", kinds.of_product),
    "/": Operator(
        "divide({0}, {1}, {scale})",
        "",  # each dialect has its own
        kinds.of_quotient,
        simple=(0, 1),
    ),
    # Numbers without declared widths: what ``bounded`` says.
    "bounded": Operator("bounded({0})", bounded.COARSE_SQL, kinds.of_bounded, simple=(0,)),
    "bounded fine": Operator("bounded({0})", bounded.FINE_SQL, kinds.of_bounded, simple=(0,)),
    "bounded *": Operator("bounded_product({0}, {1})", bounded.PRODUCT_SQL, kinds.of_bounded, simple=(0, 1)),
    "bounded /": Operator("bounded_quotient({0}, {1})", bounded.QUOTIENT_SQL, kinds.of_bounded_quotient, simple=(0, 1)),
    "**": Operator("power({0}, {1})", bounded.POWER_SQL, kinds.of_power, simple=(0, 1)),
    "modulo": Operator(
        "modulo({0}, {1})",
        "{0} % NULLIF({1}, 0) + CASE WHEN {0} % NULLIF({1}, 0) <> 0 AND SIGN({0}) <> SIGN({1}) THEN {1} ELSE 0 END",
        kinds.of_rest,
        simple=(0, 1),
    ),
    "negate": Operator("-{0}", "-{0}", kinds.of_same),
    "abs": Operator("abs({0})", "ABS({0})", kinds.of_same),
    "=": Operator("{0} == {1}", "{0} = {1}", kinds.of_comparable),
    "!=": Operator("{0} != {1}", "{0} <> {1}", kinds.of_comparable),
    "<": Operator("{0} < {1}", "{0} < {1}", kinds.of_ordered),
    "<=": Operator("{0} <= {1}", "{0} <= {1}", kinds.of_ordered),
    ">": Operator("{0} > {1}", "{0} > {1}", kinds.of_ordered),
    ">=": Operator("{0} >= {1}", "{0} >= {1}", kinds.of_ordered),
    "in": Operator("{0} in {1}", "{0} IN {1}", kinds.of_member),
    # What an author asks: ``x = null``. The three below it are asked of a formula by us, for its reasons.
    "is empty": Operator("({0}) is None", "{0} IS NULL", kinds.of_any, strict=False, sure=True),
    "is unknown": Operator("({0}) is None", "{0} IS NULL", kinds.of_any, strict=False, sure=True),
    "is true": Operator("({0}) is True", "{0} IS TRUE", kinds.of_booleans, strict=False, sure=True),
    "is false": Operator("({0}) is False", "{0} IS FALSE", kinds.of_booleans, strict=False, sure=True),
    "and": Operator("all_of(({all},))", "{all_and}", kinds.of_booleans, strict=False),
    "or": Operator("any_of(({all},))", "{all_or}", kinds.of_booleans, strict=False),
    "not": Operator("not {0}", "NOT {0}", kinds.of_booleans),
    # Both writers give a chain of ``if`` its own form, so there are no templates.
    "if": Operator("", "", kinds.of_either, strict=False, simple=(0,)),
    "min": Operator("min({all})", "LEAST({all})", kinds.of_least, simple=(0, 1, 2, 3, 4, 5, 6, 7)),
    "max": Operator("max({all})", "GREATEST({all})", kinds.of_least, simple=(0, 1, 2, 3, 4, 5, 6, 7)),
    "decimal": Operator(
        "round_half_even({0}, {1})",
        f"CASE WHEN ABS({{0}} - {_TRUNCATED}) * {{power}} = 0.5"
        " AND CAST(TRUNC(ABS({0}) * {power}) AS HUGEINT) % 2 = 0"
        f" THEN {_TRUNCATED} ELSE ROUND({{0}}, {{1}}) END",
        kinds.of_rounding,
        simple=(0,),
    ),
    "round half up": Operator("round_half_up({0}, {1})", "ROUND({0}, {1})", kinds.of_rounding),
    "round half down": Operator(
        "round_half_down({0}, {1})",
        f"CASE WHEN ABS({{0}} - {_TRUNCATED}) * {{power}} = 0.5 THEN {_TRUNCATED} ELSE ROUND({{0}}, {{1}}) END",
        kinds.of_rounding,
        simple=(0,),
    ),
    "round down": Operator("round_down({0}, {1})", _TRUNCATED, kinds.of_rounding),
    "round up": Operator(
        "round_up({0}, {1})",
        f"{_TRUNCATED} + CASE WHEN {_TRUNCATED} = {{0}} THEN 0 ELSE SIGN({{0}}) * {{unit}} END",
        kinds.of_rounding,
        simple=(0,),
    ),
    # A list of the values whose condition is true: conditions and values by turns. SQL has a form of its own.
    "collect": Operator("collected(({all},))", "", kinds.of_collected, strict=False),
    # The value of the first condition that is true, and one for none: a long table, where "if" would stand too deep.
    "first of": Operator("first_of(({all},))", "", kinds.of_first, strict=False),
    "count of list": Operator("len({0})", _count("LENGTH({0})"), kinds.of_count_of_list),
    "sum of list": Operator(
        "list_total({0})", f"CASE WHEN {_ALL_KNOWN} THEN LIST_SUM({{0}}) END", kinds.of_sum_of_list, simple=(0,)
    ),
    "min of list": Operator(
        "extreme({0}, min)", f"CASE WHEN {_ALL_KNOWN} THEN LIST_MIN({{0}}) END", kinds.of_part_of_list, simple=(0,)
    ),
    "max of list": Operator(
        "extreme({0}, max)", f"CASE WHEN {_ALL_KNOWN} THEN LIST_MAX({{0}}) END", kinds.of_part_of_list, simple=(0,)
    ),
    # What a variable declares of its value: rounded to its decimals; what needs more digits is unknown.
    "fit": Operator("fit({0}, {1}, {2})", "TRY_CAST({0} AS DECIMAL({digits}, {scale}))", kinds.of_fitted),
    # Both writers give the brackets their own form, so there are no templates.
    "scale": Operator("", "", kinds.of_scaled, simple=(0,)),
    "floor": Operator("floor({0})", "FLOOR({0})", kinds.of_whole),
    "ceiling": Operator("ceiling({0})", "CEIL({0})", kinds.of_whole),
    "join": Operator("{0} + {1}", "{0} || {1}", kinds.takes(_T, _T, gives=TEXT)),
    "contains": Operator("{1} in {0}", "CONTAINS({0}, {1})", kinds.takes(_T, _T, gives=BOOLEAN)),
    "starts with": Operator("{0}.startswith({1})", "STARTS_WITH({0}, {1})", kinds.takes(_T, _T, gives=BOOLEAN)),
    "ends with": Operator("{0}.endswith({1})", "ENDS_WITH({0}, {1})", kinds.takes(_T, _T, gives=BOOLEAN)),
    "string length": Operator("len({0})", _count("LENGTH({0})"), kinds.takes(_T, gives=COUNT)),
    "upper case": Operator("upper({0})", "UPPER({0})", kinds.takes(_T, gives=TEXT)),
    "lower case": Operator("lower({0})", "LOWER({0})", kinds.takes(_T, gives=TEXT)),
    "substring": Operator(
        "substring({0}, int({1}))",
        f"CASE WHEN TRUNC({{1}}) <> 0 THEN SUBSTRING({{0}}, {_FROM_LETTER}) END",
        kinds.of_part_of_text,
        simple=(0, 1),
    ),
    "substring of length": Operator(
        "substring({0}, int({1}), int({2}))",
        f"CASE WHEN TRUNC({{1}}) <> 0 AND {{2}} >= 1 THEN SUBSTRING({{0}}, {_FROM_LETTER}, {_letters(2)}) END",
        kinds.of_part_of_text,
        simple=(0, 1, 2),
    ),
    "substring before": Operator(
        "before({0}, {1})",
        "CASE WHEN {0} IS NULL OR {1} IS NULL THEN NULL WHEN {1} = '' THEN ''"
        " ELSE SUBSTRING({0}, 1, GREATEST(STRPOS({0}, {1}) - 1, 0)) END",
        kinds.takes(_T, _T, gives=TEXT),
        simple=(0, 1),
    ),
    "substring after": Operator(
        "after({0}, {1})",
        "CASE WHEN {0} IS NULL OR {1} IS NULL THEN NULL WHEN {1} = '' THEN {0} WHEN CONTAINS({0}, {1})"
        " THEN SUBSTRING({0}, STRPOS({0}, {1}) + LENGTH({1})) ELSE '' END",
        kinds.takes(_T, _T, gives=TEXT),
        simple=(0, 1),
    ),
    "year": Operator("{0}.year", _count("YEAR({0})"), kinds.takes(_D, gives=COUNT)),
    "month": Operator("{0}.month", _count("MONTH({0})"), kinds.takes(_D, gives=COUNT)),
    "day": Operator("{0}.day", _count("DAY({0})"), kinds.takes(_D, gives=COUNT)),
    "days": Operator("{0}", _count("{0}"), kinds.takes(Kind.DAYS, gives=COUNT)),
    "months": Operator("{0}", _count("{0}"), kinds.takes(Kind.MONTHS, gives=COUNT)),
    "years": Operator("int({0} / 12)", _count("TRUNC({0} / 12)"), kinds.takes(Kind.MONTHS, gives=COUNT)),
    "age": Operator(
        "age({0}, {1})",
        _count(
            "YEAR({1}) - YEAR({0})"
            " - CASE WHEN MONTH({1}) * 100 + DAY({1}) < MONTH({0}) * 100 + DAY({0}) THEN 1 ELSE 0 END"
        ),
        kinds.takes(_D, _D, gives=COUNT),
        simple=(0, 1),
    ),
    "years and months duration": Operator(
        "months_between({0}, {1})",
        "(YEAR({1}) - YEAR({0})) * 12 + MONTH({1}) - MONTH({0}) - CASE WHEN {1} >= {0} AND DAY({1}) < DAY({0}) THEN 1"
        " WHEN {1} < {0} AND DAY({0}) < DAY({1}) THEN -1 ELSE 0 END",
        kinds.takes(_D, _D, gives=MONTHS),
        simple=(0, 1),
    ),
    "days between": Operator("({0} - {1}).days", "DATE_DIFF('day', {1}, {0})", kinds.takes(_D, _D, gives=DAYS)),
    "add days": Operator(
        "add_days({0}, {1})",
        _in_years("({0} + CAST({1} AS INTEGER))"),
        kinds.takes(_D, Kind.DAYS, gives=DATE),
        simple=(0, 1),
    ),
    "add months": Operator(
        "add_months({0}, {1})",
        _in_years("CAST({0} + TO_MONTHS(CAST({1} AS INTEGER)) AS DATE)"),
        kinds.takes(_D, Kind.MONTHS, gives=DATE),
        simple=(0, 1),
    ),
    "less days": Operator(
        "add_days({0}, -{1})",
        _in_years("({0} - CAST({1} AS INTEGER))"),
        kinds.takes(_D, Kind.DAYS, gives=DATE),
        simple=(0, 1),
    ),
    "less months": Operator(
        "add_months({0}, -{1})",
        _in_years("CAST({0} + TO_MONTHS(CAST(-{1} AS INTEGER)) AS DATE)"),
        kinds.takes(_D, Kind.MONTHS, gives=DATE),
        simple=(0, 1),
    ),
}

# Unknown just where one of the values that they compare is.
COMPARISONS = frozenset(("=", "!=", "<", "<=", ">", ">="))

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
    "modulo": (2, 2),
    "min": (1, 8),
    "max": (1, 8),
    "decimal": (2, 2),
    "round half up": (2, 2),
    "round half down": (2, 2),
    "round up": (2, 2),
    "round down": (2, 2),
    "scale": (2, 2),
    "floor": (1, 1),
    "ceiling": (1, 1),
    "contains": (2, 2),
    "starts with": (2, 2),
    "ends with": (2, 2),
    "string length": (1, 1),
    "substring": (2, 3),
    "substring before": (2, 2),
    "substring after": (2, 2),
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
