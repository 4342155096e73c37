"""Wallets through their door."""

from __future__ import annotations

from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from django.apps import apps

from doorstep.domains.wallets import api as wallets
from doorstep.domains.wallets import numbers
from doorstep.domains.wallets.models import Wallet
from doorstep.domains.wallets.types import (
    AlreadyDisputed,
    BadAmount,
    BadPin,
    Frozen,
    Kind,
    NoRecovery,
    NotEnough,
    NotYours,
    NoWallet,
    OverLimit,
    SameKey,
    TooManyTries,
    Waiting,
    WalletError,
    WrongPin,
)
from doorstep.engines.evidence import api as evidence
from doorstep.engines.evidence.signing import make_signer
from doorstep.engines.evidence.types import Policy
from doorstep.engines.evidence.verifier import LOG_KEY
from doorstep.engines.ledger import api as ledger

PIN = "2580"


def test_money_goes_in_across_and_out(town):
    town.cash_in(town.amina, 10_000)
    town.send(town.amina, town.karim, 4_000)
    town.cash_out(town.karim, 1_500)
    assert (town.has(town.amina), town.has(town.karim)) == (6_000, 2_500)
    seen = wallets.movements(number=town.karim, at=town.at)
    assert [(one.kind, one.amount, one.other) for one in seen] == [
        (Kind.CASH_OUT, -1_500, "corner-shop"),
        (Kind.SENT, 4_000, town.amina),
    ]
    shop = wallets.agent_at_work(country=town.country, code="corner-shop", pin="8642", at=town.at)
    assert (shop.float_left, shop.today_in, shop.today_out) == (91_500, 10_000, 1_500)


def test_an_act_that_comes_twice_is_made_once(town):
    town.cash_in(town.amina, 10_000)
    first = town.send(town.amina, town.karim, 100, key="k")
    assert town.send(town.amina, town.karim, 100, key="k") == first
    assert town.has(town.karim) == 100
    for to, amount in ((town.karim, 101), (town.opened("rosa"), 100)):
        with pytest.raises(SameKey):
            town.send(town.amina, to, amount, key="k")
    with pytest.raises(SameKey):
        town.cash_out(town.amina, 100, key="k")


def test_nobody_gives_what_they_have_not_got(town):
    town.cash_in(town.amina, 5_000)
    with pytest.raises(NotEnough):
        town.send(town.amina, town.karim, 5_001)
    wallets.fill_agent(country=town.country, code="post-office", amount=100, key="2", at=town.at, pin="8642")
    act = town.act(101)
    with pytest.raises(NotEnough):
        wallets.cash_in(country=town.country, agent="post-office", pin="8642", number=town.amina, act=act)
    for amount in (0, -5, 10**13):
        with pytest.raises(BadAmount):
            town.send(town.amina, town.karim, amount)


def test_limits_of_a_level(town):
    for _ in range(4):
        town.cash_in(town.amina, 10_000)
    with pytest.raises(OverLimit) as over:
        town.cash_in(town.amina, 10_001)
    assert (over.value.rule, over.value.limit) == ("holds_at_most", 50_000)
    with pytest.raises(OverLimit) as over:
        town.send(town.amina, town.karim, 10_001)
    assert over.value.rule == "pays_at_once"
    town.send(town.amina, town.karim, 10_000)
    town.cash_out(town.amina, 10_000)
    with pytest.raises(OverLimit) as over:
        town.send(town.amina, town.karim, 1)
    assert over.value.rule == "pays_a_day"
    town.later(days=1, seconds=1)
    town.send(town.amina, town.karim, 1)


def test_a_pin_cannot_be_guessed(town):
    town.cash_in(town.amina, 5_000)
    for left in (2, 1):
        with pytest.raises(WrongPin) as wrong:
            town.send(town.amina, town.karim, 1, pin="1357")
        assert wrong.value.left == left
    for pin in ("1357", "2580"):
        with pytest.raises(Waiting):
            town.send(town.amina, town.karim, 1, pin=pin)
    town.later(minutes=30)
    for _ in range(2):
        with pytest.raises(WrongPin):
            town.send(town.amina, town.karim, 1, pin="1357")
    with pytest.raises(Waiting) as waiting:
        town.send(town.amina, town.karim, 1, pin="1357")
    assert waiting.value.until - town.at == timedelta(hours=1)
    town.later(hours=1)
    town.send(town.amina, town.karim, 1)
    with pytest.raises(WrongPin):
        town.send("123 456 789", town.karim, 1)
    with pytest.raises(WrongPin):
        town.cash_in(town.amina, 1, pin="0000")


