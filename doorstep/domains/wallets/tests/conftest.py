"""Two people and a shop in the demo country."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from doorstep.domains.country.api import read_country
from doorstep.domains.wallets import api as wallets
from doorstep.domains.wallets.models import Movement
from doorstep.domains.wallets.types import Asked, Recognised
from doorstep.engines.ledger import api as ledger

DEMO = Path(__file__).parents[4] / "countries" / "demo"
AT = datetime(2026, 11, 1, 9, tzinfo=UTC)


@pytest.fixture(scope="session")
def country():
    return read_country(DEMO)


class Town:
    """Amina and Karim have a wallet and a PIN each, the corner shop has 1,000 euros of float."""

    def __init__(self, country):
        self.country, self.at, self.count = country, AT, 0
        self.amina, self.karim = (self.opened(name) for name in ("amina", "karim"))
        wallets.fill_agent(country=country, code="corner-shop", amount=100_000, key="1", at=AT, pin="8642")

    def opened(self, name, pin="2580"):
        made = wallets.open_wallet(country=self.country, holder=name, language="en", by="desk", at=self.at)
        wallets.set_first_pin(country=self.country, number=made.number, pin=pin, by="desk", at=self.at)
        return made.number

    def act(self, amount, key=""):
        self.count += 1
        return wallets.Act(key or f"key {self.count}", amount, self.at)

    def cash_in(self, number, amount, *, key="", pin="8642"):
        act = self.act(amount, key)
        return wallets.cash_in(country=self.country, agent="corner-shop", pin=pin, number=number, act=act)

    def cash_out(self, number, amount, *, key="", pin="2580"):
        act = self.act(amount, key)
        return wallets.cash_out(country=self.country, agent="corner-shop", pin=pin, number=number, act=act)

    def send(self, number, to, amount, *, key="", pin="2580"):
        return wallets.send(country=self.country, number=number, pin=pin, to=to, act=self.act(amount, key))

    def new_pin(self, number, pin, *, by="officer"):
        return wallets.new_pin_at_a_centre(
            country=self.country, page=wallets.find_wallet(number=number), pin=pin, asked=Asked.OWNER,
            recognised=Recognised.PAPERS, by=by, at=self.at,
        )  # fmt: skip

    def later(self, **time):
        self.at += timedelta(**time)

    def has(self, number):
        return wallets.wallet(country=self.country, number=number, at=self.at).balance


@pytest.fixture
def town(db, country):
    yield Town(country)
    assert set(ledger.trial_balance().values()) == {0}
    assert ledger.deviations() == []
    assert len(set(Movement.objects.values_list("transfer", flat=True))) == Movement.objects.count()
