"""What worked cases reach of the rules: only what happened, and only where it made a difference."""

from __future__ import annotations

import textwrap

import pytest

from doorstep.engines.rules.api import Coverage, coverage_of, run_cases
from doorstep.engines.rules.tests.town import rules
from doorstep.kit.files import read_yaml

CASES = """
cases_of: town
entity: contract
as_of: 2026-09-01
usually:
  contract: {contract_id: k, holder: p, use: domestic, power: 3.45}
  income: {tax_id: p, household: h, taxable_income: 100.00, born_on: 1950-01-01}
  benefit: {tax_id: p, kind: pension, amount: 10}
cases:
"""
RULES = """
rules: town
parameters:
  small: {label: {en: Small}, values: {2020-01-01: 3.45, 2025-01-01: 6.90}, reference: Act 1}
  never: {label: {en: Never}, values: {2020-01-01: 1}, reference: Act 2}
  open: {label: {en: Open}, values: {2020-01-01: true}, reference: Act 3}
variables:
"""


def covered(variables: str, cases: str) -> Coverage:
    """What the cases reach of these variables."""
    ruleset = rules(RULES + textwrap.indent(textwrap.dedent(variables).strip(), "  "))
    ran = run_cases(read_yaml(CASES + textwrap.dedent(cases), file="c.yaml"), ruleset=ruleset, watch=True)
    assert not ran.problems
    return coverage_of(ruleset, reached_by=[(result.case, result.reached) for result in ran.results])


def told(coverage: Coverage, owner: str) -> dict[tuple[str, str], int]:
    """How many cases reach each (part, outcome) of a variable."""
    return {
        (branch.part, branch.outcome): len(cases)
        for branch, cases in coverage.branches.items()
        if branch.owner == owner
    }


def case(
    expect: str, *, contract: str = "{}", income: str = "[]", benefit: str = "[]", as_of: str = "2026-09-01"
) -> str:
    """One worked case as YAML."""
    rows = f"{{contract: [{contract}], income: {income}, benefit: {benefit}}}"
    return f"- {{case: '{expect}', as_of: {as_of}, rows: {rows}, expect: {{{expect}}}}}\n"


def test_a_part_counts_only_where_no_other_settles_the_answer() -> None:
    variable = """x: {of: contract, label: {en: X}, formula: use = "domestic" and power > 5}"""
    both_false = case("x: no", contract="{use: business, power: 1}")
    found = told(covered(variable, both_false), "x")
    assert found['use = "domestic"', "false"] == found["power > 5", "false"] == 0
    assert found['use = "domestic" and power > 5', "false"] == 1

    found = told(
        covered(
            variable, case("x: no", contract="{power: 1}") + case("x: unknown", contract="{use: unknown, power: 6}")
        ),
        "x",
    )
    assert found["power > 5", "false"] == found["power > 5", "true"] == 1
    assert found['use = "domestic"', "unknown"] == 1
    assert found["power > 5", "unknown"] == found['use = "domestic"', "true"] == 0, "beside a false it says nothing"


def test_a_part_of_or_counts_beside_parts_that_are_not_true() -> None:
    variable = """x: {of: contract, label: {en: X}, formula: use = "domestic" or power > 5}"""
    found = told(covered(variable, case("x: yes", contract="{power: 6}")), "x")
    assert found['use = "domestic"', "true"] == found["power > 5", "true"] == 0
    found = told(covered(variable, case("x: yes", contract="{power: unknown}")), "x")
    assert found['use = "domestic"', "true"] == 1
    assert found["power > 5", "unknown"] == 0


def test_only_the_branch_that_is_taken_counts() -> None:
    variable = """
        x: {of: contract, label: {en: X}, formula: 'if use = "domestic" then power <= small else power <= never'}
        """
    coverage = covered(variable, case("x: yes") + case("x: unknown", contract="{use: unknown}"))
    found = told(coverage, "x")
    assert (found['use = "domestic"', "then"], found['use = "domestic"', "else"]) == (1, 0)
    assert found['use = "domestic"', "neither, unknown"] == 1
    assert told(coverage, "never") == {("2020-01-01: 1", "used"): 0}
    assert told(coverage, "small") == {
        ("2020-01-01: 3.45", "used"): 0,
        ("2025-01-01: 6.90", "used"): 1,
    }


def test_conditions_inside_a_branch_that_is_not_taken_are_listed_and_missed() -> None:
    variable = (
        """x: {of: contract, label: {en: X}, formula: if power > 5 then (use = "domestic" and power > 6) else false}"""
    )
    found = told(covered(variable, case("x: no")), "x")
    assert found["power > 6", "true"] == found["power > 6", "false"] == 0
    assert ("power > 6", "unknown") not in found, "the branch is taken only where the power is known"
    assert found["power > 5", "else"] == 1


def test_the_value_of_the_day_of_the_decision_is_used() -> None:
    variable = "x: {of: contract, label: {en: X}, formula: power <= small}"
    found = told(covered(variable, case("x: yes", as_of="2024-12-31")), "small")
    assert found == {("2020-01-01: 3.45", "used"): 1, ("2025-01-01: 6.90", "used"): 0}


