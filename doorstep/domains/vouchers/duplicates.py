"""The rule against giving twice: how much of each line one person may still get. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Wanted:
    """One line of a list: for whom, how much, in minor units."""

    person: str
    amount: int


@dataclass(frozen=True)
class Judged:
    """What becomes of a line. ``given + set_aside`` is always what was wanted.

    ``had`` is what the person has in that month before this line, from whom (``agencies``), in the order of giving.
    """

    given: int
    set_aside: int
    had: int
    agencies: tuple[str, ...]


def judge(
    lines: Iterable[Wanted], *, agency: str, had: Mapping[str, Mapping[str, int]], cap: int
) -> tuple[Judged, ...]:
    """Judge the lines of ``agency`` in their order, each against all that came before.

    ``had``: person -> agency -> what was given in the month, under all kinds that count together. Nobody gets more than
    ``cap`` from all agencies; what a list asks beyond it is set aside, never lost from sight.
    """
    running: dict[str, dict[str, int]] = {}
    judged = []
    for line in lines:
        theirs = running.setdefault(line.person, dict(had.get(line.person, {})))
        before = sum(theirs.values())
        given = max(0, min(line.amount, cap - before))
        judged.append(Judged(given, line.amount - given, before, tuple(name for name, sum_ in theirs.items() if sum_)))
        theirs[agency] = theirs.get(agency, 0) + given
    return tuple(judged)
