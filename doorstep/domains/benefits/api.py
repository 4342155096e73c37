"""The only door of benefits. Everything is keyword-only and gives plain values from ``types``.

Checking a country, ``would_i_get_it``, ``explain``, ``answer`` and ``decide_files`` need no database; what does is
imported when it is called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from doorstep.domains.benefits import (
    algorithms,
    apart,
    asking,
    deciding,
    explaining,
    fileruns,
    policies,
    reading,
)
from doorstep.domains.benefits.life import diagram
from doorstep.domains.benefits.past_door import recompute
from doorstep.domains.benefits.shapes import MONTHS, Programme
from doorstep.domains.benefits.types import (
    Algorithm,
    AnswerSummary,
    AskedQuestion,
    Batch,
    DecisionView,
    Explanation,
    NoticeText,
    ObjectionView,
    Officer,
    Order,
    Outcome,
    Overview,
    Page,
    ReviewFilter,
    ReviewItem,
    RunReport,
    RunSummary,
    SwitchState,
    Verdict,
)
from doorstep.domains.benefits.whatif_door import (
    check_what_if,
    figure,
    list_what_ifs,
    parameters,
    what_if,
    what_if_files,
    what_if_report,
)
from doorstep.domains.country.api import Country
from doorstep.kit.errors import Problem

if TYPE_CHECKING:
    from doorstep.engines.dataflow.api import Workshop

__all__ = [
    "MAX_WORDS",
    "MONTHS",
    "Order",
    "Programme",
    "algorithm",
    "algorithm_register",
    "answer",
    "ask_questions",
    "batches",
    "can_review",
    "can_supervise",
    "check_answer",
    "check_programmes",
    "check_what_if",
    "decide",
    "decide_files",
    "decision",
    "decision_by_reference",
    "diagram",
    "explain",
    "export_again",
    "export_queue",
    "figure",
    "is_on",
    "letters_by_reference",
    "list_runs",
    "list_what_ifs",
    "notice",
    "notices_of",
    "object_to",
    "objection",
    "open_objections",
    "open_reviews",
    "overview",
    "parameters",
    "programme",
    "programmes",
    "questions_asked",
    "questions_file",
    "queue",
    "recompute",
    "review",
    "review_reasons",
    "run_report",
    "settle_objection",
    "settle_review",
    "switch",
    "switch_history",
    "visitor",
    "what_if",
    "what_if_files",
    "what_if_report",
    "would_i_get_it",
    "write_supplier_files",
]

Progress = Callable[[float, str], None]
"""Called with the share done (0 to 1) and what is being done."""

MAX_WORDS = policies.MAX_WORDS
can_review = policies.can_review
can_supervise = policies.can_supervise


# --- programmes


def programmes(*, country: Country) -> tuple[Programme, ...]:
    """Every programme of the country, in the order of their ids."""
    return tuple(reading.programmes_of(country).values())


def programme(*, country: Country, id: str) -> Programme:
    """One programme. Raises ``NotFound``."""
    return reading.programme_of(country, id)


def check_programmes(country: Country) -> list[Problem]:
    """Every mistake in ``programmes/*.yaml``: a part for ``check_country``."""
    return reading.check_programmes(country)


def algorithm_register(*, country: Country, language: str) -> tuple[Algorithm, ...]:
    """Everything that decides each programme, in words, for anybody to read."""
    return algorithms.algorithms(country, language)


def algorithm(*, country: Country, programme: str, language: str) -> Algorithm:
    """One programme's entry in the register. Raises ``NotFound``."""
    return algorithms.algorithm(reading.programme_of(country, programme), country, language)


# --- runs


def decide(
    *, country: Country, order: Order, officer: Officer, now: datetime, progress: Progress | None = None
) -> RunSummary:
    """Decide everybody and store what follows, all or nothing.

    Raises ``RunRefused`` (switched off, another run at work, files missing, too many endings), ``NotAllowed``,
    and ``DoorstepError`` for files that cannot be read. A real run needs the country loaded.
    """
    from doorstep.domains.benefits import running

    return running.decide(country, order, officer, now, progress)


def decide_files(*, country: Country, order: Order, now: datetime, progress: Progress | None = None) -> RunSummary:
    """Decide everybody from files to files, without a database: nothing is stored, no notices, no endings."""
    with _workshop(progress) as workshop:
        return fileruns.decide_files(workshop, _task(country, order), order, now)


def explain(*, country: Country, order: Order, contract_id: str, language: str) -> Explanation:
    """Rebuild one contract's decision from the files, with every step. Raises ``NotFound``."""
    task = _task(country, order)
    case = explaining.Case(country, task.programme, task.as_of, {})
    with _workshop(None) as workshop:
        return explaining.explain(workshop, case, task.files, contract_id, language)


def questions_asked(*, country: Country, programme: str) -> Mapping[str, str]:
    """Question -> provider: the yes/no questions that a provider can answer on its own machine."""
    found = reading.programme_of(country, programme)
    return {question.name: question.provider for question in apart.questions_of(found, country)}


def questions_file(*, country: Country, order: Order, variable: str, path: Path) -> int:
    """Write the keys that one provider is asked about (CSV, one column ``key``). Returns how many."""
    task = _task(country, order)
    with _workshop(None) as workshop:
        return apart.write_questions(workshop, _asking(task, variable), task.files, path)


def answer(
    *, country: Country, order: Order, variable: str, keys: Path, path: Path, progress: Progress | None = None
) -> AnswerSummary:
    """On the provider's own machine: answer yes, no or nothing for each key, from its register alone."""
    task = _task(country, order)
    with _workshop(progress) as workshop:
        asking = replace(_asking(task, variable), confirm_untied=order.confirm_untied)
        return apart.answer(workshop, asking, task.files, keys, path)


def write_supplier_files(*, run: int, folder: Path) -> Mapping[str, int]:
    """Write the newest run's files for the deliverers again from the database. Returns file name -> rows."""
    from doorstep.domains.benefits import delivering

    with _workshop(None) as workshop:
        return delivering.write_files_of(workshop, delivering.run_of(run), folder)


def list_runs(
    *, programme: str | None = None, trials: bool = False, number: int = 1, size: int = 20
) -> Page[RunSummary]:
    """Finished runs, the newest first; ``trials`` adds trial, failed and refused runs (for officers)."""
    from doorstep.domains.benefits import queries

    return queries.list_runs(programme, trials, number, size)


def run_report(*, run: int, officer: Officer | None = None) -> RunReport:
    """A run as the public may read it; an officer also reads trials, stopped runs and small groups.

    Raises ``NotFound``.
    """
    from doorstep.domains.benefits import queries

    if officer is not None:
        policies.check_review(officer)
    return queries.run_report(run, whole=officer is not None)


# --- would I get it?


def ask_questions(
    *, country: Country, programme: str, answers: Mapping[str, str], language: str
) -> tuple[AskedQuestion, ...]:
    """The questions to ask so far: those answered and the next one, in order (``when`` decides)."""
    return asking.questions(reading.programme_of(country, programme), answers, language)


def check_answer(*, country: Country, programme: str, question: str, answers: Mapping[str, str], language: str) -> None:
    """Raise ``BadAnswer`` where ``answers[question]`` cannot be used. An empty answer is "I do not know"."""
    found = reading.programme_of(country, programme)
    before = asking.values_before(found, question, answers, language)
    asking.check_answer(found, question, answers.get(question, ""), before, language)


def would_i_get_it(
    *, country: Country, programme: str, answers: Mapping[str, str], language: str, as_of: date
) -> Outcome:
    """Decide an invented household from a visitor's answers. Nothing is stored. Raises ``BadAnswer``."""
    found = reading.programme_of(country, programme)
    return explaining.outcome_of(explaining.visitor_case(country, found, answers, language, as_of), language)


# --- one person's decision


def decision_by_reference(
    *, reference: str, contract_id: str, who: str, purpose: str, language: str, now: datetime
) -> DecisionView:
    """The decision behind a letter. Records the look. Raises ``NotFound`` and, for guessers, ``TooManyTries``.

    ``who`` says who asks ("the person", or an address to count tries by); it is stored with the look.
    """
    from doorstep.domains.benefits import persons

    return persons.decision_by_reference(reference, contract_id, persons.Reader(who, purpose, language), now)


def decision(*, id: int, officer: Officer, purpose: str, language: str, now: datetime) -> DecisionView:
    """A decision for an officer. Records the look."""
    from doorstep.domains.benefits import desk

    return desk.decision(id, officer, purpose, language, now)


def notices_of(*, decision: int, language: str | None, who: str, purpose: str, now: datetime) -> tuple[NoticeText, ...]:
    """The letters about one decision, in their own language or in ``language``. Records the look."""
    from doorstep.domains.benefits import persons

    return persons.notices_of(decision, language, who, purpose, now)


def letters_by_reference(
    *, reference: str, contract_id: str, language: str | None, who: str, purpose: str, now: datetime
) -> tuple[NoticeText, ...]:
    """The letters about the decision behind a letter, in their own language or in ``language``. Records the look.

    Raises ``NotFound`` and ``TooManyTries``, as ``decision_by_reference`` does.
    """
    from doorstep.domains.benefits import persons

    reader = persons.Reader(who, purpose, language or "")
    return persons.letters_by_reference(reference, contract_id, reader, now, language)


def visitor(*, address: str) -> str:
    """The ``who`` of a person with a letter: a keyed hash of a network address, enough to slow guessers down.

    The same on every channel, so that tries are counted together. The address itself is stored nowhere.
    """
    from doorstep.domains.benefits import persons

    return persons.visitor(address)


def object_to(
    *, reference: str, contract_id: str, text: str, who: str, now: datetime, language: str = "en"
) -> ObjectionView:
    """Object to a decision. Safe to send twice: the same words give the objection that stands (``repeated``).

    Raises ``NotFound``, ``TooLate``, ``AlreadyObjected`` (other words), ``TooManyTries`` and ``BadAnswer`` (no words).
    """
    from doorstep.domains.benefits import actions, persons

    return actions.object_to(reference, contract_id, text, persons.Reader(who, "object", language), now)


# --- the officers' desk


def overview(*, country: Country, officer: Officer) -> tuple[Overview, ...]:
    """The desk's numbers, a row for each programme."""
    from doorstep.domains.benefits import desk

    return desk.overview(country, officer)


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
    from doorstep.domains.benefits import desk

    return desk.open_reviews(officer, language, ReviewFilter(programme or "", search, reason, area), number, size)


def review_reasons(*, officer: Officer, programme: str | None = None) -> Mapping[str, int]:
    """Reason code -> open reviews."""
    from doorstep.domains.benefits import desk

    return desk.review_reasons(officer, programme)


def review(*, id: int, officer: Officer, purpose: str, language: str, now: datetime) -> ReviewItem:
    """One review. Records the look. Raises ``NotFound``."""
    from doorstep.domains.benefits import desk

    return desk.review(id, officer, purpose, language, now)


def settle_review(
    *, id: int, officer: Officer, verdict: Verdict, words: str, now: datetime, seen: str | None = None
) -> ReviewItem:
    """Decide a review. ``words`` say why and reach the person; ``seen`` is the ``mark`` of what the officer saw.

    Raises ``NotFound``, ``BadAnswer``, and ``TooLate`` where it was settled or a run has changed its facts meanwhile.
    """
    from doorstep.domains.benefits import actions

    return actions.settle_review(id, officer, verdict, words, now, seen=seen)


def open_objections(
    *, officer: Officer, language: str, programme: str | None = None, search: str = "", number: int = 1, size: int = 25
) -> Page[ObjectionView]:
    """Objections that wait, those due first."""
    from doorstep.domains.benefits import desk

    return desk.open_objections(officer, language, ReviewFilter(programme or "", search), number, size)


def objection(*, id: int, officer: Officer, purpose: str, language: str, now: datetime) -> ObjectionView:
    """One objection. Records the look. Raises ``NotFound``."""
    from doorstep.domains.benefits import desk

    return desk.objection(id, officer, purpose, language, now)


def settle_objection(*, id: int, officer: Officer, upheld: bool, words: str, now: datetime) -> ObjectionView:
    """Decide an objection. Upheld restores the entitlement. Raises ``NotFound``, ``TooLate``, ``BadAnswer``."""
    from doorstep.domains.benefits import actions

    return actions.settle_objection(id, officer, upheld, words, now)


def switch(*, country: Country, programme: str, on: bool, officer: Officer, why: str, now: datetime) -> SwitchState:
    """Turn a programme's real runs on or off. Nothing is taken away from anybody by it."""
    from doorstep.domains.benefits import actions

    return actions.switch(reading.programme_of(country, programme).id, on, officer, why, now)


def is_on(*, programme: str) -> bool:
    """Whether a programme may decide for real: true until somebody turned it off."""
    from doorstep.domains.benefits import guards

    return guards.is_on(programme)


def switch_history(*, programme: str) -> tuple[SwitchState, ...]:
    """Every turn of the switch, the newest first."""
    from doorstep.domains.benefits import actions

    return actions.switch_history(programme)


def queue(
    *, officer: Officer, state: str = "queued", search: str = "", number: int = 1, size: int = 25
) -> Page[NoticeText]:
    """Notices to send (or ``sent``), the oldest first. Personal words are left out: ``body`` is empty.

    ``search`` finds the start of a contract's id.
    """
    from doorstep.domains.benefits import desk

    return desk.queue(officer, state, search, number, size)


def notice(*, id: int, officer: Officer, purpose: str, now: datetime, language: str | None = None) -> NoticeText:
    """One letter as the person gets it, or in ``language``. Records the look. Raises ``NotFound``."""
    from doorstep.domains.benefits import desk

    return desk.notice(id, officer, purpose, language, now)


def export_queue(*, officer: Officer, format: str, limit: int, now: datetime) -> Iterator[str]:
    """Queued notices as lines of ``csv`` or ``jsonl`` for the printer or the bill; marks them sent."""
    from doorstep.domains.benefits import sending

    return sending.export_queue(officer, format, limit, now)


def batches(*, officer: Officer, number: int = 1, size: int = 10) -> Page[Batch]:
    """Exports that were made, the newest first."""
    from doorstep.domains.benefits import desk

    return desk.batches(officer, number, size)


def export_again(*, officer: Officer, format: str, sent_at: datetime, now: datetime) -> Iterator[str]:
    """The letters of one export once more, for a file that was lost. No letters where there was no such export."""
    from doorstep.domains.benefits import sending

    return sending.export_again(officer, format, sent_at, now)


# --- what several of these need


def _workshop(progress: Progress | None) -> Workshop:
    """A place for mass work; what it needs is imported only where there is some."""
    from doorstep.engines.dataflow.api import Workshop

    return Workshop(progress=progress)


def _task(country: Country, order: Order) -> deciding.Task:
    found = reading.programme_of(country, order.programme)
    files = deciding.find_files(found, order.inputs)
    return deciding.Task(country, found, order.as_of, files, tuple(order.answers), order.allow_missing)


def _asking(task: deciding.Task, variable: str) -> apart.Asking:
    question = apart.question_of(task.programme, task.country, variable)
    return apart.Asking(task.country, task.programme, question, task.as_of)
