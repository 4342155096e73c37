"""Writes corrections of months that are past, in the caller's transaction: always in the person's favour.

Consecutive months that lack their entitlement make one period, and each period one decision with a letter:

- where an entitlement goes on after it, that one begins earlier;
- where the period reaches the newest month, an entitlement begins, or one whose end was announced goes on; whoever
  was told no, or that it waits, has it;
- otherwise it is past and over: it ended as it would have ended then.

What was written stands in the way of writing it again: the month has its entitlement.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from doorstep.domains.benefits import leaves, past
from doorstep.domains.benefits.models import Entitlement, Notice, Run
from doorstep.domains.benefits.months import last_day
from doorstep.domains.benefits.past import Looked, Row
from doorstep.domains.benefits.retelling import DAY
from doorstep.domains.benefits.types import DecisionKind, Effect, NoticeKind

RUNNING = ("active", "ending")


@dataclass(frozen=True)
class Period:
    """Consecutive months of one contract, by their place among those that were looked at."""

    first: int
    last: int


@dataclass(frozen=True)
class Correction:
    """All that one contract's corrections are written from."""

    run: Run
    looked: Sequence[Looked]
    rows: Mapping[int, Row]
    now: datetime

    @property
    def newest(self) -> int:
        """The place of the newest month."""
        return len(self.looked) - 1

    def day(self, index: int) -> date:
        """The day from which a month entitles."""
        return self.looked[index].month.from_date


def correct(run: Run, looked: Sequence[Looked], now: datetime) -> int:
    """Write every correction. Returns how many decisions were taken, each with its letter."""
    rows: dict[str, dict[int, Row]] = {}
    for month in looked:
        for row in month.rows:
            if past.effect_of(month.month, row) is Effect.CORRECTED:
                rows.setdefault(row.contract, {})[month.month.index] = row
    return sum(_correct_one(Correction(run, looked, found, now)) for _, found in sorted(rows.items()))


def _correct_one(correction: Correction) -> int:
    """One contract, its newest period first, so that an entitlement which begins earlier can begin earlier still."""
    periods = _periods(sorted(correction.rows))
    for period in reversed(periods):
        entitlement = _entitle(correction, period)
        _decide(correction, period, entitlement)
    return len(periods)


def _periods(indexes: Sequence[int]) -> list[Period]:
    periods: list[Period] = []
    for index in indexes:
        if periods and periods[-1].last == index - 1:
            periods[-1] = Period(periods[-1].first, index)
        else:
            periods.append(Period(index, index))
    return periods


def _entitle(correction: Correction, period: Period) -> Entitlement:
    """The entitlement that covers the period from now on."""
    row = correction.rows[period.last]
    first, reaches_newest = correction.day(period.first), period.last == correction.newest
    same = Entitlement.objects.filter(programme=correction.run.programme, contract=row.contract)
    standing = same.select_for_update().exclude(state="ended").first()
    if standing is not None and standing.state in RUNNING:
        goes_on = reaches_newest or standing.from_date <= correction.day(period.last + 1)
        if standing.from_date > correction.day(period.last) and goes_on:
            return _changed(standing, from_date=first)
        if reaches_newest and standing.state == "ending":
            return _changed(standing, state="active", to_date=None)
        return _over(correction, period, row, _Place(is_free=False))
    place = _Place(is_free=True, told=standing)
    if reaches_newest:
        return place.take(correction, row, from_date=first, state="active")
    return _over(correction, period, row, place)


@dataclass(frozen=True)
class _Place:
    """Where an entitlement that has not ended may stand: there is room for one, or one was only told about."""

    is_free: bool
    told: Entitlement | None = None
    """It was refused or waits: it never was in force, and gives way."""

    def take(self, correction: Correction, row: Row, **more: Any) -> Entitlement:
        """The entitlement in this place."""
        return _created(correction, row, **more) if self.told is None else _taken_up(self.told, correction, row, **more)


def _over(correction: Correction, period: Period, row: Row, place: _Place) -> Entitlement:
    """A period that is past: it ended as a run would have ended it, or where the next entitlement began.

    Where that last day is still to come it stands as any other that ends, in the place of a refusal too.
    """
    programme = correction.looked[period.last].month.task.programme
    same = Entitlement.objects.filter(programme=programme.id, contract=row.contract, state__in=past.IN_FORCE)
    following = same.filter(from_date__gt=correction.day(period.last)).order_by("from_date").first()
    to_date = last_day(correction.looked[period.last + 1].month.run.as_of, programme)
    if following is not None:
        to_date = min(to_date, following.from_date - timedelta(days=1))
    dates = {"from_date": correction.day(period.first), "to_date": to_date}
    if place.is_free and to_date >= correction.now.date():
        return place.take(correction, row, state="ending", **dates)
    return _created(correction, row, state="ended", **dates)


def _kept(correction: Correction, row: Row) -> dict[str, Any]:
    """What an entitlement holds of the newest facts."""
    return {
        "run": correction.run.pk, "version": correction.run.version, "reason": row.reason, "rate": row.rate,
        "facts": json.loads(row.facts), "digest": row.digest, "words": "",
    }  # fmt: skip


def _created(correction: Correction, row: Row, **more: Any) -> Entitlement:
    return Entitlement.objects.create(
        programme=correction.run.programme, contract=row.contract, person=row.person, supplier=row.supplier,
        area=row.area, language=row.language, **_kept(correction, row), **more,
    )  # fmt: skip


def _taken_up(entitlement: Entitlement, correction: Correction, row: Row, **more: Any) -> Entitlement:
    """What was refused or waited is in force, as the registers know it now."""
    known = {"person": row.person, "supplier": row.supplier, "area": row.area, "language": row.language}
    given = {name: value for name, value in known.items() if value}
    return _changed(entitlement, **given, **_kept(correction, row), **more)


def _changed(entitlement: Entitlement, **more: Any) -> Entitlement:
    """The entitlement with other dates. Its newest facts stay its own: the decision to come holds those of then."""
    entitlement.facts = dict(entitlement.known_facts())
    for name, value in more.items():
        setattr(entitlement, name, value)
    entitlement.save()
    return entitlement


def _differences(month: Looked, row: Row) -> list[dict[str, str | None]]:
    """What is kept with the decision: the day that was decided again, and what was otherwise then."""
    kept = [(DAY, "as_of", None, month.told.as_of.isoformat()), *past.changed(month, row)]
    return [{"kind": kind, "name": name, "before": before, "after": after} for kind, name, before, after in kept]


def _decide(correction: Correction, period: Period, entitlement: Entitlement) -> None:
    """The decision with the facts and the differences of the period's first month, and its letter."""
    row, month = correction.rows[period.first], correction.looked[period.first]
    to_date = entitlement.to_date
    decision = leaves.create_decision(
        entitlement=entitlement, kind=DecisionKind.CORRECTION, run=correction.run.pk, version=correction.run.version,
        reason=row.reason, facts=json.loads(row.facts), digest=row.digest, decided_at=correction.now,
        from_date=correction.day(period.first), to_date=to_date, rate=row.rate,
        differences=_differences(month, row),
    )  # fmt: skip
    Notice.objects.create(
        decision=decision, kind=NoticeKind.CORRECTION, language=entitlement.language, queued_at=correction.now
    )
