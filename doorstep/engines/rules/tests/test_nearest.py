"""The nearest change turns the outcome when it is applied and decided again; one step less does not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doorstep.engines.rules.api import Change, One, compile_one, turning_day
from doorstep.engines.rules.tests.town import rules
from doorstep.kit.errors import Problems

AS_OF = date(2026, 9, 1)
CENT = Decimal("0.01")
WORDS = "{less: {en: 'If it were {difference} less'}, more: {en: 'If it were {difference} more'}}"
RULES = f"""
rules: town
parameters:
  ceiling: {{label: {{en: Ceiling}}, unit: EUR/year, values: {{2020-01-01: 100.50}}, reference: Act 1}}
  floor: {{label: {{en: Floor}}, unit: EUR/year, values: {{2020-01-01: 20}}, reference: Act 1}}
  kinds: {{label: {{en: Kinds}}, values: {{2020-01-01: [pension]}}, reference: Act 2}}
variables:
  total: {{of: household, label: {{en: Total}}, formula: sum(members.taxable_income), change: {WORDS}}}
  poor: {{of: household, label: {{en: Poor}}, formula: FORMULA, because: BECAUSE}}
  helped:
    of: person
    label: {{en: Helped}}
    formula: some b in benefits satisfies b.kind in kinds
    because: BECAUSE
    change: {{yes: {{en: If you had help}}}}
  size: {{of: contract, label: {{en: Size}}, formula: power, change: {WORDS}}}
  purpose: {{of: contract, label: {{en: Purpose}}, formula: use, change: {{to: {{en: 'If it were {{value}}'}}}}}}
  fitting: {{of: contract, label: {{en: Fitting}}, formula: size <= 6.90 and purpose = "domestic", because: BECAUSE}}
  entitled: {{of: contract, label: {{en: Entitled}}, formula: fitting and (holder.helped or holder.household.poor)}}
