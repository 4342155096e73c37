"""What would have turned an answer, in words: for rows at hand, and for a decision of which the facts were kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from doorstep.domains.benefits import grounds
from doorstep.domains.benefits.types import NearestChange
from doorstep.domains.benefits.words import say
from doorstep.domains.country.api import Country
from doorstep.engines.rules.api import Change
from doorstep.kit.languages import write_date

TODAY = "today"


def written(
    found: Iterable[Change], country: Country, language: str, *, turns: tuple[date, bool] | None = None
) -> tuple[NearestChange, ...]:
    """Changes in one language, in their order, and after them the day on which the outcome ``turns`` by itself."""
    told = tuple(_written(change, country, language) for change in found)
    return told if turns is None else (*told, _day(turns[0], language, outcome=turns[1]))


def _written(change: Change, country: Country, language: str) -> NearestChange:
    before = grounds.write_value(change.before, change.type, country, language)
    after = grounds.write_value(change.after, change.type, country, language)
    difference = ""
    if change.difference is not None:
        difference = grounds.write_value(Decimal(change.difference), change.type, country, language)
    half = change.text.in_(language).format(difference=difference, value=after)
    label = country.rules.variables[change.variable].shape.label.in_(language)
    words = say("would_get" if change.outcome else "would_not_get", language).format(change=half)
    return NearestChange(change.variable, label, before, after, difference, change.outcome, words)


def _day(day: date, language: str, *, outcome: bool) -> NearestChange:
    written_day = write_date(day, language)
    words = say("gets_from" if outcome else "does_not_get_from", language).format(date=written_day)
    return NearestChange(TODAY, say(TODAY, language), "", written_day, "", outcome, words)
