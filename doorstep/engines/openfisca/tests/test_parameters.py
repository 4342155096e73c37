"""OpenFisca's parameters become ours: values, ends, units, references, scales; what does not is listed."""

from __future__ import annotations

import textwrap
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from doorstep.engines.feel.api import Kind, Scale
from doorstep.engines.openfisca.api import Imported, import_parameters
from doorstep.engines.rules.api import RuleSet, read_rules
from doorstep.kit.errors import DoorstepError
from doorstep.kit.files import read_yaml

FILES = {
    "index.yaml": "description: Everything\n",
    "taxes/rate.yaml": """
        description: "Rate: of the tax"
        documentation: |
          Said at length.

          In two parts.
        metadata: {unit: /1, reference: [Act 1, Act 2], ipcc: x}
        values:
          2012-01-01: {value: 0.16}
          2013: {value: 0.13, metadata: {reference: Act 3, note: changed}}
          2014-05: {value: null}
          2030-01-01: expected
        """,
    "taxes/housing.yaml": """
        description: Housing
        least: {description: Least amount, unit: currency, values: {2010-01-01: 200}}
        open: {values: {2010-01-01: {value: yes}}, reference: Act 4}
        zones: {description: Zones, values: {2010-01-01: [north, "a: b"]}}
        """,
    "plain.yml": "2010-01-01: 1_000.50\n2011-01-01: 2e2\n",
    "scales/rates.yaml": """
        description: Rates
        metadata: {threshold_unit: currency-EUR, rate_unit: /1}
        brackets:
          - {threshold: {2013-01-01: {value: 0}}, rate: {2013-01-01: {value: 0.03}, 2015-01-01: {value: 0.04}}}
          - threshold: {2013-01-01: {value: 12000}, 2014-01-01: {value: 12100}}
            rate: {2013-01-01: {value: 0.1}, 2016-01-01: {value: null}}
        """,
    "scales/price.yaml": """
        description: Price
        metadata: {type: single_amount, threshold_unit: currency-EUR, amount_unit: currency-EUR}
        brackets: [{threshold: {2017-01-01: 0}, amount: {2017-01-01: 1, 2019-01-01: null}}]
        """,
    "scales/added.yaml": """
        description: Added
        brackets:
          - {threshold: {2017-01-01: 249}, amount: {2017-01-01: 2}}
          - {threshold: {2017-01-01: 0}, amount: {2017-01-01: 1}}
          - {threshold: {2017-01-01: 249}, amount: {2017-01-01: 3}}
        """,
}


def imported(folder: Path, files: dict[str, str], **options: str) -> tuple[Imported, RuleSet]:
    for name, text in files.items():
        path = folder / "parameters" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
    found = import_parameters(folder=folder / "parameters", rules="law", currency="EUR", **options)
    node = read_yaml(found.text, file="law.yaml")
    return found, read_rules([node], registers={}, languages=("en",), currency="EUR")


def test_values_units_references_and_ends_are_kept(tmp_path: Path) -> None:
    found, rules = imported(tmp_path, FILES)
    rate = rules.parameters["taxes_rate"]
    assert rate.shape.label.in_("en") == "Rate: of the tax"
    assert rate.shape.unit == "share"
    assert rate.shape.reference == "Act 1, Act 2; from 2013-01-01: Act 3"
    assert rate.values == (
        (date(2012, 1, 1), Decimal("0.16")),
        (date(2013, 1, 1), Decimal("0.13")),
        (date(2014, 5, 1), None),
    )
    assert "  # Said at length.\n  #\n  # In two parts.\n  taxes_rate:" in found.text
    least = rules.parameters["taxes_housing_least"]
    assert (least.type.kind, least.at(date(2020, 1, 1))) == (Kind.MONEY, 200)
    assert rules.parameters["taxes_housing_open"].at(date(2020, 1, 1)) is True
    assert rules.parameters["taxes_housing_zones"].at(date(2020, 1, 1)) == ("north", "a: b")
    assert [value for _, value in rules.parameters["plain"].values] == [Decimal("1000.50"), 200]


