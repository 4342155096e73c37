"""The drawing of a model: what is given stands at the bottom, each decision above what it needs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

WIDTH, HEIGHT, APART, UP = 180, 80, 40, 160


class Drawn(NamedTuple):
    """A box: its element, and how many boxes stand one above another below it."""

    id: str
    depth: int


def draw(boxes: Sequence[Drawn], arrows: Sequence[tuple[str, str, str]]) -> list[str]:
    """The lines of XML for boxes and arrows (id, from, to)."""
    rows: dict[int, list[str]] = defaultdict(list)
    for box in boxes:
        rows[box.depth].append(box.id)
    top, widest = max(rows, default=0), max((len(row) for row in rows.values()), default=0)
    places = {}
    for depth, row in rows.items():
        start = (widest - len(row)) * (WIDTH + APART) // 2
        for at, id in enumerate(row):
            places[id] = (start + at * (WIDTH + APART) + APART, (top - depth) * UP + APART)
    lines = ["<dmndi:DMNDI>", '  <dmndi:DMNDiagram id="drawing">']
    for id, (x, y) in places.items():
        bounds = f'<dc:Bounds x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}"/>'
        lines.append(f'    <dmndi:DMNShape id="shape_{id}" dmnElementRef="{id}">{bounds}</dmndi:DMNShape>')
    for id, source, target in arrows:
        (x1, y1), (x2, y2) = places[source], places[target]
        way = f'<di:waypoint x="{x1 + WIDTH // 2}" y="{y1}"/><di:waypoint x="{x2 + WIDTH // 2}" y="{y2 + HEIGHT}"/>'
        lines.append(f'    <dmndi:DMNEdge id="edge_{id}" dmnElementRef="{id}">{way}</dmndi:DMNEdge>')
    return [*lines, "  </dmndi:DMNDiagram>", "</dmndi:DMNDI>"]
