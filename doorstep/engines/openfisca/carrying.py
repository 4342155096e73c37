"""One parameter or scale of OpenFisca as one of ours, with a remark on everything that changes or is lost."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from doorstep.engines.openfisca.folder import DAY, plain
from doorstep.engines.openfisca.types import Carried, Remark, Source
from doorstep.kit.errors import Place
from doorstep.kit.files import Node

KNOWN = ("description", "documentation", "metadata", "unit", "reference", "values", "brackets")
UNITS = {"/1": "share", "1": "share", "year": "years", "month": "months", "day": "days"}
LONGEST = 62
_NUMBER = re.compile(r"[-+]?(\d[\d_]*)?(\.\d*)?([eE][-+]?\d+)?")
_TRUTH = {"true": "true", "yes": "true", "on": "true", "false": "false", "no": "false", "off": "false"}


_EXPECTED = Node("expected", Place(""))
"""Stands for a value that is only expected."""


class _Lost(Exception):
    """Why a parameter cannot be carried over."""


def carry(source: Source, *, prefix: str, currency: str) -> tuple[Carried | None, list[Remark]]:
    """The parameter as one of ours, ``None`` where that cannot be; and what a reader must know of it."""
    carrier = _Carrier(source, prefix, currency)
    try:
        return carrier.carried(), carrier.remarks
    except _Lost as error:
        return None, [*carrier.remarks, Remark(source.path, str(error), lost=True)]


class _Carrier:
    def __init__(self, source: Source, prefix: str, currency: str) -> None:
        self.path, self.node, self.prefix, self.currency = source.path, source.node, prefix, currency
        self.keys: Mapping[str, Node] = source.node.value
        if all(DAY.fullmatch(key) for key in self.keys):
            self.keys = {"values": source.node}
        about = self.keys.get("metadata")
        self.about: Mapping[str, Node] = about.value if about and isinstance(about.value, dict) else {}
        self.remarks: list[Remark] = []
        self.references: list[str] = []

    def remark(self, words: str, *, lost: bool = False) -> None:
        self.remarks.append(Remark(self.path, words, lost=lost))

    def carried(self) -> Carried:
        body = self.scale() if "brackets" in self.keys else self.figure()
        label = plain(self.keys["description"]) if "description" in self.keys else ""
        if not label:
            label = re.sub(r"[._]+", " ", self.path)
            self.remark(f"it has no description; its label is its name: {label}")
        self.unknown_keys()
        documentation = str(self.keys["documentation"].value) if "documentation" in self.keys else ""
        return Carried(self.name(), self.path, label, {"reference": self.reference(), **body}, documentation.strip())

    # ------------------------------------------------------------------ name, unit, reference

    def name(self) -> str:
        """Letters, digits and _; a path of OpenFisca may have others."""
        wanted = self.prefix + self.path.replace(".", "_")
        name = re.sub(r"[^a-z0-9_]+", "_", wanted.lower())
        name = name if name[:1].isalpha() else f"p_{name}"
        if len(name) > LONGEST:
            raise _Lost(f"its name {name!r} would be longer than {LONGEST} letters: import a part, or without a prefix")
        if name != wanted:
            self.remark(f"it is called {name} here")
        return name

    def unit(self, key: str = "unit") -> str:
        """OpenFisca's unit in our words: ``currency-EUR/m2`` is ``EUR/m2``, ``/1`` is a share."""
        found = self.about.get(key) or (self.keys.get("unit") if key == "unit" else None)
        if found is None:
            return ""
        written = plain(found)
        if written == "currency" or written.startswith("currency/"):
            self.remark(f"its unit names no currency: {self.currency} was taken")
            return written.replace("currency", self.currency, 1)
        return UNITS.get(written, written.removeprefix("currency-"))

    def reference(self) -> str:
        """Every source that it names; where there is none that is said, because a figure needs a law."""
        for found in (self.keys.get("reference"), self.about.get("reference")):
            if found is not None:
                self.references.insert(0, plain(found))
        told = "; ".join(dict.fromkeys(text for text in self.references if text))
        if not told:
            self.remark("it names no law: its reference says so")
        return told or f"No source is named (OpenFisca: {self.path})"

    def unknown_keys(self) -> None:
        for key in self.keys:
            if key not in KNOWN:
                self.remark(f"the key {key!r} has no place in a rules file: {plain(self.keys[key])}", lost=True)
        taken = ("unit", "reference", "threshold_unit", "amount_unit", "rate_unit", "type")
        for key in self.about:
            if key not in taken:
                self.remark(f"metadata {key!r} has no place in a rules file: {plain(self.about[key])}", lost=True)

    # ------------------------------------------------------------------ values by date

    def dated(self, node: Node, what: str = "") -> dict[str, Node | None]:
        """Day -> the value's node, ``None`` where it ends; placeholders of what is expected are remarked."""
        if not isinstance(node.value, dict):
            raise _Lost(f"its {what or 'values'} are not written by date")
        found: dict[str, Node | None] = {}
        for written, value in node.value.items():
            day = _day(written)
            if day is None:
                raise _Lost(f"{written!r} is no date")
            entry = self.entry(day, value)
            if entry is not _EXPECTED:
                found[day] = entry
        return dict(sorted(found.items()))

    def entry(self, day: str, node: Node) -> Node | None:
        """The value of one day, with its own reference and metadata told."""
        if not isinstance(node.value, dict):
            if node.value == "expected" and not node.quoted:
                self.remark(f"a value is expected from {day}, but none is set")
                return _EXPECTED
            return None if _is_null(node) else node
        if "expected" in node.value:
            self.remark(f"a value is expected from {day}: {plain(node)}")
            return _EXPECTED
        if "value" not in node.value:
            raise _Lost(f"there is no value from {day} on")
        self.told_of(day, node.value)
        value: Node = node.value["value"]
        return None if _is_null(value) else value

    def told_of(self, day: str, entry: Mapping[str, Node]) -> None:
        about = entry.get("metadata")
        inner = about.value if about is not None and isinstance(about.value, dict) else {}
        for key, node in {**inner, **entry}.items():
            if key == "reference":
                self.references.append(f"from {day}: {plain(node)}")
            elif key not in ("value", "metadata"):
                self.remark(f"{key!r} of {day} has no place in a rules file: {plain(node)}", lost=True)

    def figure(self) -> dict[str, Any]:
        dated = self.dated(self.keys["values"])
        values = {day: None if node is None else self.value(node) for day, node in dated.items()}
        known = [value for value in values.values() if value is not None]
        if not known:
            raise _Lost("it never has a value")
        if len({_kind(value) for value in known}) > 1:
            raise _Lost("its values are of different kinds")
        unit = self.unit()
        return ({"unit": unit} if unit else {}) | {"values": values}

    def value(self, node: Node) -> str | list[str]:
        if isinstance(node.value, list):
            if not node.value or not all(isinstance(item.value, str) for item in node.value):
                raise _Lost("a value is a list of more than plain values, or an empty one")
            return [_scalar(item) for item in node.value]
        if not isinstance(node.value, str):
            raise _Lost("a value is neither a number, a text nor a list of them")
        return _scalar(node)

    # ------------------------------------------------------------------ scales

    def scale(self) -> dict[str, Any]:
        """A scale with all its brackets under each day on which one of them changes."""
        brackets = self.keys["brackets"].value
        if not isinstance(brackets, list) or not brackets or not all(isinstance(one.value, dict) for one in brackets):
            raise _Lost("its brackets are no list")
        kinds = {key for one in brackets for key in one.value} - {"threshold"}
        if kinds == {"average_rate"}:
            raise _Lost("a scale of average rates is drawn between its points: no scale of ours does that")
        if kinds not in ({"rate"}, {"amount"}):
            raise _Lost(f"its brackets hold {', '.join(sorted(kinds)) or 'no rates'}: rates or amounts are needed")
        (kind,) = kinds
        single = plain(self.about["type"]) == "single_amount" if "type" in self.about else False
        if kind == "rate" and single:
            raise _Lost("it is called single_amount but holds rates")
        parts = [{key: self.dated(node, key) for key, node in one.value.items()} for one in brackets]
        days = sorted({day for part in parts for dated in part.values() for day in dated})
        by_day = {day: _brackets(parts, kind, day) for day in days}
        changes = {day: found for number, (day, found) in enumerate(by_day.items()) if self.changes(by_day, number)}
        if not any(changes.values()):
            raise _Lost("no bracket ever has both a threshold and a value")
        units = {"unit": self.unit("threshold_unit") or self.unit(), "gives": self.unit("amount_unit")}
        kept = {key: unit for key, unit in units.items() if unit and (key == "unit" or kind == "amount")}
        name = "rates" if kind == "rate" else "amount" if single else "amounts"
        return {"scale": name, **kept, "brackets": changes}

    def changes(self, by_day: Mapping[str, Any], number: int) -> bool:
        """Whether the brackets differ from those of the day before."""
        found = list(by_day.values())
        return found[number] != found[number - 1] if number else found[number] is not None


