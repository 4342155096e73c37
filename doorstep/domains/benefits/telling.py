"""The tree of reasons in words: every value that was used, with its unit, its day and its law, in one language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from doorstep.domains.benefits import algorithms, grounds
from doorstep.domains.benefits.types import StepInWords
from doorstep.domains.benefits.words import say
from doorstep.domains.country.api import Country
from doorstep.engines.rules.api import DatedParameter, Step

# A shared household has at most so many people; more is a register's mistake, and no page shows more.
MAX_STEPS = 60


class Teller:
    """Turns the rules' steps into words of one language."""

    def __init__(self, country: Country, facts: Mapping[str, str | None], language: str, as_of: date) -> None:
        self.country, self.facts, self.language, self.as_of = country, facts, language, as_of
        self.room = MAX_STEPS

    def children(self, step: Step) -> tuple[StepInWords, ...]:
        """The steps below one."""
        return tuple(told for child in step.children if (told := self.of(child)) is not None)

    def of(self, step: Step) -> StepInWords | None:
        """One step with all below it; ``None`` where there are too many already."""
        if self.room <= 0:
            return None
        self.room -= 1
        parameter = self.country.rules.parameters.get(step.name) if step.what == "parameter" else None
        return StepInWords(
            variable=step.name,
            label=self._label(step),
            words=self._words(step),
            value=self._figure(step, parameter) if parameter else self._value(step),
            holds=step.value if isinstance(step.value, bool) else None,
            children=self.children(step),
            law=parameter.shape.reference if parameter else self._law(step),
            since=self._since(parameter) if parameter else None,
        )

    def _label(self, step: Step) -> str:
        if step.what in ("rows", "row"):
            return say(step.what, self.language)
        if step.what == "parameter" and step.name == "today":
            return say("today", self.language)
        text = self.country.rules.text_of(step.entity, step.name)
        return text.in_(self.language) if text else re.sub(r"_", " ", step.name)

    def _words(self, step: Step) -> str:
        variable = self.country.rules.variables.get(step.name) if step.what == "variable" else None
        if variable is None or variable.shape.because is None:
            return ""
        facts = {**self.facts, step.name: None if step.value is None else grounds.stored(step.value)}
        return self.country.rules.say_reason(step.name, step.value, facts, self.language)

    def _law(self, step: Step) -> str:
        variable = self.country.rules.variables.get(step.name) if step.what == "variable" else None
        return variable.shape.reference if variable else ""

    def _since(self, parameter: DatedParameter) -> date:
        return max(day for day, _ in parameter.values if day <= self.as_of)

    def _figure(self, step: Step, parameter: DatedParameter) -> str:
        if isinstance(step.value, bool):
            return self._value(step)
        return algorithms.write_figure(parameter, step.value, self.country, self.language)

    def _value(self, step: Step) -> str:
        if step.what == "row" or step.type is None or step.type.is_scale:
            return ""
        if isinstance(step.value, tuple | list):
            return f"{len(step.value)}"
        return grounds.write_value(step.value, step.type, self.country, self.language)
