"""The switch: one place to stop a programme. Nothing is taken away from anybody while it is off."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from doorstep.channels.desk.gate import DeskRequest
from doorstep.channels.desk.page import address, page
from doorstep.channels.desk.words_of_officers import written
from doorstep.domains.benefits import api as benefits


@require_safe
def switch(request: DeskRequest) -> HttpResponse:
    """Every programme: on or off, since when, why, and who turned it before."""
    return page(request, "switch.html", {"rows": _rows(request), "done": "done" in request.GET}, tab="switch")


@require_POST
def turn(request: DeskRequest, id: str) -> HttpResponse:
    """Check the reason, show what follows, and then turn it. Turning what is turned already changes nothing."""
    programme = benefits.programme(country=request.visit.country, id=id)
    on = request.POST.get("on") == "yes"
    why, wrong = written(request, "why")
    if benefits.is_on(programme=id) is on:
        return page(request, "switch.html", {"rows": _rows(request), "already": on}, tab="switch", status=409)
    if wrong or "change" in request.POST:
        context = {"rows": _rows(request), "wrong": wrong, "wrong_at": id, "why": why}
        return page(request, "switch.html", context, tab="switch", status=422 if wrong else 200)
    if "sure" not in request.POST:
        return page(request, "switch_sure.html", {"programme": programme, "on": on, "why": why}, tab="switch")
    benefits.switch(
        country=request.visit.country, programme=id, on=on, officer=request.officer, why=why, now=timezone.now()
    )
    return HttpResponseRedirect(address(request, "switch", done="1"))


def _rows(request: DeskRequest) -> list[dict[str, object]]:
    return [
        {
            "programme": one,
            "is_on": benefits.is_on(programme=one.id),
            "history": benefits.switch_history(programme=one.id),
        }
        for one in benefits.programmes(country=request.visit.country)
    ]
