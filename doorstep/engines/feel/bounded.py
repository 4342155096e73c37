"""Numbers without declared widths, as DMN has them: 18 digits before the point and 12 after, in SQL.

What is finer is rounded half to even at 12 decimals; from 10^18 on a number is unknown. The Python twins stand in
``primitives``. DuckDB has whole numbers of 38 digits at most, so a product is made from the parts before and after
the points, and a quotient in two steps; both are exact before they are rounded. A power keeps 18 significant digits on
the way.
"""

from __future__ import annotations

WHOLE, SCALE = 18, 12
POWER_BITS = 14
"""A power's exponent has at most so many binary digits: from -16383 to 16383."""

_UNITS = "CAST(1000000000000 AS HUGEINT)"
_LIMIT = f"CAST('1{'0' * (WHOLE + SCALE)}' AS HUGEINT)"
_TINY = "CAST(0.000000000001 AS DECIMAL(13, 12))"


def _wide(name: str) -> str:
    return f"CAST({name} AS DECIMAL(30, 12))"


def _whole(name: str) -> str:
    return f"CAST(TRUNC(ABS({name})) AS HUGEINT)"


def _fraction(name: str) -> str:
    """The twelve decimals as a whole number."""
    return f"CAST((ABS({name}) - TRUNC(ABS({name}))) * CAST(1000000000000 AS DECIMAL(13, 0)) AS HUGEINT)"


def _units(name: str) -> str:
    return f"({_whole(name)} * {_UNITS} + {_fraction(name)})"


def _number(units: str, sign: str) -> str:
    """The number of so many units of 10^-12; unknown where it is too large."""
    value = f"CAST(CAST({sign} * {units} AS DECIMAL(38, 0)) * {_TINY} AS DECIMAL(30, 12))"
    return f"CASE WHEN {units} < {_LIMIT} THEN {value} END"


def _rounded(units: str, rest: str, half: str) -> str:
    """``units`` and one more where the ``rest`` is above the half, or is the half and ``units`` are odd."""
    return f"({units} + CASE WHEN {rest} > {half} OR ({rest} = {half} AND {units} % 2 = 1) THEN 1 ELSE 0 END)"


def _product() -> str:
    one, other = _wide("{0}"), _wide("{1}")
    low = f"({_fraction(one)} * {_fraction(other)})"
    units = (
        f"({_whole(one)} * {_whole(other)} * {_UNITS} + {_whole(one)} * {_fraction(other)}"
        f" + {_whole(other)} * {_fraction(one)} + {low} // {_UNITS})"
    )
    rounded = _rounded(units, f"(2 * ({low} % {_UNITS}))", _UNITS)
    small = f"{_whole(one)} * {_whole(other)} < CAST(1000000000000000000 AS HUGEINT)"
    return f"CASE WHEN {small} THEN {_number(rounded, 'SIGN({0}) * SIGN({1})')} END"


def _quotient() -> str:
    top, bottom = _units(_wide("{0}")), _units(_wide("{1}"))
    first = f"({top} * CAST(100000000 AS HUGEINT))"
    second = f"(({first} % {bottom}) * CAST(10000 AS HUGEINT))"
    units = f"(({first} // {bottom}) * CAST(10000 AS HUGEINT) + {second} // {bottom})"
    rounded = _rounded(units, f"(2 * ({second} % {bottom}))", bottom)
    small = f"{first} // {bottom} < CAST('1{'0' * 26}' AS HUGEINT)"
    value = _number(rounded, "SIGN({0}) * SIGN({1})")
    return f"CASE WHEN {{1}} = 0 THEN NULL WHEN {small} THEN {value} END"


def _ten(power: str) -> str:
    return f"CAST(RPAD('1', CAST({power} + 1 AS INTEGER), '0') AS HUGEINT)"


def _length(name: str) -> str:
    return f"LENGTH(CAST({name} AS VARCHAR))"


def _leading(name: str) -> str:
    """The eighteen leading digits, rounded."""
    ten = _ten(f"{_length(name)} - {WHOLE}")
    return f"CASE WHEN {_length(name)} > {WHOLE} THEN ({name} + {ten} // 2) // {ten} ELSE {name} END"


