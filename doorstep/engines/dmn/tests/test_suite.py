# ruff: noqa: E501 - models read best on few lines
"""The runner of the public suite, on a small suite written here in the suite's form."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from doorstep.engines.dmn.api import Outcome, results_csv, results_page, run_suite, sums
from doorstep.engines.dmn.tests.drawn import AS_OF, decision, formula, given, table, xml

CASES = """<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">
<modelName>tried.dmn</modelName>{}</testCases>"""
NODE = '<inputNode name="Age"><value xsi:type="xsd:decimal">{}</value></inputNode>'
RESULT = '<resultNode name="{}" type="decision"><expected>{}</expected></resultNode>'


def value(text: str, kind: str = "decimal") -> str:
    return f'<value xsi:type="xsd:{kind}">{text}</value>'


def case(number: int, *parts: str, more: str = "") -> str:
    return f'<testCase id="{number:03}"{more}>{"".join(parts)}</testCase>'


def run(folder: Path, *cases: str) -> list[Outcome]:
    suite = folder / "compliance-level-9" / "0001-tried"
    suite.mkdir(parents=True)
    rows = [["< 18", '"no"', "1"], [">= 18", '"yes"', "2"]]
    suite.joinpath("tried.dmn").write_bytes(
        xml(
            given("Age", "number"),
            decision("Half", formula("Age / 3"), needs=["i_Age"]),
            decision("Both", table(["Age"], rows, outputs=["A", "B"], hit="RULE ORDER"), needs=["i_Age"]),
            decision("Sorted", formula("sort([1])")),
            decision("Born", formula('date("2026-02-01")')),
        )
    )
    suite.joinpath("tried-test-01.xml").write_text(CASES.format("".join(cases)))
    return list(run_suite(folder, as_of=AS_OF, progress=lambda share, what: None))


def test_each_case_passes_fails_or_is_out_with_its_reason(tmp_path: Path) -> None:
    both = f'<list><item><component name="A">{value("yes", "string")}</component><component name="B">{value("2")}</component></item></list>'
    found = run(
        tmp_path,
        case(1, NODE.format(10), RESULT.format("Half", value("3.33333333333"))),
        case(2, NODE.format(10), RESULT.format("Half", value("3.3333"))),
        case(3, NODE.format(20), RESULT.format("Both", both)),
        case(4, NODE.format(20), RESULT.format("Sorted", value("1"))),
        case(5, RESULT.format("Half", '<value xsi:nil="true"/>'), RESULT.format("Born", value("2026-02-01", "date"))),
        case(6, RESULT.format("Born", value("10:00:00", "time"))),
        case(7, RESULT.format("Gone", value("1"))),
        case(8, more=' type="bkm" invocableName="f"'),
    )
    assert [(one.case, one.python, one.duckdb) for one in found] == [
        ("001", "pass", "pass"),
        ("002", "fail", "fail"),
        ("003", "pass", "pass"),
        ("004", "out", "out"),
        ("005", "pass", "pass"),
        ("006", "out", "out"),
        ("007", "out", "out"),
        ("008", "out", "out"),
    ]
    assert "the function 'sort' is left out" in found[3].reason
    assert "expected Decimal('3.3333')" in found[1].reason
    assert {one.level for one in found} == {"compliance-level-9"}


def test_the_results_are_a_page_and_a_file_of_every_case(tmp_path: Path) -> None:
    found = run(
        tmp_path,
        case(1, NODE.format(9), RESULT.format("Half", value("3"))),
        case(2, RESULT.format("Sorted", value("1"))),
    )
    page = results_page(found, version="abc", on=AS_OF)
    assert "Of 2 cases 1 pass on Python, 1 pass on DuckDB; 1 are out" in page
    assert "| 0001-tried | 2 | 1 | 1 | 1 × the function 'sort' is left out" in page
    rows = list(csv.reader(io.StringIO(results_csv(found))))
    assert rows[0] == ["level", "suite", "case", "python", "duckdb", "reason"]
    assert [row[3:5] for row in rows[1:]] == [["pass", "pass"], ["out", "out"]]
    assert sums(found)["compliance-level-9"]["cases"] == 2
