"""What is left out of every table of groups, so that nobody is recognised in a small number."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def withheld(rows: Iterable[list[Any]], under: int) -> list[list[Any]]:
    """A table of groups (a name and numbers) with ``None`` for numbers under ``under``.

    Where one number alone would be left out of a column, a sum would give it away: the next smallest goes with it.
    """
    table = [list(row) for row in rows]
    for column in range(1, max((len(row) for row in table), default=1)):
        small = [row for row in table if row[column] and row[column] < under]
        if len(small) == 1:
            others = sorted((row for row in table if row[column] and row is not small[0]), key=lambda row: row[column])
            small += others[:1]
        for row in small:
            row[column] = None
    return table
