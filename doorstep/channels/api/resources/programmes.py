"""The programmes: what the state gives, to whom, by which law."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from doorstep.channels.api.asked import Asked, Language, ProgrammeId, asked
from doorstep.channels.api.shapes import Out
from doorstep.domains.benefits import api as benefits
from doorstep.domains.benefits.api import Programme

router = Router(tags=["Programmes"])


class LawOut(Out):
    """Where the law says it."""

    title: str
    section: str
    url: str = Field(description="Where to read it; may be empty.")


class RegisterOut(Out):
    """A register that the programme reads."""

    id: str
    title: str
    provider: str = Field(description="The id of the office, or the kind of company, that keeps it.")
    columns: list[str] = Field(description="What is read about people, in words.")


class ProgrammeInShort(Out):
    """A programme in a list."""

    id: str
    title: str
    summary: str
    office: str = Field(description="The id of the office that answers for it.")
    has_check: bool = Field(description='Whether "would I get it?" can be asked.')


class ProgrammeOut(ProgrammeInShort):
    """A programme."""

    is_on: bool = Field(description="False while an official has turned its runs off. Nobody loses anything by it.")
    entity: str = Field(description="What is decided, one by one.")
    legal_basis: list[LawOut]
    registers: list[RegisterOut]
    rechecked_each: str = Field(description="How often everything is decided again.")
    renewed_in: str = Field(description="The month in which every entitlement is renewed or ended.")
    object_within_days: int = Field(description="How long a person may object after a notice.")
    least_group: int = Field(description="Groups smaller than this are not published.")
    version: str = Field(description="The version of the country that this is from.")


@router.get("/programmes", response=list[ProgrammeInShort], operation_id="listProgrammes", summary="Every programme")
def list_programmes(request: HttpRequest, language: Language = None) -> list[dict[str, object]]:
    """In the order of their ids. A country has few, so the list is whole."""
    here = asked(request, language)
    return [in_short(here, programme) for programme in benefits.programmes(country=here.country)]


@router.get("/programmes/{programme}", response=ProgrammeOut, operation_id="getProgramme", summary="One programme")
def get_programme(request: HttpRequest, programme: ProgrammeId, language: Language = None) -> dict[str, object]:
    """What it is, its law, the registers it reads, and the dates that matter."""
    here = asked(request, language)
    found = benefits.programme(country=here.country, id=programme)
    return {**whole(here, found), "is_on": benefits.is_on(programme=found.id)}


def in_short(here: Asked, programme: Programme) -> dict[str, object]:
    """A programme for a list."""
    return {
        "id": programme.id,
        "title": programme.title.in_(here.language),
        "summary": programme.summary.in_(here.language),
        "office": programme.office.text,
        "has_check": bool(programme.ask),
    }


def whole(here: Asked, programme: Programme) -> dict[str, object]:
    """A programme as its files say it."""
    registers = [(name.text, here.country.registers[name.text]) for name in programme.registers]
    return {
        **in_short(here, programme),
        "entity": programme.entity.text,
        "legal_basis": [
            {"title": law.title.in_(here.language), "section": law.section, "url": law.url}
            for law in programme.legal_basis
        ],
        "registers": [
            {
                "id": name,
                "title": register.title.in_(here.language),
                "provider": register.provider,
                "columns": [
                    column.label.in_(here.language) for column in register.columns.values() if column.label is not None
                ],
            }
            for name, register in registers
        ],
        "rechecked_each": programme.recheck.each,
        "renewed_in": programme.recheck.everyone,
        "object_within_days": programme.object_within.days,
        "least_group": programme.suppress_under,
        "version": here.country.hash,
    }