def test_rows_of_a_table() -> None:
    variable = """
        x:
          of: contract
          label: {en: X}
          table:
            inputs: [use, power]
            rows:
              - {when: ['"domestic"', "< small"], then: '"low"'}
              - {when: ['"business", "domestic"', "[6..9]"], then: '"high"'}
            otherwise: '"between"'
        """
    found = told(covered(variable, case("x: low") + case("x: high", contract="{power: 7}")), "x")
    assert (
        found['"domestic" | < small then "low"', "fits"]
        == found['"business", "domestic" | [6..9] then "high"', "fits"]
        == 1
    )
    assert (found['"business"', "true"], found['"domestic"', "true"]) == (0, 1)
    assert found["use | power", "no row fits"] == found["use | power", "unknown"] == 0
    more = case("x: between", contract="{power: 20}") + case("x: unknown", contract="{power: unknown}")
    found = told(covered(variable, more), "x")
    assert found["use | power", "no row fits"] == found["use | power", "unknown"] == 1
    assert found['"domestic" | < small then "low"', "fits"] == 0


@pytest.mark.parametrize(("second", "asked"), [('"business"', False), ('"domestic"', True)])
def test_that_no_row_fits_is_asked_for_only_where_it_can_happen(second: str, asked: bool) -> None:
    rows = f"[{{when: ['\"domestic\"'], then: power}}, {{when: ['{second}'], then: '2'}}]"
    variable = f"x: {{of: contract, label: {{en: X}}, table: {{inputs: [use], rows: {rows}}}}}"
    found = told(covered(variable, case("x: 3.45")), "x")
    assert (("use", "no row fits") in found) == asked


def hits(hit: str, rows: str, cases: str, *, otherwise: str = "") -> dict[tuple[str, str], int]:
    """What cases reach of a table over the power."""
    last = f", otherwise: '{otherwise}'" if otherwise else ""
    table = f"{{inputs: [power], hit: {hit}, rows: [{rows}]{last}}}"
    return told(covered(f"x: {{of: contract, label: {{en: X}}, table: {table}}}", cases), "x")


def test_where_only_one_row_may_fit_a_row_beside_another_gives_nothing() -> None:
    rows = "{when: ['> never'], then: '1'}, {when: ['< small'], then: '2'}"
    assert hits("unique", rows, case("x: unknown"))["> never then 1", "fits"] == 0
    assert hits("unique", rows, case("x: 1", contract="{power: 7}"))["> never then 1", "fits"] == 1


def test_where_rows_may_fit_that_say_the_same_each_counts_unless_another_disagrees() -> None:
    rows = "{when: ['> never'], then: '1'}, {when: ['< small'], then: '1'}, {when: ['> 9'], then: power}"
    found = hits("any", rows, case("x: 1"))
    assert (found["> never then 1", "fits"], found["< small then 1", "fits"], found["> 9 then power", "fits"]) == (
        1,
        1,
        0,
    )
    assert found["power", "unknown"] == 0
    found = hits("any", rows, case("x: unknown", contract="{power: 10}"))
    assert not any(count for (_, outcome), count in found.items() if outcome == "fits"), "1 and 10 disagree"
    found = hits("any", rows, case("x: unknown", contract="{power: unknown}"))
    assert found["power", "unknown"] == 1


def test_rows_whose_results_only_the_case_can_compare_count_where_these_are_the_same() -> None:
    rows = "{when: ['> never'], then: power}, {when: ['< small'], then: small - 3.45}"
    found = hits("any", rows, case("x: 3.45"))
    assert (found["> never then power", "fits"], found["< small then small - 3.45", "fits"]) == (1, 1)
    found = hits("any", rows, case("x: unknown", contract="{power: 3}"))
    assert (found["> never then power", "fits"], found["< small then small - 3.45", "fits"]) == (0, 0)


@pytest.mark.parametrize(
    ("hit", "both", "none"),
    [("sum", "3", "7"), ("min", "1", "7"), ("max", "2", "7"), ("count", "2", "7")],
)
def test_where_all_rows_that_fit_are_collected_each_counts_when_every_row_is_known(
    hit: str, both: str, none: str
) -> None:
    rows = "{when: ['> 1'], then: '1'}, {when: ['> 2'], then: '2'}"
    found = hits(hit, rows, case(f"x: {both}"), otherwise="7")
    assert (found["> 1 then 1", "fits"], found["> 2 then 2", "fits"], found["power", "no row fits"]) == (1, 1, 0)
    found = hits(hit, rows, case(f"x: {none}", contract="{power: 1}"), otherwise="7")
    assert (found["> 1 then 1", "fits"], found["> 2 then 2", "fits"], found["power", "no row fits"]) == (0, 0, 1)
    found = hits(hit, rows, case("x: unknown", contract="{power: unknown}"), otherwise="7")
    assert found["power", "unknown"] == 1
    assert found["> 1 then 1", "fits"] == found["power", "no row fits"] == 0


