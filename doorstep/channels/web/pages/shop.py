"""A shop's own pages: signing in with code and PIN, today's list, a receipt, what will be paid. They need no script."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from doorstep.channels.web.page import address, page
from doorstep.channels.web.proof import proof_file, proof_page
from doorstep.channels.web.visit import Request
from doorstep.channels.web.words import say
from doorstep.domains.benefits import api as benefits
from doorstep.domains.vouchers import api as vouchers
from doorstep.domains.vouchers.types import NoSuch, Refused, TooManyTries
from doorstep.engines.evidence.types import NoReceipt, ReceiptView

COOKIE = "doorstep_shop"
SALT = "doorstep.web.shop"
LIVES_SECONDS = 12 * 60 * 60


class ShopRequest(Request):
    """A request of a shop that signed in."""

    shop: str


View = Callable[..., HttpResponse]


def for_shops(view: View) -> View:
    """Whoever has not signed in is sent to do so."""

    @wraps(view)
    def guarded(request: ShopRequest, **values: object) -> HttpResponse:
        found = shop_of(request)
        if found is None:
            return HttpResponseRedirect(address(request, "shop"))
        request.shop = found
        return view(request, **values)

    return guarded


def shop_of(request: Request) -> str | None:
    """The shop that signed in on this device, if it is still one of the scheme and its PIN the same."""
    try:
        shop, version = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=LIVES_SECONDS)
    except (signing.BadSignature, ValueError):
        return None
    is_known = shop in vouchers.scheme(country=request.visit.country).scheme.shops
    return str(shop) if is_known and vouchers.is_shop_open(shop=shop, version=version) else None


@require_http_methods(["GET", "HEAD", "POST"])
def door(request: ShopRequest) -> HttpResponse:
    """Sign in; or, where that is done, what the shop can do."""
    shop = shop_of(request)
    if shop is not None and request.method != "POST":
        request.shop = shop
        return page_of(request, "home.html", {"kinds": _scheme(request).kinds_at(shop)})
    if request.method != "POST":
        return page(request, "shop/sign_in.html", {"closed": "closed" in request.GET}, keep=False)
    code, pin = request.POST.get("code", "").strip()[:80], request.POST.get("pin", "")[:20]
    try:
        found = vouchers.sign_in_shop(shop=code, pin=pin, who=_who(request), at=timezone.now())
    except (Refused, TooManyTries) as error:
        wrong = say(f"refusal.{error.code}", request.visit.language)
        return page(request, "shop/sign_in.html", {"code": code, "wrong": wrong}, status=422, keep=False)
    response = HttpResponseRedirect(address(request, "shop"))
    keep(response, COOKIE, signing.dumps(found, salt=SALT), LIVES_SECONDS)
    return response


@require_POST
@for_shops
def close(request: ShopRequest) -> HttpResponse:
    """Sign out on this device."""
    response = HttpResponseRedirect(f"{address(request, 'shop')}?closed")
    response.delete_cookie(COOKIE, samesite="Lax")
    return response


@require_safe
@for_shops
def today(request: ShopRequest) -> HttpResponse:
    """What was redeemed today."""
    rows = vouchers.today(shop=request.shop, at=timezone.now())
    return page_of(request, "today.html", {"rows": rows})


@require_safe
@for_shops
def pay(request: ShopRequest) -> HttpResponse:
    """What will be paid, and what was."""
    context = {"due": vouchers.due(shop=request.shop), "settlements": vouchers.settlements(shop=request.shop)[:12]}
    return page_of(request, "pay.html", context)


@require_safe
@for_shops
def receipt(request: ShopRequest, number: str) -> HttpResponse:
    """One receipt, and the button that undoes it while there is time."""
    return _receipt(request, number, "")


@require_safe
@for_shops
def proof(request: ShopRequest, number: str) -> HttpResponse:
    """The proof of a redemption, or of its undoing, in the public log."""
    file = address(request, "shop_proof_file", number)
    return proof_page(request, _proof(request, number), back=address(request, "receipt", number), file=file)


@require_safe
@for_shops
def proof_as_file(request: ShopRequest, number: str) -> HttpResponse:
    """The same as a file."""
    return proof_file(_proof(request, number), number) or HttpResponseRedirect(address(request, "shop_proof", number))


@require_POST
@for_shops
def undo(request: ShopRequest, number: str) -> HttpResponse:
    """Take it back."""
    try:
        vouchers.undo(number=number, shop=request.shop, at=timezone.now())
    except Refused as error:
        return _receipt(request, number, say(f"refusal.{error.code}", request.visit.language))
    return HttpResponseRedirect(address(request, "receipt", number))


def page_of(request: ShopRequest, template: str, context: Mapping[str, object], *, status: int = 200) -> HttpResponse:
    """Render one of the shop's pages."""
    filled = {"shop": _scheme(request).shop(request.shop), "scheme": _scheme(request), **context}
    return page(request, f"shop/{template}", filled, status=status, keep=False)


def keep(response: HttpResponse, name: str, value: str, seconds: int) -> None:
    """Set a cookie that no script can read."""
    secure = bool(settings.SESSION_COOKIE_SECURE)
    response.set_cookie(name, value, max_age=seconds, httponly=True, samesite="Lax", secure=secure)


def _receipt(request: ShopRequest, number: str, wrong: str) -> HttpResponse:
    now = timezone.now()
    found = vouchers.receipt(number=number, shop=request.shop, at=now)
    may_undo = not found.undone and found.how == "online" and now <= found.undo_until
    context = {"receipt": found, "may_undo": may_undo, "wrong": wrong}
    return page_of(request, "receipt.html", context, status=422 if wrong else 200)


def _proof(request: ShopRequest, number: str) -> ReceiptView | None:
    try:
        undone = vouchers.receipt(number=number, shop=request.shop, at=timezone.now()).undone
        return vouchers.proof_of_sale(shop=request.shop, number=number, undone=undone)
    except NoReceipt:
        return None
    except NoSuch as error:
        raise Http404 from error


def _scheme(request: Request) -> vouchers.Vouchers:
    return vouchers.scheme(country=request.visit.country)


def _who(request: Request) -> str:
    return benefits.visitor(address=request.META.get("REMOTE_ADDR", ""))
