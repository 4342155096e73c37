"""Every error as problem+json (RFC 9457): what happened, why, and what to do, in the language that was asked for.

``KINDS`` lists every kind of problem. ``answer`` is the one handler: it turns any exception into one of them.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import DataError, IntegrityError
from django.db import Error as DatabaseTrouble
from django.http import Http404, HttpRequest, HttpResponse
from ninja.errors import HttpError, ValidationError

from doorstep.channels.api.words import say
from doorstep.domains.benefits.types import AlreadyObjected, BadAnswer, NotAllowed, NotFound, TooLate, TooManyTries
from doorstep.kit.errors import DoorstepError
from doorstep.kit.languages import preferred
from doorstep.kit.words import LANGUAGES

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
TYPE = "/api/#problem-"
"""In front of a kind's code: where the page says what it means."""


@dataclass(frozen=True)
class Kind:
    """A kind of problem. Its words are ``problem.<code>`` (title), ``..._text`` (detail) and ``..._mend``."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)


KINDS: Mapping[str, Kind] = {
    "unreadable": Kind(400),
    "not-allowed": Kind(403),
    "not-found": Kind(404),
    "no-such-letter": Kind(404),
    "wrong-method": Kind(405),
    "too-late": Kind(409),
    "already-objected": Kind(409),
    "too-large": Kind(413),
    "not-json": Kind(415),
    "invalid": Kind(422),
    "too-many-tries": Kind(429, {"Retry-After": "3600"}),
    "broken": Kind(500),
    "unavailable": Kind(503, {"Retry-After": "60"}),
}

OF_ERROR: Sequence[tuple[type[Exception], str]] = (
    (NotFound, "not-found"),
    (Http404, "not-found"),
    (NotAllowed, "not-allowed"),
    (AlreadyObjected, "already-objected"),
    (TooLate, "too-late"),
    (TooManyTries, "too-many-tries"),
    (RequestDataTooBig, "too-large"),
    (DataError, "broken"),
    (IntegrityError, "broken"),
    (DatabaseTrouble, "unavailable"),
)
"""The first that fits."""

_FAULTS: Mapping[str, str] = {
    "missing": "fault.missing",
    "extra_forbidden": "fault.unknown",
    "string_too_long": "fault.long",
    "string_too_short": "fault.short",
    "too_long": "fault.many",
    "greater_than_equal": "fault.range",
    "less_than_equal": "fault.range",
}
"""What the validator calls a mistake -> its words."""


@dataclass(frozen=True)
class Fault:
    """One wrong value: in the body (``pointer``, RFC 6901) or in the address (``parameter``).

    ``words`` is a key of the words, or with ``said`` already a sentence.
    """

    words: str
    pointer: str = ""
    parameter: str = ""
    said: bool = False


class Refusal(DoorstepError):
    """The API itself refuses a request."""

    def __init__(self, code: str, *, faults: Sequence[Fault] = (), headers: Mapping[str, str] | None = None) -> None:
        super().__init__(code)
        self.code, self.faults, self.headers = code, tuple(faults), dict(headers or {})


def answer(request: HttpRequest, raised: Exception | type[Exception]) -> HttpResponse:
    """The problem that an exception is. Nothing personal reaches the log: kinds of errors only."""
    error = raised() if isinstance(raised, type) else raised
    refusal = refusal_of(error)
    if KINDS[refusal.code].status >= 500:
        log.error("%s: %s", refusal.code, type(error.__cause__ or error).__name__, exc_info=_unforeseen(error, refusal))
    return problem(request, refusal)


def refusal_of(error: Exception) -> Refusal:
    """An exception as a kind of problem; what nobody foresaw is our fault (``broken``)."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, HttpError):
        # What the parser of a body raised.
        cause = error.__cause__
        return refusal_of(cause) if isinstance(cause, Refusal | RequestDataTooBig) else Refusal("unreadable")
    if isinstance(error, ValidationError):
        return Refusal("invalid", faults=[_fault(mistake) for mistake in error.errors])
    if isinstance(error, BadAnswer):
        return Refusal("invalid", faults=(Fault(error.what, pointer=pointer(error.question), said=True),))
    return Refusal(next((code for kind, code in OF_ERROR if isinstance(error, kind)), "broken"))


def problem(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A refusal, written."""
    kind, language = KINDS[refusal.code], language_of(request)
    body = written(refusal.code, language)
    if refusal.faults:
        body["errors"] = [_shown(fault, language) for fault in refusal.faults]
    response = HttpResponse(json.dumps(body, ensure_ascii=False), status=kind.status, content_type=MEDIA_TYPE)
    for name, value in {**kind.headers, **refusal.headers}.items():
        response[name] = value
    response["Cache-Control"] = "no-store"
    response["Content-Language"] = language
    return response


def written(code: str, language: str) -> dict[str, Any]:
    """The members of a kind of problem."""
    return {
        "type": f"{TYPE}{code}",
        "title": say(f"problem.{code}", language),
        "status": KINDS[code].status,
        "detail": say(f"problem.{code}_text", language),
        "mend": say(f"problem.{code}_mend", language),
        "code": code,
    }


def note_language(request: HttpRequest, language: str) -> None:
    """Remember in which language a request is answered."""
    request.api_language = language  # type: ignore[attr-defined]


def language_of(request: HttpRequest) -> str:
    """The language to answer in: the one that was settled on, else what the request says. Needs no database."""
    settled = getattr(request, "api_language", None)
    if isinstance(settled, str):
        return settled
    wanted = request.GET.get("language", "")
    return wanted if wanted in LANGUAGES else preferred(request.headers.get("Accept-Language", ""), LANGUAGES)


def _unforeseen(error: Exception, refusal: Refusal) -> Exception | None:
    """The error with its traceback where a programmer must look at it: never that of a database, which holds values."""
    return error if refusal.code == "broken" and not isinstance(error, DatabaseTrouble) else None


def _fault(mistake: Mapping[str, Any]) -> Fault:
    where = [str(part) for part in mistake.get("loc", ())]
    words = _FAULTS.get(str(mistake.get("type")), "fault.type")
    if where and where[0] == "body":
        # The name of the function's argument says nothing to the caller.
        return Fault(words, pointer=pointer(*where[2:]))
    return Fault(words, parameter=where[-1] if where else "")


def pointer(*parts: str) -> str:
    """Where a value stands in the body (RFC 6901)."""
    return "#" + "".join(f"/{part.replace('~', '~0').replace('/', '~1')}" for part in parts)


def _shown(fault: Fault, language: str) -> dict[str, str]:
    shown = {"detail": fault.words if fault.said else say(fault.words, language)}
    if fault.parameter:
        return {**shown, "parameter": fault.parameter}
    return {**shown, "pointer": fault.pointer}
