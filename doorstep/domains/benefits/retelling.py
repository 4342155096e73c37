"""A stored decision told again from the version of the rules and the facts it was kept with: always the same."""

from __future__ import annotations

from datetime import date

from doorstep.domains.benefits import changes, explaining, grounds
from doorstep.domains.benefits.models import Decision, Run
from doorstep.domains.benefits.shapes import Programme
from doorstep.domains.benefits.telling import Teller
from doorstep.domains.benefits.types import DecisionKind, NearestChange, StepInWords
from doorstep.domains.country.api import Country

REFUSING = (DecisionKind.ENDING, DecisionKind.ENDED)


def day_of(decision: Decision) -> date:
    """The day whose law decided."""
    as_of = Run.objects.filter(pk=decision.run).values_list("as_of", flat=True).first() if decision.run else None
    return as_of or decision.decided_at.date()


def steps(decision: Decision, country: Country, programme: Programme, language: str) -> tuple[StepInWords, ...]:
    """The tree that decided, with the values that were kept; nothing where a person or a closed contract decided."""
    if not _is_by_the_rules(decision):
        return ()
    day = day_of(decision)
    told = explaining.compiled(country, programme, day).retell(decision.facts)
    return Teller(country, decision.facts, language, day).children(told.steps)


def nearest(decision: Decision, country: Country, programme: Programme, language: str) -> tuple[NearestChange, ...]:
    """What alone would turn the decision, the smallest first; nothing where its facts do not tell its outcome."""
    if not _is_by_the_rules(decision):
        return ()
    one = explaining.compiled(country, programme, day_of(decision))
    if one.retell(decision.facts).outcome is not (decision.kind not in REFUSING):
        return ()
    return changes.written(one.nearest_to(decision.facts), country, language)


def _is_by_the_rules(decision: Decision) -> bool:
    return decision.reason not in (grounds.CLOSED, grounds.BY_PERSON)
