"""One's own data on the web: opened with a number and a PIN, told whole, and asked about."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.utils import timezone

from doorstep.domains.country.api import load_country
from doorstep.domains.people import api as people
from doorstep.domains.people.tests.conftest import DEMO, FULL, REGISTRAR, Town
from doorstep.domains.people.tests.conftest import country as people_country

country = people_country
PIN = "482917"


@pytest.fixture
def town(db, country, settings, tmp_path, monkeypatch):
    settings.CARD_KEYS = str(tmp_path / "card_keys")
    load_country(DEMO)
    town = Town(country)
    monkeypatch.setattr(timezone, "now", lambda: town.at)
    return town


@pytest.fixture
def amina(town):
    person = town.person(**FULL)
    people.set_pin(country=town.country, person=person, pin=PIN, asker=REGISTRAR, at=town.later(minutes=1))
    return person


def opened(town, person, pin=PIN):
    client = Client()
    number = town.my_data(person).number
    response = client.post("/en/me/", {"number": people.shown_number(number), "pin": pin})
    return client, response


def text(client, address):
    response = client.get(f"/en/me/{address}")
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    return response.content.decode()


def test_number_and_pin_open_what_is_known_and_who_looked(town, amina):
    town.read(amina)
    client, response = opened(town, amina)
    assert response.url == "/en/me/"
    assert "omar" in text(client, "")
    data = text(client, "data/")
    for told in ("Amina Rahman", "17 May 1961", "The blue door", "+999123456", "REF-000123", "Large print", "Refugee"):
        assert told in data
    looks = text(client, "looks/")
    assert "To decide whether you get a benefit" in looks
    assert "review 3" in looks


def test_a_wrong_pin_is_told_without_saying_which_was_wrong(town, amina):
    _, response = opened(town, amina, "000000")
    assert response.status_code == 422
    stranger = Client().post("/en/me/", {"number": "100000000000", "pin": "000000"})
    assert "do not fit together" in stranger.content.decode()
    assert "do not fit together" in response.content.decode()


@pytest.mark.parametrize("page", ["data/", "looks/", "consents/", "requests/", "pin/", "my-data.json"])
def test_a_stranger_is_sent_to_the_door(town, amina, page):
    assert Client().get(f"/en/me/{page}").url == "/en/me/"


def test_a_new_pin_closes_it_everywhere(town, amina):
    first, _ = opened(town, amina)
    second, _ = opened(town, amina)
    assert second.post("/en/me/pin/", {"old": PIN, "new": "719284", "again": "719285"}).status_code == 422
    assert second.post("/en/me/pin/", {"old": PIN, "new": "719284", "again": "719284"}).status_code == 302
    assert first.get("/en/me/data/").status_code == 302
    assert opened(town, amina, "719284")[1].status_code == 302


def test_closing_forgets_the_person_on_this_device(town, amina):
    client, _ = opened(town, amina)
    client.post("/en/me/close/")
    assert client.get("/en/me/data/").status_code == 302


def test_consent_is_given_taken_back_and_has_a_receipt(town, amina):
    client, _ = opened(town, amina)
    assert "You have not agreed" in text(client, "consents/")
    client.post("/en/me/consents/", {"purpose": "tell-you-of-courses", "do": "give"})
    assert "You agreed" in text(client, "consents/")
    given = people.consents_of(person=amina)[0]
    receipt = client.get(f"/en/me/consents/{given.uid}/")
    assert json.loads(receipt.content)["event_schema"]["state"] == "given"
    client.post("/en/me/consents/", {"purpose": "tell-you-of-courses", "do": "withdraw"})
    assert "You have not agreed" in text(client, "consents/")
    client.post("/en/me/consents/", {"purpose": "decide-a-benefit", "do": "give"})
    assert len(people.consents_of(person=amina)) == 1


def test_a_request_is_sent_and_its_day_is_told(town, amina):
    client, _ = opened(town, amina)
    wrong = client.post("/en/me/requests/", {"kind": "erase", "category": "needs", "text": " "})
    assert wrong.status_code == 422
    client.post("/en/me/requests/", {"kind": "erase", "category": "needs", "text": "Nobody needs to know."})
    shown = text(client, "requests/")
    assert "Nobody needs to know." in shown
    assert "You get an answer by" in shown


def test_everything_can_be_taken_along(town, amina):
    client, _ = opened(town, amina)
    told = json.loads(client.get("/en/me/my-data.json").content)
    assert told["record"]["names"][0][0] == "Amina"


def test_others_requests_and_receipts_are_not_reached(town, amina):
    karim = town.person("Karim", "Sarkar", birth=people.Birth())
    given = people.give_consent(
        country=town.country, person=karim, purpose="tell-you-of-courses", by="the person", how="screen", at=town.at
    )
    client, _ = opened(town, amina)
    assert client.get(f"/en/me/consents/{given.uid}/").status_code == 404


@pytest.mark.parametrize("language", ["en", "pt", "bn", "ar"])
def test_the_pages_are_told_in_every_language(town, amina, language):
    client, _ = opened(town, amina)
    for page in ("", "data/", "looks/", "consents/", "requests/", "pin/"):
        assert client.get(f"/{language}/me/{page}").status_code == 200


def test_readers_of_cards_fetch_keys_and_the_list(town, amina):
    people.issue_card(country=town.country, person=amina, asker=REGISTRAR, at=town.at)
    keys, status = Client().get("/credentials/keys"), Client().get("/credentials/status")
    assert json.loads(keys.content)["keys"][0]["kid"]
    assert status["Content-Type"] == "application/statuslist+cwt"
    as_jwt = Client().get("/credentials/status", headers={"accept": "application/statuslist+jwt"})
    assert as_jwt.content.count(b".") == 2
    assert Client().get("/credentials/reader.pyz").content.startswith(b"#!/usr/bin/env python3\n")
