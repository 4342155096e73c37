"""Reads YAML that people write and checks it against a shape, keeping every position.

A *shape* is a frozen dataclass whose fields say which keys a mapping may have. The same shapes
drive the checker, the reference page and the errors, so that none of them can disagree:

>>> @dataclass(frozen=True)
... class Office:
...     title: Text = key("The office's name, in every language.")
...     phone: str = key("The number people call.", default="")

``read_yaml`` gives a ``Node`` (a value with its place); ``decode`` turns it into the shape or
reports each mistake with file, line, column, what was expected and what was found.
"""

from __future__ import annotations

import dataclasses
import difflib
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

import yaml

from doorstep.kit.errors import Findings, Place, Problem, Problems
from doorstep.kit.languages import Text

MAX_BYTES = 4_000_000
MAX_DEPTH = 40
# Ten times as fast, where the C library is at hand.
_FAST = getattr(yaml, "CSafeLoader", None)


@dataclass(frozen=True)
class Node:
    """A YAML value and where it stands. ``value`` is ``str``, ``list[Node]`` or ``dict[str, Node]``.

    Scalars stay text (``quoted`` tells ``"12"`` from ``12``): what a text means depends on the shape.
    """

    value: Any
    place: Place
    quoted: bool = False


@dataclass(frozen=True)
class Written:
    """A text that an author wrote for a machine (a formula, a name), with its place."""

    text: str
    place: Place = dataclasses.field(default=Place(""), compare=False)

    def __str__(self) -> str:
        return self.text


def key(doc: str, *, name: str | None = None, **options: Any) -> Any:
    """A field of a shape: ``doc`` is its line on the reference page; ``name`` overrides the YAML key."""
    return dataclasses.field(metadata={"doc": doc, "key": name}, **options)


def read_yaml(text: str, *, file: str) -> Node:
    """Parse one YAML document. Raises ``Problems`` on bad syntax, duplicates, aliases or excess."""
    if len(text.encode()) > MAX_BYTES:
        raise Problems([Problem(Place(file), f"the file is larger than {MAX_BYTES:,} bytes", mend="Split it.")])
    try:
        root = _compose(text, file)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
        raise Problems([Problem(place, f"this is not YAML: {error.problem}")]) from error
    except yaml.YAMLError as error:
        raise Problems([Problem(Place(file), f"this is not YAML: {error}")]) from error
    except RecursionError as error:
        raise Problems([Problem(Place(file), "the file is nested too deeply")]) from error
    if root is None:
        return Node({}, Place(file, 1, 1))
    return _Reader(file).node(root, depth=0)


def _compose(text: str, file: str) -> yaml.Node | None:
    """The document as PyYAML's nodes. Both loaders give the same; the slow one says best what is wrong."""
    if _FAST is None:
        return yaml.compose(text, Loader=yaml.SafeLoader)
    depth = 0
    try:
        # The C library builds its nodes by recursion that nothing bounds, so what is too deep must not reach it.
        for event in yaml.parse(text, Loader=_FAST):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH + 1:
                mark = event.start_mark
                place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
                raise Problems([Problem(place, f"values are nested more than {MAX_DEPTH} deep")])
        return yaml.compose(text, Loader=_FAST)
    except yaml.YAMLError:
        return yaml.compose(text, Loader=yaml.SafeLoader)


