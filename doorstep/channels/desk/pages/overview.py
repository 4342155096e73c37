"""What waits, in numbers, with the way to it."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from doorstep.channels.desk.gate import DeskRequest
from doorstep.channels.desk.page import address, page, tabs_of
from doorstep.domains.benefits import api as benefits
from doorstep.domains.payments import api as payments


@require_safe
def overview(request: DeskRequest) -> HttpResponse:
    """Each programme's numbers; the oldest case and the objection that is due first. Others go where they work."""
    if (tabs := tabs_of(request)) and "overview" not in tabs:
        return HttpResponseRedirect(address(request, tabs[0]))
    officer, visit = request.officer, request.visit
    cases = benefits.open_reviews(officer=officer, language=visit.language, size=1)
    objections = benefits.open_objections(officer=officer, language=visit.language, size=1)
    rows = benefits.overview(country=visit.country, officer=officer)
    due = objections.items[0].due if objections.items else None
    context = {
        "rows": rows,
        "cases": cases.total,
        "oldest": cases.items[0].opened_at if cases.items else None,
        "objections": objections.total,
        "due": due,
        "late": due is not None and due < timezone.localdate(),
        "letters": sum(row.queued_notices for row in rows),
        "payments": payments.waiting(),
        "runs": benefits.list_runs(trials=True, size=3).items,
    }
    return page(request, "overview.html", context, tab="overview")
