"""A month of the command line with a database: real runs, the same run again, two at once, stops and full disks."""

from __future__ import annotations

import csv
import json
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from doorstep.config.cli.exits import Exit
from doorstep.config.tests.conftest import AS_OF
from doorstep.config.tests.door import ROOT, TARIFF, Door, small_files

pytestmark = pytest.mark.slow


def stored(door: Door) -> dict[str, tuple[int, str]]:
    """Table -> its rows and their hash, the diary of runs left out, once the server has left every other client."""
    with psycopg.connect(door.env["DATABASE_URL"].replace("%2F", "/"), autocommit=True) as connection:
        others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        deadline = time.monotonic() + 30
        while connection.execute(others).fetchone() != (0,) and time.monotonic() < deadline:
            time.sleep(0.1)  # a server learns a moment later that its client was killed
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'benefits_run'"
        ).fetchall()
        return {
            table: connection.execute(
                f"SELECT count(*), coalesce(md5(string_agg(t::text, chr(10) ORDER BY t::text)), '') FROM \"{table}\" t"
            ).fetchone()
            for (table,) in tables
        }


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.csv")}


def test_a_month(door: Door, registers: Path) -> None:
    real = ["decide", TARIFF, "--inputs", registers, "--as-of", AS_OF]
    empty = stored(door)
    trial = door(*real, "--trial", "--out", "trial")
    assert trial.code == 0
    assert "would have" in trial.out
    assert "female" in trial.out
    report = json.loads((door.folder / "trial/report.json").read_text())
    assert (report["kind"], set(report["groups"])) == ("trial", {"age", "area", "sex"})
    assert stored(door) == empty
    groups = door(*real, "--trial", "--json").json["groups"]
    first = door(*real, "--out", "first", "--json")
    assert first.code == 0
    counts = first.json["counts"]
    assert counts["started"] == counts["entitled"] == sum(row["after"] for row in groups["sex"]) > 100
    after = stored(door)
    assert after["benefits_entitlement"][0] == counts["started"]
    again = door(*real, "--out", "again")
    assert (again.code, "nothing was done again" in again.out) == (0, True)
    assert stored(door) == after
    assert files(door.folder / "again") == files(door.folder / "first")
    earlier = door("decide", TARIFF, "--inputs", registers, "--as-of", "2026-02-05", "--json")
    assert (earlier.code, earlier.json["error"]["code"]) == (Exit.REFUSED, "out_of_order")
    assert stored(door) == after