def test_a_pin_is_not_stored_and_not_easy(town):
    assert "2580" not in Wallet.objects.get(number=town.amina).pin_hash
    for easy in ("1111", "1234", "8765", "12a4", "123", "12345", ""):
        with pytest.raises(BadPin):
            wallets.change_pin(country=town.country, number=town.amina, old="2580", new=easy, at=town.at)
    wallets.change_pin(country=town.country, number=town.amina, old="2580", new="9173", at=town.at)
    with pytest.raises(WrongPin):
        wallets.sign_in(country=town.country, number=town.amina, pin="2580", at=town.at)
    assert wallets.sign_in(country=town.country, number=town.amina, pin="9173", at=town.at).number == town.amina
    with pytest.raises(NoWallet):
        wallets.set_first_pin(country=town.country, number=town.amina, pin="2580", by="desk", at=town.at)


def test_one_wallet_a_person(town):
    again = wallets.open_wallet(country=town.country, holder="amina", language="en", by="desk", at=town.at)
    assert again.number == town.amina
    assert wallets.wallets_of(holders=["amina", "nobody"]).keys() == {"amina"}
    with pytest.raises(WalletError):
        wallets.open_wallet(country=town.country, holder="x", language="en", by="desk", at=town.at, level="gold")


def test_a_lost_pin_comes_back_through_two_people_the_owner_named(town):
    rosa, stranger = town.opened("rosa"), town.opened("stranger")
    for number in (town.karim, rosa):
        wallets.name_confidant(country=town.country, pin=PIN, number=town.amina, confidant=number, at=town.at)
    code = wallets.open_recovery(country=town.country, number=town.amina, address="192.0.2.1", at=town.at)

    def confirm(number, pin="2580", code=code):
        return wallets.confirm_recovery(country=town.country, code=code, number=number, pin=pin, at=town.at)

    with pytest.raises(NotYours):
        confirm(stranger)
    with pytest.raises(WrongPin):
        confirm(town.karim, pin="0000")
    assert confirm(town.karim) == 1
    assert confirm(town.karim) == 1  # one person counts once
    with pytest.raises(NoRecovery, match="1 of your people"):
        wallets.finish_recovery(country=town.country, code=code, pin="7913", at=town.at)
    assert confirm(rosa) == 0
    assert wallets.finish_recovery(country=town.country, code=code.lower(), pin="7913", at=town.at).number == town.amina
    wallets.sign_in(country=town.country, number=town.amina, pin="7913", at=town.at)
    with pytest.raises(NoRecovery):
        wallets.finish_recovery(country=town.country, code=code, pin="7913", at=town.at)


def test_a_recovery_ends_and_a_stranger_learns_nothing(town):
    for number in (town.karim, town.opened("rosa")):
        wallets.name_confidant(country=town.country, pin=PIN, number=town.amina, confidant=number, at=town.at)
    nowhere = wallets.open_recovery(country=town.country, number="000000000", address="192.0.2.1", at=town.at)
    first = wallets.open_recovery(country=town.country, number=town.amina, address="192.0.2.1", at=town.at)
    assert len(nowhere) == len(first)
    second = wallets.open_recovery(country=town.country, number=town.amina, address="192.0.2.1", at=town.at)
    with pytest.raises(NoRecovery):
        wallets.recovery_missing(country=town.country, code=nowhere, at=town.at)
    assert wallets.recovery_missing(country=town.country, code=first, at=town.at) == 2  # a stranger's does not end it
    assert wallets.recovery_missing(country=town.country, code=second, at=town.at) == 2
    wallets.open_recovery(country=town.country, number=town.amina, address="192.0.2.1", at=town.at)
    town.later(hours=73)
    with pytest.raises(NoRecovery):
        wallets.recovery_missing(country=town.country, code=second, at=town.at)


def test_a_lost_pin_comes_back_at_a_centre(town):
    town.new_pin(town.amina, "7913")
    assert wallets.sign_in(country=town.country, number=town.amina, pin="7913", at=town.at).number == town.amina
    with pytest.raises(WrongPin):
        wallets.sign_in(country=town.country, number=town.amina, pin=PIN, at=town.at)


def test_who_helps_is_named_and_dropped(town):
    with pytest.raises(WrongPin):
        wallets.name_confidant(country=town.country, pin="0000", number=town.amina, confidant=town.karim, at=town.at)
    with pytest.raises(NotYours):
        wallets.name_confidant(country=town.country, pin=PIN, number=town.amina, confidant=town.amina, at=town.at)
    with pytest.raises(NoWallet):
        wallets.name_confidant(country=town.country, pin=PIN, number=town.amina, confidant="123456789", at=town.at)
    wallets.name_confidant(
        country=town.country, pin=PIN, number=town.amina, confidant=numbers.shown(town.karim), at=town.at
    )
    assert wallets.wallet(country=town.country, number=town.amina, at=town.at).confidants == (town.karim,)
    wallets.drop_confidant(number=town.amina, confidant=town.karim)
    assert wallets.wallet(country=town.country, number=town.amina, at=town.at).confidants == ()


