"""One person's decision: its facts, its letters, objections to it, and who looked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum


class HousePurpose(StrEnum):
    """For what the programme's own steps read somebody's data. They need no line in the country's files.

    A country that lists one of these codes among its purposes says it in its own words, with its law.
    """

    OWN_DATA = "own-data"
    """People who read what is stored about themselves."""
    OBJECT = "object"
    SEND_NOTICES = "send-notices"
    DECIDE = "decide-a-benefit"
    ANSWER = "answer-an-objection"


class DecisionKind(StrEnum):
    """What was decided about one contract."""

    GRANT = "grant"
    RENEWAL = "renewal"
    ENDING = "ending"
    ENDED = "ended"
    ENDING_WITHDRAWN = "ending_withdrawn"
    CORRECTION = "correction"
    REFUSAL = "refusal"
    WAITING = "waiting"
    """Nobody can tell yet. Nothing is refused."""


class EntitlementState(StrEnum):
    """Where an entitlement stands in its life. ``waiting`` and ``refused`` are not in force, and never were."""

    ACTIVE = "active"
    ENDING = "ending"
    ENDED = "ended"
    WAITING = "waiting"
    REFUSED = "refused"


class NoticeKind(StrEnum):
    """What a notice tells. The programme's file has a subject and a body for each."""

    GRANTED = "granted"
    RENEWED = "renewed"
    ENDING = "ending"
    ENDED = "ended"
    ENDING_WITHDRAWN = "ending_withdrawn"
    OBJECTION_RECEIVED = "objection_received"
    OBJECTION_UPHELD = "objection_upheld"
    OBJECTION_REJECTED = "objection_rejected"
    CORRECTION = "correction"
    REFUSED = "refused"
    WAITING = "waiting"


class ObjectionState(StrEnum):
    """An objection is pending until an officer settles it."""

    PENDING = "pending"
    UPHELD = "upheld"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Fact:
    """One fact that a decision rests on, written for people."""

    name: str
    label: str
    value: str
    known: bool = True
    """False where the registers hold nothing, or entries that contradict each other."""


@dataclass(frozen=True)
class Missing:
    """Entries of one register that nobody knows: they are missing or contradict each other. Names, never values."""

    title: str
    """What people call the register."""
    columns: tuple[str, ...]
    keeper: str
    """Who keeps the register and can mend it."""
    phone: str = ""


@dataclass(frozen=True)
class LookView:
    """Somebody read a person's decision: who, for which purpose, when."""

    who: str
    purpose: str
    at: datetime


@dataclass(frozen=True)
class ObjectionView:
    """An objection and what became of it."""

    id: int
    decision: int
    programme: str
    contract_id: str
    text: str
    received_at: datetime
    due: date
    state: ObjectionState
    decided_by: str = ""
    decided_at: datetime | None = None
    words: str = ""
    kind: DecisionKind | None = None
    reason: str = ""
    facts: tuple[Fact, ...] = ()
    repeated: bool = False
    """True when the same words were received before, so that nothing was done again."""
    language: str = ""
    """The language that the person reads."""
    about: DecisionView | None = None
    """For the official who answers: the decision that is objected to, as the person sees it."""


@dataclass(frozen=True)
class HistoryRow:
    """One earlier decision about the same contract."""

    kind: DecisionKind
    decided_at: datetime
    reason: str


@dataclass(frozen=True)
class DecisionView:
    """One decision with its reasons, facts and how to contest it, in one language."""

    id: int
    reference: str
    programme: str
    kind: DecisionKind
    state: EntitlementState
    contract_id: str
    supplier: str
    area: str
    rate: Decimal | None
    from_date: date
    to_date: date | None
    decided_at: datetime
    as_of: date | None
    run: int | None
    version: str
    reason_code: str
    reason: str
    facts: tuple[Fact, ...]
    object_by: date | None
    may_object: bool
    objection: ObjectionView | None
    history: tuple[HistoryRow, ...]
    looks: tuple[LookView, ...]
    missing: tuple[Missing, ...] = ()
    """While it waits: which registers' entries nobody knows."""


@dataclass(frozen=True)
class NoticeText:
    """A letter, in one language."""

    id: int
    kind: NoticeKind
    language: str
    reference: str
    subject: str
    body: str
    state: str
    queued_at: datetime
    contract_id: str = ""
    supplier: str = ""


@dataclass(frozen=True)
class Batch:
    """Letters that were exported together."""

    sent_at: datetime
    letters: int
