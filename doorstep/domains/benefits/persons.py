"""What one person sees of their decision. Every reading leaves a look behind, in the same transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac

from doorstep.domains.benefits import grounds, reading
from doorstep.domains.benefits.models import Decision, Entitlement, FailedTry, Look, Objection
from doorstep.domains.benefits.notices import Setting, missing, object_by, reason, write_notice
from doorstep.domains.benefits.references import fits, reference_of, subject_of, tidied
from doorstep.domains.benefits.types import (
    DecisionKind,
    DecisionView,
    EntitlementState,
    Fact,
    HistoryRow,
    LookView,
    NotFound,
    NoticeText,
    ObjectionState,
    ObjectionView,
    TooManyTries,
)
from doorstep.domains.country.api import version

TRIES_A_CONTRACT = 10
TRIES_A_PERSON = 30
TRIES_WITHIN = timedelta(hours=1)
MAX_CONTRACT = 80


@dataclass(frozen=True)
class Reader:
    """Who reads, why, and in which language."""

    who: str
    purpose: str
    language: str


def setting_of(decision_version: str, programme: str) -> Setting:
    """The country and programme as they were when a decision was taken."""
    country = version(decision_version)
    return Setting(country, reading.programme_of(country, programme))


def look(entitlement: Entitlement, who: str, purpose: str, now: datetime) -> None:
    """Record that somebody reads. Within the caller's transaction: without the record there is no reading."""
    look_at(entitlement.programme, entitlement.contract, who, purpose, now)


def look_at(programme: str, contract: str, who: str, purpose: str, now: datetime) -> None:
    """Record that somebody reads about a contract that may have no entitlement."""
    Look.objects.create(programme=programme, contract=contract, who=who, purpose=purpose, at=now)


def find(reference: str, contract: str, who: str, now: datetime) -> Decision:
    """The decision that a letter names. Raises ``NotFound`` and ``TooManyTries``; neither tells the two apart."""
    contract = contract.replace("\0", "").strip()[:MAX_CONTRACT]
    written = {contract, contract.lower(), contract.upper()}  # people type what they see, large or small
    subjects = [subject_of("contract", contract.lower()), subject_of("who", who)]
    if _is_guessing(subjects, now):
        raise TooManyTries(
            "This was tried too often.", why="Somebody may be guessing.", mend="Wait an hour, or call for help."
        )
    plain = tidied(reference)
    rows = Decision.objects.filter(entitlement__contract__in=written).select_related("entitlement")
    found = [row for row in rows if plain is not None and fits(plain, row.pk)]
    if not found:
        FailedTry.objects.bulk_create([FailedTry(subject=subject, at=now) for subject in subjects])
        raise NotFound(
            "The code and the contract number do not fit together.",
            mend="Look at your letter again. The contract number stands in its first lines, the code near its end.",
        )
    return found[0]


def decision_by_reference(reference: str, contract: str, reader: Reader, now: datetime) -> DecisionView:
    """See ``api.decision_by_reference``."""
    row = find(reference, contract, reader.who, now)
    with transaction.atomic():
        look(row.entitlement, reader.who, reader.purpose, now)
        return view(row, reader.language, now)


def view(row: Decision, language: str, now: datetime) -> DecisionView:
    """One decision with everything a person has a right to see."""
    entitlement = row.entitlement
    setting = setting_of(row.version, entitlement.programme)
    objection = row.objections.order_by("-id").first()
    by = object_by(row, setting.programme)
    return DecisionView(
        id=row.pk,
        reference=reference_of(row.pk),
        programme=entitlement.programme,
        kind=DecisionKind(row.kind),
        state=EntitlementState(entitlement.state),
        contract_id=entitlement.contract,
        supplier=grounds.deliverer_name(setting.programme, setting.country, entitlement.supplier, language),
        area=entitlement.area,
        rate=row.rate,
        from_date=row.from_date,
        to_date=row.to_date,
        decided_at=row.decided_at,
        as_of=row.decided_at.date(),
        run=row.run,
        version=row.version,
        reason_code=row.reason,
        reason=reason(row, setting, language),
        facts=facts(row.facts, setting, language),
        object_by=by,
        may_object=now.date() <= by and objection is None,
        objection=objection_view(objection, language) if objection else None,
        history=history(entitlement.decisions.all(), setting, language),
        looks=looks_of(entitlement.programme, entitlement.contract),
        missing=missing(row, setting, language),
    )


def facts(stored: dict[str, str | None], setting: Setting, language: str) -> tuple[Fact, ...]:
    """Stored facts, written."""
    return grounds.written_facts(setting.programme, setting.country, stored, language)


def objection_view(row: Objection, language: str, *, whole: bool = False) -> ObjectionView:
    """An objection; ``whole`` adds the decision's reason and facts, for the official who answers."""
    decision = row.decision
    entitlement = decision.entitlement
    setting = setting_of(decision.version, entitlement.programme) if whole else None
    return ObjectionView(
        id=row.pk,
        decision=decision.pk,
        programme=entitlement.programme,
        contract_id=entitlement.contract,
        text=row.text,
        received_at=row.received_at,
        due=row.due,
        state=ObjectionState(row.state),
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        words=row.words,
        kind=DecisionKind(decision.kind),
        reason=reason(decision, setting, language) if setting else "",
        facts=facts(decision.facts, setting, language) if setting else (),
        language=entitlement.language,
    )


def looks_of(programme: str, contract: str) -> tuple[LookView, ...]:
    """Who read what is stored about a contract, the newest first."""
    rows = Look.objects.filter(programme=programme, contract=contract).order_by("-id")[:100]
    return tuple(LookView(row.who, row.purpose, row.at) for row in rows)


def letters_by_reference(
    reference: str, contract: str, reader: Reader, now: datetime, language: str | None
) -> tuple[NoticeText, ...]:
    """See ``api.letters_by_reference``."""
    row = find(reference, contract, reader.who, now)
    with transaction.atomic():
        look(row.entitlement, reader.who, reader.purpose, now)
        setting = setting_of(row.version, row.entitlement.programme)
        rows = row.notices.select_related("decision__entitlement", "objection").order_by("id")
        return tuple(write_notice(notice, setting, language) for notice in rows)


def visitor(address: str) -> str:
    """See ``api.visitor``."""
    return f"person:{salted_hmac('doorstep.benefits.visitor', address).hexdigest()[:16]}"


def history(decisions: QuerySet[Decision], setting: Setting, language: str) -> tuple[HistoryRow, ...]:
    """Decisions of one programme in short, the newest first, each by its own version of the rules."""
    rows = []
    for row in decisions.order_by("-id")[:50]:
        own = setting if row.version == setting.country.hash else setting_of(row.version, setting.programme.id)
        rows.append(HistoryRow(DecisionKind(row.kind), row.decided_at, reason(row, own, language)))
    return tuple(rows)


def _is_guessing(subjects: list[str], now: datetime) -> bool:
    since = now - TRIES_WITHIN
    limits = zip(subjects, (TRIES_A_CONTRACT, TRIES_A_PERSON), strict=True)
    return any(FailedTry.objects.filter(subject=subject, at__gt=since).count() >= most for subject, most in limits)
