"""For what do you open people's data?"""

from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods

from doorstep.channels.desk.gate import DeskRequest, safe_onward
from doorstep.channels.desk.page import address, page
from doorstep.channels.desk.purposes import WORKS, choose, purpose_of
from doorstep.channels.web.api import say


@require_http_methods(["GET", "HEAD", "POST"])
def purpose(request: DeskRequest, work: str) -> HttpResponse:
    """Ask, remember for the session, and go on to where the officer wanted to go."""
    if work not in WORKS:
        raise Http404
    given = request.POST if request.method == "POST" else request.GET
    onward = safe_onward(request, given.get("next", "")[:500], address(request, work))
    purposes, wrong = request.visit.country.purposes, dict[str, str]()
    if request.method == "POST":
        if (chosen := given.get("purpose", "")) in purposes:
            choose(request, work, chosen)
            return HttpResponseRedirect(onward)
        wrong = {"purpose": say("purpose.choose", request.visit.language)}
    context = {"work": work, "purposes": purposes, "chosen": purpose_of(request, work), "onward": onward}
    return page(request, "purpose.html", {**context, "wrong": wrong}, tab=work, status=422 if wrong else 200)


def ask_first(request: DeskRequest, work: str) -> HttpResponse:
    """To the question, and then back to this page."""
    return HttpResponseRedirect(address(request, "purpose", work, next=request.get_full_path()))
