"""Files to be linked, and the file of pairs that comes of it: CSV or Parquet in, CSV or Parquet out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import numpy as np

from doorstep.engines.linkage import nation
from doorstep.engines.linkage.kinds import levels_of
from doorstep.engines.linkage.levels import levels_sql
from doorstep.engines.linkage.nation import Linked
from doorstep.engines.linkage.types import UNKNOWN, LinkageError, Model

FORMATS = {".csv": "FORMAT csv, HEADER true", ".parquet": "FORMAT parquet, COMPRESSION zstd"}
TABLES = ("left_register", "right_register")


@dataclass(frozen=True)
class Outcome:
    """What linking files came to. ``absent``: fields of the model that no column holds, and so were not compared."""

    linked: Linked
    rows: tuple[int, ...]
    absent: tuple[str, ...]


def link_files(
    database: duckdb.DuckDBPyConnection,
    files: tuple[Path, ...],
    *,
    model: Model,
    columns: Mapping[str, str],
    id: str,
    out: Path,
) -> Outcome:
    """Find the records of one person in one file, or between two, and write the pairs with their reasons to ``out``.

    ``columns``: field of the model -> the column that holds it, where it has another name. A field that a file has no
    column for is not compared. Raises ``LinkageError`` for files that cannot be linked so.
    """
    if out.suffix not in FORMATS:
        raise LinkageError(f"{out.name} has no known format.", mend="Name it .csv or .parquet.")
    headers = [_headers(database, file) for file in files]
    ids = [_id_of(header, id, file) for header, file in zip(headers, files, strict=True)]
    found = [_found(model, header, columns) for header in headers]
    held = set.intersection(*(set(one) for one in found))
    shorter = _without(model, held)
    rows = []
    for table, file, its, name in zip(TABLES, files, found, ids, strict=False):
        rows.append(_load(database, table, file, columns=its, id=name))
    alone = len(files) == 1
    linked = nation.dedupe(database, TABLES[0], shorter) if alone else nation.link(database, *TABLES, shorter)
    _write(database, linked, out)
    absent = tuple(field.name for field in model.fields if field.name not in {one.name for one in shorter.fields})
    return Outcome(linked, tuple(rows), absent)


def _headers(database: duckdb.DuckDBPyConnection, file: Path) -> dict[str, str]:
    """The file's columns: as they are compared -> as they are written."""
    if not file.is_file():
        raise LinkageError(f"There is no file {file}.", mend="Name a CSV or a Parquet file.")
    if file.suffix not in FORMATS:
        raise LinkageError(f"{file.name} has no known format.", mend="Name a .csv or a .parquet file.")
    try:
        names = [row[0] for row in database.execute(f"DESCRIBE SELECT * FROM {_reader(file)}").fetchall()]
    except duckdb.Error as error:
        raise _unreadable(file, error) from error
    return {_plain(name): name for name in names}


def _reader(file: Path) -> str:
    path = str(file).replace("'", "''")
    return f"read_csv('{path}', all_varchar = true, header = true)" if file.suffix == ".csv" else (
        f"read_parquet('{path}')"
    )  # fmt: skip


def _unreadable(file: Path, error: duckdb.Error) -> LinkageError:
    """The kind of the error only: its words may quote a person's row."""
    kind = type(error).__name__.removesuffix("Exception")
    return LinkageError(
        f"{file} cannot be read.",
        why=f"It is no sound {file.suffix[1:]} file ({kind}).",
        mend="Save it anew as UTF-8 with one line of headings.",
    )


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


def _found(model: Model, header: Mapping[str, str], columns: Mapping[str, str]) -> dict[str, str]:
    """The model's fields that the file holds, each with its column."""
    known = {field.name for field in model.fields if field.kind != "order"}
    for name, column in columns.items():
        if name not in known:
            raise LinkageError(f"The model has no field {name!r}.", mend=f"It has: {', '.join(sorted(known))}.")
        if _plain(column) not in header:
            raise LinkageError(f"There is no column {column!r}.", mend=f"There are: {', '.join(header.values())}.")
    wanted = {name: _plain(columns.get(name, name)) for name in known}
    return {name: header[column] for name, column in wanted.items() if column in header}


