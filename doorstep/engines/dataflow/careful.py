"""The slow, careful way: cells that are text become values one by one, and every fault is written down.

It works on the table ``raw`` (line, broken, one text per column) and leaves the table ``careful``: the
values under the columns' names, the text of each cell (``t:``), the reason why it gave none (``r:``), and
``kept``, false for a row that must be set aside because nothing tells whom it is about.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from doorstep.engines.dataflow import cells, faults
from doorstep.engines.dataflow.cells import Style, name, quote
from doorstep.engines.dataflow.types import Register

FILE_BITS = 40


@dataclass(frozen=True)
class Counts:
    """What became of a file's rows: ``read`` = ``kept`` + ``set_aside``."""

    read: int
    kept: int
    set_aside: int


@dataclass(frozen=True)
class Careful:
    """Reads the odd rows of one register's files; ``columns`` are those that are wanted."""

    connection: duckdb.DuckDBPyConnection
    register: Register
    columns: tuple[str, ...]

    def create_raw(self) -> None:
        """An empty table for the cells of odd rows."""
        texts = ", ".join(f"{name(column)} VARCHAR" for column in self.columns)
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE raw (line BIGINT, broken BOOLEAN, {texts})")

    def read(self, *, style: Style, file: int, label: str) -> tuple[int, int]:
        """Turn ``raw`` into ``careful`` and report its faults under ``label``. Returns (rows kept, rows set aside)."""
        self.connection.execute(self._careful_table(style, file))
        for column in self.columns:
            self._report(
                label, column, f"{name('r:' + column)}", f"NOT broken AND kept AND {name('r:' + column)} IS NOT NULL"
            )
        key = self.register.key or self.columns[0]
        self._report(label, "", "'broken-line'", "broken AND kept")
        self._report(label, key, "'set-aside-no-key'", "NOT broken AND NOT kept")
        self._report(label, "", "'set-aside-broken'", "broken AND NOT kept")
        kept, aside = self.connection.execute(
            "SELECT count(*) FILTER (kept), count(*) FILTER (NOT kept) FROM careful"
        ).fetchall()[0]
        return kept, aside

    def _careful_table(self, style: Style, file: int) -> str:
        trimmed, values, texts, reasons = [], [], [], []
        for column in self.columns:
            shape, cell = self.register.columns[column], name(column)
            trimmed.append(f"{cells.trimmed(cell)} AS {cell}")
            values.append(f"{cells.careful_value(shape, cell, style)} AS {cell}")
            texts.append(f"{cell} AS {name('t:' + column)}")
            reasons.append(f"{cells.careful_reason(shape, cell, style)} AS {name('r:' + column)}")
        kept = cells.keeps(self.register, self.columns)
        return f"""
            CREATE OR REPLACE TEMP TABLE careful AS
            SELECT *, {kept} AS kept FROM (
                SELECT line, broken, ({file}::BIGINT << {FILE_BITS}) + line AS place,
                    {", ".join([*values, *texts, *reasons])}
                FROM (SELECT line, broken, {", ".join(trimmed)} FROM raw))"""

    def _report(self, label: str, column: str, reason: str, where: str) -> None:
        text = name("t:" + column) if column else "NULL"
        self.connection.execute(
            f"INSERT INTO {faults.TABLE} SELECT {quote(self.register.name)}, {quote(label)}, line, {quote(column)}, "
            f"{reason}, {text} FROM careful WHERE {where}"
        )
