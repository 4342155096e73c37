"""From dirty files to a decision: CSV, Parquet and the explanation of one contract say the same."""

from __future__ import annotations

import csv
import random
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from doorstep.domains.benefits import api, deciding, reading
from doorstep.domains.benefits.tests.conftest import DEMO
from doorstep.domains.benefits.tests.world import FEBRUARY, PROGRAMME, World
from doorstep.domains.benefits.types import Order
from doorstep.domains.country.api import Country, read_country
from doorstep.engines.dataflow.api import Workshop
from doorstep.kit.errors import DoorstepError

DIRT = {
    "money": ["", "x", "NaN", "inf", "-5", "1e3", "1e400", "999999999999.99", "5,000.00", "5000.001", "0", "0.00 "],
    "date": ["", "2020-02-30", "0001-01-01", "9999-12-31", "infinity", "20200101", "2020-01-01T00:00:00", "epoch"],
    "boolean": ["", "2", "TRUE", "nao", "Y", "null"],
    "number": ["", "x", "inf", "3.451", "6.9", "-1", "1e1"],
    "count": ["", "x", "-1", "1.5", "1.0"],
    "code": ["", " domestic", "DOMESTIC", "d\u043emestic", "zzz", "gas\t", "x' or 1=1"],
    "text": [
        "",
        " ",
        "P0",
        "P1\t",
        "\u00a0P1",
        "P1\u200b",
        "p1",
        "H0",
        "H1 ",
        "\u04201",
        "C0",
        "'",
        '"',
        "x" * 81,
        "=1+1",
    ],
}
"""What somebody may send in a column of each type."""

Rows = dict[str, list[dict[str, Any]]]


def dirty(country: Country, dice: random.Random) -> Rows:
    """A few contracts, people and benefits; then cells are soiled, and rows repeated and contradicted."""
    world = World(country, Path())
    for number in range(dice.choice([3, 8, 15])):
        world.add(f"C{number}", income=dice.choice(["0.00", "5000.00", "6272.64", "6272.65", "30000.00"]))
        world.incomes[f"PC{number}"] |= {"tax_id": f"P{number}", "household": f"H{number // 2}"}
        world.contracts[f"C{number}"]["holder"] = f"P{number}"
        kind, until = dice.choice(["minimum-income", "sick-pay"]), dice.choice(["", "2020-01-01"])
        world.benefits.append({"tax_id": f"P{number * 3}", "kind": kind, "since": "2019-01-01", "until": until})
    rows = {"contract": [*world.contracts.values()], "income": [*world.incomes.values()], "benefit": world.benefits}
    for _ in range(dice.choice([1, 3, 10, 25])):
        register = dice.choice([*rows])
        row = dice.choice(rows[register])
        if dice.random() < 0.4:
            row = dict(row)
            rows[register].append(row)
        column = dice.choice([*country.registers[register].columns])
        row[column] = dice.choice([*DIRT[country.registers[register].columns[column].type], row[column]])
    return rows


def write(rows: Rows, folder: Path, kind: str, parts: int) -> Path:
    """The registers as files, each in a few parts."""
    for register, found in rows.items():
        (folder / register).mkdir(parents=True)
        for part in range(parts):
            path = folder / register / f"part{part}.csv"
            with path.open("w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, [*found[0]])
                writer.writeheader()
                writer.writerows(found[part::parts])
            if kind == "parquet":
                with duckdb.connect() as connection:
                    read = connection.read_csv(str(path), all_varchar=True, header=True, quotechar='"', sep=",")
                    read.write_parquet(str(path.with_suffix(".parquet")))
                path.unlink()
    return folder


def decide(country: Country, folder: Path) -> dict[str, tuple[bool | None, str]] | None:
    """Contract -> its outcome and reason; None where a whole file is refused, in words."""
    programme = reading.programme_of(country, PROGRAMME)
    try:
        task = deciding.Task(country, programme, FEBRUARY, deciding.find_files(programme, folder))
        with Workshop(folder=folder / "work") as workshop:
            deciding.decide_all(workshop, deciding.read_inputs(workshop, task))
            return {key: (yes, why) for key, yes, why in workshop.rows("SELECT key, outcome, reason FROM decided")}
    except DoorstepError:
        return None


def explained(country: Country, folder: Path, contract: str) -> tuple[bool | None, str]:
    order = Order(programme=PROGRAMME, inputs=folder, as_of=FEBRUARY)
    found = api.explain(country=country, order=order, contract_id=contract, language="en").outcome
    return found.entitled, found.reason_code


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_csv_parquet_and_the_explanation_agree_on_dirty_files(country: Country, tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    rows = dirty(country, dice)
    told = decide(country, write(rows, tmp_path / "csv", "csv", 1 + seed % 2))
    parquet = decide(country, write(rows, tmp_path / "parquet", "parquet", 1 + seed % 3))
    if told is not None and parquet is not None:
        assert told == parquet
    for contract in [*(told or {})][:4]:
        assert explained(country, tmp_path / "csv", contract) == (told or {})[contract]


def test_rows_that_look_alike_count_each_in_the_explanation_too(country: Country, tmp_path: Path) -> None:
    shutil.copytree(DEMO, tmp_path / "country")
    rules = tmp_path / "country/rules/energy-tariff.yaml"
    head, _, rest = rules.read_text().partition("some b in benefits satisfies")
    rules.write_text(f"{head}count(benefits) >= 2{rest[rest.index(chr(10) + '    reference:') :]}")
    twice = read_country(tmp_path / "country")
    world = World(twice, tmp_path / "in")
    world.add("C1", income="90000.00")
    world.benefits = [{"tax_id": "PC1", "kind": "sick-pay", "since": "2019-01-01", "until": ""}] * 2
    world.write()
    assert decide(twice, world.folder) == {"C1": (True, "qualifying_benefit")}
    assert explained(twice, world.folder, "C1") == (True, "qualifying_benefit")
