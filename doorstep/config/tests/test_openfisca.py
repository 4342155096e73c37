"""``doorstep openfisca import-parameters`` as a person at a terminal uses it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from doorstep.config import cli
from doorstep.config.cli.exits import Exit
from doorstep.config.tests.door import ROOT

RATE = "description: Income tax rate\nreference: Act 1\nunit: /1\nvalues: {2015-01-01: 0.15, 2030-01-01: expected}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of OpenFisca's parameters beside a country of ours."""
    parameters = tmp_path / "parameters" / "taxes"
    parameters.mkdir(parents=True)
    (parameters / "rate.yaml").write_text(RATE)
    shutil.copytree(ROOT / "countries" / "demo", tmp_path / "demo")
    return tmp_path


def test_parameters_come_into_a_country_and_its_check_names_what_is_to_be_translated(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    into = folder / "demo" / "rules" / "openfisca.yaml"
    words = ["openfisca", "import-parameters", str(folder / "parameters"), "--into", str(into)]
    assert cli.main(words) == Exit.FINE
    out = capsys.readouterr().out
    assert "taxes.rate: a value is expected from 2030-01-01, but none is set" in out
    assert f"{into}: 1 parameters, 0 things not carried over." in out
    assert cli.main(["check", str(folder / "demo")]) == Exit.PROBLEMS
    assert "the label of 'taxes_rate' has no words in 'pt'" in capsys.readouterr().out


def test_a_file_that_is_there_is_only_replaced_when_that_is_asked(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    into = folder / "law.yaml"
    words = ["openfisca", "import-parameters", str(folder / "parameters"), "--into", str(into), "--json"]
    assert cli.main(words) == Exit.PROBLEMS
    assert "The currency is not known." in capsys.readouterr().err
    assert cli.main([*words, "--currency", "EUR", "--prefix", "of_"]) == Exit.FINE
    assert json.loads(capsys.readouterr().out)["parameters"] == ["of_taxes_rate"]
    into.write_text("mine")
    assert cli.main([*words, "--currency", "EUR"]) == Exit.PROBLEMS
    assert into.read_text() == "mine"
    assert cli.main([*words, "--currency", "EUR", "--replace"]) == Exit.FINE
    assert "taxes_rate:" in into.read_text()