def test_a_guard_stops_a_run_that_would_end_too_much(door: Door, registers: Path) -> None:
    assert door("decide", TARIFF, "--inputs", registers, "--as-of", AS_OF).code == 0
    poor = shutil.copytree(registers, door.folder / "poor")
    with (poor / "income.csv").open(newline="") as file:
        rows = [{**row, "taxable_income": "99999.00"} for row in csv.DictReader(file)]
    with (poor / "income.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    before = stored(door)
    next_month = ["decide", TARIFF, "--inputs", "poor", "--as-of", "2026-04-05", "--json"]
    said = door(*next_month)
    assert (said.code, said.json["error"]["code"]) == (Exit.REFUSED, "too_many_endings")
    assert "--confirm-endings" in said.err
    assert stored(door) == before
    confirmed = door(*next_month, "--confirm-endings")
    assert (confirmed.code, confirmed.json["counts"]["ending"] > 100) == (0, True)


def test_late_data_entitle_from_the_month_they_are_of(door: Door, registers: Path) -> None:
    late = shutil.copytree(registers, door.folder / "late")
    assert door("decide", TARIFF, "--inputs", late, "--as-of", AS_OF).code == 0
    with (late / "income.csv").open(newline="") as file:
        rich = [
            row["tax_id"] for row in csv.DictReader(file) if re.fullmatch(r"[4-9]\d{4}\.\d\d", row["taxable_income"])
        ][:80]
    with (late / "benefit.csv").open("a") as file:
        file.writelines(f"{person},minimum-income,2026-01-01,\n" for person in rich)
    before = stored(door)
    words = [
        "recompute",
        TARIFF,
        "--inputs",
        late,
        "--as-of",
        f"{AS_OF}..{AS_OF}",
        "--same-contracts",
        "--out",
        "again",
    ]
    dry = door(*words)
    assert (dry.code, "Nothing was changed" in dry.out, stored(door) == before) == (0, True, True)
    done = door(*words, "--apply", "--confirm-corrections", "--json")
    assert done.code == 0
    assert done.json["decisions"] == done.json["counts"]["corrected"] > 10
    assert door(*words, "--apply", "--json").json["decisions"] == 0
    wrong = door("recompute", TARIFF, "--inputs", late, "--as-of", "2026-09-01..2026-06-01")
    assert (wrong.code, "ends before it begins" in wrong.err) == (Exit.USAGE, True)


def test_two_real_runs_at_once_are_one(door: Door, registers: Path) -> None:
    words = ["decide", TARIFF, "--inputs", registers, "--as-of", AS_OF, "--json"]
    with door.start(*words) as one, door.start(*words) as two:
        outs = [process.communicate(timeout=100)[0] for process in (one, two)]
    codes = sorted([one.returncode, two.returncode])
    assert codes in ([0, 0], [0, Exit.REFUSED])
    told = [json.loads(out) for out in outs]
    assert sum(1 for one in told if one.get("counts", {}).get("started") and not one["repeated"]) == 1
    assert [one["error"]["code"] for one in told if "error" in one] == ["busy"] * codes.count(Exit.REFUSED)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_real_run_that_is_stopped_changes_nothing_and_can_be_run_again(door: Door, tmp_path: Path, how: int) -> None:
    assert door("generate", "--people", 60_000, "--as-of", AS_OF, "--out", "people").code == 0
    before = stored(door)
    words = ["decide", TARIFF, "--inputs", "people", "--as-of", AS_OF, "--out", "out", "--json"]
    stops = 0
    for wait in (0, 0.15, 0.3, 0.6):
        scratch = tmp_path / f"scratch-{wait}"
        scratch.mkdir()
        with Door(door.folder, {**door.env, "TMPDIR": str(scratch)}).start(*words) as process:
            while process.poll() is None and not list(scratch.iterdir()):
                time.sleep(0.01)  # until it works on the files
            time.sleep(wait)
            process.send_signal(how)
            _, err = process.communicate(timeout=60)
        assert "Traceback" not in err
        if process.returncode == 0:
            break
        assert process.returncode in (Exit.STOPPED, -how)
        stops += 1
        found = stored(door)
        if found != before:  # stopped after the commit: then everything is there
            whole = {found[f"benefits_{table}"][0] for table in ("entitlement", "decision", "notice")}
            assert len(whole) == 1
            break
    assert stops
    assert door(*words).code == 0
    assert stored(door)["benefits_entitlement"][0] > 5_000


def test_a_database_that_cannot_grow_is_told_and_loses_nothing(tmp_path: Path) -> None:
    """The embedded server on a disk that is full: its files may not grow over 17 MB, its smallest log file."""
    from doorstep.config.postgres_home import remove

    var = tmp_path / "var"
    door = Door(tmp_path, {"DOORSTEP_VAR": str(var)})
    few = ["decide", TARIFF, "--inputs", "few", "--as-of", AS_OF, "--out", "out", "--json"]
    many = ["decide", TARIFF, "--inputs", "many", "--as-of", "2026-04-05", "--allow-missing", "income", "--json"]
    tmp_path.chmod(0o755)
    try:
        for folder, people in (("few", 2_000), ("many", 480_000)):
            assert door("generate", "--people", people, "--as-of", AS_OF, "--out", folder).code == 0
        assert door(*few).code == 0
        hold = "import sys; from pathlib import Path; from doorstep.config.postgres import Embedded\n"
        hold += "with Embedded(Path(sys.argv[1])): print('up', flush=True); sys.stdin.read()"
        server = subprocess.Popen(
            [sys.executable, "-c", hold, str(var)],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            preexec_fn=small_files(17 << 20),  # noqa: PLW1509
        )  # fmt: skip
        try:
            assert server.stdout.readline() == "up\n"
            full = door(*many, "--confirm-endings")
            assert (full.code, full.json["error"]["exit"]) == (Exit.UNAVAILABLE, 3), full.err
            assert full.err.rstrip().endswith("Make room on its disk and try again.")
            assert len(full.err.splitlines()) == 1
            assert door(*few).json["repeated"] is True
        finally:
            server.communicate("", timeout=60)
        assert door(*many, "--confirm-endings").code == 0
    finally:
        remove(var)
