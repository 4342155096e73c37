"""The day from which an outcome turns by itself: a figure of the law changes, a limit passes, somebody has a birthday.

The rows stay as they are and only the day moves. Each day that could matter is decided with the law of that day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from doorstep.engines.feel.api import Call, Node, Over, Parameter, Ref, walk
from doorstep.engines.rules.ruleset import CheckedRules

YEARS = 5
# A household's dates; more rows than these belong to no one person.
MAX_DAYS = 120
CALENDAR = ("age", "years and months duration", "add months", "less months")

Situation = Mapping[str, Sequence[Mapping[str, Any]]]
Ask = Callable[[date], "bool | None"]


def turning_day(
    ruleset: CheckedRules, *, entity: str, goal: str, as_of: date, situation: Situation, ask: Ask
) -> date | None:
    """The first day within five years on which ``ask`` gives the opposite of what it gives on ``as_of``.

    ``None`` where there is no such day, or where the outcome is unknown.
    """
    outcome = ask(as_of)
    if outcome is None:
        return None
    parts = list(_reachable(ruleset, entity, goal))
    last = as_of
    for day in sorted(_days(ruleset, parts, as_of, situation))[:MAX_DAYS]:
        if ask(day) is (not outcome):
            return _first_turned(last, day, lambda other: ask(other) is (not outcome))
        last = day
    return None


def _first_turned(before: date, after: date, turned: Callable[[date], bool]) -> date:
    """Halve the time between a day that is not turned and one that is, down to neighbours."""
    while (after - before).days > 1:
        middle = before + (after - before) / 2
        before, after = (before, middle) if turned(middle) else (middle, after)
    return after


def _reachable(ruleset: CheckedRules, entity: str, goal: str) -> Iterator[Node]:
    """Every part of every formula that the goal rests on, aggregates included."""
    seen: set[str] = set()
    waiting = [ruleset.expression(entity, goal)]
    while waiting:
        for part in walk(waiting.pop()):
            yield part
            if isinstance(part, Over):
                waiting += [inner for inner in (part.where, part.value) if inner is not None]
            variable = ruleset.variables.get(part.name) if isinstance(part, Ref) else None
            if variable is not None and variable.entity == getattr(part, "entity", "") and variable.name not in seen:
                seen.add(variable.name)
                waiting.append(variable.node)


def _days(ruleset: CheckedRules, parts: Sequence[Node], as_of: date, situation: Situation) -> set[date]:
    """The days after ``as_of`` on which something that is looked at changes, each with the day after it."""
    until = as_of + timedelta(days=YEARS * 366)
    used = {part.name for part in parts if isinstance(part, Parameter)}
    found = {day for name in used - {"today"} for day, _ in ruleset.parameters[name].values}
    if "today" in used:
        dates = {value for rows in situation.values() for row in rows for value in row.values() if type(value) is date}
        found |= dates
        if any(isinstance(part, Call) and part.op in CALENDAR for part in parts):
            years = range(as_of.year, as_of.year + YEARS + 1)
            found |= {_anniversary(day, year) for day in dates for year in years}
    near = (day for day in found if as_of <= day <= until)  # a register's 9999-12-31 has no day after it
    return {after for day in near for after in (day, day + timedelta(days=1)) if after > as_of}


def _anniversary(day: date, year: int) -> date:
    """The same day of another year; 1 March for a 29 February that the year does not have."""
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 3, 1)
