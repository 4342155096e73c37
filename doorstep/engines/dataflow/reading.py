"""Reads the files of one register: each file by its kind, then one row a key, with every fault counted."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from doorstep.engines.dataflow import faults
from doorstep.engines.dataflow.careful import Counts
from doorstep.engines.dataflow.cells import name, quote
from doorstep.engines.dataflow.csvfiles import CsvLoader
from doorstep.engines.dataflow.digest import Digest, digest
from doorstep.engines.dataflow.parquetfiles import ParquetLoader
from doorstep.engines.dataflow.rejects import WrongEncodingError
from doorstep.engines.dataflow.repeats import Repeats
from doorstep.engines.dataflow.sample import look_at, single_byte_encoding
from doorstep.engines.dataflow.types import Register
from doorstep.kit.errors import DoorstepError

_PLAIN = ("utf-8", "utf-8-sig")
_BLOCK = 1 << 22


@dataclass(frozen=True)
class SourceFile:
    """A file that was read: what it is called, the hash of its bytes, its size and its rows."""

    name: str
    sha256: str
    bytes: int
    rows: int


@dataclass(frozen=True)
class Reading:
    """What reading a register's files gave.

    ``read`` rows stood in the files; ``rows`` are in the relation; the others were ``repeated`` or ``set_aside``:
    ``read == rows + repeated + set_aside``. ``faults`` counts each kind. ``ignored`` are columns nobody declared.

    What is in doubt: the relation holds ``loose`` rows besides, and a sign for each of the ``unsure`` columns (see
    ``doubtful``). ``untied`` counts for each link the rows of which nobody can say to whom they belong.
    """

    register: Register
    read: int
    rows: int
    repeated: int
    set_aside: int
    files: tuple[SourceFile, ...]
    faults: Mapping[str, int] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    loose: int = 0
    unsure: tuple[str, ...] = ()
    untied: Mapping[str, int] = field(default_factory=dict)


@dataclass
class _Tally:
    read: int = 0
    kept: int = 0
    set_aside: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    ignored: dict[str, None] = field(default_factory=dict)

    def add(self, label: str, counts: Counts, ignored: Sequence[str]) -> None:
        self.read += counts.read
        self.kept += counts.kept
        self.set_aside += counts.set_aside
        self.rows[label] = counts.read
        self.ignored.update(dict.fromkeys(ignored))


def read_files(
    connection: duckdb.DuckDBPyConnection,
    register: Register,
    files: Sequence[Path],
    *,
    columns: Sequence[str],
    folder: Path,
) -> Reading:
    """Make the relation named as the register from its files. Raises ``DoorstepError`` and leaves no relation."""
    labels = _labels(files)
    kinds = {_kind(path) for path in files}
    if len(kinds) > 1:
        raise DoorstepError(
            f"The files of {register.name} are of two kinds.",
            why="Some are CSV and some Parquet.",
            mend="Send one kind.",
        )
    wanted = _wanted(register, columns)
    tally = _Tally()
    with ThreadPoolExecutor(max_workers=1) as pool:
        digests = {path: pool.submit(digest, path) for path in files}
        loader: CsvLoader | ParquetLoader
        if kinds == {"parquet"}:
            loader = ParquetLoader(connection, register, wanted)
            for number, path in enumerate(files, start=1):
                tally.add(labels[path], *loader.load(number, path, labels[path]))
        else:
            loader = CsvLoader(connection, register, wanted, folder)
            for number, path in enumerate(files, start=1):
                tally.add(labels[path], *_load_csv(loader, number, path, labels[path]))
        repeated = _unite(connection, register, loader, labels)
        connection.execute(f"CREATE OR REPLACE VIEW {name(register.name)} AS {loader.rows()}")
        sources = tuple(_source(labels[path], digests[path], tally.rows[labels[path]]) for path in files)
    loose = loader.doubtful.loose()
    rows = _count(connection, f"SELECT count(*) FROM {name(register.name)}") - loose
    if tally.read != rows + repeated + tally.set_aside:
        raise AssertionError(f"{register.name}: {tally.read} rows read, {rows} + {repeated} + {tally.set_aside} found")
    return Reading(
        register,
        tally.read,
        rows,
        repeated,
        tally.set_aside,
        sources,
        _faults(connection, register),
        tuple(tally.ignored),
        loose,
        loader.doubtful.unsure(),
        loader.doubtful.untied(loader.odd(), tally.set_aside),
    )


def _wanted(register: Register, columns: Sequence[str]) -> tuple[str, ...]:
    """The columns to read, in the register's order; the key is always among them."""
    asked = set(columns) | ({register.key} if register.key else set())
    return tuple(column for column in register.columns if column in asked)


