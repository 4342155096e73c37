"""Cases that wait for a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from doorstep.domains.benefits.types.decisions import EntitlementState, Fact, HistoryRow, LookView, Missing


class Verdict(StrEnum):
    """What an officer finds about a contract that the registers could not decide."""

    ENTITLED = "entitled"
    NOT_ENTITLED = "not_entitled"
    WAITING = "waiting"


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
    settled_by: str = ""
    settled_at: datetime | None = None
    verdict: Verdict | None = None
    words: str = ""
    language: str = ""
    """The language that the person reads."""
    standing: EntitlementState | None = None
    """Where the contract's entitlement stands; None where there is none."""
    history: tuple[HistoryRow, ...] = ()
    """Every decision about the contract, the newest first."""
    earlier: tuple[ReviewItem, ...] = ()
    """Earlier reviews of the contract, the newest first, without its person and facts."""
    looks: tuple[LookView, ...] = ()
    missing: tuple[Missing, ...] = ()
    """Which registers' entries are missing or contradict each other."""
    told: bool = False
    """True where the person has a letter already that it waits for these same facts."""
    mark: str = ""
    """Tells these facts from those of an earlier or later run."""
