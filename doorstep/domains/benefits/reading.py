"""Reads a country's programmes and finds every mistake in them at load, so that none is left for a run or a letter."""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from types import MappingProxyType

from doorstep.domains.benefits import asking, grounds, paying
from doorstep.domains.benefits.shapes import Programme
from doorstep.domains.benefits.types import NotFound, NoticeKind
from doorstep.domains.country.api import Country, missing_translations
from doorstep.kit import files
from doorstep.kit.errors import Findings, Place, Problem, Problems
from doorstep.kit.languages import Text

FOLDER = "programmes"
MAX_SUBJECT = 80
_ALWAYS = {
    "title", "contract", "supplier", "gives", "share", "reason", "nearest", "reference", "phone", "office",
    "decided_on",
}  # fmt: skip
_TIMES = {"from_date", "object_by"}
PLACEHOLDERS: Mapping[NoticeKind, set[str]] = {
    NoticeKind.GRANTED: _ALWAYS | _TIMES,
    NoticeKind.RENEWED: _ALWAYS | _TIMES,
    NoticeKind.ENDING: _ALWAYS | _TIMES | {"to_date"},
    NoticeKind.ENDED: _ALWAYS | _TIMES | {"to_date"},
    NoticeKind.ENDING_WITHDRAWN: _ALWAYS | _TIMES,
    NoticeKind.OBJECTION_RECEIVED: _ALWAYS,
    NoticeKind.OBJECTION_UPHELD: _ALWAYS | {"words", "from_date"},
    NoticeKind.OBJECTION_REJECTED: _ALWAYS | {"words"},
    NoticeKind.CORRECTION: _ALWAYS | _TIMES | {"changed", "period"},
    NoticeKind.REFUSED: _ALWAYS | _TIMES,
    NoticeKind.WAITING: _ALWAYS | {"object_by", "missing"},
}
"""What each notice may mention. ``words`` are those of the official who answered an objection; ``nearest`` is the
smallest change that would turn the decision, and its paragraph falls away where there is none. ``changed`` and
``period`` are those of a correction: what was otherwise then, and from when (to when) it holds. ``missing`` names the
registers whose entries nobody knows."""


@lru_cache(maxsize=8)
def programmes_of(country: Country) -> Mapping[str, Programme]:
    """Every programme by its id. Raises ``Problems``."""
    findings = Findings()
    found = dict(sorted(_decode(country, findings).items()))
    for programme in found.values():
        check_programme(programme, country, findings)
    findings.raise_if_any()
    return MappingProxyType(found)


def programme_of(country: Country, id_: str) -> Programme:
    """One programme. Raises ``NotFound``."""
    found = programmes_of(country).get(id_)
    if found is None:
        known = ", ".join(programmes_of(country)) or "none"
        raise NotFound(f"There is no programme {id_!r}.", mend=f"Known here: {known}.")
    return found


def check_programmes(country: Country) -> list[Problem]:
    """Every mistake in the programmes' files."""
    findings = Findings()
    try:
        found = _decode(country, findings)
    except Problems as error:
        return error.problems
    for programme in found.values():
        check_programme(programme, country, findings)
        for kind in NoticeKind:
            if getattr(programme.notices, kind) is None:
                mend = f"Write {kind.value!r} under 'notices': no decision goes without a letter."
                findings.add(programme.place, f"there are no words for the notice {kind.value!r}", mend=mend)
        findings.problems.extend(missing_translations(programme, languages=country.languages))
    return findings.problems


def _decode(country: Country, findings: Findings) -> dict[str, Programme]:
    found: dict[str, Programme] = {}
    for node in country.nodes(FOLDER):
        before = len(findings.problems)
        programme: Programme | None = files.decode(node, Programme, findings=findings, what="the programme")
        if programme is None or len(findings.problems) > before:
            continue
        if programme.id in found:
            findings.add(programme.programme.place, f"the programme {programme.id!r} stands twice", mend="Rename one.")
        found[programme.id] = programme
    return found


