"""People at the desk: looked for, opened for a purpose and a case, and every look told to its owner."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from doorstep.channels.desk.gate import DeskRequest
from doorstep.channels.desk.page import address, asked, page
from doorstep.channels.web.api import say, words
from doorstep.domains.people import api as people
from doorstep.domains.people.api import Asker
from doorstep.domains.people.types import NotAllowed
from doorstep.kit.errors import DoorstepError

SESSION = "people_reason"
MOST = 80


def asker_of(request: DeskRequest) -> Asker:
    """Who asks, for what and in which case, as they said when they began. Raises ``NotAllowed`` where they did not."""
    reason = request.session.get(SESSION, {})
    if not reason.get("purpose"):
        raise NotAllowed("No reason is named.", mend="Say first why you open people's records.")
    return Asker(request.officer.name, reason["purpose"], reason["case"], request.officer.roles)


def said(error: DoorstepError, request: DeskRequest) -> str:
    """An error in the officer's language; where it is told in English only, its kind in theirs before it."""
    if request.visit.language == "en":
        return str(error)
    key = f"people.wrong_{type(error).__name__}"
    known = say(key if key in words() else "people.wrong", request.visit.language)
    return f"{known} ({error})"


def shown(
    request: DeskRequest, template: str, context: Mapping[str, Any], *, tab: str, wrong: str = "", status: int = 200
) -> HttpResponse:
    """One of the pages about people. It stands in no cache."""
    filled = {"wrong": wrong, "done": asked(request, "done"), "rules": people.rules(country=request.visit.country)}
    return page(request, f"people/{template}", {**filled, **context}, tab=tab, status=422 if wrong else status)


def purposes_of(request: DeskRequest) -> dict[str, Any]:
    """The purposes that the officer's roles open."""
    country = request.visit.country
    codes = people.purposes_for(country=country, roles=request.officer.roles)
    return {code: country.purposes[code] for code in codes if code in country.purposes}


@require_http_methods(["GET", "HEAD", "POST"])
def search(request: DeskRequest) -> HttpResponse:
    """Why, for which case, and whom: by number or by name. It is sent by POST, so that no name stands in an address."""
    reason, given = request.session.get(SESSION, {}), request.POST
    context: dict[str, Any] = {
        "purposes": purposes_of(request),
        "chosen": given.get("purpose", reason.get("purpose", "")),
        "case": given.get("case", reason.get("case", ""))[:MOST],
        "text": given.get("text", "")[:MOST],
        "year": given.get("year", "")[:4],
        "found": None,
    }
    if request.method != "POST":
        return shown(request, "search.html", context, tab="people")
    request.session[SESSION] = {"purpose": context["chosen"], "case": context["case"].replace("\0", "").strip()}
    try:
        return _searched(request, context)
    except DoorstepError as error:
        return shown(request, "search.html", context, tab="people", wrong=said(error, request))


def _searched(request: DeskRequest, context: dict[str, Any]) -> HttpResponse:
    country, now, asker = request.visit.country, timezone.now(), asker_of(request)
    text = context["text"].replace("\0", "").strip()
    if sum(sign.isdigit() for sign in text) >= 6:
        person = people.person_of_number(number=text, who=request.officer.name, at=now)
        return HttpResponseRedirect(address(request, "person", person))
    year = int(context["year"]) if context["year"].isdecimal() and len(context["year"]) == 4 else None
    context["found"] = people.search(country=country, text=text, asker=asker, at=now, year=year)
    return shown(request, "search.html", context, tab="people")


@require_http_methods(["GET", "HEAD", "POST"])
def person(request: DeskRequest, id: UUID) -> HttpResponse:
    """What the purpose shows of one person. Opening the page is a look."""
    country, now = request.visit.country, timezone.now()
    if SESSION not in request.session:
        return HttpResponseRedirect(address(request, "people"))
    asker = asker_of(request)
    seen = people.read(country=country, person=id, asker=asker, at=now)
    context = {
        "seen": seen,
        "purpose": country.purposes[asker.purpose],
        "case": asker.case,
        "changes": people.changes(person=id),
        "number": people.shown_number(seen.number) if seen.number else "",
    }
    return shown(request, "person.html", context, tab="people")
