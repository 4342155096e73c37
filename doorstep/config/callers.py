"""Who calls: the address that limits are counted by."""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse

MAX_ADDRESS = 64
ONE_CALLER = 64
"""Bits of an IPv6 address that tell one caller from another: whoever has one address has all of the network's."""
_WITH_PORT = re.compile(r"\[(?P<six>[^\]]*)\](?::\d+)?|(?P<four>[^:]*):\d+")


class Callers:
    """Behind our reverse proxy every call comes from the proxy: ``REMOTE_ADDR`` becomes the visitor's.

    The visitor is whom the proxy appended last to ``X-Forwarded-For`` (``DOORSTEP_BEHIND_PROXY``). What stands before
    that, anybody may have written.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        address = request.META.get("REMOTE_ADDR", "")
        if settings.SECURE_PROXY_SSL_HEADER:
            address = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() or address
        request.META["REMOTE_ADDR"] = caller(address)
        return self.get_response(request)


def caller(written: str) -> str:
    """One caller's address as servers and proxies write it: without a port; of IPv6 the network of 64 bits.

    What is no address stays as it is, so that it still counts as somebody.
    """
    plain = written.strip()
    if found := _WITH_PORT.fullmatch(plain):
        plain = found["six"] if found["four"] is None else found["four"]
    try:
        address = ip_address(plain)
    except ValueError:
        return written[:MAX_ADDRESS]
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(IPv6Network((int(address), ONE_CALLER), strict=False))
