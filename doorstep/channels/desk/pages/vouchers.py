"""Vouchers at the desk: the books, lists of agencies, contests. See ``holders`` and ``shops`` for the rest."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from doorstep.channels.desk.gate import DeskRequest
from doorstep.channels.desk.page import address, asked, page
from doorstep.channels.web.api import page_number, say, words
from doorstep.domains.benefits import api as benefits
from doorstep.domains.vouchers import api as vouchers
from doorstep.domains.vouchers.types import BatchView, Clerk, VoucherError

TAB = "vouchers"


def clerk_of(request: DeskRequest) -> Clerk:
    """The officer as vouchers know them."""
    return Clerk(request.officer.name, supervises=benefits.can_supervise(request.officer))


def said(error: VoucherError, request: DeskRequest) -> str:
    """An error in the officer's language."""
    key = f"refusal.{error.code}"
    return say(key, request.visit.language) if key in words() else error.what


def shown(
    request: DeskRequest, template: str, context: Mapping[str, Any], *, wrong: str = "", status: int = 200
) -> HttpResponse:
    """One of the pages of vouchers."""
    scheme = vouchers.scheme(country=request.visit.country)
    filled = {"scheme": scheme, "wrong": wrong, "done": asked(request, "done"), **context}
    return page(request, f"vouchers/{template}", filled, tab=TAB, status=422 if wrong else status)


@require_safe
def overview(request: DeskRequest) -> HttpResponse:
    """What waits, and whether the books are exact."""
    now = timezone.now()
    context = {"counts": vouchers.counts(at=now), "books": vouchers.reconcile()}
    return shown(request, "overview.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def lists(request: DeskRequest) -> HttpResponse:
    """Lists, and the form that takes a new one."""
    wrong = ""
    if request.method == "POST":
        try:
            number = _take(request)
            return HttpResponseRedirect(address(request, "voucher_list", number))
        except VoucherError as error:
            wrong = said(error, request)
    first = timezone.now().date().replace(day=1)
    months = [first, (first + timedelta(days=32)).replace(day=1), (first - timedelta(days=1)).replace(day=1)]
    return shown(request, "lists.html", {"lists": vouchers.batches(), "months": months}, wrong=wrong)


@require_safe
def list_(request: DeskRequest, id: int) -> HttpResponse:
    """One list: what is given, what is double, what cannot be read."""
    return _list(request, id, "")


@require_POST
def release(request: DeskRequest, id: int) -> HttpResponse:
    """Give it, or let it go."""
    try:
        if "cancel" in request.POST:
            vouchers.cancel(batch=id, clerk=clerk_of(request), at=timezone.now())
        else:
            vouchers.release(batch=id, clerk=clerk_of(request), at=timezone.now())
    except VoucherError as error:
        return _list(request, id, said(error, request))
    return HttpResponseRedirect(address(request, "voucher_list", id, done="1"))


@require_safe
def contests(request: DeskRequest) -> HttpResponse:
    """Those that wait for an answer, those due first."""
    return shown(request, "contests.html", {"contests": vouchers.contests()})


@require_http_methods(["GET", "HEAD", "POST"])
def contest(request: DeskRequest, id: int) -> HttpResponse:
    """Read one and answer it."""
    words_, wrong = request.POST.get("words", ""), ""
    if request.method == "POST":
        verdict = request.POST.get("verdict", "")
        try:
            if verdict not in ("upheld", "rejected"):
                wrong = say("objection.choose", request.visit.language)
            else:
                vouchers.answer_contest(
                    id=id, upheld=verdict == "upheld", words=words_, clerk=clerk_of(request), at=timezone.now()
                )
                return HttpResponseRedirect(address(request, "voucher_contest", id, done="1"))
        except VoucherError as error:
            wrong = said(error, request)
    return shown(request, "contest.html", {"item": vouchers.contest_of(id=id), "words": words_}, wrong=wrong)


def _take(request: DeskRequest) -> int:
    file = request.FILES.get("list")
    try:
        month = date.fromisoformat(request.POST.get("month", ""))
    except ValueError:
        month = timezone.now().date()
    return vouchers.check_list(
        data=file.read() if isinstance(file, UploadedFile) else b"",
        agency=request.POST.get("agency", ""),
        kind=request.POST.get("kind", ""),
        month=month,
        clerk=clerk_of(request),
        at=timezone.now(),
    )


def _list(request: DeskRequest, id: int, wrong: str) -> HttpResponse:
    only, number = asked(request, "only"), page_number(request)
    found: BatchView = vouchers.batch(id=id, only=only, page=number)
    more = address(request, "voucher_list", id, only=only, page=str(number + 1)) if len(found.lines) == 100 else ""
    return shown(request, "list.html", {"batch": found, "only": only, "more": more}, wrong=wrong)
