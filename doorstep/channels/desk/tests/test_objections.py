"""Objections: those due first, answered with words, and never twice."""

from __future__ import annotations

import re
from datetime import date

import pytest

from doorstep.channels.desk.tests.conftest import APRIL, MARCH
from doorstep.domains.benefits import api as benefits
from doorstep.domains.benefits.tests.stored import Decision, Entitlement, Look, Notice, Objection, reference_of
from doorstep.domains.benefits.tests.world import at

OBJECTIONS = "/en/desk/objections/"
WORDS = "Your income was read wrongly."

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def object_to(contract, day, text="My income is lower."):
    decision = Decision.objects.filter(entitlement__contract=contract).latest("id")
    view = benefits.object_to(
        reference=reference_of(decision.pk), contract_id=contract, text=text, who="person:1", now=at(day)
    )
    return Objection.objects.get(pk=view.id)


def answer(client, row, verdict="upheld", words=WORDS, **more):
    return client.post(f"{OBJECTIONS}{row.pk}/answer/", {"verdict": verdict, "words": words, **more})


@pytest.fixture
def ending(world, clock):
    """C1's ending was announced in April, and its holder objects."""
    world.run(MARCH)
    world.earns("C1", "80000.00")
    world.run(APRIL)
    clock(at(APRIL))
    return object_to("C1", APRIL)


def test_those_due_first_stand_first_with_the_days_left(ending, desk, clock):
    later = object_to("C2", MARCH, "Too little.")
    Objection.objects.filter(pk=later.pk).update(due=date(2026, 4, 1))
    html = desk().get(OBJECTIONS).content.decode()
    assert html.index("<bdi>C2") < html.index("<bdi>C1")
    assert "Late" in html
    assert re.search(r">30\s*</td>", html)
    assert "My income is lower" not in html, "a list shows no more than it must"
    assert "No objection fits" in desk().get(f"{OBJECTIONS}?search=Z").content.decode()


def test_one_objection_shows_words_decision_and_facts_and_leaves_one_look(ending, desk):
    html = desk().get(f"{OBJECTIONS}{ending.pk}/").content.decode()
    assert "My income is lower." in html
    assert "EUR 80,000.00" in html
    assert "It is going to end" in html
    looks = Look.objects.filter(who="Rui Clerk (rui)")
    assert [look.purpose for look in looks] == ["answer-an-objection"]


def test_an_upheld_objection_restores_and_a_letter_says_why(ending, desk):
    client = desk()
    page = answer(client, ending).content.decode()
    assert "as if it had never been ended" in page
    assert Objection.objects.get().state == "pending"
    done = answer(client, ending, sure="yes")
    assert done.status_code == 302
    assert "Answered" in client.get(done["Location"]).content.decode()
    row = Entitlement.objects.get(contract="C1")
    assert (row.state, row.to_date) == ("active", None)
    letter = Notice.objects.get(kind="objection_upheld")
    assert WORDS in client.get(f"/en/desk/letters/{letter.pk}/").content.decode()


def test_a_rejected_objection_ends_no_earlier_than_this_month(ending, desk):
    client = desk()
    assert "not before the end of this month" in answer(client, ending, "rejected").content.decode()
    assert answer(client, ending, "rejected", sure="yes").status_code == 302
    assert Entitlement.objects.get(contract="C1").state == "ending"
    assert Notice.objects.filter(kind="objection_rejected").count() == 1


def test_an_objection_to_a_grant_says_that_the_data_must_be_mended(world, desk):
    world.run(MARCH)
    row = object_to("C2", MARCH)
    assert "The data must be mended at their register" in answer(desk(), row).content.decode()


def test_sent_twice_is_answered_once_and_who_comes_second_is_told(ending, desk):
    client = desk()
    assert answer(client, ending, sure="yes")["Location"] == answer(client, ending, sure="yes")["Location"]
    assert Notice.objects.filter(kind="objection_upheld").count() == 1
    late = answer(desk("mina"), ending, "rejected", "No.", sure="yes")
    assert late.status_code == 409
    assert "Rui Clerk (rui) was there before you" in late.content.decode()


@pytest.mark.parametrize(("verdict", "words"), [("", WORDS), ("maybe", WORDS), ("upheld", " "), ("pending", WORDS)])
def test_an_answer_that_cannot_be_used_is_asked_again(ending, desk, verdict, words):
    assert answer(desk(), ending, verdict, words, sure="yes").status_code == 422
    assert Objection.objects.get().state == "pending"


def test_the_purpose_is_asked_first(ending, desk):
    client = desk(purposes=False)
    assert "/purpose/objections/" in client.get(f"{OBJECTIONS}{ending.pk}/")["Location"]
    assert answer(client, ending, sure="yes").status_code == 302
    assert Objection.objects.get().state == "pending"
