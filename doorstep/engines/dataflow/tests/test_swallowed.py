"""A stray quote may break its line; it may not make the rows after it disappear."""

from __future__ import annotations

from pathlib import Path

import pytest

from doorstep.engines.dataflow.api import Register, Workshop, read_register
from doorstep.kit.files import read_yaml

INCOME = """
register: income
title: {en: Incomes}
provider: tax
entity: person
key: tax_id
dates: iso
columns:
  tax_id: {type: text, label: {en: Number}}
  household: {type: text, label: {en: Household}, link: household, back: members}
  taxable_income: {type: money, label: {en: Amount}}
  born_on: {type: date, label: {en: Born}}
  sex: {type: code, label: {en: Sex}, of: {female: {en: Female}, male: {en: Male}}}
"""
HEADING = "tax_id,household,taxable_income,born_on,sex"


@pytest.fixture(scope="module")
def income() -> Register:
    return read_register(read_yaml(INCOME, file="register.yaml"))


def row(number: int, **cells: str) -> str:
    usual = {"tax_id": f"P{number}", "household": f"H{number}", "money": "1.00", "born": "1980-05-01", "sex": "female"}
    return ",".join((usual | cells).values())


@pytest.mark.parametrize("opened", ["household", "money", "born", "sex"])
@pytest.mark.parametrize("apart", [1, 2, 50, 5_000])
@pytest.mark.parametrize("wanted", [None, ("tax_id", "household", "taxable_income")])
def test_every_line_between_two_stray_quotes_stays_a_row(
    income: Register, tmp_path: Path, opened: str, apart: int, wanted: tuple[str, ...] | None
) -> None:
    usual = {"household": "H", "money": "1.00", "born": "1980-05-01", "sex": "female"}[opened]
    rows = [row(number) for number in range(10_000)]
    rows[70] = row(70, **{opened: f'"{usual}'})
    rows[70 + apart] = row(70 + apart, **{opened: f'{usual}"'})
    file = tmp_path / "income.csv"
    file.write_text("\n".join([HEADING, *rows]) + "\n", encoding="utf-8")
    with Workshop(folder=tmp_path / "work") as workshop:
        reading = workshop.read(income, [file], wanted)
        assert (reading.read, reading.rows, reading.set_aside) == (10_000, 10_000, 0)
        found = workshop.rows("SELECT count(*) FROM income WHERE tax_id = 'P70' OR tax_id = 'P71'")
        assert found == [(2,)]
        unknown = workshop.rows("SELECT tax_id FROM income WHERE household IS NULL")
        assert ("P70",) in unknown
        assert (f"P{70 + apart}",) in unknown or apart == 5_000, "where the cell is very long only its start is broken"
        (first,) = workshop.rows('SELECT min(line) FROM "doorstep faults"')
        assert first == (72,)
        assert reading.untied["household"] == len(unknown)


def test_a_cell_of_several_lines_is_still_a_cell(income: Register, tmp_path: Path) -> None:
    file = tmp_path / "income.csv"
    lines = [f"{HEADING},note", *(f'{row(number)},"one, two\nthree"' for number in range(100)), "", row(100) + ","]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with Workshop(folder=tmp_path / "work") as workshop:
        reading = workshop.read(income, [file])
        assert (reading.read, reading.rows, dict(reading.faults)) == (101, 101, {})


def test_lines_are_told_rightly_in_the_files_after_one_that_was_read_twice(income: Register, tmp_path: Path) -> None:
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    first.write_text("\n".join([HEADING, row(1, sex='"female'), row(2, sex='female"')]) + "\n", encoding="utf-8")
    second.write_text("\n".join([HEADING, row(3), row(3, money="2.00"), row(4, sex="?")]) + "\n", encoding="utf-8")
    with Workshop(folder=tmp_path / "work") as workshop:
        reading = workshop.read(income, [first, second])
        assert (reading.read, reading.rows, reading.repeated) == (5, 4, 1)
        told = workshop.rows('SELECT file, line, reason FROM "doorstep faults" ORDER BY ALL')
    assert told == [
        ("a.csv", 2, "broken-line"), ("a.csv", 3, "broken-line"), ("b.csv", 3, "contradictory"),
        ("b.csv", 3, "repeated"), ("b.csv", 4, "unknown-code"),
    ]  # fmt: skip
