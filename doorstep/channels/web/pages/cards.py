"""What readers of cards fetch when they have a connection: the list of cards taken back, the keys, and a reader."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from doorstep.channels.web.visit import Request
from doorstep.domains.people import api as people
from doorstep.engines.credentials import api as credentials


@require_safe
def status(request: Request) -> HttpResponse:
    """The signed list: as a JWT where that is asked for, else as a CWT (IETF Token Status List)."""
    as_jwt = "application/statuslist+jwt" in request.headers.get("Accept", "")
    kind = "application/statuslist+jwt" if as_jwt else "application/statuslist+cwt"
    return _kept(HttpResponse(people.status_list(at=timezone.now(), as_jwt=as_jwt), content_type=kind))


@require_safe
def keys(request: Request) -> HttpResponse:
    """The public keys with which cards are checked, as a JWK set."""
    return _kept(HttpResponse(people.card_keys(), content_type="application/jwk-set+json"))


@require_safe
def reader(request: Request) -> HttpResponse:
    """A reader of cards in one file, which needs Python and ``cryptography`` alone."""
    response = HttpResponse(credentials.reader_file(), content_type="application/octet-stream")
    response["Content-Disposition"] = 'attachment; filename="card-reader.pyz"'
    return _kept(response)


def _kept(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "public, max-age=300"
    return response
