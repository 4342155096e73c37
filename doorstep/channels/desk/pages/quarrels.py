"""Quarrels about payments between wallets: both sides, what is held, and an answer that both read."""

from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from doorstep.channels.desk.gate import DeskRequest
from doorstep.channels.desk.page import address, asked
from doorstep.channels.desk.pages.purpose import ask_first
from doorstep.channels.desk.pages.wallets import WORK, shown
from doorstep.channels.desk.purposes import purpose_of
from doorstep.channels.desk.words_of_officers import written
from doorstep.channels.web.api import page_number, refusal, say, turning
from doorstep.domains.benefits.types import Page
from doorstep.domains.wallets import api as wallets
from doorstep.domains.wallets.types import NoWallet, WalletError

PAGE = 25


@require_safe
def quarrels(request: DeskRequest) -> HttpResponse:
    """Those that wait, the oldest first; or those that are decided."""
    is_open, number = asked(request, "state") != "decided", page_number(request)
    total = wallets.count_disputes(is_open=is_open)
    pages = max(1, -(-total // PAGE))
    items = wallets.disputes(is_open=is_open, number=min(number, pages))
    context = {
        "items": items,
        "is_open": is_open,
        "total": total,
        "turning": turning(request, Page(items, number, pages, total), state="" if is_open else "decided"),
    }
    return shown(request, "quarrels.html", context)


@require_safe
def quarrel(request: DeskRequest, id: int) -> HttpResponse:
    """One of them, with both sides."""
    return _page(request, id)


@require_POST
def decide(request: DeskRequest, id: int) -> HttpResponse:
    """The answer: what is held goes back, or is the receiver's again. Both read the words."""
    words, bad = written(request)
    verdict = request.POST.get("verdict", "")
    wrong = {} if verdict in ("upheld", "rejected") else {"verdict": say("objection.choose", request.visit.language)}
    wrong |= {"words": bad} if bad else {}
    if not wrong:
        try:
            wallets.decide_dispute(
                id=id, upheld=verdict == "upheld", by=request.officer.name, words=words, at=timezone.now()
            )
        except WalletError as error:
            wrong = {"verdict": refusal(request, error)}
    if wrong:
        return _page(request, id, wrong=wrong, words=words, verdict=verdict)
    return HttpResponseRedirect(address(request, "quarrel", id, done="quarrel"))


def _page(
    request: DeskRequest, id: int, *, wrong: dict[str, str] | None = None, words: str = "", verdict: str = ""
) -> HttpResponse:
    purpose = purpose_of(request, WORK)
    if purpose is None:
        return ask_first(request, WORK)
    try:
        item = wallets.look_at_dispute(id=id, who=request.officer.name, purpose=purpose, at=timezone.now())
    except NoWallet as error:
        raise Http404 from error
    context = {
        "item": item,
        "sides": [
            (role, wallets.shown_number(number), wallets.find_wallet(number=number), text)
            for role, number, text in (
                ("sender", item.sender, item.text), ("receiver", item.receiver, item.reply)
            )
        ],
        "words": words,
        "verdict": verdict,
    }  # fmt: skip
    return shown(request, "quarrel.html", context, wrong=wrong)
