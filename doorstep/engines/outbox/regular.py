"""Regular work: each job at its time, by one worker at once, and again soon where it failed.

A worker holds PostgreSQL's own lock of a job while it does it. Killed, it loses the lock with its connection, and
another goes on. When a job was done stands in a row; a failure is told there, and the job is tried again after a wait
that doubles from a minute to an hour.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from doorstep.engines.outbox.models import Job

FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)


@dataclass(frozen=True)
class Regular:
    """A job: its name, how often it is done, what it does in words, and the function, which says what came of it."""

    name: str
    every: timedelta
    what: str
    do: Callable[[datetime], str]


@dataclass(frozen=True)
class Done:
    """What came of a job: its own words, or the error's kind. Errors' texts stay out: they may hold anything."""

    name: str
    words: str
    failed: bool


def due_at(job: Regular) -> datetime | None:
    """When a job is due again; None where it was never done, which means now."""
    row = Job.objects.filter(pk=job.name).first()
    if row is None:
        return None
    if row.failures and row.failed_at is not None:
        wait: timedelta = FIRST_WAIT * 2 ** (min(row.failures, 10) - 1)
        return row.failed_at + min(wait, LONGEST_WAIT)
    return row.done_at + job.every if row.done_at else None


def do_due(jobs: Sequence[Regular], clock: Callable[[], datetime]) -> list[Done]:
    """Do what is due and what no other worker is doing, one after the other."""
    done = []
    for job in jobs:
        if _is_due(job, clock()) and _locked(job):
            try:
                if _is_due(job, clock()):  # another worker may have done it just now
                    done.append(_do(job, clock))
            finally:
                _unlock(job)
    return done


def _do(job: Regular, clock: Callable[[], datetime]) -> Done:
    row, _ = Job.objects.get_or_create(pk=job.name)
    try:
        words = job.do(clock())
    except Exception as error:  # a job that fails must not stop the others
        row.failed_at, row.failures, row.error = clock(), row.failures + 1, type(error).__name__
        row.save()
        return Done(job.name, row.error, True)
    row.done_at, row.failures, row.error = clock(), 0, ""
    row.save()
    return Done(job.name, words, False)


def _is_due(job: Regular, now: datetime) -> bool:
    due = due_at(job)
    return due is None or due <= now


def _locked(job: Regular) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [_name(job)])
        return bool(cursor.fetchone()[0])


def _unlock(job: Regular) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [_name(job)])


def _name(job: Regular) -> str:
    return f"doorstep regular work: {job.name}"
