"""One payment: its tries, and what an officer decides where it failed, came back, or nobody answers."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from doorstep.channels.desk.gate import DeskRequest
from doorstep.channels.desk.page import address, page
from doorstep.channels.desk.pages.payments import TAB, acting, in_words
from doorstep.channels.desk.pages.purpose import ask_first
from doorstep.channels.desk.purposes import purpose_of, stated
from doorstep.channels.desk.words_of_officers import written
from doorstep.channels.web.api import say
from doorstep.domains.payments import api as payments
from doorstep.domains.payments.types import (
    BadWords,
    DoesNotAddUp,
    NotAllowed,
    NotEnough,
    Payable,
    PaymentView,
    Rail,
    TooLate,
)

OTHER = "other_account"
RAILS = (Rail.BANK, Rail.MOBILE, Rail.WALLET)
MOST = 200


@require_safe
def payment(request: DeskRequest, id: int) -> HttpResponse:
    """What became of it, and the form to decide."""
    return _page(request, id)


@require_POST
def decide(request: DeskRequest, id: int) -> HttpResponse:
    """Do what was chosen, with its words."""
    if purpose_of(request, TAB) is None:
        return HttpResponseRedirect(address(request, "payment", id))
    verdict = request.POST.get("verdict", "")
    words, bad = written(request)
    wrong = {"words": bad} if bad else {}
    if verdict not in _verdicts(payments.payment(id=id)[0]):
        wrong = {"verdict": say("pay.choose", request.visit.language), **wrong}
    if wrong:
        return _page(request, id, wrong=wrong)
    try:
        payments.decide_payment(
            payment=id,
            verdict=verdict,
            officer=acting(request),
            words=words,
            at=timezone.now(),
            account=_account(request) if verdict == OTHER else None,
            seen=request.POST.get("seen", ""),
        )
    except BadWords as error:
        name = error.field if error.field in ("rail", "account") else "account"
        return _page(request, id, wrong={name: say(f"pay.{name}_wrong", request.visit.language)})
    except (TooLate, NotAllowed, NotEnough, DoesNotAddUp) as error:
        return _page(request, id, refused=in_words(request, error), status=409)
    return HttpResponseRedirect(address(request, "payment", id, done="1"))


def _page(request: DeskRequest, id: int, *, status: int = 200, **more: Any) -> HttpResponse:
    purpose = purpose_of(request, TAB)
    if purpose is None:
        return ask_first(request, TAB)
    view, mark = payments.look_at_payment(id=id, who=request.officer.name, purpose=purpose, at=timezone.now())
    context = {
        "purpose": stated(request, TAB),
        "work": TAB,
        "looks": payments.looks_at_payee(person=view.person),
        "view": view,
        "mark": mark,
        "done": "done" in request.GET,
        "verdicts": _verdicts(view),
        "rails": RAILS,
        "given": {name: request.POST.get(name, "")[:5_000] for name in ("verdict", "words", *_FIELDS)},
        "wrong": {},
        **more,
    }
    return page(request, "payment.html", context, tab=TAB, status=422 if more.get("wrong") else status)


def _verdicts(view: PaymentView) -> tuple[str, ...]:
    return payments.can_decide(state=view.state, rail=view.rail, is_stuck=view.is_stuck)


_FIELDS = ("rail", "account", "name", "bic")


def _account(request: DeskRequest) -> Payable:
    given = {name: request.POST.get(name, "").strip()[:MOST] for name in _FIELDS}
    rail = Rail(given["rail"]) if given["rail"] in set(RAILS) else Rail.NONE
    return Payable("", 1, rail, given["account"], given["name"], given["bic"])
