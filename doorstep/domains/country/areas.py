"""What must be true of the areas: a tree without loops, and a map with one polygon for each smallest area."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from doorstep.domains.country.types import AreasFile, Office
from doorstep.kit.errors import Findings, Place

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def note_area_problems(
    areas: AreasFile, texts: Mapping[str, str], *, offices: Mapping[str, Office], findings: Findings
) -> None:
    """Note each mistake in the areas file, in the map that it names and in the areas that offices name."""
    before = len(findings.problems)
    for area_id, area in areas.areas.items():
        if not _ID.fullmatch(area_id):
            findings.add(area.place, f"an area's id is not a code: {area_id!r}", expected="small letters and digits")
        if area.within and area.within.text not in areas.areas:
            mend = "Name an area of this file."
            findings.add(area.within.place, f"no such area: {area.within.text!r}", mend=mend)
    if len(findings.problems) > before:
        return
    if not areas.areas:
        findings.add(areas.place, "the country has no areas", mend="Name at least one.")
    larger = {area.within.text for area in areas.areas.values() if area.within}
    _note_places(areas, larger, findings)
    for office in offices.values():
        if office.area.text not in areas.areas:
            findings.add(office.area.place, f"no such area: {office.area.text!r}", mend="Name one of the areas file.")
    _note_map(areas, texts, set(areas.areas) - larger, findings)


def _note_places(areas: AreasFile, larger: set[str], findings: Findings) -> None:
    for area_id, area in areas.areas.items():
        _note_depth(area_id, areas, findings)
        if area_id in larger and area.people is not None:
            findings.add(area.place, f"{area_id!r} holds smaller areas, so its people are counted there")
        if area_id not in larger and (area.people is None or area.people < 0):
            findings.add(area.place, f"{area_id!r} does not say how many people live there", mend="Add people: 12000.")


def _note_depth(area_id: str, areas: AreasFile, findings: Findings) -> None:
    depth, above = 1, areas.areas[area_id].within
    while above and depth <= len(areas.levels):
        depth, above = depth + 1, areas.areas[above.text].within
    if depth > len(areas.levels):
        what = f"{area_id!r} lies deeper than the {len(areas.levels)} levels, or in itself"
        findings.add(areas.areas[area_id].place, what, mend="Mend its key in, or name another level.")


def _note_map(areas: AreasFile, texts: Mapping[str, str], wanted: set[str], findings: Findings) -> None:
    path = areas.map.text
    if path not in texts:
        findings.add(areas.map.place, f"the country has no file {path!r}", mend="Add it, or mend the name.")
        return
    try:
        features = json.loads(texts[path])["features"]
        drawn = [str(feature["properties"]["id"]) for feature in features]
    except json.JSONDecodeError as error:
        findings.add(Place(path, error.lineno, error.colno), f"this is not JSON: {error.msg}")
        return
    except (KeyError, TypeError, RecursionError):
        expected = "a FeatureCollection whose features have properties.id"
        findings.add(Place(path), "this is not a map", expected=expected)
        return
    for area_id in sorted(wanted - set(drawn)):
        findings.add(Place(path), f"the map does not show {area_id!r}", mend="Draw it, or take the area out.")
    for area_id in sorted({area_id for area_id in drawn if area_id not in wanted or drawn.count(area_id) > 1}):
        what = f"the map shows {area_id!r}, which is no smallest area or stands twice"
        findings.add(Place(path), what, mend="Each smallest area has one feature.")
    for feature, area_id in zip(features, drawn, strict=True):
        if not _is_polygon(feature.get("geometry")):
            findings.add(
                Place(path), f"the shape of {area_id!r} is not a closed polygon", expected="Polygon or MultiPolygon"
            )


def _is_polygon(geometry: Any) -> bool:
    try:
        polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
        if geometry["type"] not in ("Polygon", "MultiPolygon") or not polygons:
            return False
        return all(polygon and all(_is_ring(ring) for ring in polygon) for polygon in polygons)
    except (KeyError, TypeError, IndexError):
        return False


def _is_ring(ring: Any) -> bool:
    on_earth = all(
        math.isfinite(longitude) and math.isfinite(latitude) and abs(longitude) <= 180 and abs(latitude) <= 90
        for longitude, latitude in ring
    )
    return on_earth and len(ring) >= 4 and ring[0] == ring[-1]
