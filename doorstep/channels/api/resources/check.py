"""Would I get it? Answers go in; the next question, or the outcome with its reasons, comes out. Nothing is stored."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from doorstep.channels.api.asked import Asked, Language, ProgrammeId, asked
from doorstep.channels.api.problems import Fault, Refusal, pointer
from doorstep.channels.api.shapes import Out
from doorstep.domains.benefits import api as benefits
from doorstep.domains.benefits.types import BadAnswer

router = Router(tags=["Would I get it?"])

Answer = Annotated[str, Field(max_length=200)]


class AnswersIn(Schema):
    """What somebody answered so far."""

    model_config = ConfigDict(extra="forbid")

    answers: dict[Annotated[str, Field(max_length=100)], Answer] = Field(
        default_factory=dict,
        max_length=100,
        description=(
            "Question id -> answer, always a text: a choice's `value`, `yes` or `no`, a number, `2026-09-30`. "
            "An empty text says: I do not know."
        ),
    )


class ChoiceOut(Out):
    """One answer to choose."""

    value: str
    label: str


class QuestionOut(Out):
    """A question."""

    id: str
    type: str = Field(description="`choice`, `yes_no`, `count`, `number`, `money` or `date`.")
    label: str
    hint: str
    choices: list[ChoiceOut]
    optional: bool = Field(description="Whether an empty answer (I do not know) is taken.")


class FactOut(Out):
    """One fact that the outcome rests on."""

    name: str
    label: str
    value: str


class StepOut(Out):
    """One rule that was looked at. `holds` is null for a value, or where it could not be known."""

    variable: str
    label: str
    words: str
    value: str
    holds: bool | None
    children: list[StepOut]
    law: str = Field(description="Where the law says it; empty where the rules name no place.")
    since: date | None = Field(description="For a figure of the law: the day from which it holds.")


class ChangeOut(Out):
    """Another value of one thing that alone would turn the answer, or a day on which it turns by itself."""

    variable: str = Field(description="The variable of the rules; `today` for a day.")
    label: str
    before: str
    after: str = Field(description="The value that turns the answer, written for people.")
    difference: str = Field(description="For a number: how far away it is. Else empty.")
    outcome: bool = Field(description="What the answer would then be.")
    words: str = Field(description="The whole sentence.")


class OutcomeOut(Out):
    """Whether this household would get it, and why."""

    entitled: bool | None = Field(description="Null where the answers leave it open: that is not a no.")
    reason_code: str
    reason: str
    gives: str = Field(description="What they would get; empty unless entitled.")
    facts: list[FactOut]
    steps: list[StepOut] = Field(description="Every rule that was looked at, as a tree.")
    changes: list[ChangeOut] = Field(
        description="What alone would turn the answer, the smallest change first; a day stands last."
    )


class CheckOut(Out):
    """The next question, or the outcome: one of the two is null."""

    asked: list[QuestionOut] = Field(description="The questions that apply so far, those answered and the next.")
    next: QuestionOut | None
    outcome: OutcomeOut | None
    version: str = Field(description="The version of the country whose rules answered.")


@router.post(
    "/programmes/{programme}/check",
    response=CheckOut,
    operation_id="checkProgramme",
    summary="Would I get it, and why?",
)
def check(
    request: HttpRequest, programme: ProgrammeId, given: AnswersIn, language: Language = None
) -> dict[str, object]:
    """Send what is answered so far; an empty object begins. All answers at once give the outcome at once.

    Nothing is stored, nothing is logged, and it binds nobody: real decisions rest on the registers.
    Scripts of other sites may call it.
    """
    here = asked(request, language)
    found = benefits.programme(country=here.country, id=programme)
    if not found.ask:
        raise Refusal("not-found")
    return answered(here, found.id, given.answers)


def answered(here: Asked, programme: str, answers: dict[str, str]) -> dict[str, object]:
    """The next question or the outcome. Raises ``BadAnswer``, and ``Refusal`` for answers to no question."""
    country, language = here.country, here.language
    questions = benefits.ask_questions(country=country, programme=programme, answers=answers, language=language)
    waiting = next((question for question in questions if question.id not in answers), None)
    try:
        for question in questions:
            if question.id in answers:
                benefits.check_answer(
                    country=country, programme=programme, question=question.id, answers=answers, language=language
                )
    except BadAnswer as error:
        raise Refusal("invalid", faults=(_fault(error.question, error.what, said=True),)) from error
    unasked = set(answers) - {question.id for question in questions}
    if unasked:
        raise Refusal("invalid", faults=[_fault(name, "fault.question") for name in sorted(unasked)])
    outcome = None
    if waiting is None:
        outcome = benefits.would_i_get_it(
            country=country, programme=programme, answers=answers, language=language, as_of=timezone.localdate()
        )
    return {"asked": questions, "next": waiting, "outcome": outcome, "version": country.hash}


def _fault(question: str, words: str, *, said: bool = False) -> Fault:
    return Fault(words, pointer=pointer("answers", question), said=said)
