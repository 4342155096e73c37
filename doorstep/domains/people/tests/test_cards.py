"""Signing in with a number and a PIN; cards that are read without a connection and taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from doorstep.domains.people import api as people
from doorstep.domains.people.tests.conftest import FULL, OFFICER, REGISTRAR
from doorstep.domains.people.types import BadRecord, Name, NotAllowed, NotNow, TooManyTries
from doorstep.engines.credentials import api as credentials
from doorstep.engines.credentials.keys import read_keys
from doorstep.engines.credentials.types import Refused, Standing, Verified
from doorstep.engines.pins.types import BadPin, Waiting, WrongPin

PIN = "482917"


@pytest.fixture(autouse=True)
def keys(settings, tmp_path):
    settings.CARD_KEYS = str(tmp_path / "card_keys")


def set_pin(town, person, pin=PIN, asker=REGISTRAR):
    people.set_pin(country=town.country, person=person, pin=pin, asker=asker, at=town.later(minutes=1))


def sign_in(town, number, pin=PIN):
    return people.sign_in(number=number, pin=pin, address="10.0.0.7", at=town.later(seconds=1))


def test_a_number_and_a_pin_open_ones_own_record(town):
    person = town.person()
    number = town.my_data(person).number
    set_pin(town, person)
    found, version = sign_in(town, people.shown_number(number))
    assert found == person
    assert people.is_open(person=person, version=version)
    set_pin(town, person, "719284")
    assert not people.is_open(person=person, version=version)
    with pytest.raises(WrongPin):
        sign_in(town, number)


@pytest.mark.parametrize("pin", ["123456", "111111", "4829", "48291a", "121212", "٤٤٤٤٤٤", ""])
def test_a_pin_that_is_guessed_first_is_refused(town, pin):
    with pytest.raises(BadPin):
        set_pin(town, town.person(), pin)


def test_guessing_is_stopped_and_tells_nothing(town):
    person = town.person()
    number = town.my_data(person).number
    set_pin(town, person)
    for _ in range(4):
        with pytest.raises(WrongPin) as wrong:
            sign_in(town, number, "000000")
    with pytest.raises(WrongPin) as stranger:
        sign_in(town, "100000000000", "000000")
    assert str(stranger.value).split(".")[0] == str(wrong.value).split(".")[0]
    with pytest.raises(Waiting):
        sign_in(town, number, "000000")
    with pytest.raises(Waiting):
        sign_in(town, number)
    town.later(minutes=16)
    assert sign_in(town, number)[0] == person


def test_trying_many_numbers_from_one_place_is_stopped(town):
    for at in range(60):
        with pytest.raises(WrongPin):
            sign_in(town, f"{at:012}", "000000")
    with pytest.raises(TooManyTries):
        sign_in(town, "100000000000", "000000")


def test_who_has_no_pin_cannot_be_signed_in(town):
    number = town.my_data(town.person()).number
    with pytest.raises(WrongPin):
        sign_in(town, number, "")


def test_only_who_changes_records_sets_a_pin(town):
    with pytest.raises(NotAllowed):
        set_pin(town, town.person(), asker=OFFICER)


def test_a_changed_pin_needs_the_old_one(town):
    person = town.person()
    number = town.my_data(person).number
    set_pin(town, person)
    with pytest.raises(WrongPin):
        people.change_pin(person=person, old="000000", new="719284", at=town.later(minutes=1))
    people.change_pin(person=person, old=PIN, new="719284", at=town.later(minutes=1))
    assert sign_in(town, number, "719284")[0] == person


# ------------------------------------------------------------------ cards


def issue(town, person, asker=REGISTRAR):
    return people.issue_card(country=town.country, person=person, asker=asker, at=town.later(minutes=1))


def read(town, text, *, at=None):
    keys = read_keys(people.card_keys())
    now = at or town.at
    status = credentials.read_status_list(raw=people.status_list(at=town.at), keys=keys)
    return credentials.verify_card(text=text, keys=keys, at=now, status=[status])


def test_a_card_is_read_without_a_connection_and_tells_what_it_must(town):
    person = town.person(**FULL)
    town.change(person, "names", (Name("Amina", "Rahman"), Name("আমিনা", "রহমান")), version=1)
    made = issue(town, person)
    assert len(made.text) <= 600
    seen = read(town, made.text)
    assert isinstance(seen, Verified)
    assert (seen.claims.full_name, seen.claims.second_name) == ("Amina Rahman", "আমিনা রহমান")
    assert seen.claims.id == town.my_data(person).number
    assert seen.claims.born.iso == "1961-05-17"
    assert seen.claims.address is seen.claims.phone is None
    assert seen.standing == Standing.VALID


def test_an_unknown_day_of_birth_stays_unknown_on_the_card(town):
    made = issue(town, town.person(birth=people.Birth(people.BirthDate(1961))))
    assert read(town, made.text).claims.born.iso == "1961"


def test_a_new_card_takes_the_old_one_back(town):
    person = town.person()
    first, second = issue(town, person), issue(town, person)
    assert isinstance(read(town, second.text), Verified)
    refused = read(town, first.text)
    assert isinstance(refused, Refused)
    assert [card.state for card in people.cards_of(person=person)] == ["valid", "revoked"]


def test_a_lost_card_rests_and_a_found_one_is_good_again(town):
    made = issue(town, town.person())

    def end(state, why="lost"):
        return people.end_card(
            country=town.country, card=made.card.id, asker=REGISTRAR, state=state, why=why, at=town.later(minutes=1)
        )

    end("suspended")
    assert isinstance(read(town, made.text), Refused)
    end("valid", "found behind the mill")
    assert isinstance(read(town, made.text), Verified)
    end("revoked")
    with pytest.raises(NotNow):
        end("valid")
    with pytest.raises(BadRecord, match="why"):
        end("revoked", " ")


def test_a_list_that_is_old_makes_nobodys_card_bad(town):
    made = issue(town, town.person())
    seen = read(town, made.text, at=town.at + timedelta(days=30))
    assert isinstance(seen, Verified)
    assert seen.standing != Standing.VALID


def test_the_dead_get_no_card(town):
    person = town.person()
    people.record_death(country=town.country, person=person, on=town.at.date(), asker=REGISTRAR, at=town.at)
    with pytest.raises(NotNow, match="has died"):
        issue(town, person)


def test_an_altered_card_is_refused(town):
    made = issue(town, town.person())
    letters = list(made.text)
    letters[40] = "A" if letters[40] != "A" else "B"
    assert isinstance(read(town, "".join(letters)), Refused)
