"""A folder never holds an old file that could be taken for new, and whatever its report says, nothing else is lost."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from doorstep.domains.benefits.reports import remove_older, write_report
from doorstep.domains.benefits.tests.world import PROGRAMME, World
from doorstep.domains.benefits.types import RunKind

MARCH, APRIL, JUNE, JULY = (date(2026, month, 5) for month in (3, 4, 6, 7))


def test_a_trial_between_two_runs_leaves_no_old_file_behind(world: World, tmp_path: Path) -> None:
    out = tmp_path / "out"
    world.add("C9", supplier="noor-island")
    world.run(MARCH, out=out)
    world.earns("C9", "90000.00")
    world.run(APRIL, out=out)
    world.run(JUNE, out=out)
    world.run(JULY, out=out, kind=RunKind.TRIAL)
    assert json.loads((out / "report.json").read_text())["files"] == {}
    assert (out / "noor-island.csv").exists(), "a trial takes nothing away"
    world.run(JULY, out=out)
    assert not (out / "noor-island.csv").exists()
    assert "older_files" not in json.loads((out / "report.json").read_text())


@pytest.mark.parametrize(
    "report",
    [
        "[]", "{}", "5", '"a.csv"', "[" * 100_000, '{"programme": "energy-tariff", "files": [5, null, ["a.csv"]]}',
        '{"programme": "energy-tariff", "files": {"../out/a.csv": 1, "": 1, ".": 1, "a.csv/": 1, "b\\u0000.csv": 1}}',
        '{"programme": "energy-tariff", "files": {"folder.csv": 1}, "older_files": 7}', "\xff",
    ],
)  # fmt: skip
def test_a_report_that_is_none_removes_nothing_and_stops_nothing(tmp_path: Path, report: str) -> None:
    (tmp_path / "report.json").write_text(report, encoding="latin-1")
    (tmp_path / "a.csv").touch()
    (tmp_path / "folder.csv").mkdir()
    remove_older(tmp_path, PROGRAMME, {})
    write_report(tmp_path, {"programme": PROGRAMME, "files": {}})
    assert (tmp_path / "a.csv").exists()
    assert (tmp_path / "folder.csv").is_dir()
