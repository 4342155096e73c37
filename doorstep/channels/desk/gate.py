"""Who may open a page of the desk. Every view of ``urls`` is wrapped here, so that none can be forgotten."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from doorstep.channels.desk.accounts import officer_of
from doorstep.channels.web.api import Request, with_query
from doorstep.domains.benefits import api as benefits
from doorstep.domains.benefits.types import NotAllowed, Officer, Role


class DeskRequest(Request):
    """A request of somebody who signed in and has a role."""

    officer: Officer


View = Callable[..., HttpResponseBase]


def for_roles(*roles: Role) -> Callable[[View], View]:
    """Strangers are sent to sign in; whoever has none of the roles is refused. Without roles, any will do."""

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, **values: Any) -> HttpResponseBase:
            asked = cast(DeskRequest, request)
            officer = officer_of(asked.user)
            if officer is None:
                onward = asked.get_full_path() if asked.method in ("GET", "HEAD") else ""
                return HttpResponseRedirect(with_query(_sign_in(asked), next=onward))
            if not officer.roles & set(roles or Role):
                needed = " or ".join(role.value for role in roles) or "officer"
                raise NotAllowed(f"This needs the role of {needed}.", mend="Ask your supervisor for the role.")
            asked.officer = officer
            return view(asked, **values)

        return guarded

    return wrap


for_anybody = for_roles()
"""Whoever works here, in whatever role."""
for_officers = for_roles(Role.OFFICER, Role.SUPERVISOR)


def for_supervisors(view: View) -> View:
    """As ``for_officers``; officers are refused too."""

    @wraps(view)
    def guarded(request: DeskRequest, **values: Any) -> HttpResponseBase:
        if not benefits.can_supervise(request.officer):
            raise NotAllowed("This needs the role of supervisor.", mend="Ask a supervisor to do it.")
        return view(request, **values)

    return for_officers(guarded)


def _sign_in(request: DeskRequest) -> str:
    return reverse("desk:sign_in", args=[request.visit.language])


def safe_onward(request: Request, wanted: str, otherwise: str) -> str:
    """An address of this desk to go on to: never one of another site, or another part of ours."""
    desk = reverse("desk:overview", args=[request.visit.language])
    host = {request.get_host()}
    if wanted.startswith(desk) and url_has_allowed_host_and_scheme(wanted, host, require_https=request.is_secure()):
        return wanted
    return otherwise
