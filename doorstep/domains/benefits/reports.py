"""The report in a run's folder: nobody ever sees half of it, and the files that it names are those of its run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

REPORT = "report.json"


def remove_older(folder: Path, programme: str, keep: Mapping[str, int]) -> None:
    """Remove the files that an earlier run of the programme left here under names that the new one does not use.

    A deliverer whose last entitlement has ended gets no file; an old one in its place would be taken for new.
    """
    try:
        before = json.loads((folder / REPORT).read_text(encoding="utf-8"))
        names = [*before["files"]] if before["programme"] == programme else []
    except (OSError, ValueError, KeyError, TypeError):
        return
    for name in names:
        if name not in keep and Path(name).name == name and name.endswith(".csv"):
            (folder / name).unlink(missing_ok=True)


def write_report(folder: Path, report: dict[str, object]) -> None:
    """Write ``report.json`` whole, or leave what was there."""
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / ".report.json.part"
    part.write_text(json.dumps(report, indent=2, ensure_ascii=False, default=str) + "\n", encoding="utf-8")
    part.replace(folder / REPORT)
