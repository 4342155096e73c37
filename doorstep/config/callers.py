"""Who calls: the address that limits are counted by."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

LONGEST = 64


class Callers:
    """Behind our reverse proxy every call comes from the proxy: ``REMOTE_ADDR`` becomes the visitor's.

    The visitor is whom the proxy appended last to ``X-Forwarded-For`` (``DOORSTEP_BEHIND_PROXY``). What stands before
    that, anybody may have written.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SECURE_PROXY_SSL_HEADER:
            forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
            if forwarded:
                request.META["REMOTE_ADDR"] = forwarded[:LONGEST]
        return self.get_response(request)
