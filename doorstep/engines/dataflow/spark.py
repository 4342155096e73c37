"""Decides on Apache Spark what one machine cannot: hands registers over as Parquet, takes one relation back.

Spark runs in a process of its own (``sparkjob``), so that its Java, its threads and its memory end with the work. It is
an extra: nothing of it is imported or started unless a workshop is told to use it.

1. See that Spark and its Java are there.
2. Write the columns that are read of each relation as Parquet: what was read and checked here keeps its one meaning.
3. The process follows the steps and writes the last as Parquet.
4. Take that back as a table. Whatever happens, the files that were in between are gone afterwards.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import duckdb

from doorstep.engines.dataflow.cells import literal_path, name, quote
from doorstep.engines.dataflow.progress import Progress
from doorstep.engines.feel.api import SPARK_SETTINGS
from doorstep.kit.errors import DoorstepError, Unavailable

OLDEST_JAVA = 17
_NO_MASTER = ("All masters are unresponsive", "Could not parse Master URL", "Master must either be")
_PATIENCE = 10.0
"""Seconds that Spark has to end by itself when it is stopped."""


@dataclass(frozen=True)
class Spark:
    """Where Spark works. ``master`` is its address, ``local[*]`` this machine; ``memory`` what its driver and each of
    its executors may use; ``folder`` a place that all of them see, the workshop's own unless given.
    """

    master: str = "local[*]"
    memory: str = "2g"
    folder: Path | None = None


@dataclass(frozen=True)
class Work:
    """Steps that lead to one relation: the last of ``steps`` (name, query) is kept as ``into``."""

    steps: Sequence[tuple[str, str]]
    into: str


def follow(
    connection: duckdb.DuckDBPyConnection,
    spark: Spark,
    works: Sequence[Work],
    *,
    reads: Mapping[str, Sequence[str]],
    folder: Path,
    progress: Progress | None = None,
) -> dict[str, int]:
    """Make the relation of each work on Spark. ``reads``: relation -> the columns that the steps read of it.

    Returns relation -> rows. Raises ``Unavailable`` where Spark or its Java is missing or cannot be reached, and
    ``DoorstepError`` where it fails; no relation is made then.
    """
    check_installed()
    shared = spark.folder or folder
    shared.mkdir(parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix="spark-", dir=shared)).resolve()
    try:
        relations = {
            relation: _hand_over(connection, relation, columns, place / f"in-{number}")
            for number, (relation, columns) in enumerate(reads.items())
        }
        _report(progress, 0.1)
        job = {
            "master": spark.master,
            "memory": spark.memory,
            "settings": dict(SPARK_SETTINGS),
            "place": str(place),
            "relations": relations,
            "works": [{"steps": list(work.steps), "into": f"out-{index}"} for index, work in enumerate(works)],
        }
        _run(job, place, progress)
        found = {
            work.into: _take_back(connection, work.into, place / f"out-{number}") for number, work in enumerate(works)
        }
        _report(progress, 1.0)
        return found
    finally:
        shutil.rmtree(place, ignore_errors=True)


def check_installed() -> None:
    """Raises ``Unavailable`` that says what to install."""
    if importlib.util.find_spec("pyspark") is None:
        raise Unavailable(
            "Spark is not installed.",
            why="It is an extra of Doorstep.",
            mend="Install it with: pip install 'doorstep[spark]'. Or decide on DuckDB: DOORSTEP_ENGINE=duckdb.",
        )
    mend = (
        f"Install Java {OLDEST_JAVA} or newer (on Debian and Ubuntu: apt-get install default-jre-headless), "
        "or set JAVA_HOME."
    )
    version = _java_version()
    if version is None:
        raise Unavailable("Spark needs Java.", why="None was found.", mend=mend)
    if version < OLDEST_JAVA:
        raise Unavailable(f"Spark needs Java {OLDEST_JAVA} or newer.", why=f"Java {version} was found.", mend=mend)


def _java_version() -> int | None:
    """The version of the Java that Spark would start; ``None`` where there is none."""
    home = dict(os.environ).get("JAVA_HOME")
    java = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    if java is None:
        return None
    try:
        told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r'version "(?:1\.)?(\d+)', told.stderr + told.stdout)
    return int(found[1]) if found else None


# ---------------------------------------------------------------------- there and back


def _hand_over(
    connection: duckdb.DuckDBPyConnection, relation: str, columns: Sequence[str], folder: Path
) -> dict[str, Any]:
    """Write a relation's columns as Parquet. Returns where they are and, for Spark, their types."""
    folder.mkdir()
    query = f"SELECT {', '.join(map(name, columns))} FROM {name(relation)}"
    connection.execute(
        f"COPY ({query}) TO {quote(str(folder))} (FORMAT parquet, PER_THREAD_OUTPUT true, OVERWRITE true)"
    )
    described = connection.execute(f"DESCRIBE {query}").fetchall()
    return {"folder": str(folder), "columns": [(row[0], _SPARK_TYPES.get(row[1], row[1])) for row in described]}


