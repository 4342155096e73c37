"""Enrolment: with papers, through introducers, on tablets; doubles found before a second record is made."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.domains.people import api as people
from doorstep.domains.people import enrolling, forms, packets
from doorstep.domains.people.models import Enrolment, Person
from doorstep.domains.people.tests.conftest import AT, ENROLLER, FULL, Town
from doorstep.domains.people.types import (
    Asker,
    BadPacket,
    BadRecord,
    EnrolmentState,
    Name,
    NoPerson,
    NotAllowed,
    NotNow,
    PairState,
    Role,
    State,
)

ADJUDICATOR = Asker("adam", "find-a-double", "pair", frozenset({Role.ADJUDICATOR}))
SECOND = replace(ADJUDICATOR, who="sara")
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def form(town, given="Sufia", family="Begum", documents=("health-card",), **known):
    return people.Form(town.record(given, family, **known), documents=documents)


def enrol(town, form, id=None, asker=ENROLLER):
    return people.enrol(country=town.country, form=form, id=id or uuid4(), asker=asker, at=town.later(minutes=1))


def vouch(town, enrolment, introducer, knows="A neighbour"):
    number = town.my_data(introducer).number
    return people.vouch(
        country=town.country,
        enrolment=enrolment.id,
        number=number,
        knows=knows,
        asker=ENROLLER,
        at=town.later(minutes=1),
    )


def decide(town, pair, *, same, asker=ADJUDICATOR, words="The mothers' names."):
    return people.decide_pair(
        country=town.country, pair=pair.id, same=same, words=words, asker=asker, at=town.later(minutes=1)
    )


def test_every_state_of_an_enrolment_has_its_way_on():
    assert set(enrolling.LIFE) - {None} == set(EnrolmentState)
    reached = {state for states in enrolling.LIFE.values() for state in states}
    assert reached == set(EnrolmentState)


def test_with_papers_somebody_has_a_record_at_once_and_the_form_is_forgotten(town):
    made = enrol(town, form(town, **FULL))
    assert made.state == EnrolmentState.ACCEPTED
    assert town.my_data(made.person).name == "Sufia Begum"
    assert Enrolment.objects.get(pk=made.id).form is None


def test_the_same_form_under_one_id_enrols_once_and_another_form_is_refused(town):
    id_, sufia = uuid4(), form(town)
    assert enrol(town, sufia, id_).person == enrol(town, sufia, id_).person
    with pytest.raises(NotNow, match="Another enrolment has this id"):
        enrol(town, form(town, "Karim"), id_)
    assert Person.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_enrol_once(country):
    town, id_ = Town(country), uuid4()
    sufia, start, made = form(town), threading.Barrier(2), []

    def press():
        try:
            start.wait(10)
            made.append(people.enrol(country=country, form=sufia, id=id_, asker=ENROLLER, at=AT).person)
        finally:
            connection.close()

    presses = [threading.Thread(target=press) for _ in range(2)]
    for one in presses:
        one.start()
    for one in presses:
        one.join(20)
    assert len(made) == 2
    assert made[0] == made[1]
    assert Person.objects.count() == 1


def test_without_papers_two_people_vouch(town):
    amina, karim = town.person(), town.person("Karim", "Sarkar")
    made = enrol(town, form(town, documents=()))
    assert (made.state, made.needed) == (EnrolmentState.VOUCHING, 2)
    assert vouch(town, made, amina).state == EnrolmentState.VOUCHING
    assert vouch(town, made, amina).vouched == 1
    assert vouch(town, made, karim).state == EnrolmentState.ACCEPTED
    with pytest.raises(NotNow, match="accepted"):
        vouch(town, made, karim)


def test_who_may_not_vouch(town):
    child = town.person("Noor", birth=people.Birth(people.BirthDate(2015)))
    unknown = town.person("Rafi", birth=people.Birth())
    dead = town.person("Salma")
    people.record_death(
        country=town.country, person=dead, on=AT.date(), asker=replace(ENROLLER), at=town.later(minutes=1)
    )
    made = enrol(town, form(town, documents=()))
    for person in (child, unknown, dead):
        with pytest.raises(NotAllowed, match="cannot vouch"):
            vouch(town, made, person)
    with pytest.raises(BadRecord, match="how the introducer knows"):
        vouch(town, made, town.person(), knows=" ")
    with pytest.raises(NoPerson):
        people.vouch(
            country=town.country, enrolment=made.id, number="100000000000", knows="x", asker=ENROLLER, at=town.at
        )


def test_nobody_vouches_for_a_crowd(town):
    amina = town.person()
    for at in range(12):
        vouch(town, enrol(town, form(town, f"Sufia{'abcdefghijkl'[at]}", documents=())), amina)
    with pytest.raises(NotAllowed, match="too often"):
        vouch(town, enrol(town, form(town, "Last", documents=())), amina)
    town.later(days=366)
    assert vouch(town, enrol(town, form(town, "Later", documents=())), amina).vouched == 1


def test_who_may_be_somebody_known_waits_for_a_human_who_did_not_enrol_them(town):
    amina = town.person(**FULL)
    again = form(town, "আমিনা", "রহমান", contacts=FULL["contacts"])
    made = enrol(town, again)
    assert made.state == EnrolmentState.COMPARING
    pair = people.pairs()[0]
    assert pair.other == amina
    with pytest.raises(NotAllowed, match="Who enrolled"):
        decide(town, pair, same=True, asker=Asker("mina", "find-a-double", "pair", frozenset({Role.ADJUDICATOR})))
    with pytest.raises(BadRecord, match="Words"):
        decide(town, pair, same=True, words=" ")
    assert decide(town, pair, same=True).state == PairState.SAME
    linked = people.enrolment(id=made.id)
    assert (linked.state, linked.person) == (EnrolmentState.LINKED, amina)
    assert Person.objects.count() == 1


def test_who_is_somebody_else_gets_a_record(town):
    town.person(**FULL)
    made = enrol(town, form(town, "Amina", "Rahman"))
    decide(town, people.pairs()[0], same=False)
    assert people.enrolment(id=made.id).state == EnrolmentState.ACCEPTED
    assert Person.objects.count() == 2


def test_comparing_shows_both_and_both_owners_see_it(town):
    amina = town.person(**FULL)
    enrol(town, form(town, "Amina", "Rahman"))
    pair = people.pairs()[0]
    _, new, known = people.compare_pair(country=town.country, pair=pair.id, asker=ADJUDICATOR, at=town.later(minutes=1))
    assert (str(new.names[0]), known.name) == ("Amina Rahman", "Amina Rahman")
    assert known.needs is None
    assert town.looks(amina)[0].who == "adam"
    with pytest.raises(NotAllowed):
        people.compare_pair(country=town.country, pair=pair.id, asker=ENROLLER, at=town.at)


def test_two_records_are_joined_by_two_humans_and_parted_again(town):
    first = town.person(**FULL)
    second = town.person("Amena", "Rahman", contacts=(*FULL["contacts"],))
    karim = town.person("Karim", "Sarkar", birth=people.Birth(people.BirthDate(1990, 1, 1)))
    mandate = town.mandate(second, karim)
    assert people.find_doubles(country=town.country, at=town.later(minutes=1)) == 1
    assert people.find_doubles(country=town.country, at=town.later(minutes=1)) == 0
    pair = people.pairs()[0]
    decide(town, pair, same=True)
    with pytest.raises(NotAllowed, match="Two people join"):
        people.confirm_pair(country=town.country, pair=pair.id, asker=ADJUDICATOR, at=town.at)
    people.confirm_pair(country=town.country, pair=pair.id, asker=SECOND, at=town.later(minutes=1))
    assert town.my_data(second).id == first
    assert {one.id for one in people.mandates_of(person=first)} == {mandate.id}
    assert (
        people.act_for(
            country=town.country, agent=karim, principal=first, scope="pensions", at=town.later(minutes=1)
        ).id
        == first
    )
    people.part_pair(
        country=town.country, pair=pair.id, words="They met at the market.", asker=SECOND, at=town.later(minutes=1)
    )
    assert (town.my_data(second).id, town.my_data(second).state) == (second, State.ACTIVE)
    assert {one.id for one in people.mandates_of(person=first)} == set()
    assert [one.value for one in town.my_data(second).contacts] == ["+999123456", "amina@example.org"]
    assert people.pairs(state=PairState.DIFFERENT)[0].id == pair.id


def test_people_are_found_by_name_in_another_script_and_by_year(town):
    amina = town.person()
    town.person("Karim", "Sarkar")

    def found(text, year=None, asker=ENROLLER):
        at = town.later(minutes=1)
        return [one.id for one in people.search(country=town.country, text=text, asker=asker, at=at, year=year)]

    assert found("amina") == found("আমিনা") == found("أمينة رحمان") == found("Rahmann Amina") == [amina]
    assert found("amina", 1961) == [amina]
    assert found("amina", 1990) == []
    assert found("nobody") == []
    assert town.looks(amina)[0].how == "found"
    with pytest.raises(NotAllowed, match="not searched"):
        found("amina", asker=Asker("omar", "decide-a-benefit", "3"))
    with pytest.raises(BadRecord, match="no name"):
        found("12")


@pytest.mark.parametrize("name", ["Amin\u0430", "\u0410mina", "Amina\u03bf", "Am1na", "Amina<script>", "\u202e"])
def test_names_that_only_look_right_are_refused(town, name):
    with pytest.raises(BadRecord):
        enrol(town, form(town, name, ""))


def test_invisible_signs_go_and_joiners_that_a_script_needs_stay(town):
    made = enrol(town, form(town, "Am\u202ei\u200bna", "O\u2019Neil-Śmith"))
    assert town.my_data(made.person).name == "Amina O\u2019Neil-Śmith"
    persian = enrol(town, form(town, "مهدی\u200cزاده", ""))
    assert "\u200c" in town.my_data(persian.person).names[0].given


def test_a_child_has_who_came_along_as_guardian_until_it_is_grown_up(town):
    mother = town.person()
    child = replace(form(town, "Noor", birth=people.Birth(people.BirthDate(2020, 2, 29))), guardian=mother)
    made = enrol(town, child)
    seen = people.act_for(country=town.country, agent=mother, principal=made.person, scope="school", at=town.at)
    assert seen.name == "Noor Begum"
    mandate = people.mandates_of(person=made.person)[0]
    assert str(mandate.until) == "2038-02-28"


# ------------------------------------------------------------------ tablets


def device(town, code="tablet-1", key=KEY):
    return people.add_device(
        code=code, holder="Mina", public=key.public_key().public_bytes_raw(), until=AT.date() + timedelta(days=90),
        by="rita", at=AT,
    )  # fmt: skip


def packet(form, sequence=1, *, id=None, key=KEY, device="tablet-1", at=AT):
    return packets.make_packet(
        form, key, people.server_key(), id=id or uuid4(), device=device, sequence=sequence, operator="mina", at=at
    )


def receive(town, raw):
    return people.receive_packet(country=town.country, packet=raw, at=town.later(minutes=1))


def test_packets_come_in_any_order_any_number_of_times_and_gaps_are_shown(town):
    device(town)
    made = [
        packet(form(town, given, family, birth=people.Birth(people.BirthDate(1950 + at))), at)
        for at, (given, family) in enumerate(
            (("Sufia", "Begum"), ("Rahim", "Molla"), ("Jorina", "Khatun"), ("Tapan", "Das")), 1
        )
    ]
    for raw in (made[3], made[0], made[0], made[3]):
        receive(town, raw)
    assert people.enrolment_devices()[0].missing == (2, 3)
    assert receive(town, made[0]).again
    receive(town, made[2])
    receive(town, made[1])
    assert people.enrolment_devices()[0].missing == ()
    assert Person.objects.count() == 4
    assert {one.operator for one in people.enrolments()} == {"mina (tablet-1)"}


def test_nothing_personal_can_be_read_in_a_packet(town):
    raw = packet(form(town, "Shahnaz", "Kowalczyk", **FULL))
    for word in (b"Shahnaz", b"Kowalczyk", b"1961", b"999123456"):
        assert word not in raw


def test_a_packet_that_was_altered_copied_or_comes_from_a_stranger_is_refused(town):
    device(town)
    raw = packet(form(town))
    with pytest.raises(BadPacket, match="not signed by its device"):
        receive(town, raw.replace(b'"sequence":1', b'"sequence":7'))
    with pytest.raises(BadPacket, match="not signed"):
        receive(town, packet(form(town), key=Ed25519PrivateKey.generate()))
    with pytest.raises(BadPacket, match="not known"):
        receive(town, packet(form(town), device="tablet-9"))
    receive(town, raw)
    with pytest.raises(BadPacket, match="Another packet has this number"):
        receive(town, packet(form(town, "Karim")))
    assert Person.objects.count() == 1


def test_a_lost_tablet_makes_nothing_any_more_but_what_it_sent_is_still_answered(town):
    device(town)
    first = packet(form(town))
    receive(town, first)
    people.end_device(code="tablet-1", at=town.later(minutes=1))
    assert receive(town, first).again
    with pytest.raises(BadPacket, match="was ended"):
        receive(town, packet(form(town, "Karim"), 2))


def test_a_wrong_clock_is_told_and_loses_nothing(town):
    device(town)
    receive(town, packet(form(town), at=AT + timedelta(days=400)))
    assert people.enrolments()[0].is_clock_wrong


def test_a_wrong_record_in_a_packet_is_told_and_can_be_sent_again_mended(town):
    device(town)
    with pytest.raises(BadRecord, match="future"):
        receive(town, packet(form(town, birth=people.Birth(people.BirthDate(2090)))))
    assert receive(town, packet(form(town))).state == EnrolmentState.ACCEPTED


@given(st.binary(max_size=300))
def test_rubbish_is_refused_in_words(raw):
    with pytest.raises(BadPacket):
        packets.read_packet(raw)
    with pytest.raises(BadRecord):
        forms.read(raw)


@settings(max_examples=60)
@given(
    st.builds(
        people.Form,
        st.builds(
            people.Record,
            st.tuples(st.builds(Name, st.text(min_size=1, max_size=20), st.text(max_size=20), st.just("legal"))),
            sex=st.sampled_from(("female", "male")),
            languages=st.lists(st.sampled_from(("bn", "en")), max_size=2).map(tuple),
        ),
        documents=st.lists(st.text(max_size=10), max_size=3).map(tuple),
    )
)
def test_a_form_comes_back_as_it_was_written(form):
    def plain(text):
        return text.replace("\0", "")

    back = forms.read(forms.written(form))
    assert [plain(one.given) for one in form.record.names] == [one.given for one in back.record.names]
    assert back.documents == tuple(plain(one) for one in form.documents)
