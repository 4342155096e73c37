"""Every difference between the engines that decide a nation. DuckDB is the default, Spark the other.

``operators.TABLE`` states an operator's SQL as DuckDB wants it; where Spark wants something else, or DuckDB needs to
know the widths, it stands here. Names, types, quoting and literals are sqlglot's to translate. What Spark must be
told when it starts stands in ``SPARK_SETTINGS``: these sentences of SQL are exact only under it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache

import sqlglot
from sqlglot import exp
from sqlglot.dialects.spark import Spark
from sqlglot.generators.spark import SparkGenerator

from doorstep.engines.feel import primitives
from doorstep.engines.feel.operators import TABLE
from doorstep.engines.feel.types import MAX_DIGITS, Type, number


@dataclass(frozen=True)
class Use:
    """One use of an operator: its result's type, its arguments' types, and the decimals that a rounding asks for."""

    op: str
    type: Type
    types: tuple[Type, ...]
    places: int = 0


Template = str | Callable[[Use], str]


@dataclass(frozen=True, eq=False)
class Dialect:
    """How one engine writes what the operators mean. ``name`` is sqlglot's, ``title`` people's.

    ``text`` is the sqlglot dialect that turns a finished statement into text.
    """

    name: str
    title: str
    text: str | type[sqlglot.Dialect]
    own: Mapping[str, Template]
    casts_numbers: bool
    """Whether every number is cast to the type that it has: engines guess other widths than we declare."""
    folds: bool | None
    """What is said of a common table expression: ``False`` writes NOT MATERIALIZED, ``None`` nothing."""
    cannot: Mapping[str, str] = field(default_factory=dict)
    """What the engine has no exact way to write, each operator with the reason; a formula with it is refused."""

    def refusal(self, op: str, kind: Type) -> str:
        """Why the engine cannot write an operator with a result of that type; nothing where it can."""
        if op in ("modulo", "negate") and self.casts_numbers and kind.digits == MAX_DIGITS:
            return f"{op!r} of a number of {MAX_DIGITS} digits needs one more on the way"
        return self.cannot.get(op, "")

    def operator(self, use: Use) -> str:
        """The operator in SQL, with ``{0}``, ``{1}`` ... where its arguments go."""
        own = self.own.get(use.op, TABLE[use.op].sql)
        text = own(use) if callable(own) else own
        marks = [f"{{{index}}}" for index in range(len(use.types))]
        if use.op in ("and", "or", "min", "max") and len(marks) == 1:
            text = marks[0]
        elif use.op in ("min", "max") and len(marks) == 2:  # half the cost of LEAST, and unknown where a part is
            first, second = ("<=", ">") if use.op == "min" else (">=", "<")
            text = f"CASE WHEN {{0}} {first} {{1}} THEN {{0}} WHEN {{0}} {second} {{1}} THEN {{1}} END"
        elif use.op in ("min", "max"):  # LEAST and GREATEST leave unknown arguments out
            text = f"CASE WHEN {' OR '.join(f'{mark} IS NULL' for mark in marks)} THEN NULL ELSE {text} END"
        values = {
            "all": ", ".join(marks),
            "all_and": " AND ".join(marks),
            "all_or": " OR ".join(marks),
            "scale": str(use.type.scale),
            "digits": str(use.type.digits),
            "power": f"CAST({10**use.places} AS DECIMAL({use.places + 1}, 0))",
            "unit": _unit(use.places),
        }
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", value)
        if self.casts_numbers and use.type.is_number:
            text = f"CAST({text} AS DECIMAL({use.type.digits}, {use.type.scale}))"
        return text


def _unit(places: int) -> str:
    return f"CAST({Decimal(1).scaleb(-places):f} AS DECIMAL({places + 1}, {places}))"


# ---------------------------------------------------------------------- DuckDB


def _duckdb_product(use: Use) -> str:
    if use.type.digits > 18 >= max(item.digits for item in use.types):
        # DuckDB multiplies two narrow decimals in 64 bits, whatever the product needs.
        return f"CAST({{0}} AS DECIMAL(19, {use.types[0].scale})) * {{1}}"
    return "{0} * {1}"


def _duckdb_quotient(use: Use) -> str:
    """Half to even from whole numbers of 128 bits: the quotient ``q`` and the rest ``r`` of the unscaled ``n / d``."""
    # DuckDB divides written numbers before it looks at the condition, so that a written zero must be told away.
    top, bottom = use.types
    up = 10 ** (use.type.scale + bottom.scale - top.scale)
    n, d = f"({_unscaled('{0}', top)} * CAST({up} AS HUGEINT))", f"NULLIF({_unscaled('{1}', bottom)}, 0)"
    q, r = f"({n} // {d})", f"({n} % {d})"
    return (
        f"CASE WHEN {{1}} = 0 THEN NULL ELSE CAST(CAST({q} + CASE WHEN 2 * ABS({r}) > ABS({d})"
        f" OR (2 * ABS({r}) = ABS({d}) AND {q} % 2 <> 0) THEN SIGN({n}) * SIGN({d}) ELSE 0 END AS DECIMAL(38, 0))"
        f" * {_unit(use.type.scale)} AS DECIMAL({use.type.digits}, {use.type.scale})) END"
    )


def _unscaled(value: str, kind: Type) -> str:
    if kind.digits + kind.scale > 18 >= kind.digits:  # in 64 bits again
        value = f"CAST({value} AS DECIMAL(19, {kind.scale}))"
    return f"CAST({value} * CAST({10**kind.scale} AS DECIMAL({kind.scale + 1}, 0)) AS HUGEINT)"


DUCKDB = Dialect(
    name="duckdb",
    title="DuckDB",
    text="duckdb",
    own={"*": _duckdb_product, "/": _duckdb_quotient},
    casts_numbers=False,
    folds=False,
)

# ---------------------------------------------------------------------- Spark

SPARK_SETTINGS: Mapping[str, str] = {
    # A number that outgrows its column is an error, not an unknown.
    "spark.sql.ansi.enabled": "true",
    # A result too wide for 38 digits keeps its whole digits; the templates below never need the decimals it gives up.
    "spark.sql.decimalOperations.allowPrecisionLoss": "true",
    "spark.sql.session.timeZone": "UTC",
    # Days before 1582 are days of our calendar.
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
    # A text may hold "${...}", and stays as it is.
    "spark.sql.variable.substitute": "false",
    "spark.sql.parquet.writeLegacyFormat": "false",
}


class PlainSpark(Spark):
    """Spark's SQL in half the time: without a look at each cast and query for what ours never hold (JSON, pivots)."""

    class Generator(SparkGenerator):
        """As sqlglot has it, but for casts and the queries themselves."""

        TRANSFORMS = {kind: way for kind, way in SparkGenerator.TRANSFORMS.items() if kind is not exp.Select}

        def cast_sql(self, expression: exp.Cast, safe_prefix: str | None = None) -> str:
            """One cast."""
            kind = expression.to
            if kind.this is exp.DType.DECIMAL:
                name = f"DECIMAL({', '.join(part.name for part in kind.expressions)})"
            else:
                name = self.sql(kind)
            return f"{safe_prefix or ''}CAST({self.sql(expression, 'this')} AS {name})"


