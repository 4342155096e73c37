"""What happens around every operation: methods, the size and kind of what is sent, caching, and other sites' scripts.

Public answers may be kept and may be read by scripts of other sites. Answers about one person may not, ever.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from ninja.parser import Parser
from ninja.renderers import JSONRenderer

from doorstep.channels.api.problems import Refusal, answer, language_of

View = Callable[..., HttpResponseBase]

PERSONAL = "decisions"
"""How the routes begin that answer about one person."""
MAX_BODY_BYTES = 64 * 1024
KEEP = "public, max-age=60, must-revalidate"
EXPOSED = "ETag, Content-Language, Content-Disposition, Retry-After"


class PlainJson(JSONRenderer):
    """Writes letters of every script as they are."""

    json_dumps_params = {"ensure_ascii": False}


class JsonBody(Parser):
    """Reads a JSON body, and nothing that only looks like one: no NaN, no half characters, no zero characters."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """Raises ``Refusal``."""
        if len(request.body) > MAX_BODY_BYTES:
            raise Refusal("too-large")
        if request.content_type != "application/json":
            raise Refusal("not-json")
        try:
            found: dict[str, Any] = json.loads(request.body, parse_constant=_no_number)
            if not all(map(_is_text, _texts(found))):
                raise Refusal("unreadable")
        except (ValueError, RecursionError) as error:
            raise Refusal("unreadable") from error
        return found


def guarded(pattern: URLPattern, methods: Iterable[str]) -> URLPattern:
    """A route whose view is guarded."""
    route = str(pattern.pattern)
    view = guard(pattern.callback, methods=tuple(methods), is_public=not route.startswith(PERSONAL))
    return URLPattern(pattern.pattern, view, pattern.default_args, pattern.name)


def guard(view: View, *, methods: tuple[str, ...], is_public: bool) -> View:
    """The view with everything around it."""
    allowed = (*methods, *(("HEAD",) if "GET" in methods else ()), "OPTIONS")

    @functools.wraps(view)
    def guarded_view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            if request.method == "OPTIONS":
                response: HttpResponseBase = HttpResponse(status=204, headers={"Allow": ", ".join(allowed)})
            else:
                _check(request, allowed, kwargs)
                response = _run(view, request, args, kwargs)
        except Exception as error:
            response = answer(request, error)
        return _finished(request, response, allowed, is_public)

    guarded_view.csrf_exempt = True  # type: ignore[attr-defined]
    return guarded_view


def _run(view: View, request: HttpRequest, args: tuple[Any, ...], kwargs: dict[str, Any]) -> HttpResponseBase:
    """Run the view; a HEAD is a GET whose body is left out."""
    if request.method != "HEAD":
        return view(request, *args, **kwargs)
    request.method = "GET"
    try:
        return view(request, *args, **kwargs)
    finally:
        request.method = "HEAD"


def _check(request: HttpRequest, allowed: tuple[str, ...], kwargs: dict[str, Any]) -> None:
    """Raise ``Refusal`` for what no operation takes."""
    if request.method not in allowed:
        raise Refusal("wrong-method", headers={"Allow": ", ".join(allowed)})
    words = [*map(str, kwargs.values()), *request.GET.keys(), *(v for values in request.GET.lists() for v in values[1])]
    if not all(map(_is_text, words)):
        raise Refusal("unreadable")


def _finished(
    request: HttpRequest, response: HttpResponseBase, allowed: tuple[str, ...], is_public: bool
) -> HttpResponseBase:
    if is_public:
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Expose-Headers"] = EXPOSED
        if request.method == "OPTIONS":
            response["Access-Control-Allow-Methods"] = ", ".join(allowed)
            response["Access-Control-Allow-Headers"] = "Accept, Accept-Language, Content-Type"
            response["Access-Control-Max-Age"] = "86400"
    if is_public and response.status_code == 200 and request.method in ("GET", "HEAD"):
        response = _kept(request, response)
    else:
        response.headers.setdefault("Cache-Control", "no-store")
    response.headers.setdefault("Content-Language", language_of(request))
    if request.method == "HEAD" and isinstance(response, HttpResponse):
        response.headers.setdefault("Content-Length", str(len(response.content)))
        response.content = b""
    return response


def _kept(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Mark an answer with what it says, so that who has it already is told so in no bytes at all."""
    content = response.content if isinstance(response, HttpResponse) else b""
    mark = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    known = [part.removeprefix("W/") for part in parse_etags(request.headers.get("If-None-Match", ""))]
    if mark in known or "*" in known:
        kept = HttpResponse(status=304)
        for name in ("Access-Control-Allow-Origin", "Access-Control-Expose-Headers"):
            kept[name] = response[name]
        response = kept
    response["ETag"] = mark
    response["Cache-Control"] = KEEP
    patch_vary_headers(response, ("Accept", "Accept-Language"))
    return response


def _texts(found: Any) -> Iterator[str]:
    """Every text in a value that JSON gave, names included."""
    waiting = [found]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, list):
            waiting += one
        elif isinstance(one, dict):
            waiting += [*one.keys(), *one.values()]


def _is_text(words: str) -> bool:
    """Whether the database can hold these words: no zero characters, no halves of characters."""
    if "\0" in words:
        return False
    try:
        words.encode()
    except UnicodeEncodeError:
        return False
    return True


def _no_number(word: str) -> float:
    raise ValueError(word)
