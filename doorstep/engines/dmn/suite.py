"""Runs the public test suite of DMN (dmn-tck) over both writers and says of each case how it came out.

The suite stays outside of the repository. A number is the same within 10^-8, as the suite's own runner has it. A case
that cannot be read is *out*, with the reason that its author would be told; it is no pass.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Literal

import duckdb

from doorstep.engines.dmn.deciding import Decider
from doorstep.engines.dmn.markup import Element, read_xml
from doorstep.engines.dmn.reading import one_blank, read_model
from doorstep.engines.dmn.translating import one_decision
from doorstep.engines.dmn.types import Model
from doorstep.engines.feel.api import parse_duration
from doorstep.kit.errors import DoorstepError, Problems

NEAR = Decimal("0.00000001")
_SCHEMA = "http://www.w3.org/2001/XMLSchema-instance"
How = Literal["pass", "fail", "out"]


@dataclass(frozen=True)
class Outcome:
    """How a case came out. ``reason`` is told where it is out or failed."""

    level: str
    suite: str
    case: str
    python: How
    duckdb: How
    reason: str = ""


class _Unread(DoorstepError):
    """A value of the suite that is of no type here."""


def run_suite(folder: Path, *, as_of: date, progress: Callable[[float, str], None]) -> Iterator[Outcome]:
    """Every case below ``folder``, in the order of the files."""
    files = sorted(path for path in folder.rglob("*.xml") if any(path.parent.glob("*.dmn")))
    for at, path in enumerate(files):
        progress(at / max(len(files), 1), path.parent.name)
        yield from _run_file(path, folder, as_of)


def _run_file(path: Path, folder: Path, as_of: date) -> Iterator[Outcome]:
    root = read_xml(path.read_bytes(), file=path.name)
    if root.name != "testCases":
        return
    level = path.parent.parent.name
    known = _Known(path.parent / root.text_of("modelName"), as_of)
    for element in root.all("testCase"):
        case_id = element.get("id") or "?"
        try:
            python, sql, reason = _run_case(element, known)
        except DoorstepError as error:
            python, sql, reason = "out", "out", _reason(error)
        yield Outcome(level, path.parent.name, case_id, python, sql, reason)


class _Known:
    """The model of a file of tests, and its decisions that were made ready."""

    def __init__(self, path: Path, as_of: date) -> None:
        self.path, self.as_of = path, as_of
        self._model: Model | None = None
        self._ready: dict[str, tuple[str, Decider] | DoorstepError] = {}

    def decider(self, name: str) -> tuple[str, Decider]:
        """The id and the decider of a decision. Raises ``DoorstepError`` where it cannot be read."""
        if name not in self._ready:
            try:
                self._ready[name] = self._make(name)
            except DoorstepError as error:
                self._ready[name] = error
        found = self._ready[name]
        if isinstance(found, DoorstepError):
            raise found
        return found

    def _make(self, name: str) -> tuple[str, Decider]:
        if self._model is None:
            self._model = read_model(self.path.read_bytes(), file=self.path.name)
        decision = self._model.decision(name)
        if decision is None:
            raise _Unread("a decision of an imported model, or of a decision service")
        return decision.id, Decider(one_decision(self._model, decision.id), as_of=self.as_of)


def _run_case(element: Element, known: _Known) -> tuple[How, How, str]:
    if element.get("type") not in ("", "decision"):
        raise _Unread(f"a call of a {element.get('type')} by itself")
    values = {one_blank(node.get("name")): _value(node) for node in element.all("inputNode")}
    python: How = "pass"
    sql: How = "pass"
    reasons = []
    for result in element.all("resultNode"):
        id, decider = known.decider(one_blank(result.get("name")))
        wrapped = result.first("expected")
        expected = _value(wrapped) if wrapped is not None else None
        found, error = _tried(lambda: decider.in_python(values, id))  # noqa: B023 - called at once
        if error or not same(found, expected):
            python = "fail"
            reasons.append(error or f"Python: {found!r}, expected {expected!r}")
        found, error = _tried(lambda: decider.in_sql([values], id)[0])  # noqa: B023 - called at once
        if error or not same(found, expected):
            sql = "fail"
            reasons.append(error or f"DuckDB: {found!r}, expected {expected!r}")
    return python, sql, "; ".join(dict.fromkeys(reasons))


def _tried(decide: Callable[[], Any]) -> tuple[Any, str]:
    """What a writer decides; what it died of is a failed case and no end of the run."""
    try:
        return decide(), ""
    except (duckdb.Error, ArithmeticError, TypeError, ValueError, AttributeError) as error:
        return None, f"{type(error).__name__}: {str(error).splitlines()[0]}"


def same(found: Any, expected: Any) -> bool:
    """True where a value is the expected one; numbers within 10^-8."""
    if isinstance(expected, Decimal) and isinstance(found, int | Decimal) and not isinstance(found, bool):
        return abs(Decimal(found) - expected) <= NEAR
    if isinstance(expected, dict) and isinstance(found, dict):
        return found.keys() == expected.keys() and all(same(found[key], expected[key]) for key in expected)
    if isinstance(expected, list) and isinstance(found, list):
        return len(found) == len(expected) and all(map(same, found, expected))
    return type(found) is type(expected) and bool(found == expected)


def _value(element: Element) -> Any:
    """A value as the suite writes it: plain, a structure or a list."""
    plain = element.first("value")
    if plain is not None:
        return _plain(plain)
    if (many := element.first("list")) is not None:
        return None if _is_nil(many) else [_value(item) for item in many.all("item")]
    parts = {one_blank(part.get("name")): _value(part) for part in element.all("component")}
    return parts or None


def _is_nil(element: Element) -> bool:
    return element.attributes.get(f"{_SCHEMA} nil") == "true"


def _plain(element: Element) -> Any:
    if _is_nil(element):
        return None
    kind = element.attributes.get(f"{_SCHEMA} type", "").rpartition(":")[2]
    text = element.text
    if kind in ("string", ""):
        return text
    try:
        return _READ[kind](text.strip())
    except (KeyError, ValueError, InvalidOperation):
        raise _Unread(f"a value of the type {kind}") from None


def _duration(text: str) -> int:
    found = parse_duration(text)
    if found is None:
        raise ValueError(text)
    return found[1]


_READ: dict[str, Callable[[str], Any]] = {
    "decimal": Decimal,
    "double": Decimal,
    "integer": Decimal,
    "int": Decimal,
    "boolean": lambda text: {"true": True, "1": True, "false": False, "0": False}[text],
    "date": date.fromisoformat,
    "duration": _duration,
    "yearMonthDuration": _duration,
    "dayTimeDuration": _duration,
}


def _reason(error: DoorstepError) -> str:
    """Why a case is out, without the place."""
    if not isinstance(error, Problems):
        return error.what
    first = error.problems[0]
    parts = [first.what, f"expected {first.expected}" if first.expected else "", first.mend.rstrip(".")]
    return re.sub(r"\s+", " ", "; ".join(part for part in parts if part))
