"""Reads ``people.yaml`` and checks what must be true of it beyond its shape."""

from __future__ import annotations

import re
from functools import lru_cache

from doorstep.domains.country.api import Country, missing_translations
from doorstep.domains.people.shapes import PeopleFile
from doorstep.domains.people.types import NotAllowed, Role
from doorstep.kit import files
from doorstep.kit.errors import Findings, Problem, Problems

FILE = "people.yaml"


@lru_cache(maxsize=8)
def rules_of(country: Country) -> PeopleFile:
    """How the country knows people. Raises ``NotAllowed`` where it has no such file, ``Problems`` for mistakes."""
    if FILE not in country.files:
        raise NotAllowed("This country keeps no register of people.", mend=f"Write {FILE} in its folder.")
    findings = Findings()
    found = _read(country, findings)
    findings.raise_if_any()
    assert found is not None
    return found


def check_people(country: Country) -> list[Problem]:
    """Every mistake in the country's ``people.yaml``; none where it has no such file."""
    findings = Findings()
    if FILE in country.files:
        try:
            _read(country, findings)
        except Problems as error:
            findings.extend(error)
    return findings.problems


def _read(country: Country, findings: Findings) -> PeopleFile | None:
    node = files.read_yaml(country.text(FILE), file=FILE)
    shape: PeopleFile | None = files.decode(node, PeopleFile, findings=findings)
    if shape is None:
        return None
    findings.problems.extend(missing_translations(shape, languages=country.languages))
    for code, purpose in shape.purposes.items():
        if code not in country.purposes:
            mend = files.nearest(code, list(country.purposes))
            findings.add(purpose.place, f"country.yaml has no purpose {code!r}", mend=mend)
        for role in purpose.roles:
            if role not in {one.value for one in Role}:
                mend = files.nearest(role, [one.value for one in Role])
                findings.add(purpose.place, f"there is no role {role!r}", mend=mend)
    for code, scheme in shape.identifiers.items():
        try:
            re.compile(scheme.pattern)
        except re.error as error:
            findings.add(scheme.place, f"the pattern of {code!r} cannot be read: {error}", mend="Look at it again.")
    if shape.introducers.needed < 1 or shape.adult_from < 1 or shape.answer_days < 1:
        findings.add(shape.place, "a number that guards something is below one", mend="Write one at least.")
    return shape
