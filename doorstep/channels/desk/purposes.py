"""For what an officer opens people's data: asked once for each kind of work, then stated on every page.

The purpose stands in the officer's session until they change it or sign out. The country's file lists which exist.
"""

from __future__ import annotations

from doorstep.channels.desk.gate import DeskRequest
from doorstep.domains.country.api import Purpose

KEY = "desk_purposes"
WORKS = ("cases", "objections", "letters", "payments", "vouchers", "wallets")


def purpose_of(request: DeskRequest, work: str) -> str | None:
    """The code of the purpose that was chosen for this kind of work, if the country still has it."""
    chosen = request.session.get(KEY, {}).get(work)
    return chosen if chosen in request.visit.country.purposes else None


def choose(request: DeskRequest, work: str, purpose: str) -> None:
    """Remember a purpose for the session."""
    request.session[KEY] = {**request.session.get(KEY, {}), work: purpose}


def stated(request: DeskRequest, work: str) -> Purpose | None:
    """The purpose as people read it."""
    code = purpose_of(request, work)
    return request.visit.country.purposes[code] if code else None
