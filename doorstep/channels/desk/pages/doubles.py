"""Two records that may be one person, side by side: a human decides with words, a second one joins them."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from doorstep.channels.desk.gate import DeskRequest
from doorstep.channels.desk.page import address, asked
from doorstep.channels.desk.pages.people import said, shown
from doorstep.domains.people import api as people
from doorstep.domains.people.api import Asker, BirthDate, PersonView, Record
from doorstep.domains.people.types import FieldLevel, PairState, PairView
from doorstep.kit.errors import DoorstepError

TAB = "doubles"
PURPOSE = "find-a-double"


@dataclass(frozen=True)
class Side:
    """One record as its side of the page shows it: texts by row, None where it is not shown."""

    names: list[str]
    born: BirthDate | None
    birth_place: str
    sex: str
    area: str
    address: str
    contacts: list[str]
    identifiers: list[str]


def asker_of(request: DeskRequest, pair: int) -> Asker:
    """The officer, for this pair."""
    return Asker(request.officer.name, PURPOSE, f"pair {pair}", request.officer.roles)


@require_safe
def doubles(request: DeskRequest) -> HttpResponse:
    """Pairs, the likeliest first; those that wait for a second person; those that were decided."""
    given = asked(request, "state")
    state = PairState(given) if given in set(PairState) else PairState.OPEN
    context = {"pairs": people.pairs(state=state), "state": state, "states": list(PairState)}
    return shown(request, "doubles.html", context, tab=TAB)


@require_http_methods(["GET", "HEAD", "POST"])
def double(request: DeskRequest, id: int) -> HttpResponse:
    """Both records side by side, how each field compares, and the decision."""
    country, now, asker, wrong = request.visit.country, timezone.now(), asker_of(request, id), ""
    if request.method == "POST":
        try:
            _decide(request, id, asker)
            return HttpResponseRedirect(address(request, "doubles", done="1"))
        except DoorstepError as error:
            wrong = said(error, request)
    try:
        pair, one, other = people.compare_pair(country=country, pair=id, asker=asker, at=now)
    except DoorstepError as error:
        return shown(request, "double.html", {"pair": None}, tab=TAB, wrong=said(error, request))
    context = {
        "pair": pair,
        "sides": (_side(request, one), _side(request, other)),
        "levels": _levels(pair),
        "may_confirm": pair.state == PairState.SAME and pair.first_by != request.officer.name,
        "words": request.POST.get("words", ""),
    }
    return shown(request, "double.html", context, tab=TAB, wrong=wrong)


def _decide(request: DeskRequest, id: int, asker: Asker) -> None:
    country, now = request.visit.country, timezone.now()
    words = request.POST.get("words", "").replace("\0", "")
    match request.POST.get("do", ""):
        case "same" | "different" as decided:
            people.decide_pair(country=country, pair=id, same=decided == "same", words=words, asker=asker, at=now)
        case "confirm":
            people.confirm_pair(country=country, pair=id, asker=asker, at=now)
        case "part":
            people.part_pair(country=country, pair=id, words=words, asker=asker, at=now)


def _side(request: DeskRequest, record: Record | PersonView) -> Side:
    birth, address_ = record.birth, record.address
    kinds, language = people.rules(country=request.visit.country).identifiers, request.visit.language
    return Side(
        [str(name) for name in record.names or ()],
        birth.on if birth else None,
        birth.place if birth else "",
        record.sex if record.sex not in (None, "unknown") else "",
        address_.area if address_ else "",
        address_.lines if address_ else "",
        [one.value for one in record.contacts or ()],
        [
            f"{kinds[one.scheme].title.in_(language) if one.scheme in kinds else one.scheme} {one.value}"
            for one in record.identifiers or ()
        ],
    )


def _levels(pair: PairView) -> list[FieldLevel]:
    """What speaks most for one person first, what speaks against it last; what says nothing is left out."""
    told = (one for one in pair.fields if one.level not in ("unknown", "straight"))
    return sorted(told, key=lambda one: -one.weight)
