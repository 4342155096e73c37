"""Draws the whole population chunk by chunk and gathers it in columns of the final size."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, fields
from itertools import count
from typing import Any, TypeVar

import numpy as np

from doorstep.domains.country.api import Country
from doorstep.domains.people.synthetic import names
from doorstep.domains.people.synthetic.holdings import (
    Benefits,
    ContractDrawing,
    EnergyContracts,
    draw_benefits,
    first_contracts,
    no_benefits,
)
from doorstep.domains.people.synthetic.households import Chunk, Drawing, Ints, first_chunk
from doorstep.domains.people.synthetic.shapes import Population

CHUNK = 60_000
CHANCE_OF_CHUNKS = 1  # with the seed and the chunk's number: its own stream of chance
Progress = Callable[[float, str], None]
Columns = TypeVar("Columns", Benefits, EnergyContracts)


@dataclass(frozen=True)
class Everyone:
    """The whole population in columns, one value a person, a benefit or a contract."""

    people: dict[str, Ints]
    households: int
    benefits: Benefits
    contracts: EnergyContracts
    first_people: int
    first_contracts: int


def draw_everyone(population: Population, country: Country, *, people: int, seed: int, tell: Progress) -> Everyone:
    """Draw chunks, two at a time, until there are people enough. Each chunk has its own stream of chance."""
    communes = [area.people or 0 for area in country.smallest_areas.values()]
    drawing = Drawing(population, communes=communes, names=(names.GIVEN, names.FAMILY))
    contracting = ContractDrawing(population, communes=communes)

    def draw(number: int) -> tuple[Chunk, Benefits, EnergyContracts]:
        random = np.random.default_rng([seed, CHANCE_OF_CHUNKS, number])
        chunk = drawing.chunk(random, min(CHUNK, people))
        return chunk, draw_benefits(population, chunk, random), contracting.draw(chunk, random)

    gathering = _Gathering(people)
    if population.first_households:
        homes = population.first_households
        chunk = first_chunk(homes, language=0)
        gathering.add(chunk, no_benefits(), first_contracts(population, homes, chunk))
        gathering.all_so_far_are_first()
    for chunk, benefits, contracts in _ahead(draw):
        if gathering.is_full:
            break
        gathering.add(chunk, benefits, contracts)
        tell(0.4 * gathering.people / people, "Drawing people")
    return gathering.everyone()


def _ahead(draw: Callable[[int], Any]) -> Iterator[Any]:
    """Results of ``draw(0)``, ``draw(1)`` ... in order, two being made while one is used."""
    pool = ThreadPoolExecutor(2)
    try:
        waiting: list[Future[Any]] = []
        for number in count():
            waiting.append(pool.submit(draw, number))
            if len(waiting) > 2:
                yield waiting.pop(0).result()
    finally:
        pool.shutdown(cancel_futures=True)


class _Gathering:
    """Puts chunks one after the other into columns of the final size."""

    kinds: Mapping[str, Any] = {
        "household": np.int32, "sex": np.int8, "born": np.int32, "income": np.int32, "commune": np.int16,
        "language": np.int8, "given": np.int16, "family": np.int16, "phone": np.bool_,
    }  # fmt: skip

    def __init__(self, wanted: int) -> None:
        self.wanted = wanted
        self.columns: dict[str, Ints] = {name: np.empty(wanted, dtype=kind) for name, kind in self.kinds.items()}
        self.people = self.households = self.first_people = self.first_contracts = 0
        self.benefits: list[Benefits] = []
        self.contracts: list[EnergyContracts] = []

    @property
    def is_full(self) -> bool:
        return self.people >= self.wanted

    def add(self, chunk: Chunk, benefits: Benefits, contracts: EnergyContracts) -> None:
        """Take a chunk; of the last one only as many people as are still wanted."""
        take = min(len(chunk.sex), self.wanted - self.people)
        for name in self.kinds:
            column = getattr(chunk, name)[:take]
            self.columns[name][self.people : self.people + take] = column + (
                self.households if name == "household" else 0
            )
        self.benefits.append(_moved(benefits, "person", take, self.people))
        self.contracts.append(_moved(contracts, "holder", take, self.people))
        self.people += take
        self.households += int(np.searchsorted(chunk.starts, take))

    def all_so_far_are_first(self) -> None:
        """Remember that what was gathered until now stays clean."""
        self.first_people = self.people
        self.first_contracts = sum(len(some.holder) for some in self.contracts)

    def everyone(self) -> Everyone:
        """All of it."""
        return Everyone(
            people=self.columns,
            households=self.households,
            benefits=_joined(self.benefits),
            contracts=_joined(self.contracts),
            first_people=self.first_people,
            first_contracts=self.first_contracts,
        )


def _moved(columns: Columns, who: str, take: int, before: int) -> Columns:
    """The rows of the people that were taken, with their places in the whole population."""
    kept = getattr(columns, who) < take
    parts = {field.name: getattr(columns, field.name)[kept] for field in fields(columns)}
    parts[who] = parts[who] + np.int32(before)
    return type(columns)(**parts)


def _joined(columns: list[Columns]) -> Columns:
    kind = type(columns[0])
    return kind(
        **{field.name: np.concatenate([getattr(some, field.name) for some in columns]) for field in fields(kind)}
    )
