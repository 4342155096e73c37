"""What if the law said another figure? Those that were tried, with winners, losers and cost; and how to try one.

A what-if decides everybody twice, which is no work for a web page: the form checks the figure and gives the command.
"""

from __future__ import annotations

import csv
import io
import shlex
from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from doorstep.channels.desk.gate import DeskRequest
from doorstep.channels.desk.page import asked, page
from doorstep.channels.web.api import Bar, bar_chart, group_label, page_number, say, turning, write
from doorstep.domains.benefits import api as benefits
from doorstep.domains.benefits.types import ParameterInWords, WhatIfGroup, WhatIfReport
from doorstep.kit.errors import DoorstepError
from doorstep.kit.languages import write_money

GROUPS = ("age", "sex", "area")
COLUMNS = ("grouping", "code", "name", "contracts", "winners", "losers", "unknown", "cost")
MAX_BARS = 12


@dataclass(frozen=True)
class Row:
    """One group in words."""

    label: str
    row: WhatIfGroup
    cost: str


@dataclass(frozen=True)
class Grouping:
    """The groups of one kind with their picture."""

    name: str
    rows: list[Row]
    picture: str


@dataclass(frozen=True)
class Asked:
    """What the form holds, and what follows: a command, or what is wrong by field."""

    programme: str
    parameter: str
    value: str
    day: str
    command: str
    wrong: dict[str, str]


@require_safe
def what_ifs(request: DeskRequest) -> HttpResponse:
    """Every what-if, the newest first, and the form for another."""
    programmes = benefits.programmes(country=request.visit.country)
    found = benefits.list_what_ifs(officer=request.officer, number=page_number(request), size=25)
    wanted = asked(request, "programme")
    chosen = next((one for one in programmes if one.id == wanted), next(iter(programmes), None))
    context = {
        "found": [(one, _changes(request, one)) for one in found.items],
        "turning": turning(request, found),
        "form": _form(request, chosen.id) if chosen else None,
        "figures": _figures(request, chosen.id) if chosen else [],
    }
    return page(request, "what_ifs.html", context, tab="what_if")


@require_safe
def report(request: DeskRequest, id: int) -> HttpResponse:
    """One what-if: how many win and lose, what it costs, and by age, sex and place."""
    found = benefits.what_if_report(id=id, officer=request.officer)
    counts = found.counts
    names = ("decided", "winners", "newly", "more", "losers", "no_longer", "less", "same", "unknown")
    costs = _costs(request, found)
    context = {
        "report": found,
        "changes": _changes(request, found),
        "counts": [(f"whatif.{name}", getattr(counts, name)) for name in names],
        "costs": costs,
        "groupings": [_grouping(request, found, name) for name in GROUPS if found.groups.get(name)],
    }
    return page(request, "what_if.html", context, tab="what_if")


@require_safe
def groups_file(request: DeskRequest, id: int) -> HttpResponse:
    """The groups of a what-if as CSV, with what is not told left empty."""
    found = benefits.what_if_report(id=id, officer=request.officer)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for name in GROUPS:
        for row in found.groups.get(name, ()):
            label = group_label(request.visit, name, row.value)
            writer.writerow([name, row.value, label, row.contracts, row.winners, row.losers, row.unknown, row.cost])
    # The mark at the start tells spreadsheets that this is UTF-8.
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="what-if-{found.id}-groups.csv"'
    response["Cache-Control"] = "no-store"
    return response


def _changes(request: DeskRequest, found: WhatIfReport) -> list[tuple[str, str, str]]:
    """Each figure: its title, by the law, and what was tried."""
    told = []
    for change in found.changes:
        written = [
            benefits.figure(
                country=request.visit.country, programme=found.programme, name=change.name, value=value,
                language=request.visit.language,
            )
            for value in (change.before, change.after)
        ]  # fmt: skip
        told.append((written[0][0], written[0][1], written[1][1]))
    return told


def _costs(request: DeskRequest, found: WhatIfReport) -> list[tuple[str, str]]:
    before, after = found.counts.cost_before, found.counts.cost_after
    if before is None or after is None:
        return []
    currency, language = request.visit.country.currency, request.visit.language
    amounts = (
        ("before", before),
        ("after", after),
        ("more_cost" if after >= before else "less_cost", abs(after - before)),
    )
    return [(f"whatif.{name}", write_money(amount, currency, language)) for name, amount in amounts]


def _grouping(request: DeskRequest, found: WhatIfReport, name: str) -> Grouping:
    """Ages from young to old, places with the most winners and losers first, what is not known last."""
    groups = sorted(found.groups[name], key=lambda row: (not row.value, not row.value.startswith("under")))
    if name == "area":
        groups.sort(key=lambda row: -((row.winners or 0) + (row.losers or 0)))
    rows = [Row(group_label(request.visit, name, row.value), row, _cost(request, row)) for row in groups]
    touched = [row for row in rows if row.row.winners or row.row.losers][:MAX_BARS]
    bars = [Bar(row.label, row.row.losers or 0, row.row.winners or 0, _balance(request, row.row)) for row in touched]
    title = say(f"run.{name}", request.visit.language)
    picture = bar_chart(bars, title=title, name=name, rtl=request.visit.direction == "rtl") if bars else ""
    return Grouping(name, rows, picture)


def _balance(request: DeskRequest, row: WhatIfGroup) -> str:
    """``+12 \u221230``, read from left to right in every script; a number that is not told is a word."""
    language = request.visit.language
    hidden = say("run.hidden", language)
    winners = hidden if row.winners is None else f"+{write(row.winners, language)}"
    losers = hidden if row.losers is None else f"\u2212{write(row.losers, language)}"
    return f"\u2066{winners}\u2069 \u2066{losers}\u2069"


def _cost(request: DeskRequest, row: WhatIfGroup) -> str:
    if row.cost is None:
        return ""
    sign = "+" if row.cost > 0 else "\u2212" if row.cost < 0 else ""
    amount = write_money(abs(row.cost), request.visit.country.currency, request.visit.language)
    return f"{sign}{amount}"


def _figures(request: DeskRequest, programme: str) -> list[tuple[ParameterInWords, str]]:
    """The figures that can be changed, each with its value of today."""
    visit = request.visit
    told = benefits.algorithm(country=visit.country, programme=programme, language=visit.language)
    today = timezone.localdate()
    return [(one, next((value for day, value in reversed(one.values) if day <= today), "")) for one in told.parameters]


def _form(request: DeskRequest, programme: str) -> Asked:
    """The form as it was sent. Nothing is asked until a figure is named."""
    parameter, value = asked(request, "parameter"), asked(request, "value")
    day = asked(request, "day") or timezone.localdate().isoformat()
    wrong: dict[str, str] = {}
    command = ""
    if parameter:
        wrong = _wrong(request, programme, (parameter, value, day))
        pair = shlex.quote(f"{parameter}={value}")
        command = "" if wrong else f"doorstep whatif {programme} --set {pair} --inputs FOLDER --as-of {day}"
    return Asked(programme, parameter, value, day, command, wrong)


def _wrong(request: DeskRequest, programme: str, given: tuple[str, str, str]) -> dict[str, str]:
    parameter, value, day = given
    language = request.visit.language
    try:
        as_of = date.fromisoformat(day)
    except ValueError:
        return {"day": say("whatif.bad_day", language)}
    if not value:
        return {"value": say("whatif.no_value", language)}
    try:
        benefits.check_what_if(
            country=request.visit.country, programme=programme, values={parameter: value}, as_of=as_of
        )
    except DoorstepError:
        return {"value": say("whatif.bad_value", language)}
    return {}
