"""One's own data: what the state knows, who looked and why, consents, requests, taking it all along. No script needed.

The number of the record and a PIN open it for twenty minutes on one device; a new PIN closes it everywhere.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from doorstep.channels.web.page import address, page
from doorstep.channels.web.visit import Request
from doorstep.channels.web.words import say, words
from doorstep.domains.people import api as people
from doorstep.domains.people.types import BadRecord, LookView, TooManyTries
from doorstep.engines.pins.types import BadPin, Waiting, WrongPin
from doorstep.kit.errors import DoorstepError
from doorstep.kit.languages import isolated

COOKIE = "doorstep_me"
SALT = "doorstep.web.me"
LIVES_SECONDS = 20 * 60
ROWS = 25
KINDS = ("correct", "erase", "restrict", "object", "human")
CATEGORIES = ("names", "birth", "sex", "status", "languages", "needs", "address")


class OwnRequest(Request):
    """A request of somebody who opened their own data."""

    person: UUID


View = Callable[..., HttpResponse]


def for_owner(view: View) -> View:
    """Whoever has not opened their data is sent to do so."""

    @wraps(view)
    def guarded(request: OwnRequest, **values: object) -> HttpResponse:
        person = _held(request)
        if person is None:
            return HttpResponseRedirect(address(request, "me"))
        request.person = person
        return view(request, **values)

    return guarded


@sensitive_post_parameters("pin")
@require_http_methods(["GET", "HEAD", "POST"])
def door(request: OwnRequest) -> HttpResponse:
    """Open one's data; or, where that is done, see what there is."""
    person = _held(request)
    if person is not None and request.method != "POST":
        request.person = person
        return _home(request)
    if request.method != "POST":
        return page(request, "me/door.html", {"closed": "closed" in request.GET}, keep=False)
    number, pin = request.POST.get("number", "").strip()[:40], request.POST.get("pin", "")[:20]
    try:
        found, version = people.sign_in(
            number=number, pin=pin, address=request.META.get("REMOTE_ADDR", ""), at=timezone.now()
        )
    except (WrongPin, Waiting, TooManyTries) as error:
        context = {"number": number, "wrong": said(error, request)}
        return page(request, "me/door.html", context, status=422 if isinstance(error, WrongPin) else 429, keep=False)
    response = HttpResponseRedirect(address(request, "me"))
    value = signing.dumps([str(found), version], salt=SALT)
    secure = bool(settings.SESSION_COOKIE_SECURE)
    response.set_cookie(COOKIE, value, max_age=LIVES_SECONDS, httponly=True, samesite="Lax", secure=secure)
    return response


@require_POST
def close(request: OwnRequest) -> HttpResponse:
    """Forget the person on this device."""
    response = HttpResponseRedirect(f"{address(request, 'me')}?closed")
    response.delete_cookie(COOKIE, samesite="Lax")
    return response


@require_safe
@for_owner
def data(request: OwnRequest) -> HttpResponse:
    """Everything that is kept, and who may act for whom."""
    own = people.my_data(country=request.visit.country, person=request.person, at=timezone.now())
    context = {
        "own": own,
        "number": people.shown_number(own.number or ""),
        "rules": people.rules(country=request.visit.country),
        "mandates": people.mandates_of(person=request.person),
        "cards": people.cards_of(person=request.person),
        "changes": people.changes(person=request.person),
        "me": request.person,
    }
    return page(request, "me/data.html", context, keep=False)


@require_safe
@for_owner
def looks(request: OwnRequest) -> HttpResponse:
    """Who looked, why and at what, the newest first."""
    before = _moment(request.GET.get("before", ""))
    rows = people.looks(
        country=request.visit.country, person=request.person, at=timezone.now(), before=before, size=ROWS + 1
    )
    context = {
        "rows": [(row, _who(row, request), _why(row, request)) for row in rows[:ROWS]],
        "more": rows[ROWS - 1].at.isoformat() if len(rows) > ROWS else "",
        "phone": isolated(request.visit.help_phone),
    }
    return page(request, "me/looks.html", context, keep=False)


@require_http_methods(["GET", "HEAD", "POST"])
@for_owner
def consents(request: OwnRequest) -> HttpResponse:
    """Purposes that need a yes: give it, take it back, read the receipt."""
    country, now = request.visit.country, timezone.now()
    asked = {
        code: country.purposes[code]
        for code, one in people.rules(country=country).purposes.items()
        if one.basis == "consent" and code in country.purposes
    }
    if request.method == "POST" and (purpose := request.POST.get("purpose", "")) in asked:
        if request.POST.get("do") == "give":
            people.give_consent(
                country=country, person=request.person, purpose=purpose, by="the person", how="screen", at=now
            )
        else:
            people.withdraw_consent(country=country, person=request.person, purpose=purpose, by="the person", at=now)
        return HttpResponseRedirect(f"{address(request, 'my_consents')}?done")
    given = {one.purpose: one for one in reversed(people.consents_of(person=request.person))}
    shows = {code: people.rules(country=country).purposes[code].shows for code in asked}
    rows = [(code, one, given.get(code), shows[code]) for code, one in asked.items()]
    return page(request, "me/consents.html", {"rows": rows, "done": "done" in request.GET}, keep=False)


