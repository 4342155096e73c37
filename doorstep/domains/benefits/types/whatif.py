"""What-if: the same people decided twice, by the law and by another figure of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from doorstep.domains.benefits.types.runs import InputFile

if TYPE_CHECKING:
    from doorstep.engines.dataflow.api import Spark


@dataclass(frozen=True)
class WhatIfOrder:
    """What is asked. ``values``: parameter -> another value, written as in the country's files; codes by comma."""

    programme: str
    inputs: Path | Mapping[str, Sequence[Path]]
    as_of: date
    values: Mapping[str, str]
    out: Path | None = None
    """Folder for ``report.json`` and ``groups.csv``; none are written without it."""
    allow_missing: frozenset[str] = field(default_factory=frozenset)
    spark: Spark | None = None
    """Where Spark decides everybody; ``None``: DuckDB does, in this process."""


@dataclass(frozen=True)
class ParameterChange:
    """One figure: what the law says on the day, and what was tried, as the files write it."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class WhatIfCounts:
    """Contracts, and what they cost in a year where the programme can say it (else ``None``)."""

    decided: int = 0
    entitled_before: int = 0
    entitled_after: int = 0
    newly: int = 0
    """Would get it and do not by the law."""
    more: int = 0
    """Would get a larger share."""
    no_longer: int = 0
    less: int = 0
    same: int = 0
    unknown: int = 0
    """Open by the law or by the other figure: neither winners nor losers."""
    cost_before: Decimal | None = None
    cost_after: Decimal | None = None
    cost_unknown: int = 0
    """Contracts that are entitled, before or after, and whose cost nobody knows."""

    @property
    def winners(self) -> int:
        """Contracts that would gain."""
        return self.newly + self.more

    @property
    def losers(self) -> int:
        """Contracts that would lose."""
        return self.no_longer + self.less


@dataclass(frozen=True)
class WhatIfGroup:
    """One group. ``None``: fewer than the programme publishes. ``cost``: how much more it costs in a year."""

    value: str
    contracts: int | None
    winners: int | None
    losers: int | None
    unknown: int | None
    cost: Decimal | None = None


@dataclass(frozen=True)
class WhatIfReport:
    """A what-if from beginning to end; small groups are left out for everybody. ``id`` is ``None`` if not stored."""

    id: int | None
    programme: str
    version: str
    as_of: date
    changes: tuple[ParameterChange, ...]
    counts: WhatIfCounts
    groups: Mapping[str, tuple[WhatIfGroup, ...]]
    """Grouping (``area``, ``age``, ``sex``) -> its rows, in order."""
    inputs: tuple[InputFile, ...]
    faults: int
    by: str
    started_at: datetime
    seconds: Decimal
    least: int
    """Numbers under this are not told."""
