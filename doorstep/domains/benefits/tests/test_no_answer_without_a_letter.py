"""An official's no, or "not yet", reaches the person: with reasons, a code, time to object, and what is missing."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from doorstep.domains.benefits import api
from doorstep.domains.benefits.models import Decision, Entitlement, Notice, Objection, Review
from doorstep.domains.benefits.references import reference_of
from doorstep.domains.benefits.tests.conftest import DEMO
from doorstep.domains.benefits.tests.world import CLERK, PROGRAMME, World, at
from doorstep.domains.benefits.types import (
    AlreadyObjected,
    DecisionKind,
    DecisionView,
    EntitlementState,
    NoticeText,
    RunRefused,
    RunSummary,
    Verdict,
)
from doorstep.domains.country.api import Country, load_country
from doorstep.kit.errors import DoorstepError

pytestmark = pytest.mark.slow

MARCH, APRIL, MAY, JUNE, JULY = (date(2026, month, 5) for month in (3, 4, 5, 6, 7))
WORDS = "I read the tax letter."


@pytest.fixture
def unclear(world: World) -> World:
    """A world with a contract whose holder's income nobody knows, decided in March."""
    world.add("C5", income=None, language="pt")
    world.run(MARCH)
    return world


def settle(contract: str, verdict: Verdict, day: date = MARCH, words: str = WORDS) -> None:
    row = Review.objects.filter(contract=contract).latest("id")
    api.settle_review(id=row.pk, officer=CLERK, verdict=verdict, words=words, now=at(day))


def the(contract: str = "C5") -> Entitlement:
    return Entitlement.objects.get(contract=contract)


def the_decision(contract: str = "C5", kind: DecisionKind = DecisionKind.REFUSAL) -> Decision:
    return Decision.objects.filter(entitlement__contract=contract, kind=kind).latest("id")


def letters(contract: str = "C5") -> list[str]:
    rows = Notice.objects.filter(decision__entitlement__contract=contract).order_by("id")
    return list(rows.values_list("kind", flat=True))


def read(decision: Decision, day: date = MARCH, language: str = "en") -> DecisionView:
    return api.decision_by_reference(
        reference=reference_of(decision.pk), contract_id=decision.entitlement.contract, who="person",
        purpose="own-data", language=language, now=at(day),
    )  # fmt: skip


def letter(decision: Decision, language: str | None = None) -> NoticeText:
    return api.letters_by_reference(
        reference=reference_of(decision.pk), contract_id=decision.entitlement.contract, language=language,
        who="person", purpose="own-data", now=at(MARCH),
    )[0]  # fmt: skip


def object_to(decision: Decision, day: date = APRIL) -> int:
    found = api.object_to(
        reference=reference_of(decision.pk), contract_id=decision.entitlement.contract, text="My income is small.",
        who="person", now=at(day),
    )  # fmt: skip
    return found.id


def uphold(objection: int, day: date = APRIL) -> None:
    api.settle_objection(id=objection, officer=CLERK, upheld=True, words="You were right.", now=at(day))


def supplier_file(world: World, day: date) -> tuple[RunSummary, list[str]]:
    out = world.folder.parent / f"out-{day}"
    summary = world.run(day, out=out)
    return summary, (out / "luz-do-vale.csv").read_text().splitlines()


# --- no


def test_a_no_is_a_decision_with_facts_reason_version_letter_and_time_to_object(unclear: World) -> None:
    settle("C5", Verdict.NOT_ENTITLED)
    row = the()
    assert (row.state, row.from_date, row.to_date) == ("refused", date(2026, 4, 1), None)
    decision = the_decision()
    assert (decision.decided_by, decision.words, decision.version) == (CLERK.name, WORDS, unclear.country.hash)
    seen = read(decision)
    assert (seen.kind, seen.state, seen.reason_code) == (
        DecisionKind.REFUSAL, EntitlementState.REFUSED, "decided_by_person",
    )  # fmt: skip
    assert (seen.may_object, seen.object_by) == (True, date(2026, 4, 4))
    assert WORDS in seen.reason
    assert {fact.name for fact in seen.facts if not fact.known} >= {"household_income"}
    text = letter(decision)
    assert (text.kind, text.language) == ("refused", "pt")
    assert "Não tem o desconto" in text.body
    for part in (WORDS, text.reference, "4 de abril de 2026", "1 de abril de 2026", "C5"):
        assert part in text.body, part


