"""The door for officers: cases, objections, letters and the switch. Each function is given out by ``api``.

What needs the database is imported when it is called.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from doorstep.domains.benefits import reading
from doorstep.domains.benefits.types import (
    Batch,
    NoticeText,
    ObjectionView,
    Officer,
    Overview,
    Page,
    ReviewFilter,
    ReviewItem,
    SwitchState,
    Verdict,
)
from doorstep.domains.country.api import Country


def overview(*, country: Country, officer: Officer) -> tuple[Overview, ...]:
    """The desk's numbers, a row for each programme. Raises ``NotAllowed``."""
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
    """Contracts that wait for a person, the oldest first. ``search`` finds the start of a contract's id.

    Raises ``NotAllowed``.
    """
    from doorstep.domains.benefits import desk

    return desk.open_reviews(officer, language, ReviewFilter(programme or "", search, reason, area), number, size)


def review_reasons(*, officer: Officer, programme: str | None = None) -> Mapping[str, int]:
    """Reason code -> open reviews. Raises ``NotAllowed``."""
    from doorstep.domains.benefits import desk

    return desk.review_reasons(officer, programme)


def review(*, id: int, officer: Officer, purpose: str, language: str, now: datetime) -> ReviewItem:
    """One review. Records the look. Raises ``NotAllowed``, ``NotFound``."""
    from doorstep.domains.benefits import desk

    return desk.review(id, officer, purpose, language, now)


def settle_review(
    *, id: int, officer: Officer, verdict: Verdict, words: str, now: datetime, seen: str | None = None
) -> ReviewItem:
    """Decide a review. ``words`` say why and reach the person; ``seen`` is the ``mark`` of what the officer saw.

    Every verdict is told by a letter, but a yes to somebody who has it, and waiting for facts that they were told of.
    Raises ``NotAllowed``, ``NotFound``, ``BadAnswer``, ``TooLate`` where it was settled or a run has changed its facts
    meanwhile, ``RunRefused`` for a no while the programme is off, and ``DoorstepError`` where the letter has no words.
    """
    from doorstep.domains.benefits import actions

    return actions.settle_review(id, officer, verdict, words, now, seen=seen)


def open_objections(
    *, officer: Officer, language: str, programme: str | None = None, search: str = "", number: int = 1, size: int = 25
) -> Page[ObjectionView]:
    """Objections that wait, those due first. Raises ``NotAllowed``."""
    from doorstep.domains.benefits import desk

    return desk.open_objections(officer, language, ReviewFilter(programme or "", search), number, size)


def objection(*, id: int, officer: Officer, purpose: str, language: str, now: datetime) -> ObjectionView:
    """One objection. Records the look. Raises ``NotAllowed``, ``NotFound``."""
    from doorstep.domains.benefits import desk

    return desk.objection(id, officer, purpose, language, now)


def settle_objection(*, id: int, officer: Officer, upheld: bool, words: str, now: datetime) -> ObjectionView:
    """Decide an objection. Upheld restores the entitlement, or begins it on the day on which it should have.

    Raises ``NotAllowed``, ``NotFound``, ``TooLate``, ``BadAnswer``.
    """
    from doorstep.domains.benefits import actions

    return actions.settle_objection(id, officer, upheld, words, now)


def switch(*, country: Country, programme: str, on: bool, officer: Officer, why: str, now: datetime) -> SwitchState:
    """Turn a programme's real runs on or off. Nothing is taken away from anybody by it.

    Raises ``NotAllowed``, ``NotFound``, ``BadAnswer`` (no reason).
    """
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

    Raises ``NotAllowed``.
    """
    from doorstep.domains.benefits import desk

    return desk.queue(officer, state, search, number, size)


def notice(*, id: int, officer: Officer, purpose: str, now: datetime, language: str | None = None) -> NoticeText:
    """One letter as the person gets it, or in ``language``. Records the look. Raises ``NotAllowed``, ``NotFound``."""
    from doorstep.domains.benefits import desk

    return desk.notice(id, officer, purpose, language, now)


def export_queue(*, officer: Officer, format: str, limit: int, now: datetime) -> Iterator[str]:
    """Queued notices as lines of ``csv`` or ``jsonl`` for the printer or the bill; marks them sent.

    Raises ``NotAllowed``, ``DoorstepError`` (no such format).
    """
    from doorstep.domains.benefits import sending

    return sending.export_queue(officer, format, limit, now)


def batches(*, officer: Officer, number: int = 1, size: int = 10) -> Page[Batch]:
    """Exports that were made, the newest first. Raises ``NotAllowed``."""
    from doorstep.domains.benefits import desk

    return desk.batches(officer, number, size)


def export_again(*, officer: Officer, format: str, sent_at: datetime, now: datetime) -> Iterator[str]:
    """The letters of one export once more, for a file that was lost. No letters where there was no such export.

    Raises ``NotAllowed``, ``DoorstepError`` (no such format).
    """
    from doorstep.domains.benefits import sending

    return sending.export_again(officer, format, sent_at, now)
