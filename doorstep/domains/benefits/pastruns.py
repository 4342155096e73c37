"""Past months from beginning to end: decided again, told, and, where that was ordered, corrected.

1. One run at a time for each programme; writing needs the switch on and a loaded version of the country.
2. Each month is decided again outside any transaction.
3. In one transaction: tables locked, compared once more with what stands, the guard passed, corrections written.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from time import monotonic

from django.db import transaction

from doorstep.domains.benefits import consequences, correcting, guards, past, policies, reading, running
from doorstep.domains.benefits.models import Entitlement, Run
from doorstep.domains.benefits.past import Looked
from doorstep.domains.benefits.reports import write_report
from doorstep.domains.benefits.shapes import Programme
from doorstep.domains.benefits.types import Counts, Effect, Officer, PastDifference, PastOrder, PastReport, RunRefused
from doorstep.domains.country.api import Country, version
from doorstep.kit.languages import write_share

Progress = Callable[[float, str], None]
COLUMNS = ("contract", "effect", "cause", "first_month", "last_month", "months", "reason", "changed")


def recompute(
    country: Country, order: PastOrder, officer: Officer, now: datetime, progress: Progress | None
) -> PastReport:
    """See ``api.recompute``."""
    (policies.check_supervise if order.apply else policies.check_review)(officer)
    programme = reading.programme_of(country, order.programme)
    if order.apply:
        version(country.hash)
        guards.check_switch(programme.id)
    with running.alone(programme.id, real=order.apply):
        started = monotonic()
        looked = _look(country, programme, order, progress)
        if not order.apply:
            return _told(None, country, programme, looked, order)
        run = _begin(country, programme, looked, officer, now)
        try:
            return _write(run, country, programme, looked, (order, now, started))
        except BaseException as error:
            running.note_failure(run, error, now)
            raise


def _look(country: Country, programme: Programme, order: PastOrder, progress: Progress | None) -> list[Looked]:
    from doorstep.engines.dataflow.api import Workshop

    looked = []
    for month in past.months_of(country, programme, order):
        with Workshop(progress=progress, spark=order.spark) as workshop:
            looked.append(past.look(workshop, month))
            if order.out is not None:
                workshop.faults_to(order.out / f"faults-{month.run.as_of:%Y-%m}.csv")
    return looked


def _begin(country: Country, programme: Programme, looked: Sequence[Looked], officer: Officer, now: datetime) -> Run:
    return Run.objects.create(
        programme=programme.id, version=country.hash, as_of=looked[-1].told.as_of, kind="past",
        started_by=officer.name, started_at=now, suppress_under=programme.suppress_under,
    )  # fmt: skip


def _write(
    run: Run, country: Country, programme: Programme, looked: Sequence[Looked], how: tuple[PastOrder, datetime, float]
) -> PastReport:
    order, now, started = how
    with transaction.atomic(durable=True):
        consequences.lock_tables()
        guards.check_switch(programme.id)
        fresh = [_still(month, programme) for month in looked]
        told = _told(run, country, programme, fresh, order)
        _check_number(programme, told.counts[Effect.CORRECTED], confirmed=order.confirm_corrections)
        decisions = correcting.correct(run, fresh, now)
        newest = looked[-1].told
        run.counts = asdict(
            Counts(
                decided=newest.decided, entitled=newest.entitled, unknown=newest.unknown,
                not_entitled=newest.decided - newest.entitled - newest.unknown, started=decisions,
                review=told.counts[Effect.AGAINST] + told.counts[Effect.UNTRACED],
            )
        )  # fmt: skip
        run.message = ", ".join(f"{month.told.as_of}" for month in looked)
        run.state, run.finished_at = "finished", now
        run.seconds = Decimal(monotonic() - started).quantize(Decimal("0.01"))
        run.save()
    return _told(run, country, programme, fresh, order, decisions=decisions)


def _still(looked: Looked, programme: Programme) -> Looked:
    """The month without what an official has given meanwhile. Nobody else can write until the transaction ends."""
    contracts = [row.contract for row in looked.rows if row.outcome]
    day = looked.month.from_date
    covered = Entitlement.objects.filter(
        programme=programme.id, contract__in=contracts, state__in=past.IN_FORCE, from_date__lte=day
    ).exclude(to_date__lt=day)
    found = set(covered.values_list("contract", flat=True))
    rows = tuple(row for row in looked.rows if not (row.outcome and row.contract in found))
    return Looked(looked.month, looked.told, rows, looked.figures)


def _check_number(programme: Programme, corrected: int, *, confirmed: bool) -> None:
    """Raise ``RunRefused`` where so many are corrected that a wrong file is likelier than so many mistakes."""
    standing = Entitlement.objects.filter(programme=programme.id, state__in=correcting.RUNNING).count()
    if not confirmed and corrected > programme.stop_share * standing:
        share = write_share(corrected / max(standing, 1), "en")
        raise RunRefused(
            f"{corrected:,} contracts would be corrected, beside {standing:,} entitlements ({share}).",
            code="too_many_corrections",
            why=f"The programme stops at more than {programme.stop_if_ending_over}.",
            mend="Look at differences.csv first. If it is right, run again with --confirm-corrections.",
        )


def _told(
    run: Run | None,
    country: Country,
    programme: Programme,
    looked: Sequence[Looked],
    order: PastOrder,
    *,
    decisions: int = 0,
) -> PastReport:
    differences = tuple(past.differences_of(looked))
    counted = Counter(difference.effect for difference in differences)
    report = PastReport(
        run=run.pk if run else None,
        programme=programme.id,
        version=country.hash,
        months=tuple(month.told for month in looked),
        differences=differences,
        counts={effect: counted[effect] for effect in Effect},
        decisions=decisions,
    )
    if order.out is not None:
        _write_out(report, order.out)
    return report


def _write_out(report: PastReport, folder: Path) -> None:
    """Write ``report.json`` (numbers only) and ``differences.csv`` (a line a contract), each whole."""
    numbers = {name: value for name, value in asdict(report).items() if name != "differences"}
    write_report(folder, numbers)
    part = folder / ".differences.csv.part"
    with part.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(_line(one) for one in report.differences)
    part.replace(folder / "differences.csv")


def _line(one: PastDifference) -> list[object]:
    changed = "; ".join(f"{name}: {before} -> {after}" for _, name, before, after in one.changed)
    months = (one.months[0], one.months[-1], len(one.months))
    # A contract's number is what a deliverer wrote: in a spreadsheet it must not become a formula.
    contract = f"'{one.contract_id}" if one.contract_id.startswith(("=", "+", "-", "@")) else one.contract_id
    return [contract, one.effect, one.cause, *months, one.reason_code, changed]
