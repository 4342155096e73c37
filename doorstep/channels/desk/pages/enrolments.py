"""Enrolling at a desk: the form, those who wait for introducers or for a comparison, refusals, and tablets."""

from __future__ import annotations

import base64
import binascii
import uuid
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from doorstep.channels.desk.gate import DeskRequest
from doorstep.channels.desk.labels import areas_of
from doorstep.channels.desk.page import address, asked
from doorstep.channels.desk.pages.people import said, shown
from doorstep.channels.web.api import page_number
from doorstep.domains.people import api as people
from doorstep.domains.people.api import Address, Asker, Birth, BirthDate, Form, Record, Status
from doorstep.domains.people.types import BadRecord, Contact, EnrolmentState, Identifier, Name
from doorstep.kit.errors import DoorstepError
from doorstep.kit.languages import own_name

TAB = "enrolments"
PURPOSE = "enrol-a-person"
SIZE = 25


def asker_of(request: DeskRequest, enrolment: UUID | str) -> Asker:
    """The officer, for this enrolment."""
    return Asker(request.officer.name, PURPOSE, f"enrolment {enrolment}", request.officer.roles)


@require_safe
def enrolments(request: DeskRequest) -> HttpResponse:
    """Who waits, and for what; filtered by state, page by page."""
    given = asked(request, "state")
    state = EnrolmentState(given) if given in set(EnrolmentState) else None
    number, total = page_number(request), people.count_enrolments(state=state)
    items = people.enrolments(state=state, size=SIZE, skip=(number - 1) * SIZE)
    context = {
        "items": items, "state": state, "states": list(EnrolmentState), "total": total,
        "before": number - 1, "after": number + 1 if number * SIZE < total else 0,
    }  # fmt: skip
    return shown(request, "enrolments.html", context, tab=TAB)


@require_http_methods(["GET", "HEAD", "POST"])
def enrol(request: DeskRequest) -> HttpResponse:
    """The form. Its id is made with the page: pressing the button twice enrols once."""
    given, wrong = request.POST, ""
    if request.method == "POST":
        try:
            id_ = UUID(given.get("id", ""))
            made = people.enrol(
                country=request.visit.country,
                form=_form(request),
                id=id_,
                asker=asker_of(request, id_),
                at=timezone.now(),
            )
            return HttpResponseRedirect(address(request, "enrolment", made.id, done="1"))
        except DoorstepError as error:
            wrong = said(error, request)
        except ValueError:
            wrong = said(BadRecord("The page was altered.", mend="Open it again."), request)
    languages = {code: own_name(code) for code in request.visit.country.languages}
    context = {
        "given": given,
        "chosen": {name: given.getlist(name) for name in ("languages", "needs", "documents", "exceptions")},
        "id": given.get("id") or uuid.uuid4(),
        "languages": languages,
        "areas": areas_of(request),
        "scripts": ("", "2"),
        "numbers": ("1", "2"),
    }
    return shown(request, "enrol.html", context, tab=TAB, wrong=wrong)


@require_safe
def enrolment(request: DeskRequest, id: UUID) -> HttpResponse:
    """Where one enrolment stands and what can be done. What was written in it is not shown again."""
    return _one(request, id)


@require_POST
def act(request: DeskRequest, id: UUID) -> HttpResponse:
    """Take an introducer's word, refuse with words, note the person's contest, or say yes after one."""
    try:
        _act(request, id)
    except DoorstepError as error:
        return _one(request, id, said(error, request))
    return HttpResponseRedirect(address(request, "enrolment", id, done="1"))


def _act(request: DeskRequest, id: UUID) -> None:
    country, now, asker = request.visit.country, timezone.now(), asker_of(request, id)
    given = request.POST
    words = given.get("words", "").replace("\0", "")
    match given.get("do", ""):
        case "vouch":
            people.vouch(
                country=country, enrolment=id, number=given.get("number", "")[:40], knows=words, asker=asker, at=now
            )
        case "refuse":
            people.refuse_enrolment(country=country, enrolment=id, words=words, asker=asker, at=now)
        case "contest":
            people.contest_refusal(enrolment=id, words=words, at=now)
        case "accept":
            people.accept_contested(country=country, enrolment=id, asker=asker, at=now)


