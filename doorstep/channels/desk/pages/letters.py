"""Letters: what waits for the printer or the bill, one letter, and the files that take them there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import MAXYEAR, datetime

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST, require_safe

from doorstep.channels.desk.gate import DeskRequest
from doorstep.channels.desk.page import address, asked, page
from doorstep.channels.desk.pages.purpose import ask_first
from doorstep.channels.desk.purposes import purpose_of, stated
from doorstep.channels.web.api import page_number, turning
from doorstep.domains.benefits import api as benefits

WORK = "letters"
SIZES = (100, 1_000, 5_000)
FORMATS = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl; charset=utf-8"}


@require_safe
def letters(request: DeskRequest) -> HttpResponse:
    """Those that wait, or those that were sent; and the exports made so far."""
    state, search = "sent" if asked(request, "state") == "sent" else "queued", asked(request, "search")
    found = benefits.queue(officer=request.officer, state=state, search=search, number=page_number(request))
    context = {
        "found": found,
        "turning": turning(request, found, state=state, search=search),
        "state": state,
        "search": search,
        "sizes": SIZES,
        "formats": tuple(FORMATS),
        "batches": benefits.batches(officer=request.officer).items,
    }
    return page(request, "letters.html", context, tab=WORK)


@require_safe
def letter(request: DeskRequest, id: int) -> HttpResponse:
    """One letter as the person gets it, or in another language."""
    purpose = purpose_of(request, WORK)
    if purpose is None:
        return ask_first(request, WORK)
    languages, wanted = request.visit.country.languages, asked(request, "in")
    found = benefits.notice(
        id=id,
        officer=request.officer,
        purpose=purpose,
        now=timezone.now(),
        language=wanted if wanted in languages else None,
    )
    others = [(code, address(request, "letter", id, **{"in": code})) for code in languages if code != found.language]
    context = {"letter": found, "others": others, "purpose": stated(request, WORK), "work": WORK}
    return page(request, "letter.html", context, tab=WORK)


@require_POST
def export(request: DeskRequest) -> HttpResponse:
    """The next letters as a file; they count as sent from then on. ``again`` makes a file that was lost once more."""
    format = request.POST.get("format", "")
    if format not in FORMATS:
        raise Http404
    now = timezone.now()
    if "again" in request.POST:
        sent_at = _moment(request.POST["again"])
        lines = benefits.export_again(officer=request.officer, format=format, sent_at=sent_at, now=now)
        return _file(lines, format, sent_at)
    given = request.POST.get("size", "")
    size = int(given) if given in {str(size) for size in SIZES} else SIZES[0]
    return _file(benefits.export_queue(officer=request.officer, format=format, limit=size, now=now), format, now)


def _moment(text: str) -> datetime:
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or not 1 < found.year < MAXYEAR:
        raise Http404
    return found


def _file(lines: Iterator[str], format: str, at: datetime) -> HttpResponse:
    response = HttpResponse("".join(lines), content_type=FORMATS[format])
    response["Content-Disposition"] = f'attachment; filename="letters-{at:%Y-%m-%d-%H%M%S}.{format}"'
    response["Cache-Control"] = "no-store"
    return response