def check_programme(programme: Programme, country: Country, findings: Findings) -> None:
    """Note everything that does not fit the country: office, registers, variables, placeholders, questions."""
    office = programme.office
    if office.text not in country.offices:
        mend = files.nearest(office.text, list(country.offices))
        findings.add(office.place, f"unknown office {office.text!r}", mend=mend)
    _check_shares(programme, findings)
    _check_placeholders(programme, findings)
    paying.check(programme, country, findings)
    if _check_registers(programme, country, findings):
        grounds.check(programme, country, findings)
        asking.check(programme, country, findings)


def _check_shares(programme: Programme, findings: Findings) -> None:
    for written in (programme.stop_if_ending_over, programme.stop_if_untied_over):
        try:
            share = Decimal(written.text.rstrip("%").strip())
            fits = written.text.endswith("%") and Decimal(0) <= share <= Decimal(100)
        except InvalidOperation:
            fits = False
        if not fits:
            expected = "a percentage such as 5%"
            findings.add(written.place, "this is no share", expected=expected, found=repr(written.text))
    if programme.object_within.days < 1:
        findings.add(programme.place, "people need at least one day to object", found=str(programme.object_within.days))


def _check_registers(programme: Programme, country: Country, findings: Findings) -> bool:
    """Whether the registers are known and the entity is one of theirs, with all the columns that are named."""
    before = len(findings.problems)
    for written in programme.registers:
        if written.text not in country.registers:
            mend = files.nearest(written.text, list(country.registers))
            findings.add(written.place, f"unknown register {written.text!r}", mend=mend)
    if len(findings.problems) > before:
        return False
    register = grounds.register_of(programme, country)
    if register is None or register.key is None:
        what = f"no register of the programme holds one row for each {programme.entity.text!r}"
        findings.add(programme.entity.place, what, mend="Name a register with this entity and a key.")
        return False
    for written in (programme.person, programme.language, programme.deliver.by, programme.deliver.id):
        if written.text not in register.columns:
            mend = files.nearest(written.text, list(register.columns))
            findings.add(written.place, f"{register.name} has no column {written.text!r}", mend=mend)
    if programme.deliver.id.text != register.key:
        findings.add(
            programme.deliver.id.place, "deliverers must know the entity by its key", expected=register.key,
            found=programme.deliver.id.text,
        )  # fmt: skip
    return len(findings.problems) == before


def _check_placeholders(programme: Programme, findings: Findings) -> None:
    for kind in NoticeKind:
        letter = getattr(programme.notices, kind.value)
        if letter is None:
            continue
        _check_text(letter.subject, PLACEHOLDERS[kind] - {"nearest"}, f"the subject of {kind.value!r}", findings)
        _check_text(letter.body, PLACEHOLDERS[kind], f"the body of {kind.value!r}", findings)
        for language, words in letter.subject.words.items():
            if len(words) > MAX_SUBJECT:
                what = f"the subject of {kind.value!r} in {language!r} is longer than {MAX_SUBJECT} letters"
                findings.add(letter.subject.place, what, mend="Say it shorter.")
    for text, allowed, what in (
        (programme.gives.label, {"share"}, "what it gives"),
        (programme.decided_by_person, {"words"}, "'decided_by_person'"),
        (programme.contract_closed, set[str](), "'contract_closed'"),
    ):
        _check_text(text, allowed, what, findings)


def _check_text(text: Text, allowed: Iterable[str], what: str, findings: Findings) -> None:
    known = sorted(allowed)
    for language, words in text.words.items():
        for name in placeholders(words, text.place, findings):
            if name not in known:
                mend = files.nearest(name, known) if known else "Take it out."
                findings.add(text.place, f"{what} in {language!r} has an unknown placeholder {{{name}}}", mend=mend)


def placeholders(words: str, place: Place, findings: Findings) -> list[str]:
    """The names in braces. Anything but a plain name is a mistake: texts run no code."""
    try:
        parts = list(string.Formatter().parse(words))
    except ValueError:
        findings.add(place, "a brace is open or closed too much", mend="Write {{ for a brace that is meant.")
        return []
    names = []
    for _, name, form, conversion in parts:
        if name is None:
            continue
        if not name.isidentifier() or form or conversion:
            findings.add(place, f"a placeholder must be a plain name, not {{{name}}}")
            continue
        names.append(name)
    return names
