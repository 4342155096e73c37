"""A country's rules and all that one can ask of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from types import MappingProxyType

from doorstep.engines.dataflow.api import Register
from doorstep.engines.feel.api import Parameter, Type
from doorstep.engines.rules import questions, reasons, words
from doorstep.engines.rules.explain import Step, Teller, without_rows
from doorstep.engines.rules.nearest import Change, Finder, check_changes, when_of
from doorstep.engines.rules.person import Person, Situation
from doorstep.engines.rules.plan import Question
from doorstep.engines.rules.reasons import REASON, Fact, FactValue, fact_value
from doorstep.engines.rules.ruleset import CheckedRules
from doorstep.engines.rules.shapes import ParameterShape, RulesShape
from doorstep.engines.rules.turning import Turning
from doorstep.kit.errors import DoorstepError, Findings
from doorstep.kit.files import Node as YamlNode
from doorstep.kit.files import decode, nearest


class RuleSet(CheckedRules):
    """Rules that were read and checked, with their reasons, facts, words and questions."""

    def with_values(self, values: Mapping[str, str | tuple[str, ...]], *, day: date) -> RuleSet:
        """The same rules with other figures from ``day`` on: parameter -> value as the files write it.

        Raises ``DoorstepError`` for a parameter that is not there, and ``Problems`` for a value that does not fit it.
        """
        for name in values:
            if name not in self.parameters:
                mend = nearest(name, list(self.parameters))
                raise DoorstepError(f"The rules have no parameter {name!r}.", mend=mend)
        shapes = [
            replace(
                shape,
                parameters={
                    name: _with_value(parameter, values[name], day) if name in values else parameter
                    for name, parameter in shape.parameters.items()
                },
            )
            for shape in self.shapes
        ]
        digest = hashlib.sha256(repr((self.hash, sorted(values.items()), day)).encode()).hexdigest()
        return RuleSet(shapes, registers=self.registers, currency=self.currency, hash=digest)

    def reason_of(self, goal: str) -> str:
        """The output expression that gives the reason code of ``goal``."""
        return goal + REASON

    def facts_of(
        self, entity: str, goal: str, *, given: Iterable[Question] = (), also: Iterable[str] = ()
    ) -> Mapping[str, str]:
        """Fact name -> expression of ``entity``: all that the reasons of ``goal`` may mention, and ``also`` these.

        With ``given`` answers the facts behind them are left out: they stay with their provider.
        """
        given, also = frozenset(given), tuple(also)
        known = self._known_facts.get((entity, goal, given, also))
        if known is not None:
            return known
        facts = reasons.facts_of(self, entity=entity, goal=goal, also=also)
        behind = {question.name for question in given}
        providers = {question.provider for question in given}
        found = {
            fact.name: fact.expression
            for fact in facts.values()
            if fact.name in behind or not self._providers(entity, fact) & providers
        }
        return self._known_facts.setdefault((entity, goal, given, also), MappingProxyType(found))

    def _providers(self, entity: str, fact: Fact) -> set[str]:
        used = questions.registers_of(self, entity, self.expression(entity, fact.expression))
        return {self.registers[name].provider for name in used}

    def columns_of(self, entity: str, expression: str) -> tuple[tuple[str, str], ...]:
        """(register, column) of every cell that an expression of ``entity`` needs, in the order of the formula."""
        return tuple(questions.columns_of(self, entity, self.expression(entity, expression)))

    def say_reason(self, code: str, outcome: bool | None, facts: Mapping[str, FactValue], language: str) -> str:
        """The words for one reason code, filled with the facts."""
        return reasons.say_reason(self, code, outcome, facts, language)

    def say_value(self, name: str, value: FactValue, language: str) -> str:
        """A fact's value as people write it. ``name`` is a variable's or a parameter's."""
        kind = self.variables[name].node.type if name in self.variables else self.parameters[name].type
        return reasons.say_value(self, kind, value, language)

    @cached_property
    def _known_facts(self) -> dict[tuple[str, str, frozenset[Question], tuple[str, ...]], Mapping[str, str]]:
        return {}

    @cached_property
    def mentioned(self) -> frozenset[str]:
        """The facts that some reason speaks of; others are kept because reasons are made of them."""
        return reasons.mentioned(self)

    def questions(self, entity: str, goal: str) -> tuple[Question, ...]:
        """The yes/no parts of ``goal`` that a single other provider can answer."""
        return questions.questions(self, entity=entity, goal=goal)

    def say_formula(self, variable: str, language: str) -> str:
        """A variable's formula in plain words."""
        return words.say(self, self.variables[variable], language)

    def tell_formula(self, variable: str, language: str) -> words.Telling:
        """A variable's formula in plain words, part by part: a sentence, a list of conditions or a table."""
        return words.tell(self, self.variables[variable], language)


def _with_value(shape: ParameterShape, value: str | tuple[str, ...], day: date) -> ParameterShape:
    return replace(shape, values={**shape.values, day.isoformat(): value})


