"""A programme in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.dates import get_month_names
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from doorstep.channels.web.page import address, page
from doorstep.channels.web.visit import Request
from doorstep.domains.benefits import api as benefits
from doorstep.domains.benefits.api import Programme
from doorstep.domains.benefits.types import Algorithm, ParameterInWords, RuleInWords
from doorstep.domains.country.api import Country
from doorstep.engines.dataflow.api import Register
from doorstep.engines.rules.api import Telling
from doorstep.kit.languages import write_list


@dataclass(frozen=True)
class Source:
    """A register that the programme reads."""

    title: str
    provider: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Told:
    """One condition in words; ``rule`` is the rule that it names, ``parts`` the conditions that it joins."""

    telling: Telling
    rule: RuleInWords | None
    parts: tuple[Told, ...] = ()


@require_safe
def programme(request: Request, id: str) -> HttpResponse:
    """Who it is for, what one gets, how it is decided, from which data, by which law, and what to do if it is wrong."""
    visit, today = request.visit, timezone.localdate()
    found = benefits.programme(country=visit.country, id=id)
    algorithm = algorithm_of(request, id)
    month = get_month_names("wide", "stand-alone", locale=visit.language)[
        benefits.MONTHS.index(found.recheck.everyone) + 1
    ]
    context: dict[str, Any] = {
        "programme": found,
        "who": who_gets(found, algorithm),
        "gives": _gives(found, algorithm),
        "rules_at": address(request, "algorithm", id),
        **figures_of(algorithm, today),
        "sources": sources_of(request, found),
        "month": month,
        "office": visit.country.offices.get(found.office.text),
        "is_on": benefits.is_on(programme=id),
        "off_since": _off_since(id),
    }
    return page(request, "programme.html", context)


def algorithm_of(request: Request, id: str) -> Algorithm:
    """The programme's entry in the register of rules. Raises ``NotFound``."""
    return benefits.algorithm(country=request.visit.country, programme=id, language=request.visit.language)


def who_gets(programme: Programme, algorithm: Algorithm) -> Told | None:
    """The conditions of the deciding rule; where one only names another rule, with what that rule says."""
    by_name = {rule.name: rule for rule in algorithm.rules}
    top = by_name.get(programme.entitled_when.text)
    return _told(top.telling, by_name) if top and top.telling else None


def _told(telling: Telling, by_name: Mapping[str, RuleInWords]) -> Told:
    named = telling.pieces[0].name if telling.kind == "sentence" and len(telling.pieces) == 1 else ""
    rule = by_name.get(named)
    if rule is not None and rule.telling is not None:
        return Told(rule.telling, rule)
    return Told(telling, None, tuple(_told(part, by_name) for part in telling.parts))


def _gives(programme: Programme, algorithm: Algorithm) -> RuleInWords | None:
    return next((rule for rule in algorithm.rules if rule.name == programme.gives.share.text and rule.words), None)


def figures_of(algorithm: Algorithm, on: date) -> dict[str, Any]:
    """``figures``: (parameter, since, value) in force on a day; ``values``: the same values by the figure's name."""
    figures: list[tuple[ParameterInWords, date, str]] = []
    for parameter in algorithm.parameters:
        past = [(since, value) for since, value in parameter.values if since <= on]
        if past:
            since, value = max(past)
            figures.append((parameter, since, value))
    return {"figures": figures, "values": {parameter.name: value for parameter, _, value in figures}}


def sources_of(request: Request, programme: Programme) -> list[Source]:
    """The registers that the programme reads, with their providers and columns, in words."""
    country, language = request.visit.country, request.visit.language
    sources = []
    for name in programme.registers:
        register = country.registers.get(name.text)
        if register is None:
            continue
        provider = _provider(register, programme, country, language)
        columns = tuple(column.label.in_(language) for column in register.columns.values() if column.label)
        sources.append(Source(register.title.in_(language), provider, columns))
    return sources


def _provider(register: Register, programme: Programme, country: Country, language: str) -> str:
    """Who keeps a register: an office, or those who deliver, when each of them sends a part."""
    office = country.offices.get(register.provider)
    if office:
        return office.name.in_(language)
    column = register.columns.get(programme.deliver.by.text)
    names = [text.in_(language) for text in column.of.values()] if column and isinstance(column.of, dict) else []
    return write_list(names, language) if names else register.provider


def _off_since(id: str) -> Any:
    turns = benefits.switch_history(programme=id)
    return turns[0].at if turns and not turns[0].on else None
