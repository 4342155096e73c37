"""What people call the codes of a report: groups of people, registers, faults of their files."""

from __future__ import annotations

import re

from doorstep.channels.web.visit import Visit
from doorstep.channels.web.words import say, words

AGES = (
    (re.compile(r"under-(?P<age>\d+)"), "run.age_under"),
    (re.compile(r"(?P<age>\d+)-and-over"), "run.age_over"),
    (re.compile(r"(?P<low>\d+)-(?P<high>\d+)"), "run.age_between"),
)


def group_label(visit: Visit, group: str, value: str) -> str:
    """One row of a run's groups (``area``, ``age`` or ``sex``); a code that nobody knows stays as it is."""
    if not value:
        return say("site.unknown", visit.language)
    if group == "area" and value in visit.country.areas:
        return visit.country.areas[value].name.in_(visit.language)
    if group == "sex" and f"run.{value}" in words():
        return say(f"run.{value}", visit.language)
    return _ages(value, visit.language) if group == "age" else value


def _ages(band: str, language: str) -> str:
    """``under-18``, ``18-29`` and ``80-and-over`` in words."""
    for shape, key in AGES:
        if found := shape.fullmatch(band):
            return say(key, language, **{name: int(age) for name, age in found.groupdict().items()})
    return band


def register_label(visit: Visit, name: str) -> str:
    """A register's title; its name where the country no longer has it."""
    register = visit.country.registers.get(name)
    return register.title.in_(visit.language) if register else name


def fault_label(visit: Visit, code: str) -> str:
    """What is wrong with rows of a file; the code where no words say it."""
    key = f"fault.{code}"
    return say(key, visit.language) if key in words() else code