def _labels(files: Sequence[Path]) -> dict[Path, str]:
    """What each file is called in reports: its name, with its folder where two share it."""
    names = [path.name for path in files]
    return {path: path.name if names.count(path.name) == 1 else f"{path.parent.name}/{path.name}" for path in files}


def _kind(path: Path) -> str:
    if not path.is_file():
        raise DoorstepError(f"There is no file {path.name}.", mend="Check the folder that you named.")
    return "parquet" if path.suffix.lower() in (".parquet", ".pq") else "csv"


def _load_csv(loader: CsvLoader, number: int, path: Path, label: str) -> tuple[Counts, tuple[str, ...]]:
    """Load one CSV file. A file that turns out not to be UTF-8 half-way is read again in its real encoding."""
    written = look_at(path, loader.register, loader.columns)
    try:
        with _in_utf8(path, written.encoding, loader.folder) as plain:
            return loader.load(number, plain, written, label), written.ignored
    except WrongEncodingError:
        encoding = single_byte_encoding(path.read_bytes(), path.name)
        written = look_at(path, loader.register, loader.columns, encoding=encoding)
        with _in_utf8(path, encoding, loader.folder) as plain:
            return loader.load(number, plain, written, label), written.ignored


@contextmanager
def _in_utf8(path: Path, encoding: str, folder: Path) -> Iterator[Path]:
    """The file itself, or a copy in UTF-8 that is gone afterwards."""
    if encoding in _PLAIN:
        yield path
        return
    copy = folder / f"utf8 {path.name}"
    try:
        with path.open("rb") as source, copy.open("w", encoding="utf-8", newline="") as target:
            decoder = codecs.getincrementaldecoder(encoding)()
            while block := source.read(_BLOCK):
                target.write(decoder.decode(block))
            target.write(decoder.decode(b"", final=True))
        yield copy
    except UnicodeDecodeError as error:
        raise DoorstepError(
            f"{path.name} is not written in one encoding.",
            why=f"It begins as {encoding}, but later bytes are none.",
            mend="Save it as CSV UTF-8 and send it again.",
        ) from error
    finally:
        copy.unlink(missing_ok=True)


def _unite(
    connection: duckdb.DuckDBPyConnection,
    register: Register,
    loader: CsvLoader | ParquetLoader,
    labels: Mapping[Path, str],
) -> int:
    """Make repeated rows of a key one row. Returns how many rows that took away."""
    if register.key is None:
        return 0
    repeats = Repeats(connection, register, loader.columns)
    if not repeats.find(loader.hashes()):
        return 0
    rows, keys = repeats.gather(loader.positions)
    if not rows:
        return 0
    numbered = ", ".join(f"({number}, {quote(label)})" for number, label in enumerate(labels.values(), start=1))
    repeats.report(f"(VALUES {numbered}) AS labels(file, label)")
    loader.unite()
    return rows - keys


def _source(label: str, waiting: Future[Digest], rows: int) -> SourceFile:
    found = waiting.result()
    return SourceFile(label, found.sha256, found.bytes, rows)


def _faults(connection: duckdb.DuckDBPyConnection, register: Register) -> dict[str, int]:
    found = connection.execute(
        f"SELECT reason, count(*) FROM {faults.TABLE} WHERE register = ? GROUP BY reason ORDER BY reason",
        [register.name],
    )
    return dict(found.fetchall())


def _count(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    return int(connection.execute(sql).fetchall()[0][0])
