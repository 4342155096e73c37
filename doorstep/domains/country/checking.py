"""Checks a whole country: every file read, every text translated, every page there in every language."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from doorstep.domains.country.cases import run_cases
from doorstep.domains.country.folder import read_folder
from doorstep.domains.country.reading import country_of
from doorstep.domains.country.types import COUNTRY_FILE, Country
from doorstep.kit import files
from doorstep.kit.errors import Findings, Place, Problem, Problems
from doorstep.kit.languages import Text, is_known

CONTENT = "content"
Part = Callable[[Country], list[Problem]]


def check_country(folder: Path, *, parts: Iterable[Part] = ()) -> list[Problem]:
    """Every mistake in a country's folder, by file and line; an empty list when all is well.

    ``parts`` are the checks of other domains for their own folders.
    """
    findings = Findings()
    texts = read_folder(Path(folder), findings=findings)
    country = country_of(texts, findings=findings) if texts else None
    if texts and country is None:
        _note_syntax(texts, findings)
    if country is not None:
        for part in (_check_own_texts, _check_registers, _check_rules, _check_cases, _check_content, *parts):
            try:
                findings.problems.extend(part(country))
            except Problems as error:
                findings.extend(error)
    if not texts and not findings.problems:
        findings.add(Place(COUNTRY_FILE), "the folder holds no files", mend="Start with country.yaml.")
    return sorted(set(findings.problems), key=lambda problem: (problem.place, problem.what))


def missing_translations(value: Any, *, languages: tuple[str, ...]) -> list[Problem]:
    """A problem for every ``Text`` anywhere inside ``value`` that lacks one of the languages, or has one too many.

    ``value`` is whatever ``kit.files.decode`` gave: dataclasses, lists, mappings.
    """
    problems = []
    for text in _texts(value, set()):
        for language in text.missing(languages):
            shown = next(iter(text.words.values()), "")[:60]
            mend = f"Add {language}: to it."
            problems.append(Problem(text.place, f"no words in {language!r}", found=repr(shown), mend=mend))
        for language in text.words:
            if language not in languages:
                known = ", ".join(languages)
                problems.append(Problem(text.place, f"{language!r} is no language of this country", expected=known))
    return problems


def _texts(value: Any, seen: set[int]) -> Iterator[Text]:
    if isinstance(value, Text):
        yield value
        return
    if isinstance(value, str | bytes) or id(value) in seen:
        return
    seen.add(id(value))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from _texts(getattr(value, field.name), seen)
    elif isinstance(value, Mapping):
        for child in value.values():
            yield from _texts(child, seen)
    elif isinstance(value, list | tuple | set | frozenset):
        for child in value:
            yield from _texts(child, seen)


def _note_syntax(texts: Mapping[str, str], findings: Findings) -> None:
    """Where the country's own files are wrong the others are read for their YAML only: nothing else can be known."""
    for path, text in texts.items():
        if path.endswith(".yaml"):
            try:
                files.read_yaml(text, file=path)
            except Problems as error:
                findings.extend(error)


def _check_own_texts(country: Country) -> list[Problem]:
    own = (country.name, country.levels, country.areas, country.offices, country.purposes, country.look)
    return missing_translations(own, languages=country.languages)


def _check_registers(country: Country) -> list[Problem]:
    found = missing_translations(country.registers, languages=country.languages)
    # A list that the country keeps (areas, languages) was checked where it stands.
    return [problem for problem in found if problem.place.file.startswith("registers/")]


def _check_rules(country: Country) -> list[Problem]:
    if not country.paths("rules"):
        return []
    return missing_translations(country.rules, languages=country.languages)


def _check_cases(country: Country) -> list[Problem]:
    return list(run_cases(country=country).all_problems)


def _check_content(country: Country) -> list[Problem]:
    problems, pages = [], dict[str, set[str]]()
    for path in country.paths(CONTENT, ".md"):
        parts = path.split("/")
        if len(parts) < 3 or not is_known(parts[1]) or parts[1] not in country.languages:
            known = ", ".join(country.languages)
            problems.append(Problem(Place(path), "the page is in no language's folder", expected=known))
            continue
        pages.setdefault("/".join(parts[2:]), set()).add(parts[1])
        problems.extend(_check_page(path, country.files[path]))
    for page, written in sorted(pages.items()):
        for language in country.languages:
            if language not in written:
                path = f"{CONTENT}/{language}/{page}"
                problems.append(Problem(Place(path), f"the page is missing in {language!r}", mend="Translate it."))
    return problems


def _check_page(path: str, text: str) -> list[Problem]:
    first = text.lstrip("\ufeff").split("\n", 1)[0]
    if first.startswith("# ") and first[2:].strip():
        return []
    return [Problem(Place(path, 1), "a page starts with its heading", expected="# and the heading")]