def test_each_related_row_counts_and_what_is_taken_of_it_only_where_the_filter_lets_it_through() -> None:
    variable = """
        got:
          of: person
          label: {en: Got}
          formula: sum(for b in benefits[kind = "pension"] return if b.amount > 5 then b.amount else 0)
        """
    rows = "[{amount: 3}, {kind: grant, amount: 100}]"
    found = told(covered(variable, case("holder.got: 0", income="[{}]", benefit=rows)), "got")
    assert found['kind = "pension"', "true"] == found['kind = "pension"', "false"] == 1
    assert found["b.amount > 5", "else"] == 1
    assert found["b.amount > 5", "then"] == 0, "the grant of 100 did not pass the filter"


def test_a_row_of_nobody_is_not_a_related_row() -> None:
    variable = """got: {of: person, label: {en: Got}, formula: 'count(benefits[kind = "pension"])'}"""
    found = told(
        covered(variable, case("holder.got: unknown", contract="{holder: unknown}", benefit="[{tax_id: unknown}]")),
        "got",
    )
    assert found['kind = "pension"', "true"] == 0


@pytest.mark.parametrize(
    ("formula", "part", "outcomes"),
    [
        ("power = null", "power = null", {"true", "false"}),
        ("power = null or power > 5", "power > 5", {"true", "false"}),
        ("power != null and power > 5", "power > 5", {"true", "false"}),
        ("power != null and power > 5", "power != null and power > 5", {"true", "false"}),
        ("open and power > 5", "open", {"true"}),
        ("never > 1 or power > 5", "never > 1", {"false"}),
        ("small > 5 or power > 5", "small > 5", {"true", "false"}),
        ("today() > date(\"2026-01-01\") and power > 5", "today() > date(\"2026-01-01\")", {"true", "false"}),
        ("if power = null then false else power > 5 and use = null", "power > 5", {"true", "false"}),
        ("power in (1, 2)", "power in (1, 2)", {"true", "false", "unknown"}),
        ("power between 1 and 5", "power between 1 and 5 (>=)", {"true", "false", "unknown"}),
    ],
)  # fmt: skip
def test_only_what_can_happen_is_asked_for(formula: str, part: str, outcomes: set[str]) -> None:
    coverage = covered(f"x: {{of: contract, label: {{en: X}}, formula: '{formula}'}}", "- {case: x, expect: {k: yes}}")
    assert {outcome for (text, outcome) in told(coverage, "x") if text == part} == outcomes


@pytest.mark.parametrize(
    ("formula", "part"),
    [
        ("b.until = null or b.until >= today()", "b.until >= today()"),
        ("b.until != null and b.until >= today()", "b.until != null"),
    ],
)
def test_a_cell_that_may_be_empty_may_also_be_unreadable(formula: str, part: str) -> None:
    variable = f"got: {{of: person, label: {{en: Got}}, formula: some b in benefits satisfies {formula}}}"
    found = told(covered(variable, case("holder.got: unknown", income="[{}]", benefit="[{until: unreadable}]")), "got")
    assert found[part, "unknown"] == found[formula, "unknown"] == 1
    found = told(covered(variable, case("holder.got: no", income="[{}]", benefit="[{until: 2026-08-31}]")), "got")
    assert found[part, "unknown"] == 0


def test_a_row_without_a_name_is_nobodys() -> None:
    variable = "size: {of: household, label: {en: Size}, formula: 'count(members[taxable_income > 5])'}"
    rows = "[{}, {tax_id: unknown, taxable_income: 1}]"
    found = told(covered(variable, case("holder.household.size: 1", income=rows)), "size")
    assert found["taxable_income > 5", "true"] == 1
    assert found["taxable_income > 5", "false"] == 0


def test_a_case_that_fails_reaches_nothing() -> None:
    variable = "x: {of: contract, label: {en: X}, formula: power > 5}"
    assert not any(told(covered(variable, case("x: yes")), "x").values())


def test_the_share_is_whole_only_when_nothing_is_missed() -> None:
    variable = "x: {of: contract, label: {en: X}, formula: power <= small}"
    known = case("x: yes") + case("x: no", contract="{power: 8}") + case("x: yes", as_of="2024-01-01")
    coverage = covered(variable, known)
    assert [(branch.owner, branch.outcome) for branch in coverage.missed] == [
        ("never", "used"),
        ("open", "used"),
        ("x", "unknown"),
    ]
    assert coverage.percent == 57.1
    assert coverage.owners["small"].percent == 100
    assert list(coverage.files) == ["rules.yaml"]


def test_watching_changes_no_outcome() -> None:
    text = CASES + case("entitled: yes", income="[{}]") + case("entitled: yes", income="[{taxable_income: 900}]")
    plain, watched = (
        run_cases(read_yaml(text, file="c.yaml"), ruleset=rules(), watch=watch) for watch in (False, True)
    )
    assert [result.problems for result in plain.results] == [result.problems for result in watched.results]
    assert [result.passed for result in plain.results] == [True, False]
