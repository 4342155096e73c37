"""References, letters in four languages, looks, objections and the queue."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorstep.domains.benefits import api
from doorstep.domains.benefits.models import Decision, Look
from doorstep.domains.benefits.references import ALPHABET, reference_of, tidied
from doorstep.domains.benefits.tests.world import CLERK, NOBODY, World, at
from doorstep.domains.benefits.types import (
    BadAnswer,
    DecisionKind,
    DecisionView,
    NotAllowed,
    NotFound,
    NoticeText,
    ObjectionState,
    TooManyTries,
)

pytestmark = pytest.mark.slow

MARCH, APRIL = date(2026, 3, 5), date(2026, 4, 5)


def the_decision(contract: str) -> Decision:
    return Decision.objects.filter(entitlement__contract=contract).latest("id")


def read(contract: str, *, reference: str = "", who: str = "person", language: str = "en") -> DecisionView:
    return api.decision_by_reference(
        reference=reference or reference_of(the_decision(contract).pk), contract_id=contract, who=who,
        purpose="own-decision", language=language, now=at(MARCH),
    )  # fmt: skip


def letters(decision: Decision) -> tuple[NoticeText, ...]:
    return api.letters_by_reference(
        reference=reference_of(decision.pk), contract_id=decision.entitlement.contract, language=None, who="x",
        purpose="y", now=at(APRIL),
    )  # fmt: skip


def test_a_person_reads_what_was_decided_and_who_looked(world: World) -> None:
    world.run(MARCH)
    read("C1")
    seen = read("C1", language="bn")
    assert (seen.kind, seen.from_date, seen.object_by) == (DecisionKind.GRANT, date(2026, 4, 1), date(2026, 4, 4))
    assert seen.may_object
    assert "আপনার পরিবারের বছরে আয়" in seen.reason
    assert seen.version == world.country.hash
    assert [look.who for look in seen.looks] == ["person", "person"]
    assert {fact.name for fact in seen.facts} >= {"household_income", "ceiling"}
    assert [row.kind for row in seen.history] == [DecisionKind.GRANT]


def test_a_reference_opens_its_own_contract_only(world: World) -> None:
    world.run(MARCH)
    reference = reference_of(the_decision("C1").pk)
    with pytest.raises(NotFound):
        read("C2", reference=reference)
    with pytest.raises(NotFound):
        read("C1", reference="0000-0000-0000")
    sloppy = reference.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert read("C1", reference=sloppy).contract_id == "C1"
    assert read("c1", reference=reference).contract_id == "C1", "large and small letters are one"


def test_guessing_is_stopped_for_a_while(world: World) -> None:
    world.run(MARCH)
    for _ in range(10):
        with pytest.raises(NotFound):
            read("C1", reference="0000-0000-0000", who="guesser")
    with pytest.raises(TooManyTries):
        read("C1")
    later = at(MARCH) + timedelta(hours=2)
    reference = reference_of(the_decision("C1").pk)
    api.decision_by_reference(
        reference=reference, contract_id="C1", who="person", purpose="own", language="en", now=later
    )


def test_one_guesser_over_many_contracts_is_stopped_too(world: World) -> None:
    world.run(MARCH)
    for number in range(30):
        with pytest.raises(NotFound):
            api.decision_by_reference(
                reference="x", contract_id=f"Z{number}", who="guesser", purpose="own", language="en", now=at(MARCH)
            )
    with pytest.raises(TooManyTries):
        read("C2", who="guesser")
    assert read("C2", who="somebody else").contract_id == "C2"


@given(st.integers(min_value=1, max_value=10**9), st.integers(0, 11), st.integers(1, 31))
def test_one_wrong_letter_never_passes(decision: int, place: int, shift: int) -> None:
    plain = reference_of(decision).replace("-", "")
    wrong = ALPHABET[(ALPHABET.index(plain[place]) + shift) % 32]
    assert tidied(plain) is not None
    assert tidied(plain[:place] + wrong + plain[place + 1 :]) is None


@pytest.mark.parametrize("language", ["en", "pt", "bn", "ar"])
def test_every_letter_is_written_in_every_language(world: World, language: str) -> None:
    world.contracts["C1"]["language"] = language
    world.run(MARCH)
    world.earns("C1", "90000.00")
    world.run(APRIL)
    objection = api.object_to(
        reference=reference_of(the_decision("C1").pk), contract_id="C1", text="No.", who="person", now=at(APRIL)
    )
    api.settle_objection(id=objection.id, officer=CLERK, upheld=True, words="You were right.", now=at(APRIL))
    world.run(date(2026, 9, 5))
    rows = Decision.objects.filter(entitlement__contract="C1", notices__isnull=False).distinct().order_by("id")
    texts = [text for row in rows for text in letters(row)]
    assert [text.kind.value for text in texts] == ["granted", "ending", "objection_received", "objection_upheld"]
    for text in texts:
        assert text.language == language
        assert "{" not in text.subject + text.body
        assert text.reference in text.body
        assert "C1" in text.body
    assert ("EUR" in texts[0].body) or ("€" in texts[0].body)
    again = letters(rows[1])
    assert again[0] == texts[1], "a letter says the same whenever it is written"


def test_an_objection_needs_words(world: World) -> None:
    world.run(MARCH)
    with pytest.raises(BadAnswer) as caught:
        api.object_to(
            reference=reference_of(the_decision("C1").pk), contract_id="C1", text=" ", who="person", now=at(MARCH),
            language="pt",
        )  # fmt: skip
    assert caught.value.question == "text"
    assert "Diga" in caught.value.what


def test_officers_see_open_objections_and_answer_them(world: World) -> None:
    world.run(MARCH)
    api.object_to(
        reference=reference_of(the_decision("C1").pk), contract_id="C1", text="Too little.", who="p", now=at(MARCH)
    )
    page = api.open_objections(officer=CLERK, language="en", search="C")
    assert [(row.contract_id, row.state) for row in page.items] == [("C1", ObjectionState.PENDING)]
    whole = api.objection(
        id=page.items[0].id, officer=CLERK, purpose="answer-an-objection", language="en", now=at(MARCH)
    )
    assert whole.reason.startswith("Your household's income")
    assert whole.about is not None
    assert (whole.language, whole.about.from_date) == ("en", date(2026, 4, 1))
    seen = read("C1")
    assert seen.objection is not None
    assert not seen.may_object
    with pytest.raises(NotAllowed):
        api.settle_objection(id=whole.id, officer=NOBODY, upheld=True, words="x", now=at(MARCH))
    with pytest.raises(BadAnswer):
        api.settle_objection(id=whole.id, officer=CLERK, upheld=True, words="", now=at(MARCH))
    api.settle_objection(id=whole.id, officer=CLERK, upheld=True, words="It is more.", now=at(MARCH))
    assert Look.objects.filter(contract="C1", purpose="answer-an-objection").count() == 2


def test_the_queue_goes_out_once(world: World) -> None:
    world.run(MARCH)
    page = api.queue(officer=CLERK)
    assert page.total == 3
    assert all(item.body == "" for item in page.items)
    with pytest.raises(NotAllowed):
        list(api.export_queue(officer=NOBODY, format="csv", limit=10, now=at(MARCH)))
    rows = list(csv.DictReader(io.StringIO("".join(
        api.export_queue(officer=CLERK, format="csv", limit=2, now=at(MARCH))
    ))))  # fmt: skip
    (line,) = api.export_queue(officer=CLERK, format="jsonl", limit=10, now=at(MARCH))
    sent = {row["contract"]: row for row in [*rows, json.loads(line)]}
    assert sorted(sent) == ["C1", "C2", "C4"]
    assert sent["C2"]["language"] == "pt"
    assert sent["C2"]["body"].startswith("A partir de 1 de abril de 2026")
    assert api.queue(officer=CLERK).total == 0
    assert api.queue(officer=CLERK, state="sent").total == 3
    assert Look.objects.filter(purpose="send-notices").count() == 3


def test_a_lost_export_is_made_again(world: World) -> None:
    world.run(MARCH)
    first = list(api.export_queue(officer=CLERK, format="csv", limit=2, now=at(MARCH)))
    list(api.export_queue(officer=CLERK, format="csv", limit=2, now=at(APRIL)))
    assert [(batch.sent_at, batch.letters) for batch in api.batches(officer=CLERK).items] == [
        (at(APRIL), 1), (at(MARCH), 2),
    ]  # fmt: skip
    again = list(api.export_again(officer=CLERK, format="csv", sent_at=at(MARCH), now=at(APRIL)))
    assert again == first
    assert Look.objects.filter(purpose="send-notices").count() == 5
    assert len(list(api.export_again(officer=CLERK, format="csv", sent_at=at(date(2020, 1, 1)), now=at(APRIL)))) == 1
    with pytest.raises(NotAllowed):
        api.export_again(officer=NOBODY, format="csv", sent_at=at(MARCH), now=at(APRIL))
