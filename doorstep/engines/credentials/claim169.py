"""Claim 169 of a CBOR Web Token: a person's data in a map of numbers (docs.mosip.io, claim 169, version 1.2).

A birth date goes under attribute 8 only where its day is known, as YYYYMMDD: whoever reads cards elsewhere expects a
whole date, and a made-up first of January would be believed. What is known of another one goes under attribute 99,
as ``1961`` or ``1961-05``; numbers that are not assigned are free for that, and other readers pass over it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import IntEnum

from doorstep.engines.credentials.types import BirthDate, CardClaims, Gender, MaritalStatus, PhotoFormat

BORN, BORN_IN_PART = 8, 99
_TEXTS = {
    1: "id", 2: "version", 3: "language", 4: "full_name", 5: "first_name", 6: "middle_name", 7: "last_name",
    10: "address", 11: "email", 12: "phone", 13: "nationality", 15: "guardian", 19: "second_name",
    20: "second_language", 21: "location_code", 22: "legal_status", 23: "country",
}  # fmt: skip
_CODES: dict[int, tuple[str, type[IntEnum]]] = {
    9: ("gender", Gender),
    14: ("marital_status", MaritalStatus),
    17: ("photo_format", PhotoFormat),
}
_PHOTO, _FINGERS = 16, 18
_DATE = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)|(\d{4})(?:-(\d\d))?", re.ASCII)


def to_map(claims: CardClaims) -> dict[int | str, object]:
    """Claims as the map that is signed: what is not known is left out."""
    found: dict[int | str, object] = dict(claims.other)
    for number, name in _TEXTS.items():
        _put(found, number, getattr(claims, name), str)
    for number, (name, _) in _CODES.items():
        _put(found, number, getattr(claims, name), int)
    _put(found, _PHOTO, claims.photo, bytes)
    _put(found, _FINGERS, claims.best_fingers, list)
    if claims.born:
        whole = claims.born.day is not None
        found[BORN if whole else BORN_IN_PART] = claims.born.iso.replace("-", "") if whole else claims.born.iso
    return found


def from_map(found: Mapping[object, object]) -> CardClaims:
    """Claims from a map. Never raises: what is not of its kind stays as it was, in ``other``."""
    known: dict[str, object] = {}
    other: dict[int | str, object] = {}
    for number, value in found.items():
        assert isinstance(number, int | str)
        name, read = _READERS.get(number, ("", None))
        made = read(value) if read else None
        if made is None or name in known:
            other[number] = value
        else:
            known[name] = made
    return CardClaims(**known, other=other)  # type: ignore[arg-type]


def _put(found: dict[int | str, object], number: int, value: object, kind: Callable[..., object]) -> None:
    if value is not None:
        found[number] = kind(value)


def _text(value: object) -> object:
    return value if isinstance(value, str) else None


def _bytes(value: object) -> object:
    return value if isinstance(value, bytes) else None


def _fingers(value: object) -> object:
    if isinstance(value, list) and all(type(one) is int and 0 <= one <= 10 for one in value):
        return tuple(value)
    return None


def _code(kind: type[IntEnum]) -> Callable[[object], object]:
    return lambda value: kind(value) if type(value) is int and value in set(kind) else None


def _whole(value: object) -> object:
    """A date with its day; also one with zeros for what is not known, and one with hyphens, as other issuers write."""
    match = _DATE.fullmatch(value) if isinstance(value, str) else None
    if not match:
        return None
    year, month, day = (int(part or 0) for part in (match[1] or match[4], match[2] or match[5], match[3]))
    try:
        return BirthDate(year, month or None, day or None)
    except ValueError:
        return None


_READERS: dict[object, tuple[str, Callable[[object], object] | None]] = {
    **{number: (name, _text) for number, name in _TEXTS.items()},
    **{number: (name, _code(kind)) for number, (name, kind) in _CODES.items()},
    _PHOTO: ("photo", _bytes),
    _FINGERS: ("best_fingers", _fingers),
    BORN: ("born", _whole),
    BORN_IN_PART: ("born", _whole),
}
