"""Rows between DuckDB and PostgreSQL in bulk, by COPY; always in the transaction of the caller."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import psycopg
from psycopg import sql as pg

from doorstep.engines.dataflow.cells import literal_path, name, quote

_BLOCK = 1 << 20
# Told apart from an empty text, which stands as nothing, and from this very text, which stands in quotes.
_NULL = "\\N"
# Columns end with a tab, and a control character quotes what holds one: JSON then travels as it is.
_QUOTE = "\x01"


def store(
    connection: duckdb.DuckDBPyConnection,
    sql: str,
    *,
    table: str,
    columns: Sequence[str],
    target: psycopg.Connection[Any],
    folder: Path,
) -> int:
    """COPY the rows of a DuckDB query into a PostgreSQL table. Returns how many."""
    path = folder / f"{uuid.uuid4().hex}.csv"
    options = f"FORMAT csv, HEADER false, NULLSTR '{_NULL}', DELIMITER '\t', QUOTE '{_QUOTE}', ESCAPE '{_QUOTE}'"
    try:
        connection.execute(f"COPY ({sql}) TO {quote(str(path))} ({options})").fetchall()
        statement = pg.SQL("COPY {} ({}) FROM STDIN (FORMAT csv, NULL {}, DELIMITER {}, QUOTE {})").format(
            pg.Identifier(table),
            pg.SQL(", ").join(map(pg.Identifier, columns)),
            *map(pg.Literal, (_NULL, "\t", _QUOTE)),
        )
        with target.cursor() as cursor:
            with path.open("rb", buffering=0) as file, cursor.copy(statement) as copy:
                while block := file.read(_BLOCK):
                    copy.write(block)
            return cursor.rowcount
    finally:
        path.unlink(missing_ok=True)


def bring(
    connection: duckdb.DuckDBPyConnection,
    query: str,
    *,
    into: str,
    columns: Mapping[str, str] | Sequence[str],
    source: psycopg.Connection[Any],
    folder: Path,
) -> int:
    """Make a DuckDB table from a PostgreSQL query. ``columns``: name -> DuckDB type, or names of text columns."""
    types = dict(columns) if isinstance(columns, Mapping) else dict.fromkeys(columns, "VARCHAR")
    path = folder / f"{uuid.uuid4().hex}.csv"
    statement = pg.SQL("COPY ({}) TO STDOUT (FORMAT csv, NULL {})").format(
        pg.SQL(query),  # written by us, never by a user
        pg.Literal(_NULL),
    )
    try:
        with source.cursor() as cursor, path.open("wb") as file, cursor.copy(statement) as copy:
            for block in copy:
                file.write(block)
        declared = ", ".join(f"{quote(column)}: {quote(kind)}" for column, kind in types.items())
        found = connection.execute(
            f"CREATE OR REPLACE TABLE {name(into)} AS SELECT * FROM read_csv({quote(literal_path(path))}, "
            f"auto_detect=false, header=false, delim=',', quote='\"', escape='\"', nullstr='{_NULL}', "
            f"allow_quoted_nulls=false, columns={{{declared}}}, max_line_size=4000000)"
        ).fetchall()
        return int(found[0][0])
    finally:
        path.unlink(missing_ok=True)
