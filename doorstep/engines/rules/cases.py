"""Worked cases: a law's own examples, written beside the rules and run whenever the country is checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from doorstep.engines.dataflow.api import Column, Register
from doorstep.engines.feel.api import Kind
from doorstep.engines.rules.asking import RuleSet
from doorstep.engines.rules.branches import Branch
from doorstep.engines.rules.coverage import Formulas, branches_reached, formulas_of
from doorstep.engines.rules.explain import Step, Teller
from doorstep.engines.rules.person import Person, Trace
from doorstep.engines.rules.watching import Observer
from doorstep.kit.errors import DoorstepError, Findings, Place, Problem, Problems
from doorstep.kit.files import Node as YamlNode
from doorstep.kit.files import decode, key, nearest

UNREADABLE = "unreadable"
"""How a case writes a cell in which something stands that could not be read. Where a cell may be empty, that is not
the same as an empty one; elsewhere both are ``unknown``."""


@dataclass(frozen=True)
class CaseShape:
    """One worked case."""

    case: str = key("What the case shows, in a sentence.")
    expect: dict[str, str] = key("What must come out: {eligible: yes, holder.household.ceiling: 9408.96}.")
    rows: dict[str, list[dict[str, str]]] = key(
        "The rows of each register that matter; what is left out comes from `usually`. `unknown` is a missing cell,"
        " `unreadable` one that could not be read, in a column that may be empty.",
        default_factory=dict,
    )
    as_of: date | None = key("The day of the decision, where it differs from the file's.", default=None)
    place: Place = field(default=Place(""), compare=False)


@dataclass(frozen=True)
class CasesShape:
    """One file of worked cases."""

    cases_of: str = key("The set of rules that the cases belong to.")
    entity: str = key("The entity that is decided about.")
    as_of: date = key("The day of the decision.")
    usually: dict[str, dict[str, str]] = key("The cells that most rows have, by register.")
    cases: tuple[CaseShape, ...] = key("The cases.")
    place: Place = field(default=Place(""), compare=False)


@dataclass(frozen=True)
class Difference:
    """One expectation that was not met: the value wanted, the value found, and the steps that led to it."""

    expression: str
    wanted: str
    found: str
    steps: Step


@dataclass(frozen=True)
class CaseResult:
    """What came of one worked case. ``mistakes`` are what kept it from being decided as it was meant."""

    case: str
    cases_of: str
    place: Place
    mistakes: tuple[Problem, ...] = ()
    differences: tuple[Difference, ...] = ()
    reached: frozenset[Branch] = frozenset()
    """The branches of the rules that it reached, where that was asked for and the case passed."""

    @property
    def passed(self) -> bool:
        """True where everything came out as expected."""
        return not self.mistakes and not self.differences

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Its mistakes and its differences, as ``doorstep check`` tells them."""
        told = (
            Problem(self.place, f"{self.case}: {one.expression} comes out otherwise", one.wanted, one.found)
            for one in self.differences
        )
        return (*self.mistakes, *told)


@dataclass(frozen=True)
class CasesRun:
    """What came of one file of worked cases. ``problems`` are those of the file itself."""

    problems: tuple[Problem, ...] = ()
    results: tuple[CaseResult, ...] = ()

    @property
    def all_problems(self) -> tuple[Problem, ...]:
        """The problems of the file and of every case in it."""
        return (*self.problems, *(problem for result in self.results for problem in result.problems))


def check_cases(node: YamlNode, ruleset: RuleSet) -> list[Problem]:
    """Run every case of one file; each that comes out otherwise is a problem with its place."""
    return list(run_cases(node, ruleset=ruleset).all_problems)


def run_cases(
    node: YamlNode, *, ruleset: RuleSet, watch: bool = False, wanted: Callable[[str, str], bool] | None = None
) -> CasesRun:
    """Run the cases of one file, and with ``watch`` note the branches of the rules that each reaches.

    ``wanted`` is asked with the set of rules and the name of each case whether to run it. A mistake in a case is told
    with its result, never raised.
    """
    findings = Findings()
    shape: CasesShape | None = decode(node, CasesShape, findings=findings, what="the worked cases")
    if shape is None or findings.problems:
        return CasesRun(tuple(findings.problems))
    if shape.entity not in ruleset.entities or not ruleset.entities[shape.entity].registers:
        mend = nearest(shape.entity, list(ruleset.entities))
        return CasesRun((Problem(shape.place, f"the cases are of an unknown entity {shape.entity!r}", mend=mend),))
    known = [rules.rules for rules in ruleset.shapes]
    if shape.cases_of not in known:
        mend = nearest(shape.cases_of, known)
        return CasesRun((Problem(shape.place, f"the cases are of unknown rules {shape.cases_of!r}", mend=mend),))
    chosen = [case for case in shape.cases if wanted is None or wanted(shape.cases_of, case.case)]
    formulas = formulas_of(ruleset) if watch else None
    return CasesRun(results=tuple(_run(case, shape, ruleset, formulas) for case in chosen))


