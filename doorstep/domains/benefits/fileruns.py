"""A run from files to files: no database, so nobody is told, nothing ends and nothing is remembered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from doorstep.domains.benefits import deciding, grounds, ties
from doorstep.domains.benefits.deciding import Inputs, Task
from doorstep.domains.benefits.months import first_of_next_month
from doorstep.domains.benefits.reports import remove_older, write_report
from doorstep.domains.benefits.types import Counts, Order, RunKind, RunState, RunSummary

if TYPE_CHECKING:
    from doorstep.engines.dataflow.api import Workshop

FILE_NAME = "{value}.csv"


def decide_files(workshop: Workshop, task: Task, order: Order, now: datetime) -> RunSummary:
    """See ``api.decide_files``."""
    started = monotonic()
    inputs = deciding.read_inputs(workshop, task, only_outcomes=True)
    ties.check_untied(task.programme, inputs.untied, confirmed=order.confirm_untied)
    deciding.decide_all(workshop, inputs)
    files: Mapping[str, int] = {}
    if order.out is not None:
        workshop.faults_to(order.out / "faults.csv")
        start = first_of_next_month(task.as_of)
        workshop.connection.execute(
            "CREATE VIEW delivered AS SELECT deliverer AS supplier, key AS contract, "
            f"DATE '{start}' AS from_date, CAST(NULL AS DATE) AS to_date FROM decided WHERE outcome"
        )
        files = write_each(workshop, "delivered", order.out, task.programme.id)
    counts = _counts(workshop, task, inputs)
    summary = RunSummary(
        id=None,
        programme=task.programme.id,
        version=task.country.hash,
        as_of=task.as_of,
        kind=RunKind.TRIAL,
        state=RunState.FINISHED,
        everyone=False,
        by="",
        started_at=now,
        finished_at=now,
        counts=counts,
        files=files,
        faults=sum(sum(kinds.values()) for kinds in inputs.faults.values()),
    )
    if order.out is not None:
        seconds = round(monotonic() - started, 2)
        report = {**asdict(summary), "inputs": [asdict(file) for file in inputs.files], "faults": inputs.faults}
        write_report(order.out, {**report, "seconds": seconds})
    return summary


def write_each(workshop: Workshop, relation: str, folder: Path, programme: str) -> Mapping[str, int]:
    """One CSV file for each deliverer in ``relation`` (supplier, contract, from_date, to_date), and no older one."""
    files = workshop.write_each(
        f'SELECT supplier, contract, from_date AS "from", to_date AS "to" FROM {relation}',
        by="supplier",
        folder=folder,
        name=FILE_NAME,
    )
    remove_older(folder, programme, files)
    return files


def _counts(workshop: Workshop, task: Task, inputs: Inputs) -> Counts:
    """Those who are not entitled were left out: they are the rest of the register."""
    found = dict(workshop.rows("SELECT outcome, count(*) FROM decided GROUP BY outcome"))
    register = grounds.register_of(task.programme, task.country)
    every = inputs.rows.get(register.name, 0) if register else 0
    entitled, unknown = found.get(True, 0), found.get(None, 0)
    untied = sum(found.rows for found in inputs.untied.values())
    return Counts(
        decided=every, entitled=entitled, not_entitled=every - entitled - unknown, unknown=unknown, untied=untied
    )
