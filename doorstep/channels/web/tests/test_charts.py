"""Charts and maps are small, safe and true to their numbers."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from doorstep.channels.web.charts import Bar, bar_chart
from doorstep.channels.web.maps import Band, band_of, bands, map_svg
from doorstep.domains.country.api import Country, read_country

SMALL = 12 * 1024


def drawn(*bars: Bar, rtl: bool = False) -> str:
    return bar_chart(bars, title="By age", name="age", rtl=rtl)


def lengths(svg: str, kind: str) -> list[str]:
    return re.findall(rf'<rect class="{kind}"[^>]* width="([\d.]+)%"', svg)


def test_bars_are_as_long_as_their_numbers() -> None:
    svg = drawn(Bar("a", 0, 10, "10"), Bar("b", 0, 5, "5"), Bar("c", 0, 0, "0"))
    assert lengths(svg, "f") == ["100", "50", "0.3"]
    assert lengths(svg, "b") == []


def test_before_stands_beside_now_where_anybody_had_it() -> None:
    svg = drawn(Bar("a", 20, 10, "10"), Bar("b", 0, 5, "5"))
    assert (lengths(svg, "f"), lengths(svg, "b")) == (["50", "25"], ["100", "0.3"])


def test_bars_grow_from_the_side_on_which_reading_starts() -> None:
    assert ' x="50%"' in drawn(Bar("a", 0, 10, "10"), Bar("b", 0, 5, "5"), rtl=True)


def test_a_number_that_is_not_published_has_words_and_no_bar() -> None:
    svg = drawn(Bar("a", 0, 10, "10"), Bar("b", 0, None, "not shown"))
    assert "not shown" in svg
    assert lengths(svg, "f") == ["100"]


def test_labels_cannot_carry_markup_and_size_is_bounded() -> None:
    svg = drawn(*[Bar("<b>&", 1, 1, "1")] * 1000)
    assert "<b>" not in svg
    assert len(svg) < SMALL


def test_no_rows_give_an_empty_picture() -> None:
    assert "<text" not in drawn()


@pytest.fixture(scope="module")
def nadira() -> Country:
    return read_country(Path("countries/demo"))


def test_the_map_shows_every_smallest_area_in_its_band_and_stays_small(nadira: Country) -> None:
    areas = {id_: (f"{id_}: 12.5%", number % 5) for number, id_ in enumerate(nadira.smallest_areas)}
    svg = map_svg(nadira, areas, title="By place", language="en")
    assert re.findall(r'<path class="m(\d)" d="M[^"]+z"><title>([^<]+)</title>', svg) == [
        (str(band), words) for words, band in areas.values()
    ]
    assert len(svg) < SMALL


def test_an_area_without_a_number_keeps_its_name(nadira: Country) -> None:
    svg = map_svg(nadira, {}, title="By place", language="ar")
    names = [area.name.in_("ar") for area in nadira.smallest_areas.values()]
    assert re.findall(r'<path class="m0"[^>]*><title>([^<]+)</title>', svg) == names


def test_neighbours_keep_their_common_border(nadira: Country) -> None:
    """Every corner that two areas share in the country's map is shared, or straightened, in both drawings."""
    svg = map_svg(nadira, {}, title="By place", language="en")
    paths = [path for drawn in re.findall(r' d="M([^"]+)"', svg) for path in drawn.split("M") if "l" in path]
    corners = [_corners(path) for path in paths]
    edges = [edge for ring in corners for edge in zip(ring, [*ring[1:], ring[0]], strict=True)]
    inner = [(b, a) for a, b in edges if (b, a) in set(edges)]
    assert len(inner) > len(edges) / 2, "most borders run between two areas of Nadira"
    assert len(set(edges)) == len(edges), "no edge is drawn twice in one direction: areas do not overlap"


def _corners(path: str) -> list[tuple[int, int]]:
    x, y, *steps = [int(number) for number in re.findall(r"-?\d+", path)]
    spots = [(x, y)]
    for right, down in zip(steps[::2], steps[1::2], strict=True):
        spots.append((spots[-1][0] + right, spots[-1][1] + down))
    return spots


def test_bands_hold_every_share() -> None:
    shares = [Decimal("0.071"), Decimal("0.15"), Decimal("0.294")]
    found = bands(shares)
    assert [(band.low, band.high) for band in found] == [
        (Decimal("0.07"), Decimal("0.13")),
        (Decimal("0.13"), Decimal("0.19")),
        (Decimal("0.19"), Decimal("0.25")),
        (Decimal("0.25"), Decimal("0.31")),
    ]
    assert [band_of(share, found) for share in [*shares, None]] == [1, 2, 4, 0]
    assert bands([]) == ()
    assert bands([Decimal(1)]) == (Band(Decimal("0.99"), Decimal(1)),)
    assert band_of(Decimal(1), bands([Decimal(1)])) == 1
