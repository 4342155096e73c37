"""Checks what is written about somebody before it is kept. ``BadRecord`` never repeats what was written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from doorstep.domains.country.api import Country
from doorstep.domains.people.reading import rules_of
from doorstep.domains.people.record import MOST_LINES, SEXES, Address, Birth, Record, Status, tidied_names
from doorstep.domains.people.types import BadRecord
from doorstep.kit.languages import is_known

MOST_OF_A_KIND = 20
_COUNTRY = re.compile(r"[A-Z]{2}|")


def checked(country: Country, record: Record, today: date) -> Record:
    """The record in its normal form."""
    own = {
        name: checked_category(country, name, getattr(record, name), today)
        for name in ("names", "birth", "sex", "status", "languages", "needs", "address")
    }
    if len(record.contacts) > MOST_OF_A_KIND or len(record.identifiers) > MOST_OF_A_KIND:
        raise BadRecord("These are too many contacts or numbers.", mend=f"Keep {MOST_OF_A_KIND} of each at most.")
    return replace(record, **own)


def checked_category(country: Country, category: str, value: Any, today: date) -> Any:
    """A category's value in its normal form."""
    return _CHECKS[category](country, value, today)


def _birth(country: Country, birth: Birth, today: date) -> Birth:
    if birth.on is not None:
        birth.on.check(today)
    return Birth(birth.on, _lines(birth.place, "place of birth"))


def _sex(country: Country, sex: str, today: date) -> str:
    _one_of(sex, SEXES, "sex")
    return sex


def _status(country: Country, status: Status, today: date) -> Status:
    if status.code:
        _one_of(status.code, rules_of(country).statuses, "legal status")
    if not _COUNTRY.fullmatch(status.nationality):
        raise BadRecord("A nationality is two letters, as in ISO 3166.", mend="Leave it empty where it is not known.")
    return status


def _languages(country: Country, languages: Iterable[str], today: date) -> tuple[str, ...]:
    made = tuple(dict.fromkeys(languages))[:MOST_OF_A_KIND]
    if any(not is_known(one) for one in made):
        raise BadRecord("A language is not known by its code.", mend="Use codes such as bn, pt or sgn-bn.")
    return made


def _needs(country: Country, needs: Iterable[str], today: date) -> tuple[str, ...]:
    made = tuple(dict.fromkeys(needs))
    for need in made:
        _one_of(need, rules_of(country).needs, "access need")
    return made


def _address(country: Country, address: Address, today: date) -> Address:
    if address.area:
        _one_of(address.area, country.smallest_areas, "area")
    return Address(address.area, _lines(address.lines, "address"))


def _lines(written: str, what: str) -> str:
    plain = "\n".join(" ".join(line.split()) for line in written.replace("\0", "").splitlines() if line.strip())
    if len(plain) > MOST_LINES:
        raise BadRecord(f"The {what} is too long.", mend=f"Write {MOST_LINES} signs at most.")
    return plain


def _one_of(code: str, known: Iterable[str], what: str) -> None:
    if code not in known:
        raise BadRecord(f"There is no such {what}.", mend=f"It is one of: {', '.join(known)}.")


_CHECKS: Mapping[str, Callable[[Country, Any, date], Any]] = {
    "names": lambda country, names, today: tidied_names(tuple(names)),
    "birth": _birth,
    "sex": _sex,
    "status": _status,
    "languages": _languages,
    "needs": _needs,
    "address": _address,
}
