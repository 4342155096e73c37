"""What people may ask about their data, and what goes by itself."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from doorstep.domains.people import api as people
from doorstep.domains.people.models import Access, Change
from doorstep.domains.people.tests.conftest import FULL, OFFICER, REGISTRAR
from doorstep.domains.people.types import Asker, BadRecord, Name, NoPerson, NotAllowed, NotNow, Role, State
from doorstep.engines.evidence.models import Salt

PROTECTION = Asker("dora", "answer-your-request", "request", frozenset({Role.PROTECTION}))


def ask(town, person, kind="erase", text="Please erase it.", **more):
    return people.ask(
        country=town.country, person=person, kind=kind, text=text, channel="web", at=town.later(minutes=1), **more
    )


def answer(town, request, *, done=True, words="It is done."):
    return people.answer_request(
        country=town.country, request=request.uid, asker=PROTECTION, done=done, words=words, at=town.later(days=1)
    )


def test_a_request_has_a_clock_and_is_answered_with_words(town):
    person = town.person()
    request = ask(town, person, "object", "I do not want to be told of courses.")
    assert request.due == town.at.date() + timedelta(days=30)
    assert [one.uid for one in people.open_requests()] == [request.uid]
    assert people.open_requests()[0].text == ""
    opened = people.open_request(country=town.country, request=request.uid, asker=PROTECTION, at=town.at)
    assert opened.text == "I do not want to be told of courses."
    assert town.looks(person)[0].who == "dora"
    with pytest.raises(BadRecord, match="words"):
        answer(town, request, words=" ")
    answer(town, request, done=False, words="The law asks for it.")
    mine = people.requests_of(person=person)[0]
    assert (mine.state, mine.answer, mine.answered_by) == ("refused", "The law asks for it.", "dora")
    with pytest.raises(NotNow, match="is answered"):
        answer(town, request)
    assert people.open_requests() == ()


def test_asking_twice_is_asking_once(town):
    person = town.person()
    assert ask(town, person).uid == ask(town, person).uid
    assert len(people.requests_of(person=person)) == 1


def test_a_request_is_prolonged_once_with_a_reason(town):
    request = ask(town, town.person())
    longer = people.prolong_request(
        country=town.country, request=request.uid, asker=PROTECTION, why="Three registers must be asked.", at=town.at
    )
    assert longer.due == request.due + timedelta(days=60)
    with pytest.raises(NotNow):
        people.prolong_request(country=town.country, request=request.uid, asker=PROTECTION, why="More.", at=town.at)


def test_somebody_without_the_role_does_not_open_a_request(town):
    request = ask(town, town.person())
    with pytest.raises(NotAllowed):
        people.open_request(
            country=town.country, request=request.uid, asker=Asker("omar", "answer-your-request", "1"), at=town.at
        )


def test_restricting_starts_at_once_and_ends_with_the_answer(town):
    person = town.person()
    request = ask(town, person, "restrict", "It is wrong.")
    with pytest.raises(NotAllowed, match="restricted"):
        town.read(person)
    answer(town, request)
    assert town.read(person).name == "Amina Rahman"


def test_another_answer_does_not_end_a_records_rest(town):
    person = town.person()
    ask(town, person, "restrict", "It is wrong.")
    answer(town, ask(town, person, "object", "No courses."))
    with pytest.raises(NotAllowed, match="restricted"):
        town.read(person)


def test_what_no_law_holds_is_erased_and_the_rest_is_explained(town):
    person = town.person(**FULL)
    held = {one.category for one in people.holds(country=town.country, person=person, today=town.at.date())}
    assert held == {"names", "birth", "sex", "status", "address"}
    answer(town, ask(town, person))
    left = town.my_data(person)
    assert left.name == "Amina Rahman"
    assert left.needs == left.languages == left.contacts == ()


def test_an_export_holds_everything_and_nothing_of_others(town):
    amina, karim = town.person(**FULL), town.person("Karim", "Sarkar")
    town.mandate(amina, karim)
    ask(town, amina, "correct", "My street is wrong.")
    town.read(amina)
    told = people.export(country=town.country, person=amina, language="en", at=town.at)
    assert told["record"]["names"] == [["Amina", "Rahman", "legal", "Latn"]]
    assert told["contacts"][0] == ["phone", "+999123456"]
    assert told["mandates"][0]["kind"] == "delegate"
    assert {one["who"] for one in told["looks"]} >= {"omar", "mina", "rita"}
    assert told["requests"][0]["text"] == "My street is wrong."
    assert "Sarkar" not in str(told)


def test_a_consent_has_a_receipt(town):
    person = town.person()
    given = people.give_consent(
        country=town.country, person=person, purpose="tell-you-of-courses", by="the person", how="screen", at=town.at
    )
    again = people.give_consent(
        country=town.country, person=person, purpose="tell-you-of-courses", by="the person", how="paper", at=town.at
    )
    assert again.uid == given.uid
    told = people.consent_receipt(country=town.country, person=person, consent=given.uid, language="pt")
    assert told["receipt_metadata"]["schema_version"] == "ISO/IEC TS 27560:2023"
    assert told["event_schema"]["state"] == "given"
    people.withdraw_consent(country=town.country, person=person, purpose="tell-you-of-courses", by="her", at=town.at)
    told = people.consent_receipt(country=town.country, person=person, consent=given.uid, language="pt")
    assert [event["event_state"] for event in told["event_schema"]["events"]] == ["given", "withdrawn"]
    with pytest.raises(NoPerson):
        people.consent_receipt(country=town.country, person=town.person("Eve"), consent=given.uid, language="en")
    with pytest.raises(BadRecord, match="Nobody is asked"):
        people.give_consent(
            country=town.country, person=person, purpose="decide-a-benefit", by="her", how="screen", at=town.at
        )


def test_the_dead_are_forgotten_when_their_time_is_over(town):
    person = town.person(**FULL)
    town.change(person, "needs", ("more-time",), version=1)
    people.record_death(country=town.country, person=person, on=date(2026, 11, 1), asker=REGISTRAR, at=town.at)
    leaves = list(Access.objects.filter(person=person).values_list("leaf", flat=True))
    assert people.purge(country=town.country, at=town.later(days=2 * 366)).categories == 1  # needs, after a year
    assert town.my_data(person).needs == ()
    assert Change.objects.get(person=person, category="needs").before is None
    assert town.my_data(person).name == "Amina Rahman"
    people.purge(country=town.country, at=town.later(days=101 * 366))
    with pytest.raises(NoPerson):
        town.my_data(person)
    assert not Salt.objects.filter(leaf__in=leaves).exists()
    assert people.purge(country=town.country, at=town.later(days=1)).categories == 0


def test_the_living_are_never_purged(town):
    person = town.person(**FULL)
    people.purge(country=town.country, at=town.later(days=200 * 366))
    town.at -= timedelta(days=200 * 366)
    assert town.my_data(person).state == State.ACTIVE
    assert town.my_data(person).status.code == "refugee"


def test_who_looks_more_than_others_stands_out(town):
    crowd = [town.person(given) for given in ("Amina", "Karim", "Noor", "Salma", "Rafi")]
    for person in crowd:
        town.read(person, Asker("nosy", "decide-a-benefit", "no case really"))
    for who in ("omar", "olga", "otto"):
        town.read(crowd[0], Asker(who, "decide-a-benefit", "review 3"))
    told = {
        one.who: one for one in people.officers_looks(since=town.at - timedelta(days=1), until=town.later(minutes=1))
    }
    assert told["nosy"].people == 5
    assert told["nosy"].times_usual > 2 * told["omar"].times_usual


def test_a_breach_has_a_clock_and_those_concerned_read_of_it(town):
    amina, karim = town.person(), town.person("Karim")
    with pytest.raises(BadRecord, match="what they can do"):
        people.note_breach(
            what="A tablet was stolen.", categories=["names"], people=[amina], is_high_risk=True, found_at=town.at,
            by="dora", advice="", at=town.at,
        )  # fmt: skip
    noted = people.note_breach(
        what="A tablet was stolen.", categories=["names"], people=[amina], is_high_risk=True, found_at=town.at,
        by="dora", advice="Ask for a new card.", at=town.at,
    )  # fmt: skip
    assert noted.due_at == noted.found_at + timedelta(hours=72)
    assert people.breaches_of(person=amina) == ()
    people.tell_people(breach=noted.id, at=town.at)
    assert people.breaches_of(person=amina)[0].advice == "Ask for a new card."
    assert people.breaches_of(person=karim) == ()
    assert people.tell_authority(breach=noted.id, reference="DPA-7", at=town.at).authority_told_at == town.at


def test_a_data_key_is_changed_and_everything_still_opens(town, settings):
    person = town.person(**FULL)
    request = ask(town, person, "correct", "My street is wrong.")
    town.change(person, "names", (Name("Amina", "Karim"),), version=1)
    number = town.my_data(person).number
    old = settings.DATA_KEY
    settings.DATA_KEY, settings.OLD_DATA_KEYS = "another data key of more than thirty-two signs", [old]
    assert people.id_of_number(number=number) == person
    assert people.reseal() > 0
    assert people.reseal() == 0
    settings.OLD_DATA_KEYS = []
    assert town.my_data(person).name == "Amina Karim"
    assert people.id_of_number(number=number) == person
    assert people.requests_of(person=person)[0].uid == request.uid
    people.undo(
        country=town.country, person=person, change=people.changes(person=person)[0].id, asker=REGISTRAR,
        why="It was right before.", at=town.at,
    )  # fmt: skip
    assert town.read(person, OFFICER).name == "Amina Rahman"
