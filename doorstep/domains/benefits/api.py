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
    groups,
    paying,
    policies,
    reading,
)
from doorstep.domains.benefits.desk_door import (
    batches,
    export_again,
    export_queue,
    is_on,
    notice,
    objection,
    open_objections,
    open_reviews,
    overview,
    queue,
    review,
    review_reasons,
    settle_objection,
    settle_review,
    switch,
    switch_history,
)
from doorstep.domains.benefits.life import diagram
from doorstep.domains.benefits.past_door import recompute
from doorstep.domains.benefits.shapes import MONTHS, Programme
from doorstep.domains.benefits.types import (
    Algorithm,
    AnswerSummary,
    AskedQuestion,
    DecisionView,
    Explanation,
    HousePurpose,
    NamedGroup,
    NoticeText,
    ObjectionView,
    Officer,
    Order,
    Outcome,
    OwnMoney,
    Page,
    RunReport,
    RunSummary,
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
from doorstep.domains.payments.types import Order as BatchOrder
from doorstep.kit.errors import Problem

if TYPE_CHECKING:
    from doorstep.engines.dataflow.api import Spark, Workshop
    from doorstep.engines.evidence.types import ReceiptView

__all__ = [
    "MAX_WORDS",
    "MONTHS",
    "Order",
    "Programme",
    "algorithm",
    "algorithm_register",
    "amounts_to_pay",
    "answer",
    "ask_questions",
    "batches",
    "can_review",
    "can_supervise",
    "check_answer",
    "check_programmes",
    "check_reference",
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
    "group_name",
    "groups_csv",
    "is_on",
    "letters_by_reference",
    "list_runs",
    "list_what_ifs",
    "named_groups",
    "notice",
    "object_to",
    "objection",
    "open_objections",
    "open_reviews",
    "overview",
    "parameters",
    "payment_order",
    "programme",
    "programmes",
    "questions_file",
    "queue",
    "receipt_by_reference",
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
]

Progress = Callable[[float, str], None]
"""Called with the share done (0 to 1) and what is being done."""

MAX_WORDS = policies.MAX_WORDS
can_review = policies.can_review
can_supervise = policies.can_supervise


# --- programmes


def programmes(*, country: Country) -> tuple[Programme, ...]:
    """Every programme of the country, in the order of their ids. Raises ``Problems`` for files with mistakes."""
    return tuple(reading.programmes_of(country).values())


def programme(*, country: Country, id: str) -> Programme:
    """One programme. Raises ``NotFound``."""
    return reading.programme_of(country, id)


def check_programmes(country: Country) -> list[Problem]:
    """Every mistake in ``programmes/*.yaml``: a part for ``check_country``."""
    return reading.check_programmes(country)


def algorithm_register(*, country: Country, language: str) -> tuple[Algorithm, ...]:
    """Everything that decides each programme, in words, for anybody to read.

    Raises ``Problems`` for files with mistakes.
    """
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
    """Decide everybody from files to files, without a database: nothing is stored, no notices, no endings.

    Raises ``NotFound``, ``RunRefused`` (a register is missing) and ``DoorstepError`` for files that cannot be read.
    """
    with _workshop(progress, order.spark) as workshop:
        return fileruns.decide_files(workshop, _task(country, order), order, now)


def explain(*, country: Country, order: Order, contract_id: str, language: str) -> Explanation:
    """Rebuild one contract's decision from the files, with every step. Raises ``NotFound``, ``DoorstepError``."""
    task = _task(country, order)
    case = explaining.Case(country, task.programme, task.as_of, {})
    with _workshop(None) as workshop:
        return explaining.explain(workshop, case, task.files, contract_id, language)


def questions_file(*, country: Country, order: Order, variable: str, path: Path) -> int:
    """Write the keys that one provider is asked about (CSV, one column ``key``). Returns how many.

    Raises ``NotFound`` and ``DoorstepError`` (no such question, files that cannot be read).
    """
    task = _task(country, order)
    with _workshop(None) as workshop:
        return apart.write_questions(workshop, _asking(task, variable), task.files, path)


def answer(
    *, country: Country, order: Order, variable: str, keys: Path, path: Path, progress: Progress | None = None
) -> AnswerSummary:
    """On the provider's own machine: answer yes, no or nothing for each key, from its register alone.

    Raises ``NotFound`` and ``DoorstepError`` (no such question, files that cannot be read).
    """
    task = _task(country, order)
    with _workshop(progress) as workshop:
        asking = replace(_asking(task, variable), confirm_untied=order.confirm_untied)
        return apart.answer(workshop, asking, task.files, keys, path)


def payment_order(*, country: Country, programme: str, period: str, at: datetime) -> BatchOrder:
    """What a batch of payments for a month is to be: when it is paid, from which account, until when to approve it.

    Raises ``NotFound``, and ``BadList`` for a period that is no month.
    """
    return paying.order(reading.programme_of(country, programme), country, period, at)


def amounts_to_pay(*, country: Country, programme: str, period: str) -> Iterator[tuple[str, int]]:
    """(person, minor units) for everybody who is entitled in a month. Raises ``NotFound`` and ``BadList``."""
    return paying.amounts(reading.programme_of(country, programme), country, period)


def list_runs(
    *, programme: str | None = None, trials: bool = False, number: int = 1, size: int = 20
) -> Page[RunSummary]:
    """Finished runs, the newest first; ``trials`` adds trial, failed and refused runs (for officers)."""
    from doorstep.domains.benefits import queries

    return queries.list_runs(programme, trials, number, size)


def run_report(*, run: int, officer: Officer | None = None) -> RunReport:
    """A run as the public may read it; an officer also reads trials, stopped runs and small groups.

    Raises ``NotFound`` and, where the officer may not, ``NotAllowed``.
    """
    from doorstep.domains.benefits import queries

    if officer is not None:
        policies.check_review(officer)
    return queries.run_report(run, whole=officer is not None)


def named_groups(*, country: Country, report: RunReport, grouping: str, language: str) -> tuple[NamedGroup, ...]:
    """One grouping (``area``, ``age``, ``sex``) of a report: ages from the youngest, others by name, unknown last."""
    return groups.named(report, grouping, country, language)


def group_name(*, country: Country, grouping: str, value: str, language: str) -> str:
    """What people call one group; a code that nobody knows stays as it is."""
    return groups.name_of(grouping, value, country, language)


def groups_csv(*, country: Country, report: RunReport, language: str) -> str:
    """Every group of a report as CSV, a row each, with a mark for spreadsheets. What is not published is empty."""
    return groups.as_csv(report, country, language)


# --- would I get it?


def ask_questions(
    *, country: Country, programme: str, answers: Mapping[str, str], language: str
) -> tuple[AskedQuestion, ...]:
    """The questions to ask so far: those answered and the next one, in order (``when`` decides).

    Raises ``NotFound``.
    """
    return asking.questions(reading.programme_of(country, programme), answers, language)


def check_answer(*, country: Country, programme: str, question: str, answers: Mapping[str, str], language: str) -> None:
    """Raise ``BadAnswer`` where ``answers[question]`` cannot be used. An empty answer is "I do not know".

    Raises ``NotFound`` for the programme.
    """
    found = reading.programme_of(country, programme)
    before = asking.values_before(found, question, answers, language)
    asking.check_answer(found, question, answers.get(question, ""), before, language)


def would_i_get_it(
    *, country: Country, programme: str, answers: Mapping[str, str], language: str, as_of: date
) -> Outcome:
    """Decide an invented household from a visitor's answers. Nothing is stored. Raises ``BadAnswer``, ``NotFound``."""
    found = reading.programme_of(country, programme)
    return explaining.outcome_of(explaining.visitor_case(country, found, answers, language, as_of), language)


# --- one person's decision


def check_reference(*, reference: str, contract_id: str, who: str, now: datetime) -> None:
    """Whether a code and a contract number fit together. Nothing is read, so no look is recorded.

    Raises ``NotFound`` and, for guessers, ``TooManyTries``.
    """
    from doorstep.domains.benefits import persons

    persons.find(reference, contract_id, who, now)


def decision_by_reference(
    *, reference: str, contract_id: str, who: str, purpose: str, language: str, now: datetime
) -> DecisionView:
    """The decision behind a letter. Records the look. Raises ``NotFound`` and, for guessers, ``TooManyTries``.

    ``who`` says who asks ("the person", or an address to count tries by); it is stored with the look.
    """
    from doorstep.domains.benefits import persons

    return persons.decision_by_reference(reference, contract_id, persons.Reader(who, purpose, language), now)


def receipt_by_reference(*, reference: str, contract_id: str, who: str, purpose: str, now: datetime) -> ReceiptView:
    """The receipt of the decision behind a letter: the proof that it stands in the evidence log. Records the look.

    Raises ``NotFound`` and ``TooManyTries``, as ``decision_by_reference`` does, and ``NoReceipt`` while there is none.
    """
    from doorstep.domains.benefits import leaves, persons

    return leaves.receipt(reference, contract_id, persons.Reader(who, purpose, ""), now)


def money_by_reference(*, reference: str, contract_id: str, who: str, purpose: str, now: datetime) -> OwnMoney:
    """The payments of the person behind a letter, of every programme. Records the look. Raises as the receipt."""
    from doorstep.domains.benefits import persons, receiving

    return receiving.of_letter(reference, contract_id, persons.Reader(who, purpose, ""), now)


def payment_receipt_by_reference(
    *, reference: str, contract_id: str, payment: int, who: str, purpose: str, now: datetime
) -> ReceiptView:
    """The proof of one of these payments. Raises also payments' ``NotFound``, and ``NoReceipt`` while there is none."""
    from doorstep.domains.benefits import persons, receiving

    return receiving.receipt(reference, contract_id, persons.Reader(who, purpose, ""), payment, now)


def decision(*, id: int, officer: Officer, purpose: str, language: str, now: datetime) -> DecisionView:
    """A decision for an officer. Records the look. Raises ``NotAllowed``, ``NotFound``."""
    from doorstep.domains.benefits import desk

    return desk.decision(id, officer, purpose, language, now)


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

    return actions.object_to(reference, contract_id, text, persons.Reader(who, HousePurpose.OBJECT, language), now)


# --- what several of these need


def _workshop(progress: Progress | None, spark: Spark | None = None) -> Workshop:
    """A place for mass work; what it needs is imported only where there is some."""
    from doorstep.engines.dataflow.api import Workshop

    return Workshop(progress=progress, spark=spark)


def _task(country: Country, order: Order) -> deciding.Task:
    found = reading.programme_of(country, order.programme)
    files = deciding.find_files(found, order.inputs)
    return deciding.Task(country, found, order.as_of, files, tuple(order.answers), order.allow_missing)


def _asking(task: deciding.Task, variable: str) -> apart.Asking:
    question = apart.question_of(task.programme, task.country, variable)
    return apart.Asking(task.country, task.programme, question, task.as_of)
