"""The drawing of a model: what is given stands at the bottom, each decision above what it needs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

WIDTH, HEIGHT, APART, UP = 180, 80, 40, 160
MOST_IN_A_ROW = 8


class Drawn(NamedTuple):
    """A box: its element, and how many boxes stand one above another below it."""

    id: str
    depth: int


def draw(boxes: Sequence[Drawn], arrows: Sequence[tuple[str, str, str]]) -> list[str]:
    """The lines of XML for boxes and arrows (id, from, to)."""
    rows: dict[int, list[str]] = defaultdict(list)
    for box in boxes:
        rows[box.depth].append(box.id)
    lines_of_boxes = [
        row[at : at + MOST_IN_A_ROW]
        for _, row in sorted(rows.items(), reverse=True)
        for at in range(0, len(row), MOST_IN_A_ROW)
    ]
    widest = max(map(len, lines_of_boxes), default=0)
    places = {}
    for line, row in enumerate(lines_of_boxes):
        # Every other row stands half a box aside, so that arrows pass between the boxes of a row.
        start = (2 * (widest - len(row)) + line % 2 - (widest - len(row)) % 2) * (WIDTH + APART) // 4
        for at, id in enumerate(row):
            places[id] = (max(start, 0) + at * (WIDTH + APART) + APART, line * UP + APART)
    lines = ["<dmndi:DMNDI>", '  <dmndi:DMNDiagram id="drawing">']
    for id, (x, y) in places.items():
        bounds = f'<dc:Bounds x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}"/>'
        lines.append(f'    <dmndi:DMNShape id="shape_{id}" dmnElementRef="{id}">{bounds}</dmndi:DMNShape>')
    for id, source, target in arrows:
        (x1, y1), (x2, y2) = places[source], places[target]
        way = f'<di:waypoint x="{x1 + WIDTH // 2}" y="{y1}"/><di:waypoint x="{x2 + WIDTH // 2}" y="{y2 + HEIGHT}"/>'
        lines.append(f'    <dmndi:DMNEdge id="edge_{id}" dmnElementRef="{id}">{way}</dmndi:DMNEdge>')
    return [*lines, "  </dmndi:DMNDiagram>", "</dmndi:DMNDI>"]