def test_a_no_is_told_once_for_the_same_facts(unclear: World) -> None:
    settle("C5", Verdict.NOT_ENTITLED)
    for day in (APRIL, MAY, JUNE, date(2026, 9, 5)):
        unclear.run(day)
        assert not Review.objects.filter(contract="C5", state="open").exists()
    assert letters() == ["refused"]
    unclear.contracts["C5"]["power_kva"] = ""
    unclear.run(date(2026, 10, 5))
    settle("C5", Verdict.NOT_ENTITLED, date(2026, 10, 6), "Nothing came.")
    assert letters() == ["refused", "refused"], "other facts are another decision"
    assert Entitlement.objects.filter(contract="C5").count() == 1
    unclear.contracts["C5"]["power_kva"] = "3.45"
    unclear.run(date(2026, 11, 5))
    assert not Review.objects.filter(contract="C5", state="open").exists(), "facts that were answered before stay so"


def test_nothing_is_delivered_and_nothing_counts_after_a_no(unclear: World) -> None:
    settle("C5", Verdict.NOT_ENTITLED)
    summary, lines = supplier_file(unclear, APRIL)
    assert not [line for line in lines if line.startswith("C5,")]
    assert (summary.counts.ending, summary.counts.started) == (0, 0)
    (row,) = api.overview(country=unclear.country, officer=CLERK)
    assert (row.active, row.ending) == (3, 0)


def test_only_what_is_in_force_is_counted_by_the_guard_of_endings_and_of_deliverers(unclear: World) -> None:
    unclear.add("C6", income=None, supplier="noor-island")
    unclear.run(APRIL)
    settle("C6", Verdict.NOT_ENTITLED, APRIL)
    del unclear.contracts["C6"]
    unclear.run(MAY, allow_missing=frozenset({"noor-island"}))
    unclear.run(JUNE)
    assert the("C6").state == "refused", "a refused contract that is gone is nobody's missing file"
    settle("C5", Verdict.NOT_ENTITLED, JUNE)
    unclear.earns("C1", "90000.00")
    with pytest.raises(RunRefused) as caught:
        unclear.run(JULY, confirm_endings=False)
    assert "1 of 3 entitlements" in str(caught.value)


def test_registers_that_say_yes_later_overcome_a_no(unclear: World) -> None:
    settle("C5", Verdict.NOT_ENTITLED)
    unclear.earns("C5", "5000.00")
    unclear.contracts["C5"]["language"] = "bn"
    summary = unclear.run(APRIL)
    assert summary.counts.started == 1
    row = the()
    assert (row.state, row.from_date, row.reason, row.words) == ("active", date(2026, 5, 1), "low_income", "")
    assert (row.language, row.known_facts()["household_income"]) == ("bn", "5000.00")
    assert letters() == ["refused", "granted"]


def test_a_no_of_the_registers_after_a_no_is_not_told_again(unclear: World) -> None:
    settle("C5", Verdict.NOT_ENTITLED)
    unclear.earns("C5", "90000.00")
    unclear.run(APRIL)
    del unclear.contracts["C5"]
    unclear.run(MAY)
    assert (the().state, letters()) == ("refused", ["refused"])


def test_a_yes_after_a_no_starts_it(unclear: World) -> None:
    settle("C5", Verdict.NOT_ENTITLED)
    unclear.contracts["C5"]["power_kva"] = ""
    unclear.run(APRIL)
    settle("C5", Verdict.ENTITLED, APRIL)
    row = the()
    assert (row.state, row.from_date) == ("active", date(2026, 5, 1))
    assert letters() == ["refused", "granted"]


# --- objecting to a no


