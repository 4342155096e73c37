"""What the door of the people domain gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

from doorstep.kit.errors import DoorstepError

Format = Literal["parquet", "csv"]


class WrongOrder(DoorstepError):
    """The population asked for cannot be made."""


@dataclass(frozen=True)
class Summary:
    """What was made.

    ``files`` gives the rows of each file by its path in the folder, ``dirt`` the spoiled rows by register and kind.
    """

    country: str
    seed: int
    as_of: date
    people: int
    households: int
    contracts: int
    benefits: int
    files: Mapping[str, int]
    dirt: Mapping[str, Mapping[str, int]]

    def as_json(self) -> dict[str, Any]:
        """Plain values for a JSON file."""
        return {**asdict(self), "as_of": self.as_of.isoformat()}