def test_scales_have_all_brackets_of_each_day(tmp_path: Path) -> None:
    _, rules = imported(tmp_path, FILES)
    rates = rules.parameters["scales_rates"].shape
    assert rates.scale == "rates"
    told = {day: [(str(one.from_), str(one.rate)) for one in found or ()] for day, found in rates.brackets.items()}
    assert told == {
        "2013-01-01": [("0", "0.03"), ("12000", "0.1")],
        "2014-01-01": [("0", "0.03"), ("12100", "0.1")],
        "2015-01-01": [("0", "0.04"), ("12100", "0.1")],
        "2016-01-01": [("0", "0.04")],
    }
    price = rules.parameters["scales_price"]
    assert (price.shape.scale, price.at(date(2020, 1, 1))) == ("amount", None)
    added = rules.parameters["scales_added"].at(date(2018, 1, 1))
    assert isinstance(added, Scale)
    assert [(one.start, one.base) for one in added.brackets] == [(0, 1), (249, 6)]


def test_every_remark_is_told_and_nothing_is_dropped_silently(tmp_path: Path) -> None:
    found, _ = imported(tmp_path, FILES)
    told = {(remark.path, remark.words, remark.lost) for remark in found.remarks}
    assert {
        (".", "the group's description has no place in a rules file: Everything", True),
        ("taxes.housing", "the group's description has no place in a rules file: Housing", True),
        ("taxes.rate", "metadata 'ipcc' has no place in a rules file: x", True),
        ("taxes.rate", "'note' of 2013-01-01 has no place in a rules file: changed", True),
        ("taxes.rate", "a value is expected from 2030-01-01, but none is set", False),
        ("taxes.housing.least", "its unit names no currency: EUR was taken", False),
        ("taxes.housing.least", "it names no law: its reference says so", False),
        ("taxes.housing.open", "it has no description; its label is its name: taxes housing open", False),
    } <= told


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("brackets: [{threshold: {2017-01-01: 0}, average_rate: {2017-01-01: 1}}]", "average rates"),
        ("brackets: [{threshold: {2017-01-01: 0}, rate: {2017-01-01: 1}, base: {2017-01-01: 1}}]", "base, rate"),
        ("brackets: [{threshold: {2017-01-01: .inf}, rate: {2017-01-01: 1}}]", "'.inf' in its brackets is no number"),
        ("brackets: []", "no list"),
        ("values: {2017-01-01: {a: 1}}", "no value from 2017-01-01"),
        ("values: {2017-01-01: null}", "never has a value"),
        ("values: {2017-01-01: 1, 2018-01-01: some}", "different kinds"),
        ("values: {2017-01-01: [[1], [2]]}", "list of more than plain values"),
        ('values: {2017-01-01: ["01", "02"]}', "would be read as a number"),
        ("values: {2017-01-01: 0.1234567890123}", "more than 12 decimals"),
        ("values: {soon: 1}", "'soon' is no date"),
        ("values: [1]", "not written by date"),
        ("a: 5", "a value where a parameter was expected"),
        ("a: &x {values: {2017-01-01: 1}}\nb: *x", "the file cannot be read"),
        ("a: [", "the file cannot be read"),
        (f"{'long_' * 13}: {{values: {{2017-01-01: 1}}}}", "longer than 62 letters"),
    ],
)
def test_what_cannot_be_carried_is_listed_with_its_reason(tmp_path: Path, text: str, words: str) -> None:
    found, rules = imported(tmp_path, {"x.yaml": text})
    assert rules.parameters == {}
    assert any(words in remark.words and remark.lost for remark in found.remarks), found.remarks


def test_names_are_made_safe_and_never_meet(tmp_path: Path) -> None:
    files = {"a/b-c.yaml": "values: {2017-01-01: 1}", "a/b_c.yaml": "values: {2017-01-01: 2}"}
    found, rules = imported(tmp_path, files, prefix="fr_")
    assert list(rules.parameters) == ["fr_a_b_c"]
    assert any("it is called fr_a_b_c here" in remark.words for remark in found.remarks)
    assert [remark.path for remark in found.lost] == ["a.b_c"]


def test_labels_that_lack_a_language_are_marked(tmp_path: Path) -> None:
    found, _ = imported(tmp_path, {"x.yaml": "values: {2017-01-01: 1}"})
    assert "no words yet" not in found.text
    folder = tmp_path / "parameters"
    marked = import_parameters(folder=folder, rules="law", currency="EUR", languages=("en", "pt", "ar"))
    assert "# The labels have no words yet in: pt, ar." in marked.text


def test_a_folder_without_parameters_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DoorstepError, match="no YAML file"):
        import_parameters(folder=tmp_path, rules="law", currency="EUR")
    with pytest.raises(DoorstepError, match="is not a folder"):
        import_parameters(folder=tmp_path / "nowhere", rules="law", currency="EUR")
