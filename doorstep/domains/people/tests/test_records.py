"""A person's record: kept sealed, read for a purpose, changed with a reason, put right again."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from django.db import connection

from doorstep.domains.people import api as people
from doorstep.domains.people.tests.conftest import FULL, OFFICER, PROTECTION, REGISTRAR
from doorstep.domains.people.types import (
    Asker,
    BadRecord,
    Changed,
    Contact,
    Identifier,
    Name,
    NoPerson,
    NotAllowed,
    Role,
    State,
)


def test_a_record_comes_back_as_it_was_given(town):
    amina = town.my_data(town.person(**FULL))
    assert amina.name == "Amina Rahman"
    assert amina.birth == people.Birth(people.BirthDate(1961, 5, 17), "n101")
    assert (amina.age, amina.is_adult, amina.sex) == (65, True, "female")
    assert amina.status == people.Status("refugee", "BD")
    assert amina.languages == ("bn", "en")
    assert amina.needs == ("large-print", "step-free")
    assert amina.address.lines == "The blue door\nbehind the mill"
    assert [one.value for one in amina.contacts] == ["+999123456", "amina@example.org"]
    assert amina.identifiers == (Identifier("refugee-id", "REF-000123"),)
    assert len(amina.number) == 12


def test_nothing_personal_stands_open_in_the_database(town):
    town.person("Shahnaz", "Kowalczyk", **FULL)
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        for table in tables:
            cursor.execute(f'SELECT string_agg(t::text, chr(10)) FROM "{table}" AS t')
            text = (cursor.fetchone()[0] or "").lower()
            for word in (
                "shahnaz",
                "kowalczyk",
                "1961-05-17",
                "123456",
                "example.org",
                "000123",
                "blue door",
                'refugee"',
            ):
                assert word not in text, table
                assert word.encode().hex() not in text, table


def test_a_purpose_shows_its_categories_and_no_others(town):
    amina = town.read(town.person(**FULL))
    assert amina.shown == ("names", "birth", "household", "address")
    assert amina.name == "Amina Rahman"
    assert amina.sex is amina.status is amina.needs is amina.contacts is amina.identifiers is amina.number is None


def test_a_yes_or_no_is_shown_without_the_date_behind_it(town):
    person = town.person()
    people.give_consent(
        country=town.country, person=person, purpose="tell-you-of-courses", by="the person", how="screen", at=town.at
    )
    seen = town.read(person, Asker("work office", "tell-you-of-courses"))
    assert seen.is_adult is True
    assert seen.birth is seen.age is None


@pytest.mark.parametrize(
    ("asker", "why"),
    [
        (Asker("", "decide-a-benefit", "3"), "Nobody is named"),
        (Asker("omar", "curiosity", "3"), "not read for 'curiosity'"),
        (Asker("omar", "decide-a-benefit", " "), "No case is named"),
        (Asker("omar", "enrol-a-person", "3", frozenset({Role.OFFICER})), "role does not read"),
        (Asker("omar", "decide-a-benefit", "3", sealed_until=date(2026, 12, 1)), "cannot be kept from the person"),
        (Asker("dora", "investigate-fraud", "3", frozenset({Role.PROTECTION}), date(2027, 12, 1)), "180 days"),
    ],
)
def test_without_who_why_and_for_what_nothing_is_shown(town, asker, why):
    person = town.person()
    before = town.looks(person)
    with pytest.raises(NotAllowed, match=why):
        town.read(person, asker)
    assert town.looks(person) == before


def test_the_person_sees_who_looked_when_why_and_at_what(town):
    person = town.person()
    town.read(person)
    town.my_data(person)
    own, read, made = town.looks(person)
    assert (made.who, made.how, made.case) == ("mina", "changed", "enrolment 1")
    assert (read.who, read.purpose, read.case, read.how) == ("omar", "decide-a-benefit", "review 3", "read")
    assert read.shown == ("names", "birth", "household", "address")
    assert own.how == "own"


def test_a_sealed_look_opens_on_its_day_and_leaves_no_gap_before(town):
    person = town.person()
    until = date(2027, 1, 15)
    town.read(person, Asker(PROTECTION.who, PROTECTION.purpose, "court 12/26", PROTECTION.roles, until))
    assert [look.who for look in town.looks(person)] == ["mina"]
    town.later(days=(until - town.at.date()).days)
    assert [look.who for look in town.looks(person)] == ["dora", "mina"]


def test_a_guardian_does_not_see_where_help_was_sought(town):
    person = town.person()
    town.read(person, Asker("dora", "protect-from-violence", "call 9", frozenset({Role.PROTECTION})))
    assert "protect-from-violence" in {look.purpose for look in town.looks(person)}
    assert "protect-from-violence" not in {look.purpose for look in town.looks(person, to_others=True)}


def test_a_look_and_its_reading_come_about_together(town, monkeypatch):
    person = town.person()
    monkeypatch.setattr(people.access, "view", lambda *_: 1 / 0)
    before = town.looks(person)
    with pytest.raises(ZeroDivisionError):
        town.read(person)
    assert town.looks(person) == before


def test_a_restricted_record_is_read_only_by_those_who_put_it_right(town):
    person = town.person()
    people.restrict(country=town.country, person=person, asker=REGISTRAR, on=True, at=town.at)
    with pytest.raises(NotAllowed, match="restricted"):
        town.read(person)
    assert town.read(person, REGISTRAR).name == "Amina Rahman"
    people.restrict(country=town.country, person=person, asker=REGISTRAR, on=False, at=town.at)
    assert town.read(person).name == "Amina Rahman"


def test_consent_counts_from_when_it_is_given_until_it_is_taken_back(town):
    person, asker = town.person(**FULL), Asker("work office", "tell-you-of-courses")
    with pytest.raises(NotAllowed, match="has not agreed"):
        town.read(person, asker)
    people.give_consent(
        country=town.country, person=person, purpose=asker.purpose, by="the person", how="screen", at=town.at
    )
    assert town.read(person, asker).languages == ("bn", "en")
    people.withdraw_consent(country=town.country, person=person, purpose=asker.purpose, by="the person", at=town.at)
    with pytest.raises(NotAllowed, match="has not agreed"):
        town.read(person, asker)


def test_a_change_keeps_what_stood_before_and_can_be_undone(town):
    person = town.person()
    version = town.change(person, "names", (Name("Amina", "Karim"),), version=1)
    assert town.my_data(person).name == "Amina Karim"
    changed = people.changes(person=person)[0]
    assert (changed.category, changed.who, changed.why) == ("names", "rita", "She asked for it.")
    people.undo(
        country=town.country, person=person, change=changed.id, asker=REGISTRAR, why="The wrong person.", at=town.at
    )
    assert town.my_data(person).name == "Amina Rahman"
    assert town.my_data(person).version == version + 1


def test_a_purpose_that_only_reads_changes_nothing(town):
    person = town.person()
    with pytest.raises(NotAllowed, match="not changed for this purpose"):
        town.change(person, "sex", "female", version=1, asker=OFFICER)
    with pytest.raises(NotAllowed, match="not changed"):
        town.person("Karim", asker=OFFICER)


def test_two_officers_do_not_overwrite_each_other(town):
    person = town.person()
    town.change(person, "sex", "female", version=1)
    with pytest.raises(Changed, match="changed this record meanwhile"):
        town.change(person, "sex", "male", version=1)
    assert town.my_data(person).sex == "female"


@pytest.mark.parametrize("why", ["", "  ", "x" * 301])
def test_a_change_needs_a_reason(town, why):
    person = town.person()
    with pytest.raises(BadRecord, match="No reason"):
        town.change(person, "sex", "female", version=1, why=why)


@pytest.mark.parametrize(
    ("known", "what"),
    [
        ({"birth": people.Birth(people.BirthDate(2027))}, "in the future"),
        ({"birth": people.Birth(people.BirthDate(1850))}, "130 years"),
        ({"sex": "cat"}, "no such sex"),
        ({"status": people.Status("martian")}, "no such legal status"),
        ({"status": people.Status("citizen", "Bangladesh")}, "two letters"),
        ({"languages": ("klingonese!",)}, "language"),
        ({"needs": ("gold",)}, "no such access need"),
        ({"address": people.Address("nowhere")}, "no such area"),
        ({"contacts": (Contact("phone", "call me"),)}, "no phone number"),
        ({"contacts": (Contact("email", "amina"),)}, "no e-mail"),
        ({"identifiers": (Identifier("library-card", "1"),)}, "no kind of number"),
        ({"identifiers": (Identifier("tax-id", "12"),)}, "does not look like"),
    ],
)
def test_what_cannot_be_is_refused_and_not_repeated(town, known, what):
    with pytest.raises(BadRecord, match=what) as told:
        town.person(**known)
    assert "call me" not in str(told.value)


def test_two_people_cannot_have_one_number_of_another_system_but_may_share_a_phone(town):
    first = town.person(identifiers=(Identifier("passport", "AB 123456"),), contacts=(Contact("phone", "+999 1234"),))
    with pytest.raises(BadRecord, match="Somebody else has this number"):
        town.person("Karim", identifiers=(Identifier("passport", "ab123456"),))
    second = town.person("Karim", contacts=(Contact("phone", "+999 1234"),))
    shared = town.my_data(second).contacts[0]
    assert people.how_many_share(contact=shared.id) == 1
    assert town.my_data(first).contacts[0].value == shared.value


def test_a_person_is_found_by_their_number_however_it_is_written(town):
    person = town.person()
    number = town.my_data(person).number
    assert people.id_of_number(number=people.shown_number(number)) == person
    assert people.id_of_number(number=number.translate(str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯"))) == person
    swapped = number[1] + number[0] + number[2:]
    assert swapped == number or people.id_of_number(number=swapped) is None
    assert people.id_of_number(number="") is None


def test_somebody_who_died_has_no_mandates_left_and_can_be_found_alive_again(town):
    person, son = town.person(), town.person("Karim")
    town.mandate(person, son)
    with pytest.raises(BadRecord, match="before birth"):
        people.record_death(country=town.country, person=person, on=date(1950, 1, 1), asker=REGISTRAR, at=town.at)
    for _ in range(2):
        people.record_death(country=town.country, person=person, on=date(2026, 10, 30), asker=REGISTRAR, at=town.at)
    dead = town.my_data(person)
    assert (dead.state, dead.died_on) == (State.DEAD, date(2026, 10, 30))
    with pytest.raises(NotAllowed, match="cannot act"):
        people.act_for(country=town.country, agent=son, principal=person, scope="pensions", at=town.at)
    people.correct_death(country=town.country, person=person, asker=REGISTRAR, why="Another Amina.", at=town.at)
    assert town.my_data(person).state == State.ACTIVE


def test_nobody_is_told_apart_from_somebody_erased(town):
    with pytest.raises(NoPerson):
        town.read(uuid4(), OFFICER)
