# ruff: noqa: E501 - tables of cases read best on one line each
"""The nation's SQL and the person's Python agree to the cent, on generated rules and rows, unknown values included."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doorstep.engines.rules.api import RuleSet, ask_nation, compile_one, every_doubt
from doorstep.engines.rules.person import Person
from doorstep.engines.rules.tests.town import RULES, registers, rules

AS_OF = date(2026, 9, 1)

keys = st.none() | st.sampled_from(["a", "b", "c", "x"])
money = st.none() | st.integers(-20000, 20000).map(lambda cents: Decimal(cents).scaleb(-2))
persons = st.fixed_dictionaries(
    {
        "household": st.none() | st.sampled_from(["h", "i"]),
        "taxable_income": money,
        "born_on": st.none() | st.dates(date(1920, 1, 1), date(2026, 8, 1)),
    }
)
benefits = st.lists(
    st.fixed_dictionaries(
        {
            "tax_id": keys,
            "kind": st.none() | st.sampled_from(["pension", "grant"]),
            "amount": money,
            "until": st.none() | st.dates(date(2026, 8, 30), date(2026, 9, 2)),
            "until?": st.booleans(),
        }
    ).map(lambda row: {**row, "until?": row["until?"] and row["until"] is None}),
    max_size=5,
)
contracts = st.lists(
    st.fixed_dictionaries(
        {
            "holder": keys,
            "use": st.none() | st.sampled_from(["domestic", "business"]),
            "power": st.none() | st.sampled_from([Decimal("3.45"), Decimal("6.90")]),
        }
    ),
    min_size=1,
    max_size=4,
)


@st.composite
def situations(draw: st.DrawFn) -> dict[str, list[dict[str, Any]]]:
    people = draw(st.dictionaries(st.sampled_from(["a", "b", "c"]), persons, max_size=3))
    loose_people = [
        {"tax_id": None, "household": household, "taxable_income": None, "born_on": None}
        for household in draw(st.lists(st.sampled_from(["h", "i"]), max_size=2))
    ]
    loose_contracts = [
        {"contract_id": None, "holder": holder, "use": None, "power": None}
        for holder in draw(st.lists(st.sampled_from(["a", "b"]), max_size=1))
    ]
    return {
        "contract": [{"contract_id": f"k{index}", **row} for index, row in enumerate(draw(contracts))]
        + loose_contracts,
        "income": [{"tax_id": key, **row} for key, row in people.items()] + loose_people,
        "benefit": draw(benefits),
    }


# Conditions and numbers about each entity, from which rules are put together.
household_numbers = [
    "sum(members.taxable_income)", "count(members)", "count(members[taxable_income = 0])", "min(members.taxable_income)",
    "max(members[taxable_income > 10].taxable_income)", "count(members[some b in benefits satisfies b.amount > 5])",
    "sum(for m in members return m.taxable_income * 0.5)", "sum(members[taxable_income > household.base].taxable_income)",
]  # fmt: skip
person_conditions = [
    "taxable_income <= ceiling", "some b in benefits satisfies b.kind in kinds", "every b in benefits satisfies b.amount > 0",
    "age(born_on, today()) >= 18", "count(benefits[kind = \"grant\"]) > 0", "household.base > 50", "taxable_income = null",
    "some b in benefits satisfies b.until = null or b.until >= today()", "count(benefits[until != null]) = 1", "count(contracts) > 1",
    "every m in household.members satisfies m.taxable_income = null",
]  # fmt: skip
benefit_conditions = [
    "some b in benefits satisfies b.amount > 5", "every b in benefits satisfies b.amount > 5",
    "not(some b in benefits satisfies b.kind in kinds)", "not(every b in benefits satisfies b.kind in kinds)",
    "(some b in benefits satisfies b.amount > 5) or count(benefits) > 1",
]  # fmt: skip


@st.composite
def rule_sets(draw: st.DrawFn) -> RuleSet:
    of_household = draw(st.sampled_from(household_numbers))
    unit = "" if of_household.startswith("count") else "unit: EUR/year, "
    of_benefits = draw(st.sampled_from(benefit_conditions))
    of_person = draw(st.lists(st.sampled_from(person_conditions), min_size=1, max_size=3))
    join = draw(st.sampled_from([" and ", " or "]))
    join_ends = f"){join}("
    contract = draw(
        st.sampled_from(
            [
                'use = "domestic" and holder.fits',
                "holder.fits or power > 5",
                'if use = "domestic" then holder.fits else holder.household.number > 3',
                'not(holder.fits) and (power <= 5 or use = "business")',
                "holder.household.number / 3 > 7 or holder.fits",
                "holder.household.poor or power > 5",
                'use = "domestic" and not(holder.household.poor)',
                "holder.household.poor and holder.household.number > 1 and power <= 5",
                'holder.helped or holder.household.poor and use != "business"',
                "not(holder.helped)",
                "(if holder.helped then holder.household.number else null) > 2",
            ]
        )
    )
    text = f"""
    rules: generated
    parameters:
      ceiling: {{label: {{en: Ceiling}}, unit: EUR/year, values: {{2020-01-01: 100.50}}, reference: Act 1}}
      kinds: {{label: {{en: Kinds}}, values: {{2020-01-01: [pension]}}, reference: Act 2}}
      ceiling_in_all: {{label: {{en: In all}}, {unit}values: {{2020-01-01: 50}}, reference: Act 3}}
    variables:
      base: {{of: household, label: {{en: Base}}, formula: "min(members.taxable_income)"}}
      number: {{of: household, label: {{en: Number}}, formula: '{of_household}'}}
      poor: {{of: household, label: {{en: Poor}}, formula: number <= ceiling_in_all}}
      helped: {{of: person, label: {{en: Helped}}, formula: '{of_benefits}'}}
      fits: {{of: person, label: {{en: Fits}}, formula: '({join_ends.join(of_person)})'}}
      goal: {{of: contract, label: {{en: Goal}}, formula: '{contract}'}}
    """
    return rules(text)


def in_sql(
    ruleset: RuleSet,
    outputs: dict[str, str],
    situation: dict[str, list[dict[str, Any]]],
    leave_out: str | None = None,
) -> list[tuple[Any, ...]]:
    doubts = every_doubt(ruleset)
    nation = ask_nation(ruleset, entity="contract", outputs=outputs, as_of=AS_OF, leave_out=leave_out, doubts=doubts)
    connection = duckdb.connect()
    for name, needed in nation.reads.items():  # there is nothing but what the steps say they read
        kinds = {column: shape.sql_type for column, shape in registers()[name].columns.items()}
        columns = ", ".join(f'"{column}" {kinds.get(column, "BOOLEAN")}' for column in needed)
        connection.execute(f'CREATE TABLE "{name}" ({columns})')
        for row in situation[name]:
            marks = ", ".join("?" for _ in needed)
            connection.execute(f'INSERT INTO "{name}" VALUES ({marks})', [row[column] for column in needed])
    for step in nation.steps:
        connection.execute(f'CREATE TABLE "{step.name}" AS {step.sql}')
    return connection.execute(f'SELECT * FROM "{nation.steps[-1].name}" ORDER BY "key"').fetchall()


def in_python(
    ruleset: RuleSet, outputs: dict[str, str], situation: dict[str, list[dict[str, Any]]]
) -> list[tuple[Any, ...]]:
    person = Person(ruleset, entity="contract", outputs=outputs, as_of=AS_OF)
    found = []
    for row in situation["contract"]:
        if row["contract_id"] is None:
            continue
        trace = person.evaluate(situation, key=row["contract_id"])
        found.append((row["contract_id"], *(person.output(trace, name) for name in outputs)))
    return found


GOAL = "rules: one\nvariables:\n  goal: {of: contract, label: {en: Goal}, formula: 'FORMULA'}\n"
OUTPUTS = {"goal": "goal", "why": "goal.reason", "number": "holder.household.number", "fits": "holder.fits"}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ruleset=rule_sets(), situation=situations())
def test_both_generators_agree_on_generated_rules_and_rows(
    ruleset: RuleSet, situation: dict[str, list[dict[str, Any]]]
) -> None:
    assert in_sql(ruleset, OUTPUTS, situation) == in_python(ruleset, OUTPUTS, situation)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ruleset=rule_sets(), situation=situations())
def test_leaving_out_the_refused_leaves_out_them_alone(
    ruleset: RuleSet, situation: dict[str, list[dict[str, Any]]]
) -> None:
    outputs = {"goal": "goal"}
    everybody = in_python(ruleset, outputs, situation)
    assert in_sql(ruleset, outputs, situation, leave_out="goal") == [row for row in everybody if row[1] is not False]


@settings(max_examples=10, deadline=None)
@given(situation=situations())
def test_a_register_that_is_only_joined_is_joined_by_its_key(situation: dict[str, list[dict[str, Any]]]) -> None:
    outputs = {"born": "holder.born_on"}
    assert in_sql(rules(RULES), outputs, situation) == in_python(rules(RULES), outputs, situation)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(situation=situations())
def test_reasons_agree_and_name_a_variable_with_that_very_outcome(situation: dict[str, list[dict[str, Any]]]) -> None:
    ruleset = rules(RULES)
    facts = dict(ruleset.facts_of("contract", "entitled"))
    outputs = {"entitled": "entitled", "why": "entitled.reason", **facts}
    told = in_sql(ruleset, outputs, situation)
    assert told == in_python(ruleset, outputs, situation)
    for _, outcome, why, *values in told:
        assert dict(zip(facts, values, strict=True))[why] is outcome


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(situation=situations())
def test_registers_kept_apart_give_the_same_as_the_joint_run(situation: dict[str, list[dict[str, Any]]]) -> None:
    ruleset = rules(RULES)
    questions = ruleset.questions("contract", "entitled")
    assert {question.provider for question in questions} == {"tax", "social"}
    joint = compile_one(ruleset, entity="contract", goal="entitled", as_of=AS_OF)
    apart = compile_one(ruleset, entity="contract", goal="entitled", as_of=AS_OF, given=questions)
    holders = sorted({row["holder"] for row in situation["contract"]} - {None})
    answers: dict[str, list[dict[str, Any]]] = {"contract": situation["contract"]}
    for question in questions:
        # The provider sees only the keys that are asked and its own register.
        own = {name: rows for name, rows in situation.items() if registers()[name].provider == question.provider}
        asked = {
            "contract": [{"contract_id": key, "holder": key, "use": None, "power": None} for key in holders],
            **own,
        }
        person = Person(ruleset, entity="contract", outputs={"v": f"holder.{question.expression}"}, as_of=AS_OF)
        answers[question.relation] = [
            {"key": key, "value": person.output(person.evaluate(asked, key=key), "v")} for key in holders
        ]
    for row in situation["contract"]:
        if row["contract_id"] is None:
            continue
        one = joint.decide(situation, key=row["contract_id"])
        other = apart.decide(answers, key=row["contract_id"])
        assert (one.outcome, one.reason) == (other.outcome, other.reason)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("count(holder.household.members) > 1", None),
        ("sum(holder.household.members.taxable_income) > 1", None),
        ("some m in holder.household.members satisfies m.taxable_income = 50", True),
        ("some m in holder.household.members satisfies m.taxable_income = 51", None),
        ("every m in holder.household.members satisfies m.taxable_income = 51", False),
        ("every m in holder.household.members satisfies m.taxable_income = 50", None),
        ("count(holder.household.members[taxable_income = null]) = 0", None),
        ("holder.taxable_income = 50", True),
    ],
)
def test_a_row_that_may_belong_to_a_household_leaves_what_depends_on_it_unknown(
    formula: str, expected: bool | None
) -> None:
    ruleset = rules(GOAL.replace("FORMULA", formula))
    situation = {
        "contract": [{"contract_id": "k", "holder": "a", "use": None, "power": None}],
        "income": [
            {"tax_id": "a", "household": "h", "taxable_income": Decimal(50), "born_on": None},
            {"tax_id": None, "household": "h", "taxable_income": None, "born_on": None},
        ],
        "benefit": [],
    }
    assert in_python(ruleset, {"goal": "goal"}, situation) == in_sql(ruleset, {"goal": "goal"}, situation)
    assert in_python(ruleset, {"goal": "goal"}, situation) == [("k", expected)]


@pytest.mark.parametrize("unread", [True, False])
def test_a_cell_that_could_not_be_read_is_not_an_empty_one(unread: bool) -> None:
    ruleset = rules(GOAL.replace("FORMULA", "some b in holder.benefits satisfies b.until = null"))
    benefit = {"tax_id": "a", "kind": "grant", "amount": Decimal(1), "until": None, "until?": unread}
    contract = {"contract_id": "k", "holder": "a", "use": None, "power": None}
    situation: dict[str, list[dict[str, Any]]] = {"contract": [contract], "income": [], "benefit": [benefit]}
    assert in_python(ruleset, {"goal": "goal"}, situation) == in_sql(ruleset, {"goal": "goal"}, situation)
    assert in_python(ruleset, {"goal": "goal"}, situation) == [("k", None if unread else True)]
