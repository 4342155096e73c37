"""Scales of the law, and figures that ended, in what people are told: tree, nearest change, months that are past."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from doorstep.domains.benefits import api
from doorstep.domains.benefits.models import Decision, Notice
from doorstep.domains.benefits.references import reference_of
from doorstep.domains.benefits.tests.test_nearest import all_steps
from doorstep.domains.benefits.tests.world import BOSS, PROGRAMME, World, at
from doorstep.domains.benefits.types import Cause, DecisionView, PastOrder, WhatIfOrder
from doorstep.domains.country.api import Country, load_country
from doorstep.kit.errors import DoorstepError

pytestmark = pytest.mark.slow

MARCH, APRIL = date(2026, 3, 5), date(2026, 4, 5)
LANGUAGES = ("en", "pt", "bn", "ar")
SCALE = """
  ceilings:
    label: {en: Ceilings, pt: Limites, bn: সীমা, ar: حدود}
    unit: people
    gives: EUR/year
    scale: amount
    reference: An invented act
    brackets: {2016-07-01: [{from: 0, amount: 6272.64}, {from: 1, amount: 9408.96}]}
"""
FORMULA = "income_ceiling * (1 + ceiling_step * without_income)"


def with_scale(folder: Path, brackets: str = SCALE) -> Country:
    """The demo country whose ceiling is a scale over the members without income."""
    file = folder / "rules" / "energy-tariff.yaml"
    text = file.read_text().replace("\nparameters:\n", f"\nparameters:{brackets}", 1)
    assert FORMULA in text
    file.write_text(text.replace(FORMULA, "scale(without_income, ceilings)"))
    return load_country(folder, parts=(api.check_programmes,))


@pytest.fixture
def demo_copy(demo_copy: Path) -> Path:
    """The demo country without its worked cases, which know its own ceiling."""
    shutil.rmtree(demo_copy / "tests")
    return demo_copy


@pytest.fixture
def scaled(world: World, demo_copy: Path) -> World:
    """A world whose C3 has EUR 120.00 too much."""
    world.country = with_scale(demo_copy)
    world.earns("C3", "6392.64")
    return world


def read(contract: str, language: str = "en") -> DecisionView:
    row = Decision.objects.filter(entitlement__contract=contract).latest("id")
    return api.decision_by_reference(
        reference=reference_of(row.pk), contract_id=contract, who="person", purpose="own-data", language=language,
        now=at(APRIL),
    )  # fmt: skip


def test_the_tree_and_the_nearest_change_know_a_scale(scaled: World) -> None:
    scaled.run(MARCH)
    scaled.earns("C1", "6392.64")
    scaled.run(APRIL)
    seen = read("C1")
    assert seen.changes[0].words.replace("\xa0", " ") == (
        "If your household's income were EUR 120.00 less a year, you would get it."
    )
    told = {language: all_steps(read("C1", language).steps)["ceilings"] for language in LANGUAGES}
    assert "6,272.64" in told["en"].value
    assert "9,408.96" in told["en"].value
    assert (told["en"].law, told["en"].since) == ("An invented act", date(2016, 7, 1))
    assert len({step.value for step in told.values()}) == 4


def test_a_scale_corrected_for_the_past_is_told_bracket_by_bracket(scaled: World, demo_copy: Path) -> None:
    scaled.run(MARCH)
    scaled.run(APRIL)
    rules = demo_copy / "rules" / "energy-tariff.yaml"
    rules.write_text(rules.read_text().replace("{from: 0, amount: 6272.64}", "{from: 0, amount: 6400.00}"))
    country = load_country(demo_copy, parts=(api.check_programmes,))
    order = PastOrder(
        PROGRAMME, scaled.write(), MARCH, APRIL, apply=True, same_contracts=True, confirm_corrections=True
    )
    done = api.recompute(country=country, order=order, officer=BOSS, now=at(date(2026, 4, 20)))
    (found,) = done.differences
    assert (found.contract_id, found.cause) == ("C3", Cause.LAW)
    assert ("parameter", "ceilings", "0: 6272.64; 1: 9408.96", "0: 6400.00; 1: 9408.96") in found.changed
    (law,) = [one for one in read("C3").differences if one.is_law]
    assert ("6,272.64" in law.before, "6,400" in law.after, "9,408.96" in law.after) == (True, True, True)
    row = Notice.objects.latest("id")
    bodies = {
        api.letters_by_reference(
            reference=reference_of(row.decision_id), contract_id="C3", language=language, who="x",
            purpose="own-data", now=at(APRIL),
        )[-1].body
        for language in LANGUAGES
    }  # fmt: skip
    assert len(bodies) == 4


def test_a_what_if_changes_figures_and_says_so_of_a_scale(scaled: World) -> None:
    names = api.parameters(country=scaled.country, programme=PROGRAMME)
    assert ("max_power" in names, "ceilings" in names) == (True, False)
    order = WhatIfOrder(PROGRAMME, scaled.write(), MARCH, {"ceilings": "7000"})
    with pytest.raises(DoorstepError, match="is a scale"):
        api.what_if_files(country=scaled.country, order=order, now=at(MARCH))
    fine = WhatIfOrder(PROGRAMME, scaled.folder, MARCH, {"electricity_discount": "0.4"})
    assert api.what_if_files(country=scaled.country, order=fine, now=at(MARCH)).counts.more == 3


def test_a_figure_that_ended_is_told_as_such(world: World, demo_copy: Path) -> None:
    rules = demo_copy / "rules" / "energy-tariff.yaml"
    rules.write_text(rules.read_text().replace("2020-12-31: 6272.64", "2020-12-31: 6272.64, 2026-01-01: null", 1))
    country = load_country(demo_copy, parts=(api.check_programmes,))
    (change,) = api.check_what_if(country=country, programme=PROGRAMME, values={"income_ceiling": "6000"}, as_of=MARCH)
    assert (change.before, change.after) == ("null", "6000")
    title, said = api.figure(
        country=country, programme=PROGRAMME, name="income_ceiling", value=change.before, language="en"
    )
    assert (title, said) == ("Income ceiling for one household", "no longer in force")
    order = WhatIfOrder(PROGRAMME, world.write(), MARCH, {"income_ceiling": "6272.64"})
    counts = api.what_if_files(country=country, order=order, now=at(MARCH)).counts
    assert counts.entitled_after == 3
    assert counts.unknown > 0, "nobody knows what the law without a figure says"
