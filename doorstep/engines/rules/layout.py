"""Where SQL computes each cell of a frame, so that little travels through its joins.

A frame's cells are computed in three phases: on the row itself; after the registers that its links lead to are joined;
after the results of groups are joined. What follows from one group's results alone is *lifted* to the group: computed
once for a household instead of once for each of its contracts, so that one yes or no is joined instead of its sums.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import localcontext
from enum import IntEnum
from functools import cached_property
from typing import Any

from doorstep.engines.feel.api import EXACT, GLOBALS, Node, PythonWriter, Ref, walk
from doorstep.engines.rules.plan import Cell, Frame, Group, Path, Slot, layered

NOTHING: Mapping[str, Any] = {"count": 0, "sum": 0, "some": False, "every": True}
"""What an aggregate over no rows gives; the others are unknown."""


class Phase(IntEnum):
    """When a cell is computed."""

    OWN = 0
    JOINED = 1
    GROUPED = 2


class Place:
    """A group as one row of a frame reaches it: through ``path``. Its cells are ``slots`` and what is ``lifted``."""

    def __init__(self, frame: Frame, path: Path, group: Group) -> None:
        self.frame, self.path, self.group = frame, path, group
        self.slots: list[Slot] = []
        self.lifted: list[Cell] = []

    @property
    def name(self) -> str:
        """A name for the relation that holds the cells of this place."""
        return ".".join((*self.path, f"[{self.group.name}]"))

    @property
    def key(self) -> str:
        """The cell that holds the key of the rows counted together."""
        key = self.frame.instances[self.path].key
        assert key is not None, "only rows with a key are joined"
        return key

    @property
    def layers(self) -> list[list[Cell]]:
        """The lifted cells, grouped so that each layer needs only earlier ones."""
        return layered(self.lifted)

    @property
    def never_empty(self) -> bool:
        """True where the row at hand is itself one of those that are counted: a member of its own household."""
        key, counted = self.frame.sources[self.key], self.group.frame.sources[self.group.link]
        same = (key.relation, key.column) == (counted.relation, counted.column)
        return same and bool(key.path) and not self.group.lone_quantifier

    @cached_property
    def without_rows(self) -> Mapping[str, Any]:
        """The value of each cell where nothing is counted."""
        return self._follow({slot.cell: NOTHING.get(slot.over.how) for slot in self.slots})

    @cached_property
    def without_key(self) -> Mapping[str, Any]:
        """The value of each cell where nobody knows whose rows to count."""
        return self._follow({slot.cell: None for slot in self.slots})

    def _follow(self, known: dict[str, Any]) -> Mapping[str, Any]:
        """Lifted cells, computed by the very Python that decides for one person."""
        writer = PythonWriter(lambda node: f"known[{node.name!r}]" if isinstance(node, Ref) else "")
        with localcontext(EXACT):
            for cell in self.lifted:
                assert cell.node is not None
                known[cell.name] = eval(writer.write(cell.node), {**GLOBALS, "known": known})  # noqa: S307 - ours
        return known


class Layout:
    """The phases of one frame's cells. ``wanted`` cells are asked for, ``tests`` are conditions on its rows."""

    def __init__(self, frame: Frame, wanted: Iterable[str], tests: Collection[Node] = ()) -> None:
        self.frame = frame
        self.wanted = {*wanted, *(name for test in tests for name in refs(test))}
        self.places: dict[str, Place] = {}
        self.phases: dict[str, Phase] = {}
        self._home: dict[str, Place] = {}
        for source in frame.sources.values():
            own = not source.path and source.relation == frame.relation
            self.phases[source.cell] = Phase.OWN if own else Phase.JOINED
        for slot in frame.slots.values():
            place = Place(frame, slot.path, slot.group)
            place = self.places.setdefault(place.name, place)
            place.slots.append(slot)
            self._home[slot.cell] = place
        for cell in _in_order(frame):
            self._settle(cell)

    def _settle(self, cell: Cell) -> None:
        """Lift a cell to the one place that it depends on, or give it the phase of the last thing it needs."""
        needs = refs(cell.node)
        homes = {id(self._home.get(name)): self._home.get(name) for name in needs}
        home = next(iter(homes.values())) if len(homes) == 1 else None
        if home is not None:
            home.lifted.append(cell)
            self._home[cell.name] = home
        else:
            self.phases[cell.name] = self.phase_of(needs)

    def phase_of(self, names: Iterable[str]) -> Phase:
        """The phase in which all of these cells are there."""
        return max((self.phases.get(name, Phase.GROUPED) for name in names), default=Phase.OWN)

    def computed(self, phase: Phase) -> list[list[Cell]]:
        """The cells that a phase computes, in layers."""
        return layered(cell for cell in self.frame.computed.values() if self.phases.get(cell.name) is phase)

    def sources(self, phase: Phase) -> list[str]:
        """The columns that come with a phase."""
        return [name for name in self.frame.sources if self.phases[name] is phase]

    def carried(self, phase: Phase) -> list[str]:
        """The cells that must be at hand when a phase is done: for later phases, and because they are asked for."""
        later = {name for cell in self.frame.computed.values() if self._after(cell, phase) for name in refs(cell.node)}
        later |= {place.key for place in self.places.values()} if phase < Phase.GROUPED else set()
        return [name for name, when in self.phases.items() if when <= phase and name in later | self.wanted]

    @property
    def keys(self) -> set[str]:
        """The cells by which other rows are joined."""
        return {instance.key for instance in self.frame.instances.values() if instance.key}

    def _after(self, cell: Cell, phase: Phase) -> bool:
        return cell.name in self.phases and self.phases[cell.name] > phase

    def exports(self, place: Place) -> list[Cell]:
        """The cells of a place that the frame needs."""
        used = self._used_from_places | self.wanted
        slots = [Cell(slot.cell, slot.over.type) for slot in place.slots]
        return [cell for cell in (*slots, *place.lifted) if cell.name in used]

    @cached_property
    def _used_from_places(self) -> set[str]:
        return {name for cell in self.frame.computed.values() if cell.name in self.phases for name in refs(cell.node)}


def refs(node: Node | None) -> set[str]:
    """The cells that a placed formula mentions."""
    return {part.name for part in walk(node) if isinstance(part, Ref)} if node is not None else set()


def _in_order(frame: Frame) -> Iterator[Cell]:
    return (cell for layer in frame.layers for cell in layer)
