"""What if the law said another figure? Everybody is decided twice over registers that are read once, and compared.

1. The rules are made again with the other figures from the day that counts; the formulas stay.
2. ``before`` and ``after`` hold the outcome, share and cost of each contract; ``compared`` the effect on it.
3. The effects are counted, by area, age and sex too. Nothing else is kept of anybody, and nothing follows.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from doorstep.domains.benefits import algorithms, deciding, ties
from doorstep.domains.benefits.deciding import Task
from doorstep.domains.benefits.publishing import withheld
from doorstep.domains.benefits.reports import write_report
from doorstep.domains.benefits.shapes import Programme
from doorstep.domains.benefits.types import (
    InputFile,
    ParameterChange,
    WhatIfCounts,
    WhatIfGroup,
    WhatIfOrder,
    WhatIfReport,
)
from doorstep.domains.country.api import Country
from doorstep.engines.feel.api import Dialect
from doorstep.engines.rules.api import NO_DOUBTS, Doubts, Nation, RuleSet, ask_nation
from doorstep.kit import files
from doorstep.kit.errors import DoorstepError, Problems

if TYPE_CHECKING:
    from doorstep.engines.dataflow.api import Workshop

GROUPINGS = ("area", "age", "sex")
CENT = Decimal("0.01")
COLUMNS = ("grouping", "code", "contracts", "winners", "losers", "unknown", "cost")


@dataclass(frozen=True)
class Found:
    """A what-if as it is kept: whole groups ([value, contracts, winners, losers, unknown, cost or None])."""

    changes: tuple[ParameterChange, ...]
    counts: WhatIfCounts
    groups: Mapping[str, list[list[Any]]]
    inputs: list[dict[str, Any]]
    faults: int
    seconds: Decimal


def changed_rules(
    country: Country, programme: Programme, values: Mapping[str, str], as_of: date
) -> tuple[RuleSet, tuple[ParameterChange, ...]]:
    """The rules with the other figures, and what changes. Raises ``DoorstepError`` where a figure cannot be used."""
    known, scales = algorithms.figures_of(programme, country), algorithms.parameters_of(programme, country)
    if not values:
        raise DoorstepError("Nothing would change.", mend=f"Set one of: {', '.join(known)}.")
    wanted: dict[str, str | tuple[str, ...]] = {}
    changes = []
    for name, text in values.items():
        if name not in known and name in scales:
            raise DoorstepError(
                f"{name!r} is a scale: a what-if changes figures alone.",
                mend="Change its brackets in a copy of the country's folder, and decide as a trial with each folder.",
            )
        if name not in known:
            raise DoorstepError(
                f"{programme.id} does not rest on a parameter {name!r}.", mend=files.nearest(name, list(known))
            )
        now = known[name].at(as_of)
        is_list = isinstance(now, tuple)
        parts = tuple(part.strip() for part in text.split(",") if part.strip())
        wanted[name] = parts if is_list else text.strip()
        changes.append(ParameterChange(name, algorithms.plain(now), ", ".join(parts) if is_list else text.strip()))
    try:
        return country.rules.with_values(wanted, day=as_of), tuple(changes)
    except Problems as error:
        expected = "; ".join(f"{change.name} is {change.before}" for change in changes)
        raise DoorstepError(
            f"A value does not fit: {error.problems[0].what}.", why=f"By the law {expected}.",
            mend="Write a value of the same kind.",
        ) from error  # fmt: skip


def compare(workshop: Workshop, country: Country, programme: Programme, order: WhatIfOrder) -> Found:
    """Decide everybody twice and count what would change."""
    began = monotonic()
    rules, changes = changed_rules(country, programme, order.values, order.as_of)
    found_files = deciding.find_files(programme, order.inputs)
    task = Task(country, programme, order.as_of, found_files, allow_missing=order.allow_missing)
    dialect = workshop.dialect
    law = _question(country.rules, programme, order.as_of, dialect)
    needs = _both(law, _question(rules, programme, order.as_of, dialect))
    inputs, readings = deciding.read_registers(workshop, task, needs)
    doubts = ties.doubts_of(readings)
    for name, one in (("before", country.rules), ("after", rules)):
        nation = _question(one, programme, order.as_of, dialect, doubts)
        workshop.decide(nation.steps, into=name, reads=nation.reads, spent=nation.spent)
    _compare(workshop, has_cost=programme.cost is not None)
    return Found(
        changes=changes,
        counts=_counts(workshop, has_cost=programme.cost is not None),
        groups={name: _groups(workshop, name, has_cost=programme.cost is not None) for name in GROUPINGS},
        inputs=[asdict(file) for file in inputs],
        faults=sum(sum(reading.faults.values()) for reading in readings.values()),
        seconds=Decimal(monotonic() - began).quantize(CENT),
    )


def _question(
    rules: RuleSet, programme: Programme, as_of: date, dialect: Dialect, doubts: Doubts = NO_DOUBTS
) -> Nation:
    entity, outputs = programme.entity.text, _outputs(programme)
    return ask_nation(rules, entity=entity, outputs=outputs, as_of=as_of, doubts=doubts, dialect=dialect)


def _both(law: Nation, other: Nation) -> dict[str, tuple[str, ...]]:
    """The columns that either needs of each register."""
    names = dict.fromkeys((*law.reads, *other.reads))
    return {name: tuple(dict.fromkeys((*law.reads.get(name, ()), *other.reads.get(name, ())))) for name in names}


def _outputs(programme: Programme) -> dict[str, str]:
    asked = {"outcome": programme.entitled_when.text, "rate": programme.gives.share.text}
    asked |= {"cost": programme.cost.text} if programme.cost else {}
    groups = programme.groups
    return asked | {"area": groups.area.text, "age": groups.age.text, "sex": groups.sex.text}


def _compare(workshop: Workshop, *, has_cost: bool) -> None:
    """Make ``compared``: a row a contract. An unknown outcome, or share where it is given, compares with none."""
    cost = "CASE WHEN {0}.outcome THEN {0}.cost END" if has_cost else "CAST(NULL AS DECIMAL(18, 2))"
    workshop.run(
        f"""
        SELECT b.key, b.area, b.age, b.sex, b.outcome AS was, a.outcome AS would,
            CASE WHEN b.outcome IS NULL OR a.outcome IS NULL THEN 'unknown'
                WHEN a.outcome AND NOT b.outcome THEN 'newly'
                WHEN b.outcome AND NOT a.outcome THEN 'no_longer'
                WHEN NOT a.outcome THEN 'same'
                WHEN a.rate > b.rate THEN 'more'
                WHEN a.rate < b.rate THEN 'less'
                WHEN a.rate = b.rate THEN 'same'
                ELSE 'unknown' END AS effect,
            {cost.format("b")} AS cost_was, {cost.format("a")} AS cost_would
        FROM before b JOIN after a ON a.key = b.key
        """,
        into="compared",
        what="comparing",
    )


def _counts(workshop: Workshop, *, has_cost: bool) -> WhatIfCounts:
    effects = dict(workshop.rows("SELECT effect, count(*) FROM compared GROUP BY effect"))
    (decided, before, after, was, would, cost_unknown), *_ = workshop.rows(
        """
        SELECT count(*), count(*) FILTER (was), count(*) FILTER (would), sum(cost_was), sum(cost_would),
            count(*) FILTER (was AND cost_was IS NULL OR would AND cost_would IS NULL)
        FROM compared
        """
    )
    return WhatIfCounts(
        decided=decided,
        entitled_before=before,
        entitled_after=after,
        **{name: effects.get(name, 0) for name in ("newly", "more", "no_longer", "less", "same", "unknown")},
        cost_before=_cents(was or 0) if has_cost else None,
        cost_after=_cents(would or 0) if has_cost else None,
        cost_unknown=cost_unknown if has_cost else 0,
    )


def _groups(workshop: Workshop, name: str, *, has_cost: bool) -> list[list[Any]]:
    rows = workshop.rows(
        f"""
        SELECT coalesce({name}, '') AS value, count(*), count(*) FILTER (effect IN ('newly', 'more')),
            count(*) FILTER (effect IN ('no_longer', 'less')), count(*) FILTER (effect = 'unknown'),
            coalesce(sum(cost_would), 0) - coalesce(sum(cost_was), 0)
        FROM compared GROUP BY value ORDER BY value
        """
    )
    return [[*row[:5], str(_cents(row[5])) if has_cost else None] for row in rows]


def _cents(value: Decimal | int) -> Decimal:
    return Decimal(value).quantize(CENT)


def told_groups(groups: Mapping[str, list[list[Any]]], under: int) -> dict[str, tuple[WhatIfGroup, ...]]:
    """Groups as they are told: small numbers left out, and with winners or losers the cost, which would tell them."""
    told = {}
    for name, rows in groups.items():
        shown = withheld([row[:5] for row in rows], under)
        told[name] = tuple(_group(row, whole[5]) for row, whole in zip(shown, rows, strict=True))
    return told


def _group(row: list[Any], cost: str | None) -> WhatIfGroup:
    value, contracts, winners, losers, unknown = row
    hidden = cost is None or winners is None or losers is None
    return WhatIfGroup(value, contracts, winners, losers, unknown, None if hidden else Decimal(str(cost)))


def report(
    found: Found, programme: Programme, order: WhatIfOrder, *, version: str, by: str, now: datetime
) -> WhatIfReport:
    """A what-if that was not stored."""
    return WhatIfReport(
        id=None, programme=programme.id, version=version, as_of=order.as_of, changes=found.changes,
        counts=found.counts, groups=told_groups(found.groups, programme.suppress_under),
        inputs=tuple(InputFile(**file) for file in found.inputs), faults=found.faults, by=by, started_at=now,
        seconds=found.seconds, least=programme.suppress_under,
    )  # fmt: skip


def write_out(told: WhatIfReport, workshop: Workshop, folder: Path | None) -> None:
    """Write ``report.json``, ``groups.csv`` and ``faults.csv``, each whole."""
    if folder is None:
        return
    workshop.faults_to(folder / "faults.csv")
    counts = {**asdict(told.counts), "winners": told.counts.winners, "losers": told.counts.losers}
    write_report(folder, {**asdict(told), "counts": counts})
    part = folder / ".groups.csv.part"
    with part.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(group_lines(told))
    part.replace(folder / "groups.csv")


def group_lines(told: WhatIfReport) -> list[list[object]]:
    """A line a group, in the order of ``COLUMNS``; what is not told is empty."""
    return [
        [name, row.value, row.contracts, row.winners, row.losers, row.unknown, row.cost]
        for name, rows in told.groups.items()
        for row in rows
    ]
