""" "Would I get it?": questions, answers as people write them, and the law's own figures. No database."""

from __future__ import annotations

import contextlib
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorstep.domains.benefits import api
from doorstep.domains.benefits.tests.world import PROGRAMME
from doorstep.domains.benefits.types import BadAnswer, NotFound, Outcome
from doorstep.domains.country.api import Country

DAY = date(2026, 9, 1)
HOME = {"energy": "electricity", "use": "domestic", "permanent_home": "yes", "power_kva": "3.45"}


def ask(country: Country, language: str = "en", **answers: str) -> Outcome:
    return api.would_i_get_it(country=country, programme=PROGRAMME, answers=answers, language=language, as_of=DAY)


def household(country: Country, members: int, without: int, income: str) -> Outcome:
    return ask(country, **HOME, benefit="none", members=str(members), without_income=str(without), income=income)


@pytest.mark.parametrize(
    ("members", "without", "ceiling"),
    [(1, 0, "6272.64"), (2, 1, "9408.96"), (3, 2, "12545.28"), (11, 10, "37635.84"), (14, 13, "37635.84")],
)
def test_the_laws_thresholds_hold_to_the_cent(country: Country, members: int, without: int, ceiling: str) -> None:
    assert household(country, members, without, ceiling).entitled is True
    above = household(country, members, without, str(Decimal(ceiling) + Decimal("0.01")))
    assert above.entitled is False
    assert above.reason_code == "low_income"


@given(members=st.integers(1, 20), without=st.integers(0, 19), cents=st.integers(1, 5_000_000))
def test_a_few_questions_decide_any_household(country: Country, members: int, without: int, cents: int) -> None:
    without = min(without, members - 1)
    ceiling = Decimal("6272.64") * (1 + Decimal("0.5") * min(without, 10))
    outcome = household(country, members, without, f"{cents / 100:.2f}")
    assert outcome.entitled is (Decimal(cents) / 100 <= ceiling)


def test_a_benefit_needs_no_questions_about_income(country: Country) -> None:
    answers = {**HOME, "benefit": "minimum-income"}
    asked = api.ask_questions(country=country, programme=PROGRAMME, answers=answers, language="en")
    assert [question.id for question in asked] == ["energy", "use", "permanent_home", "power_kva", "benefit"]
    outcome = ask(country, **answers)
    assert (outcome.entitled, outcome.reason_code) == (True, "qualifying_benefit")
    assert outcome.gives == "33.8% off what you pay for energy"


def test_nobody_with_an_income_ends_the_questions(country: Country) -> None:
    answers = {**HOME, "benefit": "none", "members": "2", "without_income": "2"}
    asked = api.ask_questions(country=country, programme=PROGRAMME, answers=answers, language="en")
    assert "income" not in {question.id for question in asked}
    assert ask(country, **answers).entitled is True


def test_a_business_is_told_at_once(country: Country) -> None:
    outcome = ask(country, energy="gas", use="business")
    assert (outcome.entitled, outcome.reason_code) == (False, "domestic_use")


def test_not_knowing_is_not_no(country: Country) -> None:
    outcome = ask(country, **{**HOME, "power_kva": ""}, benefit="minimum-income")
    assert (outcome.entitled, outcome.reason_code) == (None, "small_connection")
    unsure = ask(country, **HOME, benefit="not-sure", members="1", without_income="0", income="90000")
    assert unsure.entitled is None
    poor = ask(country, **HOME, benefit="not-sure", members="1", without_income="0", income="100")
    assert poor.entitled is True


@pytest.mark.parametrize("language", ["en", "pt", "bn", "ar"])
def test_reasons_steps_and_questions_speak_every_language(country: Country, language: str) -> None:
    outcome = ask(country, language, **HOME, benefit="none", members="2", without_income="1", income="90000")
    assert outcome.reason
    assert {step.variable for step in outcome.steps} >= {"domestic_use", "low_income"}
    assert all(step.words for step in outcome.steps)
    asked = api.ask_questions(country=country, programme=PROGRAMME, answers=HOME, language=language)
    assert all(question.label for question in asked)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("5400", "5400"), ("5 400,50", "5400.50"), ("5,400.50", "5400.50"), ("5.400,50", "5400.50"),
        ("5,400", "5400"), ("5.400", "5400"), ("1.234.567", "1234567"), ("€ 12.5", "12.5"), ("৫৪০০", "5400"),
        ("٥٤٠٠٫٥٠", "5400.50"), ("5'400", "5400"), ("0000.5", "0.5"),
    ],
)  # fmt: skip
def test_amounts_are_read_as_people_write_them(country: Country, written: str, meant: str) -> None:
    outcome = household(country, 1, 0, written)
    (income,) = [fact.value for fact in outcome.facts if fact.name == "household_income"]
    assert income == f"EUR {Decimal(meant):,.2f}"


@pytest.mark.parametrize(
    "wrong", ["", "abc", "-5", "1.234,5.6", "1,2,3", "0", "12.345678", "9" * 40, "1e5", "NaN", "٣..٤"]
)
def test_an_amount_that_cannot_be_meant_is_said_so(country: Country, wrong: str) -> None:
    answers = {**HOME, "benefit": "none", "members": "1", "without_income": "0", "income": wrong}
    if wrong == "":
        assert ask(country, **answers).entitled is None
        return
    with pytest.raises(BadAnswer) as caught:
        ask(country, **answers)
    assert caught.value.question == "income"
    with pytest.raises(BadAnswer):
        api.check_answer(country=country, programme=PROGRAMME, question="income", answers=answers, language="ar")


@given(st.text(max_size=40))
def test_no_text_breaks_an_answer(country: Country, text: str) -> None:
    for question in ("energy", "power_kva", "members"):
        answers = {**HOME, "benefit": "none", question: text}
        api.ask_questions(country=country, programme=PROGRAMME, answers=answers, language="en")
        with contextlib.suppress(BadAnswer):
            api.check_answer(country=country, programme=PROGRAMME, question=question, answers=answers, language="en")


def test_checks_look_at_earlier_answers(country: Country) -> None:
    answers = {**HOME, "benefit": "none", "members": "2", "without_income": "3"}
    with pytest.raises(BadAnswer, match="more than the people"):
        api.check_answer(
            country=country, programme=PROGRAMME, question="without_income", answers=answers, language="en"
        )


def test_a_missing_answer_is_named(country: Country) -> None:
    with pytest.raises(BadAnswer) as caught:
        ask(country, energy="gas")
    assert caught.value.question == "use"


def test_an_unknown_programme_is_not_found(country: Country) -> None:
    with pytest.raises(NotFound, match="energy-tariff"):
        api.programme(country=country, id="energy")


def test_the_algorithm_register_tells_every_rule(country: Country) -> None:
    for language in country.languages:
        (told,) = api.algorithm_register(country=country, language=language)
        assert told.rules[0].name == "eligible"
        assert {rule.name for rule in told.rules} >= {"low_income", "ceiling", "qualifying_benefit", "discount"}
        assert {one.name for one in told.parameters} >= {"income_ceiling", "ceiling_step", "max_power"}
        assert all(rule.words and rule.title for rule in told.rules)
    ceiling = next(one for one in told.parameters if one.name == "income_ceiling")
    assert len(ceiling.values) == 2
    assert ceiling.reference
