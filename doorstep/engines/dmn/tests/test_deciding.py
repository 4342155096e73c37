# ruff: noqa: E501 - models read best on few lines
"""Decisions of every kind, by both writers, against what the standard says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from doorstep.engines.dmn.api import Decider, every_decision
from doorstep.engines.dmn.tests.drawn import AS_OF, decided, decision, formula, given, knowledge, model, table

AGE = given("Age", "number")
BANDS = [["> 1", "100"], ["> 2", "200"], ["> 3", "300"], ["> 5", "500"]]


@pytest.mark.parametrize(
    ("hit", "aggregation", "age", "expected"),
    [
        ("FIRST", "", 6, 100),
        ("FIRST", "", 0, None),
        ("RULE ORDER", "", 3, [100, 200]),
        ("RULE ORDER", "", 0, []),
        ("COLLECT", "", 4, [100, 200, 300]),
        ("COLLECT", "SUM", 6, 1100),
        ("COLLECT", "MIN", 6, 100),
        ("COLLECT", "MAX", 4, 300),
        ("COLLECT", "COUNT", 3, 2),
        ("COLLECT", "COUNT", 0, 0),
        ("COLLECT", "SUM", 0, None),
        ("COLLECT", "SUM", None, None),
        ("RULE ORDER", "", None, None),
    ],
)
def test_hit_policies_of_rows_that_overlap(hit: str, aggregation: str, age: int | None, expected: Any) -> None:
    box = table(["Age"], BANDS, hit=hit, aggregation=aggregation)
    drawn = model(AGE, decision("Pay", box, needs=["i_Age"]))
    assert decided(drawn, {"Age": None if age is None else Decimal(age)}, "Pay") == expected


def test_a_default_stands_where_no_row_fits() -> None:
    for hit, aggregation, expected in [("FIRST", "", 7), ("COLLECT", "", [7]), ("COLLECT", "SUM", 7)]:
        box = table(["Age"], BANDS, hit=hit, aggregation=aggregation, defaults=["7"])
        assert decided(model(AGE, decision("Pay", box, needs=["i_Age"])), {"Age": Decimal(0)}, "Pay") == expected


def test_priority_and_output_order_follow_the_order_of_the_allowed_values() -> None:
    rows = [["> 1", '"low"'], ["> 2", '"high"'], ["> 3", '"middle"'], ["> 4", '"high"']]
    for hit, expected in [("PRIORITY", "high"), ("OUTPUT ORDER", ["high", "high", "middle", "low"])]:
        box = table(["Age"], rows, hit=hit, values=['"high", "middle", "low"'])
        assert decided(model(AGE, decision("Risk", box, needs=["i_Age"])), {"Age": Decimal(5)}, "Risk") == expected


def test_any_takes_rows_that_agree_and_is_unknown_where_computed_results_differ() -> None:
    box = table(["Age"], [["> 1", "Age"], ["> 2", "Age + Age - Age"], ["> 8", "Age + 1"]], hit="ANY")
    drawn = model(AGE, decision("Pay", box, needs=["i_Age"]))
    assert [decided(drawn, {"Age": Decimal(age)}, "Pay") for age in (3, 9, 0)] == [3, None, None]


def test_several_outputs_are_a_structure_and_collected_ones_a_list_of_them() -> None:
    rows = [["< 18", '"no"', "0"], [">= 18", '"yes"', "10"]]
    one = model(AGE, decision("Grant", table(["Age"], rows, outputs=["Given", "Sum due"]), needs=["i_Age"]),
                decision("Twice", formula("Grant.Sum due * 2"), needs=["d_Grant"]))  # fmt: skip
    assert decided(one, {"Age": Decimal(20)}, "Grant") == {"Given": "yes", "Sum due": 10}
    assert decided(one, {"Age": Decimal(20)}, "Twice") == 20
    many = model(
        AGE, decision("Grant", table(["Age"], rows, outputs=["Given", "Sum due"], hit="RULE ORDER"), needs=["i_Age"])
    )
    assert decided(many, {"Age": Decimal(17)}, "Grant") == [{"Given": "no", "Sum due": 0}]
    gap = model(AGE, decision("Grant", table(["Age"], rows[:1], outputs=["Given", "Sum due"]), needs=["i_Age"]))
    assert decided(gap, {"Age": Decimal(20)}, "Grant") is None


def test_names_with_blanks_and_signs_and_one_name_within_another() -> None:
    drawn = model(
        given("Full Name", "string"), given("Name", "string"), given("Date-Time2", "date"),
        decision("Greeting  Message", formula('"Full Name: " + Full   Name + Name'), needs=["i_Full Name", "i_Name"]),
        decision("Later", formula("Date-Time2 + duration(\"P1D\")"), needs=["i_Date-Time2"]),
    )  # fmt: skip
    values = {"Full Name": "Ana Luz", "Name": "Rui", "Date-Time2": date(2026, 2, 28)}
    assert decided_named(drawn, values, "Greeting Message") == "Full Name: Ana LuzRui"
    assert decided_named(drawn, values, "Later") == date(2026, 3, 1)


def decided_named(drawn: Any, values: dict[str, Any], name: str) -> Any:
    id = drawn.decision(name).id
    return decided(drawn, values, id.removeprefix("d_"))


def test_structures_that_are_given_and_decisions_that_need_decisions() -> None:
    loan = '<itemDefinition name="tLoan"><itemComponent name="sum"><typeRef>number</typeRef></itemComponent><itemComponent name="yearly rate"><typeRef>tRate</typeRef></itemComponent></itemDefinition><itemDefinition name="tRate"><typeRef>number</typeRef></itemDefinition>'
    drawn = model(
        loan, given("Loan", "tLoan"),
        decision("Interest", formula("Loan.sum * Loan . yearly rate"), needs=["i_Loan"], kind="number"),
        decision("Dear", table(["Interest"], [["> 100", "true"], ["<= 100", "false"]]), needs=["d_Interest"], kind="boolean"),
        decision("The loan", formula("Loan"), needs=["i_Loan"]),
    )  # fmt: skip
    values = {"Loan": {"sum": Decimal(1000), "yearly rate": Decimal("0.2")}}
    assert decided(drawn, values, "Interest") == 200
    assert decided(drawn, values, "Dear") is True
    assert decided_named(drawn, values, "The loan") == values["Loan"]
    assert decided(drawn, {}, "Dear") is None


def test_business_knowledge_by_place_by_name_drawn_and_within_itself() -> None:
    pay = knowledge("pay", ["p", "r", "n"], formula("(p * r / 12) / (1 - (1 + r / 12) ** -n)"))
    band = knowledge("band", ["x"], table(["x"], [["< 10", '"small"'], [">= 10", '"large"']]))
    drawn = model(
        AGE, pay, band, knowledge("twice", ["x"], formula("band2(x) * 2"), ["b_band2"]), knowledge("band2", ["x"], formula("x + 1")),
        decision("Pay", formula("pay(600000, 0.0375, 360) + 100"), knows=["b_pay"]),
        decision("Named", formula("pay(n: 360, p: 600000, r: 0.0375) + 100"), knows=["b_pay"]),
        decision("Band", formula('"is " + band(Age * 2)'), needs=["i_Age"], knows=["b_band"]),
        decision("Deep", formula("twice(Age - 1) - 1"), needs=["i_Age"], knows=["b_twice"]),
        decision("Drawn", "<invocation><literalExpression><text>band</text></literalExpression><binding><parameter name='x'/>"
                          "<literalExpression><text>Age</text></literalExpression></binding></invocation>", needs=["i_Age"], knows=["b_band"]),
    )  # fmt: skip
    values = {"Age": Decimal(6)}
    # The monthly payment of 600,000 at 3.75 % over 360 months, from the annuity formula with 50 digits.
    for name in ("Pay", "Named"):
        assert abs(decided(drawn, values, name) - Decimal("2878.693549432767")) < Decimal("1e-10")
    assert decided(drawn, values, "Band") == "is large"
    assert decided(drawn, values, "Deep") == 11
    assert decided(drawn, values, "Drawn") == "small"


def test_contexts_and_drawn_conditions() -> None:
    entry = "<contextEntry>{}{}</contextEntry>"
    box = "<context>{}{}{}</context>".format(
        entry.format('<variable name="half"/>', formula("Age / 2")),
        entry.format('<variable name="add one"/>', "<functionDefinition><formalParameter name='x'/>" + formula("x + 1") + "</functionDefinition>"),
        entry.format("", formula("add one(half) * 10")),
    )  # fmt: skip
    both = f"<if>{formula('Age > 5')}</if><then>{formula('Age * 2')}</then><else>{formula('0')}</else>"
    drawn = model(
        AGE, decision("Sum", box, needs=["i_Age"]), decision("If", f"<conditional>{both}</conditional>", needs=["i_Age"]),
        decision("Parts", formula("{a: Age + 1, b c: a * 2}"), needs=["i_Age"]),
        decision("Part", formula("Parts.b c"), needs=["d_Parts"]),
    )  # fmt: skip
    assert [decided(drawn, {"Age": Decimal(6)}, name) for name in ("Sum", "If", "Part")] == [40, 12, 14]
    assert decided(drawn, {"Age": Decimal(6)}, "Parts") == {"a": 7, "b c": 14}


def test_a_table_of_an_editor_that_draws_no_inputs() -> None:
    box = table(["season", "guests"], [['"Summer"', "<= 8", '"Salad"'], ["-", "", '"Soup"']], hit="FIRST")
    box = box.replace("<inputExpression><text>season", '<inputExpression typeRef="string"><text>season')
    box = box.replace("<inputExpression><text>guests", '<inputExpression typeRef="integer"><text>guests')
    drawn = model(decision("Dish", box))
    assert decided(drawn, {"season": "Summer", "guests": 8}, "Dish") == "Salad"
    assert decided(drawn, {"season": "Winter", "guests": 8}, "Dish") == "Soup"


def test_cells_that_name_the_value_or_turn_a_test_round() -> None:
    rows = [['not("a", "b")', "1"], ['starts with(?, "a")', "2"], ["-", "3"]]
    drawn = model(given("Code", "string"), decision("Kind", table(["Code"], rows, hit="FIRST"), needs=["i_Code"]))
    assert [decided(drawn, {"Code": code}, "Kind") for code in ("c", "a", "b", None)] == [1, 2, 3, None]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 / 3 * 3", Decimal("0.999999999999999999")),
        ("999999999999999999 * 10", None),
        ("10 / 0", None),
        ("2 ** 10", 1024),
        ("10 ** -5", Decimal("0.00001")),
        (".5 + 0.25", Decimal("0.75")),
        ("0.000000000000000001 * 0.5", 0),
        ("null + 1", None),
        ("sum([1, 2, null])", None),
        ("max([3, 7, 5])", 7),
        ('contains(match: "b", string: "abc")', True),
        ('substring(string: "abcd", start position: -3, length: 2)', "bc"),
        ("modulo(dividend: 7, divisor: 4)", 3),
        ('duration("P1Y2M").months', 2),
        ('duration("P1Y2M").years', 1),
    ],
)
def test_numbers_are_bounded_and_exact_within_their_bounds(text: str, expected: Any) -> None:
    assert decided(model(decision("A", formula(text))), {}, "A") == expected


@pytest.mark.parametrize(
    ("hit", "expected"),
    [
        ("UNIQUE", [0, 398, None, None]),
        ("ANY", [0, 398, None, None]),
        ("FIRST", [0, 398, None, None]),
        ("RULE ORDER", [[0], [398], [], None]),
    ],
)
def test_a_large_table_is_read_and_decided(hit: str, expected: list[Any]) -> None:
    rows = [[f"[{at}..{at + 1})", str(at * 2)] for at in range(200)]
    drawn = model(AGE, decision("Pay", table(["Age"], rows, hit=hit), needs=["i_Age"]))
    decider = Decider(every_decision(drawn), as_of=AS_OF)
    cases = [{"Age": None if age is None else Decimal(age)} for age in (0, 199, 200, None)]
    assert [decider.in_python(case, "d_Pay") for case in cases] == expected
    assert decider.in_sql(cases, "d_Pay") == expected
