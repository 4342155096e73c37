"""An agent's pages: signing in, cash in, cash out, what was done today. One thing a page, on any phone."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from django.conf import settings
from django.core import signing
from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from doorstep.channels.web.page import address, page
from doorstep.channels.web.pages.wallet import cents, guarded, refusal, status_of
from doorstep.channels.web.visit import Request
from doorstep.domains.wallets import api as wallets
from doorstep.domains.wallets.types import WalletError

COOKIE = "doorstep_agent"
SALT = "doorstep.web.agent"
LIVES_SECONDS = 12 * 60 * 60


@require_http_methods(["GET", "HEAD", "POST"])
def door(request: Request) -> HttpResponse:
    """Sign in; or, where that is done, what the agent can do."""
    code = _held(request)
    if code is not None and request.method != "POST":
        return _page(request, "home.html", {"code": code, "told": request.GET.get("told", "")[:12]})
    if request.method != "POST":
        return page(request, "agent/door.html", {"closed": "closed" in request.GET}, keep=False)
    written, pin = request.POST.get("code", "").strip()[:40], request.POST.get("pin", "")[:20]
    try:
        with guarded(request):
            found = wallets.agent_at_work(country=request.visit.country, code=written, pin=pin, at=timezone.now())
    except WalletError as error:
        context = {"code": written, "wrong": refusal(request, error)}
        return page(request, "agent/door.html", context, status=status_of(error), keep=False)
    response = HttpResponseRedirect(address(request, "agent"))
    secure = bool(settings.SESSION_COOKIE_SECURE)
    value = signing.dumps([found.code, found.pin_version], salt=SALT)
    response.set_cookie(COOKIE, value, max_age=LIVES_SECONDS, httponly=True, samesite="Lax", secure=secure)
    return response


@require_POST
def close(request: Request) -> HttpResponse:
    """Sign out on this device."""
    response = HttpResponseRedirect(f"{address(request, 'agent')}?closed")
    response.delete_cookie(COOKIE, samesite="Lax")
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def cash(request: Request, way: str) -> HttpResponse:
    """Cash in with the agent's PIN, or out with the person's. The key in the form makes a second press harmless."""
    code = _held(request)
    if code is None or way not in ("in", "out"):
        return HttpResponseRedirect(address(request, "agent"))
    context: dict[str, object] = {"code": code, "way": way, "key": secrets.token_hex(16)}
    if request.method != "POST":
        return _page(request, "cash.html", context)
    given = {name: request.POST.get(name, "").strip()[:40] for name in ("number", "amount", "pin", "key")}
    try:
        act = wallets.Act(f"agent {given['key']}", cents(given["amount"]), timezone.now())
        country, number, pin = request.visit.country, given["number"], given["pin"]
        with guarded(request):
            if way == "in":
                wallets.cash_in(country=country, agent=code, pin=pin, number=number, act=act)
            else:
                wallets.cash_out(country=country, agent=code, number=number, pin=pin, act=act)
    except WalletError as error:
        del given["pin"]
        told = {**context, **given, "wrong": refusal(request, error)}
        return _page(request, "cash.html", told, status=status_of(error))
    return HttpResponseRedirect(f"{address(request, 'agent')}?told={way}")


def _page(request: Request, template: str, context: Mapping[str, object], *, status: int = 200) -> HttpResponse:
    code = str(context["code"])
    filled = {
        "agent": wallets.agent(code=code, at=timezone.now()),
        "name": wallets.agent_names(country=request.visit.country)[code],
        **context,
    }
    return page(request, f"agent/{template}", filled, status=status, keep=False)


def _held(request: Request) -> str | None:
    """The agent that signed in on this device, if the country still has it and its PIN is the same."""
    try:
        code, version = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=LIVES_SECONDS)
        known = code in wallets.agent_names(country=request.visit.country)
    except (signing.BadSignature, ValueError, WalletError):
        return None
    return str(code) if known and wallets.is_agent_open(code=code, version=version) else None
