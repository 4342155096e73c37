"""The report in a run's folder: nobody ever sees half of it, and the files that it names are those of its run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

REPORT = "report.json"
OLDER = "older_files"


def remove_older(folder: Path, programme: str, keep: Mapping[str, int]) -> None:
    """Remove the files that an earlier run of the programme left here under names that the new one does not use.

    A deliverer whose last entitlement has ended gets no file; an old one in its place would be taken for new.
    """
    for name in _left_by_earlier(folder, programme):
        if name not in keep:
            (folder / name).unlink(missing_ok=True)


def _left_by_earlier(folder: Path, programme: object) -> list[str]:
    """The deliverers' files that the report in the folder names and that are there."""
    try:
        before = json.loads((folder / REPORT).read_text(encoding="utf-8"))
        names = [*before["files"], *before.get(OLDER, ())] if before["programme"] == programme else []
        return [
            name for name in names if Path(name).name == name and name.endswith(".csv") and (folder / name).is_file()
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return []


def write_report(folder: Path, report: dict[str, object]) -> None:
    """Write ``report.json`` whole, or leave what was there.

    A trial writes no deliverers' files. Those of an earlier run stay, and stay known, so that the next real run can
    remove them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = report.get("files")
    named = files if isinstance(files, Mapping) else {}
    if older := [name for name in _left_by_earlier(folder, report.get("programme")) if name not in named]:
        report = {**report, OLDER: older}
    part = folder / ".report.json.part"
    part.write_text(json.dumps(report, indent=2, ensure_ascii=False, default=str) + "\n", encoding="utf-8")
    part.replace(folder / REPORT)
