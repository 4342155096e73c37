"""What people call codes: reasons, places, groups."""

from __future__ import annotations

import re
from collections.abc import Iterable

from doorstep.channels.desk.gate import DeskRequest
from doorstep.channels.web.api import say, words

AGES = (
    (re.compile(r"under-(?P<to>\d+)"), "desk.age_under"),
    (re.compile(r"(?P<of>\d+)-and-over"), "desk.age_over"),
    (re.compile(r"(?P<of>\d+)-(?P<to>\d+)"), "desk.age_between"),
)


def reason_labels(request: DeskRequest, codes: Iterable[str]) -> dict[str, str]:
    """Reason code -> the label of the rule that it names, in the order given."""
    return {code: _reason(request, code) for code in codes}


def _reason(request: DeskRequest, code: str) -> str:
    rules = request.visit.country.rules
    found = (rules.text_of(entity, code) for entity in rules.entities)
    label = next((text.in_(request.visit.language) for text in found if text is not None), "")
    return label or code.replace("_", " ")


def areas_of(request: DeskRequest) -> list[tuple[str, str]]:
    """(id, name) of every smallest area, by name."""
    named = [(id_, area.name.in_(request.visit.language)) for id_, area in request.visit.country.smallest_areas.items()]
    return sorted(named, key=lambda pair: pair[1])


def group_label(request: DeskRequest, group: str, value: str) -> str:
    """What people call one row of a run's report: a place, an age, women or men."""
    visit = request.visit
    if not value:
        return say("site.unknown", visit.language)
    if group == "area" and value in visit.country.areas:
        return visit.country.areas[value].name.in_(visit.language)
    if group == "sex" and f"run.{value}" in words():
        return say(f"run.{value}", visit.language)
    for shape, key in AGES:
        if found := shape.fullmatch(value):
            return say(key, visit.language, **{name: int(age) for name, age in found.groupdict().items()})
    return value


def fault_label(request: DeskRequest, kind: str) -> str:
    """What is wrong with rows that were set aside; the code where no words say it."""
    key = f"fault.{kind}"
    return say(key, request.visit.language) if key in words() else kind
