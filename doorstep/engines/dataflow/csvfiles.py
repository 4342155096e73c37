"""Reads CSV: DuckDB types what it can at full speed, and the few odd lines are read again with care.

One file goes through three steps:

1. ``INSERT ... SELECT FROM read_csv`` with explicit types. A line that DuckDB cannot type goes to its rejects.
   A row whose cells were typed but are not sound (a missing cell, an unknown code, cents in excess) carries
   its cells as text in the column ``odd``, which is NULL for every other row and so costs nothing.
2. Rejected lines are split into cells again (``rejects``); odd rows join them.
3. ``careful`` reads these cell by cell: what cannot be read is unknown and is reported, and the row stays.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import duckdb

from doorstep.engines.dataflow import cells, rejects, swallowed
from doorstep.engines.dataflow.careful import FILE_BITS, Careful, Counts
from doorstep.engines.dataflow.cells import literal_path, name, quote
from doorstep.engines.dataflow.doubtful import Doubtful
from doorstep.engines.dataflow.rejects import Rejected, Splitter
from doorstep.engines.dataflow.repeats import Hashes, key_hashes
from doorstep.engines.dataflow.sample import Written
from doorstep.engines.dataflow.types import Register

MAX_LINE = 2_000_000


class CsvLoader:
    """Loads the CSV files of one register into the table ``storage``."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, register: Register, columns: Sequence[str], folder: Path
    ) -> None:
        self.connection, self.register, self.columns, self.folder = connection, register, tuple(columns), folder
        self.storage = name(f"{register.name} rows")
        self.careful = Careful(connection, register, self.columns)
        self.doubtful = Doubtful(connection, register, self.columns)
        self.doubtful.create()
        self.next_row = 0
        typed = ", ".join(f"{name(column)} {register.columns[column].sql_type}" for column in self.columns)
        connection.execute(f"CREATE OR REPLACE TABLE {self.storage} ({typed}, place BIGINT, odd VARCHAR[])")
        connection.execute("CREATE OR REPLACE TEMP TABLE spans (file BIGINT, first BIGINT)")
        connection.execute("CREATE OR REPLACE TEMP TABLE shifts (file BIGINT, from_row BIGINT, shift BIGINT)")

    def load(self, number: int, path: Path, written: Written, label: str) -> Counts:
        """Load one file, the ``number``-th; its faults are reported under ``label``."""
        inserted, rejected = self._split(path, written)
        if swallowed.lines_of(path) != inserted + len(rejected) + 1:
            copy = self.folder / f"freed {path.name}"
            try:
                if swallowed.freed(path, written.delimiter, len(written.header), copy):
                    self._forget()
                    inserted, rejected = self._split(copy, written)
            finally:
                copy.unlink(missing_ok=True)
        self._note_lines(number, rejected)
        self._gather_raw(number, rejected)
        _, aside = self.careful.read(style=written.style, file=number, label=label)
        self.doubtful.note_careful()
        self.connection.execute(f"DELETE FROM {self.storage} WHERE rowid >= {self.next_row} AND odd IS NOT NULL")
        values = ", ".join(name(column) for column in self.columns)
        added = self._count(f"INSERT INTO {self.storage} SELECT {values}, place, NULL FROM careful WHERE kept")
        self.next_row += inserted + added
        read = inserted + len(rejected)
        return Counts(read, read - aside, aside)

    def _split(self, path: Path, written: Written) -> tuple[int, list[Rejected]]:
        """Put the rows that DuckDB can type into ``storage``. Returns their number, and the lines it cannot."""
        self._drop_rejects()
        try:
            inserted = self._count(self._insert(path, written))
            return inserted, list(Splitter(self.register, self.columns, written).lines(self.connection))
        except rejects.WrongEncodingError:
            self._forget()
            raise
        finally:
            self._drop_rejects()

    def _forget(self) -> None:
        """Take back what was just put into ``storage``. Its row numbers are not given again."""
        self.next_row += self._count(f"DELETE FROM {self.storage} WHERE rowid >= {self.next_row}")

    def hashes(self) -> list[Hashes]:
        """The hashes of all keys. Only for a register that has a key."""
        return [key_hashes(self.connection, self.register.key or "", self.storage)]

    def positions(self, where: str) -> str:
        """SQL for rows under a condition, with ``pos`` (the rowid) and ``place`` (file << 40 | line)."""
        return f"""
            SELECT found.* EXCLUDE (place, first, file, odd),
                coalesce(place, (found.file << {FILE_BITS}) + found.pos - found.first + 2 + shifts.shift) AS place
            FROM (SELECT * FROM (SELECT rowid AS pos, * FROM {self.storage} WHERE {where}) AS stored
                  ASOF JOIN spans ON stored.pos >= spans.first) AS found
            ASOF JOIN shifts ON shifts.file = found.file AND found.pos - found.first >= shifts.from_row"""

    def rows(self) -> str:
        """SQL for the register's rows."""
        return self.doubtful.rows(self.storage)

    def odd(self) -> str:
        """SQL for the rows that were read with care."""
        return f"SELECT * FROM {self.storage} WHERE place IS NOT NULL"

    def unite(self) -> None:
        """Put the rows of ``united`` in the place of those in ``repeated``."""
        self.doubtful.note_repeated()
        values = ", ".join(name(column) for column in self.columns)
        self.connection.execute(f"DELETE FROM {self.storage} WHERE rowid IN (SELECT pos FROM repeated)")
        self.connection.execute(f"INSERT INTO {self.storage} SELECT {values}, place, NULL FROM united")

    def _count(self, sql: str) -> int:
        return int(self.connection.execute(sql).fetchall()[0][0])

    def _drop_rejects(self) -> None:
        for table in (rejects.TABLE, rejects.SCANS):
            self.connection.execute(f"DROP TABLE IF EXISTS {table}")

    def _insert(self, path: Path, written: Written) -> str:
        sights, types = [], {}
        for column in self.columns:
            cell, shape = f"c{written.positions[column]}", self.register.columns[column]
            read = cells.worded if column in written.worded else cells.typed
            sights.append(read(shape, cell, written.style))
            fast = cells.wide_type(shape) if cells.is_numeric(shape) else shape.sql_type
            types[cell] = "VARCHAR" if column in written.worded else fast
        reader = ", ".join(
            f"'c{index}': {quote(types.get(f'c{index}', 'VARCHAR'))}" for index in range(len(written.header))
        )
        values = ", ".join(sight.value for sight in sights)
        clean = " AND ".join(sight.clean for sight in sights)
        text = ", ".join(sight.text for sight in sights)
        separator = "," if written.style.decimal == "comma" else "."
        return f"""
            INSERT INTO {self.storage}
            SELECT {values}, NULL, CASE WHEN {clean} THEN NULL ELSE [{text}] END
            FROM read_csv({quote(literal_path(path))}, auto_detect=false, header=true, compression='none',
                delim={quote(written.delimiter)}, quote='"', escape='"', decimal_separator='{separator}',
                columns={{{reader}}}, max_line_size={MAX_LINE}, store_rejects=true, rejects_limit=0,
                rejects_table='{rejects.TABLE}', rejects_scan='{rejects.SCANS}')"""

    def _note_lines(self, number: int, rejected: list[Rejected]) -> None:
        """Remember where this file starts and how rejected lines shift the numbers of those after them."""
        self.connection.execute("INSERT INTO spans VALUES (?, ?)", [number, self.next_row])
        self.connection.execute("INSERT INTO shifts VALUES (?, -1, 0)", [number])
        if rejected:
            at = [one.line - 1 - count for count, one in enumerate(rejected, start=1)]
            self.connection.execute(
                "INSERT INTO shifts SELECT ?, from_row, max(shift) FROM "
                "(SELECT unnest(?::BIGINT[]) AS from_row, unnest(range(1, ? + 1)) AS shift) GROUP BY from_row",
                [number, at, len(at)],
            )

    def _gather_raw(self, number: int, rejected: list[Rejected]) -> None:
        """Put all cells that must be read with care into ``raw``, as text."""
        self.careful.create_raw()
        odd = ", ".join(f"odd[{index + 1}]" for index in range(len(self.columns)))
        self.connection.execute(f"""
            INSERT INTO raw SELECT at_row + 2 + shifts.shift, false, {odd} FROM
            (SELECT rowid - {self.next_row} AS at_row, odd FROM {self.storage}
             WHERE rowid >= {self.next_row} AND odd IS NOT NULL) AS rows
            ASOF JOIN (SELECT * FROM shifts WHERE file = {number}) AS shifts ON rows.at_row >= shifts.from_row""")
        if not rejected:
            return
        path = self.folder / "rejected.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
            writer.writerows([one.line, one.broken, *one.cells] for one in rejected)
        reader = ", ".join(f"'c{index}': 'VARCHAR'" for index in range(len(self.columns) + 2))
        self.connection.execute(
            f"INSERT INTO raw SELECT * FROM read_csv({quote(literal_path(path))}, auto_detect=false, header=false, "
            f"delim=',', quote='\"', escape='\"', columns={{{reader}}}, max_line_size={4 * MAX_LINE})"
        )
        path.unlink()
