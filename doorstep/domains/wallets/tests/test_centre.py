"""What officers do with wallets: each act is noted for the owner, each look is recorded, and two people unfreeze."""

from __future__ import annotations

from datetime import timedelta

import pytest

from doorstep.domains.wallets import api as wallets
from doorstep.domains.wallets.models import Movement
from doorstep.domains.wallets.types import (
    AlreadyDisputed,
    BadCashUp,
    Count,
    NoConsent,
    NotAllowed,
    NotYours,
    NoWallet,
    NoWords,
    Opening,
    Paid,
    Recognised,
    TooOften,
    WalletError,
    WrongPin,
)
from doorstep.engines.ledger import api as ledger


def opening(person="", *, level="basic", recognised=Recognised.KNOWN, consent=True):
    return Opening(person, level, "bn", recognised, consent)


def opened(town, wish):
    return wallets.open_at_a_centre(country=town.country, wish=wish, by="Rui", at=town.at)


def notes(number):
    return [(one.kind.value, one.by, one.words) for one in wallets.notes_of_wallet(number=number)]


def test_a_centre_opens_a_wallet_for_whoever_says_yes(town):
    page, is_new = opened(town, opening())
    seen = wallets.look_at_wallet(country=town.country, page=page, who="Rui", purpose="help", at=town.at)
    assert (is_new, seen.wallet.language, seen.wallet.level, seen.wallet.has_pin) == (True, "bn", "basic", False)
    assert [(note.kind, note.by, note.recognised) for note in seen.notes] == [("opened", "Rui", "known")]
    assert opened(town, opening())[0] != page, "two people without papers are two"
    with pytest.raises(NoConsent):
        opened(town, opening(consent=False))


def test_who_has_a_wallet_keeps_it(town):
    page, is_new = opened(town, opening("P-1"))
    assert opened(town, opening("P-1")) == (page, False)
    assert is_new
    assert wallets.wallets_of(holders=["P-1"])


def test_a_full_wallet_needs_papers_and_a_number(town):
    for wish in (opening("P-1", level="known"), opening(level="known", recognised=Recognised.PAPERS)):
        with pytest.raises(WalletError, match="needs papers"):
            opened(town, wish)
    opened(town, opening("P-1", level="known", recognised=Recognised.PAPERS))


def test_a_look_is_seen_by_the_owner(town):
    page = wallets.find_wallet(number=town.amina)
    wallets.look_at_wallet(country=town.country, page=page, who="Rui Clerk", purpose="help", at=town.at)
    found = [(look.who, look.purpose, look.at) for look in wallets.looks_at_wallet(number=town.amina)]
    assert found == [("Rui Clerk", "help", town.at)]
    assert wallets.looks_at_wallet(number=town.karim) == ()
    with pytest.raises(NoWallet):
        wallets.find_wallet(number="123 456 789")


def test_an_officer_cannot_pay_to_those_whom_somebody_pays(town):
    town.cash_in(town.amina, 10_000)
    town.send(town.amina, town.karim, 1_000)
    page = wallets.find_wallet(number=town.amina)
    seen = wallets.look_at_wallet(country=town.country, page=page, who="Rui", purpose="help", at=town.at)
    assert [one.other for one in seen.movements] == [f"••• ••• {town.karim[-3:]}", "corner-shop"]


def test_new_pins_are_noted_and_few(town):
    for pin in ("7913", "1739", "9371"):
        town.new_pin(town.amina, pin)
    with pytest.raises(TooOften, match="three"):
        town.new_pin(town.amina, "3917")
    wallets.sign_in(country=town.country, number=town.amina, pin="9371", at=town.at)
    assert notes(town.amina) == [("new_pin", "officer", "")] * 3
    town.later(days=1, seconds=1)
    town.new_pin(town.amina, "3917")


def test_one_officer_does_not_set_pins_without_end(town, monkeypatch):
    from doorstep.domains.wallets import centre

    monkeypatch.setattr(centre, "PINS_OF_AN_OFFICER", 2)
    for number in (town.amina, town.karim):
        town.new_pin(number, "7913")
    rosa = town.opened("rosa")
    with pytest.raises(TooOften, match="You have set"):
        town.new_pin(rosa, "7913")
    town.new_pin(rosa, "7913", by="colleague")
    town.later(hours=1, seconds=1)
    town.new_pin(rosa, "1739")


def test_a_new_pin_ends_a_recovery_that_somebody_began(town):
    for name in (town.karim, town.opened("rosa")):
        wallets.name_confidant(country=town.country, number=town.amina, pin="2580", confidant=name, at=town.at)
    code = wallets.open_recovery(country=town.country, number=town.amina, address="192.0.2.1", at=town.at)
    town.new_pin(town.amina, "7913")
    with pytest.raises(WalletError):
        wallets.recovery_missing(country=town.country, code=code, at=town.at)
    with pytest.raises(WrongPin):
        wallets.sign_in(country=town.country, number=town.amina, pin="2580", at=town.at)


def test_one_freezes_and_another_unfreezes_each_with_a_reason(town):
    with pytest.raises(NoWords):
        wallets.freeze(number=town.amina, by="Rui", why=" ", at=town.at)
    wallets.freeze(number=town.amina, by="Rui", why="The phone was stolen.", at=town.at)
    with pytest.raises(NotAllowed):
        wallets.unfreeze(number=town.amina, by="Rui", why="It is back.", at=town.at)
    wallets.unfreeze(number=town.amina, by="Ana", why="It is back.", at=town.at)
    assert notes(town.amina) == [("unfrozen", "Ana", "It is back."), ("frozen", "Rui", "The phone was stolen.")]


