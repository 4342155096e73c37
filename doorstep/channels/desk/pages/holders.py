"""People with vouchers, by their pseudonym: cards given, blocked, unlocked; proxies named and taken back."""

from __future__ import annotations

from datetime import date

import segno
from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from doorstep.channels.desk.gate import DeskRequest
from doorstep.channels.desk.page import address
from doorstep.channels.desk.pages.purpose import ask_first
from doorstep.channels.desk.pages.vouchers import TAB as WORK
from doorstep.channels.desk.pages.vouchers import clerk_of, said, shown
from doorstep.channels.desk.purposes import purpose_of, stated
from doorstep.domains.vouchers import api as vouchers
from doorstep.domains.vouchers.types import BadInput, Printed, VoucherError

MAX_NAME = 60


@require_http_methods(["GET", "HEAD", "POST"])
def holders(request: DeskRequest) -> HttpResponse:
    """Find somebody by card, or by their number in a register: it is sent by POST, so that it stands in no address."""
    number, person, wrong = request.POST.get("number", "")[:40], request.POST.get("person", "")[:60], ""
    if request.method == "POST":
        try:
            found = vouchers.find_holder(number=number, person=person)
            return HttpResponseRedirect(address(request, "voucher_holder", found))
        except VoucherError as error:
            wrong = said(error, request)
    return shown(request, "holders.html", {"number": number}, wrong=wrong)


@require_safe
def holder(request: DeskRequest, holder: str) -> HttpResponse:
    """One person's cards, vouchers and proxies."""
    return _holder(request, holder, "")


@require_POST
def act(request: DeskRequest, holder: str) -> HttpResponse:
    """Give, block or unlock a card; name a proxy or take one back."""
    if purpose_of(request, WORK) is None:
        return HttpResponseRedirect(address(request, "voucher_holder", holder))
    try:
        printed = _act(request, holder)
    except VoucherError as error:
        return _holder(request, holder, said(error, request))
    if printed is None:
        return HttpResponseRedirect(address(request, "voucher_holder", holder, done="1"))
    name = request.POST.get("name", "").strip()[:MAX_NAME]  # on the paper, and nowhere else
    code = segno.make(printed.token, error="m", micro=False).svg_inline(
        omitsize=True, border=4, dark="#000", light="#fff"
    )
    return shown(request, "card.html", {"card": printed, "code": code, "holder": holder, "name": name})


def _act(request: DeskRequest, holder: str) -> Printed | None:
    clerk, now, number = clerk_of(request), timezone.now(), request.POST.get("number", "")
    match request.POST.get("do", ""):
        case "give":
            return vouchers.give_card(holder=holder, clerk=clerk, at=now, reason=request.POST.get("reason", ""))
        case "unlock":
            return vouchers.unlock_card(number=number, clerk=clerk, at=now)
        case "block":
            vouchers.block_card(number=number, clerk=clerk, reason=request.POST.get("reason", ""), at=now)
        case "revoke":
            proxy = request.POST.get("proxy", "")
            vouchers.revoke_proxy(proxy=int(proxy) if proxy.isdecimal() else 0, by=clerk.name, holder=holder, at=now)
        case "proxy":
            kinds = request.POST.getlist("kinds")
            return vouchers.name_proxy(holder=holder, kinds=kinds, until=_day(request), clerk=clerk, at=now)
    return None


def _day(request: DeskRequest) -> date:
    try:
        return date.fromisoformat(request.POST.get("until", ""))
    except ValueError as error:
        raise BadInput("The last day is missing.", code="bad_until", mend="Choose a day.") from error


def _holder(request: DeskRequest, holder: str, wrong: str) -> HttpResponse:
    purpose = purpose_of(request, WORK)
    if purpose is None:
        return ask_first(request, WORK)
    now = timezone.now()
    context = {
        "seen": vouchers.look_at_holder(pseudonym=holder, who=request.officer.name, purpose=purpose, at=now),
        "holder": holder,
        "today": now.date(),
        "looks": vouchers.looks_at_holder(pseudonym=holder),
        "purpose": stated(request, WORK),
        "work": WORK,
    }
    return shown(request, "holder.html", context, wrong=wrong)
