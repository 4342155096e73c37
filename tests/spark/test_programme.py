"""The demo's programme, decided by both engines: the same rows, and suppliers' files that are equal byte by byte."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from doorstep.config.tests.door import ROOT, Door
from doorstep.domains.benefits import deciding, reading
from doorstep.domains.country.api import Country, read_country
from doorstep.domains.people import files as people
from doorstep.engines.dataflow.api import Spark, Workshop
from tests.spark.conftest import LOCAL_CLUSTER

AS_OF = date(2026, 9, 1)
PEOPLE = 20_000


@pytest.fixture(scope="module")
def country() -> Country:
    return read_country(ROOT / "countries/demo")


@pytest.fixture(scope="module")
def registers(tmp_path_factory: pytest.TempPathFactory, country: Country) -> Path:
    """Invented people with the faults that real registers have, ten times as many."""
    folder = tmp_path_factory.mktemp("people")
    people.generate(folder=folder, people=PEOPLE, seed=7, country=country, formats=("csv",), dirty=10.0, as_of=AS_OF)
    return folder


def decided(country: Country, registers: Path, spark: Spark | None) -> tuple[list[str], list[tuple[Any, ...]]]:
    """What a run decides of everybody, with reasons, rates, groups and every fact: column types, rows."""
    programme = reading.programme_of(country, "energy-tariff")
    task = deciding.Task(country, programme, AS_OF, deciding.find_files(programme, registers))
    told: list[float] = []
    with Workshop(spark=spark, progress=lambda share, _: told.append(share)) as workshop:
        inputs = deciding.read_inputs(workshop, task)
        told.clear()
        deciding.decide_all(workshop, inputs)
        assert told == sorted(told)
        assert told[-1] == 1.0
        types = [f"{name} {kind}" for name, kind, *_ in workshop.rows("DESCRIBE decided")]
        return types, workshop.rows("SELECT * FROM decided ORDER BY key")


def test_everybody_is_decided_the_same(country: Country, registers: Path) -> None:
    types, rows = decided(country, registers, None)
    assert (len(rows) > PEOPLE / 2, len(types) > 10) == (True, True)
    assert {outcome for _, outcome, *_ in rows} == {True, False, None}
    assert decided(country, registers, Spark("local[2]", "1g")) == (types, rows)


def test_the_command_gives_the_same_files(tmp_path: Path, registers: Path) -> None:
    files = {}
    for engine in ("duckdb", "spark"):
        env = {"DOORSTEP_ENGINE": engine, "DOORSTEP_SPARK_MASTER": LOCAL_CLUSTER, "DOORSTEP_SPARK_MEMORY": "1g"}
        door = Door(tmp_path, env)
        words = ["decide", "energy-tariff", "--country", ROOT / "countries/demo", "--inputs", registers]
        said = door(*words, "--as-of", AS_OF, "--no-database", "--out", engine, timeout=500)
        assert said.code == 0, said.err
        made = [path for path in (tmp_path / engine).glob("*.csv") if path.name != "faults.csv"]
        files[engine] = {path.name: path.read_bytes() for path in made}
    assert len(files["duckdb"]) == 5
    assert files["spark"] == files["duckdb"]
