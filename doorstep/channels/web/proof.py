"""The proof of a movement of money or goods: what it says, its square code, its file, and how to check it."""

from __future__ import annotations

import segno
from django.http import HttpResponse

from doorstep.channels.web.labels import receipt_label
from doorstep.channels.web.page import page
from doorstep.channels.web.visit import Request
from doorstep.engines.evidence.types import ReceiptView


def proof_page(request: Request, found: ReceiptView | None, *, back: str, file: str) -> HttpResponse:
    """The page of a proof. ``found`` is None while the log has not published it; ``back`` and ``file``: addresses."""
    if found is None:
        return page(request, "proof.html", {"back": back}, keep=False)
    facts = [(receipt_label(name, request.visit.language), _shown(name, value)) for name, value in _told(found)]
    context = {
        "receipt": found,
        "place": found.index + 1,
        "facts": facts,
        "code": square_code(found.qr),
        "back": back,
        "file": file,
    }
    return page(request, "proof.html", context, keep=False)


def _told(found: ReceiptView) -> list[tuple[str, str]]:
    return [(name, value) for name, value in sorted(found.content.items()) if value]


def _shown(name: str, value: str) -> str:
    """Account numbers are masked on every page; the file, which is for its owner, says them whole."""
    return f"••••{value[-4:]}" if name == "account" else value


def proof_file(found: ReceiptView | None, name: str) -> HttpResponse | None:
    """The file of a proof, called after ``name``; nothing while there is none."""
    if found is None:
        return None
    response = HttpResponse(found.text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="receipt-{name}.tlog-proof"'
    response["Cache-Control"] = "no-store"
    return response


def square_code(text: str) -> str:
    """A QR code as SVG, black on white in every colour scheme: cameras want it so."""
    made: str = segno.make_qr(text, error="l").svg_inline(scale=1, omitsize=True, dark="#000", light="#fff", border=4)
    return made
