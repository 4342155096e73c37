"""Unknown is never no: a person looks, and their word stands as long as the facts do."""

from __future__ import annotations

from datetime import date

import pytest

from doorstep.domains.benefits import api
from doorstep.domains.benefits.models import Entitlement, Look, Notice, Review
from doorstep.domains.benefits.tests.world import BOSS, CLERK, NOBODY, PROGRAMME, World, at
from doorstep.domains.benefits.types import (
    BadAnswer,
    DecisionKind,
    EntitlementState,
    NotAllowed,
    NotFound,
    RunRefused,
    TooLate,
    Verdict,
)

pytestmark = pytest.mark.slow

MARCH, APRIL, MAY, JUNE = (date(2026, month, 5) for month in (3, 4, 5, 6))


def the_review(contract: str) -> Review:
    return Review.objects.filter(contract=contract).latest("id")


def settle(contract: str, verdict: Verdict, day: date = MARCH) -> None:
    words = "I read the tax letter."
    api.settle_review(id=the_review(contract).pk, officer=CLERK, verdict=verdict, words=words, now=at(day))


@pytest.fixture
def unclear(world: World) -> World:
    """A world with a contract whose holder's income nobody knows."""
    world.add("C5", income=None)
    return world


def test_missing_data_opens_a_review_and_refuses_nothing(unclear: World) -> None:
    assert unclear.run(MARCH).counts.review == 1
    page = api.open_reviews(officer=CLERK, language="en")
    assert [(row.contract_id, row.reason_code) for row in page.items] == [("C5", "low_income")]
    assert page.items[0].person == "", "a list shows no more than it must"
    assert api.review_reasons(officer=CLERK) == {"low_income": 1}
    found = api.review(id=page.items[0].id, officer=CLERK, purpose="decide-a-benefit", language="pt", now=at(MARCH))
    assert found.person == "PC5"
    assert "Nada lhe é recusado" in found.reason
    assert {fact.name for fact in found.facts} >= {"household_income", "ceiling"}
    assert Look.objects.filter(contract="C5", who=CLERK.name, purpose="decide-a-benefit").exists()
    assert not Notice.objects.filter(decision__entitlement__contract="C5").exists()


def test_an_active_entitlement_stays_while_data_are_missing(unclear: World) -> None:
    unclear.run(MARCH)
    unclear.earns("C1", None)
    unclear.run(APRIL)
    assert Entitlement.objects.get(contract="C1").state == "active"
    assert the_review("C1").state == "open"
    unclear.earns("C1", "5000.00")
    unclear.run(MAY)
    assert the_review("C1").state == "resolved"


def test_a_yes_whose_entitlement_has_ended_since_is_asked_again(unclear: World) -> None:
    unclear.run(MARCH)
    settle("C5", Verdict.ENTITLED)
    unclear.earns("C5", "90000.00")
    unclear.run(APRIL)
    unclear.run(JUNE)
    assert Entitlement.objects.get(contract="C5").state == "ended"
    unclear.earns("C5", None)
    unclear.run(date(2026, 7, 5))
    assert the_review("C5").state == "open"
    settle("C5", Verdict.NOT_ENTITLED, date(2026, 7, 6))
    unclear.run(date(2026, 8, 5))
    assert the_review("C5").state == "settled"


def test_an_announced_ending_does_not_happen_on_missing_data(unclear: World) -> None:
    unclear.run(MARCH)
    unclear.earns("C1", "50000.00")
    unclear.run(APRIL)
    unclear.earns("C1", None)
    unclear.run(JUNE)
    assert Entitlement.objects.get(contract="C1").state == "ending"
    assert the_review("C1").state == "open"


def test_a_person_may_grant_and_the_next_runs_leave_it(unclear: World) -> None:
    unclear.run(MARCH)
    settle("C5", Verdict.ENTITLED)
    row = Entitlement.objects.get(contract="C5")
    assert (row.state, row.from_date, row.reason) == ("active", date(2026, 4, 1), "decided_by_person")
    letter = Notice.objects.get(decision__entitlement=row)
    text = api.notice(id=letter.pk, officer=CLERK, purpose="test", now=at(MARCH))
    assert "I read the tax letter." in text.body
    unclear.run(APRIL)
    assert Review.objects.filter(contract="C5").count() == 1, "the same facts are not asked again"
    assert Entitlement.objects.get(contract="C5").state == "active"


def test_a_persons_no_ends_after_notice_although_the_registers_stay_silent(unclear: World) -> None:
    unclear.run(MARCH)
    unclear.earns("C1", None)
    unclear.run(APRIL)
    settle("C1", Verdict.NOT_ENTITLED, APRIL)
    row = Entitlement.objects.get(contract="C1")
    assert (row.state, row.to_date) == ("ending", date(2026, 5, 31))
    unclear.run(MAY)
    assert Entitlement.objects.get(contract="C1").state == "ending"
    unclear.run(JUNE)
    row = Entitlement.objects.get(contract="C1")
    assert (row.state, row.reason) == ("ended", "decided_by_person")
    last = row.decisions.latest("id")
    assert last.words == "I read the tax letter."


def test_waiting_asks_again_next_month(unclear: World) -> None:
    unclear.run(MARCH)
    settle("C5", Verdict.WAITING)
    assert not Review.objects.filter(state="open").exists()
    unclear.add("C6")
    unclear.run(APRIL)
    assert the_review("C5").state == "open"


def test_new_facts_are_asked_about_again(unclear: World) -> None:
    unclear.run(MARCH)
    settle("C5", Verdict.NOT_ENTITLED)
    unclear.contracts["C5"]["power_kva"] = ""
    unclear.run(APRIL)
    assert the_review("C5").state == "open"


