# ruff: noqa: E501 - tables of cases read best on one line each
"""Rules that cannot work are refused at load; what works says its reasons and its words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest

from doorstep.engines.rules.api import Piece, ask_nation, compile_one
from doorstep.engines.rules.tests.town import RULES, rules
from doorstep.kit.errors import DoorstepError, Problem, Problems

HEAD = "rules: broken\nvariables:\n"


def problems(text: str) -> list[Problem]:
    with pytest.raises(Problems) as caught:
        rules(text)
    return caught.value.problems


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("  a: {of: person, label: {en: A}, formula: b + 1}\n  b: {of: person, label: {en: B}, formula: a + 1}", "these variables need each other: a -> b -> a"),
        ("  a: {of: household, label: {en: A}, formula: sum(members.b)}\n  b: {of: person, label: {en: B}, formula: household.a * 2}", "need each other"),
        ("  a: {of: persn, label: {en: A}, formula: '1'}", "unknown entity 'persn'"),
        ("  a: {of: person, label: {en: A}}", "needs a formula or a table"),
        ("  a: {of: person, label: {en: A}, formula: '1', because: {yes: {en: x}, no: {en: x}, unknown: {en: x}}}", "only true or false has a 'because'"),
        ("  taxable_income: {of: person, label: {en: A}, formula: '1'}", "already has a 'taxable_income'"),
        ("  A b: {of: person, label: {en: A}, formula: '1'}", "is not usable"),
        ("  a: {of: person, label: {pt: A}, formula: '1'}", "has no words in 'en'"),
        ("  a: {of: person, label: {en: A}, formula: '1', becuase: 3}", "unknown key 'becuase'"),
        ("  a: {of: person, label: {en: A}, formula: taxable_income > 0, because: {yes: {en: 'x {nothing}'}, no: {en: x}, unknown: {en: x}}}", "mention 'nothing'"),
        ("  a: {of: person, label: {en: A}, formula: taxable_income > 0, because: {yes: {en: 'x {nothing'}, no: {en: x}, unknown: {en: x}}}", "not closed"),
        ("  a: {of: contract, label: {en: A}, table: {inputs: [use, power], rows: [{when: ['\"domestic\"'], then: '1'}]}}", "another number of tests"),
        ("  a: {of: contract, label: {en: A}, table: {inputs: [power], rows: [{when: ['\"x\"'], then: '1'}]}}", "cannot take these"),
        ("  a: {of: contract, label: {en: A}, table: {hit: unique, inputs: [power, use], rows: [{when: ['< 5', '-'], then: '1'}, {when: ['[4..9]', '\"domestic\"'], then: '2'}]}}", 'rows 1 and 2 both fit where power is 4 and use is "domestic"'),
        ("  a: {of: contract, label: {en: A}, table: {hit: any, inputs: [power], rows: [{when: ['> 5'], then: '1'}, {when: ['> 7'], then: '2'}]}}", "rows 1 and 2 both fit where power is 8"),
    ],
)  # fmt: skip
def test_each_mistake_is_found_at_load(text: str, what: str) -> None:
    found = problems(HEAD + text)
    assert any(what in problem.what for problem in found), found
    assert all(problem.place.file == "rules.yaml" and problem.place.line for problem in found)


def test_every_mistake_is_reported_at_once() -> None:
    text = "  a: {of: person, label: {en: A}, formula: incme}\n  b: {of: person, label: {en: B}, formula: 1 +}"
    assert len(problems(HEAD + text)) == 2


@pytest.mark.parametrize("name", ['a"; DROP TABLE x; --', "a'b", "a b", "A", "1a", "select;"])
def test_names_cannot_carry_sql(name: str) -> None:
    quoted = name.replace("'", "''")
    found = problems(f"{HEAD}  '{quoted}': {{of: person, label: {{en: A}}, formula: '1'}}")
    assert "is not usable" in found[0].what


def test_parameters_hold_from_their_day() -> None:
    ruleset = rules()
    assert ruleset.parameters["ceiling"].at(date(2025, 12, 31)) == Decimal("100.50")
    assert ruleset.parameters["ceiling"].at(date(2026, 1, 1)) == Decimal("120.25")
    with pytest.raises(DoorstepError, match="no value on 2019-12-31"):
        ruleset.parameters["ceiling"].at(date(2019, 12, 31))


def test_a_decision_tells_every_step() -> None:
    one = compile_one(rules(), entity="contract", goal="entitled", as_of=date(2026, 9, 1))
    decision = one.decide(
        {
            "contract": [{"contract_id": "k", "holder": "p", "use": "domestic", "power": None}],
            "income": [{"tax_id": "p", "household": "h", "taxable_income": Decimal("120.25"), "born_on": None}],
        }
    )
    assert (decision.outcome, decision.reason) == (True, "low")
    low = next(step for step in decision.steps.children if step.name == "low")
    assert [(step.what, step.name, step.value) for step in low.children] == [
        ("rows", "sum", Decimal("120.25")),
        ("parameter", "ceiling", Decimal("120.25")),
    ]
    assert low.children[0].children[0].children[0].value == Decimal("120.25")


def test_no_row_or_two_rows_are_an_error_and_not_a_refusal() -> None:
    one = compile_one(rules(), entity="contract", goal="entitled", as_of=date(2026, 9, 1))
    with pytest.raises(DoorstepError, match="no such row"):
        one.decide({"contract": []}, key="k")


def test_a_unique_table_with_two_fitting_rows_is_unknown() -> None:
    table = (
        "  fee: {of: contract, label: {en: Fee}, table: {hit: unique, inputs: [power], "
        "rows: [{when: ['< 5'], then: '1'}, {when: ['< three'], then: '2'}], otherwise: '9'}}"
    )
    three = "parameters: {three: {label: {en: Three}, values: {2020-01-01: 3}, reference: Act}}\n"
    ruleset = rules(three + HEAD + table + "\n  cheap: {of: contract, label: {en: Cheap}, formula: fee < 5}")
    one = compile_one(ruleset, entity="contract", goal="cheap", as_of=date(2026, 9, 1))

    def outcome(power: str | None) -> bool | None:
        row = {"contract_id": "k", "power": Decimal(power) if power else None}
        return one.decide({"contract": [row]}).outcome

    assert [outcome("4"), outcome("2"), outcome("7"), outcome(None)] == [True, None, False, None]


def test_a_rule_is_said_in_words_with_the_labels_of_codes() -> None:
    assert rules().say_formula("at_home", "en") == "“Use”: Home"
    assert rules().say_formula("entitled", "en") == "“At home” and (“Helped” or “Low”)"


def said(pieces: Sequence[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def test_conditions_are_told_as_a_list_whose_names_lead_to_their_rules() -> None:
    told = rules().tell_formula("entitled", "en")
    assert (told.kind, said(told.pieces)) == ("list", "All of these must be true:")
    home, either = told.parts
    assert home.pieces == (Piece("At home", "rule", "at_home"),)
    assert [said(part.pieces) for part in either.parts] == ["Helped", "Low"]
    low = rules().tell_formula("low", "en")
    assert (low.kind, said(low.pieces)) == (
        "sentence",
        "the sum of Income over the entries in Incomes is at or below Ceiling",
    )
    assert low.pieces[-1] == Piece("Ceiling", "figure", "ceiling")


def test_a_decision_table_is_told_as_a_table() -> None:
    table = (
        "  size: {of: contract, label: {en: Size}, table: {inputs: [power, use], rows: ["
        "{when: ['[1..5)', '\"domestic\"'], then: '1'}, {when: ['< 3', '-'], then: power * 2}], otherwise: '9'}}"
    )
    told = rules(HEAD + table).tell_formula("size", "en")
    assert (told.kind, [said(head) for head in told.heads]) == ("table", ["Power", "Use"])
    assert said(told.pieces) == "The first row that fits counts."
    assert [([said(test) for test in line.tests], said(line.result)) for line in told.lines] == [
        (["is at or above 1 and is below 5", "Home"], "1"),
        (["is below 3", "any"], "Power × 2"),
        ([], "9"),
    ]


def test_cells_that_turn_a_test_round_and_lists_are_told() -> None:
    table = (
        "  size: {of: contract, label: {en: Size}, table: {hit: collect, inputs: [use, power], rows: ["
        "{when: ['not(\"domestic\")', 'not(< 3)'], then: '1'}]}}\n"
        "  pair: {of: contract, label: {en: Pair}, formula: 'sum([power, 2 ** 3])'}"
    )
    ruleset = rules(HEAD + table)
    told = ruleset.tell_formula("size", "en")
    assert said(told.pieces) == "All rows that fit count, each with its result."
    assert [said(test) for test in told.lines[0].tests] == ["anything but Home", "is at or above 3"]
    assert ruleset.say_formula("pair", "en") == "the sum of these values: “Power” and 2 to the power of 3"


def test_a_list_is_explained_by_its_values() -> None:
    table = "  marks: {of: contract, label: {en: M}, table: {hit: collect, inputs: [power], rows: [{when: ['< 5'], then: '1'}, {when: ['< 9'], then: '2'}]}}"
    ruleset = rules(HEAD + table + "\n  some_marks: {of: contract, label: {en: S}, formula: count(marks) > 1}")
    one = compile_one(ruleset, entity="contract", goal="some_marks", as_of=date(2026, 9, 1))
    decision = one.decide({"contract": [{"contract_id": "k", "power": Decimal(3)}]})
    assert decision.outcome is True
    assert [(step.name, step.value) for step in decision.steps.children] == [("marks", (1, 2))]


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("(1 + 2) * 3", "(1 + 2) × 3"),
        ("1 + 2 * 3", "1 + 2 × 3"),
        ("8 - (3 - 2)", "8 − (3 − 2)"),
        ("8 - 3 - 2", "8 − 3 − 2"),
        ("(power + 1) / 2", "(“Power” + 1) ÷ 2"),
    ],
)
def test_brackets_stand_where_the_sum_needs_them(formula: str, words: str) -> None:
    ruleset = rules(f"{HEAD}  x: {{of: contract, label: {{en: X}}, formula: {formula}}}")
    assert ruleset.say_formula("x", "en") == words


def test_the_same_text_has_the_same_hash_and_another_text_another() -> None:
    assert rules().hash == rules().hash
    assert rules().hash != rules(RULES.replace("100.50", "100.51")).hash


def test_a_long_chain_of_variables_is_compiled() -> None:
    chain = "\n".join(
        f"  v{n}: {{of: person, label: {{en: V}}, formula: 'if v{n - 1} > 3 then v{n - 1} else taxable_income'}}"
        for n in range(1, 300)
    )
    ruleset = rules(f"{HEAD}  v0: {{of: person, label: {{en: V}}, formula: taxable_income}}\n{chain}")
    nation = ask_nation(ruleset, entity="person", outputs={"v": "v299"}, as_of=date(2026, 9, 1))
    assert '"v299"' in nation.steps[-1].sql
    assert nation.reads == {"income": ("tax_id", "taxable_income")}
