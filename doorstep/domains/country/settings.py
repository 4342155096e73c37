"""What must be true of ``country.yaml`` beyond its shape: codes that exist, colours that can be read."""

from __future__ import annotations

import re

from babel.numbers import list_currencies

from doorstep.domains.country.look import note_look_problems
from doorstep.domains.country.types import CountryFile, Look
from doorstep.kit.errors import Findings
from doorstep.kit.files import Written
from doorstep.kit.languages import is_known

_CODE = re.compile(r"[a-z][a-z0-9-]{0,39}")
_PHONE = re.compile(r"[+0-9*#][0-9*# -]{1,24}")


def note_country_problems(settings: CountryFile, findings: Findings) -> None:
    """Note each mistake in the settings of a country."""
    if not _CODE.fullmatch(settings.country.text):
        note = "small letters, digits and hyphens"
        findings.add(settings.country.place, "the country's code is not a code", expected=note)
    if not settings.languages:
        findings.add(settings.place, "the country names no language", mend="Write languages: [en].")
    _note_language_problems(settings.languages, findings)
    if settings.currency.text not in list_currencies():
        mend = "Write its ISO 4217 code, such as EUR."
        findings.add(settings.currency.place, "no such currency", found=repr(settings.currency.text), mend=mend)
    if not _PHONE.fullmatch(settings.help_phone.text):
        mend = 'Write digits and spaces, in quotes: "+999 800 100".'
        findings.add(settings.help_phone.place, "this is not a phone number", mend=mend)
    for code, office in settings.offices.items():
        _note_code(code, "an office's id", office.area, findings)
        if office.phone and not _PHONE.fullmatch(office.phone):
            findings.add(office.place, f"the phone of the office {code!r} is not a phone number")
    for code, purpose in settings.purposes.items():
        if not _CODE.fullmatch(code):
            findings.add(purpose.place, f"a purpose's code is not a code: {code!r}", expected="small letters, hyphens")
    if not settings.purposes:
        mend = "Name at least one, else nobody may read a person's data."
        findings.add(settings.place, "the country names no purpose for reading personal data", mend=mend)
    note_look_problems(settings.look or Look(), findings)


def _note_code(code: str, what: str, near: Written, findings: Findings) -> None:
    if not _CODE.fullmatch(code):
        findings.add(near.place, f"{what} is not a code: {code!r}", expected="small letters, digits and hyphens")


def _note_language_problems(languages: tuple[Written, ...], findings: Findings) -> None:
    seen: set[str] = set()
    for language in languages:
        if not is_known(language.text):
            mend = "Write its ISO 639 code, such as en or bn."
            findings.add(language.place, "no such language", found=repr(language.text), mend=mend)
        if language.text in seen:
            findings.add(language.place, f"the language {language.text!r} stands twice", mend="Keep one.")
        seen.add(language.text)
