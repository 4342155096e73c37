"""How much of the rules worked cases reach: each part that comes out true, false or unknown, each row, each figure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from doorstep.engines.rules.branches import Branch, Formula, Table, branches_of, reached
from doorstep.engines.rules.parameters import DatedParameter
from doorstep.engines.rules.person import Person, Trace
from doorstep.engines.rules.ruleset import CheckedRules
from doorstep.engines.rules.watching import Observer, Possible

Formulas = Mapping[str, Formula | Table]


@dataclass(frozen=True)
class Coverage:
    """Every branch of some rules, in the order of the files, with the cases that reached it (none: a hole)."""

    branches: Mapping[Branch, tuple[str, ...]]

    @property
    def missed(self) -> list[Branch]:
        """The branches that no case reached."""
        return [branch for branch, cases in self.branches.items() if not cases]

    @property
    def percent(self) -> float:
        """The share that was reached, 0 to 100, rounded down to a tenth: only what is whole is 100."""
        if not self.branches:
            return 100.0
        return (len(self.branches) - len(self.missed)) * 1000 // len(self.branches) / 10

    @property
    def files(self) -> dict[str, Coverage]:
        """The same for each file."""
        return self._by(lambda branch: branch.place.file)

    @property
    def owners(self) -> dict[str, Coverage]:
        """The same for each variable and parameter."""
        return self._by(lambda branch: branch.owner)

    def _by(self, name: Callable[[Branch], str]) -> dict[str, Coverage]:
        groups: dict[str, dict[Branch, tuple[str, ...]]] = {}
        for branch, cases in self.branches.items():
            groups.setdefault(name(branch), {})[branch] = cases
        return {key: Coverage(branches) for key, branches in groups.items()}


def coverage_of(
    ruleset: CheckedRules, *, reached_by: Iterable[tuple[str, frozenset[Branch]]], rules: Iterable[str] | None = None
) -> Coverage:
    """What cases reached of the rules, or of the sets of ``rules`` that are named.

    ``reached_by`` holds each case's name with its branches.
    """
    names = set(rules) if rules is not None else {shape.rules for shape in ruleset.shapes}
    files = {shape.place.file for shape in ruleset.shapes if shape.rules in names}
    found: dict[Branch, list[str]] = {branch: [] for branch in all_branches(ruleset) if branch.place.file in files}
    for case, branches in reached_by:
        for branch in branches:
            if branch in found:
                found[branch].append(case)
    return Coverage({branch: tuple(cases) for branch, cases in found.items()})


def all_branches(ruleset: CheckedRules) -> list[Branch]:
    """Everything that can happen in the rules, in the order in which it is written."""
    found: dict[Branch, None] = {}
    for parameter in ruleset.parameters.values():
        found |= dict.fromkeys(_values(parameter))
    for formula in formulas_of(ruleset).values():
        found |= dict.fromkeys(branch for branch in reached(formula, Possible(ruleset)) if isinstance(branch, Branch))
    order = {branch: number for number, branch in enumerate(found)}
    return sorted(found, key=lambda branch: (branch.place, order[branch]))


def formulas_of(ruleset: CheckedRules) -> Formulas:
    """Every variable's formula or table, ready to be walked."""
    return {name: branches_of(ruleset, variable) for name, variable in ruleset.variables.items()}


def branches_reached(ruleset: CheckedRules, observer: Observer, person: Person, trace: Trace) -> frozenset[Branch]:
    """The branches that one evaluation reached, and the figures of the law that it used."""
    found = set()
    for one in observer.found(person.frame, trace.cells):
        if isinstance(one, Branch):
            found.add(one)
        elif one.name in ruleset.parameters:
            found.add(_in_force(ruleset.parameters[one.name], person.as_of))
    return frozenset(found)


def _values(parameter: DatedParameter) -> Iterator[Branch]:
    for day, value in parameter.values:
        words = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
        yield Branch(parameter.name, parameter.shape.place, f"{day}: {words}", "used")


def _in_force(parameter: DatedParameter, day: date) -> Branch:
    return [branch for (start, _), branch in zip(parameter.values, _values(parameter), strict=True) if start <= day][-1]