def test_a_level_is_raised(town):
    wallets.set_level(country=town.country, number=town.amina, level="known", by="Rui", at=town.at)
    assert wallets.wallet(country=town.country, number=town.amina, at=town.at).holds_at_most == 500_000
    assert notes(town.amina) == [("level", "Rui", "known")]
    with pytest.raises(WalletError):
        wallets.set_level(country=town.country, number=town.amina, level="gold", by="Rui", at=town.at)


def test_both_sides_of_a_quarrel_are_heard_and_read_the_answer(town):
    town.cash_in(town.amina, 10_000)
    paid = town.send(town.amina, town.karim, 4_000)
    with pytest.raises(NotYours):
        wallets.reply_to_dispute(number=town.karim, movement=paid.id, text="Mine.", at=town.at)
    quarrel = wallets.open_dispute(number=town.amina, movement=paid.id, text="Wrong number.", at=town.at)
    with pytest.raises(NotYours):
        wallets.reply_to_dispute(number=town.amina, movement=paid.id, text="Mine.", at=town.at)
    [row] = wallets.movements(number=town.karim, at=town.at)
    assert (row.may_reply, row.dispute, row.is_own) == (True, "open", False)
    wallets.reply_to_dispute(number=town.karim, movement=paid.id, text="She owed it to me.", at=town.at)
    with pytest.raises(AlreadyDisputed):
        wallets.reply_to_dispute(number=town.karim, movement=paid.id, text="Again.", at=town.at)
    seen = wallets.look_at_dispute(id=quarrel.id, who="Ana", purpose="help", at=town.at)
    assert (seen.text, seen.reply, seen.returned) == ("Wrong number.", "She owed it to me.", None)
    assert wallets.looks_at_wallet(number=town.karim)
    assert wallets.looks_at_wallet(number=town.amina)
    wallets.decide_dispute(id=quarrel.id, upheld=True, by="Ana", words="The number was one digit off.", at=town.at)
    for number in (town.amina, town.karim):
        told = wallets.dispute_of(number=number, movement=paid.id)
        assert (told.state, told.words, told.decided_by) == ("upheld", "The number was one digit off.", "Ana")
        assert told.returned is not None
        assert told.returned.amount == 4_000
    assert (wallets.count_disputes(), wallets.count_disputes(is_open=False)) == (0, 1)
    with pytest.raises(NotYours):
        wallets.dispute_of(number=town.opened("rosa"), movement=paid.id)


def counted(town, counted, brought=0, *, seen=None, words="", key="k1"):
    count = Count(counted, brought, counted if seen is None else seen, words, key)
    wallets.cash_up(country=town.country, code="corner-shop", count=count, by="Ana", at=town.at)


def test_cash_is_counted_and_what_is_brought_becomes_float(town):
    town.cash_in(town.amina, 10_000)
    town.cash_out(town.amina, 3_000)
    agent = wallets.agent(code="corner-shop", at=town.at)
    assert (agent.cash, agent.counted_at, agent.float_left) == (7_000, None, 93_000)
    for wrong in ({"counted": 7_000, "brought": 7_001}, {"counted": 6_000, "seen": 7_000}, {"counted": 9_000}):
        with pytest.raises(BadCashUp):
            counted(town, **wrong)
    counted(town, 6_900, 5_000, seen=7_000, words="A note was torn.")
    counted(town, 6_900, 5_000, seen=7_000, words="A note was torn.")  # pressed twice
    agent = wallets.agent(code="corner-shop", at=town.at)
    assert (agent.cash, agent.counted_at, agent.float_left) == (1_900, town.at, 98_000)
    [told] = wallets.cash_ups(code="corner-shop")
    assert (told.difference, told.words) == (-100, "A note was torn.")
    town.cash_in(town.amina, 500)
    assert wallets.agent(code="corner-shop", at=town.at).cash == 2_400


def test_agents_are_listed_as_the_country_names_them(town):
    first, second = wallets.agents(country=town.country, at=town.at)
    assert (first.code, first.has_pin, second.code, second.has_pin) == ("corner-shop", True, "post-office", False)
    with pytest.raises(NoWallet):
        wallets.cash_up(country=town.country, code="post-office", count=Count(0, 0, 0, "", "k"), by="Ana", at=town.at)


def test_the_states_payments_stand_in_the_statement_once(town):
    fund = ledger.open_account(holder="programme:x", unit="EUR", kind="fund", floor=None, at=town.at)
    account = wallets.wallets_of(holders=["amina"])["amina"]
    ledger.transfer_many(rows=[ledger.Move("pay 1", fund, account, 2_500)], reason="payment paid", at=town.at)
    for _ in range(2):
        wallets.note_paid(paid=[Paid("amina", "P-1", "pay 1", 2_500, "x")], at=town.at + timedelta(hours=1))
    [row] = wallets.movements(number=town.amina, at=town.at)
    assert (row.kind, row.amount, row.source, row.may_dispute) == ("paid", 2_500, "x", False)
    assert Movement.objects.get().leaf
