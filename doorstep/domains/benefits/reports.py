"""Writes a run's report so that nobody ever sees half of it."""

from __future__ import annotations

import json
from pathlib import Path


def write_report(folder: Path, report: dict[str, object]) -> None:
    """Write ``report.json`` whole, or leave what was there."""
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / ".report.json.part"
    part.write_text(json.dumps(report, indent=2, ensure_ascii=False, default=str) + "\n", encoding="utf-8")
    part.replace(folder / "report.json")
