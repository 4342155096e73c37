"""What the tests on Spark share: where it works, one process of it for every question that can wait."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pytest

from doorstep.engines.dataflow.spark import Spark, Work, follow
from doorstep.engines.rules.api import Nation

LOCAL_CLUSTER = "local-cluster[2,1,1024]"
"""Two executors in processes of their own, with a core and 1024 MB each, as on two machines."""

Rows = list[tuple[Any, ...]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = importlib.util.find_spec("pyspark") is None
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.spark)
            item.add_marker(pytest.mark.timeout(600))
            if missing:
                item.add_marker(pytest.mark.skip(reason="Spark is not installed: make test-spark installs it."))


@pytest.fixture(scope="session", autouse=True)
def short_lived_java() -> Iterator[None]:
    """Java does not prepare for a long life: on small data that is most of its work."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        yield


@dataclass
class Asked:
    """Questions over the tables of one DuckDB, answered there and then, all together, on Spark."""

    connection: duckdb.DuckDBPyConnection = field(default_factory=duckdb.connect)
    reads: dict[str, dict[str, None]] = field(default_factory=dict)
    works: list[Work] = field(default_factory=list)
    on_duckdb: dict[str, Rows] = field(default_factory=dict)

    def table(self, name: str, columns: dict[str, str], rows: Sequence[dict[str, Any]]) -> None:
        """A table that questions may read."""
        declared = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
        self.connection.execute(f'CREATE TABLE "{name}" ({declared})')
        marks = ", ".join("?" * len(columns))
        self.connection.executemany(
            f'INSERT INTO "{name}" VALUES ({marks})', [[row[column] for column in columns] for row in rows]
        )

    def ask(self, name: str, here: Nation, there: Nation) -> None:
        """The same question in the words of both."""
        for step, sql in here.steps:
            self.connection.execute(f'CREATE OR REPLACE TABLE "{step}" AS {sql}')
        self.on_duckdb[name] = self._rows(here.steps[-1].name)
        self.works.append(Work(there.steps, name))
        for relation, columns in there.reads.items():
            self.reads.setdefault(relation, {}).update(dict.fromkeys(columns))

    def on_spark(self, folder: Path, spark: Spark) -> dict[str, Rows]:
        """What Spark says to each question."""
        reads = {relation: tuple(columns) for relation, columns in self.reads.items()}
        follow(self.connection, spark, self.works, reads=reads, folder=folder)
        return {work.into: self._rows(work.into) for work in self.works}

    def _rows(self, table: str) -> Rows:
        return self.connection.execute(f'SELECT * FROM "{table}" ORDER BY 1').fetchall()
