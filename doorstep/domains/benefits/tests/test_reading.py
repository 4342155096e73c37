"""Every mistake in a programme's file is found at load, with its place and how to mend it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from doorstep.domains.benefits import api
from doorstep.domains.country.api import Country

FILE = "programmes/energy-tariff.yaml"


def problems(country: Country, old: str, new: str) -> list[str]:
    text = country.files[FILE]
    assert text.count(old) >= 1, old
    changed = replace(country, files={**country.files, FILE: text.replace(old, new, 1)})
    return [str(problem) for problem in api.check_programmes(changed)]


def test_the_demo_is_without_fault(country: Country) -> None:
    assert api.check_programmes(country) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("office: energy-office", "office: energy-ofice", "Did you mean 'energy-office'?"),
        ("registers: [contract, income, benefit]", "registers: [contract, incom]", "Did you mean 'income'?"),
        ("entity: contract", "entity: house", "no register of the programme holds one row for each 'house'"),
        ("entitled_when: eligible", "entitled_when: eligibel", "unknown name 'eligibel'"),
        ("entitled_when: eligible", "entitled_when: discount", "gives the wrong kind of value"),
        ("share: discount", "share: eligible", "expected number"),
        ("person: holder", "person: owner", "contract has no column 'owner'"),
        ("id: contract_id}", "id: holder}", "deliverers must know the entity by its key"),
        ("age: age_band", "age: ageband", "Did you mean 'age_band'?"),
        ("everyone: september", "everyone: Sept", "unknown value"),
        ("stop_if_ending_over: 5%", "stop_if_ending_over: five", "this is no share"),
        ("object_within: {days: 30}", "object_within: {days: 0}", "at least one day"),
        ("{words}", "{wrods}", "unknown placeholder {wrods}"),
        ("From {from_date} you get", "From {to_date} you get", "unknown placeholder {to_date}"),
        ("From {from_date} you get", "From {from_date.year} you get", "must be a plain name"),
        ("From {from_date} you get", "From {from_date!r} you get", "must be a plain name"),
        ("From {from_date} you get", "From {from_date you get", "a brace is open"),
        ("when: use = \"domestic\"\n", "when: usage = \"domestic\"\n", "unknown name 'usage'"),
        ("check: members >= 1", "check: income >= 1", "unknown name 'income'"),
        ('use: "{use}"', 'use: "{usage}"', "unknown answer {usage}"),
        ('use: "{use}"', 'using: "{use}"', "unknown column 'using'"),
        ('taxable_income: "0"', 'taxable_income: "nil"', "'nil' is no value for 'taxable_income'"),
        ("times: without_income", "times: benefit", "wrong kind"),
        ("  - id: use\n", "  - id: energy\n", "stands twice"),
        ("  refused:\n", "  refusd:\n", "unknown key 'refusd'"),
        ("  pt: Tarifa de energia\n", "", "no words in 'pt'"),
        ("title:\n  en: Energy tariff\n", "titel:\n  en: Energy tariff\n", "unknown key 'titel'"),
        ("      en: Your energy costs", "      en: Your " + "very " * 20 + "energy costs", "longer than 80"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_place(country: Country, old: str, new: str, said: str) -> None:
    found = problems(country, old, new)
    assert any(said in problem for problem in found), found
    assert all(problem.startswith(FILE + ":") for problem in found)


def test_a_programme_stands_once(country: Country) -> None:
    twice = replace(country, files={**country.files, "programmes/other.yaml": country.files[FILE]})
    assert any("stands twice" in str(problem) for problem in api.check_programmes(twice))


@pytest.mark.parametrize("kind", ["refused", "waiting"])
def test_no_letter_may_be_left_out(country: Country, kind: str) -> None:
    start = country.files[FILE].index(f"\n  {kind}:\n")
    end = country.files[FILE].index("{office}\n", country.files[FILE].index("      ar: |-", start)) + len("{office}\n")
    found = problems(country, country.files[FILE][start:end], "\n")
    assert len(found) == 1
    assert f"there are no words for the notice '{kind}'" in found[0]
