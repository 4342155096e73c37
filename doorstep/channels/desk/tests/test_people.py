"""The pages about people: who may open them, what they show, and that every look is told."""

from __future__ import annotations

import uuid

import pytest

from doorstep.domains.benefits.types import Role
from doorstep.domains.country.api import load_country
from doorstep.domains.people import api as people
from doorstep.domains.people.tests.conftest import AT, DEMO, FULL, Town
from doorstep.domains.people.tests.conftest import country as people_country

country = people_country
PEOPLE = "/en/desk/people/"


@pytest.fixture
def town(db, clock, country):
    load_country(DEMO)
    clock(AT)
    return Town(country)


def why(client, purpose="enrol-a-person", case="enrolment 1", **more):
    return client.post(PEOPLE, {"purpose": purpose, "case": case, **more})


def test_each_part_opens_for_its_roles_only(desk, town):
    for role, opens in (
        (Role.ENROLLER, {"people", "enrolments"}),
        (Role.REGISTRAR, {"people", "enrolments"}),
        (Role.ADJUDICATOR, {"people", "doubles"}),
        (Role.PROTECTION, {"people", "protection"}),
        (Role.OFFICER, set()),
    ):
        client = desk(role.value, role)
        for part in ("people", "enrolments", "doubles", "protection"):
            assert (client.get(f"/en/desk/{part}/").status_code == 200) == (part in opens), (role, part)
        assert client.get("/en/desk/").status_code == (200 if role == Role.OFFICER else 302)


def test_a_record_is_opened_for_a_reason_and_its_owner_sees_it(desk, town):
    person = town.person(**FULL)
    client = desk("ana", Role.ENROLLER)
    assert client.get(f"{PEOPLE}{person}/").status_code == 302
    number = people.my_data(country=town.country, person=person, at=town.at).number
    assert why(client, text=number).url == f"{PEOPLE}{person}/"
    shown = client.get(f"{PEOPLE}{person}/").content.decode()
    assert "Amina Rahman" in shown
    assert "The blue door" in shown
    looks = people.looks(country=town.country, person=person, at=town.later(days=1))
    assert ("Ana Clerk (ana)", "enrol-a-person", "enrolment 1", "read") in [
        (look.who, look.purpose, look.case, look.how) for look in looks
    ]


def test_what_a_reason_does_not_need_is_not_on_the_page(desk, town):
    person = town.person(**FULL)
    client = desk("rita", Role.REGISTRAR)
    why(client, "register-a-life-event", "birth 1", text="Amina")
    shown = client.get(f"{PEOPLE}{person}/").content.decode()
    assert "Amina Rahman" in shown
    assert "999123456" not in shown
    assert "REF-000123" not in shown


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"purpose": "", "text": "Amina"}, "No reason"),
        ({"purpose": "curiosity", "text": "Amina"}, "not read for"),
        ({"case": "  ", "text": "Amina"}, "No case"),
        ({"text": "123456789012"}, "Nobody has this number"),
        ({"purpose": "find-a-double", "text": "Amina"}, "role does not read"),
    ],
)
def test_a_search_that_may_not_be_is_refused_in_words(desk, town, given, says):
    town.person()
    response = why(desk("ana", Role.ENROLLER), **given)
    assert response.status_code == 422
    assert says in response.content.decode()


def test_errors_are_told_in_the_officers_language(desk, town):
    response = desk("ana", Role.ENROLLER).post(
        "/bn/desk/people/", {"purpose": "enrol-a-person", "case": "1", "text": "123456789012"}
    )
    assert "এমন কেউ নেই" in response.content.decode()


def test_whoever_tries_numbers_is_stopped(desk, town):
    client = desk("ana", Role.ENROLLER)
    for at in range(20):
        assert "Nobody has" in why(client, text=f"{at:012}").content.decode()
    assert "Too much was tried" in why(client, text="999999999999").content.decode()


