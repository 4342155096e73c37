"""Cases: found, opened for a purpose, decided, and never decided twice."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import connections

from doorstep.channels.desk.tests.conftest import APRIL, MARCH
from doorstep.domains.benefits import api as benefits
from doorstep.domains.benefits.tests.stored import Decision, Entitlement, Look, Notice, Review
from doorstep.domains.benefits.tests.world import BOSS, PROGRAMME, at

CASES = "/en/desk/cases/"
WORDS = "I read the tax letter."

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def the_review(contract="C5"):
    return Review.objects.filter(contract=contract).latest("id")


def seen(review):
    """The mark of the facts that the page of a case shows."""
    return Review.objects.get(pk=review.pk).digest


def decide(client, review, verdict="entitled", words=WORDS, language="en", **more):
    address = f"/{language}/desk/cases/{review.pk}/decide/"
    return client.post(address, {"verdict": verdict, "words": words, "seen": seen(review), **more})


def test_the_list_shows_what_waits_without_the_person(unclear, desk):
    html = desk().get(CASES).content.decode()
    assert "C5" in html
    assert "PC5" not in html
    assert "In all: 1" in html
    assert not Look.objects.exists()


def test_the_list_is_searched_filtered_and_turned(unclear, desk):
    for number in range(30):
        unclear.add(f"X{number:02}", income=None)
    unclear.add("Y1", power_kva="", income="100.00")
    unclear.run(APRIL)
    client = desk()

    def found(query):
        return re.findall(r"<bdi>([CXY]\d+)</bdi></a>", client.get(f"{CASES}?{query}").content.decode())

    assert len(found("search=X")) == 25
    assert found("search=X&page=2") == [f"X{number:02}" for number in range(25, 30)]
    assert found("search=X&page=99") == found("search=X&page=2")
    assert found("page=nonsense")[0] == "C5"
    assert found("reason=small_connection") == ["Y1"]
    assert found(f"area={unclear.commune}&search=Y") == ["Y1"]
    assert found("area=nowhere") == []
    assert found("search=%00") == found("")
    html = client.get(f"{CASES}?area=nowhere").content.decode()
    assert "No case fits" in html
    assert "search=X&amp;page=2" in client.get(f"{CASES}?search=X").content.decode()


def test_a_purpose_is_asked_once_then_stated_and_the_person_sees_the_look(unclear, desk):
    client, review = desk(purposes=False), the_review()
    address = f"{CASES}{review.pk}/"
    asked = client.get(address)
    assert asked.status_code == 302
    assert not Look.objects.exists(), "nothing was shown yet"
    page = client.get(asked["Location"])
    assert "For what do you open" in page.content.decode()
    wrong = client.post("/en/desk/purpose/cases/", {"purpose": "curiosity", "next": address})
    assert wrong.status_code == 422
    onward = client.post("/en/desk/purpose/cases/", {"purpose": "mend-the-data", "next": address})
    assert onward["Location"] == address
    html = client.get(address).content.decode()
    assert "To mend data about you" in html
    assert "PC5" in html
    look = Look.objects.get()
    assert (look.contract, look.who, look.purpose) == ("C5", "Rui Clerk (rui)", "mend-the-data")
    assert client.get("/en/desk/purpose/secrets/").status_code == 404


def test_an_unknown_fact_is_marked(unclear, desk):
    html = desk().get(f"{CASES}{the_review().pk}/").content.decode()
    assert re.search(r'class="gap"><dt>[^<]*</dt><dd><strong class="status no">not known', html)


def test_a_yes_starts_the_entitlement_and_sends_the_words(unclear, desk):
    client, review = desk(), the_review()
    sure = decide(client, review)
    assert sure.status_code == 200
    assert "Is this right?" in sure.content.decode()
    assert "It starts on the first day of next month" in sure.content.decode()
    assert the_review().state == "open", "nothing happens before it is confirmed"
    done = decide(client, review, sure="yes")
    assert done.status_code == 302
    page = client.get(done["Location"]).content.decode()
    assert "You decided: yes" in page
    row = Entitlement.objects.get(contract="C5")
    assert (row.state, row.from_date, row.reason) == ("active", date(2026, 4, 1), "decided_by_person")
    letter = Notice.objects.get(decision__entitlement=row)
    assert letter.language == "pt"
    html = client.get(f"/en/desk/letters/{letter.pk}/").content.decode()
    assert WORDS in html
    assert 'lang="pt"' in html


def test_changing_ones_mind_keeps_what_was_written(unclear, desk):
    page = decide(desk(), the_review(), change="yes")
    assert page.status_code == 200
    assert WORDS in page.content.decode()
    assert 'value="entitled" id="verdict" checked' in page.content.decode()
    assert the_review().state == "open"


@pytest.mark.parametrize(
    ("verdict", "words", "wrong"),
    [("", WORDS, {"verdict"}), ("perhaps", WORDS, {"verdict"}), ("entitled", " \0 ", {"words"}),
     ("", "", {"verdict", "words"}), ("entitled", "x" * 5001, {"words"})],
)  # fmt: skip
def test_an_answer_that_cannot_be_used_is_asked_again(unclear, desk, verdict, words, wrong):
    response = decide(desk(), the_review(), verdict, words, sure="yes")
    assert response.status_code == 422
    assert response.context["wrong"].keys() == wrong
    assert 'role="alert"' in response.content.decode()
    assert the_review().state == "open"


def test_whoever_waits_or_is_refused_gets_a_letter(unclear, desk, clock):
    client = desk()
    page = decide(client, the_review(), "waiting").content.decode()
    assert "what is missing, who can mend it, and that nothing is refused" in page
    assert decide(client, the_review(), "waiting", sure="yes").status_code == 302
    unclear.add("C6")
    unclear.run(APRIL)
    clock(at(APRIL))
    client = desk()
    page = client.get(f"{CASES}{the_review().pk}/").content.decode()
    assert "Does not have it; was told that it waits" in page
    assert "no second one goes out" in page
    page = decide(client, the_review(), "not_entitled").content.decode()
    assert "A letter with your words goes out, with time to object" in page
    assert decide(client, the_review(), "not_entitled", sure="yes").status_code == 302
    kinds = Notice.objects.filter(decision__entitlement__contract="C5").order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["waiting", "refused"]
    page = client.get(f"{CASES}{the_review().pk}/").content.decode()
    assert "It does not start" in page
    assert "I read the tax letter." in page


def test_a_case_names_the_registers_where_something_is_missing(unclear, desk):
    page = desk().get(f"{CASES}{the_review().pk}/").content.decode()
    missing = page[page.index("Where to look") : page.index("The contract<")]
    assert "Households and taxable income" in missing
    assert "Taxable income in a year" in missing
    assert "Tax Office" in missing
    assert "Electricity and gas contracts" not in missing


def test_a_no_ends_what_runs_only_after_a_letter(unclear, desk, clock):
    unclear.earns("C1", None)
    unclear.run(APRIL)
    clock(at(APRIL))
    client = desk()
    page = decide(client, the_review("C1"), "not_entitled").content.decode()
    assert "First a letter with your words goes out" in page
    decide(client, the_review("C1"), "not_entitled", sure="yes")
    row = Entitlement.objects.get(contract="C1")
    assert (row.state, row.to_date) == ("ending", date(2026, 5, 31))
    assert Notice.objects.filter(decision__entitlement=row, kind="ending").count() == 1


def test_while_the_programme_is_off_nothing_is_taken_away(unclear, desk):
    review, client = the_review(), desk()
    benefits.switch(country=unclear.country, programme=PROGRAMME, on=False, officer=BOSS, why="Stop.", now=at(MARCH))
    html = client.get(f"{CASES}{review.pk}/").content.decode()
    assert 'value="not_entitled"' not in html
    assert "No cannot be chosen" in html
    refused = decide(client, review, "not_entitled", sure="yes")
    assert refused.status_code == 409
    assert the_review().state == "open"
    assert decide(client, review, sure="yes").status_code == 302


def test_the_same_answer_sent_twice_is_done_once(unclear, desk):
    client, review = desk(), the_review()
    first, second = decide(client, review, sure="yes"), decide(client, review, sure="yes")
    assert first["Location"] == second["Location"]
    assert Decision.objects.filter(entitlement__contract="C5").count() == 1
    assert Notice.objects.filter(decision__entitlement__contract="C5").count() == 1


def test_who_comes_second_is_told_who_was_first_and_keeps_their_words(unclear, desk):
    review = the_review()
    decide(desk(), review, sure="yes")
    late = decide(desk("mina"), review, "not_entitled", "I say no.", sure="yes")
    assert late.status_code == 409
    html = late.content.decode()
    assert "Rui Clerk (rui) was there before you" in html
    assert "I say no." in html
    assert Entitlement.objects.get(contract="C5").state == "active"


@pytest.mark.django_db(transaction=True)
def test_two_officers_at_the_same_moment_decide_once(unclear, desk):
    review, barrier = the_review(), Barrier(2)
    clients = [desk("rui"), desk("mina")]

    def go(client, verdict):
        barrier.wait(timeout=20)
        try:
            return decide(client, review, verdict, f"From {verdict}.", sure="yes").status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        codes = [future.result() for future in [pool.submit(go, c, "entitled") for c in clients]]
    assert sorted(codes) == [302, 409]
    assert Entitlement.objects.filter(contract="C5").count() == 1
    assert Notice.objects.filter(decision__entitlement__contract="C5").count() == 1


def test_a_case_that_a_later_run_decided_says_so(unclear, desk):
    review, client = the_review(), desk()
    unclear.earns("C5", "100.00")
    unclear.run(APRIL)
    assert "A later run could decide it" in client.get(f"{CASES}{review.pk}/").content.decode()
    assert decide(client, review, sure="yes").status_code == 409


def test_the_next_case_comes_from_the_same_list(unclear, desk):
    unclear.add("X1", income=None)
    unclear.run(APRIL)
    client = desk()
    assert client.get(f"{CASES}next/?search=X")["Location"] == f"{CASES}{the_review('X1').pk}/?search=X"
    done = decide(client, the_review("X1"), sure="yes")
    assert done.status_code == 302
    assert client.get(f"{CASES}next/?search=X")["Location"] == f"{CASES}?search=X"
    assert client.get(f"{CASES}next/")["Location"] == f"{CASES}{the_review().pk}/"


def test_a_case_that_is_not_there(unclear, desk):
    assert desk().get(f"{CASES}999999/").status_code == 404
    assert desk().get(f"{CASES}{10**30}/").status_code == 404
    assert desk().get(f"{CASES}{the_review().pk}/decide/").status_code == 405


def test_an_answer_to_facts_that_a_run_has_changed_is_shown_the_new_ones(unclear, desk):
    client, review = desk(), the_review()
    old = seen(review)
    unclear.contracts["C5"]["power_kva"] = ""
    unclear.run(APRIL)
    for more in ({}, {"sure": "yes"}):
        page = decide(client, review, verdict="not_entitled", seen=old, **more)
        assert page.status_code == 409
        assert "What is known has changed" in page.content.decode()
        assert WORDS in page.content.decode(), "what was written is not lost"
    assert the_review().state == "open"
    assert decide(client, review, sure="yes").status_code == 302