def _one(request: DeskRequest, id: UUID, wrong: str = "") -> HttpResponse:
    return shown(request, "enrolment.html", {"item": people.enrolment(id=id)}, tab=TAB, wrong=wrong)


@require_http_methods(["GET", "HEAD", "POST"])
def devices(request: DeskRequest) -> HttpResponse:
    """Tablets: which are at work, which packets are missing; add one, end one."""
    wrong, now = "", timezone.now()
    if request.method == "POST":
        try:
            if request.POST.get("do") == "end":
                people.end_device(code=request.POST.get("code", ""), at=now)
            else:
                _add_device(request)
            return HttpResponseRedirect(address(request, "enrol_devices", done="1"))
        except DoorstepError as error:
            wrong = said(error, request)
    context = {
        "devices": people.enrolment_devices(),
        "server": base64.b64encode(people.server_key()).decode(),
        "given": request.POST,
        "until": (now + timedelta(days=180)).date().isoformat(),
    }
    return shown(request, "devices.html", context, tab=TAB, wrong=wrong)


def _add_device(request: DeskRequest) -> None:
    given = request.POST
    try:
        public = base64.b64decode(given.get("key", "").strip(), validate=True)
        until = date.fromisoformat(given.get("until", ""))
    except (binascii.Error, ValueError) as error:
        raise BadRecord("The key or the last day cannot be read.", mend="Copy the key whole; choose a day.") from error
    people.add_device(
        code=given.get("code", "").replace("\0", ""), holder=given.get("holder", "").replace("\0", ""), public=public,
        until=until, by=request.officer.name, at=timezone.now(),
    )  # fmt: skip


def _form(request: DeskRequest) -> Form:
    given = request.POST
    names = tuple(Name(_text(given, f"given{at}"), _text(given, f"family{at}")) for at in ("", "2"))
    record = Record(
        names=names,
        birth=Birth(_birth(given), _text(given, "birth_place")),
        sex=_text(given, "sex") or "unknown",  # type: ignore[arg-type]
        status=Status(_text(given, "status"), _text(given, "nationality").upper()),
        languages=tuple(given.getlist("languages")),
        needs=tuple(given.getlist("needs")),
        address=Address(_text(given, "area"), given.get("address", "")),
        contacts=tuple(_contacts(given)),
        identifiers=tuple(
            Identifier(_text(given, f"scheme{at}"), _text(given, f"value{at}"))
            for at in ("1", "2")
            if _text(given, f"value{at}")
        ),
    )
    guardian = None
    if number := _text(given, "guardian"):
        guardian = people.person_of_number(number=number, who=request.officer.name, at=timezone.now())
    chosen = given.getlist("documents"), given.getlist("exceptions")
    return Form(record, tuple(chosen[0]), tuple(chosen[1]), guardian, request.visit.language)


def _birth(given: QueryDict) -> BirthDate | None:
    year, month, day = (_text(given, name) for name in ("year", "month", "day"))
    if not year:
        if month or day:
            raise BadRecord("The year of birth is missing.", mend="Ask for it; about is enough.")
        return None
    written = "-".join([year.zfill(4), *(part.zfill(2) for part in (month, day) if part)])
    return BirthDate.read(written + ("~" if given.get("about") else ""))


def _contacts(given: QueryDict) -> list[Contact]:
    kinds: tuple[Any, ...] = ("phone", "email")
    private = not given.get("shared")
    return [Contact(kind, _text(given, kind), private) for kind in kinds if _text(given, kind)]


def _text(given: QueryDict, name: str) -> str:
    return given.get(name, "").replace("\0", "").strip()