def _shifted(value: str, kind: Type, places: int) -> str:
    """``value`` of type ``kind`` divided by ten to the power of ``places``, exactly."""
    scale = kind.scale + places
    if kind.digits + places + 1 <= MAX_DIGITS:
        return f"({value} * CAST({Decimal(1).scaleb(-places):f} AS DECIMAL({max(places, 1)}, {places})))"
    # Wider than Spark multiplies; as text it only gets another exponent.
    text = f"CONCAT(CAST({value} AS STRING), 'e-{places}')"
    return f"CAST({text} AS DECIMAL({max(kind.digits, scale)}, {scale}))"


def _spark_product(use: Use) -> str:
    left, right = use.types
    if use.type.digits < MAX_DIGITS or use.type.scale <= 6:
        return "{0} * {1}"
    # At 38 digits Spark would give a decimal up: multiply whole numbers, then move the point.
    whole = [_whole("{0}", left), _whole("{1}", right)]
    return _shifted(f"({whole[0]} * {whole[1]})", number(MAX_DIGITS, 0), use.type.scale)


def _whole(value: str, kind: Type) -> str:
    text = f"CONCAT(CAST({value} AS STRING), 'e{kind.scale}')"
    return f"CAST({text} AS DECIMAL({kind.digits}, 0))" if kind.scale else value


