"""Regular work is done at its time, once, and again where it failed."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from doorstep.engines.outbox.api import Regular, do_due, due_at

AT = datetime(2026, 11, 1, 9, tzinfo=UTC)


class Days:
    """A clock that a test turns, and a job that counts."""

    def __init__(self):
        self.now, self.done = AT, []

    def __call__(self):
        return self.now

    def job(self, name="sweep", *, every=timedelta(hours=1), fails=0):
        left = [fails]

        def do(at):
            if left[0]:
                left[0] -= 1
                raise ValueError("Amina Rahman")
            self.done.append((name, at))
            return "swept"

        return Regular(name, every, "sweeps", do)


@pytest.mark.django_db
def test_a_job_is_done_when_it_is_due_and_not_before():
    clock = Days()
    job = clock.job()
    assert [one.words for one in do_due([job], clock)] == ["swept"]
    clock.now += timedelta(minutes=59)
    assert do_due([job], clock) == []
    clock.now += timedelta(minutes=1)
    assert len(do_due([job], clock)) == 1
    assert due_at(job) == clock.now + timedelta(hours=1)


@pytest.mark.django_db
def test_a_job_that_fails_is_tried_again_ever_later_and_stops_no_other():
    clock = Days()
    bad, good = clock.job("bad", fails=3), clock.job("good")
    failed, done = do_due([bad, good], clock)
    assert (failed.failed, failed.words, done.failed) == (True, "ValueError", False)
    waits = []
    for _ in range(3):
        waits.append(due_at(bad) - clock.now)
        clock.now = due_at(bad)
        do_due([bad], clock)
    assert waits == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert ("bad", clock.now) in clock.done
    assert due_at(bad) == clock.now + timedelta(hours=1)


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_do_one_job_at_once():
    clock, begun, go = Days(), threading.Event(), threading.Event()

    def slow(at):
        begun.set()
        go.wait(10)
        return "done"

    job = Regular("slow", timedelta(hours=1), "takes long", slow)

    def work():
        try:
            do_due([job], clock)
        finally:
            connection.close()

    first = threading.Thread(target=work)
    first.start()
    assert begun.wait(10)
    assert do_due([job], clock) == []
    go.set()
    first.join(10)
    assert do_due([job], clock) == []
