"""Many at the ledger at once: nothing twice, nothing lost, nobody waits for ever."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from doorstep.engines.ledger import api as ledger
from doorstep.engines.ledger.api import Leg, Move
from doorstep.engines.ledger.types import HoldEnded, InsufficientFunds, KeyReused, LedgerError

AT = datetime(2026, 11, 1, tzinfo=UTC)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def unit(transactional_db):
    ledger.define_unit(code="EUR", kind="currency", digits=2)
    yield
    assert ledger.trial_balance() == {"EUR": 0}
    assert ledger.deviations() == []


def account(holder, floor=0):
    return ledger.open_account(holder=holder, unit="EUR", kind="test", floor=floor, at=AT)


def pay(key, giver, taker, amount):
    with transaction.atomic():
        legs = [Leg(giver, -amount), Leg(taker, amount)]
        return ledger.transfer(key=key, legs=legs, reason="test", at=AT).id


def at_once(*calls):
    """Run each call in a thread of its own; what each gave or raised."""

    def run(call):
        try:
            return call()
        except LedgerError as error:
            return type(error)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@pytest.mark.parametrize("floors", [(0, 0), (0, None), (None, 0), (None, None)])
def test_the_same_act_from_many_hands_is_made_once(floors):
    giver, taker = (account(name, floor) for name, floor in zip("ab", floors, strict=True))
    pay("fill", account("bank", None), giver, 1000)
    assert len(set(at_once(*[lambda: pay("k", giver, taker, 300)] * 8))) == 1
    assert ledger.balance(account=taker).posted == 300


def test_one_key_for_two_acts_at_the_same_moment_stands_for_one_of_them():
    bank = account("bank", None)
    shops = [account(f"s{n}", None) for n in range(2)]
    for turn in range(10):
        found = at_once(*[lambda shop=shop, turn=turn: pay(f"k{turn}", bank, shop, 5) for shop in shops])
        assert found.count(KeyReused) == 1
    assert sum(ledger.balance(account=shop).posted for shop in shops) == 50


def test_no_more_is_spent_than_there_is():
    amina, shop = account("amina"), account("shop", None)
    pay("fill", account("bank", None), amina, 500)
    found = at_once(*[lambda n=n: pay(f"k{n}", amina, shop, 100) for n in range(12)])
    assert found.count(InsufficientFunds) == 7
    assert ledger.balance(account=amina).posted == 0


@pytest.mark.parametrize("floor", [0, None])
def test_a_hold_ends_once(floor):
    giver, taker = account("a", floor), account("b", None)
    pay("fill", account("bank", None), giver, 1000)
    for turn in range(5):
        with transaction.atomic():
            legs = [Leg(giver, -100), Leg(taker, 100)]
            later = AT + timedelta(days=1)
            number = ledger.hold(key=f"h{turn}", legs=legs, reason="test", at=AT, expires_at=later).id

        def end(key, number=number):
            with transaction.atomic():
                if key.startswith("p"):
                    return ledger.post_hold(key=key, hold=number, at=AT).kind
                return ledger.void_hold(key=key, hold=number, at=AT, reason="test").kind

        found = at_once(*[lambda key=f"{kind}{turn}": end(key) for kind in ("p", "pp", "v", "vv")])
        assert found.count(HoldEnded) == 3
    assert ledger.balance(account=giver).held == 0


def test_payments_crossing_each_other_do_not_block_each_other_for_ever():
    bank = account("bank", None)
    places = [account(f"h{n}") for n in range(4)]
    for place in places:
        pay(f"fill {place}", bank, place, 10_000)

    def hammer(seed):
        chance = random.Random(seed)
        for turn in range(50):
            giver, taker, third = chance.sample(places, 3)
            with transaction.atomic():
                legs = [Leg(giver, -3), Leg(taker, 2), Leg(third, 1)]
                legs = legs if turn % 2 else [Leg(giver, -3), Leg(taker, 3)]
                ledger.transfer(key=f"{seed} {turn}", legs=legs, reason="test", at=AT)

    assert at_once(*[lambda seed=seed: hammer(seed) for seed in range(6)]) == [None] * 6
    assert sum(ledger.balance(account=place).posted for place in places) == 40_000


@pytest.mark.parametrize("floor", [0, None])
def test_the_same_batch_from_two_hands_pays_nobody_twice(floor):
    bank = account("bank", None)
    people = ledger.open_accounts(holders=[f"p{n}" for n in range(200)], unit="EUR", kind="test", floor=floor, at=AT)
    rows = [Move(f"k{n}", bank, number, 7) for n, number in enumerate(people.values())]

    def send(rows):
        with transaction.atomic():
            return ledger.transfer_many(rows=rows, reason="test", at=AT)

    found = at_once(*[lambda: send(rows)] * 3)
    assert sum(one.made for one in found) == 200
    assert sum(one.known for one in found) == 400
    assert ledger.balance(account=bank).posted == -1400


def test_a_balance_is_right_while_the_ledger_is_folded_and_written():
    bank, shop = account("bank", None), account("shop", None)

    def write(hand):
        for turn in range(60):
            pay(f"{hand} {turn}", bank, shop, 1)

    def fold():
        return [ledger.fold() for _ in range(8)][-1]

    def read():
        for _ in range(60):
            before = ledger.balance(account=shop).posted
            assert 0 <= before <= ledger.balance(account=shop).posted

    at_once(*[lambda hand=hand: write(hand) for hand in range(3)], fold, read)
    assert ledger.balance(account=shop).posted == 180
    ledger.fold()
    assert ledger.balance(account=shop).posted == 180
    assert ledger.balance(account=bank).posted == -180
    pay("more", bank, shop, 5)
    assert ledger.balance(account=shop).posted == 185
    with pytest.raises(LedgerError), transaction.atomic():
        ledger.fold()
