"""In the open: what each run decided, and every rule in words."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from doorstep.channels.web.charts import Bar, bar_chart
from doorstep.channels.web.labels import fault_label, register_label
from doorstep.channels.web.maps import band_of, bands, key_svg, map_svg
from doorstep.channels.web.page import page
from doorstep.channels.web.pages.programme import algorithm_of, figures_of
from doorstep.channels.web.turning import turning
from doorstep.channels.web.visit import Request, page_number
from doorstep.channels.web.words import say, write
from doorstep.domains.benefits import api as benefits
from doorstep.domains.benefits.types import GroupRow, RunReport
from doorstep.kit.languages import write_share

PAGE = 20
GROUPINGS = ("age", "sex", "area")
COUNTS = (
    "decided", "entitled", "not_entitled", "unknown", "started", "continued", "ending", "ended", "withdrawn", "held",
    "review", "refused",
)  # fmt: skip


@dataclass(frozen=True)
class Group:
    """One group in words, with its numbers. ``share``: of its contracts, how many have it; None where not published."""

    label: str
    row: GroupRow
    share: Decimal | None
    cells: tuple[tuple[str, str], ...] = ()
    """(column, number as people write it)"""


@dataclass(frozen=True)
class Grouping:
    """The groups of one kind with their picture; ``told`` says in a sentence what the picture shows."""

    name: str
    heading: str
    groups: tuple[Group, ...]
    picture: str = ""
    told: str = ""
    both: bool = False
    key: tuple[tuple[str, str], ...] = ()


@require_safe
def runs(request: Request) -> HttpResponse:
    """Every finished run, the newest first, twenty a page."""
    found = benefits.list_runs(number=page_number(request), size=PAGE)
    titles = {p.id: p.title for p in benefits.programmes(country=request.visit.country)}
    return page(request, "runs.html", {"found": found, "turning": turning(request, found), "titles": titles})


@require_safe
def run(request: Request, id: int) -> HttpResponse:
    """One run: its numbers, by place, age and sex, the files it read and the rules it used."""
    report = benefits.run_report(run=id)
    context = {
        "report": report,
        "programme": benefits.programme(country=request.visit.country, id=report.run.programme),
        "groupings": [_grouping(request, report, name) for name in GROUPINGS if report.groups.get(name)],
        "counts": [(f"run.{name}", getattr(report.run.counts, name)) for name in COUNTS],
        "faults": [
            (register_label(request.visit, name), fault_label(request.visit, kind), rows)
            for name, kinds in report.faults.items()
            for kind, rows in kinds.items()
        ],
        "headings": _headings(request),
        "least": report.least,
    }
    return page(request, "run.html", context)


@require_safe
def groups_file(request: Request, id: int) -> HttpResponse:
    """The groups of a run as CSV, with what is not published left empty."""
    report = benefits.run_report(run=id)
    visit = request.visit
    text = benefits.groups_csv(country=visit.country, report=report, language=visit.language)
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    file_name = f"{report.run.programme}-{report.run.as_of.isoformat()}-{report.run.id}.csv"
    response["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return response


def groups_of(request: Request, report: RunReport, name: str) -> tuple[Group, ...]:
    """The groups of one kind with their numbers as people write them."""
    visit = request.visit
    found = benefits.named_groups(country=visit.country, report=report, grouping=name, language=visit.language)
    return tuple(Group(one.name, one.row, one.share, _cells(request, one.row, one.share)) for one in found)


def _cells(request: Request, row: GroupRow, share: Decimal | None) -> tuple[tuple[str, str], ...]:
    language = request.visit.language
    hidden = say("run.hidden", language)
    numbers = [
        hidden if number is None else write(number, language) for number in (row.contracts, row.before, row.after)
    ]
    written = (
        hidden
        if share is None and (row.contracts is None or row.after is None)
        else _percent(request, share or Decimal(0))
    )
    return tuple(zip(_headings(request), [*numbers, written], strict=True))


def _headings(request: Request) -> list[str]:
    return [say(f"run.{name}", request.visit.language) for name in ("contracts", "before", "after", "share")]


def _grouping(request: Request, report: RunReport, name: str) -> Grouping:
    groups = groups_of(request, report, name)
    return _on_a_map(request, groups) if name == "area" else _as_bars(request, name, groups)


def _as_bars(request: Request, name: str, groups: tuple[Group, ...]) -> Grouping:
    language = request.visit.language
    hidden = say("run.hidden", language)
    bars = [
        Bar(group.label, row.before or 0, row.after, hidden if row.after is None else write(row.after, language))
        for group in groups
        for row in [group.row]
    ]
    count, most = max(((bar.now or 0, bar.label) for bar in bars), default=(0, ""))
    if not count:
        return Grouping(name, f"run.{name}_one", groups)
    picture = bar_chart(bars, title=say(f"run.{name}", language), name=name, rtl=request.visit.direction == "rtl")
    told = say("run.bars", language, most=most, count=count)
    return Grouping(name, f"run.{name}_one", groups, picture, told, both=any(bar.before for bar in bars))


def _on_a_map(request: Request, groups: tuple[Group, ...]) -> Grouping:
    visit = request.visit
    placed = [group for group in groups if group.row.value in visit.country.smallest_areas]
    known = [(group.share, group.label) for group in placed if group.share is not None]
    if not known:
        return Grouping("area", "run.area_one", groups)
    found = bands([share for share, _ in known])
    spots = {group.row.value: (_said(request, group), band_of(group.share, found)) for group in placed}
    picture = map_svg(visit.country, spots, title=say("run.area", visit.language), language=visit.language)
    most, where = max(known)
    told = say("run.map", visit.language, most=where, share=write_share(most, visit.language))
    words = [
        say("run.map_class", visit.language, low=_percent(request, band.low), high=_percent(request, band.high))
        for band in found
    ]
    key = [(key_svg(number), text) for number, text in enumerate([say("run.map_none", visit.language), *words])]
    return Grouping("area", "run.area_one", groups, picture, told, key=(*key[1:], key[0]))


def _percent(request: Request, share: Decimal) -> str:
    return write_share(share, request.visit.language)


def _said(request: Request, group: Group) -> str:
    return group.label if group.share is None else f"{group.label}: {_percent(request, group.share)}"


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
    context = {"algorithm": found, "rules_at": "", **figures_of(found, timezone.localdate())}
    return page(request, "rule.html", context)
