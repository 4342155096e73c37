"""Consent: given for one purpose, shown as a receipt, taken back at once.

The receipt has the shape of ISO/IEC TS 27560:2023: a header, the parties, what is processed and why, and the events.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from doorstep.domains.country.api import Country
from doorstep.domains.people import access, policies
from doorstep.domains.people.models import Consent
from doorstep.domains.people.reading import rules_of
from doorstep.domains.people.types import Asker, BadRecord, ConsentView, NoPerson
from doorstep.engines.evidence import api as evidence

KIND = "consent"
HOW = ("screen", "spoken", "paper", "phone")
_PURPOSE = "show-you-your-data"


def give(
    country: Country, person: UUID, purpose: str, *, by: str, how: str, at: datetime, until: date | None = None
) -> ConsentView:
    """Store a yes; the one in force is given back where there is one. Raises ``BadRecord`` where none is asked for."""
    rules = rules_of(country).purposes.get(purpose)
    if rules is None or rules.basis != "consent":
        raise BadRecord("Nobody is asked for consent to this.", why="The law allows it, or nothing does.", mend="")
    if how not in HOW:
        raise BadRecord("It is not said how the yes was given.", mend=f"It is one of: {', '.join(HOW)}.")
    with transaction.atomic():
        row = access.found(person, lock=True)
        policies.check_acts(row)
        old = Consent.objects.filter(person=row, purpose=purpose, withdrawn_at=None).first()
        if old is not None and (old.until is None or old.until >= at.date()):
            return _view(old)
        if old is not None:
            old.withdrawn_at = at
            old.save(update_fields=["withdrawn_at"])
        made = Consent(
            person=row, purpose=purpose, version=country.hash, given_how=how, given_by=by, given_at=at, until=until
        )
        made.leaf = evidence.append(kind=KIND, content=_content(made)).id
        made.save()
        access.note([row], Asker(by, _PURPOSE, purpose), [], "changed", at)
    return _view(made)


def withdraw(country: Country, person: UUID, purpose: str, *, by: str, at: datetime) -> None:
    """Take a yes back: from this moment nothing is shown for the purpose. Twice does no harm."""
    with transaction.atomic():
        row = access.found(person, lock=True)
        consent = Consent.objects.filter(person=row, purpose=purpose, withdrawn_at=None).first()
        if consent is not None:
            consent.withdrawn_at = at
            consent.save(update_fields=["withdrawn_at"])
            access.note([row], Asker(by, _PURPOSE, purpose), [], "changed", at)


def of(person: UUID) -> tuple[ConsentView, ...]:
    """Every consent that somebody gave, the newest first."""
    rows = Consent.objects.filter(person=access.found(person)).order_by("-given_at", "-id")
    return tuple(_view(row) for row in rows[:100])


def receipt(country: Country, person: UUID, uid: UUID, language: str) -> Mapping[str, Any]:
    """The receipt of a consent as plain values for JSON. Raises ``NoPerson`` where it is not theirs."""
    row = Consent.objects.filter(person=access.found(person), uid=uid).first()
    if row is None:
        raise NoPerson("There is no such consent.", mend="Open the list again.")
    purpose, rules = country.purposes[row.purpose], rules_of(country).purposes[row.purpose]
    state = "withdrawn" if row.withdrawn_at else "given"
    events = [{"event_time": row.given_at.isoformat(), "event_type": "explicit", "event_state": "given"}]
    if row.withdrawn_at:
        events.append(
            {"event_time": row.withdrawn_at.isoformat(), "event_type": "explicit", "event_state": "withdrawn"}
        )
    return {
        "receipt_metadata": {"receipt_id": str(row.uid), "schema_version": "ISO/IEC TS 27560:2023"},
        "record_metadata": {"record_id": str(row.uid), "pii_principal_id": str(row.person_id), "country": country.code},
        "pii_processing": {
            "privacy_notice": {"version": row.version, "language": language},
            "purposes": [
                {
                    "purpose": purpose.title.in_(language),
                    "lawful_basis": "consent",
                    "pii_information": [{"pii_type": category} for category in rules.shows],
                    "pii_controllers": [{"name": country.name.in_(language), "phone": country.help_phone}],
                    "withdrawal_method": purpose.law.in_(language),
                    "valid_until": row.until.isoformat() if row.until else None,
                }
            ],
        },
        "event_schema": {"state": state, "given_how": row.given_how, "events": events},
    }


def _view(row: Consent) -> ConsentView:
    return ConsentView(row.uid, row.purpose, row.given_how, row.given_by, row.given_at, row.until, row.withdrawn_at)


def _content(row: Consent) -> dict[str, str]:
    return {
        "person": str(row.person_id), "purpose": row.purpose, "version": row.version, "how": row.given_how,
        "by": row.given_by, "at": row.given_at.isoformat(), "until": row.until.isoformat() if row.until else "",
    }  # fmt: skip