def _brackets(parts: list[dict[str, dict[str, Node | None]]], kind: str, day: str) -> list[dict[str, str]] | None:
    """The brackets that hold on a day, the lowest first; equal thresholds are added as OpenFisca adds them."""
    found: dict[Decimal, Decimal] = {}
    for part in parts:
        start, value = (_on(part.get(key, {}), day) for key in ("threshold", kind))
        if start is not None and value is not None:
            found[start] = found.get(start, Decimal(0)) + value
    return [{"from": f"{start:f}", kind: f"{value:f}"} for start, value in sorted(found.items())] or None


def _on(dated: Mapping[str, Node | None], day: str) -> Decimal | None:
    """The figure that holds on a day."""
    past = [node for start, node in dated.items() if start <= day]
    if not past or past[-1] is None:
        return None
    written = _scalar(past[-1])
    if _kind(written) != "number":
        raise _Lost(f"{written!r} in its brackets is no number")
    return Decimal(written)


def _day(written: str) -> str | None:
    """A whole date; OpenFisca also writes ``2015`` and ``2015-01`` for their first day."""
    return f"{written}-01-01"[:10] if DAY.fullmatch(written) else None


def _is_null(node: Node) -> bool:
    return not node.quoted and node.value in ("", "null", "~", "Null", "NULL")


def _scalar(node: Node) -> str:
    """A plain value as we write it: numbers without an exponent, true and false, or text."""
    text = str(node.value).strip()
    if node.quoted and (_NUMBER.fullmatch(text) or text in ("true", "false")):
        raise _Lost(f'the text "{text}" would be read as a number or a truth here')
    if node.quoted or not text:
        return text
    if text.lower() in _TRUTH:
        return _TRUTH[text.lower()]
    if not _NUMBER.fullmatch(text):
        return text
    try:
        number = Decimal(text.replace("_", ""))
    except InvalidOperation:
        return text
    written = f"{number:f}"
    whole, _, places = written.lstrip("-").partition(".")
    if len(whole) > 30 or len(places) > 12:
        raise _Lost(f"{text} has more than 12 decimals or 30 digits")
    return written


def _kind(value: str | list[str]) -> str:
    if isinstance(value, list):
        return "list of " + "/".join(sorted({_kind(item) for item in value}))
    if value in ("true", "false"):
        return "truth"
    return "number" if re.fullmatch(r"-?\d+(\.\d+)?", value) else "text"
