"""A run from beginning to end: what may stop it, what it reads, what it stores, and the files it leaves.

1. One run at a time for each programme; a real run needs the switch on and a loaded version of the country.
2. Files are read and everybody is decided outside any transaction.
3. In one transaction: tables locked, what stands read, acts classified, guards passed, consequences written.
4. After the commit the deliverers' files are written from the database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from django.db import DatabaseError, connection, transaction

from doorstep.domains.benefits import (
    consequences,
    deciding,
    delivering,
    grounds,
    guards,
    policies,
    queries,
    reading,
    ties,
)
from doorstep.domains.benefits.deciding import Inputs, Task
from doorstep.domains.benefits.models import Run
from doorstep.domains.benefits.reports import write_report
from doorstep.domains.benefits.shapes import Programme
from doorstep.domains.benefits.types import Officer, Order, RunKind, RunRefused, RunSummary
from doorstep.domains.country.api import Country, version

if TYPE_CHECKING:
    from doorstep.engines.dataflow.api import Workshop

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Job:
    """One run at work."""

    run: Run
    task: Task
    order: Order
    now: datetime
    everyone: bool


def decide(country: Country, order: Order, officer: Officer, now: datetime, progress: Progress | None) -> RunSummary:
    """See ``api.decide``."""
    from doorstep.engines.dataflow.api import Workshop

    real = order.kind is RunKind.REAL
    (policies.check_supervise if real else policies.check_review)(officer)
    programme = reading.programme_of(country, order.programme)
    if real:
        version(country.hash)
    with alone(programme.id, real=real):
        job = _begin(country, programme, order, officer, now)
        started = monotonic()
        try:
            with Workshop(progress=progress, spark=order.spark) as workshop:
                return _work(workshop, job, started)
        except BaseException as error:
            note_failure(job.run, error, now)
            raise


def _work(workshop: Workshop, job: Job, started: float) -> RunSummary:
    inputs = deciding.read_inputs(workshop, job.task)
    job.run.inputs = [asdict(file) for file in inputs.files]
    job.run.faults = {name: dict(faults) for name, faults in inputs.faults.items()}
    job.run.inputs_digest = _digest(job, inputs)
    if job.order.kind is RunKind.REAL and (before := _same_run(job.run)) is not None:
        job.run.delete()
        if delivering.is_newest(before):
            _write_faults(workshop, job.order.out)
            _write_out(workshop, before, job.order.out)
        return queries.summary(before, repeated=True)
    deciding.decide_all(workshop, inputs)
    job.run.deliverers = deciding.deliverers(workshop)
    guards.check_deliverers(job.run, job.order)
    if job.order.kind is RunKind.REAL:
        ties.check_untied(job.task.programme, inputs.untied, confirmed=job.order.confirm_untied)
    if job.order.kind is RunKind.TRIAL:
        consequences.read_standing(workshop, job.task.programme.id)
        _classify(workshop, job, inputs)
        _finish(job, started)
    else:
        with transaction.atomic(durable=True):
            _store(workshop, job, inputs)
            _finish(job, started)
    _write_faults(workshop, job.order.out)
    if job.order.kind is RunKind.REAL:
        _write_out(workshop, job.run, job.order.out)
    elif job.order.out is not None:
        write_report(job.order.out, queries.report_json(job.run))
    return queries.summary(job.run)


def _classify(workshop: Workshop, job: Job, inputs: Inputs) -> None:
    consequences.note_doubtful(workshop, job.task.programme, inputs.untied, inputs.nation)
    deciding.classify(workshop, job.task, inputs, everyone=job.everyone)
    untied = sum(found.rows for found in inputs.untied.values())
    job.run.counts = asdict(replace(deciding.counts(workshop), untied=untied))
    job.run.groups = deciding.group_rows(workshop)


def _store(workshop: Workshop, job: Job, inputs: Inputs) -> None:
    """Everything that a real run changes, in the caller's transaction."""
    consequences.lock_tables()
    guards.check_switch(job.run.programme)
    standing = consequences.read_standing(workshop, job.run.programme)
    _classify(workshop, job, inputs)
    if not job.order.confirm_endings:
        guards.check_endings(job.task.programme, ending=job.run.counts["ending"], standing=standing)
    marks = consequences.stamp(
        job.task.programme, run=job.run.pk, version=job.run.version, as_of=job.task.as_of, now=job.now
    )
    deciding.stage(workshop, job.task, inputs.given)
    consequences.store(workshop, marks)


