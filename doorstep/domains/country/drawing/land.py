"""Which cells of the honeycomb are land: one large island with bays, and a few small ones."""

from __future__ import annotations

import math
from collections import deque

import numpy as np

Cell = tuple[int, int]
COLUMNS, ROWS = 58, 56
FEWEST_CELLS = 14
_AROUND = ((1, 0), (0, 1), (-1, 1), (-1, 0), (0, -1), (1, -1))


def neighbours(cell: Cell) -> list[Cell]:
    """The six cells around one."""
    return [(cell[0] + right, cell[1] + up) for right, up in _AROUND]


def centre(cell: Cell) -> tuple[float, float]:
    """Where the middle of a cell is; a cell is two units high."""
    return math.sqrt(3) * (cell[0] + cell[1] / 2), 1.5 * cell[1]


def rise_islands(random: np.random.Generator, *, islands: int) -> list[set[Cell]]:
    """The cells of each island, the largest first. Lakes are filled in."""
    cells = [(column - row // 2, row) for row in range(ROWS) for column in range(COLUMNS)]
    height = _Height(random)
    everywhere = set(cells)
    land = {cell for cell in cells if height.at(cell) > 0}
    edge = {cell for cell in cells if not everywhere.issuperset(neighbours(cell))}
    sea = set[Cell]().union(*(part for part in _parts(everywhere - land) if part & edge))
    parts = sorted(_parts(everywhere - sea), key=lambda part: (-len(part), min(part)))
    return [part for part in parts if len(part) >= FEWEST_CELLS][:islands]


class _Height:
    """A hill with waves on it, a few hillocks in the sea beside it; below 0 is sea."""

    def __init__(self, random: np.random.Generator) -> None:
        self.waves = [
            (
                random.uniform(0.5, 1.0) * pitch,
                random.uniform(0, 2 * math.pi),
                random.uniform(0, 2 * math.pi),
                0.5 / pitch,
            )
            for pitch in (2.2, 2.9, 4.1, 5.7, 8.3, 11.0)
        ]
        self.hillocks = [(0.88, -0.6, 0.13), (0.72, 0.8, 0.12), (-0.85, 0.82, 0.10), (0.97, -0.05, 0.08)]

    def at(self, cell: Cell) -> float:
        x, y = centre(cell)
        x, y = x / (math.sqrt(3) * COLUMNS) * 2.3 - 1.15, y / (1.5 * ROWS) * 2.3 - 1.15
        wave = sum(
            size * math.sin(pitch * (x * math.cos(turn) + y * math.sin(turn)) * math.pi + start)
            for pitch, turn, start, size in self.waves
        )
        hill = 0.5 - ((x + 0.1) / 1.05) ** 2 - (y / 1.05) ** 2 + 0.75 * wave
        near = max(1.0 - math.hypot(x - left, y - up) / reach for left, up, reach in self.hillocks)
        return max(hill, near + 0.25 * wave)


def _parts(cells: set[Cell]) -> list[set[Cell]]:
    """The connected parts of a set of cells."""
    parts, left = [], set(cells)
    while left:
        part, queue = set[Cell](), deque([min(left)])
        left.discard(queue[0])
        while queue:
            cell = queue.popleft()
            part.add(cell)
            for next_ in neighbours(cell):
                if next_ in left:
                    left.discard(next_)
                    queue.append(next_)
        parts.append(part)
    return parts
