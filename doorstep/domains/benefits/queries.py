"""Reads runs and their reports. What the public sees leaves small groups out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet

from doorstep.domains.benefits.models import Run
from doorstep.domains.benefits.publishing import withheld
from doorstep.domains.benefits.types import (
    Counts,
    GroupRow,
    InputFile,
    NotFound,
    Page,
    RunKind,
    RunReport,
    RunState,
    RunSummary,
)


def summary(run: Run, *, repeated: bool = False) -> RunSummary:
    """A run in short."""
    return RunSummary(
        id=run.pk,
        programme=run.programme,
        version=run.version,
        as_of=run.as_of,
        kind=RunKind(run.kind),
        state=RunState(run.state),
        everyone=run.everyone,
        by=run.started_by,
        started_at=run.started_at,
        finished_at=run.finished_at,
        counts=Counts(**run.counts),
        message=run.message,
        files=dict(run.files),
        repeated=repeated,
        faults=sum(sum(kinds.values()) for kinds in run.faults.values()),
    )


def list_runs(programme: str | None, trials: bool, number: int, size: int) -> Page[RunSummary]:
    """See ``api.list_runs``."""
    rows = Run.objects.order_by("-id")
    if programme is not None:
        rows = rows.filter(programme=programme)
    if not trials:
        rows = rows.filter(kind="real", state="finished")
    return paged(rows, number, size, summary)


def paged(rows: QuerySet[Any], number: int, size: int, view: Any) -> Page[Any]:
    """One page of rows as values; a number out of range gives the nearest page."""
    page = Paginator(rows, max(1, min(size, 500))).get_page(number)
    return Page(tuple(view(row) for row in page), page.number, page.paginator.num_pages, page.paginator.count)


def run_report(id_: int, *, whole: bool = False) -> RunReport:
    """A finished run; trials, stopped runs and whole groups only for officers (``whole``). Raises ``NotFound``."""
    rows = Run.objects.filter(pk=id_)
    run = (rows if whole else rows.filter(kind="real", state="finished")).first()
    if run is None:
        raise NotFound(f"There is no report of run {id_}.")
    return report_of(run, whole=whole)


def report_of(run: Run, *, whole: bool = False) -> RunReport:
    """A run's report."""
    under = 0 if whole else run.suppress_under
    return RunReport(
        run=summary(run),
        inputs=tuple(InputFile(**file) for file in run.inputs),
        faults=run.faults,
        groups={name: group_rows(rows, under) for name, rows in run.groups.items()},
        seconds=Decimal(run.seconds),
        least=run.suppress_under,
    )


def group_rows(rows: Iterable[list[Any]], under: int) -> tuple[GroupRow, ...]:
    """Groups as published."""
    return tuple(GroupRow(str(row[0]), *row[1:]) for row in withheld(rows, under))


def report_json(run: Run) -> dict[str, object]:
    """The run's public report as JSON writes it."""
    report = report_of(run)
    groups: Mapping[str, list[dict[str, object]]] = {
        name: [vars(row) for row in rows] for name, rows in report.groups.items()
    }
    return {
        "run": run.pk,
        "programme": run.programme,
        "version": run.version,
        "as_of": run.as_of.isoformat(),
        "kind": run.kind,
        "everyone": run.everyone,
        "started_at": run.started_at.isoformat(),
        "finished_at": run.finished_at.isoformat() if run.finished_at else None,
        "seconds": float(run.seconds),
        "inputs": run.inputs,
        "faults": run.faults,
        "counts": run.counts,
        "groups": groups,
        "files": run.files,
    }
