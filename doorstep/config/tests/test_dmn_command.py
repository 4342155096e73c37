# ruff: noqa: E501 - lines of a page and of models read best as they are
"""``doorstep dmn`` as a person uses it: a model from an analyst's editor becomes rules of a country, and back."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from doorstep.config.tests.door import ROOT, TARIFF, Door

pytestmark = pytest.mark.slow

MODEL = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="Fees" namespace="urn:fees">
  <decision id="d" name="Standing Charge">
    <variable name="Standing Charge" typeRef="number"/>
    <informationRequirement><requiredInput href="#i"/></informationRequirement>
    <decisionTable hitPolicy="UNIQUE">
      <input><inputExpression typeRef="number"><text>Power kVA</text></inputExpression></input>
      <output/>
      <rule><inputEntry><text>&lt; 3.45</text></inputEntry><outputEntry><text>0.1</text></outputEntry></rule>
      <rule><inputEntry><text>[3.45..6.9]</text></inputEntry><outputEntry><text>0.2</text></outputEntry></rule>
    </decisionTable>
  </decision>
  <inputData id="i" name="Power kVA"><variable name="Power kVA" typeRef="number"/></inputData>
</definitions>
"""


@pytest.fixture
def door(tmp_path: Path) -> Door:
    """The command line in a folder with the model and a copy of the demo country."""
    shutil.copytree(ROOT / "countries/demo", tmp_path / "demo")
    (tmp_path / "fees.dmn").write_text(MODEL)
    return Door(tmp_path)


def test_a_model_is_checked_and_its_gap_shown(door: Door) -> None:
    said = door("dmn", "check", "fees.dmn")
    assert said.code == 0
    assert "fees.dmn:6:5: no rule of 'Standing Charge' fits where power_kva is 7" in said.out
    assert said.out.endswith("fees.dmn: DMN 1.3, 1 decision, no problems, 1 gap.\n")


def test_a_model_whose_rules_overlap_is_refused(door: Door) -> None:
    (door.folder / "fees.dmn").write_text(MODEL.replace("&lt; 3.45", "&lt;= 3.45"))
    said = door("dmn", "check", "fees.dmn", "--json")
    assert said.code == 1
    (problem,) = said.json["problems"]
    assert problem["what"] == "rows 1 and 2 both fit where power_kva is 3.45"
    assert problem["line"] == 10


def test_a_model_becomes_rules_of_the_country(door: Door) -> None:
    words = ("dmn", "import", "fees.dmn", "--into", "demo/rules/fees.yaml", "--of", "contract")
    said = door(*words)
    assert said.code == 0, said.err
    assert "fees.yaml: 1 variable." in said.out
    # The register's own column is found by its name; what is left to do is to translate the label.
    assert "has no words in 'pt'" in said.out
    assert "has no 'power_kva'" not in said.out
    again = door(*words)
    assert (again.code, "is there already" in again.err) == (1, True)
    file = door.folder / "demo/rules/fees.yaml"
    label = "{en: Standing Charge, pt: Taxa fixa, bn: স্থায়ী চার্জ, ar: الرسم الثابت}"
    file.write_text(file.read_text().replace("label:\n      en: Standing Charge", f"label: {label}"))
    assert door("check", "demo").out.endswith("no problems.\n")


def test_an_input_that_the_country_calls_otherwise_is_renamed_or_told(door: Door) -> None:
    (door.folder / "fees.dmn").write_text(MODEL.replace("Power kVA", "Strength"))
    words = ("dmn", "import", "fees.dmn", "--into", "demo/rules/fees.yaml", "--of", "contract", "--json")
    assert door(*words).json["missing"] == {"strength": "Strength"}
    said = door(*words, "--replace", "--rename", "Strength=power_kva")
    assert said.json["missing"] == {}
    assert "- power_kva" in (door.folder / "demo/rules/fees.yaml").read_text()


def test_rules_go_out_and_come_back(door: Door) -> None:
    assert door("dmn", "export", "demo", TARIFF, "--out", "tariff.dmn").code == 0
    said = door(
        "dmn", "import", "tariff.dmn", "--into", f"demo/rules/{TARIFF}.yaml", "--of", "contract", "--replace", "--json"
    )
    assert said.code == 0, said.err
    assert (said.json["missing"], said.json["problems"]) == ({}, [])
    assert door("dmn", "export", "demo", TARIFF).out == (door.folder / "tariff.dmn").read_text()


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("dmn", "export", "demo"), "Which rules?"),
        (("dmn", "export", "demo", "tarif"), "has no rules 'tarif'"),
        (("dmn", "import", "fees.dmn"), "Which rules file?"),
        (("dmn", "import", "fees.dmn", "--into", "fees.yaml", "--of", "contract"), "Which rules file?"),
        (("dmn", "import", "fees.dmn", "--into", "demo/rules/fees.yaml"), "What are the decisions about?"),
        (("dmn", "import", "fees.dmn", "--into", "demo/rules/f.yaml", "--of", "contract", "--rename", "x"), "renames nothing"),
        (("dmn", "tck", "nowhere"), "There is no folder nowhere"),
        (("dmn", "tck", "demo"), "There are no test cases below demo"),
        (("dmn", "check", "demo/country.yaml"), "this is not XML"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said(door: Door, words: tuple[str, ...], what: str) -> None:
    said = door(*words)
    assert said.code == 1
    assert what in said.err


def test_a_file_that_is_not_there_is_told(door: Door) -> None:
    assert door("dmn", "check", "gone.dmn").code == 3


def test_the_suite_is_run_by_one_command(door: Door) -> None:
    suite = door.folder / "TestCases" / "level" / "0001-fees"
    suite.mkdir(parents=True)
    (suite / "0001-fees.dmn").write_text(MODEL)
    node = '<inputNode name="Power kVA"><value xsi:type="xsd:decimal">3.45</value></inputNode>'
    result = (
        '<resultNode name="Standing Charge"><expected><value xsi:type="xsd:decimal">0.2</value></expected></resultNode>'
    )
    (suite / "0001-fees-test-01.xml").write_text(
        '<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><modelName>0001-fees.dmn</modelName>'
        f'<testCase id="1">{node}{result}</testCase></testCases>'
    )
    said = door("dmn", "tck", "TestCases", "--out", "out/tck.md", "--suite-version", "of the test", "--json")
    assert json.loads(said.out)["level"] | {"told": ""} == {"cases": 1, "python": 1, "duckdb": 1, "out": 0, "told": ""}
    assert "Test suite dmn-tck at of the test" in (door.folder / "out/tck.md").read_text()
    assert "level,0001-fees,1,pass,pass," in (door.folder / "out/tck.csv").read_text()
