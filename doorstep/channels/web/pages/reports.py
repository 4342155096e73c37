"""In the open: what each run decided, and every rule in words."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from doorstep.channels.web.charts import bar_chart
from doorstep.channels.web.page import page
from doorstep.channels.web.pages.programme import algorithm_of
from doorstep.channels.web.visit import Request
from doorstep.channels.web.words import say, words, write
from doorstep.domains.benefits import api as benefits
from doorstep.domains.benefits.types import GroupRow, RunKind, RunReport, RunState


@dataclass(frozen=True)
class Bar:
    """One group in words, with its numbers."""

    label: str
    row: GroupRow
    share: Decimal | None


@require_safe
def runs(request: Request) -> HttpResponse:
    """Every finished run, the newest first."""
    found = [
        run
        for programme in benefits.programmes(country=request.visit.country)
        for run in benefits.list_runs(programme=str(programme.id)).items
        if run.state is RunState.FINISHED and run.kind is RunKind.REAL
    ]
    titles = {str(p.id): p.title for p in benefits.programmes(country=request.visit.country)}
    return page(request, "runs.html", {"runs": found, "titles": titles})


@require_safe
def run(request: Request, id: int) -> HttpResponse:
    """One run: its numbers, by place, age and sex, the files it read and the rules it used."""
    report = benefits.run_report(run=id)
    programme = benefits.programme(country=request.visit.country, id=report.run.programme)
    groups = {name: bars(request, report, name) for name in ("age", "sex", "area") if report.groups.get(name)}
    context = {
        "report": report,
        "programme": programme,
        "groups": [
            (f"run.{name}", f"run.{name}_one", found, _chart(request, name, found)) for name, found in groups.items()
        ],
        "counts": [(f"run.{name}", getattr(report.run.counts, name)) for name in _COUNTS],
        "least": 5,
    }
    return page(request, "run.html", context)


_COUNTS = ("decided", "entitled", "not_entitled", "unknown", "started", "continued", "ending", "ended", "review")


def bars(request: Request, report: RunReport, name: str) -> list[Bar]:
    """The groups of one kind; those under an age first, the unknown last."""
    rows = sorted(report.groups[name], key=lambda row: (not row.value, not row.value.startswith("under")))
    return [
        Bar(
            label=_label(request, name, row.value),
            row=row,
            share=Decimal(row.after) / row.contracts if row.after is not None and row.contracts else None,
        )
        for row in rows
    ]


def _chart(request: Request, name: str, found: list[Bar]) -> str:
    """Bars for ages and sexes; places are too many for bars and stand in the table."""
    if name == "area":
        return ""
    counted = [(bar.label, bar.row.after) for bar in found]
    return bar_chart(
        [(label, after, write(after, request.visit.language)) for label, after in counted if after is not None]
    )


def _label(request: Request, name: str, value: str) -> str:
    visit = request.visit
    if not value:
        return say("run.group_unknown", visit.language)
    if name == "area" and value in visit.country.areas:
        return visit.country.areas[value].name.in_(visit.language)
    key = f"run.{value}"
    if name == "sex" and key in words():
        return say(key, visit.language)
    return value.replace("under-", "< ").replace("-and-over", " +").replace("-", "–")


@require_safe
def algorithms(request: Request) -> HttpResponse:
    """Every programme whose rules decide about people."""
    visit = request.visit
    register = benefits.algorithm_register(country=visit.country, language=visit.language)
    return page(request, "rules.html", {"register": register})


@require_safe
def algorithm(request: Request, id: str) -> HttpResponse:
    """Every rule of one programme, with its figures, dates and law."""
    found = algorithm_of(request, id)
    if found is None:
        raise Http404
    return page(request, "rule.html", {"algorithm": found, "titles": {rule.name: rule.title for rule in found.rules}})
