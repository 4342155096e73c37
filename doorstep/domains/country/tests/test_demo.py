"""The demo country is whole, and its map is what our own code draws."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from doorstep.domains.country.api import Country, check_country, read_country
from doorstep.domains.country.drawing.writing import draw_country

DEMO = Path(__file__).parents[4] / "countries" / "demo"
Edges = npt.NDArray[np.float64]


@pytest.fixture(scope="module")
def demo() -> Country:
    return read_country(DEMO)


def test_the_demo_country_has_no_mistakes() -> None:
    assert check_country(DEMO) == []


def test_it_speaks_four_languages_and_one_from_right_to_left(demo: Country) -> None:
    assert demo.languages == ("en", "pt", "bn", "ar")
    assert [language for language in demo.languages if demo.direction(language) == "rtl"] == ["ar"]
    assert len(demo.smallest_areas) == 60
    assert len(demo.areas) - 60 == 8
    assert set(demo.registers) == {"contract", "income", "benefit"}
    for page in ("about", "help", "privacy", "accessibility"):
        assert demo.text(f"content/ar/{page}.md").startswith("# ")


def test_the_map_is_drawn_by_our_own_code(demo: Country) -> None:
    areas, drawn = draw_country(seed=41)
    assert demo.text("areas/areas.yaml") == areas
    assert demo.text("areas/map.geojson") == drawn
    assert len(drawn.encode()) < 150_000


@pytest.mark.parametrize("seed", [2, 41])
def test_borders_are_shared_and_never_cross(seed: int) -> None:
    import json

    features = json.loads(draw_country(seed=seed)[1])["features"]
    edges: dict[tuple[tuple[float, ...], tuple[float, ...]], int] = {}
    for feature in features:
        for ring in feature["geometry"]["coordinates"]:
            assert ring[0] == ring[-1]
            assert len({tuple(point) for point in ring}) == len(ring) - 1
            for start, end in pairwise(ring):
                key = (tuple(start), tuple(end))
                assert key not in edges, "two areas lie on the same side of an edge"
                edges[key] = 1
        assert _area(feature["geometry"]["coordinates"][0]) > 0, "an outer ring runs anticlockwise"
    lines = np.array([(*start, *end) for start, end in edges if (end, start) not in edges or start < end])
    assert not _crossings(lines)


def _area(ring: object) -> float:
    points = np.array(ring)
    x, y = points[:, 0] - points[0, 0], points[:, 1] - points[0, 1]
    return float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum() / 2)


def _crossings(lines: Edges) -> int:
    """How many pairs of edges cross in a point that is an end of neither."""

    def side(a: Edges, b: Edges, c: Edges) -> Edges:
        cross = (b[..., 0] - a[..., 0]) * (c[..., 1] - a[..., 1]) - (b[..., 1] - a[..., 1]) * (c[..., 0] - a[..., 0])
        return np.sign(np.round(cross, 12))

    start, end = lines[:, None, :2], lines[:, None, 2:]
    other_start, other_end = lines[None, :, :2], lines[None, :, 2:]
    apart = side(start, end, other_start) * side(start, end, other_end) < 0
    return int((apart & (side(other_start, other_end, start) * side(other_start, other_end, end) < 0)).sum())
