"""Scales by date, figures that end, and variables that declare how many digits they hold."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.engines.rules.api import RuleSet, ask_nation
from doorstep.engines.rules.person import Person
from doorstep.engines.rules.tests.town import registers, rules
from doorstep.kit.errors import Problems

LAW = """
rules: law
parameters:
  tax:
    label: {en: Tax scale}
    reference: Act 1
    unit: EUR/year
    scale: rates
    brackets:
      2020-01-01: [{from: 0, rate: 0.02}, {from: 6000, rate: 0.06}, {from: 12400, rate: 0.125}]
      2026-01-01: [{from: 0, rate: 0.1}]
  price:
    label: {en: Price of a meal}
    reference: Act 2
    unit: EUR/year
    gives: EUR
    scale: amount
    brackets: {2020-01-01: [{from: 0, amount: 1.50}, {from: 250, amount: 2}]}
  fee:
    label: {en: Fees}
    reference: Act 3
    unit: EUR/year
    gives: EUR
    scale: amounts
    brackets: {2020-01-01: [{from: 0, amount: 1}, {from: 249, amount: 2}]}
  grant: {label: {en: Grant}, reference: Act 4, unit: EUR/year, values: {2020-01-01: 500, 2024-01-01: null}}
variables:
  owed: {of: person, label: {en: Owed}, formula: "scale(taxable_income, tax)"}
  meal: {of: person, label: {en: Meal}, formula: "scale(taxable_income, price)"}
  fees: {of: person, label: {en: Fees in all}, formula: "scale(taxable_income, fee)"}
  granted: {of: person, label: {en: Granted}, formula: "taxable_income + grant"}
  third: {of: person, label: {en: A third}, formula: "taxable_income / 3", decimals: 2, digits: 5}