def test_a_verdict_needs_words_a_role_and_an_open_review(unclear: World) -> None:
    unclear.run(MARCH)
    id_ = the_review("C5").pk
    with pytest.raises(NotAllowed):
        api.settle_review(id=id_, officer=NOBODY, verdict=Verdict.WAITING, words="x", now=at(MARCH))
    with pytest.raises(BadAnswer):
        api.settle_review(id=id_, officer=CLERK, verdict=Verdict.WAITING, words="  ", now=at(MARCH))
    settle("C5", Verdict.WAITING)
    with pytest.raises(TooLate):
        settle("C5", Verdict.ENTITLED)
    with pytest.raises(NotFound):
        api.settle_review(id=0, officer=CLERK, verdict=Verdict.WAITING, words="x", now=at(MARCH))


def test_nothing_is_taken_away_while_the_programme_is_off(unclear: World) -> None:
    unclear.run(MARCH)
    unclear.earns("C1", None)
    unclear.run(APRIL)
    api.switch(country=unclear.country, programme=PROGRAMME, on=False, officer=BOSS, why="Stop.", now=at(APRIL))
    with pytest.raises(RunRefused):
        settle("C1", Verdict.NOT_ENTITLED, APRIL)
    assert the_review("C1").state == "open"
    settle("C5", Verdict.ENTITLED, APRIL)


def test_the_list_is_searched_filtered_and_paged(unclear: World) -> None:
    for number in range(30):
        unclear.add(f"X{number:02}", income=None)
    unclear.add("Y1", power_kva="", income="100.00")
    unclear.run(MARCH)
    page = api.open_reviews(officer=CLERK, language="ar", search="X", number=2, size=20)
    assert (page.total, page.pages, len(page.items)) == (30, 2, 10)
    assert api.open_reviews(officer=CLERK, language="en", reason="small_connection").total == 1
    assert api.open_reviews(officer=CLERK, language="en", area=unclear.commune).total == 32
    assert api.open_reviews(officer=CLERK, language="en", area="nowhere").total == 0
    with pytest.raises(NotAllowed):
        api.open_reviews(officer=NOBODY, language="en")


def test_the_overview_counts(unclear: World) -> None:
    unclear.run(MARCH)
    (row,) = api.overview(country=unclear.country, officer=CLERK)
    assert (row.active, row.ending, row.open_reviews, row.open_objections, row.queued_notices) == (3, 0, 1, 0, 3)


def test_whoever_settles_a_review_sees_the_whole_case(unclear: World) -> None:
    unclear.run(MARCH)
    unclear.earns("C1", None)
    unclear.run(APRIL)
    settle("C1", Verdict.WAITING, APRIL)
    unclear.contracts["C1"]["power_kva"] = ""
    unclear.run(MAY)
    found = api.review(id=the_review("C1").pk, officer=CLERK, purpose="decide-a-benefit", language="en", now=at(MAY))
    assert (found.standing, found.language) == (EntitlementState.ACTIVE, "en")
    assert [row.kind for row in found.history] == [DecisionKind.WAITING, DecisionKind.GRANT]
    assert [(row.verdict, row.words, row.person) for row in found.earlier] == [
        (Verdict.WAITING, "I read the tax letter.", "")
    ]
    assert {look.who for look in found.looks} == {CLERK.name}
    assert {fact.name for fact in found.facts if not fact.known} >= {"household_income"}


def test_what_becomes_known_of_a_contract_reaches_the_review_that_waits(unclear: World) -> None:
    unclear.contracts["C5"] |= {"commune": "", "language": "pt"}
    unclear.run(MARCH)
    unclear.contracts["C5"] |= {"supplier": "alo-shakti", "commune": unclear.commune, "language": "bn"}
    unclear.run(APRIL)
    settle("C5", Verdict.ENTITLED, APRIL)
    row = Entitlement.objects.get(contract="C5")
    assert (row.supplier, row.area, row.language) == ("alo-shakti", unclear.commune, "bn")


def test_a_verdict_on_facts_that_have_changed_meanwhile_is_not_taken(unclear: World) -> None:
    unclear.run(MARCH)
    id_ = the_review("C5").pk
    seen = api.review(id=id_, officer=CLERK, purpose="test", language="en", now=at(MARCH)).mark
    unclear.contracts["C5"]["power_kva"] = ""
    unclear.run(APRIL)
    verdict = {"officer": CLERK, "verdict": Verdict.NOT_ENTITLED, "words": "x", "now": at(APRIL)}
    with pytest.raises(TooLate):
        api.settle_review(id=id_, seen=seen, **verdict)
    assert the_review("C5").state == "open"
    now = api.review(id=id_, officer=CLERK, purpose="test", language="en", now=at(APRIL)).mark
    assert api.settle_review(id=id_, seen=now, **verdict).state == "settled"


def test_a_contract_that_may_be_a_row_that_was_set_aside_is_not_closed(unclear: World) -> None:
    unclear.run(MARCH)
    unclear.contracts["C1"]["contract_id"] = "L" * 100
    unclear.run(APRIL)
    assert Entitlement.objects.get(contract="C1").state == "active"
    assert the_review("C1").state == "open"
    assert api.review(id=the_review("C1").pk, officer=CLERK, purpose="test", language="en", now=at(APRIL)).reason
    unclear.contracts["C1"]["contract_id"] = "C1"
    unclear.run(MAY)
    assert the_review("C1").state == "resolved"
    del unclear.contracts["C1"]
    unclear.run(JUNE)
    assert Entitlement.objects.get(contract="C1").state == "ending"
