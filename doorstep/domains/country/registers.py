"""Reads a country's registers, giving them the code lists that the country already holds."""

from __future__ import annotations

from babel import Locale

from doorstep.domains.country.types import REGISTERS, Country
from doorstep.engines.dataflow.api import Register, read_register
from doorstep.kit.errors import Findings, Problems
from doorstep.kit.languages import Text


def read_registers(country: Country) -> dict[str, Register]:
    """Every register of the country by its name. Raises ``Problems`` with the mistakes of all."""
    findings, registers = Findings(), dict[str, Register]()
    lists = {"areas": area_names(country), "languages": language_names(country)}
    for node in country.nodes(REGISTERS):
        try:
            register = read_register(node, lists=lists)
        except Problems as error:
            findings.extend(error)
            continue
        if register.name in registers:
            findings.add(node.place, f"the register {register.name!r} stands in two files", mend="Keep one.")
        registers[register.name] = register
    findings.raise_if_any()
    return registers


def area_names(country: Country) -> dict[str, Text]:
    """The list ``areas`` that a code column may name: the smallest areas."""
    return {area_id: area.name for area_id, area in country.smallest_areas.items()}


def language_names(country: Country) -> dict[str, Text]:
    """The list ``languages`` that a code column may name: the country's languages, each named in all of them."""
    names = {language: Locale.parse(language).languages for language in country.languages}
    return {
        code: Text({language: str(names[language].get(code, code)) for language in country.languages})
        for code in country.languages
    }
