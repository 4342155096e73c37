"""The day from which an outcome turns by itself: a figure of the law changes, a limit passes, somebody has a birthday.

The rows stay as they are and only the day moves. Each day that could matter is decided with the law of that day.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from doorstep.engines.feel.api import Call, Node, Over, Parameter, Ref, walk
from doorstep.engines.rules.person import Person, Situation
from doorstep.engines.rules.ruleset import CheckedRules

YEARS = 5
# The days that are looked at: of twenty people every birthday, and the first of every month.
MAX_DAYS = 600
CALENDAR = ("age", "years and months duration", "add months", "less months")


class Turning:
    """Finds the day for one goal. The law is compiled once for each time in which its figures stay the same."""

    def __init__(self, ruleset: CheckedRules, *, entity: str, goal: str, as_of: date) -> None:
        self.ruleset, self.entity, self.goal, self.as_of = ruleset, entity, goal, as_of
        parts = list(_reachable(ruleset, entity, goal))
        used = {part.name for part in parts if isinstance(part, Parameter)}
        self.looks_at_today = "today" in used
        self.counts_years = any(isinstance(part, Call) and part.op in CALENDAR for part in parts)
        self.changes = sorted({day for name in used - {"today"} for day, _ in ruleset.parameters[name].values})
        self._laws: dict[date, Person] = {}

    def day(self, situation: Situation, *, key: str | None = None) -> date | None:
        """The first day within five years on which the same rows give the opposite of what they give on ``as_of``.

        ``None`` where there is no such day, or where the outcome is unknown.
        """

        def ask(day: date) -> bool | None:
            law = self._law(day)
            found: bool | None = law.output(law.evaluate(situation, key=key, today=day), self.goal)
            return found

        outcome = ask(self.as_of)
        if outcome is None:
            return None
        last = self.as_of
        for day in sorted(self._days(situation))[:MAX_DAYS]:
            if ask(day) is (not outcome):
                return _first_turned(last, day, lambda other: ask(other) is (not outcome))
            last = day
        return None

    def _law(self, day: date) -> Person:
        """The rules with the figures that hold on ``day``, open to any day on which they hold."""
        number = bisect_right(self.changes, day)
        since = self.changes[number - 1] if number else self.as_of
        if since not in self._laws:
            outputs = {self.goal: self.goal}
            self._laws[since] = Person(self.ruleset, entity=self.entity, outputs=outputs, as_of=day, any_day=True)
        return self._laws[since]

    def _days(self, situation: Situation) -> set[date]:
        """The days after ``as_of`` on which something that is looked at changes, each with the day after it."""
        as_of, until = self.as_of, self.as_of + timedelta(days=YEARS * 366)
        found = set(self.changes)
        if self.looks_at_today:
            dates = {
                value for rows in situation.values() for row in rows for value in row.values() if type(value) is date
            }
            found |= dates
            # Spans of days and months end on days that no list names: each month is looked at, then halved.
            found |= {date(as_of.year + month // 12, month % 12 + 1, 1) for month in range(YEARS * 12 + 12)}
            if self.counts_years:
                years = range(as_of.year, as_of.year + YEARS + 1)
                found |= {_anniversary(day, year) for day in dates for year in years}
        near = (day for day in found if as_of <= day <= until)  # a register's 9999-12-31 has no day after it
        return {after for day in near for after in (day, day + timedelta(days=1)) if after > as_of}


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


def _anniversary(day: date, year: int) -> date:
    """The same day of another year; 1 March for a 29 February that the year does not have."""
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 3, 1)
