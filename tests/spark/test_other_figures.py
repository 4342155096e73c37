"""A what-if and months that are past, by the commands, on both engines: the same numbers and the same lines."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from doorstep.config.tests.door import ROOT, TARIFF, Door
from doorstep.domains.country.api import read_country
from doorstep.domains.people import files as people
from tests.spark.test_programme import AS_OF

DEMO = ROOT / "countries/demo"
ON_SPARK = {"DOORSTEP_ENGINE": "spark", "DOORSTEP_SPARK_MASTER": "local[1]", "DOORSTEP_SPARK_MEMORY": "1g"}


@pytest.fixture(scope="module")
def registers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two thousand invented people, with rows that belong to nobody and cells that cannot be read."""
    folder = tmp_path_factory.mktemp("people")
    people.generate(
        folder=folder, people=2_000, seed=7, country=read_country(DEMO), formats=("csv",), dirty=5.0, as_of=AS_OF
    )
    return folder


def told(door: Door, env: dict[str, str], *words: object) -> Any:
    """What a command says as JSON on one engine, without what differs from run to run."""
    said = Door(door.folder, {**door.env, **env})(*words, "--json", timeout=500)
    assert said.code == 0, said.err
    return {name: value for name, value in said.json.items() if name not in ("seconds", "started_at")}


def test_a_what_if_gives_the_same_numbers(tmp_path: Path, registers: Path) -> None:
    words = ("whatif", TARIFF, "--country", DEMO, "--inputs", registers, "--as-of", AS_OF, "--no-database")
    words = (*words, "--set", "income_ceiling=7000", "--set", "electricity_discount=0.3")
    on_duckdb = told(Door(tmp_path), {}, *words)
    assert min(on_duckdb["counts"][name] for name in ("newly", "less", "same", "unknown")) > 0
    assert told(Door(tmp_path), ON_SPARK, *words) == on_duckdb


def test_months_that_are_past_give_the_same_lines(tmp_path: Path, registers: Path) -> None:
    country = Path(shutil.copytree(DEMO, tmp_path / "country"))
    late = Path(shutil.copytree(registers, tmp_path / "late"))
    door = Door(tmp_path, {"DOORSTEP_VAR": str(tmp_path / "var"), "DOORSTEP_COUNTRY": str(country)})
    assert door("load", country).code == 0
    decided = door("decide", TARIFF, "--inputs", late, "--as-of", AS_OF, "--confirm-untied")
    assert decided.code == 0, decided.err
    with (late / "income.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    rich = [row["tax_id"] for row in rows if re.fullmatch(r"[4-9]\d{4}\.\d\d", row["taxable_income"])][:40]
    with (late / "benefit.csv").open("a") as file:
        file.writelines(f"{person},minimum-income,2026-01-01,\n" for person in rich)
    # A law corrected for the past makes the law of then a second question over the same registers.
    rules = country / "rules" / "energy-tariff.yaml"
    rules.write_text(rules.read_text().replace("2020-12-31: 6272.64", "2020-12-31: 7000.00"))
    words = ("recompute", TARIFF, "--country", country, "--inputs", late, "--as-of", f"{AS_OF}..{AS_OF}")
    words = (*words, "--same-contracts", "--out", tmp_path / "again")
    on_duckdb = told(door, {}, *words)
    assert {one["cause"] for one in on_duckdb["differences"]} == {"law", "data"}
    lines = (tmp_path / "again" / "differences.csv").read_bytes()
    assert told(door, ON_SPARK, *words) == on_duckdb
    assert (tmp_path / "again" / "differences.csv").read_bytes() == lines
