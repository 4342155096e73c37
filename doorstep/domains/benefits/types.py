"""What crosses the door of benefits: plain values, no rows and no Django."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Generic, TypeVar

from doorstep.engines.rules.api import Telling
from doorstep.kit.errors import DoorstepError

T = TypeVar("T")


class NotFound(DoorstepError):
    """There is no such programme, run, decision, review or objection (or it must not be told apart from none)."""


class NotAllowed(DoorstepError):
    """This person's role does not allow it."""


class TooManyTries(DoorstepError):
    """Somebody guesses references: they must wait."""


class TooLate(DoorstepError):
    """The time to object is over, or the thing was settled already."""


class BadAnswer(DoorstepError):
    """An answer that cannot be used. ``question`` names it; ``what`` says it in the visitor's language."""

    def __init__(self, what: str, *, question: str) -> None:
        super().__init__(what)
        self.question = question


class RunRefused(DoorstepError):
    """A run that must not go on. ``code`` says why: for machines, and for the run's row."""

    def __init__(self, what: str, *, code: str, why: str = "", mend: str = "") -> None:
        super().__init__(what, why=why, mend=mend)
        self.code = code


class Role(StrEnum):
    """What an official may do. A supervisor may do all that an officer may."""

    OFFICER = "officer"
    SUPERVISOR = "supervisor"


@dataclass(frozen=True)
class Officer:
    """The official who acts: a name that stands in the records, and roles."""

    name: str
    roles: frozenset[Role]


class RunKind(StrEnum):
    """A trial stores nothing but its report."""

    TRIAL = "trial"
    REAL = "real"


class RunState(StrEnum):
    """How far a run came."""

    STARTED = "started"
    FINISHED = "finished"
    FAILED = "failed"
    REFUSED = "refused"


class DecisionKind(StrEnum):
    """What was decided about one contract."""

    GRANT = "grant"
    RENEWAL = "renewal"
    ENDING = "ending"
    ENDED = "ended"
    ENDING_WITHDRAWN = "ending_withdrawn"
    CORRECTION = "correction"


class EntitlementState(StrEnum):
    """Where an entitlement stands in its life."""

    ACTIVE = "active"
    ENDING = "ending"
    ENDED = "ended"


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


class Verdict(StrEnum):
    """What an officer finds about a contract that the registers could not decide."""

    ENTITLED = "entitled"
    NOT_ENTITLED = "not_entitled"
    WAITING = "waiting"


class ObjectionState(StrEnum):
    """An objection is pending until an officer settles it."""

    PENDING = "pending"
    UPHELD = "upheld"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Page(Generic[T]):
    """A part of a long list; ``number`` counts from 1."""

    items: tuple[T, ...]
    number: int
    pages: int
    total: int


@dataclass(frozen=True)
class InputFile:
    """One file that a run read."""

    register: str
    name: str
    sha256: str
    rows: int
    bytes: int = 0


@dataclass(frozen=True)
class GroupRow:
    """Contracts and entitlements of one group before and after a run. ``None``: fewer than five, so not published."""

    value: str
    contracts: int | None
    before: int | None
    after: int | None
    unknown: int | None


@dataclass(frozen=True)
class Counts:
    """What a run found and did, in contracts."""

    decided: int = 0
    entitled: int = 0
    not_entitled: int = 0
    unknown: int = 0
    started: int = 0
    continued: int = 0
    ending: int = 0
    ended: int = 0
    withdrawn: int = 0
    held: int = 0
    review: int = 0


@dataclass(frozen=True)
class RunSummary:
    """One run in short."""

    id: int | None
    programme: str
    version: str
    as_of: date
    kind: RunKind
    state: RunState
    everyone: bool
    by: str
    started_at: datetime
    finished_at: datetime | None
    counts: Counts
    message: str = ""
    files: Mapping[str, int] = field(default_factory=dict)
    """Files written: name -> rows."""
    repeated: bool = False
    """True when the same inputs were decided before, so that nothing was done again."""


@dataclass(frozen=True)
class RunReport:
    """A run as the public may read it: small groups are left out."""

    run: RunSummary
    inputs: tuple[InputFile, ...]
    faults: Mapping[str, Mapping[str, int]]
    """Register -> kind of fault -> rows."""
    groups: Mapping[str, tuple[GroupRow, ...]]
    """Grouping (``area``, ``age``, ``sex``) -> its rows, in order."""
    seconds: Decimal = Decimal(0)


