"""The place where mass work is done: an embedded DuckDB with bounded memory, which holds no truth of its own."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import duckdb

from doorstep.engines.dataflow import faults, spark
from doorstep.engines.dataflow.cells import name, quote
from doorstep.engines.dataflow.progress import Progress, watched
from doorstep.engines.dataflow.reading import Reading, read_files
from doorstep.engines.dataflow.spark import Spark, Work
from doorstep.engines.dataflow.types import Register
from doorstep.engines.dataflow.writing import safe_file_name, written_whole
from doorstep.engines.feel.api import DUCKDB, SPARK, Dialect
from doorstep.kit.errors import DoorstepError, Unavailable, unavailable

if TYPE_CHECKING:
    import psycopg

_FORMATS = {".csv": "FORMAT csv, HEADER true", ".parquet": "FORMAT parquet, COMPRESSION zstd"}


class Workshop:
    """Reads registers' files, runs SQL over them, writes files and PostgreSQL tables. A context manager.

    ``memory`` and ``threads`` bound what it may use; what does not fit goes to ``folder`` (a temporary one unless
    given). ``progress(fraction, what)`` is called a few times a second while a long query runs. With ``spark`` the
    steps of a nation are followed there; everything else stays here.
    """

    def __init__(
        self,
        *,
        memory: str = "1500MB",
        threads: int = 2,
        folder: Path | None = None,
        progress: Progress | None = None,
        spark: Spark | None = None,
    ) -> None:
        # Removes itself even where the work is stopped before it begins.
        self._own = None if folder else tempfile.TemporaryDirectory(prefix="doorstep-", ignore_cleanup_errors=True)
        self.folder = (folder or Path(self._own.name if self._own else "")).resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.progress, self.spark = progress, spark
        self.connection = duckdb.connect(
            config={
                "memory_limit": memory,
                "threads": threads,
                "temp_directory": str(self.folder / "spill"),
                "preserve_insertion_order": False,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            }
        )
        self.connection.execute(f"CREATE TABLE {faults.TABLE} ({faults.COLUMNS})")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.connection.close()
        if self._own:
            self._own.cleanup()

    # ------------------------------------------------------------------ in

    def read(self, register: Register, files: Sequence[Path], columns: Sequence[str] | None = None) -> Reading:
        """Make the relation named as the register, typed as declared and with one row a key.

        ``columns`` are those that are needed; the others are not read. A cell that cannot be read is unknown, and
        reported. Raises ``DoorstepError`` for a file that is not what the register declares.
        """
        if not files:
            raise DoorstepError(
                f"There are no files for the register {register.name}.",
                mend=f"Put them into {register.name}/ or send {register.name}.csv.",
            )
        with self._working(f"reading {register.name}"):
            wanted = tuple(register.columns) if columns is None else tuple(columns)
            return read_files(self.connection, register, list(files), columns=wanted, folder=self.folder)

    def from_postgres(
        self, query: str, *, into: str, columns: Mapping[str, str] | Sequence[str], connection: psycopg.Connection[Any]
    ) -> int:
        """Bring the rows of a PostgreSQL query into the table ``into``; ``columns`` gives their DuckDB types."""
        from doorstep.engines.dataflow import postgres  # checking a country needs no database

        with self._working("reading the database"):
            return postgres.bring(
                self.connection, query, into=into, columns=columns, source=connection, folder=self.folder
            )

    # ------------------------------------------------------------------ work

    @property
    def dialect(self) -> Dialect:
        """The words in which the steps of a nation are to be written."""
        return DUCKDB if self.spark is None else SPARK

    def decide(
        self,
        steps: Sequence[tuple[str, str]],
        *,
        into: str,
        reads: Mapping[str, Sequence[str]],
        spent: Mapping[str, Sequence[str]] | None = None,
    ) -> int:
        """Follow the steps of a nation, written in ``dialect``, where this workshop decides. Returns the rows.

        ``reads``: relation -> the columns that the steps read of it; ``spent``: see ``follow``.
        """
        if self.spark is None:
            return self.follow(steps, into=into, spent=spent)
        with self._working(""):
            found = spark.follow(
                self.connection,
                self.spark,
                [Work(steps, into)],
                reads=reads,
                folder=self.folder,
                progress=self.progress,
            )
        return found[into]

    def run(self, sql: str, *, into: str, what: str = "deciding") -> int:
        """Make the table ``into`` from a query, with progress. Returns its rows."""
        with self._working(what):
            found = self.connection.execute(f"CREATE OR REPLACE TABLE {name(into)} AS {sql}").fetchall()
        return int(found[0][0])

    def follow(
        self,
        steps: Sequence[tuple[str, str]],
        *,
        into: str,
        what: str = "deciding",
        spent: Mapping[str, Sequence[str]] | None = None,
    ) -> int:
        """Make one table after another (name, query); keep the last as ``into``, with progress. Returns its rows.

        ``spent``: a step -> the tables of earlier steps that go when it is done.
        """
        whole, rows = self.progress, 0
        try:
            for number, (step, sql) in enumerate(steps):
                self.progress = _part(whole, number, len(steps))
                rows = self.run(sql, into=into if number == len(steps) - 1 else step, what=what)
                self._drop((spent or {}).get(step, ()))
        finally:
            self.progress = whole
            self._drop(step for step, _ in steps[:-1])
        return rows

    def _drop(self, tables: Iterable[str]) -> None:
        for table in tables:
            self.connection.execute(f"DROP TABLE IF EXISTS {name(table)}")

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Every row of a query; for small results."""
        with self._working(""):
            return self.connection.execute(sql).fetchall()

    def columns(self, relation: str) -> tuple[str, ...]:
        """The names of a relation's columns."""
        return tuple(row[0] for row in self.rows(f"DESCRIBE {name(relation)}"))

    # ------------------------------------------------------------------ out

    def write(self, sql: str, path: Path) -> int:
        """Write a query to a CSV or Parquet file, by its suffix. The file appears whole or not at all."""
        options = _FORMATS.get(path.suffix.lower())
        if options is None:
            raise DoorstepError(f"Files of the kind {path.suffix!r} cannot be written.", mend="Use .csv or .parquet.")
        with self._working("writing"), written_whole(path) as target:
            found = self.connection.execute(f"COPY ({sql}) TO {quote(str(target))} ({options})").fetchall()
        return int(found[0][0])

    def write_each(self, sql: str, *, by: str, folder: Path, name: str = "{value}.csv") -> dict[str, int]:
        """Write one file for each value of the column ``by``, which is left out. Returns file name -> rows."""
        counts: dict[str, int] = {}
        self.run(sql, into="to write", what="writing")
        quoted = '"' + by.replace('"', '""') + '"'
        found = self.rows(f'SELECT {quoted}, count(*) FROM "to write" GROUP BY 1 ORDER BY 1')
        for value, rows in found:
            where = f"{quoted} IS NULL" if value is None else f"{quoted} = {quote(str(value))}"
            path = folder / name.format(value=safe_file_name(str(value or "without-name")))
            self.write(f'SELECT * EXCLUDE ({quoted}) FROM "to write" WHERE {where} ORDER BY ALL', path)
            counts[path.name] = int(rows)
        self.connection.execute('DROP TABLE "to write"')
        return counts

    def to_postgres(self, sql: str, *, table: str, columns: Sequence[str], connection: psycopg.Connection[Any]) -> int:
        """COPY a query's rows into a PostgreSQL table, within the caller's transaction. Returns the rows."""
        from doorstep.engines.dataflow import postgres

        with self._working("storing"):
            return postgres.store(
                self.connection, sql, table=table, columns=columns, target=connection, folder=self.folder
            )

    def faults_to(self, path: Path) -> int:
        """Write every fault that was found, with what to do about it. This file may hold personal data.

        People open it in a spreadsheet: a cell that would be a formula there has an apostrophe before it.
        """
        return self.write(
            f'SELECT register, file, line, "column", reason, what, mend, {faults.harmless("value")} AS value '
            f"FROM {faults.TABLE} "
            f'JOIN {faults.words_table()} USING (reason) ORDER BY register, file, line, "column", reason',
            path,
        )

    @contextmanager
    def _working(self, what: str) -> Iterator[None]:
        """Progress while it goes well, a plain error when it does not, an end to the query on Ctrl-C."""
        try:
            with watched(self.connection, self.progress if what else None, what):
                yield
        except KeyboardInterrupt:
            self.connection.interrupt()
            raise
        except OSError as error:
            raise unavailable(error) from error
        except RuntimeError as error:
            if "interrupted" in str(error).lower():  # how DuckDB tells of Ctrl-C
                raise KeyboardInterrupt from error
            raise
        except duckdb.Error as error:
            raise _plain(error) from error


