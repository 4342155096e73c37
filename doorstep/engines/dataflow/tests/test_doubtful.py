"""What a faulty row leaves in doubt is kept: whom it may belong to, and that a cell was not empty."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from doorstep.engines.dataflow.api import Reading, Workshop, read_register
from doorstep.kit.files import read_yaml

INCOME = """
register: income
title: {en: Incomes}
provider: tax
entity: person
key: tax_id
columns:
  tax_id: {type: text, label: {en: Number}}
  household: {type: text, label: {en: Household}, link: household, back: members}
  amount: {type: money, label: {en: Amount}}
  left_on: {type: date, optional: true, label: {en: Left}}
"""
BENEFIT = """
register: benefit
title: {en: Benefits}
provider: social
entity: benefit
columns:
  tax_id: {type: text, label: {en: Person}, link: person, back: benefits}
  until: {type: date, optional: true, label: {en: Until}}
"""

Read = Callable[[str, str], Reading]


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    with Workshop(folder=tmp_path / "work") as found:
        yield found


@pytest.fixture(params=["csv", "parquet"])
def read(request: pytest.FixtureRequest, workshop: Workshop, tmp_path: Path) -> Read:
    """Reads the rows of a register, written as CSV or as Parquet with a text in every cell."""

    def reads(register: str, text: str) -> Reading:
        path = tmp_path / "rows.csv"
        path.write_text(text, encoding="utf-8")
        if request.param == "parquet":
            path = tmp_path / "rows.parquet"
            head, *rows = csv.reader(io.StringIO(text))
            columns = ", ".join(f"unnest(?::VARCHAR[]) AS {name}" for name in head)
            cells = [[row[index] or None for row in rows] for index in range(len(head))]
            duckdb.execute(f"COPY (SELECT {columns}) TO '{path}'", cells)
        return workshop.read(read_register(read_yaml(register, file="register.yaml")), [path])

    return reads


def rows(workshop: Workshop, name: str) -> list[tuple[object, ...]]:
    return workshop.rows(f"SELECT * FROM {name} ORDER BY ALL NULLS LAST")


def test_a_person_in_two_households_may_belong_to_either(workshop: Workshop, read: Read) -> None:
    reading = read(INCOME, "tax_id,household,amount,left_on\na,h,1.00,\na,i,1.00,\nb,h,2.00,\n")
    assert [row[:2] for row in rows(workshop, "income")] == [("a", None), ("b", "h"), (None, "h"), (None, "i")]
    assert (reading.read, reading.rows, reading.repeated, reading.loose) == (3, 2, 1, 2)
    assert reading.untied == {"household": 0}


def test_a_row_without_its_key_may_belong_to_the_household_it_names(workshop: Workshop, read: Read) -> None:
    reading = read(INCOME, "tax_id,household,amount,left_on\n,h,1.00,\nb,h,2.00,\n")
    assert [row[:3] for row in rows(workshop, "income")][1:] == [(None, "h", None)]
    assert (reading.read, reading.rows, reading.set_aside, reading.loose) == (2, 1, 1, 1)
    assert reading.untied == {"household": 0}


def test_rows_of_which_nobody_can_say_to_whom_they_belong_are_counted(workshop: Workshop, read: Read) -> None:
    people = read(INCOME, "tax_id,household,amount,left_on\na,,1.00,\n,,1.00,\nb,h,2.00,\nb,,2.00,\n")
    assert people.untied == {"household": 2}
    assert [row[:2] for row in rows(workshop, "income")] == [("a", None), ("b", None), (None, "h")]
    assert read(BENEFIT, "tax_id,until\na,\n,2026-01-01\n").untied == {"tax_id": 1}


def test_a_cell_that_could_not_be_read_is_told_from_an_empty_one(workshop: Workshop, read: Read) -> None:
    reading = read(BENEFIT, "tax_id,until\na,\nb,soon\nc,2026-01-31\n")
    assert reading.unsure == ("until",)
    found = workshop.rows('SELECT tax_id, until, "until?" IS TRUE FROM benefit ORDER BY tax_id')
    assert found == [("a", None, False), ("b", None, True), ("c", date(2026, 1, 31), False)]


def test_rows_that_contradict_each_other_leave_no_cell_empty(workshop: Workshop, read: Read) -> None:
    text = "tax_id,household,amount,left_on\na,h,1.00,\na,h,1.00,2026-01-31\nb,h,1.00,soon\nb,h,1.00,\nc,h,1.00,\n"
    reading = read(INCOME, text)
    assert (reading.unsure, reading.loose) == (("left_on",), 0)
    found = workshop.rows('SELECT tax_id, left_on, "left_on?" IS TRUE FROM income ORDER BY tax_id')
    assert found == [("a", None, True), ("b", None, True), ("c", None, False)]


def test_sound_files_leave_no_doubt(workshop: Workshop, read: Read) -> None:
    reading = read(INCOME, "tax_id,household,amount,left_on\na,h,1.00,\nb,h,2.00,2026-01-31\n")
    assert (reading.loose, reading.unsure, reading.untied) == (0, (), {"household": 0})
    assert len(rows(workshop, "income")[0]) == 4


def test_a_broken_line_leaves_no_cell_empty(workshop: Workshop, tmp_path: Path) -> None:
    path = tmp_path / "income.csv"
    path.write_text("tax_id,household,amount,left_on\na,h,1.00,x,y,\nb,h,1.00,\n")
    reading = workshop.read(read_register(read_yaml(INCOME, file="register.yaml")), [path])
    assert (reading.unsure, reading.untied) == (("left_on",), {"household": 1})
    assert workshop.rows('SELECT "left_on?" IS TRUE FROM income ORDER BY tax_id') == [(True,), (False,)]