_SPARK_TYPES = {"VARCHAR": "STRING", "HUGEINT": "DECIMAL(38,0)"}


def _take_back(connection: duckdb.DuckDBPyConnection, into: str, folder: Path) -> int:
    files = f"{literal_path(folder)}/part-*.parquet"
    found = connection.execute(
        f"CREATE OR REPLACE TABLE {name(into)} AS SELECT * FROM read_parquet({quote(files)})"
    ).fetchall()
    return int(found[0][0])


# ---------------------------------------------------------------------- the process


def _run(job: Mapping[str, Any], place: Path, progress: Progress | None) -> None:
    """Run the job to its end. Raises what went wrong in our words."""
    (place / "job.json").write_text(json.dumps(job))
    (place / "local").mkdir()
    last: dict[str, Any] = {}
    with (place / "log").open("w+b") as log:
        with _process(place, log) as process:
            assert process.stdout is not None
            for line in process.stdout:
                last = json.loads(line)
                if "share" in last:
                    _report(progress, 0.1 + 0.85 * float(last["share"]))
            code = process.wait()
        if code != 0 or "done" not in last:
            log.seek(0)
            raise _failure(last.get("failure", ""), last.get("condition", ""), log.read().decode(errors="replace"), job)
    _report(progress, 0.95)


@contextmanager
def _process(place: Path, log: IO[bytes]) -> Iterator[subprocess.Popen[str]]:
    """The process, which is gone with all that it started when the ``with`` block ends, however it ends."""
    process = subprocess.Popen(
        [sys.executable, "-m", "doorstep.engines.dataflow.sparkjob", str(place / "job.json")],
        stdin=subprocess.PIPE,  # closes when this process dies, and so tells the other
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
        start_new_session=True,  # Ctrl-C is ours to hand on
    )
    try:
        yield process
    finally:
        _signal(process, signal.SIGTERM)
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            pass
        finally:
            _signal(process, signal.SIGKILL)
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()


def _signal(process: subprocess.Popen[str], number: signal.Signals) -> None:
    """To the process and all that it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def _report(progress: Progress | None, share: float) -> None:
    if progress is not None:
        progress(share, "deciding on Spark")


def _failure(kind: str, condition: str, log: str, job: Mapping[str, Any]) -> DoorstepError:
    """What went wrong in our words. Spark's own may hold values of people, so they stay behind."""
    if kind == "number":
        return DoorstepError(
            "A number grew larger than its column can hold.",
            why="A sum or product left the range that the rules allow.",
            mend="Look for amounts in the files that cannot be true.",
        )
    if kind == "memory" or "OutOfMemoryError" in log:
        return DoorstepError(
            "Spark needs more memory than it may use.",
            why=f"Its driver and each executor may use {job['memory']}.",
            mend="Raise DOORSTEP_SPARK_MEMORY.",
        )
    if "No space left on device" in log:
        return Unavailable("Spark could not write its files.", why="The disk is full.", mend="Make room and try again.")
    if any(words in log for words in _NO_MASTER):
        return Unavailable(
            f"No Spark answers at {job['master']}.",
            mend="See that the cluster runs, and that DOORSTEP_SPARK_MASTER names it.",
        )
    return DoorstepError(
        "Spark could not do the work.",
        why=f"It says {condition}." if condition else "It stopped without a word.",
        mend="Report this with the command used; DOORSTEP_ENGINE=duckdb decides without Spark.",
    )
