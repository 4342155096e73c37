"""Reads a country's registers, giving them the code lists that the country already holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from babel import Locale

from doorstep.engines.dataflow.api import Register, read_register
from doorstep.kit.errors import Findings, Problems
from doorstep.kit.files import Node
from doorstep.kit.languages import Text


def read_registers(
    nodes: Sequence[Node], *, areas: Mapping[str, Text], languages: Sequence[str]
) -> dict[str, Register]:
    """Every register by its name. Raises ``Problems`` with the mistakes of all.

    ``areas`` (the smallest, by id) and ``languages`` are the lists that a code column may name.
    """
    findings, registers = Findings(), dict[str, Register]()
    lists = {"areas": dict(areas), "languages": language_names(languages)}
    for node in nodes:
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


def language_names(languages: Sequence[str]) -> dict[str, Text]:
    """Each language, named in all of them."""
    names = {language: Locale.parse(language).languages for language in languages}
    return {
        code: Text({language: str(names[language].get(code, code)) for language in languages}) for code in languages
    }
