"""What a population file may say, and how its mistakes are named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import pytest

from doorstep.domains.country.api import read_country
from doorstep.domains.people.files import check_population

DEMO = Path(__file__).parents[4] / "countries" / "demo"
Folder = Callable[[str, str], Path]


@pytest.fixture
def change(tmp_path: Path) -> Folder:
    """Change one text in the demo country's population file."""

    def changed(old: str, new: str) -> Path:
        folder = tmp_path / "demo"
        copytree(DEMO, folder)
        text = (folder / "population.yaml").read_text(encoding="utf-8")
        assert old in text
        (folder / "population.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
        return folder

    return changed


def test_the_demo_population_has_no_mistakes() -> None:
    assert check_population(read_country(DEMO)) == []


def test_a_country_need_not_have_a_population(change: Folder) -> None:
    folder = change("households:", "households:")
    (folder / "population.yaml").unlink()
    assert check_population(read_country(folder)) == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("share: 0.235", "share: 0.335", "shares of households do not add up to 1"),
        ("ages: [19, 76, 98]", "ages: [76, 19, 98]", "ages are not in order"),
        ("ages: [20, 24]", "ages: [21, 24]", "no income is said for the age 20"),
        ("ages: [0, 17], share: 0.82", "ages: [17, 0], share: 0.82", "ages are not in order"),
        ("none: 0.36, middle: 10200", "none: 0.36", "how much is not said"),
        ("{pt: 0.52, bn: 0.19", "{fr: 0.52, bn: 0.19", "unknown code 'fr'"),
        ("luz-do-vale: 0.41", "luz: 0.41", "unknown code 'luz'"),
        ("kind: sick-pay", "kind: sick-leave", "unknown benefit 'sick-leave'"),
        ("alike: 0.35", "alike: 35", "less than 0 or more than 1"),
        ("contract: {repeated", "contract: {bad_text: 0.1, repeated", "no such dirt: contract.bad_text"),
        ("dirt:\n", "dirt:\n  tax: {missing: 0.1}\n", "no such dirt: tax.missing"),
        ("{repeated: 0.0004", "{repeated: 0.6", "more than half of contract"),
        ("given: [2, 3]", "given: [3, 2]", "how many sounds"),
        ("{latin: na, bn: না, ar: نا}", "{latin: na, bn: না}", "do not all name the same letters"),
        ("power_kva: 10.35, people", "power_kva: 99, people", "needs people and a known power"),
        ("age: 70, sex", "age: 170, sex", "out of range"),
        ("income: 6272.65", "income: 62726500000", "out of range"),
        ("elders: 1", "elders: 99", "more than 4 elders"),
        ("benefit_years: 8", "benefit_years: 0", "benefit_years is less than 1"),
        ("unemployed: {ages", "unemployd: {ages", "Did you mean 'unemployed'?"),
        ("share: 0.235", "share: lots", "a number such as"),
    ],
)
def test_each_mistake_is_named(change: Folder, old: str, new: str, says: str) -> None:
    problems = check_population(read_country(change(old, new)))
    assert any(says in str(problem) and problem.place.file == "population.yaml" for problem in problems), problems
    assert all(problem.place.line for problem in problems)
