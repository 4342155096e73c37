"""The algorithm register: every rule that decides about people, in words."""

from __future__ import annotations

import dataclasses
from datetime import date

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from doorstep.channels.api.asked import Language, ProgrammeId, asked
from doorstep.channels.api.shapes import Out
from doorstep.domains.benefits import api as benefits
from doorstep.domains.benefits.types import Algorithm

router = Router(tags=["Rules"])


class ValueOut(Out):
    """What a parameter was set to."""

    since: date
    value: str = Field(description="Written for people, in the language of the answer.")


class ParameterOut(Out):
    """A number that the law sets, by date."""

    name: str
    title: str
    unit: str
    reference: str = Field(description="Where the law sets it.")
    values: list[ValueOut] = Field(description="Every value with its first day.")


class RuleOut(Out):
    """One variable of the rules."""

    name: str
    entity: str = Field(description="Of what it is a property.")
    title: str
    words: str = Field(description="The rule in words; empty for what a register says directly.")
    formula: str = Field(description="The rule as the machine reads it: a strict subset of FEEL.")
    uses: list[str] = Field(description="The variables and parameters that it rests on.")
    reference: str = Field(description="Where the law says it.")


class AlgorithmInShort(Out):
    """A programme's entry in the register."""

    programme: str
    title: str
    summary: str
    office: str = Field(description="The office that answers for it, by name.")
    legal_basis: list[str]
    version: str = Field(description="The version of the country whose rules these are.")


class AlgorithmOut(AlgorithmInShort):
    """Everything that decides one programme."""

    rules: list[RuleOut] = Field(description="The deciding rule first.")
    parameters: list[ParameterOut]


@router.get("/rules", response=list[AlgorithmInShort], operation_id="listRules", summary="The register of rules")
def list_rules(request: HttpRequest, language: Language = None) -> tuple[Algorithm, ...]:
    """Every programme whose rules decide about people."""
    here = asked(request, language)
    return benefits.algorithm_register(country=here.country, language=here.language)


@router.get("/rules/{programme}", response=AlgorithmOut, operation_id="getRules", summary="Every rule of one programme")
def get_rules(request: HttpRequest, programme: ProgrammeId, language: Language = None) -> dict[str, object]:
    """Each rule in words and as a formula, and each figure of the law with its dates and its source."""
    here = asked(request, language)
    return written(benefits.algorithm(country=here.country, programme=programme, language=here.language))


def written(found: Algorithm) -> dict[str, object]:
    """An entry with its dated values by name."""
    parameters = [
        {
            **{name: getattr(parameter, name) for name in ("name", "title", "unit", "reference")},
            "values": [{"since": since, "value": value} for since, value in parameter.values],
        }
        for parameter in found.parameters
    ]
    rules = [dataclasses.asdict(rule) for rule in found.rules]
    return {
        **{name: getattr(found, name) for name in AlgorithmInShort.model_fields},
        "rules": rules,
        "parameters": parameters,
    }
