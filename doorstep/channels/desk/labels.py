"""What people call codes: reasons and places."""

from __future__ import annotations

from collections.abc import Iterable

from doorstep.channels.desk.gate import DeskRequest


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
