"""Months that are past, decided again with what is known now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from doorstep.engines.dataflow.api import Spark


@dataclass(frozen=True)
class PastOrder:
    """Which months to decide again: those of real runs whose day lies from ``since`` to ``until``.

    ``inputs`` is a folder; a folder ``2026-06`` in it holds the registers of that month, where they differ.
    """

    programme: str
    inputs: Path
    since: date
    until: date
    apply: bool = False
    """Write corrections; without it everything is only told."""
    out: Path | None = None
    """Folder for ``report.json`` and ``differences.csv``; none are written without it."""
    same_contracts: bool = False
    """The contracts in ``inputs`` existed in all those months, though nothing of some was stored then."""
    confirm_corrections: bool = False
    """Go on although more would be corrected than the programme's guard for endings allows."""
    allow_missing: frozenset[str] = field(default_factory=frozenset)
    spark: Spark | None = None
    """Where Spark decides everybody; ``None``: DuckDB does, in this process."""


class Cause(StrEnum):
    """Why a month comes out otherwise now."""

    LAW = "law"
    """With the law as it was loaded then, it would come out as it did."""
    DATA = "data"
    """With the law as it was loaded then, today's registers give the new answer too."""
    UNKNOWN = "unknown"
    """By the law as it was loaded then, today's registers give no answer."""


class Effect(StrEnum):
    """What a difference leads to."""

    CORRECTED = "corrected"
    """In the person's favour: entitled from the day on which they should have been."""
    AGAINST = "against"
    """Against the person: nothing is done; a human looks at the list."""
    UNTRACED = "untraced"
    """In the person's favour, but nobody knows whether the contract existed then: a human looks at the list."""


@dataclass(frozen=True)
class PastMonth:
    """One month decided again: its run, the day it counted, and from when it entitled."""

    run: int
    as_of: date
    from_date: date
    decided: int
    entitled: int
    unknown: int


@dataclass(frozen=True)
class PastDifference:
    """One contract and the months that come out otherwise. ``changed``: (kind, name, then, now), as stored."""

    contract_id: str
    effect: Effect
    cause: Cause
    months: tuple[date, ...]
    reason_code: str
    changed: tuple[tuple[str, str, str | None, str | None], ...]


@dataclass(frozen=True)
class PastReport:
    """What deciding past months again found, and whether it was written. ``run`` is ``None`` for a dry run."""

    run: int | None
    programme: str
    version: str
    months: tuple[PastMonth, ...]
    differences: tuple[PastDifference, ...]
    counts: Mapping[Effect, int]
    """Effect -> contracts."""
    decisions: int
    """Correction decisions written, each with its letter."""
