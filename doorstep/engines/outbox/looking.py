"""What stands in the outbox, and what a person does about a dead letter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count, Min, Q, QuerySet

from doorstep.engines.outbox.finishing import finish
from doorstep.engines.outbox.models import Message as Row
from doorstep.engines.outbox.types import LaneState, Letter, State


def lanes(*, at: datetime) -> list[LaneState]:
    """Every lane that has or had a message."""
    due = Q(state="waiting", due_at__lte=at)
    found = (
        Row.objects.values("lane")
        .annotate(
            waiting=Count("id", filter=Q(state__in=("waiting", "behind"))),
            due=Count("id", filter=due),
            sent=Count("id", filter=Q(state="sent")),
            dead=Count("id", filter=Q(state="dead")),
            oldest_due_at=Min("due_at", filter=due),
        )
        .order_by("lane")
    )
    return [LaneState(**row) for row in found]


def lanes_due(*, at: datetime) -> list[str]:
    """The lanes on which something could be sent now."""
    waiting = Row.objects.filter(state="waiting", due_at__lte=at)
    return list(waiting.values_list("lane", flat=True).distinct().order_by("lane"))


def letters(*, state: State, lane: str = "", before: int | None = None, size: int = 50) -> list[Letter]:
    """Messages in one state, the newest first; ``before`` is the ``id`` of the last one of the page before."""
    rows = Row.objects.filter(state=state.value)
    rows = rows.filter(lane=lane) if lane else rows
    rows = rows.filter(id__lt=before) if before is not None else rows
    return [_letter(row) for row in rows.defer("payload").order_by("-id")[:size]]


def find(*, key: str) -> Letter | None:
    """The message with this key."""
    row = Row.objects.defer("payload").filter(key=key).first()
    return _letter(row) if row else None


def requeue(*, at: datetime, numbers: Sequence[int] | None = None, lane: str = "") -> int:
    """Try dead letters again from the start: those with these numbers, or all (of a lane). Gives how many."""
    return _dead(numbers, lane).update(state="waiting", attempts=0, due_at=at)


def drop(*, at: datetime, numbers: Sequence[int], reason: str) -> int:
    """Give dead letters up for good, so that their group can go on. Gives how many. Their content is erased."""
    return sum(finish(number, before=State.DEAD, after=State.DROPPED, at=at, error=reason) for number in numbers)


def erase_sent(*, before: datetime) -> int:
    """Erase the content of what was sent before a time; key and receipt stay, so that no repeat is sent again."""
    return Row.objects.filter(state="sent", finished_at__lt=before).exclude(payload={}).update(payload={})


def _dead(numbers: Sequence[int] | None, lane: str) -> QuerySet[Row]:
    rows = Row.objects.filter(state="dead")
    rows = rows.filter(id__in=numbers) if numbers is not None else rows
    return rows.filter(lane=lane) if lane else rows


def _letter(row: Row) -> Letter:
    return Letter(
        row.pk, row.key, row.lane, row.topic, row.series, State(row.state), row.attempts, row.written_at, row.due_at,
        row.finished_at, row.error, row.receipt,
    )  # fmt: skip
