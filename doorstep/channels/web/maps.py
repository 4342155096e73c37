"""A map of the smallest areas as a small SVG: colours and patterns by share; the table beneath says the same.

The shapes come from the country's own map. They are drawn on a coarse grid and thinned together, so that neighbours
keep their common border and the picture stays small.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

from django.utils.html import escape

from doorstep.domains.country.api import Country

Spot = tuple[int, int]

GRID = 300
"""The longer side of the map, in units of the grid."""
FLAT = 5.0
"""A corner that cuts off less than this many square units is straightened."""
CLASSES = 4


@dataclass(frozen=True)
class Band:
    """One colour of the map: the shares from ``low`` up to, but without, ``high`` (the whole is in the last)."""

    low: Decimal
    high: Decimal


def bands(shares: Sequence[Decimal]) -> tuple[Band, ...]:
    """At most four bands of whole per cents, equally wide, that hold every share. None without shares."""
    if not shares:
        return ()
    low, high = min(math.floor(min(shares) * 100), 99), min(math.floor(max(shares) * 100) + 1, 100)
    step = max(math.ceil((high - low) / CLASSES), 1)
    starts = range(low, high, step)
    return tuple(Band(Decimal(start) / 100, Decimal(min(start + step, 100)) / 100) for start in starts)


def band_of(share: Decimal | None, found: Sequence[Band]) -> int:
    """The number of a share's band, from 1; 0 where there is no number."""
    if share is None:
        return 0
    return next((number for number, band in enumerate(found, 1) if share < band.high), len(found))


def map_svg(country: Country, areas: Mapping[str, tuple[str, int]], *, title: str, language: str) -> str:
    """The map. ``areas``: id -> (what it says when pointed at, its band); an area that is missing has no number."""
    width, height, paths = _drawn(country)
    said = {id_: areas.get(id_) or (country.areas[id_].name.in_(language), 0) for id_ in paths}
    drawn = "".join(
        f'<path class="m{said[id_][1]}" d="{path}"><title>{escape(said[id_][0])}</title></path>'
        for id_, path in paths.items()
    )
    return (
        f'<svg viewBox="-1 -1 {width + 2} {height + 2}" role="img" aria-labelledby="map-title">'
        f'<title id="map-title">{escape(title)}</title>{_patterns()}{drawn}</svg>'
    )


def key_svg(band: int) -> str:
    """One band's colour and pattern for the key beside the map."""
    square = f'<rect class="m{band}" x="1" y="1" width="26" height="18"/>'
    return f'<svg class="key" viewBox="0 0 28 20" aria-hidden="true">{square}</svg>'


def _patterns() -> str:
    dots = '<circle class="i" cx="2" cy="2" r=".8"/>'
    slanted = '<path class="l" d="M1 0v5"/>'
    crossed = '<path class="l" d="M0 1h5M1 0v5"/>'
    made = (("m0", "p", dots), ("m2", "m2b", slanted), ("m3", "m3b", crossed))
    return "".join(
        f'<pattern id="{name}" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<rect class="{ground}" width="5" height="5"/>{lines}</pattern>'
        for name, ground, lines in made
    )


# ---------------------------------------------------------------------- the shapes


@lru_cache(maxsize=4)
def _drawn(country: Country) -> tuple[int, int, dict[str, str]]:
    """(width, height, area -> path), the same for every map of one version of the country."""
    rings = {feature["properties"]["id"]: list(_rings(feature["geometry"])) for feature in country.map["features"]}
    points = [point for found in rings.values() for ring in found for point in ring]
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    narrow = math.cos(math.radians((south + north) / 2))
    scale = GRID / max((east - west) * narrow, north - south, 1e-9)

    def spot(point: tuple[float, float]) -> Spot:
        return round((point[0] - west) * narrow * scale), round((north - point[1]) * scale)

    snapped = {
        id_: [_without_repeats([spot(point) for point in ring]) for ring in found] for id_, found in rings.items()
    }
    gone = _straightened([ring for found in snapped.values() for ring in found])
    paths = {
        id_: "".join(_path([at for at in ring if at not in gone]) for ring in found) for id_, found in snapped.items()
    }
    return round((east - west) * narrow * scale), round((north - south) * scale), paths


def _rings(
    geometry: Mapping[str, Sequence[Sequence[Sequence[Sequence[float]]]]],
) -> Iterator[list[tuple[float, float]]]:
    polygons = geometry["coordinates"] if str(geometry["type"]) == "MultiPolygon" else [geometry["coordinates"]]
    for polygon in polygons:
        for ring in polygon:
            yield [(point[0], point[1]) for point in ring]  # type: ignore[misc]


def _without_repeats(ring: list[Spot]) -> list[Spot]:
    kept = [ring[0], *(after for before, after in pairwise(ring) if after != before)]
    return kept[:-1] if len(kept) > 1 and kept[0] == kept[-1] else kept


def _straightened(rings: Sequence[Sequence[Spot]]) -> set[Spot]:
    """The corners that hardly show. Each is judged once for all areas that share it; where borders meet, none goes."""
    beside: dict[Spot, set[Spot]] = {}
    for ring in rings:
        for before, after in pairwise([*ring, ring[0]]):
            beside.setdefault(before, set()).add(after)
            beside.setdefault(after, set()).add(before)
    gone = set()
    for spot in sorted(beside):
        if len(beside[spot]) != 2:
            continue
        one, other = beside[spot]
        if other in beside[one] or _area(one, spot, other) >= FLAT:
            continue
        gone.add(spot)
        for end, far in ((one, other), (other, one)):
            beside[end] = beside[end] - {spot} | {far}
    return gone


def _area(one: Spot, spot: Spot, other: Spot) -> float:
    return abs((spot[0] - one[0]) * (other[1] - one[1]) - (other[0] - one[0]) * (spot[1] - one[1])) / 2


def _path(ring: Sequence[Spot]) -> str:
    if len(ring) < 3:
        return ""
    steps = "".join(f"{_step(b[0] - a[0])}{_step(b[1] - a[1])}" for a, b in pairwise(ring)).lstrip()
    return f"M{ring[0][0]} {ring[0][1]}l{steps}z"


def _step(by: int) -> str:
    return f"{by}" if by < 0 else f" {by}"