def _finish(job: Job, started: float) -> None:
    seconds = Decimal(monotonic() - started).quantize(Decimal("0.01"))
    job.run.state, job.run.finished_at, job.run.seconds = "finished", job.now, seconds
    job.run.save()


def _write_faults(workshop: Workshop, folder: Path | None) -> None:
    if folder is not None:
        workshop.faults_to(folder / "faults.csv")


def _write_out(workshop: Workshop, run: Run, folder: Path | None) -> None:
    """Write the deliverers' files and the report, each whole or not at all."""
    if folder is None:
        return
    run.files = dict(delivering.write_files_of(workshop, run, folder))
    run.save(update_fields=["files"])
    write_report(folder, queries.report_json(run))


@contextmanager
def alone(programme: str, *, real: bool) -> Iterator[None]:
    """Hold the programme's lock for a real run. Raises ``RunRefused`` when another run has it."""
    if not real:
        yield
        return
    name = f"doorstep.benefits.{programme}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [name])
        (taken,) = cursor.fetchone()
    if not taken:
        raise RunRefused(
            f"Another run of {programme} is at work.", code="busy", mend="Wait until it is finished, then try again."
        )
    try:
        yield
    finally:
        with suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])


def _begin(country: Country, programme: Programme, order: Order, officer: Officer, now: datetime) -> Job:
    files = deciding.find_files(programme, order.inputs)  # a folder that is not there is no run
    everyone = programme.is_everyone_month(order.as_of) if order.everyone is None else order.everyone
    if order.kind is RunKind.REAL:
        # Whoever holds the lock is alone, so a real run that still looks started was cut off.
        Run.objects.filter(programme=programme.id, kind="real", state="started").update(
            state="failed", finished_at=now, message="It was cut off."
        )
    run = Run.objects.create(
        programme=programme.id,
        version=country.hash,
        as_of=order.as_of,
        kind=order.kind,
        everyone=everyone,
        started_by=officer.name,
        started_at=now,
        suppress_under=programme.suppress_under,
    )
    try:
        if order.kind is RunKind.REAL:
            guards.check_switch(programme.id)
            guards.check_order(run)
    except Exception as error:
        note_failure(run, error, now)
        raise
    task = Task(country, programme, order.as_of, files, tuple(order.answers), order.allow_missing)
    return Job(run, task, order, now, everyone)


def _digest(job: Job, inputs: Inputs) -> str:
    files = sorted(f"{file.register} {file.sha256}" for file in inputs.files)
    return grounds.digest_of([job.run.version, str(job.everyone), *files])


def _same_run(run: Run) -> Run | None:
    """The run before, where it did just this. One that a later run has overtaken is done again."""
    newest = Run.objects.filter(programme=run.programme, kind="real", state="finished").order_by("-id").first()
    same = newest is not None and (newest.as_of, newest.inputs_digest) == (run.as_of, run.inputs_digest)
    return newest if same else None


def note_failure(run: Run, error: BaseException, now: datetime) -> None:
    """Say in the run's row why it stopped; where even that fails, the next run will.

    A run that was stored whole stays finished, though its files could not be written: asked again, it writes them.
    """
    refused = isinstance(error, RunRefused)
    words = str(error) if refused else type(error).__name__
    with suppress(DatabaseError):
        Run.objects.filter(pk=run.pk, state="started").update(
            state="refused" if refused else "failed", finished_at=max(now, run.started_at), message=words[:2000]
        )
