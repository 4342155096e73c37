"""Reads the OpenAPI document the way people do: operations with a call to copy, shapes with their fields."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from doorstep.channels.api.document import operations_of

Render = Callable[[str], str]


@dataclass(frozen=True)
class Value:
    """A parameter or a field. ``kind`` and ``words`` are HTML; ``shape`` names the shape that it holds."""

    name: str
    kind: str
    words: str
    required: bool
    shape: str = ""


@dataclass(frozen=True)
class Entry:
    """One operation."""

    id: str
    method: str
    path: str
    summary: str
    words: str
    parameters: list[Value]
    body: str
    answers: list[tuple[str, str, str]]
    """(status, what it means, the shape's name or nothing)."""
    call: str
    example: str


@dataclass(frozen=True)
class Group:
    """The operations of one tag."""

    name: str
    words: str
    entries: list[Entry]


@dataclass(frozen=True)
class Shape:
    """What an answer or a body holds."""

    name: str
    words: str
    fields: list[Value]


def groups(document: Mapping[str, Any], *, base: str, render: Render) -> list[Group]:
    """Every operation by tag, in the document's order."""
    by_tag: dict[str, list[Entry]] = {tag["name"]: [] for tag in document["tags"]}
    for path, method, operation in operations_of(document):
        entry = _entry(document, (path, method, operation), base, render)
        by_tag[operation["tags"][0]].append(entry)
    return [Group(tag["name"], tag["description"], by_tag[tag["name"]]) for tag in document["tags"]]


def shapes(document: Mapping[str, Any], *, render: Render) -> list[Shape]:
    """Every shape with its fields, by name."""
    found = document["components"]["schemas"]
    return [
        Shape(
            name,
            render(_first_line(schema)),
            [
                _field(field, inner, field in schema.get("required", ()), render)
                for field, inner in schema.get("properties", {}).items()
            ],
        )
        for name, schema in sorted(found.items())
    ]


def _field(name: str, schema: Mapping[str, Any], required: bool, render: Render) -> Value:
    kind, shape = _kind(schema)
    return Value(name, kind, render(schema.get("description", "")), required, shape)


def _entry(document: Mapping[str, Any], found: tuple[str, str, dict[str, Any]], base: str, render: Render) -> Entry:
    path, method, operation = found
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    return Entry(
        id=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        words=render(operation.get("description", "").replace("\n\n", " ")),
        parameters=[
            Value(
                one["name"],
                _kind(one["schema"])[0].removesuffix(" or null"),
                render(one.get("description", "")),
                one["required"],
            )
            for one in operation["parameters"]
        ],
        body=_kind(content["schema"])[1] if content else "",
        answers=[_answer(document, status, answer) for status, answer in sorted(operation["responses"].items())],
        call=_call(base + path, operation, content.get("example")),
        example=_example(operation),
    )


def _answer(document: Mapping[str, Any], status: str, answer: Mapping[str, Any]) -> tuple[str, str, str]:
    if "$ref" in answer:
        answer = document["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    schemas = [media.get("schema", {}) for media in answer.get("content", {}).values()]
    return status, answer["description"], next((shape for one in schemas if (shape := _kind(one)[1])), "")


def _call(url: str, operation: Mapping[str, Any], body: object) -> str:
    """A line for a shell. What has no example keeps its name in braces."""
    query = {}
    for one in operation["parameters"]:
        if "example" not in one:
            continue
        if one["in"] == "path":
            url = url.replace(f"{{{one['name']}}}", quote(str(one["example"])))
        else:
            query[one["name"]] = one["example"]
    line = f"curl {shlex.quote(url + ('?' + urlencode(query) if query else ''))}"
    if body is None:
        return line
    sent = shlex.quote(json.dumps(body, ensure_ascii=False))
    return f"{line} \\\n  -H 'Content-Type: application/json' \\\n  -d {sent}"


def _example(operation: Mapping[str, Any]) -> str:
    """The example of the answer, laid out."""
    content = operation["responses"].get("200", {}).get("content", {})
    value = content.get("application/json", {}).get("example")
    return "" if value is None else json.dumps(value, indent=2, ensure_ascii=False)


def _kind(schema: Mapping[str, Any]) -> tuple[str, str]:
    """(a type in words, the name of the shape in it or nothing)."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return name, name
    if "anyOf" in schema:
        parts = [_kind(part) for part in schema["anyOf"]]
        return " or ".join(part[0] for part in parts), next((part[1] for part in parts if part[1]), "")
    if schema.get("type") == "array":
        kind, shape = _kind(schema.get("items", {}))
        return f"list of {kind}", shape
    if "additionalProperties" in schema and isinstance(schema["additionalProperties"], Mapping):
        kind, shape = _kind(schema["additionalProperties"])
        return f"name → {kind}", shape
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"])), ""
    kind = str(schema.get("format") or schema.get("type", "any"))
    return kind, ""


def _first_line(schema: Mapping[str, Any]) -> str:
    return str(schema.get("description", "")).split("\n\n", maxsplit=1)[0]
