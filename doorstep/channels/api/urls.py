"""The addresses of the API, every view guarded by ``edge``. What is not here is a problem, not a page."""

from __future__ import annotations

import re

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path

from doorstep.channels.api import callbacks, document, page
from doorstep.channels.api.edge import guard, guarded
from doorstep.channels.api.service import api

app_name = "api"

_NAMED = re.compile(r"<(?:\w+:)?(\w+)>")
_EVERY_METHOD = ("GET", "POST", "PUT", "PATCH", "DELETE")


def _operations() -> list[URLPattern]:
    methods = document.methods()
    routes = [route for route in api.urls[0] if isinstance(route, URLPattern) and route.name != "api-root"]
    return [guarded(route, methods["/" + _NAMED.sub(r"{\1}", str(route.pattern))]) for route in routes]


def _nothing(request: HttpRequest, **_: str) -> HttpResponse:
    raise Http404


urlpatterns: list[URLPattern | URLResolver] = [
    path("", page.page, name="page"),
    path("v1/openapi.json", guard(document.serve, methods=("GET",), is_public=True), name="openapi"),
    path("v1/", include((_operations(), "api-v1"))),
    path("callbacks/mobile-money", callbacks.mobile_money, name="mobile_money"),
    path("<path:rest>", guard(_nothing, methods=_EVERY_METHOD, is_public=True), name="nothing"),
]
