"""Examples for the OpenAPI document: from the country, by the code that answers; what people own is invented."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from doorstep.channels.api.asked import Asked
from doorstep.channels.api.problems import Refusal
from doorstep.channels.api.resources import check, country, programmes, rules
from doorstep.domains.benefits import api as benefits
from doorstep.domains.benefits.types import BadAnswer
from doorstep.domains.country.api import Country

LETTER: Mapping[str, str] = {"reference": "7K2M-93QX-B0CD", "contract_id": "C-1001"}
OBJECTION: Mapping[str, str] = {**LETTER, "text": "My income fell in March."}

Examples = Mapping[str, Mapping[str, Any]]


def examples(found: Country | None, language: str) -> Examples:
    """Operation id -> (``body``, a status or a parameter's name) -> its example, as plain values."""
    made: dict[str, dict[str, Any]] = {
        "readDecision": {"body": LETTER},
        "readLetters": {"body": LETTER},
        "objectToDecision": {"body": OBJECTION},
    }
    for operation in ("getRun", "getRunGroups", "getRunGroupsCsv"):
        made[operation] = {"run": 1}
    if found is not None:
        made |= _of_country(Asked(found, language))
    plain: Examples = json.loads(json.dumps(made, cls=DjangoJSONEncoder))
    return plain


def _of_country(here: Asked) -> dict[str, dict[str, Any]]:
    known = benefits.programmes(country=here.country)
    made: dict[str, dict[str, Any]] = {
        "listAreas": {"search": str(country.areas_of(here)[0]["name"]), "language": here.language},
        "getCountry": {"language": here.language},
    }
    if known:
        first = known[0]
        made["listProgrammes"] = {"200": [programmes.in_short(here, one) for one in known[:2]]}
        made["getProgramme"] = {"programme": first.id}
        made["getRules"] = {"programme": first.id, "200": _rules(here, first.id)}
    asking = next((programme for programme in known if programme.ask), None)
    if asking is not None:
        made["checkProgramme"] = {"programme": asking.id, **_check(here, asking.id)}
    return made


def _rules(here: Asked, programme: str) -> dict[str, object]:
    """An entry of the register, cut to its first rule and figure."""
    entry = benefits.algorithm(country=here.country, programme=programme, language=here.language)
    return rules.written(dataclasses.replace(entry, rules=entry.rules[:1], parameters=entry.parameters[:1]))


def _check(here: Asked, programme: str) -> dict[str, Any]:
    """The first question answered, and what comes back."""
    first = benefits.ask_questions(country=here.country, programme=programme, answers={}, language=here.language)[0]
    answers = {first.id: first.choices[0].value if first.choices else {"yes_no": "yes"}.get(first.type, "1")}
    try:
        answered = check.answered(here, programme, answers)
    except (BadAnswer, Refusal):
        return {}
    return {"body": {"answers": answers}, "200": check.CheckOut.model_validate(answered).model_dump()}
