"""What a request asks for around its own question: which country, in which language, and who asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Query

from doorstep.channels.api.problems import Fault, Refusal, note_language
from doorstep.domains.benefits import api as benefits
from doorstep.domains.country import api as countries
from doorstep.domains.country.api import Country
from doorstep.kit.errors import DoorstepError
from doorstep.kit.languages import preferred

MAX_ID = 40

Language = Annotated[
    str | None,
    Query(
        max_length=20,
        description="The language of the answer, one of the country's. Without it, `Accept-Language` decides.",
    ),
]
PageNumber = Annotated[int, Query(alias="page", ge=1, le=1_000_000, description="Which page, from 1.")]
PageSize = Annotated[int, Query(alias="size", ge=1, le=100, description="How many on a page.")]
ProgrammeId = Annotated[str, Path(max_length=100, description="The programme's id.")]


@dataclass(frozen=True)
class Asked:
    """The country in force and the language to answer in."""

    country: Country
    language: str


def asked(request: HttpRequest, language: str | None) -> Asked:
    """Raises ``Refusal`` where no country is loaded or it does not speak the language that was asked for."""
    country = getattr(getattr(request, "visit", None), "loaded", None)  # it was looked up for this request already
    try:
        country = country or countries.current()
    except DoorstepError as error:
        raise Refusal("unavailable") from error
    if language is not None and language not in country.languages:
        raise Refusal("invalid", faults=(Fault("fault.language", parameter="language"),))
    chosen = language or preferred(request.headers.get("Accept-Language", ""), country.languages)
    note_language(request, chosen)
    return Asked(country, chosen)


def who(request: HttpRequest) -> str:
    """Who asks about a letter: counted together with their tries on the web."""
    return benefits.visitor(address=request.META.get("REMOTE_ADDR", ""))
