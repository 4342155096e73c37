"""JSON Schema of every kind of country file, made from the shapes that the checker uses: for editors, and for programs.

A schema and the checker agree about one file by itself, but for numbers in odd dress: a schema takes 1000.0 for a whole
number, and no date but 2026-09-30. It cannot see what only the whole country tells, that a name exists or that a
formula has a type: ``doorstep check`` does.
"""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any

from doorstep.config.shapes import FILES, FileShape
from doorstep.kit.files import Written, keys_of
from doorstep.kit.languages import Text, own_name

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]

# YAML reads an unquoted 12 as a number and an unquoted true as a truth value; to the checker all are text.
_SCALARS: Mapping[type, tuple[str, Schema]] = {
    str: ("text", {"type": ["string", "number", "boolean"], "pattern": r"\S"}),
    Written: ("text", {"type": ["string", "number", "boolean"], "pattern": r"\S"}),
    int: ("whole-number", {"type": ["integer", "string"], "pattern": r"^\s*[+-]?\d+(_\d+)*\s*$"}),
    Decimal: (
        "number",
        {"type": ["number", "string"], "pattern": r"^\s*[+-]?(\d[\d_]*\.?[\d_]*|\.\d[\d_]*)([eE][+-]?\d+)?\s*$"},
    ),
    bool: (
        "true-or-false",
        {
            "anyOf": [
                {"enum": [True, False, "yes", "no"]},
                {"type": "string", "pattern": r"^\s*([Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee]|[Yy][Ee][Ss]|[Nn][Oo])\s*$"},
            ]
        },
    ),
    date: ("date", {"type": "string", "pattern": r"^\s*\d{4}-\d{2}-\d{2}\s*$", "description": "Such as 2026-09-30."}),
}
_LANGUAGE = r"^[A-Za-z]{2,8}(_[A-Za-z0-9]{2,8})*$"


def kind_of(file: FileShape) -> str:
    """What a kind of file is called: ``rules`` for ``rules/*.yaml``, ``country`` for ``country.yaml``."""
    path = PurePosixPath(file.path)
    return path.parts[0] if path.stem == "*" else path.stem


def kinds() -> dict[str, FileShape]:
    """Every kind of country file by its name."""
    return {kind_of(file): file for file in FILES}


def schema_of(file: FileShape, *, languages: Sequence[str] = ()) -> Schema:
    """The schema of one kind of file.

    With ``languages`` every text must stand in each of them and in no other; without, in at least one.
    """
    writer = _Writer(languages)
    whole = writer.shape(file.shape)
    return {
        "$schema": DIALECT,
        "$comment": "Made from the code by `make reference`.",
        "title": file.path,
        "description": file.purpose,
        **{key: value for key, value in whole.items() if key not in ("title", "description")},
        "$defs": dict(sorted(writer.defs.items())),
    }


def as_text(schema: Schema) -> str:
    """A schema as a file holds it."""
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


class _Writer:
    """Writes one schema; every shape and every kind of plain value is defined once and referred to."""

    def __init__(self, languages: Sequence[str]) -> None:
        self.languages = languages
        self.defs: dict[str, Schema] = {}

    def shape(self, shape: type) -> Schema:
        """A mapping with known keys."""
        keys = keys_of(shape)
        defaults = {field.metadata.get("key") or field.name: field.default for field in dataclasses.fields(shape)}
        return {
            "title": _words(shape),
            "description": " ".join((shape.__doc__ or "").split("\n\n")[0].split()),
            "type": "object",
            "properties": {
                name: {"description": doc, **self.of(kind), **_default(defaults[name])} for name, doc, kind, _ in keys
            },
            "required": [name for name, _, _, required in keys if required],
            "additionalProperties": False,
        }

    def of(self, kind: Any) -> Schema:
        """The schema of a key's value."""
        origin, parts = typing.get_origin(kind), typing.get_args(kind)
        if origin in (types.UnionType, typing.Union):
            options = [self.of(part) if part is not type(None) else {"type": "null"} for part in parts]
            return {"anyOf": options}
        if origin is typing.Literal:
            return {"enum": list(parts)}
        if origin in (list, tuple):
            return {"type": "array", "items": self.of(parts[0])}
        if origin is dict or (isinstance(origin, type) and issubclass(origin, Mapping)):
            return {"type": "object", "additionalProperties": self.of(parts[1])}
        return self.named(kind)

    def named(self, kind: Any) -> Schema:
        """A reference to the definition of a shape or of a plain value, which is made where it is new."""
        if kind is Text:
            return self.define("words", self.words)
        if kind in _SCALARS:
            name, schema = _SCALARS[kind]
            return self.define(name, lambda: schema)
        if not (isinstance(kind, type) and dataclasses.is_dataclass(kind)):
            raise TypeError(f"no schema can be written for {kind!r}")
        return self.define(_words(kind).replace(" ", "-"), lambda: self.shape(kind))

    def define(self, name: str, make: Callable[[], Schema]) -> Schema:
        """Define ``name`` once."""
        if name not in self.defs:
            self.defs[name] = {}  # a shape may hold itself
            self.defs[name] = make()
        return {"$ref": f"#/$defs/{name}"}

    def words(self) -> Schema:
        """Words in each language."""
        text = self.of(str)
        whole: Schema = {"description": "Words that people read, once for each language.", "type": "object"}
        if not self.languages:
            return {
                **whole,
                "minProperties": 1,
                "propertyNames": {"pattern": _LANGUAGE},
                "additionalProperties": text,
            }
        return {
            **whole,
            "properties": {language: {"description": own_name(language), **text} for language in self.languages},
            "required": list(self.languages),
            "additionalProperties": False,
        }


def _default(value: Any) -> Schema:
    """What holds where the key is left out, where that says something."""
    if isinstance(value, Written):
        return {"default": value.text}
    return {"default": value} if isinstance(value, str | int) and value != "" else {}


def _words(shape: type) -> str:
    """A shape's name in words: ``ParameterShape`` -> ``parameter``."""
    name = shape.__name__.strip("_").removesuffix("Shape")
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
