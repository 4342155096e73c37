"""Puts pairs of one register together into groups: where a is b and b is c, a is c."""

from __future__ import annotations

from collections.abc import Iterable

LARGEST = 30
"""Records of one group up to which it is closed. A larger one hangs together by mistakes: it stays the pairs found."""


def groups(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    """For every record of a pair, the least record of its group. Takes time and room as the pairs are many."""
    above: dict[int, int] = {}

    def least(record: int) -> int:
        top = record
        while above[top] != top:
            top = above[top]
        while above[record] != top:
            above[record], record = top, above[record]
        return top

    for left, right in pairs:
        above.setdefault(left, left)
        above.setdefault(right, right)
        one, other = least(left), least(right)
        above[max(one, other)] = min(one, other)
    return {record: least(record) for record in above}
