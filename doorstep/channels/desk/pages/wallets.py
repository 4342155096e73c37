"""Wallets at the desk: found by number, opened at a centre, a new PIN, frozen and unfrozen, another level.

No page lists people. A look asks for a purpose, and the owner sees it; what an officer does is noted for the owner.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import segno
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from doorstep.channels.desk.gate import DeskRequest
from doorstep.channels.desk.page import address, asked, page
from doorstep.channels.desk.pages.purpose import ask_first
from doorstep.channels.desk.purposes import purpose_of, stated
from doorstep.channels.web.api import named, refusal, say
from doorstep.domains.wallets import api as wallets
from doorstep.domains.wallets.types import Asked, Desk, NoWallet, Opening, Recognised, WalletError

WORK = "wallets"


def shown(
    request: DeskRequest, template: str, context: Mapping[str, Any], *, wrong: Mapping[str, str] | None = None
) -> HttpResponse:
    """One of the pages of wallets. ``wrong``: a field -> what is wrong with it."""
    filled = {
        "wrong": wrong or {},
        "done": asked(request, "done"),
        "waiting": wallets.count_disputes(),
        "purpose": stated(request, WORK),
        "work": WORK,
        **context,
    }
    return page(request, f"wallets/{template}", filled, tab=WORK, status=422 if wrong else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def find(request: DeskRequest) -> HttpResponse:
    """Find a wallet by its number: it is sent by POST, so that it stands in no address."""
    number, wrong = request.POST.get("number", "").strip()[:40], dict[str, str]()
    if request.method == "POST":
        try:
            return HttpResponseRedirect(address(request, "wallet", wallets.find_wallet(number=number)))
        except NoWallet as error:
            wrong = {"number": refusal(request, error)}
    return shown(request, "find.html", {"number": number}, wrong=wrong)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: DeskRequest) -> HttpResponse:
    """Open a wallet for somebody at the counter, who says yes to it; the PIN comes next."""
    country, wrong = request.visit.country, dict[str, str]()
    given = {name: request.POST.get(name, "")[:80] for name in ("person", "level", "language", "recognised", "consent")}
    if request.method == "POST":
        wrong = _missing(request, given)
        try:
            if not wrong:
                made, is_new = wallets.open_at_a_centre(
                    country=country, wish=_wish(given), by=request.officer.name, at=timezone.now()
                )
                return HttpResponseRedirect(
                    address(request, "wallet_pin", made) if is_new else address(request, "wallet", made, done="there")
                )
        except WalletError:
            wrong = {"level": say("desk_wallet.level_papers", request.visit.language)}
    context = {
        "given": given,
        "levels": wallets.levels(country=country),
        "languages": country.languages,
        "ways": tuple(Recognised)[:3],
    }
    return shown(request, "new.html", context, wrong=wrong)


@require_safe
def wallet(request: DeskRequest, page: UUID) -> HttpResponse:
    """One wallet: its state, what can be done, what moved, what officers did and who looked."""
    return _wallet(request, page)


@require_http_methods(["GET", "HEAD", "POST"])
def pin(request: DeskRequest, page: UUID) -> HttpResponse:
    """Who asks and how they were recognised; then the owner types a PIN, twice."""
    if purpose_of(request, WORK) is None:
        return ask_first(request, WORK)
    seen, wrong = _seen(request, page), dict[str, str]()
    given = {name: request.POST.get(name, "")[:12] for name in ("asked", "recognised")}
    is_first = not seen.wallet.has_pin
    if is_first:  # whoever has just opened the wallet stands here still, and the note says how they were recognised
        given = {
            "asked": "owner",
            "recognised": next((one.recognised for one in seen.notes if one.recognised), "known"),
        }
    is_ready = given["asked"] in set(Asked) and given["recognised"] in set(Recognised)
    if request.method == "POST" and not is_ready:
        wrong = {"asked": say("desk_wallet.pin_choose", request.visit.language)}
    elif request.method == "POST" and "pin" in request.POST:
        wrong = _set_pin(request, page, given)
        if not wrong:
            return HttpResponseRedirect(address(request, "wallet", page, done="opened" if is_first else "pin"))
    context = {
        "seen": seen, "given": given, "is_first": is_first, "is_ready": is_ready, "askers": tuple(Asked),
        "ways": tuple(Recognised), "digits": wallets.pin_digits(country=request.visit.country),
    }  # fmt: skip
    return shown(request, "pin.html", context, wrong=wrong)


@require_POST
def freeze(request: DeskRequest, page: UUID) -> HttpResponse:
    """Nothing moves any more."""
    return _stop(request, page, wallets.freeze)


@require_POST
def unfreeze(request: DeskRequest, page: UUID) -> HttpResponse:
    """Everything moves again: a supervisor who did not freeze it."""
    return _stop(request, page, wallets.unfreeze)


@require_POST
def level(request: DeskRequest, page: UUID) -> HttpResponse:
    """Another level, for somebody who has shown papers."""
    if purpose_of(request, WORK) is None:
        return ask_first(request, WORK)
    try:
        wallets.set_level(
            country=request.visit.country,
            number=_seen(request, page).wallet.number,
            level=request.POST.get("level", "")[:40],
            by=request.officer.name,
            at=timezone.now(),
        )
    except WalletError as error:
        return _wallet(request, page, wrong={"level": refusal(request, error)})
    return HttpResponseRedirect(address(request, "wallet", page, done="level"))


def _stop(request: DeskRequest, page: UUID, act: Any) -> HttpResponse:
    if purpose_of(request, WORK) is None:
        return ask_first(request, WORK)
    words = request.POST.get("words", "")
    try:
        number = _seen(request, page).wallet.number
        act(number=number, by=request.officer.name, why=words, at=timezone.now())
    except WalletError as error:
        return _wallet(request, page, wrong={"words": refusal(request, error)}, words=words[:1_000])
    return HttpResponseRedirect(address(request, "wallet", page, done="state"))


def _set_pin(request: DeskRequest, page: UUID, given: Mapping[str, str]) -> dict[str, str]:
    chosen, again = (request.POST.get(name, "")[:12] for name in ("pin", "again"))
    if chosen != again:
        return {"pin": say("desk_wallet.pin_differs", request.visit.language)}
    try:
        wallets.new_pin_at_a_centre(
            country=request.visit.country,
            page=page,
            pin=chosen,
            asked=Asked(given["asked"]),
            recognised=Recognised(given["recognised"]),
            by=request.officer.name,
            at=timezone.now(),
        )
    except WalletError as error:
        return {"pin": refusal(request, error)}
    return {}


def _wallet(
    request: DeskRequest, page: UUID, *, wrong: Mapping[str, str] | None = None, words: str = ""
) -> HttpResponse:
    if purpose_of(request, WORK) is None:
        return ask_first(request, WORK)
    seen, country = _seen(request, page), request.visit.country
    names = wallets.agent_names(country=country)
    number = seen.wallet.number
    context = {
        "seen": seen,
        "wallet": seen.wallet,
        "number": wallets.shown_number(number),
        "code": segno.make(number, error="m", micro=False).svg_inline(
            omitsize=True, border=4, dark="#000", light="#fff"
        ),
        "rows": [named(row, names, request.visit.language) for row in seen.movements],
        "levels": (levels := wallets.levels(country=country)),
        "level_title": levels[seen.wallet.level].title,
        "looks": wallets.looks_at_wallet(number=number),
        "words": words,
    }
    return shown(request, "wallet.html", context, wrong=wrong)


def _seen(request: DeskRequest, page: UUID) -> Desk:
    """The wallet, with the look written down. 404 for one that is not there."""
    try:
        return wallets.look_at_wallet(
            country=request.visit.country,
            page=page,
            who=request.officer.name,
            purpose=purpose_of(request, WORK) or "",
            at=timezone.now(),
        )
    except NoWallet as error:
        raise Http404 from error


def _missing(request: DeskRequest, given: Mapping[str, str]) -> dict[str, str]:
    language, wrong = request.visit.language, {}
    if given["recognised"] not in set(Recognised):
        wrong["recognised"] = say("desk_wallet.recognised_choose", language)
    if given["consent"] != "yes":
        wrong["consent"] = say("wallet.no_no_consent", language)
    if given["language"] not in request.visit.country.languages:
        wrong["language"] = say("desk_wallet.language_choose", language)
    return wrong


def _wish(given: Mapping[str, str]) -> Opening:
    way = Recognised(given["recognised"])
    return Opening(given["person"], given["level"], given["language"], way, given["consent"] == "yes")