def test_an_upheld_objection_begins_it_on_the_day_on_which_a_yes_would_have(unclear: World) -> None:
    settle("C5", Verdict.NOT_ENTITLED)
    decision = the_decision()
    objection = object_to(decision, date(2026, 4, 2))
    with pytest.raises(AlreadyObjected):
        api.object_to(
            reference=reference_of(decision.pk), contract_id="C5", text="More.", who="person", now=at(date(2026, 4, 2))
        )
    uphold(objection, MAY)
    row = the()
    assert (row.state, row.from_date, row.to_date, row.shielded) == ("active", date(2026, 4, 1), None, decision.digest)
    assert [one.kind for one in row.decisions.order_by("id")] == [DecisionKind.REFUSAL, DecisionKind.CORRECTION]
    assert letters() == ["refused", "objection_received", "objection_upheld"]
    answer = letter_of_kind("objection_upheld")
    assert "1 de abril de 2026" in answer.body
    _, lines = supplier_file(unclear, MAY)
    assert "C5,2026-04-01," in lines
    for day in (JUNE, date(2026, 9, 5)):
        unclear.run(day)
        assert the().state == "active"
    assert not Review.objects.filter(contract="C5", state="open").exists(), "the same facts are not asked about again"


def letter_of_kind(kind: str) -> NoticeText:
    row = Notice.objects.filter(kind=kind).latest("id")
    return api.notice(id=row.pk, officer=CLERK, purpose="test", now=at(MAY))


def test_a_rejected_objection_leaves_the_no(unclear: World) -> None:
    settle("C5", Verdict.NOT_ENTITLED)
    objection = object_to(the_decision(), date(2026, 4, 2))
    api.settle_objection(id=objection, officer=CLERK, upheld=False, words="It is above.", now=at(APRIL))
    assert the().state == "refused"
    assert letters() == ["refused", "objection_received", "objection_rejected"]
    assert WORDS in letter_of_kind("objection_rejected").body


def test_upheld_after_it_began_meanwhile_it_counts_from_the_earlier_day(unclear: World) -> None:
    settle("C5", Verdict.NOT_ENTITLED)
    objection = object_to(the_decision(), date(2026, 4, 2))
    unclear.earns("C5", "5000.00")
    unclear.run(APRIL)
    assert the().from_date == date(2026, 5, 1)
    uphold(objection)
    row = the()
    assert (row.state, row.from_date, row.reason) == ("active", date(2026, 4, 1), "low_income")
    assert row.known_facts()["household_income"] == "5000.00"


def test_an_ending_that_was_wrong_goes_on_although_a_no_came_since(world: World) -> None:
    world.run(MARCH)
    world.earns("C1", "50000.00")
    world.run(APRIL)
    world.run(JUNE)
    ended = Decision.objects.get(entitlement__contract="C1", kind="ended")
    objection = object_to(ended, date(2026, 6, 10))
    world.earns("C1", None)
    world.run(JULY)
    settle("C1", Verdict.NOT_ENTITLED, JULY)
    uphold(objection, JULY)
    states = Entitlement.objects.filter(contract="C1").order_by("id").values_list("state", "from_date", "to_date")
    assert list(states) == [
        ("ended", date(2026, 4, 1), date(2026, 5, 31)), ("active", date(2026, 6, 1), None),
    ]  # fmt: skip


def test_an_ending_that_was_wrong_gives_back_the_months_until_it_began_anew(world: World) -> None:
    world.run(MARCH)
    world.earns("C1", "50000.00")
    world.run(APRIL)
    world.run(JUNE)
    ended = Decision.objects.get(entitlement__contract="C1", kind="ended")
    objection = object_to(ended, date(2026, 6, 10))
    world.earns("C1", "5000.00")
    world.run(JULY)
    uphold(objection, JULY)
    states = Entitlement.objects.filter(contract="C1").order_by("id").values_list("state", "from_date", "to_date")
    assert list(states) == [
        ("ended", date(2026, 4, 1), date(2026, 5, 31)), ("active", date(2026, 6, 1), None),
    ]  # fmt: skip
    assert Decision.objects.filter(entitlement__contract="C1").latest("id").kind == DecisionKind.CORRECTION


# --- waiting


