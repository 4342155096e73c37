"""What people may ask about their data, with the law's clock: each request is answered by a human, with words.

See and export need no human: the person opens them alone. Correct, restrict, erase, object and human review are stored,
have a day by which they are answered, and can be prolonged once with a reason that the person reads.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, get_args
from uuid import UUID

from django.db import transaction

from doorstep.domains.country.api import Country
from doorstep.domains.people import access, consents, households, keeping, policies, retention, vaulting
from doorstep.domains.people.models import Person, RightsRequest
from doorstep.domains.people.reading import rules_of
from doorstep.domains.people.record import CODECS
from doorstep.domains.people.types import Asker, BadRecord, Hold, NoPerson, NotNow, RequestKind, RequestView
from doorstep.engines.evidence import api as evidence

KIND = "rights request"
LONGEST = 4_000
LONGER = timedelta(days=60)
"""By so much a request that is hard may be prolonged, once (GDPR, article 12.3)."""


def ask(
    country: Country, person: UUID, kind: RequestKind, text: str, *, category: str = "", channel: str, at: datetime
) -> RequestView:
    """Store a request; the same one that is still open is given back. Restricting starts at once."""
    if kind not in get_args(RequestKind) or (category and category not in CODECS):
        raise BadRecord("This cannot be asked.", mend=f"It is one of: {', '.join(get_args(RequestKind))}.")
    if not text.strip() or len(text) > LONGEST:
        raise BadRecord("It is not said what is asked.", mend=f"Write it in up to {LONGEST} letters.")
    with transaction.atomic():
        row = access.found(person, lock=True)
        there = RightsRequest.objects.filter(person=row, kind=kind, category=category, state="open").first()
        if there is not None and _text(there) == text.strip():
            return _view(there, whole=True)
        uid = uuid.uuid4()
        due = (at + timedelta(days=rules_of(country).answer_days)).date()
        made = RightsRequest(
            uid=uid, person=row, kind=kind, category=category, channel=channel[:20], asked_at=at, due=due,
            text=vaulting.sealed_text(text.strip(), "request", "text", uid),
        )  # fmt: skip
        made.leaf = _leaf(made, "asked", at)
        made.save()
        access.note([row], access.OWN, [category] if category else [], "own", at)
        if kind == "restrict" and row.restricted_at is None:
            row.restricted_at = at
            row.save(update_fields=["restricted_at"])
    return _view(made, whole=True)


def requests_of(person: UUID) -> tuple[RequestView, ...]:
    """A person's own requests with their answers, the newest first."""
    rows = RightsRequest.objects.filter(person=access.found(person)).order_by("-asked_at", "-id")
    return tuple(_view(row, whole=True) for row in rows[:100])


def open_requests(*, size: int = 100) -> tuple[RequestView, ...]:
    """Every open request without its text, the most urgent first: the list of the data-protection officer."""
    rows = RightsRequest.objects.filter(state="open").order_by("due", "id")[:size]
    return tuple(_view(row) for row in rows)


def open_one(country: Country, uid: UUID, asker: Asker, at: datetime) -> RequestView:
    """One request with its text. The person sees that it was opened."""
    visibility = policies.check_asker(country, asker, at)
    with transaction.atomic():
        row = _row(uid)
        policies.check_person(row.person, visibility, asker, at)
        access.note([row.person], asker, [row.category] if row.category else [], "read", at)
        return _view(row, whole=True)


def prolong(country: Country, uid: UUID, asker: Asker, *, why: str, at: datetime) -> RequestView:
    """Take longer over a request, once, with a reason that the person reads."""
    policies.check_asker(country, asker, at)
    if not why.strip() or len(why) > 300:
        raise BadRecord("The person is told why it takes longer.", mend="Say it in some words.")
    with transaction.atomic():
        row = _row(uid, lock=True)
        if row.state != "open" or row.extended_why:
            raise NotNow("This request cannot be prolonged.", why="It is answered, or was prolonged before.")
        row.due, row.extended_why = row.due + LONGER, why.strip()
        row.save(update_fields=["due", "extended_why"])
    return _view(row)


