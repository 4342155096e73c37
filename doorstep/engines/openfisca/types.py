"""What crosses the door: what was found, what was made of it, and what was not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from doorstep.kit.files import Node


@dataclass(frozen=True)
class Source:
    """One parameter or scale of OpenFisca: its dotted path, and the node of its YAML."""

    path: str
    node: Node


@dataclass(frozen=True)
class Remark:
    """Something that a reader must know of ``path``. ``lost``: it was not carried over."""

    path: str
    words: str
    lost: bool = False


@dataclass(frozen=True)
class Carried:
    """One parameter of ours. ``body`` holds the keys of a parameter as plain values, in the order they are written."""

    name: str
    path: str
    label: str
    body: dict[str, Any] = field(default_factory=dict)
    comment: str = ""


@dataclass(frozen=True)
class Imported:
    """The rules file's text, the parameters in it, and every remark."""

    text: str
    carried: tuple[Carried, ...]
    remarks: tuple[Remark, ...]

    @property
    def lost(self) -> tuple[Remark, ...]:
        """The remarks about what was not carried over."""
        return tuple(remark for remark in self.remarks if remark.lost)