def test_waiting_tells_what_is_missing_who_keeps_it_and_that_nothing_is_refused(unclear: World) -> None:
    settle("C5", Verdict.WAITING)
    assert the().state == "waiting"
    decision = the_decision(kind=DecisionKind.WAITING)
    seen = read(decision)
    assert (seen.kind, seen.state, seen.reason_code) == (DecisionKind.WAITING, EntitlementState.WAITING, "low_income")
    (place,) = [one for one in seen.missing if one.keeper == "Tax Office"]
    assert place.title == "Households and taxable income"
    assert "Taxable income in a year" in place.columns
    assert "PC5" not in str(seen.missing), "names of columns, no values"
    text = letter(decision, "en")
    for part in (
        "Nothing is refused", "Taxable income in a year", "kept by Tax Office", WORDS, seen.reference, "you keep",
    ):  # fmt: skip
        assert part in text.body, part
    assert "will look at it" not in text.body, "a person has looked"


@pytest.mark.parametrize("language", ["en", "pt", "bn", "ar"])
@pytest.mark.parametrize(("verdict", "kind"), [("not_entitled", "refused"), ("waiting", "waiting")])
def test_the_letters_are_whole_in_every_language(unclear: World, language: str, verdict: str, kind: str) -> None:
    settle("C5", Verdict(verdict))
    text = letter(Decision.objects.get(entitlement__contract="C5"), language)
    assert (text.kind, text.language) == (kind, language)
    assert "{" not in text.subject + text.body
    assert text.reference in text.body
    assert "+999 800 100 101" in text.body


def test_waiting_is_told_once_for_the_same_facts(unclear: World) -> None:
    settle("C5", Verdict.WAITING)
    for day in (APRIL, MAY):
        unclear.run(day)
        row = Review.objects.get(contract="C5", state="open")
        assert api.review(id=row.pk, officer=CLERK, purpose="test", language="en", now=at(day)).told
        settle("C5", Verdict.WAITING, day, "Still nothing.")
    assert letters() == ["waiting"]
    unclear.contracts["C5"]["power_kva"] = ""
    unclear.run(JUNE)
    settle("C5", Verdict.WAITING, JUNE)
    assert letters() == ["waiting", "waiting"]
    (own,) = [one for one in read(the_decision(kind=DecisionKind.WAITING), JUNE).missing if one.keeper == "Luz do Vale"]
    assert "Contracted power, in kVA (electricity only)" in own.columns


def test_whoever_waits_is_told_when_the_registers_say_yes(unclear: World) -> None:
    settle("C5", Verdict.WAITING)
    unclear.earns("C5", "5000.00")
    assert unclear.run(APRIL).counts.started == 1
    assert (the().state, the().from_date) == ("active", date(2026, 5, 1))
    assert letters() == ["waiting", "granted"]


def test_whoever_waits_is_told_when_the_registers_say_no(unclear: World) -> None:
    settle("C5", Verdict.WAITING)
    unclear.earns("C5", "90000.00")
    summary = unclear.run(APRIL)
    assert (summary.counts.refused, summary.counts.ending) == (1, 0)
    seen = read(the_decision(), APRIL)
    assert (seen.state, seen.reason_code, seen.may_object) == (EntitlementState.REFUSED, "low_income", True)
    assert "above your ceiling" in seen.reason
    assert seen.from_date == date(2026, 5, 1)
    uphold(object_to(the_decision()))
    assert (the().state, the().from_date) == ("active", date(2026, 5, 1))
    unclear.run(MAY)
    assert the().state == "active", "the same facts cannot end it"


def test_no_no_while_an_objection_to_waiting_is_read(unclear: World) -> None:
    settle("C5", Verdict.WAITING)
    objection = object_to(the_decision(kind=DecisionKind.WAITING), date(2026, 4, 2))
    unclear.earns("C5", "90000.00")
    assert unclear.run(APRIL).counts.held == 1
    api.settle_objection(id=objection, officer=CLERK, upheld=False, words="Not yet.", now=at(APRIL))
    assert unclear.run(MAY).counts.refused == 1


