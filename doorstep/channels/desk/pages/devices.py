"""Shops' devices that give vouchers without a connection, and the agencies' funds."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

import segno
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from doorstep.channels.desk.gate import DeskRequest
from doorstep.channels.desk.page import address
from doorstep.channels.desk.pages.vouchers import clerk_of, said, shown
from doorstep.channels.web.api import voucher_amount
from doorstep.domains.vouchers import api as vouchers
from doorstep.domains.vouchers import files
from doorstep.domains.vouchers.types import BadInput, NoSuch, VoucherError


@dataclass(frozen=True)
class _New:
    """A device that was enrolled just now: its file, shown once, and its key as a square code."""

    code: str
    file: str
    square: str


@require_http_methods(["GET", "HEAD", "POST"])
def devices(request: DeskRequest) -> HttpResponse:
    """Every device, and the form that enrols one. Its private key is shown once and kept nowhere."""
    wrong, made = "", None
    if request.method == "POST":
        try:
            made = _enrol(request)
        except VoucherError as error:
            wrong = said(error, request)
    context = {
        "devices": vouchers.devices(),
        "made": made,
        "code": request.POST.get("code", "")[:40],
        "chosen": request.POST.get("shop", ""),
    }
    return shown(request, "devices.html", context, wrong=wrong)


@require_safe
def device(request: DeskRequest, code: str) -> HttpResponse:
    """One device: permits, what it told, what was not covered and who bears it."""
    return _device(request, code, "")


@require_POST
def act(request: DeskRequest, code: str) -> HttpResponse:
    """Permit it, set something aside for it, or close it."""
    clerk, now, kind = clerk_of(request), timezone.now(), request.POST.get("kind", "")
    try:
        match request.POST.get("do", ""):
            case "permit":
                vouchers.permit_bounded(code=code, kind=kind, clerk=clerk, at=now)
            case "reserve":
                card = "".join(sign for sign in request.POST.get("card", "")[:40] if sign.isdecimal())
                amount = _minor(request, kind)
                vouchers.reserve(code=code, card=card, kind=kind, amount=amount, clerk=clerk, at=now)
            case "close":
                vouchers.close_device(code=code, clerk=clerk, at=now)
            case _:
                raise Http404
    except VoucherError as error:
        return _device(request, code, said(error, request))
    return HttpResponseRedirect(address(request, "voucher_device", code, done="1"))


@require_safe
def funds(request: DeskRequest) -> HttpResponse:
    """What each agency can still give, what lists would take, and what is bound."""
    return _funds(request, "")


@require_POST
def pay_in(request: DeskRequest) -> HttpResponse:
    """An agency pays into its fund. The key in the form makes a second press harmless."""
    kind, agency = request.POST.get("kind", ""), request.POST.get("agency", "")
    key = request.POST.get("key", "")[:40] or secrets.token_hex(12)
    try:
        vouchers.fund(
            agency=agency, kind=kind, amount=_minor(request, kind), key=f"desk {key}", clerk=clerk_of(request),
            at=timezone.now(),
        )  # fmt: skip
    except VoucherError as error:
        return _funds(request, said(error, request))
    return HttpResponseRedirect(address(request, "voucher_funds", done="1"))


def _enrol(request: DeskRequest) -> _New | None:
    """With the public key of the device where it has one; else with a pair that is made here and shown once."""
    given = "".join(request.POST.get("key", "").split())[:200]
    new = files.new_device(request.POST.get("code", ""), vouchers.public_keys())
    try:
        public = bytes.fromhex(given) if given else new.key.public_key().public_bytes_raw()
    except ValueError as error:
        raise BadInput("A device's key has 64 signs.", code="device_key", mend="Copy it again.") from error
    code = vouchers.enrol_device(
        code=new.code, shop=request.POST.get("shop", ""), public_key=public, clerk=clerk_of(request), at=timezone.now()
    )
    if given:
        return _New(code, "", "")
    file = json.dumps(files.write_device(new))
    return _New(code, file, _square(file))


def _square(text: str) -> str:
    made: str = segno.make(text, error="l", micro=False).svg_inline(omitsize=True, border=4, dark="#000", light="#fff")
    return made


def _minor(request: DeskRequest, kind: str) -> int:
    """The amount that was written, in the kind's smallest unit."""
    of = vouchers.scheme(country=request.visit.country).kind(kind)
    written = request.POST.get("amount", "").strip()[:20]
    plain = "".join(str(int(sign)) if sign.isdecimal() else sign for sign in written)
    try:
        scaled = Decimal(plain.replace("٫", ".").replace(",", ".")).scaleb(of.places)
        if scaled == int(scaled) and 0 < scaled < 10**12:
            return int(scaled)
    except (InvalidOperation, ValueError, OverflowError):
        pass
    raise BadInput("This is no amount.", code="no_amount", mend="Write it like 12.50.")


@dataclass(frozen=True)
class _Permitted:
    """A kind that may be permitted, with its caps in words."""

    id: str
    title: str
    person: str
    all: str
    days: int
    loss: str


def _permitted(request: DeskRequest, kind: vouchers.VoucherKind) -> _Permitted:
    country, language, rule = request.visit.country, request.visit.language, kind.bounded
    assert rule is not None
    person, all_ = (voucher_amount(country, kind.id, kind.minor(one), language) for one in (rule.person, rule.device))
    return _Permitted(kind.id, kind.title.in_(language), person, all_, rule.days, rule.loss)


def _device(request: DeskRequest, code: str, wrong: str) -> HttpResponse:
    try:
        seen = vouchers.device(code=code)
    except NoSuch as error:
        raise Http404 from error
    scheme, shop = vouchers.scheme(country=request.visit.country), seen.device.shop
    kinds = [one for one in scheme.kinds.values() if scheme.takes(shop, one.id)]
    context = {
        "seen": seen,
        "now": timezone.now(),
        "conflicts": [(one, one.bearer.split(":", 1)[1]) for one in seen.conflicts],
        "bounded": [_permitted(request, one) for one in kinds if one.bounded],
        "reserved": [one for one in kinds if one.reserved],
        "card": request.POST.get("card", "")[:40],
    }
    return shown(request, "device.html", context, wrong=wrong)


def _funds(request: DeskRequest, wrong: str) -> HttpResponse:
    context = {"rows": vouchers.funds(at=timezone.now()), "key": secrets.token_hex(12)}
    return shown(request, "funds.html", context, wrong=wrong)
