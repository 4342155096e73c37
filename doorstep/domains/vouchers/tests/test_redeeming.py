"""At the counter: once, in parts, with proof, undone in time; everything else refused and written down."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from doorstep.domains.vouchers import api
from doorstep.domains.vouchers.tests.conftest import BOSS, MAKER, World
from doorstep.domains.vouchers.types import NoSuch, Refused, Shown, TooManyTries


def refused(call: object, *values: object, **named: object) -> str:
    with pytest.raises(Refused) as error:
        call(*values, **named)  # type: ignore[operator]
    return error.value.code


def test_a_voucher_is_redeemed_in_parts_until_it_is_empty(world: World) -> None:
    world.given("P-1,60\n")
    card = world.card("P-1")
    assert world.redeem(card, 2500).left == 3500
    assert world.redeem(card, 3500, shop="noor-market").left == 0
    assert refused(world.redeem, card, 1) == "nothing"
    assert [(d.agency, d.amount) for d in api.due(shop="corner-basket")] == [("food-relief", 2500)]


def test_vouchers_of_two_agencies_are_drawn_together_the_first_to_expire_first(world: World) -> None:
    world.given("P-1,50\n")
    world.later(days=2)
    world.given("P-1,40\n", agency="rural-aid")
    receipt = world.redeem(world.card("P-1"), 6000)
    assert receipt.left == 3000
    assert [(d.agency, d.amount) for d in api.due(shop="corner-basket")] == [("food-relief", 5000), ("rural-aid", 1000)]


def test_the_same_request_twice_is_made_once_and_with_other_content_refused(world: World) -> None:
    world.given("P-1,60\n")
    card = world.card("P-1")
    first = world.redeem(card, 1000, key="same")
    assert world.redeem(card, 1000, key="same") == first
    assert refused(world.redeem, card, 2000, key="same") == "key_reused"
    assert refused(world.redeem, card, 1000, key="same", shop="noor-market") == "key_reused"
    assert world.left("P-1") == 5000


@pytest.mark.parametrize(
    ("shop", "kind", "amount", "code"),
    [
        ("green-field", "food", 100, "wrong_shop"),
        ("corner-basket", "seed", 10, "wrong_shop"),
        ("corner-basket", "food", 0, "no_amount"),
        ("corner-basket", "food", -100, "no_amount"),
        ("corner-basket", "food", 6001, "too_little"),
        ("noor-market", "seed", 10, "nothing"),
    ],
)
def test_what_cannot_be_redeemed_is_refused_and_written_down(
    world: World, shop: str, kind: str, amount: int, code: str
) -> None:
    world.given("P-1,60\n")
    assert refused(world.redeem, world.card("P-1"), amount, shop=shop, kind=kind) == code
    assert world.codes() == [code]
    assert world.left("P-1") == 6000


def test_a_forged_card_and_an_unknown_number_are_refused_and_written_down(world: World) -> None:
    world.given("P-1,60\n")
    card = world.card("P-1")
    forged = card.token[:-3] + "AAA"
    for shown, code in ((forged, "forged"), ("000000000000", "no_card"), ("hello", "no_card")):
        act = {"key": code + shown[:3], "shop": "corner-basket", "kind": "food", "amount": 100}
        assert refused(api.redeem, **act, shown=Shown(shown, card.pin), at=world.now) == code
    assert sorted(world.codes()) == ["forged", "no_card", "no_card"]


def test_wrong_pins_lock_the_card_until_a_desk_unlocks_it_with_a_new_one(world: World) -> None:
    world.given("P-1,60\n")
    card = world.card("P-1")
    wrong = "9753" if card.pin != "9753" else "9752"
    codes = [refused(world.redeem, card, 100, pin=wrong) for _ in range(5)]
    assert codes == ["pin_wrong"] * 4 + ["card_locked"]
    assert refused(world.redeem, card, 100) == "card_locked"
    again = api.unlock_card(number=card.number, clerk=MAKER, at=world.now)
    assert again.number == card.number
    assert world.redeem(again, 100).amount == 100


def test_a_right_pin_forgets_the_wrong_ones(world: World) -> None:
    world.given("P-1,60\n")
    card = world.card("P-1")
    wrong = "9753" if card.pin != "9753" else "9752"
    for _ in range(3):
        for _ in range(4):
            refused(world.redeem, card, 100, pin=wrong)
        world.redeem(card, 100)


def test_blocked_and_replaced_cards_redeem_no_more(world: World) -> None:
    world.given("P-1,60\n")
    card = world.card("P-1")
    api.block_card(number=card.number, clerk=MAKER, reason="lost", at=world.now)
    assert refused(world.redeem, card, 100) == "card_blocked"
    second, third = world.card("P-1"), world.card("P-1")
    assert refused(world.redeem, second, 100) == "card_replaced"
    assert world.redeem(third, 100).left == 5900


class Simulated:
    """A fingerprint device that knows which cards' holders put their finger on it."""

    def __init__(self, *cards: str) -> None:
        self.cards = cards

    def is_finger_of(self, card: str) -> bool:
        return card in self.cards


