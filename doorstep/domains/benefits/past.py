"""Months that are past, decided again: by the law as it is loaded now, over the registers as they are known now.

For each month in which a real run decided, its day is decided again. Compared with what is stored,

- a contract that is entitled now and has nothing for that month comes out in its favour;
- one that was entitled by the run's decision and is not now comes out against it;
- an outcome that is unknown now changes nothing.

A second question over the same registers, by the law as it was loaded then, tells whether the law or the data made the
difference. What was known then stands with the decision, or the review, that was the newest at that time.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from django.db import connection

from doorstep.domains.benefits import algorithms, deciding, grounds, reading, ties
from doorstep.domains.benefits.deciding import Task
from doorstep.domains.benefits.models import Run
from doorstep.domains.benefits.months import first_of_next_month
from doorstep.domains.benefits.retelling import FACT, PARAMETER
from doorstep.domains.benefits.shapes import Programme
from doorstep.domains.benefits.types import (
    Cause,
    DecisionKind,
    Effect,
    PastDifference,
    PastMonth,
    PastOrder,
    RunRefused,
)
from doorstep.domains.country.api import Country, version
from doorstep.engines.feel.api import Dialect
from doorstep.engines.rules.api import NO_DOUBTS, Doubts, Nation, ask_nation
from doorstep.kit.errors import Problems

if TYPE_CHECKING:
    from doorstep.engines.dataflow.api import Workshop

GIVING = (DecisionKind.GRANT, DecisionKind.RENEWAL, DecisionKind.ENDING_WITHDRAWN, DecisionKind.CORRECTION)
"""Decisions after which a contract has what the programme gives."""
IN_FORCE = ("active", "ending", "ended")
"""States of entitlements that were in force from their first day to their last."""
Changed = tuple[str, str, str | None, str | None]


@dataclass(frozen=True)
class Month:
    """One month to decide again. ``own_contracts``: its own file of contracts is there, so those existed then."""

    index: int
    run: Run
    task: Task
    own_contracts: bool

    @property
    def from_date(self) -> date:
        """The day from which its run entitled."""
        return first_of_next_month(self.run.as_of)


class Row(NamedTuple):
    """A contract of one month that comes out otherwise than it is stored, with all that a decision needs."""

    contract: str
    outcome: bool
    reason: str
    rate: Decimal | None
    supplier: str
    area: str
    person: str
    language: str
    facts: str
    digest: str
    by_old_law: bool | None
    before: str | None
    """Facts that were kept at that time, as JSON."""
    traced: bool


@dataclass(frozen=True)
class Looked:
    """A month that was decided again, what came out otherwise, and the figures of the law that are others now."""

    month: Month
    told: PastMonth
    rows: tuple[Row, ...]
    figures: tuple[Changed, ...]


def months_of(country: Country, programme: Programme, order: PastOrder) -> list[Month]:
    """The months to decide again, the oldest first. Raises ``RunRefused`` where none of them was decided."""
    runs = Run.objects.filter(
        programme=programme.id, kind="real", state="finished", as_of__range=(order.since, order.until)
    ).order_by("id")
    newest = {(run.as_of.year, run.as_of.month): run for run in runs}
    if not newest:
        raise RunRefused(
            f"No month from {order.since} to {order.until} was decided.",
            code="nothing_decided",
            mend="Give days between which real runs have decided.",
        )
    everything = deciding.find_files(programme, order.inputs)
    register = grounds.register_of(programme, country)
    months = []
    for index, (_, run) in enumerate(sorted(newest.items())):
        folder = order.inputs / f"{run.as_of:%Y-%m}"
        own = deciding.find_files(programme, folder) if folder.is_dir() else {}
        files = {name: own.get(name) or paths for name, paths in everything.items()}
        task = Task(country, programme, run.as_of, files, allow_missing=order.allow_missing)
        has_own = register is not None and bool(own.get(register.name))
        months.append(Month(index, run, task, has_own or order.same_contracts))
    return months


def look(workshop: Workshop, month: Month) -> Looked:
    """Decide one month again. Raises ``RunRefused`` for registers that are missing or that belong to nobody."""
    inputs, old = _read(workshop, month)
    ties.check_untied(month.task.programme, inputs.untied, confirmed=False)
    deciding.decide_all(workshop, inputs)
    if old is None:
        outcome = "outcome" if month.run.version == month.task.country.hash else "NULL::BOOLEAN AS outcome"
        workshop.connection.execute(f"CREATE VIEW by_old_law AS SELECT key, {outcome} FROM decided")
    else:
        workshop.decide(old.steps, into="by_old_law", reads=old.reads, spent=old.spent)
    _bring_what_was(workshop, month)
    counts = "SELECT count(*), count(*) FILTER (outcome), count(*) FILTER (outcome IS NULL) FROM decided"
    (decided, entitled, unknown), *_ = workshop.rows(counts)
    told = PastMonth(month.run.pk, month.run.as_of, month.from_date, decided, entitled, unknown)
    rows = tuple(Row(*row) for row in workshop.rows(_otherwise(month)))
    return Looked(month, told, rows, tuple(_figures(month)))


def _read(workshop: Workshop, month: Month) -> tuple[deciding.Inputs, Nation | None]:
    """The registers once, for the question of now and for that of the law of then, where it is another.

    The latter is ``None`` where the law is the same, or where it asks for what the registers no longer have.
    """
    task = month.task
    if month.run.version == task.country.hash:
        return deciding.read_inputs(workshop, task), None
    old_country = version(month.run.version)
    columns = {name: set(register.columns) for name, register in task.country.registers.items()}
    try:
        old = _old_question(old_country, task, workshop.dialect)
    except Problems:
        return deciding.read_inputs(workshop, task), None
    if any(not set(wanted) <= columns.get(name, set()) for name, wanted in old.reads.items()):
        return deciding.read_inputs(workshop, task), None
    inputs, doubts = deciding.read_inputs_and(workshop, task, old.reads)
    return inputs, _old_question(old_country, task, workshop.dialect, doubts)


def _old_question(country: Country, task: Task, dialect: Dialect, doubts: Doubts = NO_DOUBTS) -> Nation:
    programme = reading.programme_of(country, task.programme.id)
    outputs = {"outcome": programme.entitled_when.text}
    entity = programme.entity.text
    return ask_nation(country.rules, entity=entity, outputs=outputs, as_of=task.as_of, doubts=doubts, dialect=dialect)


def _bring_what_was(workshop: Workshop, month: Month) -> None:
    """Make ``covered`` (what is in force on the month's first day), ``then`` and ``reviewed`` (what was known)."""
    programme, at = _literal(month.task.programme.id), _literal(month.run.started_at.isoformat())
    queries = {
        "covered": f"""
            SELECT DISTINCT e.contract, '' AS kind, '' AS reason, '' AS facts FROM benefits_entitlement e
            WHERE e.programme = {programme} AND e.state IN ({_list(IN_FORCE)}) AND e.from_date <= '{month.from_date}'
                AND (e.to_date IS NULL OR e.to_date >= '{month.from_date}')
        """,
        "then": f"""
            SELECT DISTINCT ON (e.contract) e.contract, d.kind, d.reason, d.facts::text
            FROM benefits_decision d JOIN benefits_entitlement e ON e.id = d.entitlement_id
            WHERE e.programme = {programme} AND d.decided_at <= {at} ORDER BY e.contract, d.id DESC
        """,
        "reviewed": f"""
            SELECT DISTINCT ON (r.contract) r.contract, '' AS kind, r.reason, r.facts::text FROM benefits_review r
            WHERE r.programme = {programme} AND r.run <= {int(month.run.pk)} ORDER BY r.contract, r.id DESC
        """,
    }
    connection.ensure_connection()
    columns = {"contract": "VARCHAR", "kind": "VARCHAR", "reason": "VARCHAR", "facts": "VARCHAR"}
    for name, query in queries.items():
        workshop.from_postgres(query, into=name, columns=columns, connection=connection.connection)


def _otherwise(month: Month) -> str:
    """The query of all that comes out otherwise. What a person decided is not listed against anybody."""
    programme, country = month.task.programme, month.task.country
    register = grounds.register_of(programme, country)
    assert register is not None
    facts = grounds.facts_sql(programme, country, "d")
    return f"""
        SELECT d.key, d.outcome, d.reason, d.rate, coalesce(d.deliverer, ''), coalesce(d.area, ''),
            coalesce(r."{programme.person}", ''), coalesce(r."{programme.language}", ''), {facts}, md5({facts}),
            o.outcome, coalesce(t.facts, v.facts), t.contract IS NOT NULL OR v.contract IS NOT NULL
        FROM decided d JOIN "{register.name}" r ON r."{register.key}" = d.key
        LEFT JOIN by_old_law o ON o.key = d.key LEFT JOIN covered c ON c.contract = d.key
        LEFT JOIN "then" t ON t.contract = d.key LEFT JOIN reviewed v ON v.contract = d.key
        WHERE d.outcome AND c.contract IS NULL
            OR NOT d.outcome AND c.contract IS NOT NULL AND t.kind IN ({_list(GIVING)})
                AND t.reason <> '{grounds.BY_PERSON}'
        ORDER BY d.key
    """


def _figures(month: Month) -> Iterator[Changed]:
    """The figures of the law that are others now than they were in the version that decided, on the month's day."""
    if month.run.version == month.task.country.hash:
        return
    old_country = version(month.run.version)
    old = algorithms.parameters_of(reading.programme_of(old_country, month.task.programme.id), old_country)
    for name, figure in algorithms.parameters_of(month.task.programme, month.task.country).items():
        now = algorithms.plain_on(figure, month.run.as_of)
        was = algorithms.plain_on(old[name], month.run.as_of) if name in old else now
        if was != now:
            yield PARAMETER, name, was, now


def differences_of(looked: Sequence[Looked]) -> list[PastDifference]:
    """What comes out otherwise, a line for each contract and effect, with why: the first of its months tells it."""
    found: dict[tuple[str, Effect], list[tuple[Looked, Row]]] = {}
    for month in looked:
        for row in month.rows:
            found.setdefault((row.contract, effect_of(month.month, row)), []).append((month, row))
    return [
        PastDifference(
            contract_id=contract,
            effect=effect,
            cause=cause_of(rows[0][1]),
            months=tuple(month.month.from_date for month, _ in rows),
            reason_code=rows[0][1].reason,
            changed=tuple(changed(*rows[0])),
        )
        for (contract, effect), rows in sorted(found.items())
    ]


def effect_of(month: Month, row: Row) -> Effect:
    """What follows for a row."""
    if not row.outcome:
        return Effect.AGAINST
    return Effect.CORRECTED if row.traced or month.own_contracts else Effect.UNTRACED


def cause_of(row: Row) -> Cause:
    """Whether the law or the data made the difference."""
    if row.by_old_law is None:
        return Cause.UNKNOWN
    return Cause.DATA if row.by_old_law is row.outcome else Cause.LAW


def changed(looked: Looked, row: Row) -> Iterator[Changed]:
    """What is otherwise: figures of the law where it is the cause, and facts where those of then were kept."""
    if cause_of(row) is not Cause.DATA:
        yield from looked.figures
    before: Mapping[str, str | None] = json.loads(row.before) if row.before else {}
    after: Mapping[str, str | None] = json.loads(row.facts)
    parameters = looked.month.task.country.rules.parameters
    for name, value in after.items():
        if name in before and name not in parameters and not _same(before[name], value):
            yield FACT, name, before[name], value


def _same(one: str | None, other: str | None) -> bool:
    """Whether two stored values are one: numbers may have been kept with more or fewer places."""
    if one == other or one is None or other is None:
        return one == other
    try:
        return Decimal(one) == Decimal(other)
    except ArithmeticError:
        return False


def _list(values: Iterable[str]) -> str:
    return ", ".join(f"'{value}'" for value in values)


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
