"""Households over time, and who may act for whom."""

from __future__ import annotations

import pytest

from doorstep.domains.people import api as people
from doorstep.domains.people.tests.conftest import REGISTRAR
from doorstep.domains.people.types import BadRecord, NoPerson, NotAllowed


def move_in(town, person, household=None, **how):
    return people.move_in(
        country=town.country, person=person, household=household, asker=REGISTRAR, at=town.later(days=1), **how
    )


def test_a_household_remembers_who_lived_in_it_when(town):
    amina, karim = town.person(), town.person("Karim")
    home = move_in(town, amina)
    move_in(town, karim, home)
    together = town.at
    other = move_in(town, karim)
    assert people.members(household=home, at=together) == [amina, karim]
    assert people.members(household=home, at=town.at) == [amina]
    assert people.members(household=other, at=town.at) == [karim]
    assert people.household_of(person=karim, at=together) == home
    assert people.household_of(person=karim, at=town.at) == other
    people.move_out(country=town.country, person=karim, asker=REGISTRAR, at=town.later(days=1))
    assert people.household_of(person=karim, at=town.later(days=1)) is None


def test_moving_in_twice_changes_nothing_and_a_household_has_one_head(town):
    amina, karim = town.person(), town.person("Karim")
    home = move_in(town, amina)
    move_in(town, karim, home)
    move_in(town, karim, home, is_head=True)
    assert people.members(household=home, at=town.later(days=1)) == [karim, amina]
    assert town.my_data(amina).members == (karim,)


def test_nobody_moves_into_a_household_that_is_not_there(town):
    amina = town.person()
    with pytest.raises(NoPerson, match="no such household"):
        move_in(town, amina, amina)


def test_a_delegate_acts_in_what_was_given_and_the_person_sees_it(town):
    amina, karim = town.person(needs=("more-time",)), town.person("Karim")
    town.mandate(amina, karim)
    seen = people.act_for(country=town.country, agent=karim, principal=amina, scope="pensions", at=town.later(hours=1))
    assert seen.name == "Amina Rahman"
    assert seen.needs is None
    assert town.looks(amina)[0].how == "mandate"
    with pytest.raises(NotAllowed, match="covers something else"):
        people.act_for(country=town.country, agent=karim, principal=amina, scope="health", at=town.at)
    with pytest.raises(NotAllowed):
        people.act_for(country=town.country, agent=amina, principal=karim, scope="pensions", at=town.at)


def test_a_guardian_whose_mandate_ended_is_refused(town):
    child, aunt = town.person("Noor"), town.person("Salma")
    mandate = town.mandate(child, aunt, kind="guardian", days=10)
    town.later(days=11)
    with pytest.raises(NotAllowed, match="has ended"):
        people.act_for(country=town.country, agent=aunt, principal=child, scope="pensions", at=town.at)
    longer = town.mandate(child, aunt, kind="guardian", days=None)
    with pytest.raises(NotAllowed, match="ended by who gave it"):
        people.end_mandate(country=town.country, mandate=longer.id, asker=REGISTRAR, at=town.at, by=aunt)
    people.end_mandate(country=town.country, mandate=longer.id, asker=REGISTRAR, at=town.at)
    with pytest.raises(NotAllowed):
        people.act_for(country=town.country, agent=aunt, principal=child, scope="pensions", at=town.at)
    assert {one.id for one in people.mandates_of(person=child)} == {mandate.id, longer.id}


def test_the_person_ends_a_delegates_mandate_at_once_and_a_stranger_cannot(town):
    amina, karim, eve = town.person(), town.person("Karim"), town.person("Eve")
    mandate = town.mandate(amina, karim)
    with pytest.raises(NoPerson):
        people.end_mandate(country=town.country, mandate=mandate.id, asker=REGISTRAR, at=town.at, by=eve)
    for _ in range(2):
        people.end_mandate(country=town.country, mandate=mandate.id, asker=REGISTRAR, at=town.at, by=amina)
    with pytest.raises(NotAllowed):
        people.act_for(country=town.country, agent=karim, principal=amina, scope="pensions", at=town.at)


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        ({"days": 400}, "within a year"),
        ({"days": None}, "within a year"),
        ({"days": -3}, "before it begins"),
        ({"scopes": ()}, "what for"),
    ],
)
def test_a_mandate_that_cannot_be_is_refused(town, wrong, what):
    amina, karim = town.person(), town.person("Karim")
    with pytest.raises(BadRecord, match=what):
        town.mandate(amina, karim, **wrong)


def test_nobody_is_their_own_delegate(town):
    amina = town.person()
    with pytest.raises(BadRecord, match="own delegate"):
        town.mandate(amina, amina)
