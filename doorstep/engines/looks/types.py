"""What crosses the door of looks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Look:
    """Somebody's look. ``purpose`` is a code of the country's list."""

    who: str
    purpose: str
    at: datetime