def test_somebody_is_enrolled_with_papers_once_however_often_the_button_is_pressed(desk, town):
    client = desk("ana", Role.ENROLLER)
    form = {
        "id": str(uuid.uuid4()), "given": "Noor", "family": "", "year": "1990", "month": "2", "day": "",
        "sex": "female", "documents": ["health-card"], "languages": ["bn"], "area": "n101", "phone": "+999 77 88",
    }  # fmt: skip
    first = client.post("/en/desk/enrolments/new/", form)
    second = client.post("/en/desk/enrolments/new/", form)
    assert first.url == second.url == f"/en/desk/enrolments/{form['id']}/?done=1"
    assert people.count_enrolments() == 1
    shown = client.get(first.url).content.decode()
    assert "Enrolled" in shown
    assert "Noor" not in shown
    person = people.enrolment(id=uuid.UUID(form["id"])).person
    assert people.my_data(country=town.country, person=person, at=town.at).birth.on == people.BirthDate(1990, 2)


def test_a_wrong_form_comes_back_as_it_was_filled(desk, town):
    form = {"id": str(uuid.uuid4()), "given": "Noor", "year": "2090", "documents": ["passport"], "needs": ["step-free"]}
    response = desk("ana", Role.ENROLLER).post("/en/desk/enrolments/new/", form)
    shown = response.content.decode()
    assert response.status_code == 422
    assert "cannot be a date of birth" in shown
    assert 'value="Noor"' in shown
    assert 'value="step-free" checked' in shown


def test_somebody_without_papers_is_enrolled_when_two_have_vouched(desk, town):
    introducers = [town.person(given) for given in ("Amina", "Karim")]
    numbers = [people.my_data(country=town.country, person=one, at=town.at).number for one in introducers]
    client, id_ = desk("ana", Role.ENROLLER), str(uuid.uuid4())
    client.post("/en/desk/enrolments/new/", {"id": id_, "given": "Sufia", "exceptions": ["no-papers"]})
    page = f"/en/desk/enrolments/{id_}/"
    assert "0 of 2 have vouched" in client.get(page).content.decode()
    for number in (numbers[0], numbers[0], numbers[1]):
        client.post(f"{page}act/", {"do": "vouch", "number": number, "words": "A neighbour for ten years"})
    assert "Enrolled" in client.get(page).content.decode()
    looks = people.looks(country=town.country, person=introducers[0], at=town.later(days=1))
    assert f"enrolment {id_}" in {look.case for look in looks}


def test_a_refusal_has_words_and_another_person_decides_on_the_contest(desk, town):
    ana, id_ = desk("ana", Role.ENROLLER), str(uuid.uuid4())
    ana.post("/en/desk/enrolments/new/", {"id": id_, "given": "Sufia"})
    page = f"/en/desk/enrolments/{id_}/"
    assert ana.post(f"{page}act/", {"do": "refuse", "words": " "}).status_code == 422
    ana.post(f"{page}act/", {"do": "refuse", "words": "The photo shows somebody else."})
    assert "The photo shows somebody else." in ana.get(page).content.decode()
    ana.post(f"{page}act/", {"do": "contest", "words": "It is me, after an operation."})
    assert "Who refused it first" in ana.post(f"{page}act/", {"do": "accept"}).content.decode()
    rita = desk("rita", Role.REGISTRAR)
    rita.post(f"{page}act/", {"do": "accept"})
    assert people.enrolment(id=uuid.UUID(id_)).state in ("vouching", "accepted")


def test_the_protection_officer_answers_a_request(desk, town):
    person = town.person()
    asked = people.ask(
        country=town.country, person=person, kind="erase", text="Please forget me.", channel="web", at=town.at
    )
    client = desk("dora", Role.PROTECTION)
    listed = client.get("/en/desk/protection/").content.decode()
    assert str(asked.uid)[:8] in listed
    assert "Please forget me." not in listed
    page = f"/en/desk/protection/{asked.uid}/"
    opened = client.get(page).content.decode()
    assert "Please forget me." in opened
    assert "What the law keeps" in opened
    assert client.post(page, {"do": "refused", "words": ""}).status_code == 422
    client.post(page, {"do": "refused", "words": "The law keeps it while you live."})
    assert people.requests_of(person=person)[0].answer == "The law keeps it while you live."


