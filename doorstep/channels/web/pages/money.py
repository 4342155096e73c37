"""The payments of whoever holds a letter: what comes when, how much, where to, and the proof of each."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from doorstep.channels.web.page import address, page
from doorstep.channels.web.pages.decision import held_letter, who
from doorstep.channels.web.proof import proof_file, proof_page
from doorstep.channels.web.visit import Request
from doorstep.domains.benefits import api as benefits
from doorstep.domains.benefits.types import HousePurpose
from doorstep.domains.payments.types import NotFound
from doorstep.engines.evidence.types import NoReceipt, ReceiptView


@require_safe
def payments(request: Request) -> HttpResponse:
    """Every payment, the newest first; where they go, who changed that, and who looked."""
    held = held_letter(request)
    if held is None:
        return HttpResponseRedirect(address(request, "find"))
    found = benefits.money_by_reference(
        reference=held.reference,
        contract_id=held.contract,
        who=who(request),
        purpose=HousePurpose.OWN_DATA,
        now=timezone.now(),
    )
    titles = {one.id: one.title for one in benefits.programmes(country=request.visit.country)}
    return page(request, "decision/payments.html", {"money": found, "titles": titles}, keep=False)


@require_safe
def receipt(request: Request, payment: int) -> HttpResponse:
    """The proof of one payment."""
    if held_letter(request) is None:
        return HttpResponseRedirect(address(request, "find"))
    try:
        found = _receipt(request, payment)
    except NotFound:
        return HttpResponseRedirect(address(request, "payments"))
    file = address(request, "payment_receipt_file", payment)
    return proof_page(request, found, back=address(request, "payments"), file=file)


@require_safe
def receipt_file(request: Request, payment: int) -> HttpResponse:
    """The proof as a file."""
    if held_letter(request) is None:
        return HttpResponseRedirect(address(request, "find"))
    try:
        found = _receipt(request, payment)
    except NotFound:
        found = None
    return proof_file(found, f"payment-{payment}") or HttpResponseRedirect(address(request, "payments"))


def _receipt(request: Request, payment: int) -> ReceiptView | None:
    held = held_letter(request)
    assert held is not None
    try:
        return benefits.payment_receipt_by_reference(
            reference=held.reference,
            contract_id=held.contract,
            payment=payment,
            who=who(request),
            purpose=HousePurpose.OWN_DATA,
            now=timezone.now(),
        )
    except NoReceipt:
        return None
