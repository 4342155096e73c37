"""A person's vouchers: opened with card and PIN; what came from whom, what was set aside and why, contesting it."""

from __future__ import annotations

from django.core import signing
from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from doorstep.channels.web.page import address, page
from doorstep.channels.web.pages.decision import who
from doorstep.channels.web.pages.shop import keep
from doorstep.channels.web.proof import proof_file, proof_page
from doorstep.channels.web.visit import Request
from doorstep.channels.web.words import say
from doorstep.domains.vouchers import api as vouchers
from doorstep.domains.vouchers.types import BadInput, NoSuch, NotAllowed, Refused, SetAside, Shown, TooManyTries
from doorstep.engines.evidence.types import NoReceipt, ReceiptView

COOKIE = "doorstep_vouchers"
SALT = "doorstep.web.vouchers"
LIVES_SECONDS = 30 * 60


@require_http_methods(["GET", "HEAD", "POST"])
def find(request: Request) -> HttpResponse:
    """Ask for card and PIN; open the vouchers."""
    scheme = vouchers.scheme(country=request.visit.country)
    if request.method != "POST":
        return page(
            request, "vouchers/find.html", {"closed": "closed" in request.GET, "kinds": scheme.kinds.values()},
            keep=False,
        )  # fmt: skip
    number, pin = request.POST.get("card", "").strip()[:220], request.POST.get("pin", "")[:12]
    try:
        person = vouchers.open_card(shown=Shown(number, pin), who=who(request), at=timezone.now())
    except (Refused, TooManyTries) as error:
        code = "card_or_pin" if error.code in ("pin_wrong", "pin_missing", "forged") else error.code
        context = {"wrong": say(f"refusal.{code}", request.visit.language), "card": number, "kinds": ()}
        return page(request, "vouchers/find.html", context, status=422, keep=False)
    response = HttpResponseRedirect(address(request, "my_vouchers"))
    keep(response, COOKIE, signing.dumps(person, salt=SALT), LIVES_SECONDS)
    return response


@require_safe
def mine(request: Request) -> HttpResponse:
    """Everything that the scheme knows of the person."""
    person = _held(request)
    if person is None:
        return HttpResponseRedirect(address(request, "vouchers"))
    seen = vouchers.holder(pseudonym=person)
    today = timezone.now().date()
    context = {
        "seen": seen,
        "scheme": vouchers.scheme(country=request.visit.country),
        "now": [one for one in seen.vouchers if one.expires_on >= today and one.left + one.held],
        "today": today,
        "done": request.GET.get("done", ""),
        "looks": vouchers.looks_at_holder(pseudonym=person),
    }
    return page(request, "vouchers/mine.html", context, keep=False)


@require_POST
def close(request: Request) -> HttpResponse:
    """Forget the card on this device."""
    response = HttpResponseRedirect(f"{address(request, 'vouchers')}?closed")
    response.delete_cookie(COOKIE, samesite="Lax")
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def contest(request: Request, line: int) -> HttpResponse:
    """Contest what was set aside, in one's own words."""
    person = _held(request)
    if person is None:
        return HttpResponseRedirect(address(request, "vouchers"))
    aside = _aside(person, line)
    if aside is None or (aside.contest and request.method != "POST"):
        return HttpResponseRedirect(address(request, "my_vouchers"))
    text, wrong = request.POST.get("text", "").strip(), ""
    if request.method == "POST":
        try:
            vouchers.contest(line=line, holder=person, text=text, at=timezone.now())
        except NotAllowed:  # sent twice: the first has arrived
            pass
        except BadInput as error:
            wrong = say(f"refusal.{error.code}", request.visit.language)
        if not wrong:
            return HttpResponseRedirect(f"{address(request, 'my_vouchers')}?done=contest")
    context = {"aside": aside, "text": text, "wrong": wrong, "scheme": vouchers.scheme(country=request.visit.country)}
    return page(request, "vouchers/contest.html", context, status=422 if wrong else 200, keep=False)


@require_safe
def receipt(request: Request, what: str) -> HttpResponse:
    """The proof of a line of the statement."""
    person = _held(request)
    try:
        found = _receipt(person, what) if person else None
    except NoSuch:
        person = None
    if person is None:
        return HttpResponseRedirect(address(request, "my_vouchers"))
    file = address(request, "voucher_receipt_file", what)
    return proof_page(request, found, back=address(request, "my_vouchers"), file=file)


@require_safe
def receipt_file(request: Request, what: str) -> HttpResponse:
    """The proof as a file."""
    person = _held(request)
    try:
        found = _receipt(person, what) if person else None
    except NoSuch:
        found = None
    return proof_file(found, what) or HttpResponseRedirect(address(request, "my_vouchers"))


def _receipt(person: str, what: str) -> ReceiptView | None:
    try:
        return vouchers.proof_of(pseudonym=person, what=what)
    except NoReceipt:
        return None


@require_POST
def proxy(request: Request, id: int) -> HttpResponse:
    """Take back somebody who collects."""
    person = _held(request)
    if person is None:
        return HttpResponseRedirect(address(request, "vouchers"))
    vouchers.revoke_proxy(proxy=id, by="holder", holder=person, at=timezone.now())
    return HttpResponseRedirect(f"{address(request, 'my_vouchers')}?done=proxy")


def _aside(person: str, line: int) -> SetAside | None:
    return next((one for one in vouchers.holder(pseudonym=person).set_aside if one.line == line), None)


def _held(request: Request) -> str | None:
    try:
        person: str = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=LIVES_SECONDS)
    except (signing.BadSignature, ValueError):
        return None
    return person
