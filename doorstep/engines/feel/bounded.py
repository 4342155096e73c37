"""Numbers without declared widths, as DMN has them: 18 digits before the point and 18 after, in SQL.

What is finer is rounded half to even at 18 decimals; from 10^18 on a number is unknown. The Python twins stand in
``primitives``. DuckDB has whole numbers of 38 digits at most, so a product is made from the parts before and after
the points, and a quotient by long division; both are exact before they are rounded. A power keeps 18 significant digits
on the way.
"""

from __future__ import annotations

WHOLE, SCALE = 18, 18
POWER_BITS = 14
"""A power's exponent has at most so many binary digits: from -16383 to 16383."""

_ONE = f"1{'0' * SCALE}"
_WIDE = f"DECIMAL({WHOLE + SCALE}, {SCALE})"
_UNITS = f"CAST({_ONE} AS HUGEINT)"
_LIMIT = f"CAST('1{'0' * (WHOLE + SCALE)}' AS HUGEINT)"
_TINY = f"CAST(0.{'0' * (SCALE - 1)}1 AS DECIMAL({SCALE + 1}, {SCALE}))"
_STEPS = SCALE // 2


def _wide(name: str) -> str:
    return f"CAST({name} AS {_WIDE})"


def _whole(name: str) -> str:
    return f"CAST(TRUNC(ABS({name})) AS HUGEINT)"


def _fraction(name: str) -> str:
    """The decimals as a whole number."""
    return f"CAST((ABS({name}) - TRUNC(ABS({name}))) * CAST({_ONE} AS DECIMAL({SCALE + 1}, 0)) AS HUGEINT)"


def _units(name: str) -> str:
    return f"({_whole(name)} * {_UNITS} + {_fraction(name)})"


def _number(units: str, sign: str) -> str:
    """The number of so many of the smallest units; unknown where it is too large."""
    value = f"CAST(CAST({sign} * {units} AS DECIMAL(38, 0)) * {_TINY} AS {_WIDE})"
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
    small = f"{_whole(one)} * {_whole(other)} < CAST(1{'0' * WHOLE} AS HUGEINT)"
    return f"CASE WHEN {small} THEN {_number(rounded, 'SIGN({0}) * SIGN({1})')} END"


def _quotient() -> str:
    """Long division, two digits at a time: ``_a.q`` is found so far, ``_a.r`` is left. Rounding comes last."""
    # DuckDB divides written numbers before it looks at a condition, so that a written zero must be told away.
    top, bottom = _units(_wide("{0}")), f"NULLIF({_units(_wide('{1}'))}, 0)"
    begin = f"{{'q': {top} // {bottom}, 'r': {top} % {bottom}}}"
    step = f"LAMBDA _a, _s : {{'q': _a.q * 100 + (_a.r * 100) // {bottom}, 'r': (_a.r * 100) % {bottom}}}"
    found = f"LIST_REDUCE(LIST_TRANSFORM(RANGE({_STEPS + 1}), LAMBDA _i : {begin}), {step})"
    units = f"LIST_MIN(LIST_TRANSFORM([{found}], LAMBDA _z : {_rounded('_z.q', '(2 * _z.r)', bottom)}))"
    small = f"{top} // {bottom} < CAST(1{'0' * WHOLE} AS HUGEINT)"
    value = _number(units, "SIGN({0}) * SIGN({1})")
    return f"CASE WHEN {{0}} IS NULL OR {{1}} IS NULL OR {{1}} = 0 THEN NULL WHEN {small} THEN {value} END"


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
    """A number of more decimals, rounded."""
    upper = f"TRUNC(ABS({{0}}), {SCALE})"
    units = _units(_wide(upper))
    half = f"CAST(0.{'0' * SCALE}5 AS DECIMAL({SCALE + 2}, {SCALE + 1}))"
    rounded = _number(_rounded(units, f"(ABS({{0}}) - {upper})", half), "SIGN({0})")
    return f"CASE WHEN TRUNC(ABS({{0}})) < {_TOO_LARGE} THEN {rounded} END"


_TOO_LARGE = f"CAST(1{'0' * WHOLE} AS DECIMAL({WHOLE + 1}, 0))"
COARSE_SQL = f"CASE WHEN TRUNC(ABS({{0}})) < {_TOO_LARGE} THEN {_wide('{0}')} END"
FINE_SQL = _fine()
PRODUCT_SQL = _product()
QUOTIENT_SQL = _quotient()
POWER_SQL = _power()
