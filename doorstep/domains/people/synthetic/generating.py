"""Draws a whole population and writes its files."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, fields
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import numpy as np

from doorstep.domains.country.api import Country
from doorstep.domains.people.synthetic import names, tables
from doorstep.domains.people.synthetic.dirt import Spoiled, spoil
from doorstep.domains.people.synthetic.holdings import (
    Benefits,
    ContractDrawing,
    EnergyContracts,
    draw_benefits,
    first_contracts,
    no_benefits,
)
from doorstep.domains.people.synthetic.households import Chunk, Drawing, Ints, first_chunk
from doorstep.domains.people.synthetic.shapes import Population, read_population
from doorstep.domains.people.types import Format, Summary
from doorstep.kit.errors import DoorstepError

CHUNK = 60_000
SUMMARY_FILE = "summary.json"
_NAMES, _CHUNKS, _DIRT = range(3)  # the streams of chance that a seed gives
Progress = Callable[[float, str], None]
Columns = TypeVar("Columns", Benefits, EnergyContracts)


class WrongOrder(DoorstepError):
    """The population asked for cannot be made."""


@dataclass(frozen=True)
class Everyone:
    """The whole population in columns, one value a person, a benefit or a contract."""

    people: dict[str, Ints]
    households: int
    benefits: Benefits
    contracts: EnergyContracts
    first_people: int
    first_contracts: int


def generate_population(
    *,
    folder: Path,
    people: int,
    seed: int,
    country: Country,
    formats: Sequence[Format],
    dirty: float,
    as_of: date,
    progress: Progress | None,
) -> Summary:
    """See ``api.generate``."""
    population = read_population(country)
    _check_order(people, seed, dirty, formats)
    tell = progress or (lambda fraction, what: None)
    _make_room(folder)
    everyone = _draw_everyone(population, country, people=people, seed=seed, tell=tell)
    writing = _Writing(population, country, everyone, folder=folder, as_of=as_of, seed=seed)
    writing.write(formats, dirty=dirty, tell=tell)
    summary = Summary(
        country=country.code,
        seed=seed,
        as_of=as_of,
        people=people,
        households=everyone.households,
        contracts=len(everyone.contracts.holder),
        benefits=len(everyone.benefits.person),
        files=writing.files,
        dirt=writing.dirt,
    )
    _write_whole(folder / SUMMARY_FILE, json.dumps(summary.as_json(), indent=2) + "\n")
    tell(1.0, "Done")
    return summary


def _check_order(people: int, seed: int, dirty: float, formats: Sequence[Format]) -> None:
    if not 1 <= people <= tables.MOST_PEOPLE:
        raise WrongOrder(f"A population has 1 to {tables.MOST_PEOPLE:,} people.", mend="Ask for another size.")
    if seed < 0:
        raise WrongOrder("A seed is a whole number from 0 on.")
    if not 0 <= dirty <= 100:
        raise WrongOrder("How dirty the registers are is a number from 0 to 100; 1 is what population.yaml says.")
    if not formats or not set(formats) <= {"parquet", "csv"}:
        raise WrongOrder("The registers are written as parquet, csv or both.")


def _make_room(folder: Path) -> None:
    """Take away what an earlier generation left; refuse a folder that holds anything else."""
    folder.mkdir(parents=True, exist_ok=True)
    summary = folder / SUMMARY_FILE
    if summary.exists():
        for path in json.loads(summary.read_text())["files"]:
            old = folder / path
            if old.resolve().is_relative_to(folder.resolve()):
                old.unlink(missing_ok=True)
        summary.unlink()
    left = sorted(path.name for path in folder.rglob("*") if path.is_file() and not path.name.endswith(".part"))
    if left:
        raise WrongOrder(
            f"The folder {folder} holds other files, such as {left[0]}.",
            why="They would be taken for registers.",
            mend="Name an empty folder, or one that an earlier generation filled.",
        )


def _draw_everyone(population: Population, country: Country, *, people: int, seed: int, tell: Progress) -> Everyone:
    """Draw chunks, two at a time, until there are people enough. Each chunk has its own stream of chance."""
    communes = [area.people or 0 for area in country.smallest_areas.values()]
    drawing = Drawing(population, communes=communes, names=(names.GIVEN, names.FAMILY))
    contracting = ContractDrawing(population, communes=communes)

    def draw(number: int) -> tuple[Chunk, Benefits, EnergyContracts]:
        random = np.random.default_rng([seed, _CHUNKS, number])
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


class _Writing:
    """Writes the registers, spoiled and shuffled, and who the people are."""

    def __init__(
        self, population: Population, country: Country, everyone: Everyone, *, folder: Path, as_of: date, seed: int
    ) -> None:
        self.population, self.everyone, self.folder, self.as_of, self.seed = population, everyone, folder, as_of, seed
        chance = np.random.default_rng([seed, _NAMES])
        self.words = tables.Words(
            suppliers=list(population.contracts.suppliers),
            powers=list(population.contracts.power_kva),
            communes=list(country.smallest_areas),
            languages=list(population.languages),
            benefits=[benefit.kind for benefit in population.benefits],
            given=names.given_names(population.names, chance),
            family=names.family_names(population.names, chance),
        )
        self.files: dict[str, int] = {}
        self.dirt: dict[str, dict[str, int]] = {}
        self.connection = duckdb.connect(config={"memory_limit": "700MB", "threads": 2})

    def write(self, formats: Sequence[Format], *, dirty: float, tell: Progress) -> None:
        """Write every file. Each appears only when it is whole."""
        tell(0.40, "Writing people")
        people = {"person": np.arange(len(self.everyone.people["sex"]), dtype=np.int32), **self.everyone.people}
        self._copy(people, tables.people_sql(self.words, self.as_of, "drawn"), "people.parquet")
        tell(0.55, "Writing contracts")
        self._write_contracts(formats, dirty)
        tell(0.75, "Writing incomes")
        self._write_incomes(formats, dirty)
        tell(0.95, "Writing benefits")
        self._write_benefits(formats, dirty)
        self.connection.close()

    def _write_contracts(self, formats: Sequence[Format], dirty: float) -> None:
        contracts = self.everyone.contracts
        spoiled = self._spoil("contract", len(contracts.holder), self.everyone.first_contracts, dirty)
        by_supplier = np.argsort(contracts.supplier[spoiled.rows], kind="stable")
        rows, dirt = spoiled.rows[by_supplier], spoiled.dirt[by_supplier]
        ends = np.searchsorted(contracts.supplier[rows], np.arange(len(self.words.suppliers) + 1))
        for number, supplier in enumerate(self.words.suppliers):
            own = slice(ends[number], ends[number + 1])
            drawn = {field.name: getattr(contracts, field.name)[rows[own]] for field in fields(contracts)}
            drawn |= {"contract": rows[own], "dirt": dirt[own]}
            for form in formats:
                self._copy(drawn, tables.contract_sql(self.words, "drawn"), f"contract/{supplier}.{form}")

    def _write_incomes(self, formats: Sequence[Format], dirty: float) -> None:
        people = self.everyone.people
        spoiled = self._spoil("income", len(people["sex"]), self.everyone.first_people, dirty)
        drawn = {name: people[name][spoiled.rows] for name in ("household", "sex", "born")}
        drawn |= {"cents": people["income"][spoiled.rows], "person": spoiled.rows, "dirt": spoiled.dirt}
        for form in formats:
            self._copy(drawn, tables.income_sql(self.as_of, "drawn", form), f"income.{form}")

    def _write_benefits(self, formats: Sequence[Format], dirty: float) -> None:
        benefits = self.everyone.benefits
        spoiled = self._spoil("benefit", len(benefits.person), 0, dirty)
        drawn = {field.name: getattr(benefits, field.name)[spoiled.rows] for field in fields(benefits)}
        drawn["dirt"] = spoiled.dirt
        for form in formats:
            self._copy(drawn, tables.benefit_sql(self.words, self.as_of, "drawn"), f"benefit.{form}")

    def _spoil(self, register: str, rows: int, spare: int, dirty: float) -> Spoiled:
        rates = {kind: float(rate) * dirty for kind, rate in self.population.dirt.get(register, {}).items()}
        if sum(rates.values()) > 1:
            raise WrongOrder(f"More than every row of {register} would be dirt.", mend="Ask for less dirt.")
        random = np.random.default_rng([self.seed, _DIRT, *register.encode()])
        spoiled = spoil(rows, rates=rates, spare=spare, random=random)
        self.dirt[register] = dict(spoiled.counts)
        return spoiled

    def _copy(self, drawn: Mapping[str, Ints], sql: str, name: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(path.name + ".part")
        form = "FORMAT parquet" if path.suffix == ".parquet" else "FORMAT csv, HEADER"
        self.connection.register("drawn", dict(drawn))
        try:
            self.connection.execute(f"COPY ({sql}) TO '{str(part).replace(chr(39), chr(39) * 2)}' ({form})")
            os.replace(part, path)
        except (duckdb.IOException, OSError) as error:
            part.unlink(missing_ok=True)
            raise WrongOrder(
                f"The file {path} cannot be written.", why=str(error), mend="Make room, then try again."
            ) from error
        finally:
            self.connection.unregister("drawn")
        self.files[name] = len(next(iter(drawn.values())))


def _write_whole(path: Path, text: str) -> None:
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)
