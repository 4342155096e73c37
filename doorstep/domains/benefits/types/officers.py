"""Who acts for the state, and in which role."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What an official may do. A supervisor may do all that an officer may."""

    OFFICER = "officer"
    SUPERVISOR = "supervisor"


@dataclass(frozen=True)
class Officer:
    """The official who acts: a name that stands in the records, and roles."""

    name: str
    roles: frozenset[Role]
