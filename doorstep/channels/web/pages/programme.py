"""A programme in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.dates import get_month_names
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from doorstep.channels.web.page import page
from doorstep.channels.web.visit import Request
from doorstep.domains.benefits import api as benefits
from doorstep.domains.benefits.api import Programme
from doorstep.domains.benefits.types import Algorithm, ParameterInWords, RuleInWords

# As country files name them.
MONTHS = tuple(date(2000, number, 1).strftime("%B").lower() for number in range(1, 13))


@dataclass(frozen=True)
class Source:
    """A register that the programme reads."""

    title: str
    provider: str
    columns: tuple[str, ...]


@require_safe
def programme(request: Request, id: str) -> HttpResponse:
    """Who it is for, what one gets, how it is decided, from which data, by which law, and what to do if it is wrong."""
    visit, today = request.visit, timezone.localdate()
    found = benefits.programme(country=visit.country, id=id)
    algorithm = algorithm_of(request, id)
    month = get_month_names("wide", "stand-alone", locale=visit.language)[MONTHS.index(found.recheck.everyone) + 1]
    context: dict[str, Any] = {
        "programme": found,
        "rules": main_rules(found, algorithm),
        "gives": _gives(found, algorithm),
        "figures": figures_of(algorithm, today),
        "sources": sources_of(request, found),
        "month": month,
        "office": visit.country.offices.get(found.office.text),
        "is_on": benefits.is_on(programme=id),
        "off_since": _off_since(id),
    }
    return page(request, "programme.html", context)


def algorithm_of(request: Request, id: str) -> Algorithm | None:
    """The programme's entry in the register of rules."""
    register = benefits.algorithm_register(country=request.visit.country, language=request.visit.language)
    return next((entry for entry in register if entry.programme == id), None)


def main_rules(programme: Programme, algorithm: Algorithm | None) -> list[RuleInWords]:
    """The deciding rule and those that it rests on directly, where they have words."""
    if algorithm is None:
        return []
    by_name = {rule.name: rule for rule in algorithm.rules}
    top = by_name.get(programme.entitled_when.text)
    names = [programme.entitled_when.text, *(top.uses if top else ())]
    return [by_name[name] for name in names if name in by_name and by_name[name].words]


def _gives(programme: Programme, algorithm: Algorithm | None) -> RuleInWords | None:
    rules = algorithm.rules if algorithm else ()
    return next((rule for rule in rules if rule.name == programme.gives.share.text and rule.words), None)


def figures_of(algorithm: Algorithm | None, on: date) -> list[tuple[ParameterInWords, date, str]]:
    """(parameter, since, value) in force on a day."""
    figures = []
    for parameter in algorithm.parameters if algorithm else ():
        past = [(since, value) for since, value in parameter.values if since <= on]
        if past:
            since, value = max(past)
            figures.append((parameter, since, value))
    return figures


def sources_of(request: Request, programme: Programme) -> list[Source]:
    """The registers that the programme reads, with their providers and columns, in words."""
    country, language = request.visit.country, request.visit.language
    sources = []
    for name in programme.registers:
        register = country.registers.get(name.text)
        if register is None:
            continue
        office = country.offices.get(register.provider)
        provider = office.name.in_(language) if office else register.provider
        columns = tuple(column.label.in_(language) for column in register.columns.values() if column.label)
        sources.append(Source(register.title.in_(language), provider, columns))
    return sources


def _off_since(id: str) -> Any:
    turns = benefits.switch_history(programme=id)
    return turns[0].at if turns and not turns[0].on else None