def _spark_quotient(use: Use) -> str:
    """Half to even: ``rest`` is what is left of the dividend when the quotient is cut after its last decimal.

    The dividend less its rest is a multiple of the divisor, so Spark's own division gives it exactly.
    """
    unit = _shifted("{1}", use.types[1], use.type.scale)
    rest = f"({{0}} % {unit})"
    cut = f"CAST(({{0}} - {rest}) / {{1}} AS DECIMAL({use.type.digits}, {use.type.scale}))"
    tiny = _unit(use.type.scale)
    left_over = f"(ABS({unit}) - ABS({rest}))"
    return (
        f"CASE WHEN {{1}} = 0 THEN NULL WHEN ABS({rest}) > {left_over}"
        f" OR (ABS({rest}) = {left_over} AND {cut} % ({tiny} + {tiny}) <> 0)"
        f" THEN {cut} + CASE WHEN ({{0}} < 0) = ({{1}} < 0) THEN {tiny} ELSE -{tiny} END ELSE {cut} END"
    )


def _spark_letters(change: Callable[[str], str]) -> Template:
    """Letter for letter by our own table: Spark's functions turn one letter into several and know other alphabets."""

    def template(use: Use) -> str:
        before, after = _letters(change)
        return f"TRANSLATE({{0}}, {before}, {after})"

    return template


@cache
def _letters(change: Callable[[str], str]) -> tuple[str, str]:
    """Every letter that changes and what it becomes, as two texts in SQL."""
    letters = [chr(code) for code in range(1, 0x110000) if not 0xD800 <= code < 0xE000]
    pairs = [(letter, changed) for letter in letters if (changed := change(letter)) != letter]
    before, after = ("".join(side) for side in zip(*pairs, strict=True))
    return exp.Literal.string(before).sql(dialect="spark"), exp.Literal.string(after).sql(dialect="spark")


_IN_YEARS = "CASE WHEN {day} BETWEEN DATE '0001-01-01' AND DATE '9999-12-31' THEN {day} END"


def _spark_days(function: str) -> str:
    return _IN_YEARS.replace("{day}", f"{function}({{0}}, CAST({{1}} AS INT))")


def _spark_months(months: str) -> str:
    """The month is counted first: Spark fails where a day leaves what its days can number."""
    counted = f"YEAR({{0}}) * 12 + MONTH({{0}}) - 1 + {months}"
    return f"CASE WHEN {counted} BETWEEN 12 AND 119999 THEN ADD_MONTHS({{0}}, CAST({months} AS INT)) END"


def _away(towards: str, away: str) -> str:
    return f"CASE WHEN {{0}} < 0 THEN {away}({{0}}, {{1}}) ELSE {towards}({{0}}, {{1}}) END"


def _spark_half_down(use: Use) -> str:
    half = f"CAST({Decimal(5).scaleb(-use.places - 1):f} AS DECIMAL({use.places + 1}, {use.places + 1}))"
    return f"CASE WHEN ABS({{0}} % {_unit(use.places)}) = {half} THEN {_CUT} ELSE ROUND({{0}}, {{1}}) END"


