"""Runs: what is asked of one, what it found, what it published; and the switch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from doorstep.engines.dataflow.api import Spark


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
class NamedGroup:
    """One group in words. ``share``: of its contracts, how many have it after the run; None where not published."""

    name: str
    row: GroupRow
    share: Decimal | None


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
    untied: int = 0
    """Rows of registers that do not say to whom they belong."""
    refused: int = 0
    """Told no after they were told that it waits. Whoever was never told anything gets no letter."""


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
    faults: int = 0
    """Faults found in the files; ``faults.csv`` lists them."""


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
    least: int = 0
    """Numbers under this are not published."""


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
    confirm_untied: bool = False
    """Go on although more entitlements would end than the programme's guard allows."""
    allow_missing: frozenset[str] = field(default_factory=frozenset)
    """Registers and deliverers whose absence is intended."""
    spark: Spark | None = None
    """Where Spark decides everybody; ``None``: DuckDB does, in this process."""


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
