"""Makes a page of the desk: the web's frame, the desk's own stylesheet, tabs and who is signed in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from doorstep.channels.desk.gate import DeskRequest
from doorstep.channels.web.api import Request, render, with_query
from doorstep.domains.benefits import api as benefits
from doorstep.domains.benefits.types import Role
from doorstep.domains.people import api as people
from doorstep.domains.vouchers import api as vouchers
from doorstep.domains.wallets import api as wallets
from doorstep.kit.styles import rules

STYLES = Path(__file__).parent / "desk.css"
OFFICERS = frozenset({Role.OFFICER, Role.SUPERVISOR})
TABS: Mapping[str, frozenset[Role]] = {
    **dict.fromkeys(("overview", "cases", "objections", "letters", "payments"), OFFICERS),
    "wallets": OFFICERS,
    "vouchers": OFFICERS,
    "people": frozenset({Role.ENROLLER, Role.REGISTRAR, Role.ADJUDICATOR, Role.PROTECTION}),
    "enrolments": frozenset({Role.ENROLLER, Role.REGISTRAR}),
    "doubles": frozenset({Role.ADJUDICATOR}),
    "protection": frozenset({Role.PROTECTION}),
    **dict.fromkeys(("runs", "what_if", "switch"), OFFICERS),
}
"""The desk's parts, and the roles that open each."""
MAX_SEARCH = 80


def page(
    request: DeskRequest, template: str, context: Mapping[str, Any] | None = None, *, tab: str = "", status: int = 200
) -> HttpResponse:
    """Render ``desk/<template>`` for an officer, with ``tab`` as the place where they are."""
    filled = {
        "officer": request.officer,
        "is_supervisor": benefits.can_supervise(request.officer),
        "tabs": tabs_of(request),
        "tab": tab,
        "titles": {one.id: one.title for one in benefits.programmes(country=request.visit.country)},
        **(context or {}),
    }
    return plain_page(request, template, filled, status=status)


def tabs_of(request: DeskRequest) -> list[str]:
    """The parts of the desk that this country has and this officer may open."""
    country = request.visit.country
    without = set() if vouchers.vouchers_of(country) is not None else {"vouchers"}
    if not wallets.has_wallets(country=country):
        without.add("wallets")
    if not people.has_people(country=country):
        without |= {"people", "enrolments", "doubles", "protection"}
    return [tab for tab, roles in TABS.items() if tab not in without and roles & request.officer.roles]


def plain_page(request: Request, template: str, context: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    """Render ``desk/<template>`` for somebody who has perhaps not signed in."""
    filled = {"kind": "desk", **context}
    return render(request, f"desk/{template}", filled, status=status, styles=[rules(STYLES)])


def address(request: Request, name: str, *args: object, **query: str) -> str:
    """The address of a page of the desk in the visit's language; empty values of the query are left out."""
    return with_query(reverse(f"desk:{name}", args=[request.visit.language, *args]), **query)


def asked(request: Request, name: str) -> str:
    """One short value of the query, without what a database cannot hold."""
    return request.GET.get(name, "").replace("\0", "").strip()[:MAX_SEARCH]