def answer(country: Country, uid: UUID, asker: Asker, *, done: bool, words: str, at: datetime) -> RequestView:
    """Answer a request. Erasing what was asked to be erased is done with it, but for what the law holds.

    A refusal says why; the person may turn to the authority, as every answer's page tells. Restricting ends here.
    """
    policies.check_asker(country, asker, at)
    if not words.strip() or len(words) > LONGEST:
        raise BadRecord("An answer has words.", mend="Say what was done, or why it was not.")
    with transaction.atomic():
        row = _row(uid, lock=True)
        if row.state != "open":
            raise NotNow("This request is answered.", mend="Open the list again.")
        if done and row.kind == "erase":
            retention.erase(country, access.locked(row.person_id), asker, row.category, at)
        if row.kind == "restrict":
            Person.objects.filter(pk=row.person_id).update(restricted_at=None)
        row.state, row.answered_by, row.answered_at = "done" if done else "refused", asker.who, at
        row.answer = vaulting.sealed_text(words.strip(), "request", "answer", row.uid)
        row.leaf = _leaf(row, row.state, at)
        row.save()
        access.note([row.person], asker, [], "changed", at)
    return _view(row, whole=True)


def holds(country: Country, person: UUID, today: date) -> tuple[Hold, ...]:
    """What of a record could not be erased today, until when, and under which law."""
    return retention.holds(country, access.found(person), today)


def export(country: Country, person: UUID, language: str, at: datetime) -> Mapping[str, Any]:
    """Everything that is kept of a person, as plain values for JSON: to take along, or to read."""
    own = access.read_own(country, person, at)
    return {
        "format": "doorstep person 1",
        "country": country.code,
        "made_at": at.isoformat(),
        "number": own.number,
        "state": own.state,
        "record": {name: CODECS[name].write(getattr(own, name)) for name in CODECS if getattr(own, name) is not None},
        "contacts": [[one.kind, one.value] for one in own.contacts or ()],
        "identifiers": [[one.scheme, one.value] for one in own.identifiers or ()],
        "household": [str(one) for one in own.members or ()],
        "mandates": [
            {"kind": one.kind, "scopes": list(one.scopes), "since": str(one.since), "until": str(one.until or "")}
            for one in households.mandates_of(person)
        ],
        "consents": [consents.receipt(country, person, one.uid, language) for one in consents.of(person)],
        "changes": [
            {"category": one.category, "who": one.who, "why": one.why, "at": one.at.isoformat()}
            for one in keeping.changes(person)
        ],
        "looks": [
            {
                "who": one.who,
                "purpose": one.purpose,
                "case": one.case,
                "shown": list(one.shown),
                "at": one.at.isoformat(),
            }
            for one in access.looks(country, person, at, size=10_000)
        ],
        "requests": [
            {"kind": one.kind, "text": one.text, "state": one.state, "answer": one.answer, "due": str(one.due)}
            for one in requests_of(person)
        ],
    }


def _row(uid: UUID, *, lock: bool = False) -> RightsRequest:
    rows = RightsRequest.objects.select_for_update(of=("self",)) if lock else RightsRequest.objects
    row = rows.select_related("person").filter(uid=uid).first()
    if row is None:
        raise NoPerson("There is no such request.", mend="Open the list again.")
    return row


def _text(row: RightsRequest) -> str:
    return vaulting.opened_text(row.text, "request", "text", row.uid)


def _view(row: RightsRequest, *, whole: bool = False) -> RequestView:
    told = vaulting.opened_text(row.answer, "request", "answer", row.uid) if whole and row.answer else ""
    return RequestView(
        row.uid, row.person_id, row.kind, row.category, row.asked_at, row.due, row.state, row.extended_why,  # type: ignore[arg-type]
        row.answered_by, row.answered_at, _text(row) if whole else "", told,
    )  # fmt: skip


def _leaf(row: RightsRequest, what: str, at: datetime) -> int:
    content = {
        "request": str(row.uid),
        "person": str(row.person_id),
        "asked": row.kind,
        "what": what,
        "at": at.isoformat(),
    }
    return evidence.append(kind=KIND, content=content).id