def _part(progress: Progress | None, number: int, of: int) -> Progress | None:
    """Progress of one step as a share of all."""
    if progress is None:
        return None
    return lambda fraction, what: progress((number + fraction) / of, what)


def _plain(error: duckdb.Error) -> DoorstepError:
    """DuckDB's error in our words. Its message may hold values of people, so it stays in the cause."""
    text = str(error)
    if "No space left" in text or "File too large" in text or isinstance(error, duckdb.IOException):
        return Unavailable(
            "A file could not be read or written.",
            why="The disk is full or the file is gone.",
            mend="Make room and try again.",
        )
    if isinstance(error, duckdb.OutOfMemoryException):
        return DoorstepError("The work needs more memory than it may use.", mend="Give it more memory or more disk.")
    if isinstance(error, duckdb.ConversionException | duckdb.OutOfRangeException):
        return DoorstepError(
            "A number grew larger than its column can hold.",
            why="A sum or product left the range that the rules allow.",
            mend="Look for amounts in the files that cannot be true.",
        )
    if isinstance(error, duckdb.InterruptException):
        return DoorstepError("The work was stopped.", mend="Start it again; nothing was changed.")
    return DoorstepError(
        f"The work could not be done: {type(error).__name__}.", mend="Report this with the command used."
    )
