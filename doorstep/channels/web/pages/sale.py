"""Redeeming at the counter, one thing per page: card, voucher, amount, PIN. What was said so far stands in a cookie."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass, replace
from decimal import Decimal

from django.core import signing
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from doorstep.channels.web.page import address
from doorstep.channels.web.pages.shop import ShopRequest, for_shops, keep, page_of
from doorstep.channels.web.pages.wallet import is_amount
from doorstep.channels.web.words import say
from doorstep.domains.vouchers import api as vouchers
from doorstep.domains.vouchers.types import Refused, Shown, TooManyTries

COOKIE = "doorstep_sale"
SALT = "doorstep.web.sale"
LIVES_SECONDS = 10 * 60
STEPS = ("card", "kind", "amount", "pin")
# Where a refusal is mended: with the card, the amount, or the PIN.
AT_AMOUNT = {"too_little", "no_amount", "whole_only"}
AT_PIN = {"pin_wrong", "pin_missing"}


@dataclass(frozen=True)
class Sale:
    """What was said so far. ``key`` names the act, so that a page sent twice redeems once."""

    key: str = ""
    card: str = ""
    kind: str = ""
    amount: int = 0


@require_http_methods(["GET", "HEAD", "POST"])
@for_shops
def sale(request: ShopRequest, step: str) -> HttpResponse:
    """One step. Whoever comes to a later one without the earlier is sent to the first."""
    if step not in STEPS:
        raise Http404
    now = _held(request)
    if (step != "card" and not now.card) or (step == "pin" and not (now.kind and now.amount)):
        return HttpResponseRedirect(address(request, "sale", "card"))
    if request.method != "POST":
        return _show(request, step, now)
    return {"card": _card, "kind": _kind, "amount": _amount, "pin": _pin}[step](request, now)


def _card(request: ShopRequest, now: Sale) -> HttpResponse:
    card = request.POST.get("card", "").strip()[:220]
    if not card:
        return _show(request, "card", now, "sale.no_card")
    kinds = vouchers.scheme(country=request.visit.country).kinds_at(request.shop)
    only = kinds[0].id if len(kinds) == 1 else ""
    fresh = Sale(key=secrets.token_urlsafe(18), card=card, kind=only)
    return _onward(request, "amount" if only else "kind", fresh)


def _kind(request: ShopRequest, now: Sale) -> HttpResponse:
    kind = request.POST.get("kind", "")
    if kind not in {one.id for one in vouchers.scheme(country=request.visit.country).kinds_at(request.shop)}:
        return _show(request, "kind", now, "sale.no_kind")
    return _onward(request, "amount", replace(now, kind=kind, amount=0))


def _amount(request: ShopRequest, now: Sale) -> HttpResponse:
    written = request.POST.get("amount", "").strip()[:20]
    kind = vouchers.scheme(country=request.visit.country).kind(now.kind)
    plain = _plain(written)
    try:
        amount = kind.minor(Decimal(plain)) if is_amount(plain, kind.places) else 0
    except ValueError:
        amount = 0
    if not 0 < amount < 10**12:
        return _show(request, "amount", now, "sale.no_amount", written)
    # Another amount is another act.
    return _onward(request, "pin", replace(now, amount=amount, key=secrets.token_urlsafe(18)))


def _pin(request: ShopRequest, now: Sale) -> HttpResponse:
    shown = Shown(now.card, request.POST.get("pin", "")[:12])
    try:
        receipt = vouchers.redeem(
            key=now.key, shop=request.shop, kind=now.kind, amount=now.amount, shown=shown, at=timezone.now()
        )
    except (Refused, TooManyTries) as error:
        step = "amount" if error.code in AT_AMOUNT else "pin" if error.code in AT_PIN else "card"
        return _show(request, step, now, f"refusal.{error.code}")
    return HttpResponseRedirect(address(request, "receipt", receipt.number))


def _show(request: ShopRequest, step: str, now: Sale, wrong: str = "", written: str = "") -> HttpResponse:
    scheme = vouchers.scheme(country=request.visit.country)
    context: dict[str, object] = {
        "step": step,
        "sale": now,
        "kinds": scheme.kinds_at(request.shop),
        "kind": scheme.kinds.get(now.kind),
        "written": written,
        "action": address(request, "sale", step),
        "wrong": say(wrong, request.visit.language) if wrong else "",
    }
    return page_of(request, f"sale_{step}.html", context, status=422 if wrong else 200)


def _onward(request: ShopRequest, step: str, now: Sale) -> HttpResponse:
    response = HttpResponseRedirect(address(request, "sale", step))
    keep(response, COOKIE, signing.dumps(asdict(now), salt=SALT), LIVES_SECONDS)
    return response


def _held(request: ShopRequest) -> Sale:
    try:
        return Sale(**signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=LIVES_SECONDS))
    except (signing.BadSignature, ValueError, TypeError):
        return Sale()


def _plain(written: str) -> str:
    """A number in plain digits: those of any script, a comma or an Arabic mark for the point."""
    digits = "".join(str(int(letter)) if letter.isdecimal() else letter for letter in written)
    return digits.replace("\u066b", ".").replace(",", ".").replace(" ", "")
