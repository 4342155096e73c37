"""Where people are paid: one officer asks for another account, a supervisor decides, the person reads both."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from doorstep.channels.desk.gate import DeskRequest
from doorstep.channels.desk.page import address, asked, page
from doorstep.channels.desk.pages.payments import TAB, acting, in_words
from doorstep.channels.desk.pages.purpose import ask_first
from doorstep.channels.desk.purposes import purpose_of, stated
from doorstep.channels.desk.words_of_officers import written
from doorstep.channels.web.api import say
from doorstep.domains.payments import api as payments
from doorstep.domains.payments.types import BadWords, NotAllowed, NotFound, Payable, Rail, TooLate

RAILS = (Rail.BANK, Rail.MOBILE, Rail.WALLET)
FIELDS = ("rail", "account", "name", "bic")
MOST = 200


@require_http_methods(["GET", "HEAD", "POST"])
def payees(request: DeskRequest) -> HttpResponse:
    """Find somebody by number: it is sent by POST and stands in no address. What waits for a second officer."""
    if purpose_of(request, TAB) is None:
        return ask_first(request, TAB) if request.method != "POST" else _to(request)
    person = request.POST.get("person", "").replace("\0", "").strip()[:80]
    wrong = {} if person or request.method != "POST" else {"person": say("payee.no_person", request.visit.language)}
    return _page(request, person, wrong=wrong)


@require_POST
def ask(request: DeskRequest) -> HttpResponse:
    """Ask for another account, with the reason that the person reads."""
    if purpose_of(request, TAB) is None:
        return _to(request)
    person = request.POST.get("person", "").replace("\0", "").strip()[:80]
    given = {name: request.POST.get(name, "").strip()[:MOST] for name in FIELDS}
    words, bad = written(request)
    wrong = {"words": bad} if bad else {}
    rail = Rail(given["rail"]) if given["rail"] in set(RAILS) else Rail.NONE
    try:
        if not wrong:
            number = payments.ask_payee_change(
                payee=Payable(person, 1, rail, given["account"], given["name"], given["bic"]),
                officer=acting(request),
                words=words,
                at=timezone.now(),
            )
            return HttpResponseRedirect(address(request, "payee_change", number, done="asked"))
    except BadWords as error:
        field = error.field if error.field in ("rail", "account", "words") else "account"
        wrong = {field: say("payee.words_wrong" if field == "words" else f"pay.{field}_wrong", request.visit.language)}
    except TooLate:
        wrong = {"account": say("payee.one_waits", request.visit.language)}
    return _page(request, person, wrong=wrong, given={**given, "words": words})


@require_safe
def change(request: DeskRequest, id: int) -> HttpResponse:
    """One wish for another account."""
    return _change(request, id)


@require_POST
def decide(request: DeskRequest, id: int) -> HttpResponse:
    """Yes or no, by a supervisor who did not ask."""
    words, bad = written(request)
    verdict = request.POST.get("verdict", "")
    wrong = {"words": bad} if bad else {}
    if verdict not in ("yes", "no"):
        wrong = {"verdict": say("objection.choose", request.visit.language), **wrong}
    if wrong:
        return _change(request, id, wrong=wrong, words=words)
    try:
        payments.decide_payee_change(
            id=id, approve=verdict == "yes", officer=acting(request), words=words, at=timezone.now()
        )
    except (NotAllowed, TooLate, BadWords) as error:
        told = say("payee.not_yours", request.visit.language) if isinstance(error, NotAllowed) else ""
        return _change(request, id, wrong={"verdict": told or in_words(request, error)}, words=words)
    return HttpResponseRedirect(address(request, "payee_change", id, done="decided"))


def _to(request: DeskRequest) -> HttpResponse:
    return HttpResponseRedirect(address(request, "payees"))


def _page(
    request: DeskRequest, person: str, *, wrong: dict[str, str], given: dict[str, str] | None = None
) -> HttpResponse:
    seen = None
    if person:
        seen = payments.look_at_payee(
            person=person, who=request.officer.name, purpose=purpose_of(request, TAB) or "", at=timezone.now()
        )
    is_open = asked(request, "state") != "decided"
    context = {
        "person": person,
        "seen": seen,
        "items": payments.payee_changes(is_open=is_open),
        "is_open": is_open,
        "rails": RAILS,
        "given": given or {},
    }
    return _shown(request, "payees.html", context, wrong)


def _change(request: DeskRequest, id: int, *, wrong: dict[str, str] | None = None, words: str = "") -> HttpResponse:
    purpose = purpose_of(request, TAB)
    if purpose is None:
        return ask_first(request, TAB)
    try:
        item = payments.look_at_change(id=id, who=request.officer.name, purpose=purpose, at=timezone.now())
    except NotFound as error:
        raise Http404 from error
    context = {
        "item": item,
        "may": acting(request).may_approve and item.asked_by != request.officer.name,
        "looks": payments.looks_at_payee(person=item.person),
        "words": words,
    }
    return _shown(request, "payee.html", context, wrong or {})


def _shown(request: DeskRequest, template: str, context: dict[str, Any], wrong: dict[str, str]) -> HttpResponse:
    filled = {"wrong": wrong, "done": asked(request, "done"), "purpose": stated(request, TAB), "work": TAB, **context}
    return page(request, template, filled, tab=TAB, status=422 if wrong else 200)