def test_a_finger_or_a_card_proves_where_the_kind_says_so(world: World) -> None:
    world.given("P-1,60\n")
    world.given("P-1,10\n", agency="rural-aid", kind="seed")
    card = world.card("P-1")
    food = {"shop": "noor-market", "kind": "food", "amount": 100, "at": world.now}
    api.redeem(key="finger", shown=Shown(card.number, finger=Simulated(card.number)), **food)
    assert refused(api.redeem, key="a", shown=Shown(card.number, finger=Simulated("x")), **food) == "finger_wrong"
    assert refused(api.redeem, key="b", shown=Shown(card.token), **food) == "pin_missing"
    seed = {**food, "kind": "seed", "amount": 50}
    assert api.redeem(key="c", shown=Shown(card.token), **seed).left == 50
    assert refused(api.redeem, key="d", shown=Shown(card.number), **seed) == "pin_missing"


def test_a_proxy_collects_what_was_named_until_the_day_and_not_after_it_is_taken_back(world: World) -> None:
    world.given("P-1,60\n")
    world.given("P-1,10\n", agency="rural-aid", kind="seed")
    until = (world.now + timedelta(days=5)).date()
    person = api.pseudonym_of("P-1")
    proxy = api.name_proxy(holder=person, kinds=["food"], until=until, clerk=MAKER, at=world.now)
    assert world.redeem(proxy, 100).left == 5900
    assert refused(world.redeem, proxy, 50, kind="seed", shop="noor-market") == "proxy_scope"
    with pytest.raises(Refused):
        api.open_card(shown=Shown(proxy.number, proxy.pin), who="a", at=world.now)
    world.later(days=6)
    assert refused(world.redeem, proxy, 100) == "card_over"
    world.later(days=-6)
    [named] = api.holder(pseudonym=person).proxies
    with pytest.raises(NoSuch):
        api.revoke_proxy(proxy=named.id, by="holder", holder=api.pseudonym_of("P-2"), at=world.now)
    api.revoke_proxy(proxy=named.id, by="holder", holder=person, at=world.now)
    assert refused(world.redeem, proxy, 100) == "card_blocked"


def test_a_shop_undoes_within_minutes_once_and_only_its_own(world: World) -> None:
    world.given("P-1,60\n")
    card = world.card("P-1")
    receipt = world.redeem(card, 1000)
    with pytest.raises(NoSuch):
        api.undo(number=receipt.number, shop="noor-market", at=world.now)
    world.later(minutes=9)
    assert api.undo(number=receipt.number, shop="corner-basket", at=world.now).undone
    assert api.undo(number=receipt.number, shop="corner-basket", at=world.now).left == 6000
    second = world.redeem(card, 1000)
    world.later(minutes=11)
    assert refused(api.undo, number=second.number, shop="corner-basket", at=world.now) == "undo_over"


def test_what_is_left_on_the_last_day_goes_back_to_the_agency(world: World) -> None:
    world.given("P-1,60\n")
    card = world.card("P-1")
    world.redeem(card, 1000)
    before = api.fund_left(agency="food-relief", kind="food", at=world.now)
    world.later(days=60)
    assert api.expire(at=world.now) == 0
    world.later(days=1)
    assert refused(world.redeem, card, 100) == "nothing"
    assert (api.expire(at=world.now), api.expire(at=world.now)) == (1, 0)
    assert api.fund_left(agency="food-relief", kind="food", at=world.now) == before + 5000


