"""A stored decision told again from the version of the rules and the facts it was kept with: always the same."""

from __future__ import annotations

from datetime import date

from doorstep.domains.benefits import algorithms, changes, explaining, grounds
from doorstep.domains.benefits.models import Decision, Run
from doorstep.domains.benefits.shapes import Programme
from doorstep.domains.benefits.telling import Teller
from doorstep.domains.benefits.types import DecisionKind, Difference, NearestChange, StepInWords
from doorstep.domains.benefits.words import say
from doorstep.domains.country.api import Country
from doorstep.kit.languages import write_date

PARAMETER, FACT, DAY = "parameter", "fact", "day"

ADVERSE = (DecisionKind.ENDING, DecisionKind.ENDED, DecisionKind.REFUSAL)
"""Decisions for which the rules, or an official, said no."""


def day_of(decision: Decision) -> date:
    """The day whose law decided. A correction of the past keeps its own: its run decided several months."""
    for kept in decision.differences or ():
        if kept["kind"] == DAY:
            return date.fromisoformat(kept["after"])
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
    if one.retell(decision.facts).outcome is not (decision.kind not in ADVERSE):
        return ()
    return changes.written(one.nearest_to(decision.facts), country, language)


def differences(decision: Decision, country: Country, programme: Programme, language: str) -> tuple[Difference, ...]:
    """For a correction: what is otherwise than it was when the month was first decided, then and now."""
    told = []
    facts = grounds.facts_of(programme, country)
    figures = algorithms.parameters_of(programme, country)
    for kept in decision.differences or ():
        name, values = kept["name"], (kept["before"], kept["after"])
        if kept["kind"] == PARAMETER and name in figures:
            label = figures[name].shape.label.in_(language)
            before, after = (algorithms.write_plain(figures[name], value, country, language) for value in values)
        elif kept["kind"] == FACT and name in facts:
            kind = country.rules.expression(programme.entity.text, facts[name]).type
            label = grounds.label_of(programme, country, name, facts[name], language)
            before, after = (
                grounds.write_value(grounds.typed(value, kind), kind, country, language) for value in values
            )
        else:
            continue
        told.append(Difference(name, label, before, after, is_law=kept["kind"] == PARAMETER))
    return tuple(told)


def changed_in_words(decision: Decision, country: Country, programme: Programme, language: str) -> str:
    """The differences of a correction in sentences; where none was kept, that something was learned since."""
    told = differences(decision, country, programme, language)
    if not told:
        return say("learned_since", language)
    return " ".join(
        say("was_then", language).format(label=one.label, before=one.before, after=one.after) for one in told
    )


def period_in_words(decision: Decision, language: str) -> str:
    """``from 1 April 2026 on``, or with a last day."""
    dates = {"from_date": write_date(decision.from_date, language)}
    if decision.to_date is None:
        return say("period_on", language).format(**dates)
    return say("period", language).format(**dates, to_date=write_date(decision.to_date, language))


def _is_by_the_rules(decision: Decision) -> bool:
    return decision.reason not in (grounds.CLOSED, grounds.BY_PERSON, grounds.UNTIED)
