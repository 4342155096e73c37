"""Shops at the desk: what they are due, settlements and their files, new PINs, devices, and what was refused."""

from __future__ import annotations

import csv
from datetime import date, timedelta

from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from doorstep.channels.desk.gate import DeskRequest
from doorstep.channels.desk.page import address
from doorstep.channels.desk.pages.vouchers import clerk_of, said, shown
from doorstep.domains.vouchers import api as vouchers
from doorstep.domains.vouchers.types import BadInput, VoucherError


@require_http_methods(["GET", "HEAD", "POST"])
def shops(request: DeskRequest) -> HttpResponse:
    """Every shop with what it is due; a settlement; a new PIN, shown once."""
    wrong, pin, shop = "", "", request.POST.get("shop", "")
    if request.method == "POST":
        try:
            if "pin" in request.POST:
                pin = vouchers.give_shop_access(shop=shop, clerk=clerk_of(request))
            else:
                number = vouchers.settle(shop=shop, until=_until(request), clerk=clerk_of(request), at=timezone.now())
                return HttpResponseRedirect(address(request, "voucher_settlement", number, done="1"))
        except VoucherError as error:
            wrong = said(error, request)
    every = vouchers.scheme(country=request.visit.country).scheme.shops
    context = {
        "shops": [(id_, one, vouchers.due(shop=id_)) for id_, one in every.items()],
        "settlements": vouchers.settlements()[:20],
        "yesterday": (timezone.now() - timedelta(days=1)).date().isoformat(),
        "pin": pin,
        "chosen": shop,
    }
    return shown(request, "shops.html", context, wrong=wrong)


@require_safe
def settlement(request: DeskRequest, id: int) -> HttpResponse:
    """One settlement."""
    return shown(request, "settlement.html", {"item": vouchers.settlement(id=id)})


@require_safe
def settlement_file(request: DeskRequest, id: int) -> HttpResponse:
    """The same as CSV, for whoever pays."""
    item, scheme = vouchers.settlement(id=id), vouchers.scheme(country=request.visit.country)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="settlement-{item.id}.csv"'
    table = csv.writer(response)
    table.writerow(["settlement", "shop", "from", "until", "pay_on", "voucher", "agency", "amount", "redemptions"])
    for row in item.rows:
        amount = scheme.kind(row.kind).amount(row.amount)
        table.writerow(
            [item.id, item.shop, item.from_date, item.until_date, item.pay_on, row.kind, row.agency, amount,
             row.redemptions]
        )  # fmt: skip
    return response


@require_safe
def audit(request: DeskRequest) -> HttpResponse:
    """What was refused this month, what went wrong offline and who bears it, and the devices."""
    now = timezone.now()
    worst = [(kind, *bearer.split(":", 1), sum_) for (kind, bearer), sum_ in vouchers.worst_loss(at=now).items()]
    context = {
        "refusals": vouchers.refusals(since=now - timedelta(days=30)),
        "conflicts": [(one, one.bearer.split(":", 1)[1]) for one in vouchers.conflicts()],
        "devices": vouchers.devices(),
        "worst": worst,
    }
    return shown(request, "audit.html", context)


def _until(request: DeskRequest) -> date:
    try:
        return date.fromisoformat(request.POST.get("until", ""))
    except ValueError as error:
        raise BadInput("The last day is missing.", code="period_open", mend="Choose a day.") from error