def test_a_shop_is_paid_once_for_everything_of_a_period(world: World) -> None:
    world.given("P-1,60\nP-2,60\n")
    one, two = world.card("P-1"), world.card("P-2")
    world.redeem(one, 1000)
    undone = world.redeem(one, 700)
    api.undo(number=undone.number, shop="corner-basket", at=world.now)
    today = world.now.date()
    world.later(days=1)
    world.redeem(two, 300)
    assert world.now.date() > today
    number = api.settle(shop="corner-basket", until=today, clerk=BOSS, at=world.now)
    [row] = api.settlement(id=number).rows
    assert (row.amount, row.redemptions) == (1000, 1)
    assert refused(api.settle, shop="corner-basket", until=today, clerk=BOSS, at=world.now) == "nothing_due"
    assert [d.amount for d in api.due(shop="corner-basket")] == [300]
    [books] = [line for line in api.reconcile() if (line.kind, line.agency) == ("food", "food-relief")]
    assert (books.issued, books.redeemed, books.left, books.settled, books.due) == (12000, 1300, 10700, 1000, 300)


def test_a_shop_signs_in_and_guessing_is_slowed_down(world: World) -> None:
    pin = api.give_shop_access(shop="amin-store", clerk=BOSS)
    assert api.sign_in_shop(shop=" Amin-Store ", pin=pin, who="1.1.1.1", at=world.now) == ("amin-store", 1)
    for _ in range(4):
        assert refused(api.sign_in_shop, shop="amin-store", pin="000000x", who="1.1.1.2", at=world.now) == "sign_in"
    for given in ("000000", pin):
        with pytest.raises(TooManyTries):
            api.sign_in_shop(shop="amin-store", pin=given, who="1.1.1.1", at=world.now)
    world.later(minutes=16)
    assert api.sign_in_shop(shop="amin-store", pin=pin, who="1.1.1.1", at=world.now)


def test_a_new_pin_of_a_shop_closes_what_the_old_one_opened(world: World) -> None:
    pin = api.give_shop_access(shop="amin-store", clerk=BOSS)
    shop, version = api.sign_in_shop(shop="amin-store", pin=pin, who="1.1.1.1", at=world.now)
    assert api.is_shop_open(shop=shop, version=version)
    api.give_shop_access(shop="amin-store", clerk=BOSS)
    assert not api.is_shop_open(shop=shop, version=version)
    assert refused(api.sign_in_shop, shop="amin-store", pin=pin, who="1.1.1.1", at=world.now) == "sign_in"


def test_a_shop_that_is_not_there_waits_as_others_do(world: World) -> None:
    for _ in range(4):
        assert refused(api.sign_in_shop, shop="no-shop", pin="135791", who="1.1.1.2", at=world.now) == "sign_in"
    with pytest.raises(TooManyTries):
        api.sign_in_shop(shop="no-shop", pin="135791", who="1.1.1.3", at=world.now)


def test_a_person_sees_everything_about_their_vouchers(world: World) -> None:
    world.given("P-1,60\n")
    card = world.card("P-1")
    receipt = world.redeem(card, 1000)
    assert api.open_card(shown=Shown(card.number, card.pin), who="a", at=world.now) == api.pseudonym_of("P-1")
    assert refused(api.open_card, shown=Shown(card.number, "0000"), who="a", at=world.now) == "pin_wrong"
    assert refused(api.open_card, shown=Shown("1", "0000"), who="a", at=world.now) == "pin_wrong"
    seen = api.holder(pseudonym=api.pseudonym_of("P-1"))
    assert [(one.issued, one.left, one.expires_on) for one in seen.vouchers] == [(6000, 5000, date(2026, 11, 9))]
    assert sorted((m.what, m.amount, m.number) for m in seen.statement) == [
        ("given", 6000, ""),
        ("redeemed", -1000, receipt.number),
    ]