class _Reader:
    """Turns PyYAML nodes into ours, refusing what a plain text file does not need."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.seen: set[int] = set()

    def node(self, raw: yaml.Node, depth: int) -> Node:
        place = Place(self.file, raw.start_mark.line + 1, raw.start_mark.column + 1)
        if depth > MAX_DEPTH:
            raise Problems([Problem(place, f"values are nested more than {MAX_DEPTH} deep")])
        if id(raw) in self.seen:
            raise Problems([Problem(place, "YAML aliases are not used here", mend="Write the value out.")])
        if not isinstance(raw, yaml.ScalarNode):
            self.seen.add(id(raw))
        if isinstance(raw, yaml.MappingNode):
            return Node(self.mapping(raw, depth), place)
        if isinstance(raw, yaml.SequenceNode):
            return Node([self.node(item, depth + 1) for item in raw.value], place)
        scalar = typing.cast(yaml.ScalarNode, raw)
        empty = scalar.tag.endswith(":null")
        return Node("" if empty else scalar.value, place, quoted=scalar.style in ("'", '"', "|", ">"))

    def mapping(self, raw: yaml.MappingNode, depth: int) -> dict[str, Node]:
        entries: dict[str, Node] = {}
        for raw_key, raw_value in raw.value:
            place = Place(self.file, raw_key.start_mark.line + 1, raw_key.start_mark.column + 1)
            if not isinstance(raw_key, yaml.ScalarNode):
                raise Problems([Problem(place, "a key must be a plain word")])
            if raw_key.value in entries:
                raise Problems([Problem(place, f"the key {raw_key.value!r} stands twice", mend="Keep one.")])
            entries[raw_key.value] = self.node(raw_value, depth + 1)
        return entries


def decode(node: Node, shape: Any, *, findings: Findings, what: str = "the file") -> Any:
    """Read ``node`` as ``shape`` and note each mistake in ``findings``.

    ``shape`` is a dataclass, ``str``, ``int``, ``Decimal``, ``bool``, ``date``, ``Text``, ``Written``,
    ``Literal[...]``, ``list[T]``, ``tuple[T, ...]``, ``dict[str, T]`` or ``T | None``. Returns the value,
    or ``None`` where something was wrong: call ``findings.raise_if_any()`` before using it.
    """
    origin = typing.get_origin(shape)
    if origin in (types.UnionType, typing.Union):
        options = [option for option in typing.get_args(shape) if option is not type(None)]
        if node.value == "" and not node.quoted and len(options) < len(typing.get_args(shape)):
            return None
        return decode(node, _option_for(node, options), findings=findings, what=what)
    if origin is typing.Literal:
        return _decode_choice(node, typing.get_args(shape), findings, what)
    if origin in (list, tuple):
        return _decode_list(node, typing.get_args(shape)[0], findings, what, origin)
    if origin in (dict, Mapping):
        return _decode_dict(node, typing.get_args(shape)[1], findings, what)
    if shape is Text:
        return _decode_text(node, findings, what)
    if dataclasses.is_dataclass(shape) and shape is not Written:
        return _decode_shape(node, typing.cast(type, shape), findings, what)
    return _decode_scalar(node, shape, findings, what)


def keys_of(shape: type) -> list[tuple[str, str, Any, bool]]:
    """The keys that a shape allows: (key, doc, type, required). The reference page is made from these."""
    hints = _hints(shape)
    return [
        (_key_name(field), field.metadata.get("doc", ""), hints[field.name], _is_required(field))
        for field in dataclasses.fields(shape)
        if "doc" in field.metadata
    ]


def _option_for(node: Node, options: list[Any]) -> Any:
    """Which member of a union a node can only mean: mappings, lists and scalars never overlap."""
    for option in options:
        origin = typing.get_origin(option)
        is_mapping = (
            origin in (dict, Mapping) or option is Text or (dataclasses.is_dataclass(option) and option is not Written)
        )
        is_list = origin in (list, tuple)
        if (isinstance(node.value, dict) and is_mapping) or (isinstance(node.value, list) and is_list):
            return option
        if isinstance(node.value, str) and not is_mapping and not is_list:
            return option
    return options[0]


@cache
def _hints(shape: type) -> dict[str, Any]:
    return typing.get_type_hints(shape)


def _key_name(field: dataclasses.Field[Any]) -> str:
    return field.metadata.get("key") or field.name


def _is_required(field: dataclasses.Field[Any]) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _describe(node: Node) -> str:
    if isinstance(node.value, dict):
        return "a mapping"
    if isinstance(node.value, list):
        return "a list"
    return repr(node.value) if node.value != "" else "nothing"


def nearest(word: str, allowed: list[str]) -> str:
    """A hint for a mistyped word: the closest of ``allowed``, or all of them."""
    close = difflib.get_close_matches(word, allowed, n=1)
    return f"Did you mean {close[0]!r}?" if close else f"Known here: {', '.join(allowed)}."


def _decode_shape(node: Node, shape: type, findings: Findings, what: str) -> Any:
    if not isinstance(node.value, dict):
        findings.add(node.place, f"{what} must be a mapping", expected="keys and values", found=_describe(node))
        return None
    fields = {_key_name(field): field for field in dataclasses.fields(shape) if "doc" in field.metadata}
    hints, values, before = _hints(shape), {}, len(findings.problems)
    for name, child in node.value.items():
        if name not in fields:
            findings.add(child.place, f"unknown key {name!r} in {what}", mend=nearest(name, list(fields)))
            continue
        field = fields[name]
        values[field.name] = decode(child, hints[field.name], findings=findings, what=f"{name!r}")
    for name, field in fields.items():
        if name not in node.value and _is_required(field):
            findings.add(node.place, f"{what} lacks the key {name!r}", mend=str(field.metadata["doc"]))
    if len(findings.problems) > before:
        return None
    if "place" in hints:
        values["place"] = node.place
    return shape(**values)


def _decode_list(node: Node, item: Any, findings: Findings, what: str, kind: Callable[[list[Any]], Any]) -> Any:
    if not isinstance(node.value, list):
        findings.add(node.place, f"{what} must be a list", expected="a list", found=_describe(node))
        return None
    return kind([decode(child, item, findings=findings, what=f"an item of {what}") for child in node.value])


def _decode_dict(node: Node, item: Any, findings: Findings, what: str) -> Any:
    if not isinstance(node.value, dict):
        findings.add(node.place, f"{what} must be a mapping", expected="names and values", found=_describe(node))
        return None
    return {name: decode(child, item, findings=findings, what=f"{name!r}") for name, child in node.value.items()}


def _decode_choice(node: Node, allowed: tuple[Any, ...], findings: Findings, what: str) -> Any:
    if node.value in allowed:
        return node.value
    words = [str(word) for word in allowed]
    findings.add(node.place, f"{what} has an unknown value", expected=" or ".join(words), found=_describe(node))
    return None


def _decode_text(node: Node, findings: Findings, what: str) -> Text | None:
    if not isinstance(node.value, dict):
        mend = "Write it once for each language: {en: ..., pt: ...}."
        findings.add(node.place, f"{what} must be translated", expected="languages", found=_describe(node), mend=mend)
        return None
    words: dict[str, str] = {}
    for language, child in node.value.items():
        if not isinstance(child.value, str) or not child.value.strip():
            findings.add(child.place, f"{what} has no words in {language!r}", expected="text", found=_describe(child))
            continue
        words[language] = child.value.strip()
    return Text(words, node.place)


def _decode_scalar(node: Node, shape: Any, findings: Findings, what: str) -> Any:
    expected = _EXPECTED.get(shape, "a plain value")
    if isinstance(node.value, str):
        try:
            return _scalar(node, shape)
        except (ValueError, InvalidOperation):
            pass
    findings.add(node.place, f"{what} has the wrong kind of value", expected=expected, found=_describe(node))
    return None


_EXPECTED = {
    str: "text",
    Written: "text",
    int: "a whole number",
    Decimal: "a number such as 6272.64",
    bool: "true or false",
    date: "a date such as 2026-09-30",
}
_BOOLEANS = {"true": True, "false": False, "yes": True, "no": False}


def _scalar(node: Node, shape: Any) -> Any:
    text = node.value.strip()
    if shape is Written or shape is str:
        if not text:
            raise ValueError
        return Written(text, node.place) if shape is Written else text
    if shape is bool:
        if text.lower() not in _BOOLEANS:
            raise ValueError
        return _BOOLEANS[text.lower()]
    if shape is int:
        return int(text)
    if shape is Decimal:
        number = Decimal(text)
        if not number.is_finite():
            raise ValueError
        return number
    if shape is date:
        return date.fromisoformat(text)
    raise TypeError(f"files.decode cannot read {shape!r}")
