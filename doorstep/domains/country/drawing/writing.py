"""Draws the whole country and writes ``areas.yaml`` and ``map.geojson``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from doorstep.domains.country.drawing import growing, land, names, shapes
from doorstep.domains.country.drawing.land import Cell

DISTRICTS, COMMUNES, ISLANDS = 8, 60, 4
PEOPLE = 10_400_000
_LEVELS = (
    '  - {en: District, pt: Distrito, bn: জেলা, ar: "محافظة"}',
    '  - {en: Commune, pt: Concelho, bn: উপজেলা, ar: "بلدية"}',
)


@dataclass(frozen=True)
class Commune:
    """One commune: its cells, whether it lies on a small island, whether it lies by the sea."""

    cells: list[Cell]
    isle: bool
    coast: bool

    @property
    def middle(self) -> tuple[float, float]:
        """The mean of the middles of its cells."""
        x, y = np.array([land.centre(cell) for cell in self.cells]).mean(axis=0)
        return float(x), float(y)


def draw_country(*, seed: int) -> tuple[str, str]:
    """The text of the areas file and of the map. The same seed gives the same country."""
    random = np.random.default_rng(seed)
    islands = land.rise_islands(random, islands=ISLANDS)
    communes = _communes(islands, random)
    districts = _districts(communes, random)
    rings = shapes.draw([commune.cells for commune in communes], random=random)
    people = _people(communes, random)
    ids = {
        number: f"n{place + 1}{spot + 1:02d}"
        for place, group in enumerate(districts)
        for spot, number in enumerate(group)
    }
    return (
        _areas_text(communes, districts, people, ids, names.Names(random)),
        _map_text({ids[number]: rings[number] for number in ids}),
    )


def _communes(islands: Sequence[set[Cell]], random: np.random.Generator) -> list[Commune]:
    everything = set[Cell]().union(*islands)
    isles = [max(1, round(COMMUNES * len(island) / len(everything))) for island in islands[1:]]
    found = []
    for number, (island, shares) in enumerate(zip(islands, [COMMUNES - sum(isles), *isles], strict=True)):
        beside = {cell: [next_ for next_ in land.neighbours(cell) if next_ in island] for cell in island}
        places = {cell: land.centre(cell) for cell in island}
        for cells in growing.share_out(beside, places, shares=shares, random=random):
            coast = any(not everything.issuperset(land.neighbours(cell)) for cell in cells)
            found.append(Commune(cells, isle=number > 0, coast=coast))
    return found


def _districts(communes: Sequence[Commune], random: np.random.Generator) -> list[list[int]]:
    """Groups of communes on the main island, from north to south; the small islands are one district of their own."""
    main = [number for number, commune in enumerate(communes) if not commune.isle]
    owner = {cell: number for number in main for cell in communes[number].cells}
    beside: dict[int, list[int]] = {}
    for number in main:
        around = {owner.get(next_, number) for cell in communes[number].cells for next_ in land.neighbours(cell)}
        beside[number] = sorted(around - {number})
    places = {number: communes[number].middle for number in main}
    groups = growing.share_out(beside, places, shares=DISTRICTS - 1, random=random)
    groups.sort(key=lambda group: -float(np.mean([places[number][1] for number in group])))
    isles = [number for number, commune in enumerate(communes) if commune.isle]
    return [sorted(group, key=lambda number: -communes[number].middle[1]) for group in (*groups, isles) if group]


def _people(communes: Sequence[Commune], random: np.random.Generator) -> list[int]:
    crowd = random.lognormal(0.0, 0.9, len(communes))
    weights = np.array(
        [
            len(commune.cells) * crowd[number] * (1.6 if commune.coast else 1.0) * (0.4 if commune.isle else 1.0)
            for number, commune in enumerate(communes)
        ]
    )
    return [int(round(share, -2)) for share in weights / weights.sum() * PEOPLE]


def _areas_text(
    communes: Sequence[Commune],
    districts: Sequence[Sequence[int]],
    people: Sequence[int],
    ids: dict[int, str],
    invent: names.Names,
) -> str:
    capital = max((number for number in ids if not communes[number].isle), key=lambda number: people[number])
    lines = [
        "# The areas of Nadira, an invented country. Every name and number was drawn by",
        "# python -m doorstep.domains.country.drawing and means no real place.",
        "levels:",
        *_LEVELS,
        "map: areas/map.geojson",
        "areas:",
    ]
    for place, group in enumerate(districts):
        isles = communes[group[0]].isle
        lines.append(f"  n{place + 1}: {{name: {_words(names.ISLES if isles else invent.invent('plain'))}}}")
        for number in group:
            name = names.CAPITAL if number == capital else invent.invent(_kind(communes[number], number))
            lines.append(f"  {ids[number]}: {{in: n{place + 1}, people: {people[number]}, name: {_words(name)}}}")
    return "\n".join(lines) + "\n"


def _kind(commune: Commune, number: int) -> str:
    if commune.isle:
        return "island"
    if commune.coast:
        return ("port", "plain", "plain")[number % 3]
    return ("plain", "bridge", "plain", "new")[number % 4]


def _words(name: dict[str, str]) -> str:
    return "{" + ", ".join(f"{language}: {words}" for language, words in name.items()) + "}"


def _map_text(rings: dict[str, list[shapes.Ring]]) -> str:
    features = [
        json.dumps(
            {
                "type": "Feature",
                "properties": {"id": area_id},
                "geometry": {"type": "Polygon", "coordinates": polygon},
            },
            separators=(",", ":"),
        )
        for area_id, polygon in rings.items()
    ]
    return '{"type":"FeatureCollection","features":[\n' + ",\n".join(features) + "\n]}\n"
