"""Reads Parquet without copying it: the relation is a view over the files, which reads only what is asked for.

One scan looks at every cell that is wanted. Rows in which something is odd are read again with care and named in the
table ``aside``; the view leaves them out and adds the same rows mended.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from doorstep.engines.dataflow import cells
from doorstep.engines.dataflow.careful import FILE_BITS, Careful, Counts
from doorstep.engines.dataflow.cells import Sight, Style, literal_path, name, quote
from doorstep.engines.dataflow.doubtful import Doubtful
from doorstep.engines.dataflow.repeats import Hashes, key_hashes
from doorstep.engines.dataflow.types import Column, Register, plain_header
from doorstep.kit.errors import DoorstepError

_WHOLE = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"}


class ParquetLoader:
    """Gives the Parquet files of one register as one relation."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, register: Register, columns: Sequence[str]) -> None:
        self.connection, self.register, self.columns = connection, register, tuple(columns)
        self.careful = Careful(connection, register, self.columns)
        self.doubtful = Doubtful(connection, register, self.columns)
        self.doubtful.create()
        self.style = Style(register.decimal or "point", register.dates)
        self.aside, self.mended = name(f"{register.name} aside"), name(f"{register.name} mended")
        self.scans: list[str] = []
        self.sound: list[Hashes] = []
        typed = ", ".join(f"{name(column)} {register.columns[column].sql_type}" for column in self.columns)
        connection.execute(f"CREATE OR REPLACE TABLE {self.aside} (place BIGINT)")
        connection.execute(f"CREATE OR REPLACE TABLE {self.mended} ({typed}, place BIGINT)")

    def load(self, number: int, path: Path, label: str) -> tuple[Counts, tuple[str, ...]]:
        """Check one file, the ``number``-th. Returns its counts and the columns that the register does not know."""
        types = self._types(path)
        headers = _headers(self.register, self.columns, types, path.name)
        sights = [self._sight(column, headers[column], types, path.name) for column in self.columns]
        place = f"({number}::BIGINT << {FILE_BITS}) + file_row_number + 1"
        source = f"read_parquet({quote(literal_path(path))}, file_row_number=true)"
        values = ", ".join(
            f"{sight.value} AS {name(column)}" for column, sight in zip(self.columns, sights, strict=True)
        )
        self.scans.append(f"SELECT {values}, {place} AS place FROM {source}")
        clean = " AND ".join(sight.clean for sight in sights)
        keys = [sight.value for column, sight in zip(self.columns, sights, strict=True) if column == self.register.key]
        read, odd = self._survey(source, clean, keys)
        aside = 0
        if odd:
            texts = ", ".join(sight.text for sight in sights)
            self.careful.create_raw()
            self.connection.execute(
                f"INSERT INTO raw SELECT file_row_number + 1, false, {texts} FROM {source} WHERE ({clean}) IS NOT TRUE"
            )
            aside = self._mend(number, label)
        ignored = tuple(header for header in types if header not in headers.values())
        return Counts(read, read - aside, aside), ignored

    def _survey(self, source: str, clean: str, keys: Sequence[str]) -> tuple[int, int]:
        """One scan that looks at every cell and hashes the keys of sound rows. Returns (rows, rows that are odd)."""
        rows = int(self.connection.execute(f"SELECT count(*) FROM {source}").fetchall()[0][0])
        sound = f"FROM {source} WHERE {clean}"
        if not keys:
            return rows, rows - int(self.connection.execute(f"SELECT count(*) {sound}").fetchall()[0][0])
        found: Hashes = self.connection.execute(f"SELECT hash({keys[0]}) AS h {sound}").fetchnumpy()["h"]
        self.sound.append(found)
        return rows, rows - found.size

    def _mend(self, number: int, label: str) -> int:
        """Read the odd rows with care and put what they become in their place. Returns how many are set aside."""
        self.connection.execute(f"INSERT INTO {self.aside} SELECT ({number}::BIGINT << {FILE_BITS}) + line FROM raw")
        _, aside = self.careful.read(style=self.style, file=number, label=label)
        self.doubtful.note_careful()
        own = ", ".join(name(column) for column in self.columns)
        self.connection.execute(f"INSERT INTO {self.mended} SELECT {own}, place FROM careful WHERE kept")
        return aside

    def hashes(self) -> list[Hashes]:
        """The hashes of all keys. Only for a register that has a key."""
        return [*self.sound, key_hashes(self.connection, self.register.key or "", self.mended)]

    def positions(self, where: str) -> str:
        """SQL for rows under a condition, with ``place`` (file << 40 | row), which is their ``pos`` too."""
        own = ", ".join(name(column) for column in self.columns)
        return f"SELECT {own}, place, place AS pos FROM ({self._all()}) WHERE {where}"

    def rows(self) -> str:
        """SQL for the register's rows."""
        return self.doubtful.rows(f"({self._all()})")

    def odd(self) -> str:
        """SQL for the rows that were read with care."""
        return f"SELECT * FROM {self.mended}"

    def unite(self) -> None:
        """Put the rows of ``united`` in the place of those in ``repeated``."""
        self.doubtful.note_repeated()
        values = ", ".join(name(column) for column in self.columns)
        self.connection.execute(f"DELETE FROM {self.mended} WHERE place IN (SELECT place FROM repeated)")
        self.connection.execute(f"INSERT INTO {self.aside} SELECT place FROM repeated")
        self.connection.execute(f"INSERT INTO {self.mended} SELECT {values}, place FROM united")

    def _all(self) -> str:
        scans = " UNION ALL ".join(self.scans)
        if not self.connection.execute(f"SELECT count(*) FROM {self.aside}").fetchall()[0][0]:
            return scans
        left = f"SELECT * FROM ({scans}) AS scanned ANTI JOIN {self.aside} AS away ON scanned.place = away.place"
        return f"{left} UNION ALL SELECT * FROM {self.mended}"

    def _types(self, path: Path) -> dict[str, str]:
        """The columns of a file and their types in DuckDB. Raises ``DoorstepError`` for no whole Parquet file."""
        try:
            described = self.connection.execute(f"DESCRIBE SELECT * FROM read_parquet({quote(literal_path(path))})")
            return {row[0]: row[1] for row in described.fetchall()}
        except duckdb.Error as error:
            raise DoorstepError(
                f"{path.name} is not a whole Parquet file.",
                why="It is cut off, damaged or of another kind.",
                mend="Send it again.",
            ) from error

    def _sight(self, column: str, header: str, types: Mapping[str, str], file: str) -> Sight:
        shape, found = self.register.columns[column], _outer(types[header])
        cell = name(header)
        sight = _sight(shape, cell, found, types[header], self.style)
        if sight is None:
            raise DoorstepError(
                f"The column {column} in {file} has the wrong type.",
                why=f"It is declared {shape.type}; the file holds {types[header][:60]}.",
                mend="Send it with the declared type.",
            )
        return sight


