"""Agents of wallets: their float, which is the most they may put in, and the cash that is counted at them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from doorstep.channels.desk.gate import DeskRequest
from doorstep.channels.desk.page import address
from doorstep.channels.desk.pages.wallets import shown
from doorstep.channels.web.api import cents, refusal
from doorstep.domains.wallets import api as wallets
from doorstep.domains.wallets.types import AgentView, Count, WalletError


@dataclass(frozen=True)
class _Row:
    """An agent with what stands over its door."""

    name: str
    view: AgentView


@require_safe
def agents(request: DeskRequest) -> HttpResponse:
    """Every agent with its float and its cash."""
    return shown(request, "agents.html", {"rows": _rows(request)})


@require_safe
def agent(request: DeskRequest, code: str) -> HttpResponse:
    """One agent: float, cash, counts."""
    return _page(request, code)


@require_POST
def fill(request: DeskRequest, code: str) -> HttpResponse:
    """Float against money that the bank has. The key in the form makes a second press harmless."""
    key = request.POST.get("key", "")[:40]
    try:
        amount = cents(request.POST.get("amount", "")[:40])
        wallets.fill_agent(
            country=request.visit.country, code=code, amount=amount, key=f"desk {key}", at=timezone.now()
        )
    except WalletError as error:
        return _page(request, code, wrong={"amount": refusal(request, error)})
    return HttpResponseRedirect(address(request, "agent", code, done="float"))


@require_POST
def count(request: DeskRequest, code: str) -> HttpResponse:
    """What was counted, and what of it is brought to the bank and becomes float."""
    given = {
        name: request.POST.get(name, "").strip()[:1_000] for name in ("counted", "brought", "words", "key", "seen")
    }
    try:
        counted, brought = (_sum(given[name]) for name in ("counted", "brought"))
        seen = int(given["seen"]) if given["seen"].lstrip("-").isdecimal() and len(given["seen"]) < 16 else -1
        wallets.cash_up(
            country=request.visit.country,
            code=code,
            count=Count(counted, brought, seen, given["words"], given["key"][:40]),
            by=request.officer.name,
            at=timezone.now(),
        )
    except WalletError as error:
        return _page(request, code, wrong={"counted": refusal(request, error)}, given=given)
    return HttpResponseRedirect(address(request, "agent", code, done="count"))


@require_POST
def pin(request: DeskRequest, code: str) -> HttpResponse:
    """A new PIN for an agent, shown once."""
    digits = wallets.pin_digits(country=request.visit.country)
    while True:
        made = f"{secrets.randbelow(10**digits):0{digits}}"
        try:
            wallets.fill_agent(
                country=request.visit.country, code=code, amount=0, key="none", at=timezone.now(), pin=made
            )
        except WalletError as error:
            if error.code != "bad_pin":
                raise Http404 from error
            continue
        return _page(request, code, pin=made)


def _sum(written: str) -> int:
    """An amount that may be nothing."""
    return 0 if written.strip() in ("", "0") else cents(written)


def _rows(request: DeskRequest) -> list[_Row]:
    names, language = wallets.agent_names(country=request.visit.country), request.visit.language
    found = wallets.agents(country=request.visit.country, at=timezone.now())
    return [_Row(names[one.code].in_(language), one) for one in found]


def _page(
    request: DeskRequest,
    code: str,
    *,
    wrong: dict[str, str] | None = None,
    given: dict[str, str] | None = None,
    pin: str = "",
) -> HttpResponse:
    row = next((one for one in _rows(request) if one.view.code == code), None)
    if row is None:
        raise Http404
    context = {
        "row": row,
        "agent": row.view,
        "counts": wallets.cash_ups(code=code),
        "key": secrets.token_hex(12),
        "given": given or {},
        "pin": pin,
    }
    return shown(request, "agent.html", context, wrong=wrong)
