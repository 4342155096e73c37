"""One row a key: rows that repeat become one; where they contradict each other the value is unknown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt

from doorstep.engines.dataflow import faults
from doorstep.engines.dataflow.cells import name, quote
from doorstep.engines.dataflow.types import Register

Hashes = npt.NDArray[np.uint64]


def key_hashes(connection: duckdb.DuckDBPyConnection, key: str, rows: str) -> Hashes:
    """The hash of each row's key; ``rows`` is a relation in SQL."""
    found: Hashes = connection.execute(f"SELECT hash({name(key)}) AS h FROM {rows}").fetchnumpy()["h"]
    return found


@dataclass(frozen=True)
class Repeats:
    """The repeated keys of one register."""

    connection: duckdb.DuckDBPyConnection
    register: Register
    columns: tuple[str, ...]

    def find(self, hashes: Sequence[Hashes]) -> bool:
        """Leave the hashes of keys that stand more than once in the table ``repeated_keys``; True if there are any.

        Sorting hashes in one array is many times faster than grouping keys in the database, and smaller. Two keys of
        one hash are told apart in ``gather``, which looks at the keys themselves.
        """
        every = np.concatenate(hashes)
        every.sort()
        found = np.unique(every[1:][every[1:] == every[:-1]])
        self.connection.register("found_twice", {"h": found})
        self.connection.execute("CREATE OR REPLACE TEMP TABLE repeated_keys AS SELECT h FROM found_twice")
        self.connection.unregister("found_twice")
        return bool(found.size)

    def gather(self, positions: Callable[[str], str]) -> tuple[int, int]:
        """Leave the rows concerned in ``repeated`` and the one row each key becomes in ``united``.

        ``positions`` gives SQL for the rows under a condition, with ``pos`` and ``place``. Returns (rows, keys).
        """
        key = name(self.register.key or "")
        found = positions(f"hash({key}) IN (SELECT h FROM repeated_keys)")
        self.connection.execute(
            "CREATE OR REPLACE TEMP TABLE repeated AS "
            f"SELECT *, count(*) OVER (PARTITION BY {key}) AS times FROM ({found})"
        )
        self.connection.execute("DELETE FROM repeated WHERE times = 1")
        others = [name(column) for column in self.columns if column != self.register.key]
        agreed = "".join(
            f", CASE WHEN {self._agree(column)} THEN any_value({column}) END AS {column}" for column in others
        )
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE united AS SELECT {key}, max(place) AS place{agreed} "
            f"FROM repeated GROUP BY {key}"
        )
        rows = self.connection.execute("SELECT count(*) FROM repeated").fetchall()[0][0]
        keys = self.connection.execute("SELECT count(*) FROM united").fetchall()[0][0]
        return int(rows), int(keys)

    def report(self, labels: str) -> None:
        """Write down each repeated row and each column on which rows contradict each other.

        ``labels`` is a relation (file, label).
        """
        key = name(self.register.key or "")
        line = "place & ((1::BIGINT << 40) - 1)"
        start = f"INSERT INTO {faults.TABLE} SELECT {quote(self.register.name)}, label, {line}"
        self.connection.execute(
            f"{start}, {quote(self.register.key or '')}, 'repeated', {key} FROM (SELECT place, {key} FROM "
            f"(SELECT place, {key}, row_number() OVER (PARTITION BY {key} ORDER BY place) AS turn FROM repeated) "
            f"WHERE turn > 1) AS found JOIN {labels} ON labels.file = place >> 40"
        )
        for column in (name(column) for column in self.columns if column != self.register.key):
            found = (
                "(SELECT max(place) AS place, "
                f"array_to_string(list_sort(list(DISTINCT coalesce(CAST({column} AS VARCHAR), ''))), ' | ') AS value "
                f"FROM repeated GROUP BY {key} HAVING NOT {self._agree(column)}) AS found"
            )
            self.connection.execute(
                f"{start}, {quote(column.strip(chr(34)))}, 'contradictory', value "
                f"FROM {found} JOIN {labels} ON labels.file = place >> 40"
            )

    @staticmethod
    def _agree(column: str) -> str:
        return f"(count({column}) IN (0, count(*)) AND count(DISTINCT {column}) <= 1)"
