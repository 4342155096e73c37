"""Rows that nothing ties to anybody: how many there are, and whose ending waits for a person because of them.

A member of a household whose row does not say which household is missing from one, and nobody can say from which. Its
income looks lower for that, or its ceiling. So a real run stops where such rows are many; where they are few, nobody
is told of an ending whose count of people fell since it was decided: a person looks first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from doorstep.domains.benefits.shapes import Programme
from doorstep.domains.benefits.types import RunRefused
from doorstep.engines.rules.api import Doubts
from doorstep.kit.languages import write_share

if TYPE_CHECKING:
    from doorstep.engines.dataflow.api import Reading
    from doorstep.engines.rules.api import Nation


@dataclass(frozen=True)
class Untied:
    """One register's rows that nothing ties to anybody, of all that were read."""

    rows: int
    of: int


def untied_of(readings: Mapping[str, Reading], nation: Nation) -> dict[str, Untied]:
    """Register -> its untied rows, by the links along which the rules count rows together."""
    found = {}
    for name, links in nation.ties.items():
        reading = readings.get(name)
        if reading is not None:
            found[name] = Untied(max((reading.untied.get(link, 0) for link in links), default=0), reading.read)
    return found


def doubts_of(readings: Mapping[str, Reading]) -> Doubts:
    """What the registers that were read leave in doubt."""
    loose = (name for name, reading in readings.items() if reading.loose)
    unsure = ((name, column) for name, reading in readings.items() for column in reading.unsure)
    return Doubts(frozenset(loose), frozenset(unsure))


def check_untied(programme: Programme, untied: Mapping[str, Untied], *, confirmed: bool) -> None:
    """Raise ``RunRefused`` where more rows of a register are untied than the programme's guard allows."""
    for name, found in untied.items():
        if not confirmed and found.rows > programme.untied_share * found.of:
            share = write_share(found.rows / found.of, "en")
            raise RunRefused(
                f"{found.rows:,} of {found.of:,} rows of {name!r} ({share}) do not say to whom they belong.",
                code="too_many_untied",
                why=f"Over {programme.stop_if_untied_over} the programme stops: others would be decided without them.",
                mend="Mend them first: a trial with --out lists them in faults.csv. "
                "If it must be, run again with --confirm-untied.",
            )
