"""Limits are counted by the visitor, however a proxy writes their address."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from doorstep.config.callers import Callers

SIX = "2001:db8:1:2::/64"


def seen(**headers: str) -> str:
    found: list[str] = []

    def answer(request: HttpRequest) -> HttpResponse:
        found.append(request.META["REMOTE_ADDR"])
        return HttpResponse()

    Callers(answer)(RequestFactory().get("/", **headers))
    return found[0]


@pytest.mark.parametrize(
    ("written", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("192.0.2.1:4711", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", SIX),
        ("2001:DB8:1:2::99", SIX),
        ("[2001:db8:1:2::99]", SIX),
        ("[2001:db8:1:2::99]:4711", SIX),
        ("2001:db8:1:2::99%eth0", SIX),
        ("2001:db8:1:3::99", "2001:db8:1:3::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("[::ffff:192.0.2.1]:80", "192.0.2.1"),
        ("unknown", "unknown"),
        ("_hidden:80", "_hidden:80"),
        ("x" * 200, "x" * 64),
        ("999.0.0.1:80", "999.0.0.1:80"),
        ("[]:1", "[]:1"),
    ],
)
def test_one_caller_counts_as_one(settings: Any, written: str, counted: str) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert seen(HTTP_X_FORWARDED_FOR=f"203.0.113.9, {written}", REMOTE_ADDR="10.0.0.1") == counted
    assert seen(REMOTE_ADDR=written) == counted
    settings.SECURE_PROXY_SSL_HEADER = None
    assert seen(HTTP_X_FORWARDED_FOR="203.0.113.9", REMOTE_ADDR=written) == counted, "nobody else is believed"
