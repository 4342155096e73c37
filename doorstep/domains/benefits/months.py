"""The days on which entitlements start and end."""

from __future__ import annotations

from datetime import date, timedelta

from doorstep.domains.benefits.shapes import Programme


def first_of_next_month(day: date) -> date:
    """The first day of the month after ``day``."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def last_day(told: date, programme: Programme) -> date:
    """The last day of an entitlement whose end is told on ``told``: of the month in which objecting ends."""
    return first_of_next_month(told + timedelta(days=programme.object_within.days)) - timedelta(days=1)
