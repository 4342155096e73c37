# ruff: noqa: E501 - models read best on few lines
"""What goes out comes back the same, and what an analyst drew arrives under names and labels that people know."""

from __future__ import annotations

import re
import xml.dom.minidom

import pytest
import yaml

from doorstep.engines.dmn.api import check_model, export_rules, import_model, read_model
from doorstep.engines.dmn.tests.drawn import decision, formula, given, model, table
from doorstep.engines.dmn.tests.village import RULES, rules
from doorstep.engines.rules.api import RuleSet
from doorstep.kit.errors import DoorstepError, Problems

MORE = """
  size: {of: contract, label: {en: Size & "kind"}, reference: Act 3, table: {hit: unique, inputs: [power, use], rows: [
    {when: ['[1..5)', '"domestic"'], then: '1'}, {when: ['>= 5', '-'], then: power * 2}], otherwise: '9'}}
  marks: {of: contract, label: {en: Marks}, table: {hit: collect, inputs: [power], rows: [
    {when: ['< 5'], then: '"small"'}, {when: ['< 9'], then: '"middle"'}]}}
  most: {of: contract, label: {en: Most}, table: {hit: max, inputs: [power], rows: [{when: ['< 5'], then: size}, {when: ['-'], then: '3'}]}}
"""


SCALED = """
rules: village
parameters:
  fee: {label: {en: Fee}, unit: kVA, scale: rates, reference: Act 4, brackets: {2020-01-01: [{from: 0, rate: 0.10}, {from: 5.5, rate: 0.25}], 2030-01-01: null}}
  gift: {label: {en: Gift}, unit: kVA, gives: EUR/year, scale: amount, reference: Act 5, brackets: {2020-01-01: [{from: 1, amount: 10.00}]}}
  gone: {label: {en: Gone}, values: {2020-01-01: 2, 2025-01-01: null}, reference: Act 6}
variables:
  due: {of: contract, label: {en: Due}, decimals: 1, digits: 9, formula: 'scale(power, fee) * gone'}
  given: {of: contract, label: {en: Given}, formula: 'scale(power, gift)'}
"""


def village() -> RuleSet:
    return rules(RULES + MORE)


def known(ruleset: RuleSet) -> frozenset[str]:
    return frozenset(name for entity in ruleset.entities for name in ruleset.names(entity))


@pytest.mark.parametrize("text", [RULES + MORE, SCALED])
def test_exported_rules_come_back_as_they_were(text: str) -> None:
    before = rules(text)
    drawn = read_model(export_rules(before, name="village", language="en"), file="village.dmn")
    back = import_model(drawn, name="village", entity="contract", source="village.dmn", known=known(before))
    assert back.missing == {}
    after = rules(back.text)
    assert {name: one.node for name, one in after.variables.items()} == {n: v.node for n, v in before.variables.items()}
    for name, variable in before.variables.items():
        assert after.variables[name].shape == variable.shape
    assert after.parameters.keys() == before.parameters.keys()
    assert [after.parameters[name].shape for name in after.parameters] == [p.shape for p in before.parameters.values()]


def test_an_exported_model_is_drawn_whole() -> None:
    text = export_rules(village(), name="village", language="en").decode()
    xml.dom.minidom.parseString(text)
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    drawn = re.findall(r'<dmndi:DMNShape id="[^"]+" dmnElementRef="([^"]+)"', text)
    assert sorted(drawn) == sorted(re.findall(r'<(?:decision|inputData) id="([^"]+)"', text))
    edges = re.findall(r'<dmndi:DMNEdge id="[^"]+" dmnElementRef="([^"]+)"', text)
    assert sorted(edges) == sorted(re.findall(r'<informationRequirement id="([^"]+)"', text))
    places = re.findall(r'Bounds x="(\d+)" y="(\d+)"', text)
    assert len(places) == len(set(places))


def test_a_set_of_rules_that_is_not_there_is_told() -> None:
    with pytest.raises(DoorstepError, match="no rules 'twn'"):
        export_rules(village(), name="twn", language="en")


def test_names_become_safe_and_keep_their_words() -> None:
    box = table(["Applicant's Age"], [["< 18", '"no"', "1"], [">= 18", '"yes"', "2"]], outputs=["Given", "Sum due"])
    drawn = model(
        given("Applicant's Age", "number"), decision("Fee &amp; Grant", box, needs=["i_Applicant's Age"]),
        decision("Twice", formula("Fee & Grant.Sum due * 2"), needs=["d_Fee &amp; Grant"]),
    )  # fmt: skip
    found = import_model(drawn, name="fees", entity="contract", source="fees.dmn")
    assert found.missing == {"applicant_s_age": "Applicant's Age"}
    file = yaml.safe_load(found.text)
    assert (file["rules"], file["numbers"]) == ("fees", "dmn")
    assert {name: one["label"]["en"] for name, one in file["variables"].items()} == {
        "fee_grant_given": "Fee & Grant: Given",
        "fee_grant_sum_due": "Fee & Grant: Sum due",
        "twice": "Twice",
    }
    assert file["variables"]["twice"]["formula"] == "fee_grant_sum_due * 2"


def test_an_import_is_decided_and_told_as_a_table() -> None:
    box = table(["Power kVA"], [["< 3", "1"], ["[3..6)", "2"], [">= 6", "3"]])
    drawn = model(given("Power kVA", "number"), decision("Band", box, needs=["i_Power kVA"]))
    assert check_model(drawn).problems == ()
    found = import_model(
        drawn, name="band", entity="contract", source="a", known=known(rules()), renamed={"Power kVA": "power"}
    )
    assert found.missing == {}
    ruleset = rules(RULES, found.text)
    told = ruleset.tell_formula("band", "en")
    assert (told.kind, "".join(piece.text for piece in told.pieces)) == ("table", "Only one row can fit.")
    assert [[piece.text for piece in head] for head in told.heads] == [["Power"]]
    assert len(told.lines) == 3


def test_a_note_that_was_broken_is_told() -> None:
    text = export_rules(village(), name="village", language="en").decode().replace("{&quot;label&quot;", "{label", 1)
    with pytest.raises(Problems, match="cannot be read"):
        import_model(read_model(text.encode(), file="a"), name="village", entity="contract", source="a")
