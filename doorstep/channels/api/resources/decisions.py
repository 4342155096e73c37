"""One decision: reading it, its letters, objecting to it. What names it stands in the body, never in an address."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema
from ninja.responses import Status
from pydantic import ConfigDict, Field

from doorstep.channels.api.asked import Language, asked, who
from doorstep.channels.api.problems import Refusal
from doorstep.channels.api.resources.check import ChangeOut, FactOut, StepOut
from doorstep.channels.api.shapes import Out
from doorstep.domains.benefits import api as benefits
from doorstep.domains.benefits.types import DecisionView, HousePurpose, NotFound, NoticeText, ObjectionView

router = Router(tags=["Decisions"])


class LetterIn(Schema):
    """What is printed on a letter."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"reference": "7K2M-93QX-B0CD", "contract_id": "C-1001"}]}
    )

    reference: Annotated[str, Field(min_length=1, max_length=40)] = Field(
        description="The letter's code. Capitals, spaces and hyphens do not matter."
    )
    contract_id: Annotated[str, Field(min_length=1, max_length=80)] = Field(description="The contract's number.")


class ObjectionIn(LetterIn):
    """A letter, and what is wrong with the decision."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"reference": "7K2M-93QX-B0CD", "contract_id": "C-1001", "text": "My income fell in March."}]
        },
    )

    text: Annotated[str, Field(min_length=1, max_length=benefits.MAX_WORDS)] = Field(
        description="In one's own words, in any language."
    )


class ObjectionOut(Out):
    """An objection and what became of it."""

    text: str
    received_at: datetime
    due: date = Field(description="The day by which it is answered.")
    state: str = Field(description="`pending`, `upheld` or `rejected`.")
    decided_at: datetime | None
    words: str = Field(description="The answer; empty while it is pending.")


class HistoryOut(Out):
    """One decision about the same entitlement."""

    kind: str
    decided_at: datetime
    reason: str


class MissingOut(Out):
    """Entries of one register that are missing or contradict each other: their names, never what they hold."""

    title: str = Field(description="What people call the register.")
    columns: list[str]
    keeper: str = Field(description="Who keeps the register and can mend it.")
    phone: str


class LookOut(Out):
    """Somebody read what is stored about the contract."""

    who: str = Field(description="An official, or `person`: somebody who had the letter.")
    purpose: str = Field(
        description="One of the country's purposes; or `own-data`, `object`, `send-notices`, `decide-a-benefit` or "
        "`answer-an-objection`."
    )
    at: datetime


class DifferenceOut(Out):
    """One value as it was when the month was first decided, and as it is known now, written for people."""

    name: str
    label: str
    before: str
    after: str
    is_law: bool = Field(description="True for a figure of the law, false for a fact about the person.")


class DecisionOut(Out):
    """One decision with its reasons, its facts and how to contest it."""

    reference: str
    programme: str
    kind: str = Field(
        description="`grant`, `renewal`, `ending` (announced), `ended`, `ending_withdrawn`, `correction`, `refusal` or "
        "`waiting` (nobody can tell yet, nothing is refused)."
    )
    state: str = Field(
        description="Where the entitlement stands now: `active`, `ending`, `ended`; or `waiting` or `refused`, "
        "which were not in force."
    )
    contract_id: str
    supplier: str
    area: str
    rate: str | None = Field(description="The discount as a share of one, an exact decimal: `0.338` is 33.8%.")
    from_date: date = Field(description="The first day; of a refusal the day on which it would have begun.")
    to_date: date | None
    decided_at: datetime
    run: int | None = Field(description="The run that decided; null where a person did.")
    version: str = Field(description="The version of the country whose rules decided.")
    reason_code: str
    reason: str
    facts: list[FactOut]
    steps: list[StepOut] = Field(
        description="How the rules led to it, as a tree, with the values that were kept. Empty where a person decided."
    )
    changes: list[ChangeOut] = Field(description="What alone would turn it, the smallest change first.")
    differences: list[DifferenceOut] = Field(
        description="For a correction of months that are past: what was otherwise then. Else empty."
    )
    missing: list[MissingOut] = Field(description="While it waits: where to look for what nobody knows.")
    object_by: date | None = Field(description="The last day to object.")
    may_object: bool
    objection: ObjectionOut | None
    history: list[HistoryOut] = Field(description="The newest first.")
    looks: list[LookOut] = Field(description="Who read this, the newest first. Reading it adds a look.")


class LetterOut(Out):
    """A letter as the person got it."""

    kind: str
    language: str
    reference: str
    subject: str
    body: str
    state: str = Field(description="`queued` or `sent`.")
    queued_at: datetime


@router.post("/decisions", response=DecisionOut, operation_id="readDecision", summary="The decision behind a letter")
def read_decision(request: HttpRequest, letter: LetterIn, language: Language = None) -> dict[str, object]:
    """With its reasons, the facts it rests on, and by when one may object.

    The look is recorded and shown. Whoever guesses is stopped for an hour. No cache may keep the answer.
    """
    here = asked(request, language)
    with _letters():
        found = benefits.decision_by_reference(
            reference=letter.reference,
            contract_id=letter.contract_id,
            who=who(request),
            purpose=HousePurpose.OWN_DATA,
            language=here.language,
            now=timezone.now(),
        )
    return _decision(found)


@router.post(
    "/decisions/letters", response=list[LetterOut], operation_id="readLetters", summary="The letters about a decision"
)
def read_letters(request: HttpRequest, letter: LetterIn, language: Language = None) -> tuple[NoticeText, ...]:
    """Each in the language in which it was sent, or in `language`. The look is recorded."""
    here = asked(request, language)
    with _letters():
        return benefits.letters_by_reference(
            reference=letter.reference,
            contract_id=letter.contract_id,
            language=here.language if language else None,
            who=who(request),
            purpose=HousePurpose.OWN_DATA,
            now=timezone.now(),
        )


@router.post(
    "/decisions/objections",
    response={201: ObjectionOut, 200: ObjectionOut},
    operation_id="objectToDecision",
    summary="Object to a decision",
)
def object_to_decision(
    request: HttpRequest, objection: ObjectionIn, language: Language = None
) -> Status[ObjectionView]:
    """A person answers by the day in `due`; until then nothing is taken away.

    Safe to send twice: the same words again give 200 and the objection that stands. Other words give 409.
    """
    here = asked(request, language)
    with _letters():
        found = benefits.object_to(
            reference=objection.reference,
            contract_id=objection.contract_id,
            text=objection.text,
            who=who(request),
            now=timezone.now(),
            language=here.language,
        )
    return Status(200 if found.repeated else 201, found)


@contextmanager
def _letters() -> Iterator[None]:
    """A letter that is not there is its own kind of problem."""
    try:
        yield
    except NotFound as error:
        raise Refusal("no-such-letter") from error


def _decision(found: DecisionView) -> dict[str, object]:
    shown = {name: getattr(found, name) for name in DecisionOut.model_fields}
    looks = [
        {"who": "person" if look.who.startswith("person:") else look.who, "purpose": look.purpose, "at": look.at}
        for look in found.looks
    ]
    return {**shown, "rate": None if found.rate is None else f"{found.rate.normalize():f}", "looks": looks}
