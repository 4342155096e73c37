"""The door of looks."""

from __future__ import annotations

from datetime import datetime

from doorstep.engines.looks.types import Look

__all__ = ["Look", "looks_at", "record"]


def record(*, subject: str, who: str, purpose: str, at: datetime) -> None:
    """Write down that ``who`` reads what is kept about ``subject``, in the caller's transaction.

    Without the record there is no reading. The same person for the same purpose within a quarter of an hour is one
    look. Nobody, or no purpose, is refused by the database.
    """
    from doorstep.engines.looks import records

    records.record(subject, who, purpose, at)


def looks_at(*, subject: str) -> tuple[Look, ...]:
    """Who looked at ``subject``, the newest first: at most a hundred."""
    from doorstep.engines.looks import records

    return records.of(subject)
