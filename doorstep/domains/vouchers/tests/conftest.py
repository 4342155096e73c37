"""A scheme with two agencies, their funds filled, two officers, and a way to make holders with cards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from doorstep.domains.country.api import Country, load_country
from doorstep.domains.vouchers import api
from doorstep.domains.vouchers.types import Clerk, Printed, Receipt, Shown
from doorstep.engines.ledger import api as ledger

DEMO = Path(__file__).resolve().parents[4] / "countries" / "demo"
NOW = datetime(2026, 9, 10, 9, 0, tzinfo=UTC)
MAKER = Clerk("mina")
BOSS = Clerk("omar", supervises=True)


@dataclass
class World:
    """What tests do often, with a clock of their own."""

    now: datetime = NOW
    keys: Iterator[int] = field(default_factory=count)

    def later(self, **passed: int) -> None:
        self.now += timedelta(**passed)

    def listed(self, text: str, *, agency: str = "food-relief", kind: str = "food") -> int:
        return api.check_list(
            data=("person,amount\n" + text).encode(),
            agency=agency,
            kind=kind,
            month=self.now.date(),
            clerk=MAKER,
            at=self.now,
        )

    def given(self, text: str, *, agency: str = "food-relief", kind: str = "food") -> int:
        return api.release(batch=self.listed(text, agency=agency, kind=kind), clerk=BOSS, at=self.now)

    def card(self, person: str) -> Printed:
        return api.give_card(holder=api.find_holder(person=person), clerk=MAKER, at=self.now)

    def redeem(
        self,
        card: Printed,
        amount: int,
        *,
        shop: str = "corner-basket",
        kind: str = "food",
        key: str = "",
        pin: str = "",
    ) -> Receipt:
        return api.redeem(
            key=key or f"key-{next(self.keys)}",
            shop=shop,
            kind=kind,
            amount=amount,
            shown=Shown(card.number, pin or card.pin),
            at=self.now,
        )

    def left(self, person: str, kind: str = "food") -> int:
        seen = api.holder(pseudonym=api.pseudonym_of(person))
        return sum(one.left for one in seen.vouchers if one.kind == kind)

    def codes(self) -> list[str]:
        return [one.code for one in api.refusals(since=NOW - timedelta(days=1))]


@pytest.fixture
def loaded(db: None) -> Country:
    return load_country(DEMO, parts=(api.check_vouchers,))


@pytest.fixture
def world(loaded: Country) -> Iterator[World]:
    """Whatever a test does, the books are exact afterwards and the ledger sums to nought."""
    made = World()
    api.set_up(at=NOW)
    for agency, kind in (("food-relief", "food"), ("rural-aid", "food"), ("rural-aid", "seed")):
        api.fund(agency=agency, kind=kind, amount=1_000_000, key=f"{agency} {kind}", clerk=BOSS, at=NOW)
    yield made
    for line in api.reconcile():
        assert line.is_exact, line
    assert set(ledger.trial_balance().values()) <= {0}
    assert ledger.deviations() == []
