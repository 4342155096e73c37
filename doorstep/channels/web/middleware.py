"""What happens around every page: the language from the address, errors in words, and headers that keep it safe."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, cast

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from doorstep.channels.web.pages.errors import error_page
from doorstep.channels.web.visit import NoCountry, Request, visit_of
from doorstep.domains.benefits.types import NotAllowed, NotFound, TooManyTries
from doorstep.domains.country import api as countries
from doorstep.domains.country.api import Country
from doorstep.domains.payments.types import NotFound as NoSuchPayment
from doorstep.domains.people import types as people
from doorstep.domains.vouchers import types as vouchers
from doorstep.kit.errors import DoorstepError, Unavailable

log = logging.getLogger(__name__)

STATUS: dict[type[DoorstepError], int] = {
    NotFound: 404,
    NoSuchPayment: 404,
    NotAllowed: 403,
    TooManyTries: 429,
    people.NoPerson: 404,
    people.NotAllowed: 403,
    people.NotNow: 404,
    people.TooManyTries: 429,
    NoCountry: 503,
    Unavailable: 503,
    vouchers.NoSuch: 404,
    vouchers.NotAllowed: 403,
    vouchers.TooManyTries: 429,
}


class VisitMiddleware:
    """Gives every request its ``visit``, takes the language out of the view's arguments, and turns errors to pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        cast(Request, request).visit = visit_of(request, _country())
        return self.get_response(request)

    def process_view(self, request: Request, view: object, args: object, kwargs: dict[str, Any]) -> HttpResponse | None:
        """Views never see the language: it stands in ``request.visit``."""
        if "language" not in kwargs:
            return None
        if kwargs.pop("language") != request.visit.language:
            return error_page(request, 404)
        return error_page(request, 503) if request.visit.loaded is None else None

    def process_exception(self, request: Request, error: Exception) -> HttpResponse | None:
        """The page for an error that has a page; others are Django's (and end as 500)."""
        if isinstance(error, DatabaseError):
            log.error("The database does not answer: %s", type(error).__name__)
            return error_page(request, 503)
        status = next((status for kind, status in STATUS.items() if isinstance(error, kind)), None)
        return error_page(request, status) if status else None


def _country() -> Country | None:
    """The country in force, or None where there is none or the database is away: the site then says that it is off."""
    try:
        return countries.current()
    except (DoorstepError, DatabaseError) as error:
        log.warning("No country: %s", type(error).__name__)
        return None