def _outer(kind: str) -> str:
    """The name of a DuckDB type without its widths; a list of numbers is no number."""
    return "LIST" if kind.endswith("]") else kind.split("(", maxsplit=1)[0]


def _sight(column: Column, cell: str, found: str, whole: str, style: Style) -> Sight | None:
    """How to read a Parquet column of DuckDB type ``found``; None where it cannot hold what is declared."""
    if column.type in ("text", "code"):
        if found in _WHOLE:
            return cells.typed(column, f"CAST({cell} AS VARCHAR)", style)
        return (
            cells.typed(column, f"CAST({cell} AS VARCHAR)" if found == "ENUM" else cell, style)
            if found
            in (
                "VARCHAR",
                "ENUM",
            )
            else None
        )
    if found == "VARCHAR":
        return cells.worded(column, cell, style)
    if cells.is_numeric(column) and (found in _WHOLE or found in ("DECIMAL", "DOUBLE", "FLOAT", "HUGEINT")):
        return _number(column, cell, whole, style)
    if column.type == "date" and found == "DATE":
        return cells.typed(column, cell, style)
    if column.type == "date" and found.startswith("TIMESTAMP"):
        text = f"CAST({cell} AS VARCHAR)"
        return cells.worded(column, text, style)
    if column.type == "boolean" and (found == "BOOLEAN" or found in _WHOLE):
        return (
            cells.typed(column, cell, style)
            if found == "BOOLEAN"
            else cells.worded(column, f"CAST({cell} AS VARCHAR)", style)
        )
    return None


def _number(column: Column, cell: str, whole: str, style: Style) -> Sight:
    """A number: as it is where the file has the declared type, else only where the cast changes nothing."""
    if whole.replace(" ", "") == column.sql_type:
        there = "true" if column.optional else f"{cell} IS NOT NULL"
        negative = f" AND coalesce({cell} >= 0, true)" if column.type == "count" else ""
        return Sight(cell, f"({there}{negative})", cells.typed(column, cell, style).text)
    wide = f"TRY_CAST({cell} AS {cells.wide_type(column)})"
    sight = cells.typed(column, wide, style)
    text = f"CAST({cell} AS VARCHAR)"
    optional = f"({wide} IS NOT NULL OR {cell} IS NULL) AND " if column.optional else ""
    return Sight(
        sight.value, f"({optional}{sight.clean})", f"replace({text}, '.', ',')" if style.decimal == "comma" else text
    )


def _headers(register: Register, columns: Sequence[str], types: Mapping[str, str], file: str) -> dict[str, str]:
    """Which column of the file holds which column of the register."""
    found: dict[str, str] = {}
    meant = {plain_header(word): column for column in columns for word in (column, *register.columns[column].names)}
    for header in types:
        column = meant.get(plain_header(header))
        if column in found:
            raise DoorstepError(f"{file} has the column {column} twice.", mend="Keep one of them.")
        if column is not None:
            found[column] = header
    missing = [column for column in columns if column not in found]
    if missing:
        shown = ", ".join(repr(header[:40]) for header in list(types)[:30])
        raise DoorstepError(
            f"{file} lacks the columns {', '.join(missing)}.",
            why=f"It holds: {shown}.",
            mend=f"The register {register.name} expects: {', '.join(columns)}. Add them, or declare names: for them.",
        )
    return found
