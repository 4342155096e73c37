"""A letter: looking it up with its code, reading the decision, objecting to it.

Code and contract number are kept for half an hour in a signed cookie, so that neither stands in an address.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from doorstep.channels.web.labels import receipt_label
from doorstep.channels.web.page import address, page
from doorstep.channels.web.proof import square_code
from doorstep.channels.web.visit import Request
from doorstep.channels.web.words import say
from doorstep.domains.benefits import api as benefits
from doorstep.domains.benefits.types import (
    BadAnswer,
    DecisionKind,
    DecisionView,
    EntitlementState,
    HousePurpose,
    NotFound,
    ObjectionState,
    TooLate,
    TooManyTries,
)
from doorstep.engines.evidence.types import NoReceipt, ReceiptView

COOKIE = "doorstep_letter"
SALT = "doorstep.web.letter"
LIVES_SECONDS = 30 * 60
NOT_IN_FORCE = (DecisionKind.REFUSAL, DecisionKind.WAITING)
"""Decisions that give nothing: what one would get and from when is not told as if one had it."""


@dataclass(frozen=True)
class Letter:
    """What is printed on a letter."""

    reference: str
    contract: str


@require_http_methods(["GET", "HEAD", "POST"])
def find(request: Request) -> HttpResponse:
    """Ask for the code and the contract number; open the letter."""
    if request.method != "POST":
        return page(request, "decision/find.html", {"closed": "closed" in request.GET}, keep=False)
    letter = Letter(
        request.POST.get("reference", "").strip().upper()[:40], request.POST.get("contract", "").strip()[:80]
    )
    wrong = _missing(request, letter)
    if not wrong:
        try:
            benefits.check_reference(
                reference=letter.reference, contract_id=letter.contract, who=who(request), now=timezone.now()
            )
        except NotFound:
            wrong = {"reference": say("find.not_found", request.visit.language)}
        except TooManyTries:
            wrong = {"reference": say("find.too_many", request.visit.language)}
    if wrong:
        context = {"letter": letter, "wrong": wrong}
        return page(request, "decision/find.html", context, status=422, keep=False)
    response = HttpResponseRedirect(address(request, "letter"))
    value = signing.dumps([letter.reference, letter.contract], salt=SALT)
    response.set_cookie(
        COOKIE,
        value,
        max_age=LIVES_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=bool(settings.SESSION_COOKIE_SECURE),
    )
    return response


@require_safe
def letter(request: Request) -> HttpResponse:
    """The decision."""
    held = held_letter(request)
    if held is None:
        return HttpResponseRedirect(address(request, "find"))
    return page(request, "decision/letter.html", _context(request, _read(request, held)), keep=False)


@require_safe
def receipt(request: Request) -> HttpResponse:
    """The receipt of the decision: what it says, as a square code and to take away."""
    held = held_letter(request)
    if held is None:
        return HttpResponseRedirect(address(request, "find"))
    try:
        found = _receipt(request, held)
    except NoReceipt:
        return page(request, "decision/receipt.html", {}, keep=False)
    facts = [
        (receipt_label(name, request.visit.language), value) for name, value in sorted(found.content.items()) if value
    ]
    context = {"receipt": found, "place": found.index + 1, "facts": facts, "code": square_code(found.qr)}
    return page(request, "decision/receipt.html", context, keep=False)


@require_safe
def receipt_file(request: Request) -> HttpResponse:
    """The receipt as a file."""
    held = held_letter(request)
    if held is None:
        return HttpResponseRedirect(address(request, "find"))
    try:
        found = _receipt(request, held)
    except NoReceipt:
        return HttpResponseRedirect(address(request, "receipt"))
    response = HttpResponse(found.text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{held.reference}.tlog-proof"'
    response["Cache-Control"] = "no-store"
    return response


def _receipt(request: Request, held: Letter) -> ReceiptView:
    return benefits.receipt_by_reference(
        reference=held.reference,
        contract_id=held.contract,
        who=who(request),
        purpose=HousePurpose.OWN_DATA,
        now=timezone.now(),
    )


@require_POST
def close(request: Request) -> HttpResponse:
    """Forget the letter on this device."""
    response = HttpResponseRedirect(f"{address(request, 'find')}?closed")
    response.delete_cookie(COOKIE, samesite="Lax")
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def object_to(request: Request) -> HttpResponse:
    """Object, in one's own words."""
    held = held_letter(request)
    if held is None:
        return HttpResponseRedirect(address(request, "find"))
    text, wrong = "", ""
    if request.method == "POST":
        text = request.POST.get("text", "").strip()
        wrong = _refuse(request, held, text)
        if not wrong:
            return HttpResponseRedirect(address(request, "objected"))
    decision = _read(request, held)
    if not decision.may_object and not wrong:
        return HttpResponseRedirect(address(request, "letter"))
    context = {**_context(request, decision), "text": text, "wrong": wrong, "most": benefits.MAX_WORDS}
    return page(request, "decision/object.html", context, status=422 if wrong else 200, keep=False)


@require_safe
def objected(request: Request) -> HttpResponse:
    """What happens next, by when."""
    held = held_letter(request)
    decision = _read(request, held) if held else None
    if decision is None or decision.objection is None:
        return HttpResponseRedirect(address(request, "find" if decision is None else "letter"))
    return page(request, "decision/objected.html", _context(request, decision), keep=False)


def _refuse(request: Request, held: Letter, text: str) -> str:
    """Send the objection; what is wrong with it, or nothing."""
    language = request.visit.language
    if not text:
        return say("object.empty", language)
    if len(text) > benefits.MAX_WORDS:
        return say("object.long", language, most=benefits.MAX_WORDS)
    try:
        benefits.object_to(
            reference=held.reference, contract_id=held.contract, text=text, who=who(request), now=timezone.now()
        )
    except TooLate:
        return say("decision.object_late", language)
    except BadAnswer as error:
        return error.what
    return ""


def _missing(request: Request, letter: Letter) -> dict[str, str]:
    wrong = {}
    if not letter.reference:
        wrong["reference"] = say("find.no_reference", request.visit.language)
    if not letter.contract:
        wrong["contract"] = say("find.no_contract", request.visit.language)
    return wrong


def held_letter(request: Request) -> Letter | None:
    """The letter that was opened on this device."""
    try:
        reference, contract = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=LIVES_SECONDS)
    except (signing.BadSignature, ValueError):
        return None
    return Letter(reference, contract)


def _read(request: Request, letter: Letter) -> DecisionView:
    return benefits.decision_by_reference(
        reference=letter.reference,
        contract_id=letter.contract,
        who=who(request),
        purpose=HousePurpose.OWN_DATA,
        language=request.visit.language,
        now=timezone.now(),
    )


def _context(request: Request, decision: DecisionView) -> dict[str, Any]:
    programme = benefits.programme(country=request.visit.country, id=decision.programme)
    is_active = decision.state is EntitlementState.ACTIVE
    objection = decision.objection
    is_righted = is_active and objection is not None and objection.state is ObjectionState.UPHELD
    return {
        "decision": decision,
        "programme": programme,
        "heading": "decision.righted" if is_righted else f"decision.{decision.kind.value}",
        "is_righted": is_righted,
        "in_force": is_righted or decision.kind not in NOT_IN_FORCE,
        "tone": "open" if decision.kind is DecisionKind.WAITING else "yes" if is_active else "no",
        "purposes": request.visit.country.purposes,
    }


def who(request: HttpRequest) -> str:
    """The person with the letter, told from others so that guessers are slowed down."""
    return benefits.visitor(address=request.META.get("REMOTE_ADDR", ""))
