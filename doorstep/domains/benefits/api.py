"""The only door of benefits. Everything is keyword-only and gives plain values from ``types``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from doorstep.domains.benefits import policies
from doorstep.domains.benefits.shapes import Programme
from doorstep.domains.benefits.types import (
    Algorithm,
    AnswerSummary,
    AskedQuestion,
    DecisionView,
    Explanation,
    NoticeText,
    ObjectionView,
    Officer,
    Outcome,
    Overview,
    Page,
    ReviewItem,
    RunKind,
    RunReport,
    RunSummary,
    SwitchState,
    Verdict,
)
from doorstep.kit.errors import Problem

if TYPE_CHECKING:
    from doorstep.domains.country.api import Country

Progress = Callable[[float, str], None]
"""Called with the share done (0 to 1) and what is being done."""


# --- programmes


def programmes(*, country: Country) -> tuple[Programme, ...]:
    """Every programme of the country, in the order of their ids."""
    raise NotImplementedError


def programme(*, country: Country, id: str) -> Programme:
    """One programme. Raises ``NotFound``."""
    raise NotImplementedError


def check_programmes(country: Country) -> list[Problem]:
    """Every mistake in ``programmes/*.yaml``: a part for ``check_country``."""
    raise NotImplementedError


def algorithm_register(*, country: Country, language: str) -> tuple[Algorithm, ...]:
    """Everything that decides each programme, in words, for anybody to read."""
    raise NotImplementedError


# --- runs


def decide(
    *, country: Country, order: Order, officer: Officer, now: datetime, progress: Progress | None = None
) -> RunSummary:
    """Decide everybody and store what follows, all or nothing.

    Raises ``RunRefused`` (switched off, another run at work, files missing, too many endings), ``NotAllowed``,
    and ``DoorstepError`` for files that cannot be read.
    """
    raise NotImplementedError


def decide_files(*, country: Country, order: Order, now: datetime, progress: Progress | None = None) -> RunSummary:
    """Decide everybody from files to files, without a database: nothing is stored, no notices, no endings."""
    raise NotImplementedError


def explain(*, country: Country, order: Order, contract_id: str, language: str) -> Explanation:
    """Rebuild one contract's decision from the files, with every step. Raises ``NotFound``."""
    raise NotImplementedError


def questions_file(*, country: Country, order: Order, variable: str, path: Path) -> int:
    """Write the keys that one provider is asked about (CSV, one column ``key``). Returns how many."""
    raise NotImplementedError


def answer(
    *, country: Country, order: Order, variable: str, keys: Path, path: Path, progress: Progress | None = None
) -> AnswerSummary:
    """On the provider's own machine: answer yes, no or nothing for each key, from its register alone."""
    raise NotImplementedError


def write_supplier_files(*, country: Country, run: int, folder: Path) -> Mapping[str, int]:
    """Write a run's files for the deliverers again from the database. Returns file name -> rows."""
    raise NotImplementedError


def list_runs(
    *, programme: str | None = None, trials: bool = False, number: int = 1, size: int = 20
) -> Page[RunSummary]:
    """Finished runs, the newest first; ``trials`` adds trial, failed and refused runs (for officers)."""
    raise NotImplementedError


def run_report(*, run: int) -> RunReport:
    """A run as the public may read it. Raises ``NotFound``."""
    raise NotImplementedError


# --- would I get it?


def ask_questions(
    *, country: Country, programme: str, answers: Mapping[str, str], language: str
) -> tuple[AskedQuestion, ...]:
    """The questions to ask so far: those answered and the next ones, in order (``when`` decides)."""
    raise NotImplementedError


def check_answer(*, country: Country, programme: str, question: str, answers: Mapping[str, str], language: str) -> None:
    """Raise ``BadAnswer`` where ``answers[question]`` cannot be used. An empty answer is "I do not know"."""
    raise NotImplementedError


def would_i_get_it(
    *, country: Country, programme: str, answers: Mapping[str, str], language: str, as_of: date
) -> Outcome:
    """Decide an invented household from a visitor's answers. Nothing is stored. Raises ``BadAnswer``."""
    raise NotImplementedError


# --- one person's decision


def decision_by_reference(
    *, reference: str, contract_id: str, who: str, purpose: str, language: str, now: datetime
) -> DecisionView:
    """The decision behind a letter. Records the look. Raises ``NotFound`` and, for guessers, ``TooManyTries``.

    ``who`` says who asks ("the person", or an address to count tries by); it is stored with the look.
    """
    raise NotImplementedError


def decision(*, id: int, officer: Officer, purpose: str, language: str, now: datetime) -> DecisionView:
    """A decision for an officer. Records the look."""
    raise NotImplementedError


def notices_of(*, decision: int, language: str | None, who: str, purpose: str, now: datetime) -> tuple[NoticeText, ...]:
    """The letters about one decision, in their own language or in ``language``. Records the look."""
    raise NotImplementedError


def object_to(*, reference: str, contract_id: str, text: str, who: str, now: datetime) -> ObjectionView:
    """Object to a decision. Raises ``NotFound``, ``TooLate``, ``TooManyTries`` and ``BadAnswer`` (no words)."""
    raise NotImplementedError


# --- the officers' desk


def overview(*, country: Country, officer: Officer) -> tuple[Overview, ...]:
    """The desk's numbers, a row for each programme."""
    raise NotImplementedError


def open_reviews(
    *,
    officer: Officer,
    language: str,
    programme: str | None = None,
    search: str = "",
    reason: str = "",
    area: str = "",
    number: int = 1,
    size: int = 25,
) -> Page[ReviewItem]:
    """Contracts that wait for a person, the oldest first. ``search`` finds the start of a contract's id."""
    raise NotImplementedError


def review_reasons(*, officer: Officer, programme: str | None = None) -> Mapping[str, int]:
    """Reason code -> open reviews."""
    raise NotImplementedError


def review(*, id: int, officer: Officer, purpose: str, language: str, now: datetime) -> ReviewItem:
    """One review. Records the look. Raises ``NotFound``."""
    raise NotImplementedError


def settle_review(*, id: int, officer: Officer, verdict: Verdict, words: str, now: datetime) -> ReviewItem:
    """Decide a review. ``words`` say why and reach the person. Raises ``NotFound``, ``TooLate``, ``BadAnswer``."""
    raise NotImplementedError


def open_objections(
    *, officer: Officer, language: str, programme: str | None = None, search: str = "", number: int = 1, size: int = 25
) -> Page[ObjectionView]:
    """Objections that wait, those due first."""
    raise NotImplementedError


def objection(*, id: int, officer: Officer, purpose: str, language: str, now: datetime) -> ObjectionView:
    """One objection. Records the look. Raises ``NotFound``."""
    raise NotImplementedError


def settle_objection(*, id: int, officer: Officer, upheld: bool, words: str, now: datetime) -> ObjectionView:
    """Decide an objection. Upheld restores the entitlement. Raises ``NotFound``, ``TooLate``, ``BadAnswer``."""
    raise NotImplementedError


def switch(*, country: Country, programme: str, on: bool, officer: Officer, why: str, now: datetime) -> SwitchState:
    """Turn a programme's real runs on or off. Nothing is taken away from anybody by it."""
    raise NotImplementedError


def is_on(*, programme: str) -> bool:
    """Whether a programme may decide for real: true until somebody turned it off."""
    raise NotImplementedError


def switch_history(*, programme: str) -> tuple[SwitchState, ...]:
    """Every turn of the switch, the newest first."""
    raise NotImplementedError


def queue(*, officer: Officer, state: str = "queued", number: int = 1, size: int = 25) -> Page[NoticeText]:
    """Notices to send (or ``sent``), the oldest first. Personal words are left out: ``body`` is empty."""
    raise NotImplementedError


def export_queue(*, officer: Officer, format: str, limit: int, now: datetime) -> Iterator[str]:
    """Queued notices as lines of ``csv`` or ``jsonl`` for the printer or the bill; marks them sent."""
    raise NotImplementedError


can_review = policies.can_review
can_supervise = policies.can_supervise
