"""The part of the door about months that are past; ``api`` hands it on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from doorstep.domains.benefits.types import Officer, PastOrder, PastReport
from doorstep.domains.country.api import Country

Progress = Callable[[float, str], None]


def recompute(
    *, country: Country, order: PastOrder, officer: Officer, now: datetime, progress: Progress | None = None
) -> PastReport:
    """Decide past months again, and with ``order.apply`` correct what was decided, in people's favour alone.

    Raises ``RunRefused`` (switched off, another run at work, registers missing, no such month, too many corrections),
    ``NotAllowed``, and ``DoorstepError`` for files that cannot be read.
    """
    from doorstep.domains.benefits import pastruns

    return pastruns.recompute(country, order, officer, now, progress)
