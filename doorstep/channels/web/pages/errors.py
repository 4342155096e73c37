"""What people read when something does not work: what happened, and what to do."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse

from doorstep.channels.web.page import page
from doorstep.channels.web.visit import Request, visit_of

WITH_WORDS = (400, 403, 404, 405, 429, 500, 503)


def error_page(request: HttpRequest, status: int, *, words: str = "") -> HttpResponse:
    """The page for a status. It needs no database: it may be what is broken."""
    asked = cast(Request, request)
    if not hasattr(request, "visit"):
        asked.visit = visit_of(request, None)
    key = words or str(status if status in WITH_WORDS else 500)
    return page(asked, "error.html", {"key": f"error.{key}", "lead": f"error.{key}_text"}, status=status, keep=False)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return error_page(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return error_page(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return error_page(request, 404)


def broken(request: HttpRequest) -> HttpResponse:
    """500."""
    return error_page(request, 500)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token: an old page, or another site that tries to act for the visitor."""
    return error_page(request, 403, words="csrf")
