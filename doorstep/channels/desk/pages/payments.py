"""Batches of payments: made by one, approved by another, and what does not agree with banks and providers."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from doorstep.channels.desk.gate import DeskRequest
from doorstep.channels.desk.page import address, asked, page
from doorstep.channels.desk.words_of_officers import written
from doorstep.channels.web.api import page_number, say, turning
from doorstep.domains.benefits import api as benefits
from doorstep.domains.benefits.types import Page
from doorstep.domains.payments import api as payments
from doorstep.domains.payments import types
from doorstep.domains.payments.types import BatchState, BatchView, Officer, PaymentState, Totals
from doorstep.kit.errors import DoorstepError

TAB = "payments"
WAITING = "waiting"
STATES = tuple(state.value for state in PaymentState)
CUT_OFF = time(15, tzinfo=UTC)
COLUMNS = ("payment", "person", "name", "amount", "currency", "rail", "account", "state", "code", "changed_at")
_SAID = {
    types.NotAllowed: "pay.not_allowed",
    types.TooLate: "pay.changed",
    types.NotEnough: "pay.not_enough",
    types.DoesNotAddUp: "pay.does_not_add_up",
}


def acting(request: DeskRequest) -> Officer:
    """The officer who signed in, as payments know them."""
    return Officer(request.officer.name, may_approve=benefits.can_supervise(request.officer))


def in_words(request: DeskRequest, error: DoorstepError) -> str:
    """What went wrong, in the officer's language."""
    return say(
        next((key for kind, key in _SAID.items() if isinstance(error, kind)), "pay.not_done"), _language(request)
    )


@require_safe
def batches(request: DeskRequest) -> HttpResponse:
    """Every batch, the newest first."""
    state = asked(request, "state")
    state = state if state in set(BatchState) else ""
    found = payments.list_batches(state=state, number=page_number(request))
    context = {
        "found": found,
        "turning": turning(request, Page(found.items, found.number, found.pages, found.total), state=state),
        "state": state,
        "states": [one.value for one in BatchState],
        "changes": len(payments.payee_changes()),
        "example": next((one for one in benefits.programmes(country=request.visit.country) if one.pays), None),
    }
    return page(request, "payments.html", context, tab=TAB)


@require_safe
def batch(request: DeskRequest, id: int) -> HttpResponse:
    """One batch: how far it is, what can be done with it, its files, differences and payments."""
    return _page(request, payments.batch(id=id))


@require_POST
def approve(request: DeskRequest, id: int) -> HttpResponse:
    """A second person says yes to the totals that the page showed."""
    seen = Totals(_number(request, "count"), _number(request, "amount"))
    return _do(
        request, id, lambda: payments.approve_batch(batch=id, officer=acting(request), at=timezone.now(), seen=seen)
    )


@require_POST
def cancel(request: DeskRequest, id: int) -> HttpResponse:
    """Nobody is paid by it; with words."""
    words, wrong = written(request)
    if wrong:
        return _page(request, payments.batch(id=id), wrong={"words": wrong}, words=words)
    return _do(
        request, id, lambda: payments.cancel_batch(batch=id, officer=acting(request), words=words, at=timezone.now())
    )


@require_POST
def postpone(request: DeskRequest, id: int) -> HttpResponse:
    """Another day, with the cut-off on the day before."""
    day = _day(request.POST.get("due_date", ""))
    cut_off = (
        datetime.combine(day - timedelta(days=1), CUT_OFF, tzinfo=timezone.get_default_timezone()) if day else None
    )
    if day is None or cut_off is None or cut_off <= timezone.now():
        wrong = {"due_date": say("pay.postpone_wrong", _language(request))}
        return _page(request, payments.batch(id=id), wrong=wrong)
    return _do(
        request,
        id,
        lambda: payments.postpone_batch(
            batch=id, officer=acting(request), due_date=day, cut_off_at=cut_off, at=timezone.now()
        ),
    )


@require_POST
def settle(request: DeskRequest, id: int, difference: int) -> HttpResponse:
    """Somebody asked what it was, and writes it down."""
    words, wrong = written(request)
    if wrong:
        return _page(request, payments.batch(id=id), wrong={f"difference-{difference}": wrong})
    return _do(
        request,
        id,
        lambda: payments.settle_difference(
            difference=difference, officer=acting(request), words=words, at=timezone.now()
        ),
    )


@require_safe
def export(request: DeskRequest, id: int) -> HttpResponseBase:
    """The batch's payments as CSV: accounts masked, no cell a formula."""
    view, state = payments.batch(id=id), asked(request, "state")
    rows = payments.each_payment(batch=id, state=state if state in (*STATES, WAITING) else "")
    name = f"batch-{view.id}{'-' + state if state else ''}.csv"
    response = StreamingHttpResponse(_lines(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_safe
def bank_file(request: DeskRequest, message_id: str) -> HttpResponseBase:
    """A file for the bank, with whole account numbers: for supervisors."""
    response = StreamingHttpResponse(payments.bank_file(message_id=message_id), content_type="application/xml")
    response["Content-Disposition"] = f'attachment; filename="{message_id}.xml"'
    return response


def _do(request: DeskRequest, id: int, act: Callable[[], None]) -> HttpResponse:
    try:
        act()
    except (types.NotAllowed, types.TooLate, types.DoesNotAddUp, types.BadWords) as error:
        return _page(request, payments.batch(id=id), refused=in_words(request, error), status=409)
    return HttpResponseRedirect(address(request, "batch", id, done="1"))


def _page(request: DeskRequest, view: BatchView, *, status: int = 200, **more: Any) -> HttpResponse:
    state, search = asked(request, "state"), asked(request, "search")
    state = state if state in (*STATES, WAITING) else ""
    found = payments.list_payments(batch=view.id, state=state, search=search, number=page_number(request))
    context = {
        "view": view,
        "done": "done" in request.GET,
        "found": found,
        "turning": turning(
            request, Page(found.items, found.number, found.pages, found.total), state=state, search=search
        ),
        "state": state,
        "search": search,
        "states": (WAITING, *STATES),
        "files": payments.bank_files(batch=view.id),
        "differences": payments.differences(batch=view.id),
        "can_approve": payments.can_approve(batch=view.id, officer=acting(request)),
        "has_due": view.state is BatchState.SENDING and PaymentState.DUE in view.by_state,
        "is_late": view.cut_off_at < timezone.now(),
        "wrong": {},
        **more,
    }
    return page(request, "batch.html", context, tab=TAB, status=422 if more.get("wrong") else status)


class _Line:
    """What a ``csv.writer`` writes to: gives the line back."""

    def write(self, line: str) -> str:
        return line


def _lines(rows: Iterator[types.PaymentView]) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield "\ufeff" + str(writer.writerow(COLUMNS))
    for row in rows:
        amount = payments.write_amount(row.amount, row.digits)
        cells = (
            row.id, row.person, row.name, amount, row.currency, row.rail, row.account, row.state, row.code,
            row.changed_at.isoformat(timespec="seconds"),
        )  # fmt: skip
        yield str(writer.writerow([_plain(cell) for cell in cells]))


def _plain(cell: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = str(cell)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _number(request: DeskRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else -1


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _language(request: DeskRequest) -> str:
    return request.visit.language
