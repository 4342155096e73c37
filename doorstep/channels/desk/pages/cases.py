"""Reviews: contracts that the registers could not decide. On the pages they are called cases."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from doorstep.channels.desk.gate import DeskRequest
from doorstep.channels.desk.labels import areas_of, reason_labels
from doorstep.channels.desk.page import address, asked, page
from doorstep.channels.desk.pages.purpose import ask_first
from doorstep.channels.desk.purposes import purpose_of, stated
from doorstep.channels.desk.words_of_officers import written
from doorstep.channels.web.api import page_number, say, turning, with_query
from doorstep.domains.benefits import api as benefits
from doorstep.domains.benefits.types import Page, ReviewItem, RunRefused, TooLate, Verdict

WORK = "cases"


@dataclass(frozen=True)
class Wanted:
    """Which cases the list shows; kept in every address, so that the next case comes from the same list."""

    programme: str = ""
    search: str = ""
    reason: str = ""
    area: str = ""


@dataclass(frozen=True)
class Answer:
    """What an officer has filled in."""

    verdict: Verdict | None
    words: str
    seen: str = ""
    """The mark of the facts that the officer saw."""


def _wanted(request: DeskRequest) -> Wanted:
    return Wanted(*(asked(request, name) for name in ("programme", "search", "reason", "area")))


def _found(request: DeskRequest, wanted: Wanted, **paging: int) -> Page[ReviewItem]:
    return benefits.open_reviews(
        officer=request.officer,
        language=request.visit.language,
        programme=wanted.programme or None,
        search=wanted.search,
        reason=wanted.reason,
        area=wanted.area,
        **paging,
    )


@require_safe
def cases(request: DeskRequest) -> HttpResponse:
    """Those that wait, the oldest first."""
    wanted = _wanted(request)
    found = _found(request, wanted, number=page_number(request))
    counted = benefits.review_reasons(officer=request.officer, programme=wanted.programme or None)
    labels = reason_labels(request, counted)
    context = {
        "found": found,
        "turning": turning(request, found, **asdict(wanted)),
        "wanted": wanted,
        "is_filtered": wanted != Wanted(),
        "query": with_query("", **asdict(wanted)),
        "labels": labels,
        "reasons": [(code, label, counted[code]) for code, label in labels.items()],
        "areas": areas_of(request),
    }
    return page(request, "cases.html", context, tab=WORK)


@require_safe
def next_case(request: DeskRequest) -> HttpResponse:
    """The oldest case of the list that the officer works on; the list itself where none is left."""
    wanted = _wanted(request)
    found = _found(request, wanted, size=1)
    if not found.items:
        return HttpResponseRedirect(address(request, "cases", **asdict(wanted)))
    return HttpResponseRedirect(address(request, "case", found.items[0].id, **asdict(wanted)))


@require_safe
def case(request: DeskRequest, id: int) -> HttpResponse:
    """One case with all that is known, and the form to decide it."""
    if purpose_of(request, WORK) is None:
        return ask_first(request, WORK)
    item = _read(request, id)
    return page(request, "case.html", _context(request, item, Answer(None, "")), tab=WORK)


@require_POST
def decide(request: DeskRequest, id: int) -> HttpResponse:
    """Check what was filled in, show it once more, and then decide."""
    if purpose_of(request, WORK) is None:
        return HttpResponseRedirect(address(request, "case", id))
    chosen = request.POST.get("verdict", "")
    words, bad_words = written(request)
    answer = Answer(Verdict(chosen) if chosen in set(Verdict) else None, words, request.POST.get("seen", "")[:64])
    wrong = {"words": bad_words} if bad_words else {}
    if answer.verdict is None:
        wrong = {"verdict": say("case.choose", request.visit.language), **wrong}
    if not wrong and "sure" in request.POST:
        return _settle(request, id, answer)
    item = _read(request, id)
    if item.state != "open" or item.mark != answer.seen:
        return _taken(request, item, answer)
    context = {**_context(request, item, answer), "wrong": wrong}
    if wrong or "change" in request.POST:
        return page(request, "case.html", context, tab=WORK, status=422 if wrong else 200)
    return page(request, "case_sure.html", context, tab=WORK)


def _settle(request: DeskRequest, id: int, answer: Answer) -> HttpResponse:
    assert answer.verdict is not None
    try:
        benefits.settle_review(
            id=id,
            officer=request.officer,
            verdict=answer.verdict,
            words=answer.words,
            seen=answer.seen,
            now=timezone.now(),
        )
    except TooLate:
        return _taken(request, _read(request, id), answer)
    except RunRefused:
        context = _context(request, _read(request, id), answer)
        context["wrong"] = {"verdict": say("case.no_while_off", request.visit.language)}
        return page(request, "case.html", context, tab=WORK, status=409)
    return HttpResponseRedirect(address(request, "case", id, **asdict(_wanted(request)), done="1"))


def _taken(request: DeskRequest, item: ReviewItem, answer: Answer) -> HttpResponse:
    """Decided or changed before this came. The same officer's same answer, sent twice, is simply done."""
    mine = (request.officer.name, answer.verdict, answer.words)
    if (item.settled_by, item.verdict, item.words) == mine:
        return HttpResponseRedirect(address(request, "case", item.id, **asdict(_wanted(request)), done="1"))
    context = {**_context(request, item, answer), "taken": True}
    return page(request, "case.html", context, tab=WORK, status=409)


def _read(request: DeskRequest, id: int) -> ReviewItem:
    return benefits.review(
        id=id,
        officer=request.officer,
        purpose=purpose_of(request, WORK) or "",
        language=request.visit.language,
        now=timezone.now(),
    )


def _follows(item: ReviewItem, verdict: Verdict, standing: str) -> str:
    """The key of the words for what a verdict does."""
    return "case.waiting_told" if item.told and verdict is Verdict.WAITING else f"case.{verdict.value}_{standing}"


def _context(request: DeskRequest, item: ReviewItem, answer: Answer) -> dict[str, Any]:
    standing = item.standing.value if item.standing else "none"
    is_on = benefits.is_on(programme=item.programme)
    return {
        "item": item,
        "answer": answer,
        "standing": f"case.standing_{standing}",
        "verdicts": [
            (verdict.value, f"case.{verdict.value}", _follows(item, verdict, standing))
            for verdict in Verdict
            if is_on or verdict is not Verdict.NOT_ENTITLED
        ],
        "is_on": is_on,
        "area": request.visit.country.areas.get(item.area),
        "purpose": stated(request, WORK),
        "work": WORK,
        "most": benefits.MAX_WORDS,
        "query": with_query("", **asdict(_wanted(request))),
        "done": "done" in request.GET,
    }
