"""The nearest change: the smallest other value of one variable that would turn an outcome, found on the same tree.

Nothing is estimated. A value in the place of a variable's own is decided again with the same compiled tree, and
everything that follows from it follows. For a number the search goes outwards from its value, over the values that
the tree compares with and over ever longer steps, and ends at the exact edge on the number's own grid (cents for
money): that value turns the outcome, and the one before it does not.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from types import MappingProxyType
from typing import Any

from doorstep.engines.feel.api import Kind, Literal, Ref, Scale, Type, walk
from doorstep.engines.rules.person import Person, Situation, Trace
from doorstep.engines.rules.reasons import FactValue
from doorstep.engines.rules.ruleset import CheckedRules
from doorstep.engines.rules.shapes import ChangeShape
from doorstep.kit.errors import Findings
from doorstep.kit.languages import Text

PLACEHOLDERS = frozenset({"difference", "value"})
FORMS = {Kind.BOOLEAN: ("yes", "no"), Kind.TEXT: ("to",), Kind.DATE: ("to",)}
NUMBERS = ("less", "more")
MAX_SCALE, MAX_WHOLE = 6, 12
MAX_DAYS = 150 * 366
# More values than these are no longer what one person's decision compares with.
MAX_PROBES = 400


@dataclass(frozen=True)
class Change:
    """Another value of one variable with which the outcome is the opposite one.

    ``difference`` is never negative, and ``None`` for what is no number. ``text`` holds the country's words.
    """

    variable: str
    type: Type
    before: FactValue
    after: FactValue
    outcome: bool
    text: Text

    @property
    def difference(self) -> Decimal | None:
        """How far the value is from turning the outcome."""
        if not self.type.is_number:
            return None
        return abs(Decimal(str(self.after)) - Decimal(str(self.before)))

    @property
    def weight(self) -> Decimal:
        """How large the change is: a number's as a share of itself, a day's of a year, any other a whole one."""
        if self.difference is not None:
            before = abs(Decimal(str(self.before)))
            return self.difference / before if before else Decimal(1)
        if isinstance(self.after, date) and isinstance(self.before, date):
            return min(Decimal(abs((self.after - self.before).days)) / 365, Decimal(1))
        return Decimal(1)


class Finder:
    """Finds nearest changes for one goal. Keep it: it holds a compiled tree that is open to change."""

    def __init__(self, person: Person, goal: str) -> None:
        self.person, self.goal = person, goal
        computed = person.frame.computed
        variables = person.ruleset.variables
        order = {name: at for shape in person.ruleset.shapes for at, name in enumerate(shape.variables)}
        cells = sorted((order[cell.rsplit(".", 1)[-1]], cell) for cell in person.variables)
        self.changeable = {cell: variables[cell.rsplit(".", 1)[-1]] for _, cell in cells}
        self.changeable = {cell: found for cell, found in self.changeable.items() if found.shape.change}
        self.whens = {
            cell: when_of(cell, variable.shape.change.when)
            for cell, variable in self.changeable.items()
            if variable.shape.change and variable.shape.change.when
        }
        self.followers = {cell: _followers(person, cell) for cell in self.changeable}
        nodes = [part for cell in computed.values() if cell.node for part in walk(cell.node)]
        self.constants = [part.value for part in nodes if isinstance(part, Literal)]

    def find(
        self, situation: Situation, *, key: str | None = None, known: Mapping[str, Any] = MappingProxyType({})
    ) -> tuple[Change, ...]:
        """The nearest change of each variable that may be spoken of, the smallest first; none for an open outcome.

        ``known`` holds values that are taken as they are, by cell: a stored decision's facts in the place of rows.
        """
        trace = self.person.evaluate(situation, key=key, change=known)
        outcome = self.person.output(trace, self.goal)
        if outcome is None:
            return ()
        found = []
        for cell, variable in self.changeable.items():
            kept = {name: value for name, value in known.items() if name not in self.followers[cell]}
            search = _Search(self, cell, trace, outcome, partial(self._ask, situation, key, kept, cell))
            assert variable.shape.change is not None
            found += search.changes(variable.name, variable.node.type, variable.shape.change)
        return tuple(sorted(found, key=lambda change: change.weight))

    def _ask(
        self, situation: Situation, key: str | None, kept: Mapping[str, Any], cell: str, value: Any
    ) -> bool | None:
        """The outcome with another value of one cell; ``None`` also where its words would not be true."""
        trace = self.person.evaluate(situation, key=key, change={**kept, cell: value})
        if cell in self.whens and self.person.output(trace, self.whens[cell]) is not True:
            return None
        outcome: bool | None = self.person.output(trace, self.goal)
        return outcome


def when_of(expression: str, when: str) -> str:
    """The condition beside a variable: both stand with the same row."""
    return ".".join((*expression.split(".")[:-1], when))


def _followers(person: Person, cell: str) -> frozenset[str]:
    """The cells whose value follows from that of ``cell``."""
    found = {cell}
    for layer in person.frame.layers:
        for other in layer:
            if other.node is not None and any(
                isinstance(part, Ref) and part.name in found for part in walk(other.node)
            ):
                found.add(other.name)
    return frozenset(found - {cell})


Ask = Callable[[Any], "bool | None"]


class _Search:
    """Looks for the nearest other values of one cell."""

    def __init__(self, finder: Finder, cell: str, trace: Trace, outcome: bool, ask: Ask) -> None:
        self.finder, self.cell, self.trace, self.outcome, self.ask = finder, cell, trace, outcome, ask
        self.before = trace.cells[cell]

    def changes(self, name: str, kind: Type, shape: ChangeShape) -> list[Change]:
        """The nearest change in each direction that has words."""
        if self.before is None or not self.stays(self.before):
            return []
        found: dict[str, Change] = {}
        for form, value in self.values(kind, set(shape.texts)):
            found.setdefault(form, Change(name, kind, self.before, value, not self.outcome, shape.texts[form]))
        return sorted(found.values(), key=lambda change: change.weight)[:1]

    def values(self, kind: Type, forms: set[str]) -> Iterator[tuple[str, Any]]:
        """Values that turn the outcome, each with the form of words that tells it."""
        if kind.is_number:
            yield from self.numbers(kind, forms)
        elif kind.kind is Kind.BOOLEAN:
            form = "no" if self.before else "yes"
            if form in forms and self.turns(not self.before):
                yield form, not self.before
        elif kind.kind is Kind.TEXT and "to" in forms:
            codes = dict.fromkeys(value for value in _flat(self.finder.constants) if isinstance(value, str))
            yield from (("to", code) for code in codes if code != self.before and self.turns(code))
        elif kind.kind is Kind.DATE and "to" in forms:
            yield from self.days()

    def numbers(self, kind: Type, forms: set[str]) -> Iterator[tuple[str, Decimal]]:
        scale = 2 if kind.kind is Kind.MONEY else min(kind.scale, MAX_SCALE)
        start = _steps(self.before, scale)
        most = 10 ** (min(kind.whole, MAX_WHOLE) + scale) - 1
        probes = [_steps(value, scale) for value in self.seen() if isinstance(value, int | Decimal)]

        def turned(at: int) -> bool:
            return self.turns(Decimal(at).scaleb(-scale))

        if not self.stays(Decimal(start).scaleb(-scale)):
            return
        for form, bound in (("less", 0 if self.before >= 0 else -most), ("more", most)):
            edge = _edge(start, bound, probes, turned) if form in forms else None
            if edge is not None:
                yield form, Decimal(edge).scaleb(-scale)

    def days(self) -> Iterator[tuple[str, date]]:
        start = self.before.toordinal()
        probes = [value.toordinal() for value in self.seen() if isinstance(value, date)]

        def turned(at: int) -> bool:
            return self.turns(date.fromordinal(at))

        bounds = (max(1, start - MAX_DAYS), min(date.max.toordinal(), start + MAX_DAYS))
        edges = [_edge(start, bound, probes, turned) for bound in bounds]
        for edge in sorted((edge for edge in edges if edge is not None), key=lambda edge: abs(edge - start)):
            yield "to", date.fromordinal(edge)

    def seen(self) -> Iterable[Any]:
        """Every value that the decision rests on: the row's, its related rows', and the law's figures."""
        yield from _flat(self.finder.constants)
        yield from _flat(self.trace.cells.values())

    def turns(self, value: Any) -> bool:
        """Whether the outcome is the opposite one with this value; an unknown one is not."""
        return self.ask(value) is (not self.outcome)

    def stays(self, value: Any) -> bool:
        """Whether the outcome is the same with this value."""
        return self.ask(value) is self.outcome


