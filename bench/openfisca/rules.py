"""Rules and rows of ours for the benchmarks: read, compiled and followed by DuckDB from Parquet to Parquet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from doorstep.engines.dataflow.api import read_register
from doorstep.engines.rules.api import RuleSet, ask_nation, read_rules
from doorstep.kit.files import read_yaml

COUNTRY = Path(__file__).with_name("country")
MEMORY = "2500MB"


def country() -> RuleSet:
    """The law of the country template in our words."""
    registers = [path.read_text() for path in sorted((COUNTRY / "registers").glob("*.yaml"))]
    return ruleset(registers, [(COUNTRY / "rules" / "country.yaml").read_text()])


def ruleset(registers: Sequence[str], rules: Sequence[str]) -> RuleSet:
    """Read and check rules files."""
    known = {found.name: found for found in (read_register(read_yaml(text, file="register")) for text in registers)}
    nodes = [read_yaml(text, file="rules") for text in rules]
    return read_rules(nodes, registers=known, languages=("en",), currency="EUR")


def decide_all(
    known: RuleSet, *, folder: Path, out: Path, outputs: Mapping[str, Sequence[str]], as_of: date
) -> dict[str, Any]:
    """Every output for everybody: the Parquet files of ``folder`` in, one file for each entity out, in no set order."""
    with_spill = {
        "threads": 2,
        "memory_limit": MEMORY,
        "temp_directory": str(out / "spill"),
        "preserve_insertion_order": False,
    }
    connection = duckdb.connect(config=with_spill)
    for name in known.registers:
        connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{folder}/{name}.parquet')")
    steps = 0
    for entity, names in outputs.items():
        nation = ask_nation(known, entity=entity, outputs={name: name for name in names}, as_of=as_of)
        *before, last = nation.steps
        for step in before:
            connection.execute(f'CREATE TABLE "{step.name}" AS {step.sql}')
            for table in nation.spent[step.name]:
                connection.execute(f'DROP TABLE "{table}"')
        connection.execute(f"COPY ({last.sql}) TO '{out}/{entity}s.parquet'")
        for step in before:
            connection.execute(f'DROP TABLE IF EXISTS "{step.name}"')
        steps += len(nation.steps)
    return {"steps": steps}
