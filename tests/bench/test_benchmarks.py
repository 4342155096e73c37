"""Each benchmark beside OpenFisca runs at a tiny size, ours alone, and our copy of its example law decides rightly.

The comparison itself needs the peer, which no test installs: ``python bench/country_template.py`` makes it.
"""

import json
import subprocess
import sys
from datetime import date
from decimal import Decimal

import pytest

from tests.house.tree import ROOT

sys.path.insert(0, str(ROOT))


def run(script, *options, folder):
    """The figures that a benchmark prints last."""
    command = [sys.executable, str(ROOT / "bench" / script), *options, "--rounds", "1", "--no-peer"]
    done = subprocess.run([*command, "--folder", str(folder)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_the_country_template_is_decided_for_everybody(tmp_path):
    found = run("country_template.py", "--persons", "50", folder=tmp_path)
    assert found["doorstep"]["seconds"] > 0
    assert (tmp_path / "country" / "doorstep" / "households.parquet").is_file()


def test_laws_of_many_variables_are_decided(tmp_path):
    sizes = ["--chain", "12", "--chain-rows", "50", "--variables", "60", "--rows", "50"]
    found = run("many_variables.py", *sizes, folder=tmp_path)
    assert found["chain"]["doorstep"]["unknown"] == found["whole"]["doorstep"]["unknown"] == 0
    assert found["whole"]["doorstep"]["variables"] >= 60
    assert found["whole"]["one_household"]["p50_milliseconds"] > 0


def test_one_household_is_decided(tmp_path):
    found = run("one_household.py", "--repeats", "5", "--no-http", folder=tmp_path)
    assert found["doorstep"]["value"] == pytest.approx(6528.3333333333)


def test_rules_are_compiled(tmp_path):
    found = run("compile_rules.py", "--variables", "30", folder=tmp_path)
    assert found["two_dialects"] > 0


def test_the_ledger_is_measured_and_its_books_balance(tmp_path):
    sizes = ["--holders", "50", "--shops", "3", "--clients", "2", "--seconds", "1", "--rounds", "1", "--batch", "120"]
    command = [sys.executable, str(ROOT / "bench/ledger.py"), *sizes, "--folder", str(tmp_path)]
    subprocess.run(command, capture_output=True, check=True)
    found = json.loads((tmp_path / "result.json").read_text())
    assert (found["batch"]["first"]["made"], found["batch"]["again"]["known"]) == (120, 120)
    assert found["a_second"]["doorstep"] > 0
    assert found["synchronous_commit"] == "on"


SINGLE_PARENT = {
    "persons": [
        {"id": "a", "household": "h", "role": "adult", "birth": date(1990, 5, 1), "salary": Decimal(450),
         "capital_returns": Decimal(10)},
        {"id": "b", "household": "h", "role": "child", "birth": date(2010, 1, 1), "salary": Decimal(0),
         "capital_returns": Decimal(0)},
        {"id": "c", "household": "h", "role": "child", "birth": date(2009, 6, 1), "salary": Decimal(0),
         "capital_returns": Decimal(0)},
    ],
    "households": [
        {"id": "h", "accommodation_size": Decimal(15), "rent": Decimal(300), "housing_occupancy_status": "tenant"}
    ],
}  # fmt: skip
# By hand, from the template's law on 1 January 2017: 69 = 15% of 460; 9 = 2% of 450; the least housing tax is 200.
BY_HAND = {
    "parenting_allowance": Decimal(600), "total_benefits": Decimal(600), "housing_tax": Decimal(200),
    "total_taxes": Decimal("94.6666666667"), "meal_price": Decimal(1), "swimming_pool_access": Decimal(1),
    "disposable_income": Decimal("1565.3333333333"),
}  # fmt: skip


@pytest.mark.parametrize("goal", sorted(BY_HAND))
def test_our_copy_of_the_template_decides_as_worked_out_by_hand(goal):
    from bench.openfisca import rules
    from doorstep.engines.rules.api import compile_one

    one = compile_one(rules.country(), entity="household", goal=goal, as_of=date(2017, 1, 1))
    assert one.decide(SINGLE_PARENT, key="h").outcome == BY_HAND[goal]


def test_cards_are_measured_and_fit_their_code(tmp_path):
    command = [sys.executable, str(ROOT / "bench/cards.py"), "--cards", "8", "--listed", "1000"]
    subprocess.run([*command, "--folder", str(tmp_path)], capture_output=True, check=True)
    found = json.loads((tmp_path / "cards.json").read_text())
    for figures in (found["Ed25519"], found["ES256"]):
        assert figures["cards_verified_a_second"] > 0
        assert all(letters <= 600 for letters in figures["letters"].values())


def test_candidates_at_an_enrolment_are_found_by_hashed_keys(tmp_path):
    command = [sys.executable, str(ROOT / "bench/candidates.py"), "--people", "3000", "--enrolments", "100"]
    done = subprocess.run([*command, "--folder", str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads((tmp_path / "result.json").read_text())
    assert found["keys_checked"] == 1000
    assert found["person_is_a_candidate"] > 0.8
