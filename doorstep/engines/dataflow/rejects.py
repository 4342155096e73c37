"""Splits the lines that DuckDB rejected into cells again, and says which of them can be trusted."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb

from doorstep.engines.dataflow.sample import Written
from doorstep.engines.dataflow.types import Register

TABLE, SCANS = "csv_rejects", "csv_scans"


class WrongEncodingError(Exception):
    """A line is not written in the encoding that the rest of the file seemed to have."""


@dataclass(frozen=True)
class Rejected:
    """A rejected line and the cells of the wanted columns. ``broken``: some of them cannot be trusted and are empty."""

    line: int
    cells: list[str]
    broken: bool


@dataclass(frozen=True)
class Splitter:
    """Splits lines of one file."""

    register: Register
    columns: Sequence[str]
    written: Written

    def lines(self, connection: duckdb.DuckDBPyConnection) -> Iterator[Rejected]:
        """Every rejected line in the order of the file. Raises ``WrongEncodingError``."""
        rows = connection.execute(
            "SELECT line, any_value(csv_line), bool_or(error_type = 'INVALID ENCODING') "
            f"FROM {TABLE} GROUP BY line ORDER BY line"
        ).fetchall()
        if any(bad_encoding for _, _, bad_encoding in rows):
            raise WrongEncodingError
        for line, text, _ in rows:
            yield from self.split(line, text.strip("\r\n"))

    def split(self, line: int, text: str) -> Iterator[Rejected]:
        """One record, or the several lines that an open quote made look like one."""
        row = _record(text, self.written.delimiter)
        if row is not None and len(row) == len(self.written.header):
            yield Rejected(line, self._wanted(row), broken=False)
            return
        for offset, part in enumerate(part for part in text.splitlines() if part.strip()):
            yield self._line(line + offset, part)

    def _line(self, line: int, text: str) -> Rejected:
        row = _record(text, self.written.delimiter)
        width = len(self.written.header)
        if row is not None and len(row) == width:
            return Rejected(line, self._wanted(row), broken=False)
        row = [cell if '"' not in cell else "" for cell in text.split(self.written.delimiter)]
        if len(row) == width:
            return Rejected(line, self._wanted(row), broken=True)
        return Rejected(line, self._only_key(row), broken=True)

    def _wanted(self, row: Sequence[str]) -> list[str]:
        return [row[self.written.positions[column]] for column in self.columns]

    def _only_key(self, row: list[str]) -> list[str]:
        """With a cell too many or too few only a key that stands first is sure to be itself."""
        key = self.register.key
        first = key is not None and self.written.positions[key] == 0 and len(row) > 1
        return [row[0] if first and column == key else "" for column in self.columns]


def _record(text: str, delimiter: str) -> list[str] | None:
    """The cells of exactly one record, or None where the text is not one."""
    try:
        rows = list(csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None