@dataclass(frozen=True)
class Order:
    """What a run is to do. ``inputs`` is a folder, or register -> files."""

    programme: str
    inputs: Path | Mapping[str, Sequence[Path]]
    as_of: date
    kind: RunKind = RunKind.REAL
    out: Path | None = None
    """Folder for the files; none are written without it."""
    everyone: bool | None = None
    """Renew or end every entitlement; ``None``: as the programme's month says."""
    answers: Sequence[Path] = ()
    """Files with the answers of providers that keep their register to themselves."""
    confirm_endings: bool = False
    """Go on although more entitlements would end than the programme's guard allows."""
    allow_missing: frozenset[str] = field(default_factory=frozenset)
    """Registers and deliverers whose absence is intended."""


@dataclass(frozen=True)
class Fact:
    """One fact that a decision rests on, written for people."""

    name: str
    label: str
    value: str


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


@dataclass(frozen=True)
class HistoryRow:
    """One earlier decision about the same entitlement."""

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
class Choice:
    """One answer to choose."""

    value: str
    label: str


@dataclass(frozen=True)
class AskedQuestion:
    """A question in one language. ``type``: choice, yes_no, count, number, money or date."""

    id: str
    type: str
    label: str
    hint: str
    choices: tuple[Choice, ...] = ()
    optional: bool = False
    """True where "I do not know" is an answer."""


@dataclass(frozen=True)
class StepInWords:
    """One rule that was looked at, in words; ``value`` is None where it could not be known."""

    variable: str
    label: str
    words: str
    value: str
    holds: bool | None
    children: tuple[StepInWords, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """Whether somebody would get it, and why. ``entitled`` is None where the answers leave it open."""

    entitled: bool | None
    reason_code: str
    reason: str
    gives: str
    """What they would get, written: ``"33.8% off ..."``; empty unless entitled."""
    facts: tuple[Fact, ...]
    steps: tuple[StepInWords, ...]


@dataclass(frozen=True)
class Explanation:
    """One contract's decision rebuilt from the files, with every step."""

    contract_id: str
    programme: str
    as_of: date
    version: str
    outcome: Outcome


@dataclass(frozen=True)
class ReviewFilter:
    """Which reviews to list; an empty part does not narrow. ``search`` finds the start of a contract's id."""

    programme: str = ""
    search: str = ""
    reason: str = ""
    area: str = ""


@dataclass(frozen=True)
class ReviewItem:
    """A contract that the registers could not decide: a person must look."""

    id: int
    programme: str
    contract_id: str
    person: str
    supplier: str
    area: str
    reason_code: str
    reason: str
    facts: tuple[Fact, ...]
    opened_at: datetime
    state: str
    active: bool
    """True when the contract has an entitlement that stays until somebody decides."""
    settled_by: str = ""
    settled_at: datetime | None = None
    verdict: Verdict | None = None
    words: str = ""


@dataclass(frozen=True)
class SwitchState:
    """Whether a programme may decide for real; who turned it, why and when."""

    programme: str
    on: bool
    who: str = ""
    why: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Overview:
    """The desk's numbers for one programme."""

    programme: str
    on: bool
    active: int
    ending: int
    open_reviews: int
    open_objections: int
    queued_notices: int


@dataclass(frozen=True)
class AnswerSummary:
    """What a provider's machine answered: counts only."""

    provider: str
    variable: str
    asked: int
    yes: int
    no: int
    unknown: int
    file: str


@dataclass(frozen=True)
class ParameterInWords:
    """A number that the law sets, by date. ``unit`` is the country's code for it; ``values`` are written with it."""

    name: str
    title: str
    unit: str
    reference: str
    values: tuple[tuple[date, str], ...]


@dataclass(frozen=True)
class WorkedExample:
    """A case with its answer, as it stands in the country's tests."""

    title: str
    entitled: bool | None
    reason: str


@dataclass(frozen=True)
class RuleInWords:
    """One variable of the rules, in words; ``telling`` is the same part by part: a list of conditions, a table."""

    name: str
    entity: str
    title: str
    words: str
    formula: str
    uses: tuple[str, ...] = ()
    reference: str = ""
    telling: Telling | None = None


@dataclass(frozen=True)
class Algorithm:
    """Everything that decides one programme, for anybody to read."""

    programme: str
    title: str
    summary: str
    office: str
    legal_basis: tuple[str, ...]
    version: str
    rules: tuple[RuleInWords, ...]
    parameters: tuple[ParameterInWords, ...]
    examples: tuple[WorkedExample, ...] = ()
