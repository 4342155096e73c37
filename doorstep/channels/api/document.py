"""The OpenAPI 3.1 document: what the operations say of themselves, the problems that each can answer with, examples.

``build`` without a country is the snapshot in ``docs/reference/openapi.json``; with one it also says whose API it is
and shows examples made by the very code that answers.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, JsonResponse

from doorstep.channels.api import problems
from doorstep.channels.api.asked import asked
from doorstep.channels.api.examples import examples
from doorstep.channels.api.service import BASE, VERSION, api
from doorstep.domains.country.api import Country

DESCRIPTION = (
    "Public services as data: the country and its areas, its programmes, every rule in words, reports of every run, "
    '"would I get it?", and one decision with the code on its letter.\n\n'
    "Answers are JSON in UTF-8. Exact numbers (rates) are texts. Errors are `application/problem+json` (RFC 9457). "
    "Public answers carry an `ETag` and may be read by scripts of any site; answers about one person may be neither "
    "kept nor read by other sites. No key is needed. Within version 1, names may be added, never taken away or changed."
)
TAGS: Mapping[str, str] = {
    "Country": "The country, its languages, offices and areas.",
    "Programmes": "What the state gives, to whom, by which law.",
    "Rules": "The algorithm register: every rule that decides about people, in words and as a formula.",
    "Reports": "What each run decided about everybody. Small groups are left out.",
    "Would I get it?": "Answers in, the next question or the outcome with its reasons out. Nothing is stored.",
    "Decisions": "One person's decision, with the code and the contract number on its letter.",
}
_ALWAYS = ("unreadable", "not-found", "wrong-method", "invalid", "broken", "unavailable")
_POSTED = ("too-large", "not-json")
_OF_TAG: Mapping[str, tuple[str, ...]] = {"Decisions": ("no-such-letter", "too-many-tries")}
_OF_OPERATION: Mapping[str, tuple[str, ...]] = {"objectToDecision": ("already-objected", "too-late")}


def serve(request: HttpRequest) -> JsonResponse:
    """The document of the country in force, its examples in the language that was asked for."""
    here = asked(request, request.GET.get("language"))
    return JsonResponse(build(here.country, language=here.language), json_dumps_params={"ensure_ascii": False})


def methods() -> dict[str, list[str]]:
    """Path without the base -> the methods that it takes."""
    paths: dict[str, dict[str, Any]] = api.get_openapi_schema(path_prefix="")["paths"]
    return {path: [method.upper() for method in operations] for path, operations in paths.items()}


def build(country: Country | None = None, *, language: str = "en") -> dict[str, Any]:
    """The document as plain values."""
    made = api.get_openapi_schema(path_prefix=BASE)
    found: dict[str, Any] = json.loads(json.dumps(made, cls=DjangoJSONEncoder))
    found["info"] = _info(country, language)
    found["tags"] = [{"name": name, "description": words} for name, words in TAGS.items()]
    found.pop("servers")
    shown = examples(country, language)
    for path, method, operation in operations_of(found):
        _add_problems(operation, method)
        for name, value in shown.get(operation["operationId"], {}).items():
            _show(operation, name, value)
        _without_titles(operation)
        if country is not None:
            _name_languages(operation, country.languages)
        operation["x-personal"] = path.startswith(f"{BASE}/decisions")
    _without_titles(found["components"])
    found["components"]["schemas"]["Problem"] = PROBLEM
    found["components"]["responses"] = {code: _problem_response((code,)) for code in (*_ALWAYS, *_POSTED)}
    return found


def operations_of(document: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(path, method, operation) of every operation."""
    for path, by_method in document["paths"].items():
        for method, operation in by_method.items():
            yield path, method, operation


def _info(country: Country | None, language: str) -> dict[str, Any]:
    info: dict[str, Any] = {"title": "Doorstep API", "version": VERSION, "description": DESCRIPTION}
    if country is None:
        return info
    name = (country.look.name or country.name).in_(language)
    return {
        **info,
        "title": f"{name}: API",
        "contact": {"name": country.name.in_(language), "x-phone": country.help_phone},
        "x-country-version": country.hash,
    }


def _add_problems(operation: dict[str, Any], method: str) -> None:
    """The problems that an operation can answer with: declared here for all, so that none is forgotten."""
    codes = [*_ALWAYS, *(_POSTED if method == "post" else ())]
    codes += [code for tag in operation["tags"] for code in _OF_TAG.get(tag, ())]
    codes += _OF_OPERATION.get(operation["operationId"], ())
    by_status: dict[str, tuple[str, ...]] = {}
    for code in codes:
        status = str(problems.KINDS[code].status)
        by_status[status] = (*by_status.get(status, ()), code)
    for status, alike in sorted(by_status.items()):
        shared = len(alike) == 1 and alike[0] in (*_ALWAYS, *_POSTED)
        reference = {"$ref": f"#/components/responses/{alike[0]}"}
        operation["responses"][status] = reference if shared else _problem_response(alike)


def _problem_response(codes: tuple[str, ...]) -> dict[str, Any]:
    written = [problems.written(code, "en") for code in codes]
    media: dict[str, Any] = {"schema": {"$ref": "#/components/schemas/Problem"}}
    media["examples"] = {code: {"value": value} for code, value in zip(codes, written, strict=True)}
    return {
        "description": ", or: ".join(str(value["title"]) for value in written),
        "content": {problems.MEDIA_TYPE: media},
    }


def _show(operation: dict[str, Any], name: str, value: Any) -> None:
    """Put one example where OpenAPI wants it: ``body``, an answer's status, or the name of a parameter."""
    if name == "body":
        operation["requestBody"]["content"]["application/json"]["example"] = value
    elif name.isdigit():
        media = operation["responses"][name].setdefault("content", {})
        media["text/csv" if isinstance(value, str) else "application/json"]["example"] = value
    else:
        next(one for one in operation["parameters"] if one["name"] == name)["example"] = value


def _name_languages(operation: dict[str, Any], languages: tuple[str, ...]) -> None:
    """The languages of this country, as the only values that ``language`` takes."""
    for one in operation["parameters"]:
        if one["name"] == "language":
            one["schema"] = {"type": "string", "enum": list(languages)}


def _without_titles(part: Any) -> None:
    """Take out the titles that the generator makes of names: they say nothing."""
    if isinstance(part, dict):
        if isinstance(part.get("title"), str) and ("type" in part or "anyOf" in part or "properties" in part):
            part.pop("title")
        for inner in part.values():
            _without_titles(inner)
    elif isinstance(part, list):
        for inner in part:
            _without_titles(inner)


PROBLEM: Mapping[str, Any] = {
    "type": "object",
    "description": "What went wrong (RFC 9457): what happened, why, and what to do, in the language of the request.",
    "required": ["type", "title", "status", "detail", "mend", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "description": "The kind of problem; it leads to words."},
        "title": {"type": "string", "description": "The kind in words."},
        "status": {"type": "integer", "description": "The HTTP status."},
        "detail": {"type": "string", "description": "What happened, and why."},
        "mend": {"type": "string", "description": "What to do."},
        "code": {"type": "string", "enum": list(problems.KINDS), "description": "The kind, for machines."},
        "errors": {
            "type": "array",
            "description": "Which values are wrong.",
            "items": {
                "type": "object",
                "required": ["detail"],
                "properties": {
                    "detail": {"type": "string", "description": "What is wrong with it."},
                    "pointer": {"type": "string", "description": "Where it stands in the body (RFC 6901)."},
                    "parameter": {"type": "string", "description": "The parameter of the address."},
                },
            },
        },
    },
}
