"""Months that are past, decided again: late data, a law corrected for the past, and nothing ever taken away."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from doorstep.domains.benefits import api
from doorstep.domains.benefits.models import Decision, Entitlement, Notice, Review, Run
from doorstep.domains.benefits.references import reference_of
from doorstep.domains.benefits.tests.world import BOSS, CLERK, PROGRAMME, World, at
from doorstep.domains.benefits.types import Cause, Effect, NotAllowed, PastOrder, PastReport, RunRefused, Verdict
from doorstep.domains.country.api import Country, load_country

pytestmark = pytest.mark.slow

MARCH, APRIL, MAY, JUNE = date(2026, 3, 5), date(2026, 4, 5), date(2026, 5, 5), date(2026, 6, 5)
LATER = date(2026, 5, 20)
FIRST_OF_APRIL, FIRST_OF_MAY, FIRST_OF_JUNE = date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1)


def again(world: World, *, apply: bool = True, country: Country | None = None, **more: Any) -> PastReport:
    options = {"same_contracts": True, "confirm_corrections": True, "since": date(2026, 3, 1), "until": LATER, **more}
    order = PastOrder(PROGRAMME, world.write(), apply=apply, out=world.folder.parent / "again", **options)
    return api.recompute(country=country or world.country, order=order, officer=BOSS, now=at(LATER))


def receives(world: World, contract: str, since: str, until: str = "") -> None:
    """A benefit that counts, paid since a day, arrives in the register."""
    world.benefits.append({"tax_id": f"P{contract}", "kind": "minimum-income", "since": since, "until": until})


def the(contract: str) -> Entitlement:
    return Entitlement.objects.filter(contract=contract).latest("id")


def letter(contract: str, language: str = "en") -> str:
    row = Notice.objects.filter(decision__entitlement__contract=contract).latest("id")
    found = api.letters_by_reference(
        reference=reference_of(row.decision_id), contract_id=contract, language=language, who="x",
        purpose="own-data", now=at(LATER),
    )  # fmt: skip
    return found[-1].body.replace("\xa0", " ")


def decisions() -> list[tuple[str, str]]:
    return list(Decision.objects.order_by("id").values_list("entitlement__contract", "kind"))


@pytest.fixture
def decided(world: World) -> World:
    """March, April and May are decided; C3 had too much income and nothing else was known of it."""
    for day in (MARCH, APRIL, MAY):
        world.run(day)
    return world


def test_a_benefit_since_three_months_ago_that_arrives_now_entitles_from_then(decided: World) -> None:
    receives(decided, "C3", "2026-03-01")
    before = decisions()
    dry = again(decided, apply=False)
    (found,) = dry.differences
    assert (found.contract_id, found.effect, found.cause) == ("C3", Effect.CORRECTED, Cause.DATA)
    assert found.months == (FIRST_OF_APRIL, FIRST_OF_MAY, FIRST_OF_JUNE)
    assert (dry.run, dry.decisions, decisions()) == (None, 0, before), "a dry run changes nothing"
    assert not Run.objects.filter(kind="past").exists()

    done = again(decided)
    assert (done.decisions, decisions()) == (1, [*before, ("C3", "correction")])
    assert (the("C3").state, the("C3").from_date, the("C3").to_date) == ("active", FIRST_OF_APRIL, None)
    assert "33.8% off what you pay for energy, from 1 April 2026 on." in letter("C3")
    assert "We have learned something that we did not know then." in letter("C3")
    assert "You receive a benefit that gives you this discount." in letter("C3")


def test_what_was_corrected_is_never_corrected_or_granted_again(decided: World) -> None:
    receives(decided, "C3", "2026-03-01")
    again(decided)
    kept = decisions()
    second = again(decided)
    assert (second.differences, second.decisions, decisions()) == ((), 0, kept)
    decided.run(JUNE)
    assert decisions() == kept, "the next month finds it as it stands"
    with (decided.folder.parent / "again" / "differences.csv").open() as file:
        assert list(csv.DictReader(file)) == []


def test_the_file_for_the_deliverer_says_from_when(decided: World, tmp_path: Path) -> None:
    receives(decided, "C3", "2026-03-01")
    again(decided)
    decided.run(JUNE, out=tmp_path / "out")
    assert "C3,2026-04-01," in (tmp_path / "out" / "luz-do-vale.csv").read_text()


def test_an_entitlement_that_came_too_late_begins_earlier(world: World) -> None:
    world.run(MARCH)
    world.run(APRIL)
    receives(world, "C3", "2026-04-20")
    world.run(MAY)
    assert the("C3").from_date == FIRST_OF_JUNE
    world.benefits[-1]["since"] = "2026-03-01"
    digest, facts = the("C3").digest, the("C3").known_facts()
    again(world)
    assert (the("C3").from_date, the("C3").state) == (FIRST_OF_APRIL, "active")
    assert (the("C3").digest, the("C3").known_facts()) == (digest, facts), "its newest facts stay its own"
    assert Entitlement.objects.filter(contract="C3").count() == 1


def test_an_ending_that_rested_on_a_wrong_income_is_taken_back(world: World) -> None:
    world.run(MARCH)
    world.earns("C1", "80000.00")
    world.run(APRIL)
    world.run(MAY)
    assert (the("C1").state, the("C1").to_date) == ("ending", date(2026, 5, 31))
    world.earns("C1", "4100.00")
    (found,) = again(world).differences
    assert ("fact", "household_income", "80000.00", "4100.00") in found.changed
    assert (the("C1").state, the("C1").to_date) == ("active", None)
    assert "Household's income in a year: EUR 80,000.00 then, EUR 4,100.00 now." in letter("C1")


def test_a_time_that_is_over_gets_its_beginning_and_its_end(decided: World) -> None:
    receives(decided, "C3", "2026-03-01", until="2026-04-30")
    again(decided)
    found = the("C3")
    assert (found.state, found.from_date, found.to_date) == ("ending", FIRST_OF_APRIL, date(2026, 6, 30))
    assert "from 1 April 2026 to 30 June 2026" in letter("C3")
    kept = decisions()
    again(decided)
    assert decisions() == kept


def test_a_law_corrected_for_the_past_says_which_figure(decided: World, demo_copy: Path) -> None:
    decided.earns("C3", "6900.00")
    for day in (date(2026, 5, 6), date(2026, 5, 7)):
        decided.run(day)
    rules = demo_copy / "rules" / "energy-tariff.yaml"
    new = "2020-12-31: 6272.64, 2026-04-01: 7000.00, 2026-08-01: 6272.64"
    rules.write_text(rules.read_text().replace("2020-12-31: 6272.64", new))
    country = load_country(demo_copy)
    (found,) = again(decided, country=country).differences
    assert (found.contract_id, found.cause, found.months) == ("C3", Cause.LAW, (FIRST_OF_MAY, FIRST_OF_JUNE))
    assert ("parameter", "income_ceiling", "6272.64", "7000.00") in found.changed
    said = "Income ceiling for one household: EUR 6,272.64 a year then, EUR 7,000.00 a year now."
    assert said in letter("C3")
    row = Decision.objects.latest("id")
    seen = api.decision_by_reference(
        reference=reference_of(row.pk), contract_id="C3", who="p", purpose="own-data", language="pt", now=at(LATER)
    )
    assert seen.as_of == APRIL, "the first month that came out otherwise"
    (ceiling,) = [one for one in seen.differences if one.is_law]
    assert ceiling.label == "Limite de rendimento de um agregado"
    assert len({letter("C3", language) for language in ("en", "pt", "bn", "ar")}) == 4
    assert the("C3").version == country.hash


def test_what_speaks_against_somebody_is_a_list_and_nothing_else(decided: World) -> None:
    decided.earns("C1", "80000.00")
    stood = list(Entitlement.objects.order_by("id").values())
    done = again(decided)
    (found,) = done.differences
    assert (found.contract_id, found.effect, done.decisions) == ("C1", Effect.AGAINST, 0)
    assert ("fact", "household_income", "5000.00", "80000.00") in found.changed
    assert list(Entitlement.objects.order_by("id").values()) == stood
    with (decided.folder.parent / "again" / "differences.csv").open() as file:
        (line,) = csv.DictReader(file)
    assert (line["contract"], line["effect"], line["months"]) == ("C1", "against", "3")
    assert "household_income: 5000.00 -> 80000.00" in line["changed"]


def test_an_unknown_month_changes_nothing(decided: World) -> None:
    decided.earns("C1", None)
    assert again(decided).differences == ()


def test_a_contract_of_which_nothing_was_stored_waits_for_a_person_unless_its_month_has_a_file(decided: World) -> None:
    decided.add("NEW")
    found = again(decided, same_contracts=False)
    assert [(one.contract_id, one.effect) for one in found.differences] == [("NEW", Effect.UNTRACED)]
    assert found.decisions == 0
    decided.write()
    months = decided.folder.parent / "months"
    for month, has_it in (("2026-03", False), ("2026-04", True), ("2026-05", True)):
        rows = [row for name, row in decided.contracts.items() if has_it or name != "NEW"]
        decided.write_file(f"../months/{month}/contract.csv", "contract", rows)
    for register in ("income.csv", "benefit.csv"):
        (months / register).write_text((decided.folder / register).read_text())
    order = PastOrder(PROGRAMME, months, date(2026, 3, 1), LATER, apply=True, confirm_corrections=True)
    done = api.recompute(country=decided.country, order=order, officer=BOSS, now=at(LATER))
    assert [(one.effect, one.months) for one in done.differences] == [(Effect.CORRECTED, (FIRST_OF_MAY, FIRST_OF_JUNE))]
    assert the("NEW").from_date == FIRST_OF_MAY


# --- whoever was told no, or that it waits


@pytest.fixture(params=[Verdict.NOT_ENTITLED, Verdict.WAITING])
def told(world: World, request: pytest.FixtureRequest) -> World:
    """C5, whose income nobody knows, was told by an official in March: no, or not yet."""
    world.add("C5", income=None)
    world.run(MARCH)
    review = Review.objects.get(contract="C5", state="open")
    api.settle_review(id=review.pk, officer=CLERK, verdict=request.param, words="No letter came.", now=at(MARCH))
    for day in (APRIL, MAY):
        world.run(day)
    return world


def test_whoever_was_told_no_or_to_wait_has_it_from_the_day_they_should(told: World, tmp_path: Path) -> None:
    stood = the("C5").pk
    told.earns("C5", "5000.00")
    told.contracts["C5"]["supplier"] = "alo-shakti"
    done = again(told)
    (found,) = done.differences
    assert (found.contract_id, found.effect, found.cause) == ("C5", Effect.CORRECTED, Cause.DATA)
    now = the("C5")
    assert (now.pk, now.state, now.from_date, now.to_date) == (stood, "active", FIRST_OF_APRIL, None)
    assert (now.words, now.supplier, now.known_facts()["household_income"]) == ("", "alo-shakti", "5000.00")
    row = Decision.objects.latest("id")
    assert (row.kind, row.run, row.decided_by, row.words) == ("correction", done.run, "", "")
    assert "from 1 April 2026 on" in letter("C5")
    assert "Household's income in a year: not known then, EUR 5,000.00 now." in letter("C5")
    kept = decisions()
    assert again(told).differences == ()
    told.run(JUNE, out=tmp_path / "out")
    assert decisions() == kept, "the next month finds it as it stands"
    assert "C5,2026-04-01," in (tmp_path / "out" / "alo-shakti.csv").read_text()
    assert not Review.objects.filter(contract="C5", state="open").exists()


def test_a_time_that_is_over_ends_in_the_place_of_a_no(told: World, tmp_path: Path) -> None:
    told.earns("C5", "90000.00")
    receives(told, "C5", "2026-03-01", until="2026-04-30")
    stood = the("C5").pk
    again(told)
    now = the("C5")
    assert (now.pk, now.state, now.from_date) == (stood, "ending", FIRST_OF_APRIL)
    assert now.to_date == date(2026, 6, 30), "the time to object passes first"
    assert "from 1 April 2026 to 30 June 2026" in letter("C5")
    told.run(JUNE, out=tmp_path / "out")
    assert "C5,2026-04-01,2026-06-30" in (tmp_path / "out" / "luz-do-vale.csv").read_text()
    told.run(date(2026, 7, 5))
    assert (the("C5").state, decisions()[-1]) == ("ended", ("C5", "ended"))


def test_a_time_that_is_long_over_leaves_a_no_as_it_is_and_reaches_the_deliverer(told: World, tmp_path: Path) -> None:
    told.earns("C5", "90000.00")
    receives(told, "C5", "2026-03-01", until="2026-03-31")
    for day in (JUNE, date(2026, 7, 5), date(2026, 8, 5)):
        told.run(day)
    before = the("C5")
    order = PastOrder(
        PROGRAMME, told.write(), MARCH, date(2026, 8, 31), apply=True, same_contracts=True, confirm_corrections=True
    )
    api.recompute(country=told.country, order=order, officer=BOSS, now=at(date(2026, 8, 20)))
    before.refresh_from_db()
    assert (before.state, before.to_date) == ("refused", None), "the no of today stands"
    over = the("C5")
    assert (over.state, over.from_date, over.to_date) == ("ended", FIRST_OF_APRIL, date(2026, 5, 31))
    told.run(date(2026, 9, 5), out=tmp_path / "september")
    assert "C5,2026-04-01,2026-05-31" in (tmp_path / "september" / "luz-do-vale.csv").read_text()
    told.run(date(2026, 10, 5), out=tmp_path / "october")
    assert "C5" not in (tmp_path / "october" / "luz-do-vale.csv").read_text(), "told once"


def test_an_objection_to_the_end_of_a_corrected_time_can_be_upheld(decided: World) -> None:
    receives(decided, "C3", "2026-03-01", until="2026-04-30")
    again(decided)
    row = Decision.objects.latest("id")
    objection = api.object_to(
        reference=reference_of(row.pk), contract_id="C3", text="It is still paid.", who="p", now=at(JUNE)
    )
    api.settle_objection(id=objection.id, officer=CLERK, upheld=True, words="It is.", now=at(JUNE))
    assert (the("C3").state, the("C3").from_date, the("C3").to_date) == ("active", FIRST_OF_APRIL, None)


def test_the_guards_of_a_real_run_hold(decided: World) -> None:
    receives(decided, "C3", "2026-03-01")
    kept = decisions()
    with pytest.raises(RunRefused) as many:
        again(decided, confirm_corrections=False)
    assert many.value.code == "too_many_corrections"
    assert Run.objects.latest("id").state == "refused"
    with pytest.raises(RunRefused) as none:
        again(decided, since=date(2025, 1, 1), until=date(2025, 12, 31))
    assert none.value.code == "nothing_decided"
    api.switch(country=decided.country, programme=PROGRAMME, on=False, officer=BOSS, why="A wrong file.", now=at(LATER))
    with pytest.raises(RunRefused) as off:
        again(decided)
    assert off.value.code == "off"
    assert again(decided, apply=False).counts[Effect.CORRECTED] == 1, "a dry run still works"
    order = PastOrder(PROGRAMME, decided.folder, MARCH, LATER, apply=True)
    with pytest.raises(NotAllowed):
        api.recompute(country=decided.country, order=order, officer=CLERK, now=at(LATER))
    assert decisions() == kept


def test_an_officers_desk_shows_it_and_the_public_does_not(decided: World) -> None:
    receives(decided, "C3", "2026-03-01")
    done = again(decided)
    assert done.run is not None
    assert api.run_report(run=done.run, officer=CLERK).run.counts.started == 1
    assert all(run.id != done.run for run in api.list_runs().items)
    assert any(run.id == done.run for run in api.list_runs(trials=True).items)
