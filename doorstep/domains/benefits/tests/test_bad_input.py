"""The promise about bad input: a plain error, and the database is as it was before."""

from __future__ import annotations

import dataclasses
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest
from django.db import connection, transaction

from doorstep.domains.benefits import api
from doorstep.domains.benefits.models import Run
from doorstep.domains.benefits.tests.conftest import DEMO
from doorstep.domains.benefits.tests.world import BOSS, FEBRUARY, MARCH, World, at
from doorstep.domains.benefits.types import RunSummary
from doorstep.domains.country.api import Country, load_country
from doorstep.kit.errors import DoorstepError

pytestmark = pytest.mark.slow

Change = Callable[[Path], object]
Each = Callable[[str], AbstractContextManager[Path]]


def database() -> dict[str, tuple[int, str]]:
    """Table -> its rows and a hash of them. The diary of runs is left out: a run that fails says so there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'benefits_run'")
        found = {}
        for (table,) in cursor.fetchall():
            cursor.execute(
                f"SELECT count(*), coalesce(md5(string_agg(t::text, chr(10) ORDER BY t::text)), '') FROM \"{table}\" t"
            )
            found[table] = cursor.fetchone()
    return found


def replace(name: str, old: str, new: str) -> Change:
    """Write something else into a file."""

    def change(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new), encoding="utf-8")

    return change


def recode(name: str, encoding: str) -> Change:
    """Write a file again in another encoding, with letters that tell."""

    def change(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8").replace("HC1", "Ævar Þór Ñuñoa Žižka")
        (folder / name).write_bytes(text.encode(encoding))

    return change


def parquet(name: str, select: str) -> Change:
    """Put a Parquet file with other columns or types in the place of a CSV file."""

    def change(folder: Path) -> None:
        (folder / name).unlink()
        duckdb.sql(select).write_parquet(str((folder / name).with_suffix(".parquet")))

    return change


def cut(folder: Path) -> None:
    """A Parquet file that lost its end on the way."""
    path = folder / "income.parquet"
    duckdb.read_csv(str(folder / "income.csv"), all_varchar=True).write_parquet(str(path))
    (folder / "income.csv").unlink()
    path.write_bytes(path.read_bytes()[:-30])


def loop(folder: Path) -> None:
    """A link that leads to itself."""
    (folder / "income.csv").unlink()
    (folder / "income.csv").symlink_to("income.csv")


def folder_in_place(folder: Path) -> None:
    """A folder where a file should be."""
    (folder / "income.csv").unlink()
    (folder / "income.csv").mkdir()


def ambiguous(folder: Path) -> None:
    """Amounts such as 5,000, which may be five thousand or five."""
    path = folder / "income.csv"
    path.write_text(re.sub(r"(\d+)000\.00", r'"\1,000"', path.read_text()))


HEAD = "tax_id,household,taxable_income,born_on,sex"
INCOME = "PC1,HC1,5000.00,1980-05-01,female"
TYPES = "'PC1' AS tax_id, 'H' AS household, DATE '1980-05-01' AS born_on, 'female' AS sex"

REFUSED: dict[str, tuple[Change, str]] = {
    "empty file": (lambda folder: (folder / "income.csv").write_bytes(b""), "income.csv is empty"),
    "blanks only": (lambda folder: (folder / "income.csv").write_text(" \n\n"), "income.csv is empty"),
    "heading only": (lambda folder: (folder / "income.csv").write_text(HEAD + "\n"), "'income' has no rows"),
    "missing register": (lambda folder: (folder / "income.csv").unlink(), "'income' has no rows"),
    "missing column": (replace("income.csv", "born_on,", ""), "lacks the columns born_on"),
    "column twice": (replace("income.csv", HEAD, HEAD + ",Tax-ID"), "has the column tax_id twice"),
    "ambiguous dates": (replace("income.csv", "1980-05-01", "05/01/1980"), "does not write the dates"),
    "ambiguous numbers": (ambiguous, "two ways"),
    "zero bytes": (lambda folder: (folder / "income.csv").write_bytes(HEAD.encode() + b"\n\0\0\0"), "not a text file"),
    "binary": (lambda folder: (folder / "income.csv").write_bytes(bytes(range(256)) * 9), "not a text|lacks the col"),
    "unknown encoding": (
        lambda folder: (folder / "income.csv").write_bytes(f"{HEAD}\nPC1,".encode() + b"\x81\x8d\x9d\xff,1.00,,\n"),
        "not written in UTF-8",
    ),
    "half a letter of utf-16": (
        lambda folder: (folder / "income.csv").write_bytes((HEAD + "\n" + INCOME).encode("utf-16")[:-1]),
        "not written in one encoding",
    ),
    "truncated Parquet": (cut, "not a whole Parquet file"),
    "text called Parquet": (
        lambda folder: (folder / "income.csv").rename(folder / "income.parquet"), "not a whole Parquet file",
    ),
    "Parquet with wrong types": (
        parquet("income.csv", f"SELECT {TYPES}, DATE '2020-01-01' AS taxable_income"),
        "taxable_income in income.parquet has the wrong type",
    ),
    "Parquet with lists": (
        parquet("income.csv", f"SELECT {TYPES}, [1.0, 2.0] AS taxable_income"), "has the wrong type",
    ),
    "two kinds of file": (
        lambda folder: duckdb.sql("SELECT 1 AS x").write_parquet(str(folder / "income.parquet")), "of two kinds",
    ),
    "a folder instead of a file": (folder_in_place, "income.csv is a folder"),
    "a link to itself": (loop, "is a link that leads to no file"),
    "another kind of file": (
        lambda folder: (folder / "contract/luz-do-vale.csv").rename(folder / "contract/luz-do-vale.xlsx"),
        "luz-do-vale.xlsx would not be read",
    ),
    "no folder": (shutil.rmtree, "There is no folder"),
}  # fmt: skip


READ: dict[str, Change] = {
    "latin-1": recode("income.csv", "cp1252"),
    "utf-16": recode("income.csv", "utf-16"),
    "a byte order mark": recode("income.csv", "utf-8-sig"),
    "a huge number": replace("income.csv", INCOME, INCOME.replace("5000.00", "9" * 60)),
    "not a number": replace("income.csv", INCOME, INCOME.replace("5000.00", "12x")),
    "infinity": replace("income.csv", INCOME, INCOME.replace("5000.00", "Infinity")),
    "a broken line": replace("income.csv", "PC1,HC1,5000.00", 'PC1,HC1,"5000.00'),
    "SQL in a cell": replace(
        "income.csv", INCOME, INCOME.replace("5000.00", "0); DROP TABLE benefits_entitlement; --")
    ),
    "SQL in a code": replace("income.csv", INCOME, f"{INCOME}' OR '1'='1"),
    "SQL in a heading": replace("income.csv", HEAD, HEAD + ',"\'; DROP TABLE income; --"'),
    "a gigantic line": replace("income.csv", INCOME, INCOME.replace("5000.00", "9" * 3_000_000)),
    "a tax number longer than the database keeps": replace(
        "income.csv",
        "HC1,5000.00,1980-05-01,female",
        f"HC1,5000.00,1980-05-01,female\n{'9' * 100},HC1,0,1980-05-01,male",
    ),
    "a holder longer than the database keeps": replace(
        "contract/luz-do-vale.csv", "electricity,PC1", f"electricity,{'9' * 100}"
    ),
    "an unseen blank after a holder": replace("contract/luz-do-vale.csv", "electricity,PC1", "electricity,PC1\u200b"),
    "a code nobody knows": replace("contract/luz-do-vale.csv", "luz-do-vale", "../../evil"),
}
"""What a file may hold and still be read: the bad cell is unknown, and an unknown costs nobody anything."""


@pytest.fixture
def decided(world: World) -> World:
    """A world with a month behind it, so that there is something to lose."""
    world.run(FEBRUARY)
    return world


@pytest.fixture
def each(decided: World, tmp_path: Path, subtests: pytest.Subtests) -> Each:
    """For each case a fresh copy of the registers; whatever the case changed in the database is undone after it."""

    @contextmanager
    def trying(case: str) -> Iterator[Path]:
        folder = tmp_path / "case"
        shutil.copytree(decided.folder, folder)
        before = transaction.savepoint()
        with subtests.test(case):
            yield folder
        transaction.savepoint_rollback(before)
        shutil.rmtree(folder, ignore_errors=True)

    return trying


def decide(world: World, folder: Path, **more: Any) -> RunSummary:
    """A real run in March from the files in ``folder``."""
    order = dataclasses.replace(world.order(MARCH, **more), inputs=folder)
    return api.decide(country=world.country, order=order, officer=BOSS, now=at(MARCH))


@pytest.mark.slow
def test_files_that_cannot_be_read_are_refused_and_change_nothing(decided: World, each: Each) -> None:
    before = database()
    assert before["benefits_entitlement"][0] == 3
    for case, (change, said) in REFUSED.items():
        with each(case) as folder:
            change(folder)
            with pytest.raises(DoorstepError, match=said) as caught:
                decide(decided, folder)
            assert database() == before
            assert caught.value.mend
            assert not re.search(r"Traceback|duckdb|Exception|PC1", str(caught.value))
            assert not Run.objects.filter(as_of=MARCH).exclude(state__in=("failed", "refused")).exists()


@pytest.mark.slow
def test_what_cannot_be_read_in_a_cell_costs_nobody_anything(decided: World, each: Each) -> None:
    before = database()["benefits_entitlement"][0]
    for case, change in READ.items():
        with each(case) as folder:
            change(folder)
            done = decide(decided, folder, out=folder / "out", allow_missing=frozenset({"luz-do-vale"}))
            assert (done.counts.decided, done.counts.ending, done.counts.ended) == (4, 0, 0)
            assert database()["benefits_entitlement"][0] == before
            assert {path.parent for path in (folder / "out").rglob("*")} == {folder / "out"}
    assert not list(decided.folder.parent.parent.rglob("evil*"))


def test_a_contract_that_the_database_cannot_keep_is_set_aside_and_stops_nobody_else(decided: World) -> None:
    path = decided.folder / "contract/luz-do-vale.csv"
    path.write_text(path.read_text() + path.read_text().splitlines()[1].replace("C1", "L" * 100, 1) + "\n")
    done = decide(decided, decided.folder)
    assert (done.counts.decided, done.counts.entitled) == (4, 3)
    assert Run.objects.get(pk=done.id).faults["contract"] == {"set-aside-no-key": 1}


@pytest.mark.parametrize(
    "name", ["x'; DROP TABLE benefits_run; --.csv", 'a"b.csv', "[ab]*.csv", "ünï cödé.csv", "-o.csv"]
)
def test_a_file_may_be_called_anything(decided: World, name: str) -> None:
    (decided.folder / "contract/luz-do-vale.csv").rename(decided.folder / "contract" / name)
    done = decide(decided, decided.folder)
    assert done.counts.decided == 4
    assert Run.objects.count() == 2


def test_an_answer_with_sql_is_refused(decided: World, tmp_path: Path) -> None:
    answers = tmp_path / "low.csv"
    answers.write_text('key,"low_income\') --"\n')
    before = database()
    with pytest.raises(DoorstepError, match="No provider is asked"):
        decide(decided, decided.folder, answers=[answers])
    assert database() == before


RULES, PROGRAMME, REGISTER = "rules/energy-tariff.yaml", "programmes/energy-tariff.yaml", "registers/income.yaml"
CEILING = "formula: income_ceiling * (1 + ceiling_step * without_income)"
BOMB = "a: &a [x, x]\n" + "".join(
    f"{b}: &{b} [*{a}, *{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


def country_is_a_folder(folder: Path) -> None:
    """A folder where country.yaml should be."""
    (folder / "country.yaml").unlink()
    (folder / "country.yaml").mkdir()


COUNTRY: dict[str, tuple[Change, str]] = {
    "unknown key": (replace(PROGRAMME, "office:", "offfice:"), r"programmes/energy-tariff.yaml:\d+:\d+: unknown key"),
    "cycle": (
        replace(RULES, CEILING, "formula: ceiling * 2"), "need each other|needs itself",
    ),
    "cycle of two": (
        replace(RULES, CEILING, "formula: income_ceiling * count(members[household.low_income])"), "need each other",
    ),
    "missing translation": (replace(PROGRAMME, "  pt: Tarifa de energia\n", ""), "no words in 'pt'"),
    "overflow": (
        replace(RULES, CEILING, "formula: " + " * ".join(["income_ceiling", *["1.0123456789"] * 5])), "38 digits",
    ),
    "SQL in a column's name": (
        replace(REGISTER, "  household:\n", "  \"household'; DROP TABLE x; --\":\n"), "not a safe name",
    ),
    "a YAML bomb": (lambda folder: (folder / RULES).write_text(BOMB), "anchor|alias"),
    "deep YAML": (lambda folder: (folder / RULES).write_text("[" * 3000 + "]" * 3000), "nested"),
    "a gigantic formula": (replace(RULES, CEILING, f"formula: 1{' + income_ceiling' * 6000}"), "longer than"),
    "a deep formula": (replace(RULES, CEILING, f"formula: {'(' * 400}income_ceiling{')' * 400}"), "nested"),
    "not UTF-8": (lambda folder: (folder / RULES).write_bytes(b"rules: \xff\xfe"), "not UTF-8"),
    "a zero byte": (lambda folder: (folder / RULES).write_bytes(b"rules: a\0b"), "zero byte"),
    "a link to itself": (lambda folder: (folder / "rules/loop.yaml").symlink_to("loop.yaml"), "not a plain file"),
    "a link to a folder above": (lambda folder: (folder / "rules/up").symlink_to(".."), "plain file"),
    "a folder instead of a file": (country_is_a_folder, "country.yaml"),
    "a pipe": (lambda folder: os.mkfifo(folder / "rules/pipe.yaml"), "not a plain file"),
}  # fmt: skip


def test_a_country_with_a_mistake_changes_nothing(decided: World, tmp_path: Path, subtests: pytest.Subtests) -> None:
    before = database()
    for number, (case, (change, said)) in enumerate(COUNTRY.items()):
        folder = tmp_path / str(number)
        shutil.copytree(DEMO, folder)
        change(folder)
        with subtests.test(case):
            with pytest.raises(DoorstepError, match=said):
                load_country(folder, parts=(api.check_programmes,))
            assert database() == before


def test_a_formula_ten_deep_is_no_mistake(loaded: Country, tmp_path: Path) -> None:
    folder = tmp_path / "country"
    shutil.copytree(DEMO, folder)
    replace(RULES, CEILING, f"formula: {'(' * 10}{CEILING.removeprefix('formula: ')}{')' * 10}")(folder)
    assert load_country(folder, parts=(api.check_programmes,)).hash != loaded.hash
