"""What faulty rows leave in doubt, kept beside a register's rows so that a fault can never pass for a fact.

Two things are noted:

- a *loose* row: its key is missing, or rows of its key contradict each other about a link. It stands in the relation
  once for each entity that it may belong to, with that link and nothing else, not even its key;
- an *unsure* cell: a column may be left empty, but this cell was not; it could not be read. The relation has a column
  ``<column>?`` beside it, true for those, and only where there are any.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from doorstep.engines.dataflow.cells import name, quote
from doorstep.engines.dataflow.types import Register


@dataclass(frozen=True)
class Doubtful:
    """The doubts about one register's rows; ``columns`` are those that are read."""

    connection: duckdb.DuckDBPyConnection
    register: Register
    columns: tuple[str, ...]

    def create(self) -> None:
        """Two empty tables."""
        typed = ", ".join(f"{name(column)} {self.register.columns[column].sql_type}" for column in self.columns)
        self.connection.execute(f"CREATE OR REPLACE TABLE {self._loose} ({typed}, of_key VARCHAR)")
        self.connection.execute(f'CREATE OR REPLACE TABLE {self._unsure} (place BIGINT, "column" VARCHAR)')

    def note_careful(self) -> None:
        """Note what the rows in ``careful`` leave in doubt."""
        if self.register.key:
            for link in self._links:
                self.connection.execute(
                    f"INSERT INTO {self._loose} ({name(link)}) SELECT {name(link)} FROM careful "
                    f"WHERE NOT kept AND {name(link)} IS NOT NULL"
                )
        for column in self._optional:
            unread = f"{name('r:' + column)} IS NOT NULL OR broken AND {name(column)} IS NULL"
            self.connection.execute(
                f"INSERT INTO {self._unsure} SELECT place, {quote(column)} FROM careful WHERE kept AND ({unread})"
            )

    def note_repeated(self) -> None:
        """Note where the rows in ``repeated`` do not settle what the row in ``united`` says."""
        key = name(self.register.key or "")
        for link in map(name, self._links):
            self.connection.execute(
                f"INSERT INTO {self._loose} ({link}, of_key) SELECT DISTINCT r.{link}, r.{key} FROM repeated r "
                f"JOIN united u ON u.{key} = r.{key} WHERE u.{link} IS NULL AND r.{link} IS NOT NULL"
            )
        for column in self._optional:
            unread = f'r.place IN (SELECT place FROM {self._unsure} WHERE "column" = {quote(column)})'
            self.connection.execute(
                f"INSERT INTO {self._unsure} SELECT DISTINCT u.place, {quote(column)} FROM united u "
                f"JOIN repeated r ON u.{key} = r.{key} "
                f"WHERE u.{name(column)} IS NULL AND (r.{name(column)} IS NOT NULL OR {unread})"
            )

    def rows(self, source: str) -> str:
        """SQL for the register's rows: those of ``source``, which have a ``place``, and the loose ones."""
        unsure = self.unsure()
        signs = "".join(
            f', place IN (SELECT place FROM {self._unsure} WHERE "column" = {quote(column)}) AS {name(column + "?")}'
            for column in unsure
        )
        own = ", ".join(name(column) for column in self.columns)
        rows = f"SELECT {own}{signs} FROM {source}"
        return f"{rows} UNION ALL SELECT {own}{', false' * len(unsure)} FROM {self._loose}" if self.loose() else rows

    def loose(self) -> int:
        """How many loose rows there are."""
        return self._count(f"SELECT count(*) FROM {self._loose}")

    def unsure(self) -> tuple[str, ...]:
        """The columns in which a cell could not be read though it might have been left empty."""
        found = {row[0] for row in self.connection.execute(f'SELECT DISTINCT "column" FROM {self._unsure}').fetchall()}
        return tuple(column for column in self.columns if column in found)

    def untied(self, odd: str, set_aside: int) -> Mapping[str, int]:
        """Link -> rows of which nobody can say to whom they belong. ``odd`` gives the rows that were read with care."""
        return {link: self._untied_by(link, odd) + set_aside - self._loose_by(link) for link in self._links}

    def _untied_by(self, link: str, odd: str) -> int:
        unread = f'(SELECT place FROM {self._unsure} WHERE "column" = {quote(link)})'
        wrong = f"place IN {unread}" if self.register.columns[link].optional else "true"
        known = f"(SELECT of_key FROM {self._loose} WHERE {name(link)} IS NOT NULL AND of_key IS NOT NULL)"
        tied = f"{name(self.register.key)} IN {known}" if self.register.key else "false"
        return self._count(f"SELECT count(*) FROM ({odd}) WHERE {name(link)} IS NULL AND {wrong} AND NOT {tied}")

    def _loose_by(self, link: str) -> int:
        return self._count(f"SELECT count(*) FROM {self._loose} WHERE {name(link)} IS NOT NULL AND of_key IS NULL")

    def _count(self, sql: str) -> int:
        return int(self.connection.execute(sql).fetchall()[0][0])

    @property
    def _loose(self) -> str:
        return name(f"{self.register.name} loose")

    @property
    def _unsure(self) -> str:
        return name(f"{self.register.name} unsure")

    @property
    def _links(self) -> list[str]:
        links = (link.column for link in self.register.links.values())
        return [link for link in links if link in self.columns and link != self.register.key]

    @property
    def _optional(self) -> list[str]:
        return [column for column in self.columns if self.register.columns[column].optional]
