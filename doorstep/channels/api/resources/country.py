"""The country: its name, its languages, its offices, its areas."""

from __future__ import annotations

import unicodedata
from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from doorstep.channels.api.asked import MAX_ID, Asked, Language, PageNumber, PageSize, asked
from doorstep.channels.api.resources.lists import Listed, cut
from doorstep.channels.api.shapes import Out
from doorstep.kit.languages import direction, own_name

router = Router(tags=["Country"])


class LanguageOut(Out):
    """A language that everything is written in."""

    code: str = Field(description="ISO 639.")
    name: str = Field(description="Its name in itself.")
    direction: str = Field(description="`ltr` or `rtl`.")


class OfficeOut(Out):
    """A place of the state that does the work and answers for it."""

    id: str
    name: str
    area: str = Field(description="The id of the area where its door is.")
    phone: str = Field(description="The number that reaches a human being.")
    hours: str = Field(description="When somebody answers; may be empty.")


class CountryOut(Out):
    """The country in force."""

    id: str
    name: str
    version: str = Field(description="SHA-256 over all files of the country. Decisions and runs name it.")
    languages: list[LanguageOut] = Field(description="The first is the default.")
    currency: str = Field(description="ISO 4217.")
    help_phone: str
    area_levels: list[str] = Field(description="What an area of each level is called, the largest first.")
    offices: list[OfficeOut]


class AreaOut(Out):
    """A part of the country."""

    id: str
    name: str
    level: int = Field(description="0 is the largest; its name stands in the country's `area_levels`.")
    within: str | None = Field(description="The id of the larger area that it belongs to.")
    people: int | None = Field(description="About how many people live here; only on the smallest areas.")


@router.get("/country", response=CountryOut, operation_id="getCountry", summary="The country in force")
def get_country(request: HttpRequest, language: Language = None) -> dict[str, object]:
    """Its name, languages, offices, and the version hash that every decision is tied to."""
    here = asked(request, language)
    country = here.country
    return {
        "id": country.code,
        "name": country.name.in_(here.language),
        "version": country.hash,
        "languages": [
            {"code": code, "name": own_name(code), "direction": direction(code)} for code in country.languages
        ],
        "currency": country.currency,
        "help_phone": country.help_phone,
        "area_levels": [level.in_(here.language) for level in country.levels],
        "offices": [
            {
                "id": id_,
                "name": office.name.in_(here.language),
                "area": office.area.text,
                "phone": office.phone or country.help_phone,
                "hours": office.hours.in_(here.language) if office.hours else "",
            }
            for id_, office in country.offices.items()
        ],
    }


@router.get("/areas", response=Listed[AreaOut], operation_id="listAreas", summary="The country's areas")
def list_areas(
    request: HttpRequest,
    *,
    language: Language = None,
    search: Annotated[
        str, Query(max_length=100, description="A part of the name, in any language, capitals and accents apart.")
    ] = "",
    within: Annotated[
        str | None, Query(max_length=MAX_ID, description="Only areas directly within this one: its id.")
    ] = None,
    level: Annotated[int | None, Query(ge=0, le=9, description="Only areas of this level; 0 is the largest.")] = None,
    number: PageNumber = 1,
    size: PageSize = 50,
) -> dict[str, object]:
    """In the order of the country's file. Runs and decisions name areas by these ids."""
    here = asked(request, language)
    found = [
        area
        for area in areas_of(here)
        if (within is None or area["within"] == within)
        and (level is None or area["level"] == level)
        and _names(here, str(area["id"]), search)
    ]
    return cut(request, found, page=number, size=size)


def areas_of(here: Asked) -> list[dict[str, object]]:
    """Every area."""
    return [
        {
            "id": id_,
            "name": area.name.in_(here.language),
            "level": sum(1 for _ in here.country.areas_above(id_)),
            "within": area.within.text if area.within else None,
            "people": area.people,
        }
        for id_, area in here.country.areas.items()
    ]


def _names(here: Asked, area: str, search: str) -> bool:
    wanted = _plain(search)
    return not wanted or any(wanted in _plain(name) for name in here.country.areas[area].name.words.values())


def _plain(words: str) -> str:
    apart = unicodedata.normalize("NFKD", words.casefold().strip())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
