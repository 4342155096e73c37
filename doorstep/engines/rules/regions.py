"""Which rows of a decision table fit together, and what no row fits: found exactly, before anybody is decided.

The values that an input is compared with cut it into regions: below the first, the first itself, between the first
and the second. All values of a region answer every cell alike, so one of them stands for all. A cell that compares
its input with anything but written values cannot be told; its row is left out of the search for overlaps, and gaps
are then not searched for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import combinations
from typing import Any

from doorstep.engines.feel.api import EXACT, Call, Kind, Literal, Node, Scalar, walk

MOST_GAPS = 3
# Regions are searched with what was found remembered; a table of more combinations than this is not told.
MOST_STEPS = 20_000
_COMPARES: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda one, other: one == other,
    "!=": lambda one, other: one != other,
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
    "in": lambda one, others: one in others,
}


@dataclass(frozen=True)
class Region:
    """Values that every cell answers alike. ``other``: any text that the table does not mention."""

    value: Scalar
    other: bool = False


@dataclass(frozen=True)
class Overlap:
    """Two rows, counted from 1, and values of the inputs that fit both."""

    rows: tuple[int, int]
    example: Mapping[Node, Region]


@dataclass(frozen=True)
class Gap:
    """Values of the inputs that no row fits."""

    example: Mapping[Node, Region]


class Regions:
    """A table's inputs cut into regions. ``rows`` hold a condition for each of the ``inputs``.

    ``allowed``: the only values of an input, where they are known.
    """

    def __init__(
        self,
        inputs: Sequence[Node],
        rows: Sequence[Sequence[Node]],
        *,
        allowed: Mapping[Node, Sequence[Scalar]] | None = None,
    ) -> None:
        self.inputs = list(dict.fromkeys(inputs))
        tests = {one: [row[at] for row in rows for at, of in enumerate(inputs) if of == one] for one in self.inputs}
        self.regions = {one: _regions(one, tests[one], (allowed or {}).get(one, ())) for one in self.inputs}
        self.rows = [self._row(inputs, row) for row in rows]

    @property
    def is_told(self) -> bool:
        """True where every row could be told, so that no overlap is missed."""
        return None not in self.rows

    def _row(self, inputs: Sequence[Node], row: Sequence[Node]) -> list[frozenset[int]] | None:
        """For each input the regions that fit the row; ``None`` where that cannot be told."""
        fit = {one: frozenset(range(len(self.regions[one]))) for one in self.inputs}
        for one, test in zip(inputs, row, strict=True):
            if not _is_plain(test, one):
                return None
            fit[one] &= {at for at, region in enumerate(self.regions[one]) if _holds(test, one, region.value)}
        return list(fit.values())

    def overlaps(self, *, harmless: frozenset[tuple[int, int]] = frozenset()) -> list[Overlap]:
        """The pairs of rows that fit the same values. ``harmless`` pairs (counted from 0) are left out."""
        found = []
        for (first, one), (second, other) in combinations(enumerate(self.rows), 2):
            if one is None or other is None or (first, second) in harmless:
                continue
            if not any(mine.isdisjoint(yours) for mine, yours in zip(one, other, strict=True)):
                both = [mine & yours for mine, yours in zip(one, other, strict=True)]
                found.append(Overlap((first + 1, second + 1), self._example([min(at) for at in both])))
        return found

    def gaps(self) -> list[Gap] | None:
        """The first few combinations that no row fits; ``None`` where it cannot be told."""
        rows = [row for row in self.rows if row is not None]
        if len(rows) < len(self.rows):
            return None
        found: list[list[int]] = []
        steps = _Steps(MOST_STEPS)
        covered: set[tuple[int, frozenset[int]]] = set()

        def search(at: int, open_rows: frozenset[int], way: list[int]) -> None:
            if len(found) >= MOST_GAPS or (at, open_rows) in covered or not steps.one_more():
                return
            if not open_rows or at == len(self.inputs):
                if not open_rows:
                    found.append(way + [0] * (len(self.inputs) - at))
                return
            before = len(found)
            for region in range(len(self.regions[self.inputs[at]])):
                search(at + 1, frozenset(row for row in open_rows if region in rows[row][at]), [*way, region])
            if len(found) == before and len(found) < MOST_GAPS and not steps.spent:
                covered.add((at, open_rows))

        search(0, frozenset(range(len(rows))), [])
        if steps.spent and not found:
            return None
        return [Gap(self._example(way)) for way in found]

    def _example(self, way: Sequence[int]) -> dict[Node, Region]:
        return {one: self.regions[one][at] for one, at in zip(self.inputs, way, strict=True)}


@dataclass
class _Steps:
    left: int

    @property
    def spent(self) -> bool:
        return self.left <= 0

    def one_more(self) -> bool:
        self.left -= 1
        return self.left > 0


def _is_plain(test: Node, subject: Node) -> bool:
    """True where a cell speaks of its input and of written values alone."""
    if isinstance(test, Literal):
        return True
    if not isinstance(test, Call):
        return False
    if test.op in ("and", "or", "not"):
        return all(_is_plain(arg, subject) for arg in test.args)
    return test.op in _COMPARES and test.args[0] == subject and _is_known(test.args[1])


def _is_known(node: Node) -> bool:
    return isinstance(node, Literal) and node.value is not None


def _holds(test: Node, subject: Node, value: Any) -> bool:
    if isinstance(test, Literal):
        return test.value is True
    assert isinstance(test, Call)
    parts = test.args
    if test.op == "not":
        return not _holds(parts[0], subject, value)
    if test.op in ("and", "or"):
        return (all if test.op == "and" else any)(_holds(part, subject, value) for part in parts)
    assert isinstance(parts[1], Literal)
    return bool(_COMPARES[test.op](value, parts[1].value))


def _regions(subject: Node, tests: Sequence[Node], allowed: Sequence[Scalar]) -> list[Region]:
    """The regions of one input, in their order."""
    if subject.type.kind is Kind.BOOLEAN:
        return [Region(True), Region(False)]
    if allowed:
        return [Region(value) for value in allowed]
    compared = [part for test in tests for part in walk(test) if isinstance(part, Call) and part.op in _COMPARES]
    values: set[Any] = set()
    for part in compared:
        if _is_plain(part, subject):
            value = part.args[1].value  # type: ignore[attr-defined]
            values |= set(value) if isinstance(value, tuple) else {value}
    if subject.type.kind is Kind.TEXT and all(part.op in ("=", "!=", "in") for part in compared):
        return [*(Region(value) for value in sorted(values)), Region(_another(values), other=True)]
    return _ordered(subject, sorted(values))


def _another(texts: set[Any]) -> str:
    return "".join(sorted(texts)) + "?"


def _ordered(subject: Node, values: list[Any]) -> list[Region]:
    if not values:
        return [Region(None)]
    regions = [_outside(values[0], -1)]
    for at, value in enumerate(values):
        regions.append(Region(value))
        if at + 1 < len(values) and (between := _between(subject, value, values[at + 1])) is not None:
            regions.append(Region(between))
    return [region for region in (*regions, _outside(values[-1], 1)) if region is not None]


def _outside(value: Any, way: int) -> Region:
    """A value below or above all that are mentioned."""
    if isinstance(value, str):
        return Region(value + "~" if way > 0 else "")
    if isinstance(value, date):
        return Region(value + timedelta(days=way) if date.min < value < date.max else value)
    whole = Decimal(value).to_integral_value(ROUND_FLOOR if way > 0 else ROUND_CEILING)
    return Region(whole + way)


def _between(subject: Node, low: Any, high: Any) -> Scalar:
    """A value between two others, as short as can be; ``None`` where there is none."""
    if isinstance(low, str):
        return next((low + more for more in (" ", "\x01") if low + more < high), None)
    if isinstance(low, date):
        return low + timedelta(days=1) if low + timedelta(days=1) < high else None
    scale = subject.type.scale if subject.type.is_number else 0
    for places in range(scale + 1):
        unit = Decimal(1).scaleb(-places)
        value = EXACT.multiply(EXACT.add(EXACT.divide_int(Decimal(low), unit), Decimal(1)), unit)
        if low < value < high:
            return value
    return None
