"""Scales and figures that ended are told in the register of rules as people write them."""

from __future__ import annotations

import shutil
from pathlib import Path

from doorstep.domains.benefits import api
from doorstep.domains.country.api import read_country

DEMO = Path(__file__).resolve().parents[4] / "countries" / "demo"
MORE = """parameters:
  relief:
    label: {en: Relief, pt: Alívio, bn: ছাড়, ar: إعفاء}
    reference: An act
    unit: EUR/year
    scale: rates
    brackets:
      2020-01-01: [{from: 0, rate: 0.0125}, {from: 6000, rate: 0.5}]
      2030-01-01: null
  extra:
    label: {en: Extra, pt: Extra, bn: অতিরিক্ত, ar: إضافي}
    reference: An act
    unit: people
    gives: EUR
    scale: amount
    brackets: {2020-01-01: [{from: 2, amount: 10.50}]}
"""


def test_a_scale_is_told_bracket_by_bracket_and_its_end_too(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    shutil.copytree(DEMO, folder)
    file = folder / "rules" / "energy-tariff.yaml"
    law = file.read_text().replace("parameters:\n", MORE, 1)
    formula = "formula: income_ceiling * (1 + ceiling_step * without_income)"
    assert formula in law
    file.write_text(law.replace(formula, f"{formula} + scale(income_ceiling, relief) + scale(without_income, extra)"))
    found = api.algorithm(country=read_country(folder), programme="energy-tariff", language="en")
    told = {parameter.name: [value for _, value in parameter.values] for parameter in found.parameters}
    assert told["relief"] == ["from EUR 0.00 a year: 1.25%; from EUR 6,000.00 a year: 50%", "no longer in force"]
    assert told["extra"] == ["from 2 people: EUR 10.50"]
    words = next(rule.words for rule in found.rules if rule.name == "ceiling")
    assert "what “Relief” gives for" in words