"""
OUTPUTS = {name: name for name in ("owed", "meal", "fees", "granted", "third")}


def in_python(ruleset: RuleSet, income: Decimal | None, as_of: date) -> tuple[Any, ...]:
    person = Person(ruleset, entity="person", outputs=OUTPUTS, as_of=as_of)
    trace = person.evaluate({"income": [{"tax_id": "a", "taxable_income": income}]})
    return tuple(person.output(trace, name) for name in OUTPUTS)


def in_sql(ruleset: RuleSet, incomes: list[Decimal | None], as_of: date) -> list[tuple[Any, ...]]:
    connection = duckdb.connect()
    columns = ", ".join(f'"{name}" {shape.sql_type}' for name, shape in registers()["income"].columns.items())
    connection.execute(f"CREATE TABLE income ({columns})")
    for number, income in enumerate(incomes):
        connection.execute("INSERT INTO income (tax_id, taxable_income) VALUES (?, ?)", [f"{number:09}", income])
    steps = ask_nation(ruleset, entity="person", outputs=OUTPUTS, as_of=as_of).steps
    for step in steps:
        connection.execute(f'CREATE TABLE "{step.name}" AS {step.sql}')
    names = ", ".join(OUTPUTS)
    return connection.execute(f'SELECT {names} FROM "{steps[-1].name}" ORDER BY "key"').fetchall()


@pytest.mark.parametrize(
    ("income", "owed", "meal", "fees"),
    [
        ("-10", "0", "0", "0"),
        ("0", "0", "1.50", "0"),
        ("0.01", "0.0002", "1.50", "1"),
        ("249", "4.98", "1.50", "1"),
        ("249.01", "4.9802", "1.50", "3"),
        ("250", "5", "2", "3"),
        ("6000", "120", "2", "3"),
        ("6000.01", "120.0006", "2", "3"),
        ("12400", "504", "2", "3"),
        ("20000", "1454", "2", "3"),
    ],
)
def test_a_scale_gives_what_its_brackets_say(income: str, owed: str, meal: str, fees: str) -> None:
    ruleset, as_of = rules(LAW), date(2023, 1, 1)
    expected = tuple(Decimal(text) for text in (owed, meal, fees))
    assert in_python(ruleset, Decimal(income), as_of)[:3] == expected
    assert in_sql(ruleset, [Decimal(income)], as_of)[0][:3] == expected


@settings(max_examples=25, deadline=None)
@given(st.lists(st.none() | st.decimals(-100, 999_999_999_999, places=2), min_size=1, max_size=20))
def test_both_writers_agree_on_scales_ends_and_widths(incomes: list[Decimal | None]) -> None:
    ruleset = rules(LAW)
    for as_of in (date(2023, 1, 1), date(2026, 1, 1)):
        assert in_sql(ruleset, incomes, as_of) == [in_python(ruleset, income, as_of) for income in incomes]


def test_a_scale_and_a_figure_hold_from_their_day_and_a_figure_may_end() -> None:
    ruleset = rules(LAW)
    before, after = (in_python(ruleset, Decimal(20000), day) for day in (date(2023, 12, 31), date(2026, 1, 1)))
    assert (before[0], after[0]) == (1454, 2000)
    assert (before[3], after[3]) == (20500, None)


def test_what_needs_more_digits_than_declared_is_unknown_and_what_fits_is_rounded() -> None:
    ruleset = rules(LAW)
    found = {
        income: in_python(ruleset, Decimal(income), date(2023, 1, 1))[4] for income in ("100", "2999.98", "2999.99")
    }
    assert found == {"100": Decimal("33.33"), "2999.98": Decimal("999.99"), "2999.99": None}


def test_a_chain_of_products_needs_declared_digits_and_then_keeps_them() -> None:
    line = "  v{n}: {{of: person, label: {{en: V}}, formula: v{before} * 1.07 + 0.5{width}}}\n"
    head = "rules: chain\nvariables:\n  v0: {of: person, label: {en: V}, formula: taxable_income / 1}\n"

    def chain(width: str) -> RuleSet:
        return rules(head + "".join(line.format(n=n, before=n - 1, width=width) for n in range(1, 60)))

    with pytest.raises(Problems) as caught:
        chain("")
    assert "digits: 14" in caught.value.problems[0].mend
    last = chain(", decimals: 2, digits: 14").variables["v59"].node.type
    assert (last.digits, last.scale) == (14, 2)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("formula: taxable_income + tax", "cannot take these"),
        ("formula: 'scale(taxable_income, grant)'", "cannot take these"),
        ("formula: 'scale(5, tax)'", "cannot take these"),
        ("formula: tax", "must be one value"),
        ("formula: tax = null", "cannot take these"),
        ("formula: if taxable_income > 0 then tax else tax", "cannot take these"),
        ("formula: 'scale(taxable_income, household)'", "cannot take these"),
        ("formula: taxable_income > 1, decimals: 2", "only a number has digits and decimals"),
        ("formula: taxable_income, decimals: 13", "declares no width"),
        ("formula: taxable_income, digits: 1", "declares no width"),
        ("formula: taxable_income, digits: 39", "declares no width"),
    ],
)
def test_a_scale_or_a_width_that_cannot_work_is_refused(line: str, what: str) -> None:
    with pytest.raises(Problems) as caught:
        rules(f"{LAW}  bad: {{of: person, label: {{en: Bad}}, {line}}}\n")
    assert any(what in problem.what for problem in caught.value.problems), caught.value.problems


@pytest.mark.parametrize(
    ("parameter", "what"),
    [
        ("scale: rates, brackets: {2020-01-01: [{from: 5, rate: 0.1}, {from: 5, rate: 0.2}]}", "must rise"),
        ("scale: rates, brackets: {2020-01-01: [{from: 5, amount: 1}]}", "needs its rate"),
        ("scale: amount, brackets: {2020-01-01: [{from: 5, amount: 1, rate: 0.1}]}", "needs its amount"),
        ("scale: amount, brackets: {soon: [{from: 5, amount: 1}]}", "stands under its first day"),
        ("scale: amount, brackets: {2020-01-01: []}", "must rise"),
        ("scale: amount", "has no values"),
        ("brackets: {2020-01-01: [{from: 5, rate: 0.1}]}", "has no values"),
        ("values: {2020-01-01: 1}, scale: rates", "has no values"),
        ("values: {2020-01-01: null}", "never has a value"),
    ],
)
def test_a_scale_that_cannot_be_read_is_refused(parameter: str, what: str) -> None:
    with pytest.raises(Problems) as caught:
        rules(f"rules: x\nparameters:\n  bad: {{label: {{en: Bad}}, reference: Act, {parameter}}}\n")
    assert any(what in problem.what for problem in caught.value.problems), caught.value.problems


def test_scales_and_widths_are_said_in_words() -> None:
    ruleset = rules(LAW)
    assert ruleset.say_formula("owed", "en") == "what “Tax scale” gives for “Income”"
    assert ruleset.say_formula("third", "en") == "“Income” ÷ 3 to 2 decimals"
    assert ruleset.say_formula("third", "ar") == "«Income» ÷ 3 بـ 2 منازل عشرية"
