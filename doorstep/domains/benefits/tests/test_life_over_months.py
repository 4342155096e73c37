"""An entitlement's whole life, month by month, through the door."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from doorstep.domains.benefits import api
from doorstep.domains.benefits.models import Decision, Entitlement, Notice
from doorstep.domains.benefits.references import reference_of
from doorstep.domains.benefits.tests.world import CLERK, World, at
from doorstep.domains.benefits.types import AlreadyObjected, DecisionKind, RunKind, TooLate

pytestmark = pytest.mark.slow

MARCH, APRIL, MAY, JUNE = (date(2026, month, 5) for month in (3, 4, 5, 6))
SEPTEMBER = date(2026, 9, 5)


def the(contract: str) -> Entitlement:
    return Entitlement.objects.filter(contract=contract).latest("id")


def kinds(contract: str) -> list[str]:
    rows = Decision.objects.filter(entitlement__contract=contract).order_by("id")
    return list(rows.values_list("kind", flat=True))


def letters(contract: str) -> list[str]:
    rows = Notice.objects.filter(decision__entitlement__contract=contract).order_by("id")
    return list(rows.values_list("kind", flat=True))


def object_to(contract: str, day: date, text: str = "This is wrong.") -> int:
    decision = Decision.objects.filter(entitlement__contract=contract).latest("id")
    found = api.object_to(
        reference=reference_of(decision.pk), contract_id=contract, text=text, who="person", now=at(day)
    )
    return found.id


def test_it_starts_on_the_first_day_of_the_next_month_with_facts_version_and_reason(world: World) -> None:
    summary = world.run(MARCH)
    assert (summary.counts.decided, summary.counts.entitled, summary.counts.started) == (4, 3, 3)
    row = the("C1")
    assert (row.state, row.from_date, row.to_date, row.reason) == ("active", date(2026, 4, 1), None, "low_income")
    assert row.known_facts()["household_income"] == "5000.00"
    assert row.known_facts()["ceiling"].startswith("6272.64")
    assert row.version == world.country.hash
    assert str(row.rate).rstrip("0") == "0.338"
    assert the("C4").reason == "qualifying_benefit"
    assert letters("C1") == ["granted"]
    assert not Entitlement.objects.filter(contract="C3").exists()


def test_it_continues_without_a_letter_in_an_ordinary_month(world: World) -> None:
    world.run(MARCH)
    world.earns("C1", "5100.00")
    summary = world.run(APRIL)
    assert (summary.counts.started, summary.counts.continued) == (0, 3)
    assert the("C1").facts["household_income"] == "5100.00"
    assert kinds("C1") == ["grant"]
    assert letters("C1") == ["granted"]


def test_everyone_is_renewed_in_september(world: World) -> None:
    world.run(MARCH)
    summary = world.run(SEPTEMBER)
    assert summary.everyone
    assert kinds("C1") == ["grant", "renewal"]
    assert letters("C1") == ["granted", "renewed"]


def test_an_ending_is_told_with_time_to_object_before_it_happens(world: World) -> None:
    world.run(MARCH)
    world.earns("C1", "50000.00")
    assert world.run(APRIL).counts.ending == 1
    row = the("C1")
    assert (row.state, row.to_date, row.reason) == ("ending", date(2026, 5, 31), "low_income")
    world.run(MAY)
    assert the("C1").state == "ending"
    assert world.run(JUNE).counts.ended == 1
    assert the("C1").state == "ended"
    assert letters("C1") == ["granted", "ending", "ended"]


def test_an_ending_is_withdrawn_when_it_fits_again(world: World) -> None:
    world.run(MARCH)
    world.earns("C1", "50000.00")
    world.run(APRIL)
    world.earns("C1", "5000.00")
    assert world.run(MAY).counts.withdrawn == 1
    row = the("C1")
    assert (row.state, row.to_date) == ("active", None)
    assert letters("C1") == ["granted", "ending", "ending_withdrawn"]


def test_after_an_ending_a_new_entitlement_may_start(world: World) -> None:
    world.run(MARCH)
    world.earns("C1", "50000.00")
    world.run(APRIL)
    world.run(JUNE)
    world.earns("C1", "100.00")
    assert world.run(date(2026, 7, 5)).counts.started == 1
    assert Entitlement.objects.filter(contract="C1").count() == 2


def test_a_pending_objection_holds_the_ending_back_and_an_upheld_one_shields(world: World) -> None:
    world.run(MARCH)
    world.earns("C1", "50000.00")
    world.run(APRIL)
    objection = object_to("C1", date(2026, 4, 20))
    assert world.run(JUNE, out=world.folder.parent / "out").counts.held == 1
    assert the("C1").state == "ending"
    lines = (world.folder.parent / "out" / "luz-do-vale.csv").read_text().splitlines()
    assert "C1,2026-04-01," in lines
    settled = api.settle_objection(id=objection, officer=CLERK, upheld=True, words="You were right.", now=at(JUNE))
    assert settled.decided_by == CLERK.name
    assert (the("C1").state, the("C1").to_date) == ("active", None)
    world.run(date(2026, 7, 5))
    world.run(SEPTEMBER)
    assert the("C1").state == "active"
    world.earns("C1", "60000.00")
    world.run(date(2026, 10, 5))
    assert the("C1").state == "ending"
    assert letters("C1") == ["granted", "ending", "objection_received", "objection_upheld", "ending"]


def test_a_rejected_objection_lets_the_ending_happen(world: World) -> None:
    world.run(MARCH)
    world.earns("C1", "50000.00")
    world.run(APRIL)
    objection = object_to("C1", date(2026, 4, 20))
    api.settle_objection(id=objection, officer=CLERK, upheld=False, words="The register is right.", now=at(MAY))
    world.run(JUNE)
    assert the("C1").state == "ended"
    assert letters("C1") == ["granted", "ending", "objection_received", "objection_rejected", "ended"]
    with pytest.raises(TooLate):
        api.settle_objection(id=objection, officer=CLERK, upheld=True, words="No.", now=at(MAY))


def test_nobody_objects_after_the_time_or_twice(world: World) -> None:
    world.run(MARCH)
    world.earns("C1", "50000.00")
    world.run(APRIL)
    with pytest.raises(TooLate):
        object_to("C1", APRIL + timedelta(days=31))
    object_to("C1", APRIL + timedelta(days=30))
    with pytest.raises(AlreadyObjected):
        object_to("C1", APRIL + timedelta(days=30), "And another thing.")


def test_the_same_objection_sent_again_is_the_same_objection(world: World) -> None:
    world.run(MARCH)
    world.earns("C1", "50000.00")
    world.run(APRIL)
    first = object_to("C1", APRIL + timedelta(days=30))
    assert object_to("C1", APRIL + timedelta(days=40)) == first
    assert letters("C1").count("objection_received") == 1


def test_a_closed_contract_ends_after_notice_with_its_own_reason(world: World) -> None:
    world.run(MARCH)
    del world.contracts["C1"]
    world.run(APRIL)
    row = the("C1")
    assert (row.state, row.reason) == ("ending", "contract_closed")
    letter = api.notice(id=Notice.objects.latest("id").pk, officer=CLERK, purpose="test", now=at(APRIL))
    assert "no longer in your supplier's list" in letter.body
    world.run(JUNE)
    assert the("C1").state == "ended"


def test_unchanged_facts_end_nothing_before_september(world: World) -> None:
    """A register's change of mind about the same facts waits for the month of everyone."""
    world.run(MARCH)
    Entitlement.objects.filter(contract="C3").delete()
    row = the("C1")
    world.earns("C1", "50000.00")
    trial = world.run(APRIL, kind=RunKind.TRIAL)
    assert trial.counts.ending == 1
    world.run(APRIL)
    ended = the("C1")
    Entitlement.objects.filter(pk=ended.pk).update(state="active", to_date=None)
    assert world.run(MAY).counts.held == 1
    assert the("C1").state == "active"
    assert world.run(SEPTEMBER).counts.ending == 1
    assert row.pk == the("C1").pk


def test_an_upheld_objection_to_an_ending_that_happened_restores_it(world: World) -> None:
    world.run(MARCH)
    world.earns("C1", "50000.00")
    world.run(APRIL)
    world.run(JUNE)
    objection = object_to("C1", date(2026, 6, 10))
    api.settle_objection(id=objection, officer=CLERK, upheld=True, words="Our mistake.", now=at(date(2026, 6, 12)))
    assert the("C1").state == "active"
    assert kinds("C1")[-1] == DecisionKind.CORRECTION
    world.run(date(2026, 7, 5))
    assert the("C1").state == "active"