def test_a_contract_that_is_gone_while_it_waits_is_told_so(unclear: World) -> None:
    settle("C5", Verdict.WAITING)
    del unclear.contracts["C5"]
    unclear.run(APRIL)
    seen = read(the_decision(), APRIL)
    assert (seen.reason_code, seen.supplier) == ("contract_closed", "Luz do Vale")
    assert the().person == "PC5"


def test_an_upheld_objection_to_waiting_begins_it(unclear: World) -> None:
    settle("C5", Verdict.WAITING)
    uphold(object_to(the_decision(kind=DecisionKind.WAITING), date(2026, 4, 2)))
    assert (the().state, the().from_date) == ("active", date(2026, 4, 1))


def test_waiting_changes_nothing_for_somebody_who_has_it(unclear: World) -> None:
    before = the("C1")
    unclear.earns("C1", None)
    unclear.run(APRIL)
    settle("C1", Verdict.WAITING, APRIL)
    row = the("C1")
    assert (row.state, row.reason, row.digest, row.to_date) == ("active", before.reason, before.digest, None)
    assert row.known_facts()["household_income"] == "5000.00", "it still rests on what was known"
    decision = the_decision("C1", DecisionKind.WAITING)
    assert decision.facts["household_income"] is None
    assert letters("C1") == ["granted", "waiting"]
    assert "you keep" in letter(decision).body
    unclear.earns("C1", "5000.00")
    unclear.run(MAY)
    assert (the("C1").state, letters("C1")) == ("active", ["granted", "waiting"])


def test_a_no_about_an_ending_that_missing_data_held_up_is_told_anew(unclear: World) -> None:
    unclear.earns("C1", "50000.00")
    unclear.run(APRIL)
    unclear.earns("C1", None)
    unclear.run(JUNE)
    settle("C1", Verdict.NOT_ENTITLED, JUNE)
    row = the("C1")
    assert (row.state, row.reason, row.to_date) == ("ending", "decided_by_person", date(2026, 7, 31))
    assert letters("C1") == ["granted", "ending", "ending"]
    unclear.run(JULY)
    assert the("C1").state == "ending"
    unclear.run(date(2026, 8, 5))
    assert the("C1").state == "ended"


# --- what the database holds to be true


def test_the_database_knows_no_refusal_with_a_last_day_or_without_words(unclear: World) -> None:
    settle("C5", Verdict.NOT_ENTITLED)
    for wrong in (
        lambda: Entitlement.objects.filter(contract="C5").update(to_date=MAY),
        lambda: Entitlement.objects.filter(contract="C1").update(state="ending"),
        lambda: Decision.objects.filter(entitlement__contract="C5").update(words=""),
        lambda: Entitlement.objects.create(
            programme=PROGRAMME, contract="C5", state="waiting", from_date=MAY, version="v", reason="x", digest="d",
            facts={},
        ),
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            wrong()
    assert not Objection.objects.exists()


# --- a version of the country from before there were such letters


def before_such_letters(folder: Path) -> Country:
    """The demo country as it was stored before anybody was told of a refusal."""
    shutil.copytree(DEMO, folder)
    file = folder / "programmes" / "energy-tariff.yaml"
    text = file.read_text(encoding="utf-8")
    start = text.index("\n  refused:\n")
    file.write_text(text[:start] + text[text.index("\n  waiting:\n") :], encoding="utf-8")
    return load_country(folder)


def test_an_older_version_takes_the_words_of_the_country_in_force(unclear: World, tmp_path: Path) -> None:
    newest, unclear.country = unclear.country, before_such_letters(tmp_path / "older")
    unclear.contracts["C5"]["power_kva"] = ""
    unclear.run(APRIL)
    with pytest.raises(DoorstepError, match="no words for the letter 'refused'"):
        settle("C5", Verdict.NOT_ENTITLED, APRIL)
    assert not Decision.objects.filter(entitlement__contract="C5").exists()
    assert load_country(DEMO, parts=(api.check_programmes,)).hash == newest.hash
    settle("C5", Verdict.NOT_ENTITLED, APRIL)
    assert the_decision().version == unclear.country.hash
    assert "Não tem o desconto" in letter(the_decision()).body
