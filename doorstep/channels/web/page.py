"""Makes a page: a template, the visit, and a policy that lets the browser load nothing but the page itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse

from doorstep.channels.web.look import csp_hash, stylesheet
from doorstep.channels.web.visit import Request

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
    styles = [request.visit.stylesheet]
    if template.startswith("desk/"):
        styles.append(stylesheet("desk", {}))
    filled = {"visit": request.visit, "styles": styles, **(context or {})}
    response = HttpResponse(render_to_string(f"web/{template}", filled, request), status=status)
    response["Content-Security-Policy"] = POLICY.format(styles=" ".join(csp_hash(style) for style in styles))
    response["Content-Language"] = request.visit.language
    response["Cache-Control"] = "private, max-age=60" if keep and request.method == "GET" else "no-store"
    return response


def address(request: Request, name: str, *args: object) -> str:
    """The address of a page in the visit's language."""
    return reverse(f"web:{name}", args=[request.visit.language, *args])
