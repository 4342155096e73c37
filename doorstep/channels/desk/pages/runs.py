"""Runs as officers see them: trials and stopped ones too, whole groups, and what changed for whom."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from doorstep.channels.desk.gate import DeskRequest
from doorstep.channels.desk.page import asked, page
from doorstep.channels.web.api import fault_label, group_label, page_number, turning
from doorstep.domains.benefits import api as benefits
from doorstep.domains.benefits.types import GroupRow, RunReport, RunState

GROUPS = ("age", "sex", "area")


@dataclass(frozen=True)
class Change:
    """One group before and after."""

    label: str
    row: GroupRow
    more: str
    """``+12``, ``-3``, or nothing where all stays."""


@require_safe
def runs(request: DeskRequest) -> HttpResponse:
    """Every run, the newest first."""
    programme = asked(request, "programme")
    found = benefits.list_runs(programme=programme or None, trials=True, number=page_number(request), size=25)
    context = {
        "found": found,
        "turning": turning(request, found, programme=programme),
        "programme": programme,
        "example": next(iter(benefits.programmes(country=request.visit.country)), None),
    }
    return page(request, "runs.html", context, tab="runs")


@require_safe
def run(request: DeskRequest, id: int) -> HttpResponse:
    """One run: its numbers, what changed by place, age and sex, its files and faults, or why it stopped."""
    report = benefits.run_report(run=id, officer=request.officer)
    context: dict[str, Any] = {
        "report": report,
        "run": report.run,
        "counts": [(f"run.{name}", count) for name, count in asdict(report.run.counts).items()],
        "groups": [
            (f"run.{name}", f"run.{name}_one", _changes(request, report, name))
            for name in GROUPS
            if report.groups.get(name)
        ],
        "faults": [
            (register, fault_label(request.visit, kind), rows)
            for register, kinds in report.faults.items()
            for kind, rows in kinds.items()
        ],
        "is_stopped": report.run.state in (RunState.REFUSED, RunState.FAILED),
        "guard_spoke": "--confirm-endings" in report.run.message,
    }
    return page(request, "run.html", context, tab="runs")


def _changes(request: DeskRequest, report: RunReport, group: str) -> list[Change]:
    """The groups of one kind: ages from young to old, places with the largest change first, the unknown last."""
    rows = sorted(report.groups[group], key=lambda row: (not row.value, not row.value.startswith("under")))
    if group == "area":
        rows.sort(key=lambda row: -abs((row.after or 0) - (row.before or 0)))
    return [Change(group_label(request.visit, group, row.value), row, _difference(row)) for row in rows]


def _difference(row: GroupRow) -> str:
    if row.before is None or row.after is None or row.before == row.after:
        return ""
    return f"{row.after - row.before:+,}"
