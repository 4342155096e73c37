"""The data-protection officer's desk: requests with their clocks, breaches, and who looks more than others."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from doorstep.channels.desk.gate import DeskRequest
from doorstep.channels.desk.page import address
from doorstep.channels.desk.pages.people import said, shown
from doorstep.domains.people import api as people
from doorstep.domains.people.api import Asker
from doorstep.domains.people.types import BadRecord
from doorstep.kit.errors import DoorstepError

TAB = "protection"
PURPOSE = "answer-your-request"
CATEGORIES = ("names", "birth", "sex", "status", "languages", "needs", "contacts", "address", "identifiers")


@require_safe
def protection(request: DeskRequest) -> HttpResponse:
    """What is asked and by when it must be answered, breaches and their clock, and who looked how often in a month."""
    now = timezone.now()
    context = {
        "requests": people.open_requests(),
        "breaches": people.breaches(),
        "looks": people.officers_looks(since=now - timedelta(days=30), until=now)[:20],
        "today": timezone.localdate(),
        "now": now,
    }
    return shown(request, "protection.html", context, tab=TAB)


@require_http_methods(["GET", "HEAD", "POST"])
def request_(request: DeskRequest, id: UUID) -> HttpResponse:
    """One request with its text, and its answer."""
    country, now, wrong = request.visit.country, timezone.now(), ""
    asker = Asker(request.officer.name, PURPOSE, f"request {id}", request.officer.roles)
    if request.method == "POST":
        words, do = request.POST.get("words", "").replace("\0", ""), request.POST.get("do", "")
        try:
            if do == "prolong":
                people.prolong_request(country=country, request=id, asker=asker, why=words, at=now)
            else:
                people.answer_request(country=country, request=id, asker=asker, done=do == "done", words=words, at=now)
            return HttpResponseRedirect(address(request, "protection", done="1"))
        except DoorstepError as error:
            wrong = said(error, request)
    item = people.open_request(country=country, request=id, asker=asker, at=now)
    held = people.holds(country=country, person=item.person, today=now.date()) if item.kind == "erase" else ()
    context = {"item": item, "holds": held, "words": request.POST.get("words", "")}
    return shown(request, "request.html", context, tab=TAB, wrong=wrong)


@require_http_methods(["GET", "HEAD", "POST"])
def breach(request: DeskRequest) -> HttpResponse:
    """Write a breach down, and say when the authority and the people were told."""
    wrong = ""
    if request.method == "POST":
        try:
            _note(request)
            return HttpResponseRedirect(address(request, "protection", done="1"))
        except DoorstepError as error:
            wrong = said(error, request)
    context = {
        "given": request.POST,
        "chosen": request.POST.getlist("categories"),
        "categories": CATEGORIES,
        "now": timezone.localtime().strftime("%Y-%m-%dT%H:%M"),
    }
    return shown(request, "breach.html", context, tab=TAB, wrong=wrong)


def _note(request: DeskRequest) -> None:
    given, now = request.POST, timezone.now()
    number = given.get("breach", "")
    if given.get("do") == "authority":
        people.tell_authority(breach=_number(number), reference=given.get("reference", "").replace("\0", ""), at=now)
    elif given.get("do") == "people":
        people.tell_people(breach=_number(number), at=now)
    else:
        numbers = given.get("people", "").replace(",", "\n").splitlines()
        concerned = [
            people.person_of_number(number=one, who=request.officer.name, at=now) for one in numbers if one.strip()
        ]
        people.note_breach(
            what=given.get("what", "").replace("\0", ""), categories=given.getlist("categories"), people=concerned,
            is_high_risk=bool(given.get("risk")), found_at=_moment(given.get("found_at", "")),
            by=request.officer.name, advice=given.get("advice", "").replace("\0", ""), at=now,
        )  # fmt: skip


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _moment(text: str) -> datetime:
    try:
        return timezone.make_aware(datetime.fromisoformat(text))
    except ValueError as error:
        raise BadRecord("The time cannot be read.", mend="Choose the day and the hour when it was found.") from error
