"""A small world with its officers, and a clock that stands still."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from doorstep.channels.desk import api
from doorstep.domains.benefits.tests.conftest import loaded, world
from doorstep.domains.benefits.tests.world import World, at
from doorstep.domains.benefits.types import Role

__all__ = ["loaded", "world"]

MARCH, APRIL = date(2026, 3, 5), date(2026, 4, 5)
PASSWORD = "a lamp by the door"

Desk = Callable[..., Client]


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Nine in the morning of 5 March 2026, until a test sets another time."""

    def set_to(moment: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: moment)

    set_to(at(MARCH))
    return set_to


@pytest.fixture
def desk(db: None) -> Desk:
    """A client of somebody who signed in and has chosen why they open data."""

    def sign_in(name: str = "rui", role: Role = Role.OFFICER, *, purposes: bool = True) -> Client:
        if not User.objects.filter(username=name).exists():
            api.add_officer(name=name, full_name=f"{name.title()} Clerk", roles=[role], password=PASSWORD)
        client = Client()
        client.force_login(User.objects.get(username=name))
        if purposes:
            session = client.session
            session["desk_purposes"] = {
                "cases": "decide-a-benefit", "objections": "answer-an-objection", "letters": "mend-the-data",
                "payments": "mend-the-data", "vouchers": "mend-the-data", "wallets": "mend-the-data",
            }  # fmt: skip
            session.save()
        return client

    return sign_in


@pytest.fixture
def unclear(world: World) -> World:
    """A world with a contract whose holder's income nobody knows, after its first run."""
    world.add("C5", income=None, language="pt")
    world.run(MARCH)
    return world