def test_a_breach_is_written_down_and_told(desk, town):
    person = town.person()
    number = people.my_data(country=town.country, person=person, at=town.at).number
    client = desk("dora", Role.PROTECTION)
    form = {
        "what": "A tablet was stolen.", "found_at": "2026-11-01T08:00", "categories": ["names"], "people": number,
        "risk": "1", "advice": "",
    }  # fmt: skip
    assert client.post("/en/desk/protection/breach/", form).status_code == 422
    client.post("/en/desk/protection/breach/", {**form, "advice": "Ask for a new card."})
    breach = people.breaches()[0]
    client.post("/en/desk/protection/breach/", {"breach": breach.id, "do": "people"})
    assert people.breaches_of(person=person)[0].advice == "Ask for a new card."


def test_a_pin_is_typed_and_a_card_is_printed_at_the_desk(desk, town, settings, tmp_path):
    settings.CARD_KEYS = str(tmp_path / "card_keys")
    person = town.person(**FULL)
    client = desk("rita", Role.REGISTRAR)
    why(client, "keep-your-record", "request 1", text="Amina")
    page = f"{PEOPLE}{person}/"
    assert "Set a PIN" in client.get(page).content.decode()
    assert client.post(f"{page}pin/", {"pin": "482917", "again": "482918"}).status_code == 422
    assert client.post(f"{page}pin/", {"pin": "123456", "again": "123456"}).status_code == 422
    assert client.post(f"{page}pin/", {"pin": "482917", "again": "482917"}).status_code == 302
    printed = client.post(f"{page}card/", {"do": "issue", "notch": "1"})
    assert "Amina Rahman" in printed.content.decode()
    assert "<svg" in printed.content.decode()
    card = people.cards_of(person=person)[0]
    client.post(f"{page}card/", {"do": "suspended", "card": card.id, "why": "lost"})
    assert people.cards_of(person=person)[0].state == "suspended"
    assert client.post(f"{page}card/", {"do": "revoked", "card": card.id, "why": ""}).status_code == 422


def test_two_records_are_compared_side_by_side_and_decided_by_somebody_else(desk, town):
    person = town.person(**FULL)
    ana, id_ = desk("ana", Role.ENROLLER), str(uuid.uuid4())
    form = {
        "id": id_, "given": "আমিনা", "family": "রহমান", "day": "17", "month": "5", "year": "1961",
        "documents": ["passport"], "phone": "+999 12 34 56",
    }  # fmt: skip
    ana.post("/en/desk/enrolments/new/", form)
    assert "Waits for a human" in ana.get(f"/en/desk/enrolments/{id_}/").content.decode()
    adam = desk("adam", Role.ADJUDICATOR)
    pair = people.pairs()[0].id
    assert f"/en/desk/doubles/{pair}/" in adam.get("/en/desk/doubles/").content.decode()
    page = f"/en/desk/doubles/{pair}/"
    shown = adam.get(page).content.decode()
    for told in ("আমিনা রহমান", "Amina Rahman", "17 May 1961", "Date of birth: the same", "Refugee number REF-000123"):
        assert told in shown
    assert adam.post(page, {"do": "same", "words": " "}).status_code == 422
    assert adam.post(page, {"do": "same", "words": "She says so, and knows the number."}).status_code == 302
    assert people.enrolment(id=uuid.UUID(id_)).person == person
    assert "Adam Clerk (adam)" in {
        look.who for look in people.looks(country=town.country, person=person, at=town.later(days=1))
    }