def _left_out(name: str) -> str:
    return f"GREATEST({_length(name)} - {WHOLE}, 0)"


def _power() -> str:
    """Squares and multiplies, bit by bit, in pairs of a whole number ``m`` and a power of ten ``e``."""
    exponent = "CAST({1} AS BIGINT)"
    base = f"[{{'x': {_units(_wide('{0}'))}, 'n': ABS({exponent})}}]"
    one = "{'m': CAST(1 AS HUGEINT), 'e': CAST(0 AS BIGINT)}"
    square = "{'m': CAST(-1 AS HUGEINT), 'e': CAST(0 AS BIGINT)}"
    factor = f"{{'m': {_leading('_b.x')}, 'e': CAST({_left_out('_b.x')} - {SCALE} AS BIGINT)}}"
    bit = f"(_b.n >> CAST({POWER_BITS - 1} - _i // 2 AS BIGINT)) % 2 = 1"
    steps = (
        f"LIST_TRANSFORM(RANGE({2 * POWER_BITS}),"
        f" LAMBDA _i : CASE WHEN _i % 2 = 0 THEN {square} WHEN {bit} THEN {factor} ELSE {one} END)"
    )
    product = "(_a.m * CASE WHEN _s.m = -1 THEN _a.m ELSE _s.m END)"
    tens = f"CAST(_a.e + CASE WHEN _s.m = -1 THEN _a.e ELSE _s.e END + {_left_out(product)} AS BIGINT)"
    step = f"LAMBDA _a, _s : {{'m': {_leading(product)}, 'e': {tens}}}"
    raised = f"LIST_TRANSFORM({base}, LAMBDA _b : LIST_REDUCE(LIST_PREPEND({one}, {steps}), {step}))"
    inverse = f"{_ten('36')} // NULLIF(_z.m, 0)"
    parted = (
        f"LIST_TRANSFORM({raised}, LAMBDA _z : {{'p': CASE WHEN {exponent} < 0 THEN {inverse} ELSE _z.m END,"
        f" 'k': CASE WHEN {exponent} < 0 THEN {SCALE - 36} - _z.e ELSE _z.e + {SCALE} END}})"
    )
    large = f"CASE WHEN {_length('_y.p')} + _y.k <= {WHOLE + SCALE} THEN _y.p * {_ten('_y.k')} END"
    units = (
        f"CASE WHEN _y.p = 0 THEN 0 WHEN _y.k >= 0 THEN {large}"
        f" WHEN _y.k < -37 THEN 0 ELSE (_y.p + {_ten('-_y.k')} // 2) // {_ten('-_y.k')} END"
    )
    found = f"LIST_MIN(LIST_TRANSFORM({parted}, LAMBDA _y : {units}))"
    sign = f"CASE WHEN {{0}} < 0 AND ABS({exponent}) % 2 = 1 THEN -1 ELSE 1 END"
    possible = f"{{0}} IS NOT NULL AND {{1}} = TRUNC({{1}}) AND ABS({{1}}) < {2**POWER_BITS}"
    return f"CASE WHEN {possible} THEN {_number(found, sign)} END"


def _fine() -> str:
    """A number of more than twelve decimals, rounded to twelve."""
    upper = "TRUNC(ABS({0}), 12)"
    decimals = f"CAST(({upper} - TRUNC(ABS({{0}}))) * CAST(1000000000000 AS DECIMAL(13, 0)) AS HUGEINT)"
    units = f"({_whole('{0}')} * {_UNITS} + {decimals})"
    half = "CAST(0.0000000000005 AS DECIMAL(14, 13))"
    return _number(_rounded(units, f"(ABS({{0}}) - {upper})", half), "SIGN({0})")


COARSE_SQL = "CASE WHEN ABS({0}) < CAST(1000000000000000000 AS DECIMAL(19, 0)) THEN CAST({0} AS DECIMAL(30, 12)) END"
FINE_SQL = _fine()
PRODUCT_SQL = _product()
QUOTIENT_SQL = _quotient()
POWER_SQL = _power()
