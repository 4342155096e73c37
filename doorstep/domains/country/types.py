"""The shapes of ``country.yaml`` and of the areas file, and the country that they make."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from doorstep.kit import files
from doorstep.kit.errors import Findings, Place, Problem, Problems
from doorstep.kit.files import Node, Written, key
from doorstep.kit.languages import Text, direction

if TYPE_CHECKING:
    from doorstep.engines.dataflow.api import Register
    from doorstep.engines.rules.api import RuleSet

COUNTRY_FILE = "country.yaml"
REGISTERS = "registers"
RULES = "rules"

Token = Literal["paper", "sand", "ink", "muted", "door", "visited", "stop", "done", "light", "line"]


@dataclass(frozen=True)
class Colours:
    """Colours that replace those of the house. Each is written ``#rrggbb``."""

    paper: Written | None = key("The ground of a page.", default=None)
    sand: Written | None = key("The ground of panels and summary lists.", default=None)
    ink: Written | None = key("Text.", default=None)
    muted: Written | None = key("Hints.", default=None)
    door: Written | None = key("Links, the first button, the header.", default=None)
    visited: Written | None = key("Links that were opened before.", default=None)
    stop: Written | None = key("Errors and danger.", default=None)
    done: Written | None = key("Success.", default=None)
    light: Written | None = key("The ring around what has focus; ink stands on it.", default=None)
    line: Written | None = key("The borders of inputs.", default=None)


@dataclass(frozen=True)
class Look:
    """The country's own name for the site, its mark and its colours."""

    name: Text | None = key("What the site is called. Without it, the country's name.", default=None)
    mark: Written | None = key(
        "The mark, as the path of one SVG shape on a square of 32 by 32: M4 28V4h24v24z. Without it, the open door.",
        default=None,
    )
    light: Colours | None = key("Colours on a light ground; each has a default.", default=None)
    dark: Colours | None = key("Colours on a dark ground; each has a default.", default=None)


@dataclass(frozen=True)
class Office:
    """A place of the state that does the work and answers for it."""

    name: Text = key("The office's name.")
    area: Written = key("The area where its door is: an id from the areas file.")
    phone: str = key("The number people call; without it, the country's help phone.", default="")
    hours: Text | None = key("When somebody answers.", default=None)
    place: Place = field(default=Place(""), compare=False)


@dataclass(frozen=True)
class Purpose:
    """A reason for which somebody may read a person's data. No other reason exists."""

    title: Text = key("The reason, as the person will read it.")
    law: Text = key("The law or the consent that allows it.")
    place: Place = field(default=Place(""), compare=False)


@dataclass(frozen=True)
class CountryFile:
    """``country.yaml``: what every other file of the country builds on."""

    country: Written = key("A short code for the country: small letters, digits and hyphens.")
    name: Text = key("The country's name.")
    languages: tuple[Written, ...] = key("Language codes, the first being the default: [en, pt, bn, ar].")
    currency: Written = key("The ISO 4217 code of the money: EUR.")
    help_phone: Written = key("The number on every page that reaches a human being.")
    areas: Written = key("The file that names the areas: areas/areas.yaml.")
    offices: Mapping[str, Office] = key("The offices, by id.")
    purposes: Mapping[str, Purpose] = key("The purposes for which personal data may be read, by code.")
    look: Look | None = key("The country's own name, mark and colours.", default=None)
    place: Place = field(default=Place(""), compare=False)


@dataclass(frozen=True)
class Area:
    """A part of the country: a district, a commune."""

    name: Text = key("The area's name.")
    within: Written | None = key("The id of the larger area that it belongs to.", name="in", default=None)
    people: int | None = key("About how many people live here; only on the smallest areas.", default=None)
    place: Place = field(default=Place(""), compare=False)


@dataclass(frozen=True)
class AreasFile:
    """The areas file: levels from large to small, and every area by its id."""

    levels: tuple[Text, ...] = key("What an area of each level is called, the largest first.")
    map: Written = key("The GeoJSON file with one polygon for each smallest area: areas/map.geojson.")
    areas: Mapping[str, Area] = key("The areas, by id.")
    place: Place = field(default=Place(""), compare=False)


@dataclass(frozen=True, eq=False)
class Country:
    """One version of a country, fixed by the ``hash`` of its files.

    ``files`` maps each relative path to its text, in the order of the paths. ``registers`` and ``rules``
    are read when first asked for and raise ``Problems``.
    """

    code: str
    name: Text
    languages: tuple[str, ...]
    currency: str
    help_phone: str
    levels: tuple[Text, ...]
    areas: Mapping[str, Area]
    map_file: str
    offices: Mapping[str, Office]
    purposes: Mapping[str, Purpose]
    look: Look
    files: Mapping[str, str] = field(repr=False)
    hash: str

    @property
    def default_language(self) -> str:
        """The language used where a person has chosen none."""
        return self.languages[0]

    def direction(self, language: str) -> str:
        """``"rtl"`` for a language written from right to left, else ``"ltr"``."""
        return direction(language)

    def text(self, path: str) -> str:
        """The text of one file. Raises ``Problems`` where the country has no such file."""
        if path not in self.files:
            raise Problems([Problem(Place(path), "the country has no such file", mend="Add it to the folder.")])
        return self.files[path]

    def paths(self, folder_name: str, suffix: str = ".yaml") -> list[str]:
        """The paths of the files in a folder and below it, in order."""
        return [path for path in self.files if path.startswith(f"{folder_name}/") and path.endswith(suffix)]

    def nodes(self, folder_name: str) -> list[Node]:
        """Every YAML file in a folder, read with its positions. Raises ``Problems`` with all mistakes."""
        findings, nodes = Findings(), []
        for path in self.paths(folder_name):
            try:
                nodes.append(files.read_yaml(self.files[path], file=path))
            except Problems as error:
                findings.extend(error)
        findings.raise_if_any()
        return nodes

    @cached_property
    def registers(self) -> Mapping[str, Register]:
        """What each provider's file must hold, by the register's name."""
        from doorstep.domains.country.registers import read_registers

        areas = {area_id: area.name for area_id, area in self.smallest_areas.items()}
        return MappingProxyType(read_registers(self.nodes(REGISTERS), areas=areas, languages=self.languages))

    @cached_property
    def rules(self) -> RuleSet:
        """The rule tree over this country's registers."""
        from doorstep.engines.rules.api import read_rules

        return read_rules(self.nodes(RULES), registers=self.registers, languages=self.languages, currency=self.currency)

    @cached_property
    def smallest_areas(self) -> Mapping[str, Area]:
        """The areas that hold no other: what an address or a contract names."""
        larger = {area.within.text for area in self.areas.values() if area.within}
        return MappingProxyType({id_: area for id_, area in self.areas.items() if id_ not in larger})

    def areas_above(self, area_id: str) -> Iterator[str]:
        """The ids of the areas that hold this one, the nearest first."""
        within = self.areas[area_id].within
        while within:
            yield within.text
            within = self.areas[within.text].within

    @cached_property
    def map(self) -> Mapping[str, Any]:
        """The map as GeoJSON: one feature for each smallest area, its id in ``properties.id``. Do not change it."""
        loaded: dict[str, Any] = json.loads(self.files[self.map_file])
        return MappingProxyType(loaded)
