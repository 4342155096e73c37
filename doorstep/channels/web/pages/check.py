"""Would I get it, and why? One question a page. The answers travel in the address, signed; nothing is stored.

A question is sent by POST and answered with a redirect, so that no figure stands readable in an address, and going
back, loading again and changing the language all work, without cookies and without a script.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from doorstep.channels.web.page import address, page
from doorstep.channels.web.visit import Request, with_query
from doorstep.channels.web.words import say
from doorstep.domains.benefits import api as benefits
from doorstep.domains.benefits.types import AskedQuestion, BadAnswer
from doorstep.kit.languages import write_money, write_number

SALT = "doorstep.web.check"
LIVES_SECONDS = 24 * 60 * 60
MAX_ANSWER = 200


@dataclass(frozen=True)
class Answered:
    """A question with its answer as people read it."""

    question: AskedQuestion
    written: str


def pack(answers: Mapping[str, str]) -> str:
    """The answers as a signed token."""
    return signing.dumps(dict(answers), salt=SALT, compress=True) if answers else ""


def unpack(token: str) -> dict[str, str]:
    """The answers in a token: none where somebody changed it or it is older than a day."""
    if not token:
        return {}
    try:
        found = signing.loads(token[:4000], salt=SALT, max_age=LIVES_SECONDS)
    except signing.BadSignature:
        return {}
    return {str(name): str(value) for name, value in found.items()}


@csrf_exempt  # Nothing is stored and nothing is done: there is nothing to forge, and no cookie is needed.
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: Request, id: str) -> HttpResponse:
    """The next question, a question to change, or all answers to look over."""
    programme = benefits.programme(country=request.visit.country, id=id)
    if not programme.ask:
        raise Http404
    if request.method == "POST":
        return _take(request, id)
    answers = unpack(request.GET.get("a", ""))
    questions = _questions(request, id, answers)
    wanted = next((question for question in questions if question.id == request.GET.get("q")), None)
    question = wanted or next((question for question in questions if question.id not in answers), None)
    if question is not None:
        return _ask(request, id, question, questions, answers)
    token = pack(answers)
    context = {
        "programme": programme,
        "answered": _answered(request, questions, answers),
        "token": token,
        "back": _back(request, id, questions, None, token),
    }
    return page(request, "check/answers.html", context, keep=False)


@require_safe
def result(request: Request, id: str) -> HttpResponse:
    """Whether this household would get it, with the reasons."""
    visit = request.visit
    programme = benefits.programme(country=visit.country, id=id)
    token = request.GET.get("a", "")
    answers = unpack(token)
    again = HttpResponseRedirect(with_query(address(request, "check", id), a=token))
    if any(question.id not in answers for question in _questions(request, id, answers)) or not answers:
        return again
    try:
        outcome = benefits.would_i_get_it(
            country=visit.country, programme=id, answers=answers, language=visit.language, as_of=timezone.localdate()
        )
    except BadAnswer:
        return again
    kind = {True: "yes", False: "no", None: "open"}[outcome.entitled]
    context = {"programme": programme, "outcome": outcome, "kind": kind, "token": token, "heading": f"check.{kind}"}
    return page(request, "check/result.html", {**context, "next": f"check.next_{kind}"}, keep=False)


def _take(request: Request, id: str) -> HttpResponse:
    """Take one answer: on to the next page, or the question again with what is wrong."""
    answers = unpack(request.POST.get("a", ""))
    questions = _questions(request, id, answers)
    question = next((question for question in questions if question.id == request.POST.get("q")), None)
    if question is None:
        return HttpResponseRedirect(with_query(address(request, "check", id), a=pack(answers)))
    given, wrong = _given(request, question), ""
    if given is None or (given == "" and not question.optional):
        wrong = say("check.choose" if question.type in ("choice", "yes_no") else "check.write", request.visit.language)
    else:
        wrong = _fault(request, id, question, {**answers, question.id: given})
    if wrong:
        return _ask(request, id, question, questions, answers, wrong=wrong, given=given or "")
    answers[question.id] = given or ""
    asked = {question.id for question in _questions(request, id, answers)}
    token = pack({name: value for name, value in answers.items() if name in asked})
    return HttpResponseRedirect(with_query(address(request, "check", id), a=token))


def _given(request: HttpRequest, question: AskedQuestion) -> str | None:
    """What was sent; ``None`` where nothing was chosen. A date comes in three fields."""
    if question.type == "date":
        day, month, year = (request.POST.get(part, "").strip() for part in ("day", "month", "year"))
        if not (day or month or year):
            return ""
        return f"{year.zfill(4)}-{month.zfill(2)}-{day.zfill(2)}"[:MAX_ANSWER]
    value = request.POST.get("answer")
    return None if value is None else value.strip()[:MAX_ANSWER]


def _fault(request: Request, id: str, question: AskedQuestion, answers: Mapping[str, str]) -> str:
    visit = request.visit
    try:
        benefits.check_answer(
            country=visit.country, programme=id, question=question.id, answers=answers, language=visit.language
        )
    except BadAnswer as error:
        return error.what
    return ""


def _questions(request: Request, id: str, answers: Mapping[str, str]) -> Sequence[AskedQuestion]:
    visit = request.visit
    return benefits.ask_questions(country=visit.country, programme=id, answers=answers, language=visit.language)


def _ask(
    request: Request,
    id: str,
    question: AskedQuestion,
    questions: Sequence[AskedQuestion],
    answers: Mapping[str, str],
    *,
    wrong: str = "",
    given: str | None = None,
) -> HttpResponse:
    token = pack(answers)
    context = {
        "programme": benefits.programme(country=request.visit.country, id=id),
        "question": question,
        "token": token,
        "given": answers.get(question.id) if given is None else given,
        "wrong": wrong,
        "first": question == questions[0],
        "currency": request.visit.country.currency,
        "back": _back(request, id, questions, question, token),
    }
    return page(request, "check/question.html", context, status=422 if wrong else 200, keep=False)


def _back(
    request: Request, id: str, questions: Sequence[AskedQuestion], question: AskedQuestion | None, token: str
) -> str:
    """The page before: the question before, or the programme."""
    position = questions.index(question) if question else len(questions)
    if position == 0:
        return address(request, "programme", id)
    return with_query(address(request, "check", id), a=token, q=questions[position - 1].id)


def _answered(request: Request, questions: Sequence[AskedQuestion], answers: Mapping[str, str]) -> list[Answered]:
    visit = request.visit
    return [
        Answered(question, written_answer(question, answers[question.id], visit.language, visit.country.currency))
        for question in questions
    ]


def written_answer(question: AskedQuestion, answer: str, language: str, currency: str) -> str:
    """An answer as people read it."""
    if answer == "":
        return say("check.unsure", language)
    if question.type == "yes_no" and answer in ("yes", "no", "true", "false"):
        return say("site.yes" if answer in ("yes", "true") else "site.no", language)
    for choice in question.choices:
        if choice.value == answer:
            return choice.label
    try:
        if question.type == "money":
            return write_money(Decimal(answer), currency, language)
        if question.type in ("count", "number"):
            return write_number(Decimal(answer), language)
    except ArithmeticError:
        return answer
    return answer
