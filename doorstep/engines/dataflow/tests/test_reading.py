"""Files come in exactly: what cannot be read is unknown and told, no row is lost, and nothing is invented."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doorstep.engines.dataflow.api import Register, Workshop, read_register
from doorstep.kit.errors import DoorstepError
from doorstep.kit.files import read_yaml

REGISTER = """
register: income
title: {en: Incomes}
provider: tax
entity: person
key: tax_id
columns:
  tax_id: {type: text, label: {en: Number}, names: [NIF]}
  household: {type: text, label: {en: Household}}
  amount: {type: money, label: {en: Amount}}
  born_on: {type: date, label: {en: Born}, optional: true}
  sex: {type: code, label: {en: Sex}, of: {f: {en: Woman}, m: {en: Man}}}
"""
HEAD = "tax_id,household,amount,born_on,sex\n"


@pytest.fixture
def register() -> Register:
    return read_register(read_yaml(REGISTER, file="income.yaml"))


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    with Workshop(folder=tmp_path / "work") as found:
        yield found


def rows(workshop: Workshop) -> list[tuple[object, ...]]:
    return workshop.rows("SELECT * FROM income ORDER BY ALL")


def write(folder: Path, text: str | bytes, name: str = "income.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_clean_rows_come_in_typed(workshop: Workshop, register: Register, tmp_path: Path) -> None:
    reading = workshop.read(register, [write(tmp_path, HEAD + "a,h,12.50,1990-01-31,f\nb,h,0,,m\n")])
    assert rows(workshop) == [
        ("a", "h", Decimal("12.50"), date(1990, 1, 31), "f"),
        ("b", "h", Decimal("0.00"), None, "m"),
    ]
    assert (reading.read, reading.rows, dict(reading.faults)) == (2, 2, {})
    assert len(reading.files[0].sha256) == 64


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ("a,h,12x,,f", "not-a-number"),
        ("a,h,1.234,,f", "too-many-decimals"),
        ("a,h,99999999999999999999,,f", "too-large"),
        ("a,h,,,f", "missing"),
        ("a,h,1.00,1990-02-30,f", "not-a-date"),
        ("a,h,1.00,03/04/1990,f", "date-order"),
        ("a,h,1.00,,x", "unknown-code"),
    ],
)
def test_a_bad_cell_is_unknown_and_its_row_stays(
    workshop: Workshop, register: Register, tmp_path: Path, cells: str, fault: str
) -> None:
    good = "".join(f"g{number},h,{number}.10,1980-05-05,m\n" for number in range(30))
    reading = workshop.read(register, [write(tmp_path, HEAD + good + cells + "\n")])
    assert (reading.rows, dict(reading.faults)) == (31, {fault: 1})
    assert None in workshop.rows("SELECT amount, sex, born_on, household FROM income WHERE tax_id = 'a'")[0]
    listed = tmp_path / "faults.csv"
    assert workshop.faults_to(listed) == 1
    assert "income,income.csv,32," in listed.read_text()


def test_a_row_that_nothing_ties_to_anybody_is_set_aside_and_told(
    workshop: Workshop, register: Register, tmp_path: Path
) -> None:
    reading = workshop.read(register, [write(tmp_path, HEAD + ",h,1.00,,f\nb,h,2.00,,m\n")])
    assert (reading.read, reading.rows, reading.set_aside) == (2, 1, 1)
    assert dict(reading.faults)["set-aside-no-key"] == 1


def test_repeated_rows_become_one_and_contradictions_unknown(
    workshop: Workshop, register: Register, tmp_path: Path
) -> None:
    text = HEAD + "a,h,1.00,,f\na,h,1.00,,f\nb,h,2.00,,m\nb,i,2.00,,m\n"
    reading = workshop.read(register, [write(tmp_path, text)])
    assert [row[:3] for row in rows(workshop)] == [("a", "h", Decimal("1.00")), ("b", None, Decimal("2.00"))]
    assert (reading.repeated, dict(reading.faults)) == (2, {"contradictory": 1, "repeated": 2})


def test_european_files_are_understood(workshop: Workshop, register: Register, tmp_path: Path) -> None:
    text = "NIF;Household;Amount;Born_On;Sex\na;São;1.234,56;1990-01-31;f\nb;h;7,5;;m\n"
    workshop.read(register, [write(tmp_path, text.encode("cp1252"))])
    assert [row[:3] for row in rows(workshop)] == [("a", "São", Decimal("1234.56")), ("b", "h", Decimal("7.50"))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings(workshop: Workshop, register: Register, tmp_path: Path, encoding: str) -> None:
    workshop.read(register, [write(tmp_path, (HEAD + "a,বাড়ি,1.00,,f\n").encode(encoding))])
    assert rows(workshop)[0][1] == "বাড়ি"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "is empty"),
        (b"\x00\x01\x02" * 50, "lacks the columns|not a text file"),
        (b"tax_id,amount\na,1\n", "lacks the columns household, born_on, sex"),
        (b"tax_id,tax_id,household,amount,born_on,sex\n", "has the column tax_id twice"),
        (HEAD.encode() + b"a,h,1.00,03/04/1990,f\nb,h,1.00,05/06/1991,f\n", "does not write the dates"),
        (HEAD.replace(",", ";").encode() + b"a;h;1,234;;f\n", "can be read in two ways"),
        (HEAD.encode() + b"a,\x81\x8d\x8f,1.00,,f\n", "not written in UTF-8"),
    ],
)
def test_a_file_that_is_not_what_was_declared_is_refused(
    workshop: Workshop, register: Register, tmp_path: Path, text: bytes, said: str
) -> None:
    with pytest.raises(DoorstepError, match=said) as caught:
        workshop.read(register, [write(tmp_path, text)])
    assert caught.value.mend


def test_a_truncated_parquet_file_is_refused(workshop: Workshop, register: Register, tmp_path: Path) -> None:
    path = tmp_path / "income.parquet"
    duckdb.sql("SELECT range AS tax_id FROM range(1000)").write_parquet(str(path))
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(DoorstepError, match="not a whole Parquet file"):
        workshop.read(register, [path])


def test_names_carry_no_sql(workshop: Workshop, register: Register, tmp_path: Path) -> None:
    head = HEAD.strip() + ',"x"" FROM income; DROP TABLE ""income rows""; --"\n'
    reading = workshop.read(register, [write(tmp_path, head + "a,h,1.00,,f,1\n", "inc'ome; DROP.csv")])
    assert reading.rows == 1
    assert reading.ignored == ('x" FROM income; DROP TABLE "income rows"; --',)


def test_one_file_a_value_under_a_name_that_leads_nowhere_else(workshop: Workshop, tmp_path: Path) -> None:
    sql = "SELECT * FROM (VALUES ('../../evil', 1), ('a b', 2), (NULL, 3)) AS t(supplier, n)"
    found = workshop.write_each(sql, by="supplier", folder=tmp_path / "out")
    assert sorted(found) == ["a-b.csv", "evil.csv", "without-name.csv"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(found)


def test_a_file_appears_whole_or_not_at_all(workshop: Workshop, tmp_path: Path) -> None:
    with pytest.raises(DoorstepError):
        workshop.write("SELECT CAST(x AS INTEGER) FROM (VALUES ('1'), ('no number')) AS t(x)", tmp_path / "out.csv")
    assert list(tmp_path.glob("*out*")) == []


cells = st.text(alphabet='ab1,.";\n é-/', max_size=6)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lines=st.lists(st.tuples(cells, cells, cells, cells, cells), min_size=1, max_size=8))
def test_nothing_is_lost_and_nothing_invented(
    lines: list[tuple[str, ...]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("dirty")
    text = HEAD + "".join(",".join('"' + cell.replace('"', '""') + '"' for cell in line) + "\n" for line in lines)
    with Workshop(folder=folder / "work") as workshop:
        try:
            reading = workshop.read(read_register(read_yaml(REGISTER, file="r")), [write(folder, text)])
        except DoorstepError:  # a whole file may be refused, in words; nothing of it is then used
            return
        assert reading.read == reading.rows + reading.repeated + reading.set_aside
        keys = {str(key) for (key,) in workshop.rows("SELECT tax_id FROM income")}
        assert keys <= {line[0].strip() for line in lines} | {line[0] for line in lines}
