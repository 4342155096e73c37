"""The process in which Spark works: follows the steps of a job and tells how far it is, a line of JSON at a time.

``python -m doorstep.engines.dataflow.sparkjob JOB`` is started by ``spark`` and by nobody else. Nothing here knows a
register: a job names folders of Parquet, SQL in Spark's words and where the results go.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import json
import os
import re
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_EVERY = 0.5
Tell = Callable[[Mapping[str, Any]], None]

_NUMBERS = ("ARITHMETIC_OVERFLOW", "NUMERIC_VALUE_OUT_OF_RANGE", "CAST_OVERFLOW", "NUMERIC_OUT_OF_SUPPORTED_RANGE")

# Spark's names for what went wrong, and ours. The first that fits counts.
_FAILURES = (
    ("number", _NUMBERS),
    ("memory", ("OutOfMemoryError", "exit code 137", "exit code 52", "OUT_OF_MEMORY")),
)


def main() -> int:
    """Do the job. The last line says that it is done, or what kind of failure stopped it."""
    job = json.loads(Path(sys.argv[1]).read_text())
    tell = _own_output()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        with _session(job) as session:
            _follow(session, job, tell)
    except Exception as error:
        tell({"failure": _kind(error), "condition": _condition(error)})
        print(error, file=sys.stderr)
        return 1
    tell({"done": True})
    return 0


def _own_output() -> Tell:
    """Our lines go where the caller reads; whatever Java prints goes with its errors."""
    out = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    lock = threading.Lock()

    def tell(line: Mapping[str, Any]) -> None:
        with lock, contextlib.suppress(OSError):
            out.write(json.dumps(line) + "\n")

    return tell


def _end_with_parent() -> None:
    """Whoever started us holds our input open. When it ends, so do we, and Java with us."""
    while os.read(0, 1024):
        pass
    os._exit(1)


# ---------------------------------------------------------------------- Spark


@contextmanager
def _session(job: Mapping[str, Any]) -> Iterator[Any]:
    """A Spark session that keeps all it writes in the job's place."""
    place, master = Path(job["place"]), job["master"]
    settings = {
        **job["settings"],
        "spark.app.name": "doorstep",
        "spark.driver.memory": job["memory"],
        "spark.executor.memory": job["memory"],
        "spark.local.dir": str(place / "local"),
        "spark.sql.warehouse.dir": (place / "local" / "warehouse").as_uri(),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    if master.startswith("local"):
        os.environ |= {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_LOCAL_HOSTNAME": "localhost"}
        os.environ |= {"SPARK_HOME": str(_home(place / "home"))}
        settings |= {"spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "localhost"}
    if re.fullmatch(r"local(\[.*\])?", master):
        # Here Spark makes a secret of its own, and no other process of this machine gets in.
        settings["spark.authenticate"] = "true"
    builder = importlib.import_module("pyspark.sql").SparkSession.builder.master(master)
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    try:
        yield session
    finally:
        session.stop()


def _home(folder: Path) -> Path:
    """The installed Spark under another name: executors on this machine write their logs below it."""
    found = importlib.util.find_spec("pyspark")
    assert found is not None
    assert found.submodule_search_locations
    installed = Path(found.submodule_search_locations[0])
    folder.mkdir()
    for part in ("bin", "sbin", "jars"):
        (folder / part).symlink_to(installed / part)
    return folder


def _follow(session: Any, job: Mapping[str, Any], tell: Tell) -> None:
    for relation, source in job["relations"].items():
        columns = ", ".join(f"{_name(column)} {kind}" for column, kind in source["columns"])
        read = session.read.schema(columns).parquet(Path(source["folder"]).as_uri())
        read.createOrReplaceTempView(_name(relation))
    with _watched(session, tell):
        for work in job["works"]:
            target = (Path(job["place"]) / work["into"]).as_uri()
            _view(session, work["steps"])
            session.table(_name(work["steps"][-1][0])).write.parquet(target)
            session.catalog.clearCache()


def _view(session: Any, steps: Sequence[tuple[str, str]]) -> None:
    """Each step as a view; the last is what is asked for. One that several read is kept, so that it is made once."""
    for number, (step, sql) in enumerate(steps):
        session.sql(f"CREATE OR REPLACE TEMPORARY VIEW {_name(step)} AS {sql}")
        readers = sum(later.count(_name(step)) for _, later in steps[number + 1 :])
        if readers > 1:
            session.catalog.cacheTable(_name(step))


def _name(identifier: str) -> str:
    return "`" + identifier.replace("`", "``") + "`"


@contextmanager
def _watched(session: Any, tell: Tell) -> Iterator[None]:
    """Tell twice a second which share of the tasks that are known so far is done; it never falls."""
    done, tracker = threading.Event(), session.sparkContext.statusTracker()

    def look() -> None:
        most = 0.0
        while not done.wait(_EVERY):
            with contextlib.suppress(Exception):
                most = max(most, _share(tracker))
                tell({"share": most})

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def _share(tracker: Any) -> float:
    jobs = [tracker.getJobInfo(number) for number in tracker.getJobIdsForGroup(None)]
    stages = {stage for job in jobs if job is not None for stage in job.stageIds}
    found = [info for stage in stages if (info := tracker.getStageInfo(stage)) is not None]
    tasks = sum(info.numTasks for info in found)
    return sum(info.numCompletedTasks for info in found) / tasks if tasks else 0.0


# ---------------------------------------------------------------------- what went wrong


def _kind(error: Exception) -> str:
    text = f"{type(error).__name__}: {error}"
    return next((kind for kind, words in _FAILURES if any(word in text for word in words)), "")


def _condition(error: Exception) -> str:
    """Spark's name for the error, which holds no values."""
    found = re.search(r"\[([A-Z][A-Z0-9_.]+)\]", str(error))
    return found[1] if found else type(error).__name__


if __name__ == "__main__":
    sys.exit(main())
