"""Offline: what each mode promises, and every bad thing that a wire, a clock or a person does."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from doorstep.domains.vouchers import api
from doorstep.domains.vouchers.offline.entries import Given, write_entry
from doorstep.domains.vouchers.tests.conftest import MAKER, World
from doorstep.domains.vouchers.tests.devices import Phone, phone
from doorstep.domains.vouchers.types import BadInput, NotAllowed, Printed, Refused


@pytest.fixture
def card(world: World) -> Printed:
    world.given("P-1,60\n")
    return world.card("P-1")


def reserved(world: World, of: Phone, card: Printed, amount: int) -> None:
    api.reserve(code=of.device.code, card=card.number, kind="food", amount=amount, clerk=MAKER, at=world.now)
    of.sync()


def bounded(world: World, of: Phone, kind: str = "food") -> int:
    number = api.permit_bounded(code=of.device.code, kind=kind, clerk=MAKER, at=world.now)
    of.sync()
    return number


def refused(call: object, *values: object, **named: object) -> str:
    with pytest.raises((Refused, BadInput, NotAllowed)) as error:
        call(*values, **named)  # type: ignore[operator]
    return error.value.code


def test_what_is_reserved_for_a_device_is_nowhere_else_and_is_given_in_parts(world: World, card: Printed) -> None:
    of = phone(world)
    reserved(world, of, card, 4000)
    assert refused(world.redeem, card, 2001) == "too_little"
    of.give(card, 1500)
    of.give(card, 1000)
    assert refused(of.give, card, 1501) == "no_permit"
    told = of.sync()
    assert told.outcomes == {1: "given", 2: "given"}
    of.give(card, 1500)
    assert of.sync().upto == 3
    assert world.left("P-1") == 2000
    assert api.conflicts() == []


def test_another_shops_device_cannot_give_the_reserve(world: World, card: Printed) -> None:
    mine, other = phone(world), phone(world, "phone-2", "noor-market", seed=2)
    reserved(world, mine, card, 4000)
    assert refused(other.give, card, 100) == "no_permit"
    permit = mine.device.taken_along.permits[0].id
    forged = Given("phone-2", 1, "0" * 64, permit, card.token, "food", 100, world.now)
    told = other.sync([write_entry(forged, key=other.device.key)])
    assert told.outcomes == {1: "no_permit"}
    assert [(c.bearer, c.amount) for c in api.conflicts()] == [("shop:noor-market", 100)]
    assert world.codes() == ["no_permit"]
    assert api.due(shop="noor-market") == []


def test_a_person_who_redeems_on_two_devices_costs_at_most_the_cap_and_somebody_bears_it(
    world: World, card: Printed
) -> None:
    one, two = phone(world), phone(world, "phone-2", "noor-market", seed=2)
    bounded(world, one)
    bounded(world, two)
    assert api.worst_loss(at=world.now) == {("food", "agency:food-relief rural-aid"): 40_000}
    world.redeem(card, 5500)
    one.give(card, 1000)
    two.give(card, 1000)
    assert refused(one.give, card, 1) == "no_permit"
    one.sync()
    two.sync()
    assert {(c.device, c.amount, c.bearer) for c in api.conflicts()} == {
        ("phone-1", 500, "agency:food-relief"),
        ("phone-2", 1000, "agency:food-relief"),
    }
    assert [d.amount for d in api.due(shop="noor-market")] == [1000]  # the shop is paid all the same


def test_where_the_shop_bears_the_loss_it_is_told_and_not_paid(world: World, card: Printed) -> None:
    world.given("P-1,1\n", agency="rural-aid", kind="seed")
    of = phone(world, shop="noor-market")
    bounded(world, of, "seed")
    of.give(card, 15, "seed")
    assert of.sync().outcomes == {1: "not_covered"}
    assert [(c.amount, c.bearer) for c in api.conflicts()] == [(5, "shop:noor-market")]
    assert [d.amount for d in api.due(shop="noor-market")] == [10]


def test_doubled_reordered_and_torn_messages_change_nothing(world: World, card: Printed) -> None:
    of = phone(world)
    reserved(world, of, card, 4000)
    entries = [of.give(card, 100 * number) for number in (1, 2, 3, 4)]
    assert of.sync([entries[3], entries[1]]).waiting == (2, 4)
    assert of.device.sent == 0
    assert of.sync([entries[0]]).upto == 2
    assert of.sync(entries).upto == 4
    assert of.sync(entries).outcomes == dict.fromkeys((1, 2, 3, 4), "given")
    assert world.left("P-1") + 3000 == 5000


def test_a_forged_entry_takes_the_whole_request_down(world: World, card: Printed) -> None:
    of = phone(world)
    reserved(world, of, card, 4000)
    good = of.give(card, 100)
    bad = dataclasses.replace(good, text=good.text.replace('"amount":100', '"amount":900'))
    assert refused(of.sync, [bad]) == "entry_forged"
    stranger = Ed25519PrivateKey.from_private_bytes(bytes([9]) * 32)
    signature = api.sign_hello("phone-1", world.now, [], key=stranger)
    hello = api.Request("phone-1", world.now, [], signature)
    assert refused(api.sync, request=hello, at=world.now) == "entry_forged"
    assert of.sync().outcomes == {1: "given"}


def test_a_copied_device_is_found_and_closed(world: World, card: Printed) -> None:
    of = phone(world)
    reserved(world, of, card, 4000)
    copy = Phone(api.Device("phone-1", of.device.key, of.device.scheme_keys, of.device.taken_along), world)
    of.give(card, 100)
    copy.give(card, 300)
    assert of.sync().outcomes == {1: "given"}
    assert copy.sync().outcomes == {1: "fork"}
    assert api.devices()[0].closed_at == world.now
    assert world.codes() == ["fork"]
    assert refused(api.permit_bounded, code="phone-1", kind="food", clerk=MAKER, at=world.now) == "device_closed"


def test_a_forged_or_withdrawn_card_is_refused_without_a_connection(world: World, card: Printed) -> None:
    of = phone(world)
    bounded(world, of)
    forged = dataclasses.replace(card, token=card.token[:-4] + "AAAA")
    assert refused(of.give, forged, 100) == "forged"
    api.block_card(number=card.number, clerk=MAKER, reason="lost", at=world.now)
    of.give(card, 100)  # the device cannot know yet
    of.sync()
    assert refused(of.give, card, 100) == "card_revoked"


@pytest.mark.parametrize(
    ("skew", "outcome"),
    [
        (timedelta(hours=-20), "given"),
        (timedelta(hours=20), "given"),
        (timedelta(days=-3), "permit_time"),
        (timedelta(days=12), "permit_time"),
    ],
)
def test_a_wrong_clock_is_forgiven_by_a_day(world: World, card: Printed, skew: timedelta, outcome: str) -> None:
    of = phone(world)
    reserved(world, of, card, 4000)
    permit = of.device.taken_along.permits[0].id
    given = Given("phone-1", 1, "0" * 64, permit, card.token, "food", 100, world.now + skew)
    assert of.sync([write_entry(given, key=of.device.key)]).outcomes == {1: outcome}


def test_a_device_that_goes_beyond_its_caps_or_its_reserve_bears_it_itself(world: World, card: Printed) -> None:
    of = phone(world)
    number = bounded(world, of)
    previous, sent = "0" * 64, []
    for sequence in (1, 2):
        given = Given("phone-1", sequence, previous, number, card.token, "food", 800, world.now)
        sent.append(write_entry(given, key=of.device.key))
        previous = sent[-1].hash
    assert of.sync(sent).outcomes == {1: "given", 2: "over_cap"}
    assert [(c.bearer, c.amount) for c in api.conflicts()] == [("shop:corner-basket", 800)]
    assert world.left("P-1") == 5200


def test_a_reserve_is_free_again_when_its_device_says_nothing_in_time(world: World, card: Printed) -> None:
    of = phone(world)
    reserved(world, of, card, 4000)
    of.give(card, 1000)
    world.later(days=14)
    assert api.end_permits(at=world.now) == 0
    world.later(days=1)
    assert (api.end_permits(at=world.now), api.end_permits(at=world.now)) == (1, 0)
    assert world.left("P-1") == 6000
    assert of.sync().outcomes == {1: "too_late"}
    assert [c.bearer for c in api.conflicts()] == ["shop:corner-basket"]


def test_only_one_cap_is_open_for_a_device_and_a_kind(world: World, card: Printed) -> None:
    of = phone(world)
    bounded(world, of)
    assert refused(api.permit_bounded, code="phone-1", kind="food", clerk=MAKER, at=world.now) == "permit_open"
    assert refused(api.permit_bounded, code="phone-1", kind="seed", clerk=MAKER, at=world.now) == "not_offline"
    long = {"code": "phone-1", "card": card.number, "kind": "food", "clerk": MAKER, "at": world.now}
    assert refused(api.reserve, amount=4001, **long) == "reserve_cap"


def test_expiring_leaves_what_is_reserved_alone(world: World, card: Printed) -> None:
    of = phone(world)
    world.later(days=58)
    reserved(world, of, card, 1000)
    of.give(card, 1000)
    world.later(days=3)
    assert api.expire(at=world.now) == 0
    assert of.sync().outcomes == {1: "given"}
    assert api.expire(at=world.now) == 1


def test_the_agency_whose_voucher_it_was_bears_the_loss(world: World) -> None:
    world.given("P-1,20\n", agency="rural-aid")
    card, of = world.card("P-1"), phone(world)
    bounded(world, of)
    world.redeem(card, 1500)
    of.give(card, 1000)
    of.sync()
    assert [(c.amount, c.bearer) for c in api.conflicts()] == [(500, "agency:rural-aid")]
    lost = {line.agency: line.lost for line in api.reconcile() if line.kind == "food"}
    assert lost == {"food-relief": 0, "rural-aid": 500}
    assert [(d.agency, d.amount) for d in api.due(shop="corner-basket")] == [("rural-aid", 2500)]


def test_a_device_is_seen_with_its_permits_what_it_told_and_its_conflicts(world: World, card: Printed) -> None:
    of = phone(world)
    bounded(world, of)
    world.redeem(card, 5500)
    of.give(card, 1000)
    of.sync()
    seen = api.device(code="phone-1")
    [permit], [entry], [conflict] = seen.permits, seen.entries, seen.conflicts
    assert (permit.mode, permit.given, permit.loss) == ("bounded", 1000, "agency")
    assert (entry.sequence, entry.amount, entry.outcome) == (1, 1000, "not_covered")
    assert (conflict.amount, conflict.bearer) == (500, "agency:food-relief")


def test_a_fund_says_what_is_left_what_waits_and_what_is_bound(world: World) -> None:
    world.given("P-1,60\n")
    world.listed("P-2,40\n")
    found = {(one.kind, one.agency): (one.left, one.waiting, one.bound) for one in api.funds(at=world.now)}
    assert found["food", "food-relief"] == (994_000, 4_000, 6_000)
    assert found["food", "rural-aid"] == (1_000_000, 0, 0)