@pytest.mark.parametrize("upheld", [True, False])
def test_a_quarrel_holds_what_is_still_there_until_an_officer_decides(town, upheld):
    town.cash_in(town.amina, 10_000)
    paid = town.send(town.amina, town.karim, 4_000)
    town.cash_out(town.karim, 1_000)
    quarrel = wallets.open_dispute(number=town.amina, movement=paid.id, text="wrong number", at=town.at)
    assert (quarrel.held, wallets.disputes()) == (3_000, (quarrel,))
    with pytest.raises(NotEnough):
        town.cash_out(town.karim, 1)
    with pytest.raises(AlreadyDisputed):
        wallets.open_dispute(number=town.amina, movement=paid.id, text="again", at=town.at)
    with pytest.raises(NotYours):
        wallets.open_dispute(number=town.karim, movement=paid.id, text="not mine", at=town.at)
    with pytest.raises(WalletError, match="needs words"):
        wallets.decide_dispute(id=quarrel.id, upheld=upheld, by="officer", words=" ", at=town.at)
    wallets.decide_dispute(id=quarrel.id, upheld=upheld, by="officer", words="Seen.", at=town.at)
    assert wallets.disputes() == ()
    expected = (9_000, 0) if upheld else (6_000, 3_000)
    assert (town.has(town.amina), town.has(town.karim)) == expected
    with pytest.raises(AlreadyDisputed):
        wallets.decide_dispute(id=quarrel.id, upheld=upheld, by="officer", words="Again.", at=town.at)


def test_a_quarrel_with_a_frozen_wallet_and_one_that_nobody_decided_in_time(town):
    town.cash_in(town.amina, 10_000)
    first, second = (town.send(town.amina, town.karim, 1_000) for _ in range(2))
    late = wallets.open_dispute(number=town.amina, movement=first.id, text="wrong", at=town.at)
    wallets.freeze(number=town.karim, by="officer", why="swindle", at=town.at)
    frozen = wallets.open_dispute(number=town.amina, movement=second.id, text="wrong too", at=town.at)
    assert frozen.held == 0
    with pytest.raises(Frozen):
        wallets.decide_dispute(id=late.id, upheld=True, by="officer", words="Yes.", at=town.at)
    wallets.unfreeze(number=town.karim, by="supervisor", why="Seen.", at=town.at)
    town.later(days=91)
    assert ledger.release_expired(at=town.at) == 1
    assert wallets.decide_dispute(id=late.id, upheld=True, by="officer", words="Too late.", at=town.at).held == 0


def test_a_frozen_wallet_stands_still(town):
    town.cash_in(town.amina, 10_000)
    wallets.freeze(number=town.amina, by="officer", why="stolen card", at=town.at)
    for act in (lambda: town.send(town.amina, town.karim, 1), lambda: town.cash_in(town.amina, 1)):
        with pytest.raises(Frozen):
            act()
    wallets.unfreeze(number=town.amina, by="supervisor", why="Seen.", at=town.at)
    town.send(town.amina, town.karim, 1)


def test_every_movement_has_a_receipt_for_those_it_concerns(town):
    town.cash_in(town.amina, 10_000)
    paid = town.send(town.amina, town.karim, 4_000)
    signer = make_signer("nadira.example/log", LOG_KEY, b"L" * 32)
    evidence.run_pass(Policy("nadira.example/log", (signer,)), at=town.at)
    for number in (town.amina, town.karim):
        found = wallets.receipt(number=number, movement=paid.id)
        assert (found.content["act"], found.content["amount"]) == ("sent", "4000")
        assert evidence.verify(text=found.text).content["wallet"] == town.amina
    with pytest.raises(NotYours):
        wallets.receipt(number=town.opened("rosa"), movement=paid.id)


def test_a_slip_of_the_finger_reaches_nobody():
    number = numbers.new_number()
    assert numbers.tidied(numbers.shown(number)) == number
    assert numbers.tidied("".join(chr(ord("٠") + int(digit)) for digit in number)) == number
    for place in range(9):
        for digit in "0123456789":
            if digit != number[place]:
                assert numbers.tidied(number[:place] + digit + number[place + 1 :]) == ""
    for place in range(8):
        swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
        assert swapped == number or numbers.tidied(swapped) == ""
    for wrong in ("", "12345678", number + "0", "abc"):
        assert numbers.tidied(wrong) == ""


