"""Makes a ``Country`` out of the texts of its files, and notes everything wrong with the country's own two."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from doorstep.domains.country.areas import note_area_problems
from doorstep.domains.country.folder import hash_files, read_folder
from doorstep.domains.country.settings import note_country_problems
from doorstep.domains.country.types import COUNTRY_FILE, AreasFile, Country, CountryFile, Look
from doorstep.kit import files
from doorstep.kit.errors import Findings, Place, Problems

Shape = TypeVar("Shape")


def read_country(folder: Path) -> Country:
    """The country in ``folder``. Raises ``Problems`` with every mistake in its files and in its own two.

    Registers, rules and the files of other domains are read when first asked for: ``check_country`` reads all.
    """
    findings = Findings()
    texts = read_folder(Path(folder), findings=findings)
    if findings.problems and not texts:
        findings.raise_if_any()
    country = country_of(texts, findings=findings)
    findings.raise_if_any()
    assert country is not None
    return country


def country_of(texts: Mapping[str, str], *, findings: Findings) -> Country | None:
    """The country that these files make, or ``None`` where its own two files cannot be read."""
    settings = _decode_file(texts, COUNTRY_FILE, CountryFile, findings)
    if settings is None:
        return None
    before = len(findings.problems)
    note_country_problems(settings, findings)
    areas = _decode_file(texts, settings.areas.text, AreasFile, findings, named_at=settings.areas.place)
    if areas is None:
        return None
    note_area_problems(areas, texts, offices=settings.offices, findings=findings)
    if len(findings.problems) > before:
        return None
    return Country(
        code=settings.country.text,
        name=settings.name,
        languages=tuple(language.text for language in settings.languages),
        currency=settings.currency.text,
        help_phone=settings.help_phone.text,
        levels=areas.levels,
        areas=MappingProxyType(dict(areas.areas)),
        map_file=areas.map.text,
        offices=MappingProxyType(dict(settings.offices)),
        purposes=MappingProxyType(dict(settings.purposes)),
        look=settings.look or Look(),
        files=MappingProxyType(dict(texts)),
        hash=hash_files(texts),
    )


def _decode_file(
    texts: Mapping[str, str], path: str, shape: type[Shape], findings: Findings, *, named_at: Place | None = None
) -> Shape | None:
    if path not in texts:
        place = named_at or Place(path)
        findings.add(place, f"the country has no file {path!r}", mend="Add it, or mend the name.")
        return None
    try:
        node = files.read_yaml(texts[path], file=path)
    except Problems as error:
        findings.extend(error)
        return None
    before = len(findings.problems)
    decoded: Shape | None = files.decode(node, shape, findings=findings)
    return decoded if len(findings.problems) == before else None
