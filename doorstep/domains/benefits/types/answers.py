""" "Would I get it, and why": questions, outcome and the steps behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from doorstep.domains.benefits.types.decisions import Fact


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
    law: str = ""
    """Where the law says it."""
    since: date | None = None
    """For a figure of the law: the day from which it holds."""


@dataclass(frozen=True)
class NearestChange:
    """Another value of one thing that alone would turn the answer, or a day on which it turns by itself.

    ``words`` say it whole: ``"If your household's income were EUR 120.00 less a year, you would get it."``
    """

    variable: str
    """``today`` for a day."""
    label: str
    before: str
    after: str
    difference: str
    """For a number: how far away it is, written; else empty."""
    outcome: bool
    words: str


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
    changes: tuple[NearestChange, ...] = ()
    """What alone would turn the answer, the smallest change first; a day stands last."""


@dataclass(frozen=True)
class Explanation:
    """One contract's decision rebuilt from the files, with every step."""

    contract_id: str
    programme: str
    as_of: date
    version: str
    outcome: Outcome