def test_a_number_that_nobody_has_and_a_wallet_without_a_pin_wait_as_others_do(town):
    """Neither the words nor the tries left tell which numbers are wallets."""
    without_pin = wallets.open_wallet(country=town.country, holder="new", language="en", by="desk", at=town.at).number

    def told(number, pin="1357"):
        with pytest.raises((WrongPin, Waiting)) as refused:
            wallets.sign_in(country=town.country, number=number, pin=pin, at=town.at)
        return type(refused.value), getattr(refused.value, "left", None), getattr(refused.value, "until", None)

    nobody = next(number for number in iter(numbers.new_number, "") if number not in (town.amina, without_pin))
    seen = []
    for wait in (0, 0, 0, 0, 31, 0, 0, 0):
        town.later(minutes=wait)
        answers = {told(number) for number in (town.amina, without_pin, nobody)}
        assert len(answers) == 1
        seen += answers
    assert [kind for kind, *_ in seen] == 2 * [WrongPin, WrongPin, Waiting, Waiting]


def test_every_refusal_of_a_pin_takes_the_same_work(town, monkeypatch):
    town.later(days=1)
    without_pin = wallets.open_wallet(country=town.country, holder="new", language="en", by="desk", at=town.at).number
    work = []
    real = PasswordHasher.verify
    monkeypatch.setattr(PasswordHasher, "verify", lambda *given: work.append(1) or real(*given))

    def hashes(number):
        work.clear()
        with pytest.raises((WrongPin, Waiting)):
            wallets.sign_in(country=town.country, number=number, pin="1357", at=town.at)
        return len(work)

    for _ in range(4):  # the last two times they wait
        assert [hashes(number) for number in (town.amina, without_pin, "123456789")] == [1, 1, 1]


def test_one_address_tries_many_wallets_and_is_stopped_while_others_go_on(town, monkeypatch):
    monkeypatch.setattr("doorstep.domains.wallets.opening.MOST_FROM_ONE_PLACE", 4)

    def sign_in(address, number, pin):
        with wallets.guarding(address=address, at=town.at):
            return wallets.sign_in(country=town.country, number=number, pin=pin, at=town.at).number

    for number in (town.amina, town.karim, "111", "222"):
        with pytest.raises(WrongPin):
            sign_in("192.0.2.1", number, "1357")
    with pytest.raises(TooManyTries):
        sign_in("192.0.2.1", town.amina, PIN)
    assert sign_in("192.0.2.2", town.amina, PIN) == town.amina
    misses = apps.get_model("pins", "Miss").objects
    assert not any("192.0.2.1" in subject for subject in misses.values_list("subject", flat=True))
    town.later(minutes=61)
    assert sign_in("192.0.2.1", town.amina, PIN) == town.amina
    with pytest.raises(WrongPin):
        sign_in("192.0.2.1", town.amina, "1357")
    assert misses.count() == 1, "what is older than an hour is forgotten"


def test_recoveries_are_not_begun_without_end_from_one_address(town, monkeypatch):
    monkeypatch.setattr("doorstep.domains.wallets.opening.MOST_FROM_ONE_PLACE", 2)

    def begin(address):
        return wallets.open_recovery(country=town.country, number=town.amina, address=address, at=town.at)

    for _ in range(2):
        assert begin("192.0.2.1")
    with pytest.raises(TooManyTries):
        begin("192.0.2.1")
    assert begin("192.0.2.2")


def test_a_pin_under_an_earlier_key_is_kept_under_the_new_one_at_the_first_success(town, settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new key of this site", [settings.SECRET_KEY]
    assert wallets.sign_in(country=town.country, number=town.amina, pin=PIN, at=town.at)
    settings.SECRET_KEY_FALLBACKS = []
    assert wallets.sign_in(country=town.country, number=town.amina, pin=PIN, at=town.at)
    with pytest.raises(WrongPin):
        wallets.sign_in(country=town.country, number=town.karim, pin=PIN, at=town.at)


def test_a_pin_that_an_earlier_version_kept_opens_and_is_kept_anew(town, settings):
    from django.contrib.auth.hashers import make_password

    row = Wallet.objects.get(number=town.amina)
    row.pin_hash = make_password(row.pin_ways(PIN)[0], hasher="argon2")
    row.save()
    assert wallets.sign_in(country=town.country, number=town.amina, pin=PIN, at=town.at)
    assert Wallet.objects.get(number=town.amina).pin_hash.startswith("$argon2id$")


def test_digits_of_every_script_make_a_pin(town):
    assert wallets.sign_in(country=town.country, number=town.amina, pin="২৫৮০", at=town.at).number == town.amina
    wallets.change_pin(country=town.country, number=town.amina, old="٢٥٨٠", new="٩١٧٣", at=town.at)
    assert wallets.sign_in(country=town.country, number=town.amina, pin="9173", at=town.at).number == town.amina
