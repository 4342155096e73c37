"""``doorstep link`` as a person at a terminal uses it."""

from __future__ import annotations

import csv
import json
import random
from pathlib import Path

import pytest

from doorstep.config import cli
from doorstep.config.cli.exits import Exit
from doorstep.config.tests.door import ROOT

HEAD = "id,Given Name,family,birth,sex,phone"
NAMED = ["--country", str(ROOT / "countries" / "demo"), "--column", "given=given_name"]


def people(count: int) -> list[list[str]]:
    chance = random.Random(3)
    sounds = ["ra", "mi", "ko", "su", "ta", "ne", "lo", "da", "fi", "bu"]
    word = lambda size: "".join(chance.choice(sounds) for _ in range(size))  # noqa: E731
    return [
        [f"p{at}", word(3), word(4),
         f"{chance.randint(1930, 2015)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}",
         chance.choice(["female", "male"]), "".join(chance.choice("0123456789") for _ in range(9))]
        for at in range(count)
    ]  # fmt: skip


def write(path: Path, rows: list[list[str]], head: str = HEAD) -> Path:
    path.write_text("\n".join([head, *(",".join(row) for row in rows)]) + "\n")
    return path


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open() as source:
        return list(csv.DictReader(source))


@pytest.fixture
def register(tmp_path: Path) -> Path:
    """400 people, 40 of whom stand there twice: their names taken one for the other, one sign of the number wrong."""
    rows = people(400)
    doubles = [
        [f"{id}d", family, given, birth, sex, f"{phone[:8]}x"] for id, given, family, birth, sex, phone in rows[:40]
    ]
    return write(tmp_path / "register.csv", rows + doubles)


def test_doubles_of_a_file_are_written_with_reasons(
    register: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "doubles.csv"
    assert cli.main(["link", str(register), "--out", str(out), *NAMED]) == Exit.FINE
    told = capsys.readouterr().out
    assert "440 records" in told
    assert "Not compared, for want of a column: area, address, tax_id." in told
    rows = rows_of(out)
    assert {frozenset((row["left"], row["right"])) for row in rows} == {
        frozenset((f"p{at}", f"p{at}d")) for at in range(40)
    }
    assert {(row["order"], row["given"], row["birth"], row["phone"]) for row in rows} == {
        ("swapped", "same", "same", "typo")
    }
    assert not list(tmp_path.glob(".*part*"))


def test_two_files_are_linked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = people(300)
    left = write(tmp_path / "clinic.csv", rows[:200])
    right = write(tmp_path / "register.csv", [[f"r{row[0]}", *row[1:4], row[4], ""] for row in rows[100:]])
    out = tmp_path / "pairs.parquet"
    words = ["link", str(left), str(right), "--out", str(out), *NAMED, "--json"]
    assert cli.main(words) == Exit.FINE
    result = json.loads(capsys.readouterr().out)
    assert (result["records"], result["pairs"]) == ([200, 200], 100)
    assert out.is_file()


@pytest.mark.parametrize(
    ("rows", "head", "more", "words"),
    [
        ([["1", "a", "b", "2000-01-01", "male", "1"]] * 2, HEAD, [], "1 repeat another's"),
        ([["1", "a"]], "number,given", [], "no column 'id' that names each record"),
        ([["1", "a"]], "id,colour", [], "There is no column 'given_name'"),
        (
            [["1", "a", "b", "2000-01-01", "male", "1"]],
            HEAD,
            ["--column", "shoe=family"],
            "The model has no field 'shoe'",
        ),
        ([["1", "male"]], "id,Given Name", [], "no key can be made of given"),
        ([["1", "a", "b", "2000-01-01", "male", "1"]], HEAD, [], "No two records share a key"),
    ],
)
def test_what_cannot_be_linked_is_told_in_words(
    rows: list[list[str]], head: str, more: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, out = write(tmp_path / "register.csv", rows, head), tmp_path / "out.csv"
    assert cli.main(["link", str(file), "--out", str(out), *NAMED, *more]) != Exit.FINE
    assert words in capsys.readouterr().err
    assert not out.exists()


def test_no_file_is_written_over_and_no_third_is_taken(
    register: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.csv"
    out.write_text("mine")
    assert cli.main(["link", str(register), "--out", str(out), *NAMED]) != Exit.FINE
    assert "is there already" in capsys.readouterr().err
    assert out.read_text() == "mine"
    assert cli.main(["link", *[str(register)] * 3, "--out", str(tmp_path / "new.csv"), *NAMED]) != Exit.FINE
    assert "too many" in capsys.readouterr().err


def test_a_model_that_is_wrong_is_told_with_its_place(
    register: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = tmp_path / "linkage.yaml"
    text = (ROOT / "countries/demo/linkage.yaml").read_text()
    model.write_text(text.replace("[tax_id]", "[tax_no]").replace("one: 0.99, two", "one: 0.5, two"))
    words = ["link", str(register), "--model", str(model), "--out", str(tmp_path / "out.csv")]
    assert cli.main(words) == Exit.PROBLEMS
    told = capsys.readouterr().err
    assert "a key has the unknown part 'tax_no'" in told
    assert "the shares 'one' of 'sex' do not add up to 1" in told
