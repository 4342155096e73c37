"""Checks a country's ``linkage.yaml``: the engine reads it and knows no country, so the two are wired here."""

from __future__ import annotations

from doorstep.domains.country.api import Country, missing_translations
from doorstep.engines.linkage.api import FILE, check_linkage
from doorstep.kit.errors import Findings, Problem, Problems


def check_country_linkage(country: Country) -> list[Problem]:
    """Every mistake in the country's ``linkage.yaml``; none where it has no such file."""
    findings = Findings()
    if FILE not in country.files:
        return []
    try:
        shape = check_linkage(country.text(FILE), findings=findings)
    except Problems as error:
        return error.problems
    return [*findings.problems, *(missing_translations(shape, languages=country.languages) if shape else [])]
