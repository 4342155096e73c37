"""Objections: people who say that a decision is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from doorstep.channels.desk.gate import DeskRequest
from doorstep.channels.desk.page import address, asked, page
from doorstep.channels.desk.pages.purpose import ask_first
from doorstep.channels.desk.purposes import purpose_of, stated
from doorstep.channels.desk.words_of_officers import written
from doorstep.channels.web.api import page_number, say, turning
from doorstep.domains.benefits import api as benefits
from doorstep.domains.benefits.types import DecisionKind, EntitlementState, ObjectionState, ObjectionView, TooLate

WORK = "objections"


@dataclass(frozen=True)
class Answer:
    """What an officer has filled in. ``verdict``: ``upheld``, ``rejected`` or nothing yet."""

    verdict: str
    words: str


@dataclass(frozen=True)
class Row:
    """One objection of the list with the days that are left; negative when the day has passed."""

    item: ObjectionView
    days: int


@require_safe
def objections(request: DeskRequest) -> HttpResponse:
    """Those that wait, those due first."""
    programme, search = asked(request, "programme"), asked(request, "search")
    found = benefits.open_objections(
        officer=request.officer,
        language=request.visit.language,
        programme=programme or None,
        search=search,
        number=page_number(request),
    )
    context = {
        "rows": [Row(item, _days(item.due)) for item in found.items],
        "turning": turning(request, found, programme=programme, search=search),
        "search": search,
        "programme": programme,
        "is_filtered": bool(programme or search),
    }
    return page(request, "objections.html", context, tab=WORK)


@require_safe
def objection(request: DeskRequest, id: int) -> HttpResponse:
    """One objection: the person's words, the decision and what it rests on, and the form to answer."""
    if purpose_of(request, WORK) is None:
        return ask_first(request, WORK)
    item = _read(request, id)
    return page(request, "objection.html", _context(request, item, Answer("", "")), tab=WORK)


@require_POST
def answer(request: DeskRequest, id: int) -> HttpResponse:
    """Check what was filled in, show it once more, and then answer."""
    if purpose_of(request, WORK) is None:
        return HttpResponseRedirect(address(request, "objection", id))
    chosen = request.POST.get("verdict", "")
    words, bad_words = written(request)
    given = Answer(chosen if chosen in (ObjectionState.UPHELD, ObjectionState.REJECTED) else "", words)
    wrong = {"words": bad_words} if bad_words else {}
    if not given.verdict:
        wrong = {"verdict": say("objection.choose", request.visit.language), **wrong}
    if not wrong and "sure" in request.POST:
        return _settle(request, id, given)
    item = _read(request, id)
    if item.state is not ObjectionState.PENDING:
        return _taken(request, item, given)
    context = {**_context(request, item, given), "wrong": wrong}
    if wrong or "change" in request.POST:
        return page(request, "objection.html", context, tab=WORK, status=422 if wrong else 200)
    return page(request, "objection_sure.html", context, tab=WORK)


def _settle(request: DeskRequest, id: int, given: Answer) -> HttpResponse:
    upheld = given.verdict == ObjectionState.UPHELD
    try:
        benefits.settle_objection(id=id, officer=request.officer, upheld=upheld, words=given.words, now=timezone.now())
    except TooLate:
        return _taken(request, _read(request, id), given)
    return HttpResponseRedirect(address(request, "objection", id, done="1"))


def _taken(request: DeskRequest, item: ObjectionView, given: Answer) -> HttpResponse:
    """Answered before this came. The same officer's same answer, sent twice, is simply done."""
    if (item.decided_by, item.state.value, item.words) == (request.officer.name, given.verdict, given.words):
        return HttpResponseRedirect(address(request, "objection", item.id, done="1"))
    return page(request, "objection.html", {**_context(request, item, given), "taken": True}, tab=WORK, status=409)


def _read(request: DeskRequest, id: int) -> ObjectionView:
    return benefits.objection(
        id=id,
        officer=request.officer,
        purpose=purpose_of(request, WORK) or "",
        language=request.visit.language,
        now=timezone.now(),
    )


def _days(due: date) -> int:
    return (due - timezone.localdate()).days


def _is_nowhere(item: ObjectionView) -> bool:
    """Whether the person has nothing while they wait."""
    return item.about is not None and item.about.state in (EntitlementState.WAITING, EntitlementState.REFUSED)


def _context(request: DeskRequest, item: ObjectionView, given: Answer) -> dict[str, Any]:
    takes_away = item.kind in (DecisionKind.ENDING, DecisionKind.ENDED)
    upheld = "objection.upheld_restores" if takes_away else "objection.upheld_says"
    if item.kind is DecisionKind.REFUSAL or (item.kind is DecisionKind.WAITING and _is_nowhere(item)):
        upheld = "objection.upheld_begins"
    return {
        "item": item,
        "about": item.about,
        "days": _days(item.due),
        "answer": given,
        "verdicts": [
            ("upheld", "objection.upheld", upheld),
            ("rejected", "objection.rejected", "objection.rejected_ends" if takes_away else "objection.rejected_says"),
        ],
        "purpose": stated(request, WORK),
        "work": WORK,
        "most": benefits.MAX_WORDS,
        "done": "done" in request.GET,
    }
