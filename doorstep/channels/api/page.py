"""The page for people who write programs: every operation, made from the OpenAPI document. No script, no other site."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db import Error as DatabaseTrouble
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe
from markdown_it import MarkdownIt

from doorstep.channels.api import document, reading
from doorstep.channels.api.problems import KINDS, written
from doorstep.channels.api.words import say, words
from doorstep.domains.country import api as countries
from doorstep.domains.country.api import Country
from doorstep.kit import styles
from doorstep.kit.errors import DoorstepError
from doorstep.kit.languages import direction, own_name, preferred
from doorstep.kit.words import LANGUAGES

POLICY = (
    "default-src 'none'; style-src {style}; img-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """``/api/``. Stays up without a country and without a database: then it describes the API alone."""
    country = _country()
    language = _language(request, country)
    style = stylesheet(country)
    response = HttpResponse(render_to_string("api/page.html", _context(request, country, language, style)))
    response["Content-Security-Policy"] = POLICY.format(style=styles.csp_hash(style))
    response["Content-Language"] = language
    response["Cache-Control"] = "public, max-age=60"
    patch_vary_headers(response, ["Accept-Language"])
    return response


def stylesheet(country: Country | None) -> str:
    """The page's rules, the country's colours in front."""
    painted = countries.colours_of(country.look if country else countries.Look())
    return styles.stylesheet(countries.tokens_of(painted), Path(__file__).parent / "page.css")


def _context(request: HttpRequest, country: Country | None, language: str, style: str) -> dict[str, Any]:
    made = document.build(country)
    own = country.look.name or country.name if country else None
    return {
        "say": {
            key.removeprefix("page."): text.in_(language) for key, text in words().items() if key.startswith("page.")
        },
        "language": language,
        "direction": direction(language),
        "tongues": [(code, own_name(code), direction(code)) for code in _languages(country)],
        "name": own.in_(language) if own else "Doorstep",
        "mark": country.look.mark.text if country and country.look.mark else "",
        "help_phone": country.help_phone if country else "",
        "version": country.hash[:12] if country else "",
        "style": style,
        "description": _html(made["info"]["description"]),
        "groups": reading.groups(made, base=request.build_absolute_uri("/").rstrip("/"), render=_inline),
        "shapes": reading.shapes(made, render=_inline),
        "problems": [written(code, language) for code in KINDS],
        "english": say("page.english", language) if language != "en" else "",
    }


def _country() -> Country | None:
    try:
        return countries.current()
    except (DoorstepError, DatabaseTrouble):
        return None


def _languages(country: Country | None) -> tuple[str, ...]:
    return country.languages if country else LANGUAGES


def _language(request: HttpRequest, country: Country | None) -> str:
    known = _languages(country)
    wanted = request.GET.get("language", "")
    return wanted if wanted in known else preferred(request.headers.get("Accept-Language", ""), known)


_MARKDOWN = MarkdownIt("commonmark", {"html": False})


def _html(text: str) -> str:
    return str(_MARKDOWN.render(text))


def _inline(text: str) -> str:
    return str(_MARKDOWN.renderInline(text))
