"""People at the desk: looked for, opened for a purpose and a case, and every look told to its owner."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from doorstep.channels.desk.gate import DeskRequest
from doorstep.channels.desk.page import address, asked, page
from doorstep.channels.web.api import say, words, write
from doorstep.domains.people import api as people
from doorstep.domains.people.api import Asker, IssuedCard
from doorstep.domains.people.types import NotAllowed, Role
from doorstep.engines.credentials import api as credentials
from doorstep.engines.credentials.api import CardFace, CardWords
from doorstep.engines.pins.types import BadPin
from doorstep.kit.errors import DoorstepError
from doorstep.kit.styles import csp_hash

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
        "may_enrol": bool(request.officer.roles & {Role.ENROLLER, Role.REGISTRAR}),
        "number": people.shown_number(seen.number) if seen.number else "",
    }
    return shown(request, "person.html", context, tab="people")


@sensitive_post_parameters("pin", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def pin(request: DeskRequest, id: UUID) -> HttpResponse:
    """A PIN, typed by the person who stands at the desk: the first, or another where one is lost."""
    wrong = ""
    if request.method == "POST":
        try:
            if request.POST.get("pin") != request.POST.get("again"):
                raise BadPin("The two PINs differ.", mend="Let the person type the same twice.")
            given = request.POST.get("pin", "")[:20]
            people.set_pin(
                country=request.visit.country, person=id, pin=given, asker=asker_of(request), at=timezone.now()
            )
            return HttpResponseRedirect(address(request, "person", id, done="1"))
        except DoorstepError as error:
            wrong = said(error, request)
    return shown(request, "pin.html", {"id": id}, tab="people", wrong=wrong)


@require_http_methods(["GET", "HEAD", "POST"])
def card(request: DeskRequest, id: UUID) -> HttpResponse:
    """A person's cards; a new one, printed at once; one that is lost or was found again."""
    country, now, wrong = request.visit.country, timezone.now(), ""
    if request.method == "POST":
        try:
            if request.POST.get("do") == "issue":
                return _printed(request, people.issue_card(country=country, person=id, asker=asker_of(request), at=now))
            number = request.POST.get("card", "")
            people.end_card(
                country=country, card=int(number) if number.isdecimal() and len(number) < 10 else 0,
                asker=asker_of(request), state=request.POST.get("do", ""), why=request.POST.get("why", ""), at=now,
            )  # fmt: skip
            return HttpResponseRedirect(address(request, "person_card", id, done="1"))
        except DoorstepError as error:
            wrong = said(error, request)
    return shown(request, "card.html", {"id": id, "cards": people.cards_of(person=id)}, tab="people", wrong=wrong)


def _printed(request: DeskRequest, made: IssuedCard) -> HttpResponse:
    """The card as a page of its own to be printed, in large print for who needs it."""
    visit, seen = request.visit, made.person
    language = visit.language
    first = seen.names[0] if seen.names else None
    second = next((one for one in seen.names or () if first and one.script != first.script), None)
    on = seen.birth.on if seen.birth else None
    born = "" if on is None else write(on.earliest(), language) if on.day else str(on)
    texts = {
        name: say(f"card.{name}", language) for name in ("title", "number", "born", "until", "scan", "found", "fold")
    }
    face = CardFace(
        words=CardWords(language=language, is_rtl=visit.direction == "rtl", phone=visit.help_phone, **texts),
        issuer=visit.country.name.in_(language), name=str(first or ""), number=seen.number or "", text=made.text,
        second_name=str(second or ""), born=born, until=write(made.card.expires_at.date(), language),
        large="large" in request.POST, notch="notch" in request.POST,
    )  # fmt: skip
    response = HttpResponse(credentials.cards_page(cards=[face]))
    response["Content-Security-Policy"] = (
        f"default-src 'none'; style-src {csp_hash(credentials.CARD_STYLE)}; img-src data:"
    )
    response["Cache-Control"] = "no-store"
    return response
