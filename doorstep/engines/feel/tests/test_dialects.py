"""What an engine cannot decide exactly is refused when it is written, with the reason; the rest is written."""

from __future__ import annotations

import pytest
from sqlglot import exp

from doorstep.engines.feel.api import DIALECTS, DUCKDB, SPARK, TABLE, Node, SqlWriter
from doorstep.engines.feel.tests.test_agreement import meaning
from doorstep.kit.errors import Problems


def named(ref: Node) -> exp.Expression:
    return exp.column(ref.name)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("formula", "why"),
    [
        ("z * y", "a product as DMN has it needs more than 38 digits"),
        ("z / y", "a quotient as DMN has it needs more than 38 digits"),
        ("n ** 2", "a power as DMN has it needs more than 38 digits"),
        ("sum([m, w, 1])", "a list, or a table that collects"),
        ('count([s, u, "x"])', "a list, or a table that collects"),
    ],
)
def test_what_spark_cannot_decide_is_refused_in_words(formula: str, why: str) -> None:
    with pytest.raises(Problems) as refused:
        SqlWriter(named, SPARK).write(meaning(formula))
    assert f"this cannot be decided on Spark: {why}" in str(refused.value)
    assert "Decide on DuckDB (DOORSTEP_ENGINE=duckdb)" in str(refused.value)
    assert SqlWriter(named, DUCKDB).write(meaning(formula))


@pytest.mark.parametrize("formula", ["substring(s, -2)", "modulo(n, k)", "round half down(n, 1)", "m in [w, 0]"])
def test_what_both_can_decide_is_written_for_both(formula: str) -> None:
    for dialect in DIALECTS.values():
        assert SqlWriter(named, dialect).write(meaning(formula)).sql(dialect=dialect.name)


def test_only_operators_that_there_are_can_be_refused() -> None:
    assert set(SPARK.cannot) <= set(TABLE)
    assert not set(SPARK.cannot) & set(SPARK.own), "either a form of its own or a refusal"
