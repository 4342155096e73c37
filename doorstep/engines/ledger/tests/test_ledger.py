"""The ledger through its door, on PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from doorstep.engines.ledger import api as ledger
from doorstep.engines.ledger.api import Leg, Move
from doorstep.engines.ledger.types import (
    MOST,
    AccountFrozen,
    AlreadyReversed,
    BadAccount,
    BadLegs,
    HoldEnded,
    InsufficientFunds,
    KeyReused,
    LedgerError,
    TooMuch,
    UnknownAccount,
    UnlikeUnits,
)

AT = datetime(2026, 11, 1, 9, tzinfo=UTC)
LATER = AT + timedelta(days=1)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def units(db):
    ledger.define_unit(code="EUR", kind="currency", digits=2)
    ledger.define_unit(code="rice", kind="goods", digits=3)
    yield
    assert set(ledger.trial_balance().values()) == {0}
    assert ledger.deviations() == []


def account(holder, floor=0, unit="EUR"):
    return ledger.open_account(holder=holder, unit=unit, kind="test", floor=floor, at=AT)


def pay(key, giver, taker, amount, **more):
    return ledger.transfer(key=key, legs=[Leg(giver, -amount), Leg(taker, amount)], reason="test", at=AT, **more)


def reserve(key, giver, taker, amount, **more):
    legs = [Leg(giver, -amount), Leg(taker, amount)]
    return ledger.hold(key=key, legs=legs, reason="test", at=AT, expires_at=LATER, **more)


def posted(number):
    return ledger.balance(account=number).posted


@pytest.fixture
def fund(units):
    return account("fund", floor=None)


@pytest.fixture
def amina(fund):
    number = account("amina")
    pay("first", fund, number, 1000)
    return number


def test_a_transfer_moves_an_amount_once_however_often_it_comes(fund, amina):
    shop = account("shop", floor=None)
    made = pay("k", amina, shop, 300, note={"goods": "bread"})
    again = pay("k", amina, shop, 300)
    assert again.id == made.id
    assert (posted(amina), posted(shop), posted(fund)) == (700, 300, -1000)


def test_a_key_that_stands_for_another_act_is_refused(fund, amina):
    shop = account("shop", floor=None)
    pay("k", amina, shop, 300)
    for giver, taker, amount in ((amina, shop, 301), (amina, fund, 300), (shop, amina, 300)):
        with pytest.raises(KeyReused):
            pay("k", giver, taker, amount)
    with pytest.raises(KeyReused):
        reserve("k", amina, shop, 300)
    assert posted(shop) == 300


def test_nobody_pays_what_they_have_not_got(amina):
    shop = account("shop")
    with pytest.raises(InsufficientFunds):
        pay("k", amina, shop, 1001)
    pay("k", amina, shop, 1000)
    assert posted(amina) == 0


def test_a_floor_below_nought_is_a_credit_line(amina):
    debtor = account("debtor", floor=-500)
    assert ledger.balance(account=debtor).available == 500
    pay("k", debtor, amina, 500)
    with pytest.raises(InsufficientFunds):
        pay("l", debtor, amina, 1)


def test_several_legs_are_one_act(amina, fund):
    shop, fee = account("shop"), account("fee")
    legs = [Leg(amina, -600), Leg(fund, -50), Leg(shop, 500), Leg(fee, 150)]
    made = ledger.transfer(key="k", legs=legs, reason="test", at=AT)
    assert ledger.transfer(key="k", legs=legs[::-1], reason="test", at=AT).id == made.id
    assert (posted(amina), posted(shop), posted(fee)) == (400, 500, 150)
    assert {entry.act for entry in ledger.statement(account=amina)[:1]} == {made.id}
    ledger.reverse(key="r", transfer=made.id, reason="wrong", at=AT)
    assert (posted(amina), posted(shop), posted(fee)) == (1000, 0, 0)


@pytest.mark.parametrize(
    "amounts",
    [(-5, 4), (-5,), (0, 0), (-5, 5, 0), (-MOST, MOST), (-5.0, 5.0), (True, -1)],
    ids=["unbalanced", "one", "nought", "nought among others", "too large", "floats", "a boolean"],
)
def test_legs_that_are_no_transfer_are_refused(amina, amounts):
    others = [amina, account("b"), account("c")]
    legs = [Leg(number, amount) for number, amount in zip(others, amounts, strict=False)]
    with pytest.raises(BadLegs):
        ledger.transfer(key="k", legs=legs, reason="test", at=AT)


def test_an_account_stands_in_one_leg_only(amina):
    with pytest.raises(BadLegs):
        ledger.transfer(key="k", legs=[Leg(amina, -5), Leg(amina, 5)], reason="test", at=AT)


def test_units_do_not_mix_and_accounts_must_be_there(amina):
    with pytest.raises(UnlikeUnits):
        pay("k", amina, account("barn", unit="rice"), 5)
    with pytest.raises(UnknownAccount):
        pay("k", amina, 10**9, 5)
    with pytest.raises(UnknownAccount):
        account("x", unit="gold")
    with pytest.raises(LedgerError):
        ledger.define_unit(code="EUR", kind="currency", digits=3)


def test_a_hold_reserves_and_a_post_moves_a_part(amina):
    shop = account("shop")
    held = reserve("h", amina, shop, 400)
    assert ledger.balance(account=amina) == ledger.Balance(1000, 400, 600)
    with pytest.raises(InsufficientFunds):
        pay("k", amina, shop, 601)
    with pytest.raises(TooMuch):
        ledger.post_hold(key="p", hold=held.id, at=AT, amount=401)
    done = ledger.post_hold(key="p", hold=held.id, at=AT, amount=250)
    assert ledger.post_hold(key="p", hold=held.id, at=AT, amount=250).id == done.id
    assert ledger.balance(account=amina) == ledger.Balance(750, 0, 750)
    for key in ("p2", "p"):
        with pytest.raises((HoldEnded, KeyReused)):
            ledger.post_hold(key=key, hold=held.id, at=AT, amount=100)
    with pytest.raises(HoldEnded):
        ledger.void_hold(key="v", hold=held.id, at=AT, reason="late")


def test_a_hold_that_is_voided_or_over_frees_everything(amina):
    shop = account("shop")
    first, second = reserve("h", amina, shop, 400), reserve("i", amina, shop, 500)
    ledger.void_hold(key="v", hold=first.id, at=AT, reason="changed my mind")
    with pytest.raises(HoldEnded):
        ledger.post_hold(key="p", hold=second.id, at=LATER)
    assert ledger.release_expired(at=AT) == 0
    assert ledger.release_expired(at=LATER) == 1
    assert ledger.release_expired(at=LATER) == 0
    assert ledger.balance(account=amina) == ledger.Balance(1000, 0, 1000)


def test_an_act_is_reversed_once_and_only_from_what_is_still_there(amina, fund):
    shop = account("shop")
    made = pay("k", amina, shop, 300)
    pay("l", shop, fund, 200)
    with pytest.raises(InsufficientFunds):
        ledger.reverse(key="r", transfer=made.id, reason="wrong", at=AT)
    pay("m", fund, shop, 200)
    back = ledger.reverse(key="r", transfer=made.id, reason="wrong", at=AT)
    assert back.link == made.id
    assert ledger.reverse(key="r", transfer=made.id, reason="wrong", at=AT).id == back.id
    for number in (made.id, back.id):
        with pytest.raises(AlreadyReversed):
            ledger.reverse(key="r2", transfer=number, reason="wrong", at=AT)
    assert posted(amina) == 1000


def test_a_frozen_account_neither_gives_nor_gets_but_its_holds_can_be_freed(amina, fund):
    shop = account("shop")
    held = reserve("h", amina, shop, 10)
    ledger.freeze(account=amina, at=AT, reason="quarrel")
    for giver, taker in ((amina, shop), (fund, amina)):
        with pytest.raises(AccountFrozen):
            pay("k", giver, taker, 5)
    with pytest.raises(AccountFrozen):
        ledger.post_hold(key="p", hold=held.id, at=AT)
    ledger.void_hold(key="v", hold=held.id, at=AT, reason="quarrel")
    ledger.unfreeze(account=amina, at=LATER)
    pay("k", amina, shop, 5)


def test_a_batch_makes_what_it_can_and_comes_again_without_harm(fund, amina):
    barn = account("barn", unit="rice")
    people = [account(f"p{number}") for number in range(5)]
    rows = [Move(f"b{number}", fund, person, 10 + number) for number, person in enumerate(people)]
    rows += [Move("dear", amina, people[0], 999), Move("too dear", amina, people[1], 2)]
    rows += [Move("kilos", fund, barn, 1), Move("nobody", fund, 10**9, 1), Move("first", fund, amina, 7)]
    found = ledger.transfer_many(rows=rows, reason="batch", at=AT)
    assert (found.made, found.known) == (6, 0)
    assert found.refused == {"too dear": "funds", "kilos": "units", "nobody": "unknown", "first": "reused"}
    again = ledger.transfer_many(rows=rows, reason="batch", at=AT)
    assert (again.made, again.known, again.refused) == (0, 6, found.refused)
    assert posted(people[0]) == 10 + 999
    assert ledger.transfer_many(rows=[], reason="batch", at=AT).made == 0
    for bad in ([rows[0], rows[0]], [Move("x", fund, fund, 1)], [Move("x", fund, amina, 0)]):
        with pytest.raises(BadLegs):
            ledger.transfer_many(rows=bad, reason="batch", at=AT)


def test_a_statement_is_read_page_by_page(amina):
    shop = account("shop")
    for number in range(5):
        pay(f"k{number}", amina, shop, number + 1)
    lines = ledger.statement(account=amina, size=4)
    assert [line.amount for line in lines] == [-5, -4, -3, -2]
    assert [line.amount for line in ledger.statement(account=amina, before=lines[-1].id)] == [-1, 1000]
    assert lines[0].other == shop


def test_rows_are_never_altered_or_deleted(amina):
    for words in ("UPDATE ledger_transfer SET amount = 1", "DELETE FROM ledger_transfer", "DELETE FROM ledger_account"):
        with pytest.raises(DatabaseError, match="only ever added to"), transaction.atomic(), connection.cursor() as c:
            c.execute(words)


def test_no_kept_balance_can_fall_below_its_floor_whoever_writes_it(amina):
    with pytest.raises(DatabaseError, match="account_above_its_floor"), transaction.atomic(), connection.cursor() as c:
        c.execute("UPDATE ledger_account SET balance = -1 WHERE id = %s", [amina])


def test_the_first_answer_is_given_again(fund, amina):
    first = pay("k", amina, fund, 5, note={"goods": "bread"})
    legs = [Leg(fund, 5), Leg(amina, -5)]
    assert ledger.transfer(key="k", legs=legs, reason="other words", at=LATER) == first
    assert ledger.find_transfer(key="k") == first
    assert ledger.find_transfer(key="none") is None


def test_accounts_and_units_that_cannot_be_are_refused(fund):
    for wrong in ({"floor": 1}, {"floor": True}, {"holder": ""}, {"holder": "h" * 121}, {"kind": ""}):
        with pytest.raises(BadAccount):
            ledger.open_account(**{"holder": "x", "unit": "EUR", "kind": "test", "at": AT} | wrong)
    for wrong in ({"code": ""}, {"kind": "gold"}, {"digits": 7}):
        with pytest.raises(BadAccount):
            ledger.define_unit(**{"code": "x", "kind": "goods", "digits": 0} | wrong)
    with pytest.raises(LedgerError, match="another floor"):
        account("fund", floor=0)


def test_many_accounts_are_opened_at_once_and_again(fund):
    first = ledger.open_accounts(holders=["a", "b", "a"], unit="EUR", kind="test", at=AT)
    assert ledger.open_accounts(holders=["b", "c"], unit="EUR", kind="test", at=AT)["b"] == first["b"]
    assert ledger.open_accounts(holders=[], unit="EUR", kind="test", at=AT) == {}
    assert set(ledger.balances(holder="a")) == {"EUR test"}


@pytest.mark.parametrize("number", [0, -1, 2**63, 2**80, 1.5, None])
def test_a_number_that_is_no_account_is_refused(amina, number):
    with pytest.raises(UnknownAccount):
        pay("k", amina, number, 1)


def test_a_time_without_its_zone_is_refused(amina, fund):
    with pytest.raises(BadLegs):
        ledger.transfer(key="k", legs=[Leg(amina, -1), Leg(fund, 1)], reason="t", at=datetime(2026, 11, 1))


def test_an_account_that_would_count_too_far_is_refused(fund):
    rich = account("rich")
    with transaction.atomic():
        pay("k0", fund, rich, MOST - 1)
        pay("k1", fund, rich, MOST - 1)
    with pytest.raises(BadLegs, match="63 bits"), transaction.atomic():
        pay("k2", fund, rich, MOST - 1)
    assert posted(rich) == 2 * (MOST - 1)


def test_two_units_change_hands_in_one_act(fund, amina):
    barn = account("barn", floor=None, unit="rice")
    sack = account("amina", unit="rice")
    legs = [Leg(amina, -300), Leg(sack, 5000), Leg(barn, -5000), Leg(fund, 300)]
    made = ledger.transfer(key="k", legs=legs, reason="rice for money", at=AT)
    assert (posted(amina), posted(sack), posted(barn)) == (700, 5000, -5000)
    assert set(made.legs) == set(legs)
    assert ledger.transfer(key="k", legs=legs[::-1], reason="again", at=AT) == made
    crossed = [Leg(amina, -300), Leg(sack, 300), Leg(barn, -5), Leg(fund, 5)]
    with pytest.raises(BadLegs, match="of a unit"):
        ledger.transfer(key="l", legs=crossed, reason="test", at=AT)
    with pytest.raises(UnknownAccount):
        ledger.transfer(key="l", legs=[Leg(amina, -3), Leg(fund, 2), Leg(10**9, 1)], reason="test", at=AT)
