"""The first page, the language redirect, the country's own texts, and the small files that machines ask for."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe
from markdown_it import MarkdownIt

from doorstep.channels.web.page import address, page
from doorstep.channels.web.templatetags.doorstep import DRAWINGS
from doorstep.channels.web.visit import Request
from doorstep.domains.benefits import api as benefits
from doorstep.domains.people import api as people
from doorstep.domains.vouchers import api as vouchers
from doorstep.domains.wallets import api as wallets

CLOSED = ("/*/desk/", "/*/decision/", "/*/shop/", "/*/vouchers/", "/*/wallet/", "/*/me/", "/*/agent/", "/api/")
ROBOTS = "User-agent: *\n" + "".join(f"Disallow: {path}\n" for path in CLOSED)


@require_safe
def root(request: Request) -> HttpResponse:
    """To the first page in the language that the browser asks for."""
    response = HttpResponseRedirect(address(request, "home"))
    patch_vary_headers(response, ["Accept-Language"])
    return response


@require_safe
def home(request: Request) -> HttpResponse:
    """What the country gives, and the ways in."""
    programmes = benefits.programmes(country=request.visit.country)
    first = next((programme for programme in programmes if programme.ask), None)
    off = {programme.id for programme in programmes if not benefits.is_on(programme=programme.id)}
    context = {
        "programmes": programmes,
        "first": first,
        "off": off,
        "has_people": people.has_people(country=request.visit.country),
        "has_wallets": wallets.has_wallets(country=request.visit.country),
        "has_vouchers": vouchers.vouchers_of(request.visit.country) is not None,
    }
    return page(request, "home.html", context)


@require_safe
def content(request: Request, name: str) -> HttpResponse:
    """One of the country's own texts, ``content/<language>/<name>.md``; its first heading is the page's."""
    visit = request.visit
    for language in (visit.language, visit.country.default_language):
        source = visit.country.files.get(f"content/{language}/{name}.md")
        if source is not None:
            title, body = rendered(source)
            return page(request, "content.html", {"title": title, "body": body, "written_in": language})
    raise Http404


@lru_cache(maxsize=128)
def rendered(source: str) -> tuple[str, str]:
    """(first heading as plain text, HTML). Raw HTML in the source stays text; pictures are not loaded."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    tokens = markdown.parse(source)
    title = ""
    for before, token in pairwise(tokens):
        if before.type == "heading_open" and before.tag == "h1" and not title:
            title = token.content
        elif before.type == "heading_open" and before.tag == "h1":
            before.tag = "h2"
    return title, markdown.renderer.render(tokens, markdown.options, {})


def healthz(request: HttpRequest) -> HttpResponse:
    """Whether the site can serve: 200, or 503 where no country is loaded or the database is away."""
    well = getattr(request, "visit", None) is not None and request.visit.loaded is not None  # type: ignore[attr-defined]
    return HttpResponse("ok\n" if well else "off\n", content_type="text/plain", status=200 if well else 503)


def robots(request: HttpRequest) -> HttpResponse:
    """What search engines may read."""
    return HttpResponse(ROBOTS, content_type="text/plain")


def favicon(request: HttpRequest) -> HttpResponse:
    """The mark."""
    mark = (DRAWINGS / "mark.svg").read_text(encoding="utf-8").replace("currentColor", "#0b4f4a")
    mark = mark.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return HttpResponse(mark, content_type="image/svg+xml", headers={"Cache-Control": "public, max-age=86400"})
