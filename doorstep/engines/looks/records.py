"""Writing a look down, and reading the list."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

from doorstep.engines.looks import types
from doorstep.engines.looks.models import Look

TOGETHER = timedelta(minutes=15)
"""An officer who works on one page sees it many times: so long it counts as one look."""
SHOWN = 100


def record(subject: str, who: str, purpose: str, at: datetime) -> None:
    """See ``api.record``."""
    assert connection.in_atomic_block, "without the record there is no reading"
    recent = Look.objects.filter(subject=subject, who=who, purpose=purpose, at__gt=at - TOGETHER, at__lte=at)
    if not recent.exists():
        Look.objects.create(subject=subject, who=who, purpose=purpose, at=at)


def of(subject: str) -> tuple[types.Look, ...]:
    """See ``api.looks_at``."""
    rows = Look.objects.filter(subject=subject).order_by("-at", "-id")[:SHOWN]
    return tuple(types.Look(row.who, row.purpose, row.at) for row in rows)
