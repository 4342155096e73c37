"""Signing in and out, and one's own password."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.models import User
from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone, translation
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from doorstep.channels.desk import tries
from doorstep.channels.desk.accounts import MAX_PASSWORD, check_password, officer_of
from doorstep.channels.desk.gate import DeskRequest, safe_onward
from doorstep.channels.desk.page import address, page, plain_page
from doorstep.channels.desk.types import BadPassword
from doorstep.channels.web.api import Request, say

MAX_NAME = 150
WEAKNESSES = {
    "password_too_short": "account.too_short",
    "password_too_common": "account.too_common",
    "password_too_similar": "account.too_similar",
    "password_entirely_numeric": "account.only_numbers",
    "too_long": "account.too_long",
}


@require_safe
def door(request: Request) -> HttpResponse:
    """``/desk/``: to the desk in the language that the browser asks for."""
    return HttpResponseRedirect(address(request, "overview"))


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: Request) -> HttpResponse:
    """Ask for name and password; open the desk."""
    given = request.POST if request.method == "POST" else request.GET
    onward = safe_onward(request, given.get("next", "")[:500], address(request, "overview"))
    if request.method != "POST":
        officer = officer_of(request.user)
        if officer is not None and officer.roles:
            return HttpResponseRedirect(onward)
        return plain_page(request, "sign_in.html", {"onward": onward, "out": "out" in request.GET})
    name = given.get("name", "").replace("\0", "").strip().lower()[:MAX_NAME]
    user, wrong = _recognised(request, name, given.get("password", ""))
    if user is None:
        context = {"onward": onward, "name": name, "wrong": wrong}
        return plain_page(request, "sign_in.html", context, status=429 if "password" not in wrong else 422)
    login(request, user)
    request.session.clear_expired()
    return HttpResponseRedirect(onward)


def _recognised(request: Request, name: str, password: str) -> tuple[User | None, dict[str, str]]:
    """Who it is, or what to say: never whether the name exists."""
    language, now, where = request.visit.language, timezone.now(), request.META.get("REMOTE_ADDR", "")
    if not name or not password or len(password) > MAX_PASSWORD or "\0" in password:
        return None, {"password": say("account.both" if not (name and password) else "account.wrong", language)}
    if tries.are_too_many(name, where, now):
        return None, {"name": _wait(language)}
    user = authenticate(request, username=name, password=password)
    if user is None:
        tries.note(name, where, now)
        return None, {"password": say("account.wrong", language)}
    tries.forget(name, where)
    return user, {}


@require_POST
def sign_out(request: DeskRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return HttpResponseRedirect(address(request, "sign_in", out="1"))


@sensitive_post_parameters("old", "new", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: DeskRequest) -> HttpResponse:
    """Another password for oneself. Every other session of this account ends."""
    wrong: dict[str, str] = {}
    if request.method == "POST":
        wrong = _change(request)
        if not wrong:
            return HttpResponseRedirect(address(request, "password", done="1"))
    context = {"wrong": wrong, "done": "done" in request.GET}
    return page(request, "password.html", context, status=422 if wrong else 200)


def _change(request: DeskRequest) -> dict[str, str]:
    """Change it; what is wrong, or nothing."""
    user, language, now = cast(User, request.user), request.visit.language, timezone.now()
    where, new = request.META.get("REMOTE_ADDR", ""), request.POST.get("new", "")
    if tries.are_too_many(user.username, where, now):
        return {"old": _wait(language)}
    if not user.check_password(request.POST.get("old", "")[:MAX_PASSWORD]):
        tries.note(user.username, where, now)
        return {"old": say("account.old_wrong", language)}
    if new != request.POST.get("again", ""):
        return {"again": say("account.not_same", language)}
    try:
        with translation.override("en"):
            check_password(new, user)
    except BadPassword as error:
        known = [WEAKNESSES[code] for code in error.codes if code in WEAKNESSES]
        return {"new": " ".join(say(key, language) for key in known or ["account.too_common"])}
    user.set_password(new)
    user.save(update_fields=["password"])
    update_session_auth_hash(request, user)
    tries.forget(user.username, where)
    return {}


def _wait(language: str) -> str:
    return say("account.wait", language, minutes=tries.WITHIN // timedelta(minutes=1))