def _flat(values: Iterable[Any]) -> Iterator[Any]:
    for value in values:
        if isinstance(value, Mapping):
            yield from _flat(value.values())
        elif isinstance(value, list | tuple):
            yield from _flat(value)
        elif isinstance(value, Scale):
            yield from (bracket.start for bracket in value.brackets)
        elif value is not None and not isinstance(value, bool):
            yield value


def _steps(value: Any, scale: int) -> int:
    return int(Decimal(value).scaleb(scale).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _edge(start: int, bound: int, probes: Iterable[int], turned: Callable[[int], bool]) -> int | None:
    """The first number between ``start`` and ``bound``, seen from ``start``, at which the outcome is turned.

    It is exact for an outcome that turns once on the way, and for one that turns at values it is compared with. Of
    another that turns and turns back within a step, a later edge may be found; it is an edge all the same.
    """
    sign = 1 if bound >= start else -1
    reach = abs(bound - start)
    steps = {sign * (probe - start) + more for probe in list(probes)[:MAX_PROBES] for more in (-1, 0, 1)}
    steps |= {2**power for power in range(reach.bit_length())} | {reach}
    near = 0
    for far in sorted(step for step in steps if 0 < step <= reach):
        if turned(start + sign * far):
            return start + sign * _first_turned(near, far, lambda step: turned(start + sign * step))
        near = far
    return None


def _first_turned(near: int, far: int, turned: Callable[[int], bool]) -> int:
    """Halve the way between a number that is not turned and one that is, down to neighbours."""
    while far - near > 1:
        middle = (near + far) // 2
        near, far = (near, middle) if turned(middle) else (middle, far)
    return far


def check_changes(ruleset: CheckedRules, findings: Findings) -> None:
    """Note a ``change`` without words, with words that do not fit the variable's kind, or with a strange brace."""
    for variable in ruleset.variables.values():
        shape = variable.shape.change
        if shape is None:
            continue
        fitting = NUMBERS if variable.node.type.is_number else FORMS.get(variable.node.type.kind, ())
        for form, text in shape.texts.items():
            if form not in fitting:
                what = f"{variable.name!r} cannot change to {form!r}"
                findings.add(text.place, what, expected=" or ".join(fitting) or "no 'change' at all")
            _check_words(variable.name, text, findings)
        found = ruleset.variables.get(shape.when)
        if shape.when and (
            found is None or found.entity != variable.entity or found.node.type.kind is not Kind.BOOLEAN
        ):
            what = f"the change of {variable.name!r} holds when {shape.when!r}"
            findings.add(shape.place, what, expected=f"a true-or-false variable of {variable.entity!r}")
        if not shape.texts:
            expected = " or ".join(fitting) or "no 'change' at all"
            findings.add(shape.place, f"the change of {variable.name!r} has no words", expected=expected)


def _check_words(name: str, text: Text, findings: Findings) -> None:
    for words in text.words.values():
        try:
            used = {part for _, part, _, _ in string.Formatter().parse(words) if part is not None}
        except ValueError as error:
            findings.add(text.place, f"a brace in the change of {name!r} is not closed", found=str(error))
            continue
        for part in sorted(used - PLACEHOLDERS):
            findings.add(text.place, f"the change of {name!r} mentions {part!r}", expected="{difference} or {value}")
