"""Python and DuckDB give the same answer for every operator, on generated values, unknown ones included."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, localcontext
from functools import cache

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from doorstep.engines.feel import primitives
from doorstep.engines.feel.api import (
    BOOLEAN,
    COUNT,
    DATE,
    EXACT,
    GLOBALS,
    MONEY,
    TABLE,
    TEXT,
    Call,
    Field,
    Kind,
    Literal,
    Node,
    Parameter,
    PythonWriter,
    Ref,
    SqlWriter,
    Type,
    check,
    number,
    rewrite,
    scale_of,
    scale_of_amounts,
    scale_of_rates,
    sql_type,
    walk,
)
from doorstep.engines.feel.operators import FUNCTIONS
from doorstep.kit.files import Written

COLUMNS = {
    "m": MONEY,
    "w": MONEY,
    "n": number(12, 3),
    "k": number(8, 2),
    "z": number(36, 18),
    "y": number(36, 18),
    "x": number(18, 8),
    "c": COUNT,
    "p": BOOLEAN,
    "q": BOOLEAN,
    "d": DATE,
    "e": DATE,
    "s": TEXT,
    "u": TEXT,
}


SCALES = {
    "taxed": scale_of_rates(
        [(Decimal("-5"), Decimal("0.015")), (Decimal("0.5"), Decimal("0.1")), (Decimal("900"), Decimal("0"))]
    ),
    "prices": scale_of_amounts([(Decimal("0"), Decimal("1.25")), (Decimal("3"), Decimal("-7"))], added=False),
    "added": scale_of_amounts([(Decimal("0"), Decimal("1.25")), (Decimal("3"), Decimal("-7"))], added=True),
}  # fmt: skip
SCALE_TYPES = {
    "taxed": scale_of(Kind.RATES, of=number(4, 1, money=True), gives=number(4, 3)),
    "prices": scale_of(Kind.AMOUNTS, of=number(1, 0), gives=number(3, 2)),
    "added": scale_of(Kind.AMOUNTS, of=number(1, 0), gives=number(3, 2)),
}
"""Scales by name: marginal rates of money, the amount of a bracket, amounts added."""


class Row:
    """A model with one entity and no relations."""

    def member(self, entity: str, name: str) -> Field | None:
        return Field(COLUMNS[name]) if name in COLUMNS else None

    def parameter(self, name: str) -> Type | None:
        return SCALE_TYPES.get(name)

    def names(self, entity: str) -> list[str]:
        return list(COLUMNS)


FORMULAS = """
m + w
m - w
m * n
n * k
n + k - c
m / k
m / w
n / c
x / k
n / x
k / 3
c / 7
-m
-n + k
abs(m)
abs(n)
m = w
m != w
m < w
m <= w
m > 100.5
n >= k
s = u
s < u
d = e
d <= e
m = 0
p = q
not(p)
p and q
p or q
p and (q or m > 0)
m = null
s != null
p = null
if p then m else w
if p then n else k
if p then d else null
if q then 1 else 2.25
if p then 1 else if q then 2 else 3
min(m, w)
max(n, k, 2.5)
min(d, e)
min(10, c)
decimal(n, 0)
decimal(n, 2)
decimal(m / 3, 2)
decimal(m * 0.5, 1)
round half up(n, 1)
round half up(m * 0.125, 2)
round up(n, 1)
round up(k, 0)
round down(n, 2)
round down(-k, 1)
floor(n)
ceiling(n)
s in ("a", "b")
s in ["a", "Zz"]
c in [1..5]
n in (0..2.5]
n in [0..2.5)
n in (0..1)
c in (1, < -3, > 100)
m between w and 1000
d in [@"2000-01-01"..@"2020-12-31"]
s + u
contains(s, u)
starts with(s, u)
ends with(s, u)
string length(s)
upper case(s)
lower case(u)
substring(s, 2)
substring(s, 2, 3)
d.year
d.month
d.day
(d - e).days
age(d, e)
age(d, @"2026-03-01")
years and months duration(d, e).months
years and months duration(d, e).years
d + @"P1M"
d - @"P1M"
d + @"P400D"
d - @"P1Y2M"
d - @"P30D"
d + duration("P12M") > e
not(m > w and p)
if m / k > 2 then decimal(m / k, 2) else w
(n / k) / (c / 3)
decimal(n / k, 1) + decimal(m / w, 1)
round half down(n, 1)
round half down(-n, 2)
n ** 2
k ** -3
n ** c
.5 + k
modulo(n, k)
modulo(c, 7)
substring(s, -2)
substring(s, c, 2)
substring(s, n)
substring(s, -2, c)
substring(s, k, n)
modulo(n, -k)
round half down(x, 7)
c / 0
substring before(s, u)
substring after(s, u)
substring after(s, "b")
m in (= 0, != w)
m in > w
m in [w, 0]
sum([m, w, 1])
sum([n])
min([m, w])
max([1, 1, 2])
max([d, e])
count([s, u, "x"])
scale(m, taxed)
scale(-w, taxed) + w
scale(n, prices)
scale(k - 3, added)
m * n | 14 2
m * n - w | 20 0
n / c | 12 10
c | 3 0
""".strip().splitlines()

# Numbers as DMN has them. What is nested is a planner's to part, and is tried with the rules.
BOUNDED = """
z * y
n * z
z * 1.123456789012345678
z / y
m / z
n / k
z ** c
y ** -2
z * n > 10 ** 17
z + y
z - n
round half down(z, 9)
modulo(z, n)
n * 1.0000000000000000005
n + null
null * k
null / n
10 - null
sum([z, y, z])
""".strip().splitlines()
EVERY = [*FORMULAS, *BOUNDED]


@cache
def meaning(text: str) -> Node:
    """The tree of a formula. ``x | 14 2`` is x as a variable of 14 digits, 2 of them decimals, would have it."""
    formula, _, width = text.partition(" | ")
    node = rewrite(check(Written(formula), model=Row(), entity="row", bounded=text in BOUNDED), figure)
    if not width:
        return node
    counts = tuple(Literal(COUNT, node.place, int(count)) for count in width.split())
    return Call(TABLE["fit"].result((node, *counts)), node.place, "fit", (node, *counts))


def figure(node: Node) -> Node:
    return Literal(node.type, node.place, SCALES[node.name]) if isinstance(node, Parameter) else node


def in_python(node: Node, row: dict[str, object]) -> object:
    def name(ref: Node) -> str:
        assert isinstance(ref, Ref)
        return ref.name

    source = PythonWriter(name).write(node)
    with localcontext(EXACT):
        return eval(source, dict(GLOBALS), dict(row))


@cache
def as_sql(node: Node) -> str:
    def name(ref: Node) -> exp.Expression:
        assert isinstance(ref, Ref)
        return exp.column(ref.name, quoted=True)

    return f"CAST({SqlWriter(name).write(node).sql(dialect='duckdb')} AS {sql_type(node.type)})"


def in_sql(
    connection: duckdb.DuckDBPyConnection, nodes: list[Node], rows: list[dict[str, object]]
) -> list[tuple[object, ...]]:
    columns = ", ".join(f'unnest(CAST(? AS {sql_type(kind)}[])) AS "{column}"' for column, kind in COLUMNS.items())
    values = [[row[column] for row in rows] for column in COLUMNS]
    asked = ", ".join(map(as_sql, nodes))
    return connection.execute(f"SELECT {asked} FROM (SELECT {columns})", values).fetchall()


def decimals(places: int, digits: int) -> st.SearchStrategy[Decimal]:
    top = Decimal(10) ** (digits - places) - Decimal(1).scaleb(-places)
    near = st.integers(-3000, 3000).map(lambda units: Decimal(units).scaleb(-places))
    return st.one_of(near, st.decimals(-top, top, places=places, allow_nan=False))


widest = st.one_of(
    decimals(18, 25), st.integers(1 - 10**36, 10**36 - 1).map(lambda units: Decimal(units).scaleb(-18, EXACT))
)
words = st.one_of(st.sampled_from(["", "a", "b", "Zz", "ßŁé", "বাংলা", "عربي", "İi"]), st.text("abAZéß আ", max_size=8))
days = st.one_of(
    st.dates(date(1, 1, 1), date(9999, 12, 31)),
    st.sampled_from([date(2024, 2, 29), date(2023, 2, 28), date(2023, 3, 1), date(2024, 1, 31), date(9999, 12, 31)]),
)
KINDS = {
    "m": decimals(2, 14),
    "w": decimals(2, 14),
    "n": decimals(3, 12),
    "k": decimals(2, 8),
    "z": widest,
    "y": widest,
    "x": decimals(8, 18),
    "c": st.integers(0, 10**9 - 1),
    "p": st.booleans(),
    "q": st.booleans(),
    "d": days,
    "e": days,
    "s": words,
    "u": words,
}
rows_of_values = st.lists(
    st.fixed_dictionaries({name: st.none() | kind for name, kind in KINDS.items()}), min_size=1, max_size=6
)


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=rows_of_values)
def test_both_engines_agree(connection: duckdb.DuckDBPyConnection, rows: list[dict[str, object]]) -> None:
    nodes = [meaning(text) for text in EVERY]
    for row, answers in zip(rows, in_sql(connection, nodes, rows), strict=True):
        for text, node, answer in zip(EVERY, nodes, answers, strict=True):
            assert (text, answer) == (text, in_python(node, row))


def test_both_engines_agree_on_a_plain_row(connection: duckdb.DuckDBPyConnection) -> None:
    """The quick lane's taste of the test above: one row of values and one of unknowns."""
    plain = {
        "m": Decimal("12.34"), "w": Decimal("-0.05"), "n": Decimal("7.125"), "k": Decimal("3.50"), "c": 7,
        "z": Decimal("1.003125"), "y": Decimal("-600000.750000000000000001"), "p": True,
        "x": Decimal("-9876543210.12345678"), "q": False, "d": date(2024, 2, 29),
        "e": date(2001, 7, 31), "s": "Žižka", "u": "ka",
    }  # fmt: skip
    nodes = [meaning(text) for text in EVERY]
    for row in (plain, dict.fromkeys(plain)):
        (answers,) = in_sql(connection, nodes, [row])
        for text, node, answer in zip(EVERY, nodes, answers, strict=True):
            assert (text, answer) == (text, in_python(node, row))


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=rows_of_values)
def test_no_number_outgrows_its_declared_width(rows: list[dict[str, object]]) -> None:
    for node in (node for node in map(meaning, EVERY) if node.type.is_number):
        for row in rows:
            value = in_python(node, row)
            assert value is None or isinstance(value, int | Decimal)
            if value is not None:
                assert EXACT.abs(Decimal(value)) < 10**node.type.whole
                assert Decimal(value) == primitives.round_down(value, node.type.scale)


def test_every_operator_is_tried() -> None:
    tried = {part.op for text in EVERY for part in walk(meaning(text)) if isinstance(part, Call)}
    assert set(TABLE) - tried <= {"is true", "is false", "is unknown", "first of"}
    assert {name for name in FUNCTIONS if not any(name in text for text in EVERY)} == set()


def test_capital_letters_are_the_same_for_every_character(connection: duckdb.DuckDBPyConnection) -> None:
    letters = "SELECT CAST(x AS INTEGER) AS x FROM range(1, 1114112) t(x) WHERE x NOT BETWEEN 55296 AND 57343"
    found = connection.execute(f"SELECT x, upper(chr(x)), lower(chr(x)) FROM ({letters})").fetchall()
    wrong = [hex(x) for x, up, down in found if (primitives.upper(chr(x)), primitives.lower(chr(x))) != (up, down)]
    assert wrong == []
