"""What is asked of somebody at enrolment, as plain values: from a page, from a tablet's packet, from a command."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from doorstep.domains.people.births import BirthDate
from doorstep.domains.people.record import Address, Birth, Record, Status
from doorstep.domains.people.types import BadRecord, Contact, Identifier, Name

LARGEST = 20_000


@dataclass(frozen=True)
class Form:
    """One enrolment. ``documents`` and ``exceptions`` are codes of ``people.yaml``; ``guardian`` is a record's key.

    ``is_child``'s guardian becomes one with the enrolment. ``language`` is the one in which the person is written to.
    """

    record: Record
    documents: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = ()
    guardian: UUID | None = None
    language: str = ""


def written(form: Form) -> bytes:
    """The form as canonical JSON: the same form gives the same bytes."""
    record = form.record
    plain: dict[str, Any] = {
        "names": [asdict(one) for one in record.names],
        "born": str(record.birth.on) if record.birth.on else "",
        "birth_place": record.birth.place,
        "sex": record.sex,
        "status": record.status.code,
        "nationality": record.status.nationality,
        "languages": list(record.languages),
        "needs": list(record.needs),
        "area": record.address.area,
        "address": record.address.lines,
        "contacts": [[one.kind, one.value, one.private] for one in record.contacts],
        "identifiers": [[one.scheme, one.value] for one in record.identifiers],
        "documents": list(form.documents),
        "exceptions": list(form.exceptions),
        "guardian": str(form.guardian) if form.guardian else "",
        "language": form.language,
    }
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def read(raw: bytes) -> Form:
    """What ``written`` wrote. Raises ``BadRecord`` for anything else: it may come from a device that is not ours."""
    if len(raw) > LARGEST:
        raise _wrong("It is too large.")
    try:
        plain = json.loads(raw)
        return from_plain(plain)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _wrong("It has another shape.") from error


def from_plain(plain: Mapping[str, Any]) -> Form:
    """A form out of plain values as ``written`` makes them; what is not there is not known."""
    record = Record(
        names=tuple(
            Name(_text(one["given"]), _text(one.get("family", "")), _text(one.get("kind", "legal")))  # type: ignore[arg-type]
            for one in _list(plain["names"])
        ),
        birth=Birth(
            BirthDate.read(born) if (born := _text(plain.get("born", ""))) else None, _of(plain, "birth_place")
        ),
        sex=_of(plain, "sex") or "unknown",  # type: ignore[arg-type]
        status=Status(_of(plain, "status"), _of(plain, "nationality")),
        languages=_texts(plain, "languages"),
        needs=_texts(plain, "needs"),
        address=Address(_of(plain, "area"), _of(plain, "address")),
        contacts=tuple(
            Contact(_text(kind), _text(value), bool(private))  # type: ignore[arg-type]
            for kind, value, private in _list(plain.get("contacts", []))
        ),
        identifiers=tuple(
            Identifier(_text(scheme), _text(value)) for scheme, value in _list(plain.get("identifiers", []))
        ),
    )
    guardian = _of(plain, "guardian")
    return Form(
        record,
        _texts(plain, "documents"),
        _texts(plain, "exceptions"),
        UUID(guardian) if guardian else None,
        _of(plain, "language"),
    )


def _of(plain: Mapping[str, Any], name: str) -> str:
    return _text(plain.get(name, ""))


def _texts(plain: Mapping[str, Any], name: str) -> tuple[str, ...]:
    return tuple(_text(one) for one in _list(plain.get(name, [])))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("a text is needed")
    return value.replace("\0", "")


def _list(value: Any) -> Sequence[Any]:
    if not isinstance(value, list) or len(value) > 50:
        raise TypeError("a list is needed")
    return value


def _wrong(why: str) -> BadRecord:
    return BadRecord("This is no enrolment form.", why=why, mend="Fill it in again, on a page or a device of ours.")