def _id_of(header: Mapping[str, str], id: str, file: Path) -> str:
    if _plain(id) not in header:
        mend = f"Name it with --id: {', '.join(header.values())}."
        raise LinkageError(f"{file.name} has no column {id!r} that names each record.", mend=mend)
    return header[_plain(id)]


def _without(model: Model, held: set[str]) -> Model:
    """The model with what the files hold only."""
    fields = tuple(one for one in model.fields if (set(one.of) or {one.name}) <= held)
    names = {one.name for one in fields}
    keys = tuple(recipe for recipe in model.keys if all(part.partition(".")[0] in names for part in recipe))
    if not keys:
        wanted = ", ".join(one.name for one in model.fields if one.kind != "order")
        raise LinkageError(
            "The files hold too little to be linked by.",
            why=f"The model compares {wanted}; no key can be made of {', '.join(sorted(names)) or 'nothing'}.",
            mend="Say which column holds what: --column given=first_name.",
        )
    return replace(model, fields=fields, keys=keys)


def _load(database: duckdb.DuckDBPyConnection, table: str, file: Path, *, columns: Mapping[str, str], id: str) -> int:
    """The file as a table of texts; empty cells are unknown. Returns its rows."""
    picked = ", ".join(
        f"nullif(trim({_name(column)}::VARCHAR), '') AS {_name(field)}" for field, column in columns.items()
    )
    try:
        database.execute(
            f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT nullif(trim({_name(id)}::VARCHAR), '') AS id, {picked}"
            f" FROM {_reader(file)}"
        )
    except duckdb.Error as error:
        raise _unreadable(file, error) from error
    row = database.execute(f"SELECT count(*), count(id), count(DISTINCT id) FROM {table}").fetchone()
    assert row is not None
    if row[0] != row[1] or row[1] != row[2]:
        raise LinkageError(
            f"The column {id!r} of {file.name} does not name each record.",
            why=f"{row[0] - row[1]} of {row[0]} rows have none, {row[1] - row[2]} repeat another's.",
            mend="Name another column with --id.",
        )
    return int(row[0])


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _write(database: duckdb.DuckDBPyConnection, linked: Linked, out: Path) -> None:
    """The pairs, likeliest first: both ids, the chance, and how each field came out."""
    left, right, chance = zip(*linked.pairs, strict=True) if linked.pairs else ((), (), ())
    database.register(
        "linked",
        {
            "one": np.array(left, dtype=object),
            "other": np.array(right, dtype=object),
            "chance": np.array(chance, dtype=np.float64),
        },
    )
    side = "(SELECT max(side) FROM ready)"
    database.execute(
        "CREATE OR REPLACE TEMP TABLE linked_rows AS SELECT a.n AS l, b.n AS r, one, other, chance FROM linked"
        f" JOIN ready AS a ON a.id = one AND a.side = 0 JOIN ready AS b ON b.id = other AND b.side = {side}"
    )
    told = ", ".join(f"{_told(field.kind, field.name)} AS {_name(field.name)}" for field in linked.model.fields)
    path = str(out).replace("'", "''")
    database.execute(
        f'COPY (SELECT one AS "left", other AS "right", round(chance, 6) AS probability, {told}'
        f" FROM linked_rows JOIN ({levels_sql(linked.model, 'linked_rows')}) AS levels USING (l, r)"
        f" ORDER BY chance DESC, one, other) TO '{path}' ({FORMATS[out.suffix]})"
    )
    database.unregister("linked")


def _told(kind: str, field: str) -> str:
    cases = " ".join(f"WHEN {number} THEN '{level}'" for number, level in enumerate(levels_of(kind)))
    return f"CASE levels.{_name(field)} WHEN {UNKNOWN} THEN 'unknown' {cases} END"