def _run(case: CaseShape, shape: CasesShape, ruleset: RuleSet, formulas: Formulas | None) -> CaseResult:
    findings = Findings()
    result = CaseResult(case.case, shape.cases_of, case.place)
    as_of = case.as_of or shape.as_of
    observer = Observer(formulas) if formulas is not None else None
    try:
        situation = {
            name: list(_rows(case, shape, ruleset.registers[name], findings))
            for name in _known(case, shape, ruleset, findings)
        }
        outputs = {text: text for text in case.expect}
        person = Person(ruleset, entity=shape.entity, outputs=outputs, as_of=as_of, watch=observer)
        trace = person.evaluate(situation)
    except Problems as error:
        for problem in error.problems:
            findings.add(case.place, f"{case.case}: {problem.what}", mend=problem.mend)
        return replace(result, mistakes=tuple(findings.problems))
    except DoorstepError as error:
        findings.add(case.place, f"{case.case}: {error}")
        return replace(result, mistakes=tuple(findings.problems))
    differences = tuple(_differences(case, person, trace))
    result = replace(result, mistakes=tuple(findings.problems), differences=differences)
    if observer is None or not result.passed:
        return result
    return replace(result, reached=branches_reached(ruleset, observer, person, trace))


def _differences(case: CaseShape, person: Person, trace: Trace) -> Iterator[Difference]:
    for text, wanted in case.expect.items():
        found = person.output(trace, text)
        if not _same(found, wanted):
            yield Difference(text, wanted, written(found), Teller(person, text).tell(trace))


def _known(case: CaseShape, shape: CasesShape, ruleset: RuleSet, findings: Findings) -> Iterator[str]:
    main = ruleset.entities[shape.entity].registers[0].name
    for name in dict.fromkeys((main, *case.rows)):
        if name in ruleset.registers:
            yield name
        else:
            findings.add(case.place, f"unknown register {name!r}", mend=nearest(name, list(ruleset.registers)))


def _rows(case: CaseShape, shape: CasesShape, register: Register, findings: Findings) -> Iterator[Mapping[str, Any]]:
    usual = shape.usually.get(register.name, {})
    for given in case.rows.get(register.name, [{}]):
        row: dict[str, Any] = dict.fromkeys(register.columns)
        for name, text in (usual | given).items():
            if name not in register.columns:
                mend = nearest(name, list(register.columns))
                findings.add(case.place, f"{register.name!r} has no column {name!r}", mend=mend)
                continue
            if text == UNREADABLE and register.columns[name].optional:
                row[f"{name}?"] = True
                continue
            try:
                row[name] = cell(register.columns[name], text)
            except (ValueError, InvalidOperation):
                findings.add(case.place, f"{name!r} cannot be {text!r}", expected=register.columns[name].type)
        yield row


def cell(column: Column, text: str) -> Any:
    """A cell as its column's type; ``unknown`` stands for a missing one. Raises ``ValueError``."""
    if text == "unknown":
        return None
    kind = column.feel_type
    if kind.kind is Kind.BOOLEAN:
        if text not in ("yes", "no", "true", "false"):
            raise ValueError(text)
        return text in ("yes", "true")
    if kind.kind is Kind.DATE:
        return date.fromisoformat(text)
    if kind.is_number:
        number = Decimal(text)
        if number != number.quantize(Decimal(1).scaleb(-kind.scale)):
            raise ValueError(text)
        return number if kind.scale else int(number)
    if column.codes and text not in column.codes:
        raise ValueError(text)
    return text


def _same(found: Any, wanted: str) -> bool:
    if isinstance(found, int | Decimal) and not isinstance(found, bool):
        try:
            return Decimal(found) == Decimal(wanted)
        except InvalidOperation:
            return False
    return written(found) == {"true": "yes", "false": "no"}.get(wanted, wanted)


def written(value: Any) -> str:
    """A value as worked cases write it: yes, no, unknown, a number, a code or a date."""
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
