"""How many letters must be put in, taken out or changed to make one text of another (Levenshtein's distance)."""

from __future__ import annotations


def edits(left: str, right: str) -> int:
    """Levenshtein's distance of two short texts; DuckDB's ``levenshtein`` gives the same."""
    if left == right:
        return 0
    start = 0
    shortest = min(len(left), len(right))
    while start < shortest and left[start] == right[start]:
        start += 1
    left, right = left[start:], right[start:]
    while left and right and left[-1] == right[-1]:
        left, right = left[:-1], right[:-1]
    if not left or not right:
        return len(left) + len(right)
    row = list(range(len(right) + 1))
    for number, letter in enumerate(left, 1):
        before, row[0] = row[0], number
        for place, other in enumerate(right, 1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (letter != other))
    return row[-1]
