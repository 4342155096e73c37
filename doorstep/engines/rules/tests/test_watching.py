# ruff: noqa: E501 - tables of cases read best on one line each
"""Generated rules and rows: watching changes nothing, sees only what can happen, and sees it as it is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doorstep.engines.rules.api import Branch, RuleSet
from doorstep.engines.rules.coverage import all_branches, branches_reached, formulas_of
from doorstep.engines.rules.person import Person
from doorstep.engines.rules.tests.test_agreement import AS_OF, rule_sets, situations
from doorstep.engines.rules.tests.town import rules
from doorstep.engines.rules.watching import Observer

OUTPUTS = {"goal": "goal", "why": "goal.reason"}
OUTCOMES = {"true": True, "false": False, "unknown": None, "then": True, "else": False, "neither, unknown": None}
RESULTS = {"1": 1, "2": 2}
Situation = dict[str, list[dict[str, Any]]]

# Pieces from which conditions are put together, those included that test for a missing value.
of_contracts = [
    "power > 5", "power = null", "power != null", 'use = "domestic"', "use = null", 'use in ("domestic", "business")',
    "holder.taxable_income <= ceiling", "holder.taxable_income = null", "holder.taxable_income != null", "open", "true",
    "holder.helped", "holder.helped = null", "count(holder.benefits[amount = null or amount > 5]) > 0", "power between 1 and 5",
    "today() > date(\"2026-01-01\")", "holder.born_on = null or holder.born_on < today()", "ceiling > 95",
    "some b in holder.benefits satisfies b.amount != null and b.amount > 5", "every b in holder.benefits satisfies b.kind in kinds",
]  # fmt: skip
of_persons = [
    "taxable_income > 5", "taxable_income = null", "taxable_income != null", "born_on < today()", "born_on = null", "open",
    "some b in benefits satisfies b.amount = null or b.amount > 5", "some b in benefits satisfies b.until = null or b.until >= today()",
    "every b in benefits satisfies b.until != null and b.until >= today()", "count(benefits[if until = null then false else until >= today() and amount > 5]) = 1", "sum(for b in benefits return if b.amount = null then 0 else b.amount) > 5",
]  # fmt: skip


def formulas(pieces: list[str]) -> st.SearchStrategy[str]:
    """Conditions within conditions."""
    return st.recursive(
        st.sampled_from([f"({piece})" for piece in pieces]),
        lambda inner: st.one_of(
            st.builds("({} and {})".format, inner, inner),
            st.builds("({} or {})".format, inner, inner),
            st.builds("not({})".format, inner),
            st.builds("(if {} then {} else {})".format, inner, inner, inner),
        ),
        max_leaves=6,
    )


cells = st.sampled_from(["-", "< 5", "[3..6]", "> 5, 3.45", "3.45", "6.90"])
# What only the day of the decision can tell, so that rows may fit together where a table says that they must not.
untold = st.sampled_from(["< small", "[3..small]", "> small - 4", "small", ">= small"])
uses = st.sampled_from(["-", '"domestic"', '"business", "domestic"', '"business"'])


@st.composite
def guarded(draw: st.DrawFn) -> RuleSet:
    """A formula full of tests for what is missing, and a decision table."""
    hit = draw(st.sampled_from(["first", "unique", "any", "sum", "min", "max", "count"]))
    tests = untold if hit in ("unique", "any") else cells
    rows = draw(st.lists(st.tuples(uses, tests, st.sampled_from(sorted(RESULTS))), min_size=1, max_size=4))
    table = ", ".join(f"{{when: ['{use}', '{power}'], then: '{then}'}}" for use, power, then in rows)
    otherwise = draw(st.sampled_from(["", "otherwise: '3', "]))
    return rules(f"""
    rules: generated
    parameters:
      ceiling: {{label: {{en: Ceiling}}, unit: EUR/year, values: {{2020-01-01: 100.50, 2026-01-01: 90}}, reference: Act 1}}
      kinds: {{label: {{en: Kinds}}, values: {{2020-01-01: [pension]}}, reference: Act 2}}
      small: {{label: {{en: Small}}, values: {{2020-01-01: 3.45, 2025-01-01: 6.90}}, reference: Act 4}}
      open: {{label: {{en: Open}}, values: {{2020-01-01: false, 2025-01-01: true}}, reference: Act 3}}
    variables:
      helped: {{of: person, label: {{en: Helped}}, formula: '({draw(formulas(of_persons))})'}}
      level: {{of: contract, label: {{en: Level}}, table: {{inputs: [use, power], hit: {hit}, {otherwise}rows: [{table}]}}}}
      goal: {{of: contract, label: {{en: Goal}}, formula: '({draw(formulas(of_contracts))}) or level > 1'}}
    """)


def check(ruleset: RuleSet, situation: Situation) -> None:
    observer = Observer(formulas_of(ruleset))
    plain = Person(ruleset, entity="contract", outputs=OUTPUTS, as_of=AS_OF)
    watched = Person(ruleset, entity="contract", outputs=OUTPUTS, as_of=AS_OF, watch=observer)
    listed = set(all_branches(ruleset))
    for key in [row["contract_id"] for row in situation["contract"] if row["contract_id"]]:
        one, other = plain.evaluate(situation, key=key), watched.evaluate(situation, key=key)
        for name in OUTPUTS:
            assert plain.output(one, name) == watched.output(other, name)
        reached = branches_reached(ruleset, observer, watched, other)
        assert reached <= listed, [(branch.part, branch.outcome) for branch in reached - listed]
        assert any(branch.owner == "goal" for branch in reached)
        if "level" in ruleset.variables:
            rows_that_fit_give_the_level(ruleset, reached, plain_level(ruleset, situation, key))
        for branch in reached:
            if branch.owner == "goal" and branch.outcome in OUTCOMES and "b." not in branch.part:
                seen_as_it_is(ruleset, branch, situation, key)


def plain_level(ruleset: RuleSet, situation: Situation, key: str) -> Any:
    alone = Person(ruleset, entity="contract", outputs={"level": "level"}, as_of=AS_OF)
    return alone.output(alone.evaluate(situation, key=key), "level")


def rows_that_fit_give_the_level(ruleset: RuleSet, reached: frozenset[Branch], level: Any) -> None:
    """The rows that are told to fit are those from which the table's value follows."""
    table = ruleset.variables["level"].shape.table
    assert table is not None
    mine = [branch for branch in reached if branch.owner == "level"]
    told = {branch.outcome for branch in mine if branch.role == "inputs"}
    fits = [RESULTS[branch.part[-1]] for branch in mine if branch.outcome == "fits"]
    if fits:
        assert not told
        made = {"sum": sum, "min": min, "max": max, "count": len}.get(table.hit, lambda values: values[0])
        assert made(fits) == level
        assert table.hit != "any" or len(set(fits)) == 1
    elif level is not None:
        assert "unknown" not in told
        assert level == (3 if table.otherwise else 0)
    if "unknown" in told:
        assert level is None


def seen_as_it_is(ruleset: RuleSet, branch: Branch, situation: Situation, key: str) -> None:
    """A part that is reached with an outcome has that outcome when it is asked for by itself."""
    if branch.sign or branch.part.startswith(('"', "amount")):
        return  # half of a range, one of several values, or about a related row
    alone = Person(ruleset, entity="contract", outputs={"part": branch.part}, as_of=AS_OF)
    assert alone.output(alone.evaluate(situation, key=key), "part") is OUTCOMES[branch.outcome], branch


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ruleset=rule_sets(), situation=situations())
def test_rules_about_contracts_persons_and_households(ruleset: RuleSet, situation: Situation) -> None:
    check(ruleset, situation)


@pytest.mark.slow
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ruleset=guarded(), situation=situations())
def test_conditions_that_test_for_what_is_missing_and_tables(ruleset: RuleSet, situation: Situation) -> None:
    check(ruleset, situation)
