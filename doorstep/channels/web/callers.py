"""Who calls: the address that limits are counted by."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The visitor's network address.

    Behind our reverse proxy (``DOORSTEP_BEHIND_PROXY``) every call comes from the proxy; the visitor is then whom it
    appended last to ``X-Forwarded-For``. What stands before that, anybody may have written.
    """
    if settings.SECURE_PROXY_SSL_HEADER:
        forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        if forwarded:
            return forwarded[:64]
    return str(request.META.get("REMOTE_ADDR", ""))
