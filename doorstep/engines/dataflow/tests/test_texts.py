"""A key is what people see of it: blanks around it do not count, and what cannot be one stops nobody else."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import pytest

from doorstep.engines.dataflow.api import Workshop, read_register
from doorstep.kit.files import read_yaml

REGISTER = """
register: income
title: {en: Incomes}
provider: tax
entity: person
key: tax_id
columns:
  tax_id: {type: text, label: {en: Number}}
  household: {type: text, label: {en: Household}}
"""
BLANKS = [" ", "\t", "\r", "\u00a0", "\u2003", "\u200b", "\u200e", "\u202f", "\u3000", "\ufeff"]
KINDS = ("csv", "parquet")


def read(folder: Path, kind: str, rows: list[tuple[str, str]]) -> tuple[list[tuple[object, ...]], dict[str, int]]:
    """The rows that come in from a file, and the faults told."""
    path = folder / f"income.{kind}"
    if kind == "csv":
        lines = "".join(f'"{key}","{household}"\n' for key, household in rows)
        path.write_bytes(f"tax_id,household\n{lines}".encode())
    else:
        with duckdb.connect() as connection:
            connection.execute("CREATE TABLE t (tax_id VARCHAR, household VARCHAR)")
            connection.executemany("INSERT INTO t VALUES (?, ?)", rows)
            connection.execute(f"COPY t TO '{path}' (FORMAT parquet)")
    with Workshop(folder=folder / kind) as workshop:
        reading = workshop.read(read_register(read_yaml(REGISTER, file="income.yaml")), [path])
        return workshop.rows("SELECT * FROM income ORDER BY ALL"), dict(reading.faults)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("blank", BLANKS)
def test_blanks_around_a_key_do_not_count_whatever_they_are(tmp_path: Path, kind: str, blank: str) -> None:
    found, faults = read(tmp_path, kind, [(f"a{blank}", "h"), (f"{blank}b", f"{blank}h{blank}"), ("c", f"h{blank}")])
    assert found == [("a", "h"), ("b", "h"), ("c", "h")]
    assert faults == {}


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_key_with_and_without_blanks_is_one_key(tmp_path: Path, kind: str) -> None:
    found, faults = read(tmp_path, kind, [("a", "h"), ("a\t", "i"), ("a\u00a0", "h")])
    assert found == [("a", None)]
    assert faults == {"repeated": 2, "contradictory": 1}


@pytest.mark.parametrize("kind", KINDS)
def test_a_text_that_nobody_can_keep_is_a_fault_of_its_row_alone(tmp_path: Path, kind: str) -> None:
    rows = [("a", "h" * 81), ("b" * 81, "h"), ("c", "h\u200bi"), ("d", "জ" * 80), ("e", "h i\u200cj")]
    found, faults = read(tmp_path, kind, rows)
    assert found == [("a", None), ("c", None), ("d", "জ" * 80), ("e", "h i\u200cj")]
    assert faults == {"too-long": 1, "unseen-letters": 1, "set-aside-no-key": 1}


def test_a_zero_character_is_a_fault_of_its_row_alone(tmp_path: Path) -> None:
    found, faults = read(tmp_path, "parquet", [("a", "h\0i"), ("b\0", "h"), ("c", "h")])
    assert found == [("a", None), ("c", "h")]
    assert faults == {"unseen-letters": 1, "set-aside-no-key": 1}


def test_a_zero_character_far_down_a_file_stops_nobody_elses_row(tmp_path: Path) -> None:
    rows = [(f"k{number:07}", "h") for number in range(40_000)]
    found, faults = read(tmp_path, "csv", [*rows[:25_001], ("x", "h\0i"), *rows[25_001:]])
    assert len(found) == 40_001
    assert ("x", None) in found
    assert sum(faults.values()) == 1


def test_no_cell_of_the_faults_is_a_formula_in_a_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "income.csv"
    cells = ["=1+1", "+2+3", "-2+3", "@SUM(A1)", "\t=1", "-5", "plain"]
    path.write_text("tax_id,household,amount\n" + "".join(f'k{n},h,"{cell}"\n' for n, cell in enumerate(cells)))
    counted = REGISTER + "  amount: {type: count, label: {en: Amount}}\n"
    with Workshop(folder=tmp_path / "work") as workshop:
        workshop.read(read_register(read_yaml(counted, file="income.yaml")), [path])
        workshop.faults_to(tmp_path / "faults.csv")
    with (tmp_path / "faults.csv").open(newline="") as file:
        told = [row["value"] for row in csv.DictReader(file)]
    assert told == ["'=1+1", "'+2+3", "'-2+3", "'@SUM(A1)", "'=1", "-5", "plain"]