""".replace("BECAUSE", "{yes: {en: 'yes'}, no: {en: 'no'}, unknown: {en: unknown}}")
SIMPLE = "total <= ceiling"
# A window, a sum of both sides, a rounding and a division: each has its edges elsewhere.
FORMULAS = [
    SIMPLE,
    "total >= floor and total <= ceiling",
    "total * 2 + floor <= ceiling",
    "total / 3 < floor",
    "floor(total) <= ceiling",
    "if total > ceiling then total < 500 else total > floor",
]
ONES: dict[str, One] = {}


def one_of(formula: str) -> One:
    if formula not in ONES:
        ruleset = rules(RULES.replace("FORMULA", f"'{formula}'"))
        ONES[formula] = compile_one(ruleset, entity="contract", goal="entitled", as_of=AS_OF)
    return ONES[formula]


def situation(income: str, *, power: str = "3.45", use: str = "domestic", helped: bool = False) -> dict[str, Any]:
    return {
        "contract": [{"contract_id": "k", "holder": "p", "use": use, "power": Decimal(power)}],
        "income": [{"tax_id": "p", "household": "h", "taxable_income": Decimal(income)}],
        "benefit": [{"tax_id": "p", "kind": "pension"}] if helped else [],
    }


def applied(change: Change, given: dict[str, Any], value: Any) -> dict[str, Any]:
    """The rows with which the variable comes out as ``value``."""
    rows = {name: [dict(row) for row in found] for name, found in given.items()}
    if change.variable == "total":
        rows["income"][0]["taxable_income"] = value
    elif change.variable == "size":
        rows["contract"][0]["power"] = value
    elif change.variable == "purpose":
        rows["contract"][0]["use"] = value
    else:
        rows["benefit"] = [{"tax_id": "p", "kind": "pension"}] if value else []
    return rows


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    formula=st.sampled_from(FORMULAS),
    cents=st.integers(0, 90000),
    power=st.sampled_from(["3.45", "6.90", "10.35"]),
    use=st.sampled_from(["domestic", "business"]),
    helped=st.booleans(),
)
def test_deciding_again_with_the_change_turns_the_outcome_and_one_step_less_does_not(
    formula: str, cents: int, power: str, use: str, helped: bool
) -> None:
    one = one_of(formula)
    given = situation(str(Decimal(cents).scaleb(-2)), power=power, use=use, helped=helped)
    before = one.decide(given).outcome
    for change in one.nearest(given):
        assert change.outcome is (not before)
        assert one.decide(applied(change, given, change.after)).outcome is change.outcome
        if change.difference is not None:
            assert isinstance(change.after, Decimal)
            assert isinstance(change.before, Decimal)
            towards = CENT if change.before > change.after else -CENT
            assert one.decide(applied(change, given, change.after + towards)).outcome is before


@settings(max_examples=100, deadline=None)
@given(cents=st.integers(0, 90000), power=st.sampled_from(["3.45", "10.35"]))
def test_the_kept_facts_alone_give_the_same_changes_as_the_rows(cents: int, power: str) -> None:
    one = one_of(SIMPLE)
    given = situation(str(Decimal(cents).scaleb(-2)), power=power)
    decided = one.decide(given)
    stored = {
        name: None if value is None else str(value).replace("True", "true") for name, value in decided.facts.items()
    }
    assert one.nearest_to(stored) == one.nearest(given)
    assert one.retell(stored).outcome is decided.outcome


def test_no_nearer_value_turns_a_window() -> None:
    """Tried cent by cent: what is found is the nearest of all."""
    one = one_of(FORMULAS[5])
    for cents in (0, 1999, 2001, 10049, 10051, 30000, 49999, 50000, 60000):
        given = situation(str(Decimal(cents).scaleb(-2)))
        before = one.decide(given).outcome
        (change,) = [found for found in one.nearest(given) if found.variable == "total"]
        near = int(change.difference / CENT) if change.difference else 0
        for away in range(1, near):
            for value in (cents - away, cents + away):
                if value >= 0:
                    rows = applied(change, given, Decimal(value).scaleb(-2))
                    assert one.decide(rows).outcome is before


def test_one_cent_above_is_one_cent_too_much() -> None:
    (nearest, other) = one_of(SIMPLE).nearest(situation("100.51"))
    assert (nearest.variable, nearest.after, nearest.difference) == ("total", Decimal("100.50"), CENT)
    assert (other.variable, other.after, other.difference) == ("helped", True, None)


def test_a_code_changes_to_one_that_the_rules_know() -> None:
    (change,) = one_of(SIMPLE).nearest(situation("50", use="business"))
    assert (change.variable, change.before, change.after) == ("purpose", "business", "domestic")


def test_two_obstacles_at_once_have_no_single_change() -> None:
    assert one_of(SIMPLE).nearest(situation("500", use="business")) == ()


def test_an_open_outcome_has_no_nearest_change() -> None:
    given = situation("500")
    given["income"][0]["taxable_income"] = None
    assert one_of(SIMPLE).nearest(given) == ()


def test_facts_that_do_not_tell_the_outcome_give_no_change() -> None:
    assert one_of(SIMPLE).nearest_to({"total": "500.00"}) == ()


def test_words_that_would_not_be_true_are_not_said() -> None:
    """A first income changes the ceiling too, so nothing is said of it; further income does not."""
    text = RULES.replace("FORMULA", f"'{SIMPLE}'").replace(
        "'If it were {difference} more'}}", "'More'}, when: earning}", 1
    )
    text = text.replace("  poor:", "  earning: {of: household, label: {en: Earning}, formula: total > 0}\n  poor:", 1)
    one = compile_one(rules(text), entity="contract", goal="entitled", as_of=AS_OF)
    assert "total" not in {change.variable for change in one.nearest(situation("0"))}
    (change,) = [found for found in one.nearest(situation("0.01")) if found.variable == "total"]
    assert change.after == Decimal("100.51")
    with pytest.raises(Problems, match="holds when 'nothing'"):
        rules(text.replace("when: earning", "when: nothing"))


def test_the_day_on_which_the_law_turns_the_outcome() -> None:
    text = RULES.replace("FORMULA", f"'{SIMPLE}'").replace("2020-01-01: 100.50", "2020-01-01: 100.50, 2027-03-01: 600")
    one = compile_one(rules(text), entity="contract", goal="entitled", as_of=AS_OF)
    assert turning_day(one, situation("500")) == date(2027, 3, 1)
    assert turning_day(one, situation("50")) is None


@pytest.mark.parametrize(
    ("formula", "day"),
    [
        ("age(born_on, today()) >= 65", date(2027, 5, 17)),
        ('born_on + duration("P64Y10M") <= today()', date(2027, 3, 17)),
    ],
)
def test_the_day_on_which_time_turns_the_outcome(formula: str, day: date) -> None:
    text = (
        "rules: old\nvariables:\n"
        f"  old: {{of: person, label: {{en: Old}}, formula: '{formula}'}}\n"
        "  entitled: {of: contract, label: {en: Entitled}, formula: holder.old}\n"
    )
    one = compile_one(rules(text), entity="contract", goal="entitled", as_of=AS_OF)
    given = situation("0")
    given["income"][0]["born_on"] = date(1962, 5, 17)
    assert turning_day(one, given) == day


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ("{yes: {en: If so}}", "cannot change to 'yes'"),
        ("{}", "has no words"),
        ("{less: {en: 'If {amount} less'}}", "mentions 'amount'"),
        ("{less: {en: 'If {difference less'}}", "not closed"),
        ("{less: {pt: Se}}", "no words in 'en'"),
    ],
)
def test_words_of_a_change_that_do_not_fit_are_named(change: str, wrong: str) -> None:
    text = RULES.replace("FORMULA", f"'{SIMPLE}'").replace(
        f"members.taxable_income), change: {WORDS}", f"members.taxable_income), change: {change}"
    )
    with pytest.raises(Problems, match=wrong):
        rules(text)
