"""``doorstep test``: worked cases, why one fails, and what of the rules no case reaches."""

from __future__ import annotations

import html
import json
import re
import shutil
from pathlib import Path

import pytest

from doorstep.config.tests.door import ROOT, TARIFF, Door

pytestmark = pytest.mark.slow

DEMO = ROOT / "countries/demo"
CASES = "tests/energy-tariff.yaml"


@pytest.fixture
def here(tmp_path: Path) -> Door:
    """The command line in a folder with a copy of the demo country."""
    shutil.copytree(DEMO, tmp_path / "demo")
    return Door(tmp_path)


def change(door: Door, file: str, old: str, new: str) -> None:
    path = door.folder / "demo" / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_the_demo_is_wholly_covered() -> None:
    said = Door(ROOT)("test", "countries/demo", "--coverage", "-", "--least", "100", "--json")
    assert said.code == 0, said.err
    assert said.json["failed"] == 0
    assert said.json["coverage"]["percent"] == 100
    assert [file["file"] for file in said.json["coverage"]["files"]] == [f"rules/{TARIFF}.yaml"]
    assert said.json["coverage"]["all"] > 80


def test_a_case_that_fails_says_where_what_and_why(here: Door) -> None:
    change(here, f"rules/{TARIFF}.yaml", "2020-12-31: 6272.64", "2020-12-31: 6272.63")
    said = here("test", "demo", "--case", "EXACTLY at the ceiling")
    assert said.code == 1
    lines = [line.strip() for line in said.out.splitlines()]
    assert "FAILED  A household exactly at the ceiling gets the discount" in lines
    assert f"{CASES}:11:5: eligible: expected yes, found no" in lines
    assert lines[-1] == "0 passed, 1 failed."
    assert {"household_income: 6272.64", "income_ceiling: 6272.63", "low_income: no", "one person"} <= set(lines)


def test_the_steps_are_there_for_programs_too(here: Door) -> None:
    change(here, CASES, "holder.household.ceiling: 6272.64", "holder.household.ceiling: 1")
    said = here("test", "demo", "--json")
    assert (said.code, said.json["failed"]) == (1, 1)
    failed = [case for case in said.json["cases"] if not case["passed"]]
    assert [(case["file"], case["line"], case["cases_of"]) for case in failed] == [(CASES, 11, TARIFF)]
    (difference,) = failed[0]["differences"]
    assert (difference["expected"], difference["found"]) == ("1", "6272.640")
    assert [step["name"] for step in difference["steps"]["steps"]] == [
        "income_ceiling",
        "ceiling_step",
        "without_income",
    ]


def test_check_and_test_tell_the_same(here: Door) -> None:
    change(here, CASES, "eligible.reason: low_income, holder", "eligible.reason: use, holder")
    told = here("check", "demo", "--json").json["problems"]
    cases = here("test", "demo", "--json").json["cases"]
    assert told == [problem for case in cases for problem in case["problems"]]
    assert len(told) == 1


def test_a_mistake_in_a_case_is_told_with_it(here: Door) -> None:
    change(here, CASES, "rows: {income: [{taxable_income: 6272.64}]", "rows: {incom: [{taxable_income: 6272.64}]")
    said = here("test", "demo")
    assert said.code == 1
    assert "unknown register 'incom'. Did you mean 'income'?" in said.out


def test_cases_can_be_chosen(here: Door) -> None:
    whole = here("test", "demo", "--json").json["passed"]
    assert here("test", "demo", "--programme", TARIFF, "--json").json["passed"] == whole
    assert here("test", "demo", "--case", "one cent", "--json").json["passed"] == 2
    none = here("test", "demo", "--case", "no such words")
    assert (none.code, none.out) == (1, "")
    assert "No worked case holds the words 'no such words'." in none.err
    wrong = here("test", "demo", "--programme", "energy-tarif", "--json")
    assert wrong.json["error"]["mend"] == f"Did you mean '{TARIFF}'?"


def test_a_programme_is_tested_by_the_rules_that_decide_it(here: Door) -> None:
    for file in ("rules", "tests"):
        change(here, f"{file}/{TARIFF}.yaml", f": {TARIFF}\n", ": energy-law\n")
    assert here("test", "demo", "--programme", TARIFF, "--json").json["passed"] > 40


def test_cases_of_unknown_rules_are_a_mistake(here: Door) -> None:
    change(here, CASES, "cases_of: energy-tariff", "cases_of: energy-tarif")
    said = here("test", "demo")
    assert said.code == 1
    assert f"{CASES}:3:1: the cases are of unknown rules 'energy-tarif'. Did you mean '{TARIFF}'?" in said.out


def test_a_country_without_cases_is_told_how_to_write_them(here: Door) -> None:
    shutil.rmtree(here.folder / "demo/tests")
    said = here("test", "demo")
    assert said.code == 1
    assert "There are no worked cases." in said.err


def test_what_no_case_reaches_is_listed_with_its_line(here: Door) -> None:
    change(
        here,
        CASES,
        "rows: {contract: [{use: unknown}], income: [{}], benefit: []}",
        "rows: {income: [{}], benefit: []}",
    )
    change(here, CASES, "expect: {eligible: unknown, eligible.reason: domestic_use}", "expect: {eligible: yes}")
    said = here("test", "demo", "--coverage", "-", "--least", "99")
    line = (DEMO / f"rules/{TARIFF}.yaml").read_text().splitlines().index('    formula: use = "domestic"') + 1
    assert f'  rules/{TARIFF}.yaml:{line}: domestic_use: never unknown: use = "domestic"' in said.out.splitlines()
    assert said.code == 1
    assert "less than 99 %" in said.err
    assert here("test", "demo", "--coverage", "-", "--least", "90%").code == 0


def test_the_page_shows_what_is_missed(here: Door) -> None:
    change(
        here,
        f"rules/{TARIFF}.yaml",
        "household_income <= ceiling\n",
        'if household_income = 1 then "<" = "<" else household_income <= ceiling\n',
    )
    said = here("test", "demo", "--coverage", "out/cases")
    assert said.code == 0
    page = (here.folder / "out/cases/coverage.html").read_text()
    assert "<script" not in page
    assert "<mark>household_income = 1</mark>" in page
    words = " ".join(html.unescape(re.sub(r"<[^>]+>", "", page)).split())
    assert "low_income: its then is never taken: if household_income = 1" in words
    assert re.search(r"✓ else in \d+ cases, the first: A household", words)
    data = json.loads((here.folder / "out/cases/coverage.json").read_text())
    missed = [branch["outcome"] for branch in data["branches"] if not branch["cases"]]
    assert "then" in missed
    assert data["percent"] < 100


@pytest.mark.parametrize("words", [["--least", "x"], ["--least", "101"]])
def test_a_share_that_is_none_is_refused(here: Door, words: list[str]) -> None:
    assert here("test", "demo", *words).code == 2