@require_safe
@for_owner
def receipt(request: OwnRequest, id: UUID) -> HttpResponse:
    """The receipt of a consent, as a file."""
    told = people.consent_receipt(
        country=request.visit.country, person=request.person, consent=id, language=request.visit.language
    )
    return _file(told, f"consent-{str(id)[:8]}.json")


@require_http_methods(["GET", "HEAD", "POST"])
@for_owner
def requests(request: OwnRequest) -> HttpResponse:
    """Ask to have something corrected, erased, rested, or looked at by a human; and see what became of it."""
    given, wrong = request.POST, ""
    kind, category, text = (given.get(name, "").replace("\0", "") for name in ("kind", "category", "text"))
    if request.method == "POST":
        try:
            if kind not in KINDS or (category and category not in CATEGORIES):
                raise BadRecord("It is not said what is asked.", mend="Choose one.")
            people.ask(
                country=request.visit.country, person=request.person, kind=kind, text=text,  # type: ignore[arg-type]
                category=category, channel="web", at=timezone.now(),
            )  # fmt: skip
            return HttpResponseRedirect(f"{address(request, 'my_requests')}?done")
        except BadRecord as error:
            wrong = said(error, request)
    context = {
        "items": people.requests_of(person=request.person), "kinds": KINDS, "categories": CATEGORIES,
        "kind": kind, "category": category, "text": text, "wrong": wrong, "done": "done" in request.GET,
    }  # fmt: skip
    return page(request, "me/requests.html", context, status=422 if wrong else 200, keep=False)


@sensitive_post_parameters("old", "new", "again")
@require_http_methods(["GET", "HEAD", "POST"])
@for_owner
def pin(request: OwnRequest) -> HttpResponse:
    """Another PIN. Every device on which one's data are open is closed by it."""
    wrong = ""
    if request.method == "POST":
        old, new, again = (request.POST.get(name, "")[:20] for name in ("old", "new", "again"))
        try:
            if new != again:
                raise BadPin("The two new PINs differ.", mend="Write the same twice.")
            people.change_pin(person=request.person, old=old, new=new, at=timezone.now())
            response = HttpResponseRedirect(f"{address(request, 'me')}?closed")
            response.delete_cookie(COOKIE, samesite="Lax")
            return response
        except (BadPin, WrongPin, Waiting) as error:
            wrong = said(error, request)
    return page(request, "me/pin.html", {"wrong": wrong}, status=422 if wrong else 200, keep=False)


@require_safe
@for_owner
def export(request: OwnRequest) -> HttpResponse:
    """Everything, as a file that other services can read."""
    told = people.export(
        country=request.visit.country, person=request.person, language=request.visit.language, at=timezone.now()
    )
    return _file(told, "my-data.json")


def said(error: DoorstepError, request: Request) -> str:
    """An error in the person's language."""
    key = f"me.wrong_{type(error).__name__}"
    return say(key if key in words() else "me.wrong", request.visit.language)


def _home(request: OwnRequest) -> HttpResponse:
    now = timezone.now()
    rows = people.looks(country=request.visit.country, person=request.person, at=now, size=4)
    context = {
        "rows": [(row, _who(row, request), _why(row, request)) for row in rows],
        "breaches": people.breaches_of(person=request.person),
        "open": [one for one in people.requests_of(person=request.person) if one.state == "open"],
    }
    return page(request, "me/home.html", context, keep=False)


def _held(request: Request) -> UUID | None:
    try:
        person, version = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=LIVES_SECONDS)
        found = UUID(person)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return found if people.is_open(person=found, version=version) else None


def _who(look: LookView, request: Request) -> str:
    language = request.visit.language
    if look.who == "the person":
        return say("me.you", language)
    first = look.who.split(" ")[0]
    return say(f"me.{first}", language) if look.how == "mandate" else look.who


def _why(look: LookView, request: Request) -> str:
    purpose = request.visit.country.purposes.get(look.purpose)
    return purpose.title.in_(request.visit.language) if purpose else look.purpose


def _file(told: Any, name: str) -> HttpResponse:
    response = HttpResponse(json.dumps(told, ensure_ascii=False, indent=2), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None
