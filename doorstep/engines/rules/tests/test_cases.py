"""Worked cases hold the rules to the law's own examples."""

from __future__ import annotations

import textwrap

from doorstep.engines.rules.api import check_cases
from doorstep.engines.rules.tests.town import rules
from doorstep.kit.files import read_yaml

CASES = """
cases_of: town
entity: contract
as_of: 2026-09-01
usually:
  contract: {contract_id: k, holder: p, use: domestic, power: 3.45}
  income: {tax_id: p, household: h, taxable_income: 100.00, born_on: 1950-01-01}
cases:
"""


def found(case: str) -> list[str]:
    return [str(problem) for problem in check_cases(read_yaml(CASES + textwrap.dedent(case), file="c.yaml"), rules())]


def test_a_case_that_comes_out_as_expected_is_silent() -> None:
    assert found("- {case: ok, rows: {income: [{}]}, expect: {entitled: yes, entitled.reason: low}}") == []


def test_a_case_that_comes_out_otherwise_is_named_with_its_place() -> None:
    told = found("- {case: too rich, rows: {income: [{taxable_income: 120.26}]}, expect: {entitled: yes}}")
    assert told == ["c.yaml:9:3: too rich: entitled comes out otherwise; expected yes; found no"]


def test_what_is_missing_is_unknown() -> None:
    assert found("- {case: gone, rows: {}, expect: {entitled: unknown}}") == []
    assert found("- {case: gone, rows: {income: [{taxable_income: unknown}]}, expect: {entitled: unknown}}") == []


def test_a_cell_that_cannot_be_read_is_not_an_empty_one() -> None:
    cases = "- {{case: a, rows: {{income: [{{}}], benefit: [{{until: {0}}}]}}, expect: {{{1}}}}}"
    ends = "holder.benefits_without_end"
    usual = CASES.replace("cases:\n", "  benefit: {tax_id: p, kind: grant, amount: 1}\ncases:\n")
    variable = '{of: person, label: {en: E}, formula: "count(benefits[until = null])"}'
    text = f"rules: town\nvariables:\n  benefits_without_end: {variable}\n"

    def told(cell: str, expected: str) -> list[str]:
        node = read_yaml(usual + cases.format(cell, f"{ends}: {expected}"), file="c.yaml")
        return [str(problem) for problem in check_cases(node, rules(text))]

    assert told("unknown", "1") == told("unreadable", "unknown") == told("2026-09-01", "0") == []
    wrong = found("- {case: a, rows: {income: [{born_on: unreadable}]}, expect: {entitled: yes}}")
    assert "'born_on' cannot be 'unreadable'" in wrong[0]


def test_mistakes_in_a_case_are_explained() -> None:
    assert "no column 'incme'" in found("- {case: a, rows: {income: [{incme: 3}]}, expect: {entitled: yes}}")[0]
    assert "unknown register 'incom'" in found("- {case: a, rows: {incom: [{}]}, expect: {entitled: yes}}")[0]
    wrong = "- {case: a, rows: {income: [{taxable_income: 1.234}]}, expect: {entitled: yes}}"
    assert "cannot be '1.234'" in found(wrong)[0]
    assert "unknown name 'entitld'" in found("- {case: a, expect: {entitld: yes}}")[0]
