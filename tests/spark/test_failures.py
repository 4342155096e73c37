"""What goes wrong on Spark is told plainly, and leaves nothing behind: no relation, no file, no process."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from doorstep.config.cli.exits import Exit
from doorstep.config.tests.door import ROOT, Door
from doorstep.engines.dataflow.api import Spark, Workshop
from doorstep.kit.errors import DoorstepError, Unavailable

ONE_PROCESS = "local[1]"
TOO_WIDE = "SELECT CAST(x * 10 AS DECIMAL(3, 0)) AS x FROM many"
TOO_LONG = "SELECT LENGTH(CONCAT(REPEAT('x', CAST(x AS INT) * 2000000), REPEAT('y', 2000000000))) AS x FROM many"


@pytest.mark.parametrize(
    ("spark", "sql", "words"),
    [
        (Spark(ONE_PROCESS), TOO_WIDE, "A number grew larger than its column can hold."),
        (Spark(ONE_PROCESS, "600m"), TOO_LONG, "Spark needs more memory than it may use."),
        (Spark("nowhere:1"), "SELECT x FROM many", "No Spark answers at nowhere:1."),
        (Spark(ONE_PROCESS), "SELECT y FROM many", "UNRESOLVED_COLUMN"),
    ],
)
def test_a_failure_is_told_in_words(tmp_path: Path, spark: Spark, sql: str, words: str) -> None:
    with Workshop(folder=tmp_path, spark=spark) as workshop:
        workshop.connection.execute("CREATE TABLE many AS SELECT CAST(900 AS DECIMAL(3, 0)) AS x")
        with pytest.raises(DoorstepError) as raised:
            workshop.decide([("result", sql)], into="decided", reads={"many": ("x",)})
        assert words in str(raised.value)
        assert "900" not in str(raised.value)
        assert isinstance(raised.value, Unavailable) == ("nowhere" in words)
        assert workshop.rows("SELECT table_name FROM duckdb_tables() WHERE table_name = 'decided'") == []
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("spark-")] == []


def test_no_rows_are_an_answer_too(tmp_path: Path) -> None:
    with Workshop(folder=tmp_path, spark=Spark(ONE_PROCESS)) as workshop:
        workshop.connection.execute("CREATE TABLE many (x DECIMAL(3, 0), t VARCHAR)")
        steps = [("first", "SELECT x, t AS `a b, c` FROM many"), ("result", "SELECT * FROM first WHERE x > 1")]
        assert workshop.decide(steps, into="decided", reads={"many": ("x", "t")}) == 0
        assert workshop.rows("DESCRIBE decided")[1][:2] == ("a b, c", "VARCHAR")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_stopping_stops_spark_too(tmp_path: Path, how: signal.Signals) -> None:
    env = {
        "DOORSTEP_ENGINE": "spark",
        "DOORSTEP_SPARK_MASTER": ONE_PROCESS,
        "DOORSTEP_SPARK_FOLDER": str(tmp_path / "s"),
    }
    door = Door(tmp_path, env)
    country = ROOT / "countries/demo"
    made = door("generate", country, "--people", 500, "--as-of", "2026-09-01", "--format", "csv", "--out", "people")
    assert made.code == 0, made.err
    words = ["decide", "energy-tariff", "--country", country, "--inputs", "people", "--as-of", "2026-09-01"]
    with door.start(*words, "--no-database", "--out", "out", preexec_fn=heed_ctrl_c) as process:
        within = f"{tmp_path}/s/".encode()
        assert until(lambda: any(b"java" in line for line in running(within))), "Spark never began"
        process.send_signal(how)
        _, err = process.communicate(timeout=60)
    assert until(lambda: not running(within)), "Spark still runs"
    assert not (tmp_path / "out").exists()
    if how is not signal.SIGKILL:
        assert (process.returncode, "Stopped." in err, "Traceback" in err) == (Exit.STOPPED, True, False)
        assert list((tmp_path / "s").iterdir()) == []


def heed_ctrl_c() -> None:
    """Also where the tests themselves run in the background, which a shell makes deaf to it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def running(within: bytes) -> list[bytes]:
    """The command lines of processes that name something in a folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                line = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            found += [line] if within in line else []
    return found


def until(true: Callable[[], object], seconds: float = 60) -> bool:
    """Whether it becomes true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.1)
    return False
