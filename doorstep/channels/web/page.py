"""Makes a page: a template, the visit, and a policy that lets the browser load nothing but the page itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse

from doorstep.channels.web.visit import Request
from doorstep.kit.styles import csp_hash

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src {styles}",
        "img-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)


def page(
    request: Request, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200, keep: bool = True
) -> HttpResponse:
    """Render ``web/<template>``. ``keep=False`` for pages about one person: no cache may hold them."""
    response = render(request, f"web/{template}", context or {}, status=status)
    if keep and request.method == "GET":
        response["Cache-Control"] = "private, max-age=60"
    return response


def render(
    request: Request, template: str, context: Mapping[str, Any], *, status: int = 200, styles: Sequence[str] = ()
) -> HttpResponse:
    """Render a channel's template with the site's look, then ``styles`` of its own. No cache may hold the page."""
    sheets = [request.visit.stylesheet, *styles]
    filled = {"visit": request.visit, "styles": sheets, **context}
    response = HttpResponse(render_to_string(template, filled, request), status=status)
    response["Content-Security-Policy"] = POLICY.format(styles=" ".join(csp_hash(sheet) for sheet in sheets))
    response["Content-Language"] = request.visit.language
    response["Cache-Control"] = "no-store"
    return response


def address(request: Request, name: str, *args: object) -> str:
    """The address of a page in the visit's language."""
    return reverse(f"web:{name}", args=[request.visit.language, *args])