def _spark_count(value: str) -> str:
    """A number of letters: its decimals are cut off, and it is kept within what Spark can count."""
    cut = f"CASE WHEN {value} < 0 THEN CEIL({value}) ELSE FLOOR({value}) END"
    most = "CAST(1000000000 AS DECIMAL(10, 0))"
    return f"CAST(GREATEST(LEAST({cut}, {most}), -{most}) AS INT)"


def _spark_substring(use: Use) -> str:
    start = _spark_count("{1}")
    first = f"CASE WHEN {{1}} > 0 THEN {start} ELSE GREATEST(LENGTH({{0}}) + {start}, 0) + 1 END"
    if len(use.types) == 2:
        return f"CASE WHEN ABS({{1}}) >= 1 THEN SUBSTRING({{0}}, {first}) END"
    return f"CASE WHEN ABS({{1}}) >= 1 AND {{2}} >= 1 THEN SUBSTRING({{0}}, {first}, {_spark_count('{2}')}) END"


_CUT = _away("FLOOR", "CEIL")
_MARK_KNOWN = "CASE WHEN {0} IS NULL OR {1} IS NULL THEN NULL WHEN {1} = '' THEN"
_TOO_WIDE = "as DMN has it needs more than 38 digits on the way, and Spark has no more"
_LISTS = "a list, or a table that collects the results of its rows, has no words in what we write for Spark"

SPARK = Dialect(
    name="spark",
    title="Spark",
    text=PlainSpark,
    own={
        "*": _spark_product,
        "/": _spark_quotient,
        "decimal": "BROUND({0}, {1})",
        "bounded": "TRY_CAST({0} AS DECIMAL({digits}, {scale}))",
        "bounded fine": "TRY_CAST(BROUND({0}, {scale}) AS DECIMAL({digits}, {scale}))",
        # Spark's own minus keeps 34 digits.
        "negate": "CAST(0 AS DECIMAL(1, 0)) - {0}",
        "modulo": "CASE WHEN {1} = 0 THEN NULL WHEN ({0} % {1}) <> 0 AND SIGN({0}) <> SIGN({1})"
        " THEN ({0} % {1}) + {1} ELSE {0} % {1} END",
        "round half down": _spark_half_down,
        "round down": _CUT,
        "round up": _away("CEIL", "FLOOR"),
        "starts with": "STARTSWITH({0}, {1})",
        "ends with": "ENDSWITH({0}, {1})",
        "upper case": _spark_letters(primitives.upper),
        "lower case": _spark_letters(primitives.lower),
        "substring": _spark_substring,
        "substring of length": _spark_substring,
        "substring before": f"{_MARK_KNOWN} '' ELSE SUBSTRING({{0}}, 1, GREATEST(LOCATE({{1}}, {{0}}) - 1, 0)) END",
        "substring after": f"{_MARK_KNOWN} {{0}} WHEN LOCATE({{1}}, {{0}}) > 0"
        " THEN SUBSTRING({0}, LOCATE({1}, {0}) + LENGTH({1})) ELSE '' END",
        "years": "{0} DIV 12",
        "days between": "DATEDIFF({0}, {1})",
        "add days": _spark_days("DATE_ADD"),
        "less days": _spark_days("DATE_SUB"),
        "add months": _spark_months("{1}"),
        "less months": _spark_months("(-{1})"),
    },
    casts_numbers=True,
    folds=None,
    cannot={
        "bounded *": f"a product {_TOO_WIDE}",
        "bounded /": f"a quotient {_TOO_WIDE}",
        "**": f"a power {_TOO_WIDE}",
        **dict.fromkeys(("collect", "count of list", "sum of list", "min of list", "max of list"), _LISTS),
    },
)
DIALECTS: Mapping[str, Dialect] = {dialect.name: dialect for dialect in (DUCKDB, SPARK)}
