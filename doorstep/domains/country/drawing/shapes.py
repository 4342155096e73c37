"""Turns groups of cells into polygons whose borders are smooth and shared point by point."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from doorstep.domains.country.drawing.land import Cell

Corner = tuple[int, int]
Point = tuple[float, float]
Ring = list[Point]

# The corners of a cell anticlockwise from the lower right, in half steps: right and up of its middle.
_CORNERS = ((1, -1), (1, 1), (0, 2), (-1, 1), (-1, -1), (0, -2))
_SMOOTHINGS = 2
_TREMBLE = 0.16
MIDDLE = (-27.0, -21.5)
DEGREES_A_UNIT = 0.033


def draw(areas: Sequence[Sequence[Cell]], *, random: np.random.Generator) -> list[list[Ring]]:
    """The rings of each area in degrees, closed and anticlockwise (a hole would be clockwise)."""
    edges = [_outline(cells) for cells in areas]
    points = _smooth(edges, random)
    on_earth = _to_degrees(points)
    return [[[on_earth[corner] for corner in ring] for ring in _chain(own)] for own in edges]


def _outline(cells: Sequence[Cell]) -> list[tuple[Corner, Corner]]:
    """The edges around a group of cells: those that no two of its cells share."""
    edges: dict[tuple[Corner, Corner], None] = {}
    for cell in cells:
        middle = (2 * cell[0] + cell[1], 3 * cell[1])
        corners = [(middle[0] + right, middle[1] + up) for right, up in _CORNERS]
        for start, end in zip(corners, corners[1:] + corners[:1], strict=True):
            if (end, start) in edges:
                del edges[(end, start)]
            else:
                edges[(start, end)] = None
    return list(edges)


def _smooth(areas: Sequence[Sequence[tuple[Corner, Corner]]], random: np.random.Generator) -> dict[Corner, Point]:
    beside: dict[Corner, set[Corner]] = {}
    for edges in areas:
        for start, end in edges:
            beside.setdefault(start, set()).add(end)
            beside.setdefault(end, set()).add(start)
    points = {(x, y): (x * math.sqrt(3) / 2, y / 2) for x, y in sorted(beside)}
    for _ in range(_SMOOTHINGS):
        points = {corner: _between(corner, beside[corner], points) for corner in points}
    trembles = random.uniform(-_TREMBLE, _TREMBLE, (len(points), 2))
    return {
        corner: (point[0] + right, point[1] + up)
        for (corner, point), (right, up) in zip(points.items(), trembles, strict=True)
    }


def _between(corner: Corner, beside: set[Corner], points: Mapping[Corner, Point]) -> Point:
    x, y = points[corner]
    around = [points[other] for other in sorted(beside)]
    return (
        (x + sum(point[0] for point in around) / len(around)) / 2,
        (y + sum(point[1] for point in around) / len(around)) / 2,
    )


def _to_degrees(points: Mapping[Corner, Point]) -> dict[Corner, Point]:
    middle_x = (min(x for x, _ in points.values()) + max(x for x, _ in points.values())) / 2
    middle_y = (min(y for _, y in points.values()) + max(y for _, y in points.values())) / 2
    narrow = math.cos(math.radians(MIDDLE[1]))
    return {
        corner: (
            round(MIDDLE[0] + (x - middle_x) * DEGREES_A_UNIT / narrow, 4),
            round(MIDDLE[1] + (y - middle_y) * DEGREES_A_UNIT, 4),
        )
        for corner, (x, y) in points.items()
    }


def _chain(edges: Sequence[tuple[Corner, Corner]]) -> list[list[Corner]]:
    """Join edges to closed rings, the longest first. In a honeycomb each corner has one way on."""
    after = dict(edges)
    rings = []
    while after:
        first = min(after)
        ring = [first]
        while (corner := after.pop(ring[-1])) != first:
            ring.append(corner)
        rings.append([*ring, first])
    return sorted(rings, key=len, reverse=True)