def read_rules(
    nodes: Sequence[YamlNode], *, registers: Mapping[str, Register], languages: tuple[str, ...], currency: str
) -> RuleSet:
    """Read a country's rules files. Raises ``Problems`` with all mistakes: keys, names, types, cycles, translations."""
    findings = Findings()
    shapes = [decode(node, RulesShape, findings=findings, what="the rules file") for node in nodes]
    findings.raise_if_any()
    digest = hashlib.sha256(repr((shapes, sorted(registers.items()), currency)).encode()).hexdigest()
    ruleset = RuleSet(shapes, registers=registers, currency=currency, hash=digest)
    for what, text in ruleset.texts:
        for language in text.missing(languages):
            findings.add(text.place, f"{what} has no words in {language!r}", mend="Translate it.")
    reasons.check_placeholders(ruleset, findings)
    check_changes(ruleset, findings)
    findings.raise_if_any()
    return ruleset


@dataclass(frozen=True)
class Decision:
    """What the rules say about one row. ``outcome`` is ``None`` when it cannot be told; ``steps`` say how it came."""

    outcome: bool | None
    reason: str
    facts: Mapping[str, FactValue]
    steps: Step


class One:
    """A goal compiled for one row at a time. Keep it: compiling costs a thousand times one decision."""

    def __init__(
        self, ruleset: RuleSet, *, entity: str, goal: str, as_of: date, given: Iterable[Question] = ()
    ) -> None:
        given = tuple(given)
        self.facts = ruleset.facts_of(entity, goal, given=given)
        outputs = {goal: goal, goal + REASON: goal + REASON, **self.facts}
        self.ruleset, self.entity, self.goal, self.as_of = ruleset, entity, goal, as_of
        self.person = Person(ruleset, entity=entity, outputs=outputs, as_of=as_of, given=given)
        self.teller = Teller(self.person, goal)

    def decide(self, situation: Situation, *, key: str | None = None) -> Decision:
        """Decide one row, with every step.

        ``situation`` maps each register's name to its rows. ``key`` names the row; it may be left out where the
        entity has only one. Raises ``DoorstepError`` when there is no such row.
        """
        person = self.person
        trace = person.evaluate(situation, key=key)
        return Decision(
            outcome=person.output(trace, self.goal),
            reason=person.output(trace, self.goal + REASON),
            facts={name: person.output(trace, name) for name in self.facts},
            steps=self.teller.tell(trace),
        )

    def nearest(self, situation: Situation, *, key: str | None = None) -> tuple[Change, ...]:
        """The nearest changes of single values that would turn the outcome, the smallest first."""
        return self._finder.find(situation, key=key)

    def nearest_to(self, facts: Mapping[str, FactValue]) -> tuple[Change, ...]:
        """As ``nearest``, for a decision of which only the facts were kept. None where they do not tell the outcome."""
        return self._finder.find(self._nobody, known=self._known(facts))

    def retell(self, facts: Mapping[str, FactValue]) -> Decision:
        """The decision once more from its facts, as typed values or as stored text: the same tree with these values.

        Steps that lead to values which were not kept are left out.
        """
        person = self._finder.person
        trace = person.evaluate(self._nobody, change=self._known(facts))
        kept = {name: fact_value(value, self._types[name]) for name, value in facts.items() if name in self._types}
        told = without_rows(Teller(person, self.goal).tell(trace), frozenset(kept))
        return Decision(person.output(trace, self.goal), "", kept, told)

    @cached_property
    def turning(self) -> Turning:
        """Finds the day on which an outcome turns by itself."""
        return Turning(self.ruleset, entity=self.entity, goal=self.goal, as_of=self.as_of)

    @cached_property
    def _finder(self) -> Finder:
        outputs = {self.goal: self.goal}
        for name, expression in self.facts.items():
            variable = self.ruleset.variables.get(name)
            if variable is not None and variable.shape.change is not None and variable.shape.change.when:
                when = when_of(expression, variable.shape.change.when)
                outputs[when] = when
        person = Person(self.ruleset, entity=self.entity, outputs=outputs, as_of=self.as_of, open_to_change=True)
        return Finder(person, self.goal)

    @cached_property
    def _nobody(self) -> Situation:
        """One row of which nothing is known."""
        relation = self._finder.person.frame.relation
        return {relation: [dict.fromkeys(self.ruleset.registers[relation].columns)]}

    @cached_property
    def _types(self) -> Mapping[str, Type]:
        found = {name: self.ruleset.expression(self.entity, text) for name, text in self.facts.items()}
        return {name: node.type for name, node in found.items() if not isinstance(node, Parameter)}

    def _known(self, facts: Mapping[str, FactValue]) -> dict[str, FactValue]:
        """Facts by the cell that they stand for."""
        cells = self._finder.person.variables
        return {
            self.facts[name]: fact_value(facts[name], kind)
            for name, kind in self._types.items()
            if name in facts and self.facts[name] in cells
        }


def turning_day(one: One, situation: Situation, *, key: str | None = None) -> date | None:
    """The first day within five years on which the same rows give the opposite outcome; ``None`` without one."""

    return one.turning.day(situation, key=key)


def compile_one(ruleset: RuleSet, *, entity: str, goal: str, as_of: date, given: Iterable[Question] = ()) -> One:
    """Compile ``goal`` for single rows of ``entity`` as the law stands on ``as_of``."""
    return One(ruleset, entity=entity, goal=goal, as_of=as_of, given=given)
