"""A country's rules and all that one can ask of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from doorstep.engines.dataflow.api import Register
from doorstep.engines.rules import questions, reasons, words
from doorstep.engines.rules.explain import Step, Teller
from doorstep.engines.rules.person import Person, Situation
from doorstep.engines.rules.plan import Question
from doorstep.engines.rules.reasons import REASON, Fact, FactValue
from doorstep.engines.rules.ruleset import CheckedRules
from doorstep.engines.rules.shapes import RulesShape
from doorstep.kit.errors import Findings
from doorstep.kit.files import Node as YamlNode
from doorstep.kit.files import decode


class RuleSet(CheckedRules):
    """Rules that were read and checked, with their reasons, facts, words and questions."""

    def reason_of(self, goal: str) -> str:
        """The output expression that gives the reason code of ``goal``."""
        return goal + REASON

    def facts_of(
        self, entity: str, goal: str, *, given: Iterable[Question] = (), also: Iterable[str] = ()
    ) -> Mapping[str, str]:
        """Fact name -> expression of ``entity``: all that the reasons of ``goal`` may mention, and ``also`` these.

        With ``given`` answers the facts behind them are left out: they stay with their provider.
        """
        facts = reasons.facts_of(self, entity=entity, goal=goal, also=also)
        behind = {question.name for question in given}
        providers = {question.provider for question in given}
        return {
            fact.name: fact.expression
            for fact in facts.values()
            if fact.name in behind or not self._providers(entity, fact) & providers
        }

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

    def questions(self, entity: str, goal: str) -> tuple[Question, ...]:
        """The yes/no parts of ``goal`` that a single other provider can answer."""
        return questions.questions(self, entity=entity, goal=goal)

    def say_formula(self, variable: str, language: str) -> str:
        """A variable's formula in plain words."""
        return words.say(self, self.variables[variable], language)

    def tell_formula(self, variable: str, language: str) -> words.Telling:
        """A variable's formula in plain words, part by part: a sentence, a list of conditions or a table."""
        return words.tell(self, self.variables[variable], language)


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
        self.goal = goal
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


def compile_one(ruleset: RuleSet, *, entity: str, goal: str, as_of: date, given: Iterable[Question] = ()) -> One:
    """Compile ``goal`` for single rows of ``entity`` as the law stands on ``as_of``."""
    return One(ruleset, entity=entity, goal=goal, as_of=as_of, given=given)
