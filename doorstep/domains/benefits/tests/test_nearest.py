"""What would have turned an answer: for a visitor, in a decision's page and letter, and in the next run for real."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from doorstep.domains.benefits import api
from doorstep.domains.benefits.models import Decision, Notice
from doorstep.domains.benefits.references import reference_of
from doorstep.domains.benefits.tests.test_check import HOME, ask
from doorstep.domains.benefits.tests.world import PROGRAMME, World, at
from doorstep.domains.benefits.types import DecisionKind, DecisionView, NearestChange, StepInWords
from doorstep.domains.country.api import Country, load_country, read_country

pytestmark = pytest.mark.slow

MARCH, APRIL, MAY, JUNE = date(2026, 3, 5), date(2026, 4, 5), date(2026, 5, 5), date(2026, 6, 5)
ABOVE = "6392.64"


def one_above(country: Country, language: str = "en") -> tuple[NearestChange, ...]:
    """A household of one whose income is 120 above the ceiling."""
    return ask(country, language, **HOME, benefit="none", members="1", without_income="0", income=ABOVE).changes


def read(contract: str, language: str = "en") -> DecisionView:
    row = Decision.objects.filter(entitlement__contract=contract).latest("id")
    return api.decision_by_reference(
        reference=reference_of(row.pk), contract_id=contract, who="person", purpose="own-data", language=language,
        now=at(APRIL),
    )  # fmt: skip


def letter(contract: str, language: str | None = None) -> str:
    row = Notice.objects.filter(decision__entitlement__contract=contract).latest("id")
    found = api.letters_by_reference(
        reference=reference_of(row.decision_id), contract_id=contract, language=language, who="x",
        purpose="own-data", now=at(APRIL),
    )  # fmt: skip
    return found[-1].body


def all_steps(steps: tuple[StepInWords, ...]) -> dict[str, StepInWords]:
    found = {}
    for step in steps:
        found |= {step.variable: step, **all_steps(step.children)}
    return found


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "If your household's income were EUR 120.00 less a year, you would get it."),
        ("pt", "Se o rendimento do seu agregado fosse EUR 120,00 mais baixo por ano, teria direito."),
        ("bn", "আপনার পরিবারের আয় বছরে EUR ১২০.০০ কম হলে আপনি এটি পেতেন।"),
        ("ar", "لو كان دخل أسرتك أقل بمقدار EUR 120.00 في السنة، لحصلت عليه."),
    ],
)
def test_a_visitor_is_told_what_is_missing_in_their_language(country: Country, language: str, words: str) -> None:
    nearest, benefit = one_above(country, language)
    assert nearest.words.replace("\xa0", " ") == words
    assert (nearest.variable, nearest.outcome) == ("household_income", True)
    assert benefit.variable == "qualifying_benefit"


def test_a_smaller_connection_is_named_and_somebodys_age_never(country: Country) -> None:
    answers = {**HOME, "power_kva": "10.35"}
    (change,) = ask(country, **answers, benefit="minimum-income").changes
    assert change.words == "If the power of your connection were 6.9 kVA or less, you would get it."
    entitled = ask(country, **HOME, benefit="none", members="1", without_income="0", income="6000").changes
    assert [found.words for found in entitled] == [
        "If your household's income were EUR 272.65 more a year, you would not get it."
    ]


def test_a_first_income_is_not_spoken_of_because_it_would_lower_the_ceiling_too(country: Country) -> None:
    assert ask(country, **HOME, benefit="none", members="2", without_income="2").changes == ()


def test_an_open_answer_and_two_obstacles_have_no_nearest_change(country: Country) -> None:
    assert ask(country, **HOME, benefit="not-sure", members="1", without_income="0", income="90000").changes == ()
    two = {**HOME, "power_kva": "10.35"}
    assert ask(country, **two, benefit="none", members="1", without_income="0", income="90000").changes == ()


def test_an_ending_prints_what_would_have_kept_it_and_the_next_run_proves_it(world: World) -> None:
    world.run(MARCH)
    world.earns("C1", ABOVE)
    world.run(APRIL)
    seen = read("C1")
    assert seen.kind is DecisionKind.ENDING
    assert seen.changes[0].words == "If your household's income were EUR 120.00 less a year, you would get it."
    assert f"\n\n{seen.changes[0].words}\n\n" in letter("C1")
    world.earns("C1", "6272.65")
    world.run(date(2026, 4, 20))
    assert read("C1").kind is DecisionKind.ENDING, "one cent more than the change"
    world.earns("C1", "6272.64")
    world.run(date(2026, 4, 21))
    assert read("C1").kind is DecisionKind.ENDING_WITHDRAWN


def test_a_letter_keeps_its_words_when_the_law_changes(world: World, demo_copy: Path) -> None:
    world.run(MARCH)
    world.earns("C1", ABOVE)
    world.run(APRIL)
    before = [letter("C1", language) for language in ("en", "pt", "bn", "ar")]
    assert len(set(before)) == 4
    rules = demo_copy / "rules" / "energy-tariff.yaml"
    rules.write_text(
        rules.read_text().replace(
            "2020-12-31: 6272.64", "2020-12-31: 6272.64, 2026-02-01: 7000.00, 2026-08-01: 6272.64"
        )
    )
    assert load_country(demo_copy).hash != world.country.hash
    assert [letter("C1", language) for language in ("en", "pt", "bn", "ar")] == before


def test_a_closed_contract_leaves_no_gap_in_its_letter(world: World) -> None:
    world.run(MARCH)
    del world.contracts["C1"]
    world.run(APRIL)
    body = letter("C1")
    assert "{" not in body
    assert "\n\n\n" not in body
    assert (read("C1").changes, read("C1").steps) == ((), ())


@pytest.mark.parametrize("language", ["en", "pt", "bn", "ar"])
def test_a_decision_is_told_as_a_tree_with_values_days_and_law(world: World, language: str) -> None:
    world.run(MARCH)
    steps = all_steps(read("C1", language).steps)
    used = {"domestic_use", "small_connection", "low_income", "household_income", "ceiling", "without_income"}
    assert used <= set(steps)
    assert all(step.label and (step.value or step.words) for step in steps.values())
    ceiling = steps["income_ceiling"]
    assert ceiling.since == date(2020, 12, 31)
    assert "178-B/2016" in ceiling.law
    english = {"income_ceiling": "EUR 6,272.64 a year", "max_power": "6.9 kVA", "household_income": "EUR 5,000.00"}
    if language == "en":
        assert {name: steps[name].value.replace("\xa0", " ") for name in english} == english


def test_the_day_on_which_a_benefit_runs_out_is_told(world: World) -> None:
    world.benefits[0]["until"] = "2026-12-31"
    world.write()
    found = api.explain(country=world.country, order=world.order(MARCH), contract_id="C4", language="en").outcome
    assert found.changes[-1].words == "From 1 January 2027 on you would no longer get it, if nothing else changes."
    assert found.changes[0].variable == "qualifying_benefit"
    assert all_steps(found.steps)["qualifying_kinds"].value.startswith("Old-age supplement, Minimum income")


def test_a_subject_has_no_room_for_the_nearest_change(demo_copy: Path) -> None:
    programme = demo_copy / "programmes" / f"{PROGRAMME}.yaml"
    programme.write_text(programme.read_text().replace("en: Your energy discount has ended", 'en: "Ended {nearest}"'))
    problems = api.check_programmes(read_country(demo_copy))
    assert any("{nearest}" in problem.what for problem in problems)
