"""Writes the registers, spoiled and shuffled, and who the people are."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date
from pathlib import Path

import duckdb
import numpy as np

from doorstep.domains.country.api import Country
from doorstep.domains.people.synthetic import names, tables
from doorstep.domains.people.synthetic.dirt import Spoiled, spoil
from doorstep.domains.people.synthetic.everyone import Everyone, Progress
from doorstep.domains.people.synthetic.households import Ints
from doorstep.domains.people.synthetic.shapes import Population
from doorstep.domains.people.types import Format, WrongOrder
from doorstep.kit.errors import Unavailable, unavailable

_CHANCE_OF_NAMES, _CHANCE_OF_DIRT = 0, 2


PEOPLE_FILE = "people.parquet"


def file_names(population: Population, formats: Sequence[Format]) -> list[str]:
    """The files that a generation writes, as paths in its folder."""
    registers = ["income", "benefit", *(f"contract/{supplier}" for supplier in population.contracts.suppliers)]
    return [PEOPLE_FILE, *(f"{register}.{form}" for register in registers for form in formats)]


class Writing:
    """Writes the registers, spoiled and shuffled, and who the people are."""

    def __init__(
        self, population: Population, country: Country, everyone: Everyone, *, folder: Path, as_of: date, seed: int
    ) -> None:
        self.population, self.everyone, self.folder, self.as_of, self.seed = population, everyone, folder, as_of, seed
        chance = np.random.default_rng([seed, _CHANCE_OF_NAMES])
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
        self._copy(people, tables.people_columns(self.words, self.as_of), PEOPLE_FILE)
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
                self._copy(drawn, tables.contract_columns(self.words), f"contract/{supplier}.{form}")

    def _write_incomes(self, formats: Sequence[Format], dirty: float) -> None:
        people = self.everyone.people
        spoiled = self._spoil("income", len(people["sex"]), self.everyone.first_people, dirty)
        drawn = {name: people[name][spoiled.rows] for name in ("household", "sex", "born")}
        drawn |= {"cents": people["income"][spoiled.rows], "person": spoiled.rows, "dirt": spoiled.dirt}
        for form in formats:
            self._copy(drawn, tables.income_columns(self.as_of, form), f"income.{form}")

    def _write_benefits(self, formats: Sequence[Format], dirty: float) -> None:
        benefits = self.everyone.benefits
        spoiled = self._spoil("benefit", len(benefits.person), 0, dirty)
        drawn = {field.name: getattr(benefits, field.name)[spoiled.rows] for field in fields(benefits)}
        drawn["dirt"] = spoiled.dirt
        for form in formats:
            self._copy(drawn, tables.benefit_columns(self.words, self.as_of), f"benefit.{form}")

    def _spoil(self, register: str, rows: int, spare: int, dirty: float) -> Spoiled:
        rates = {kind: float(rate) * dirty for kind, rate in self.population.dirt.get(register, {}).items()}
        if sum(rates.values()) > 1:
            raise WrongOrder(f"More than every row of {register} would be dirt.", mend="Ask for less dirt.")
        random = np.random.default_rng([self.seed, _CHANCE_OF_DIRT, *register.encode()])
        spoiled = spoil(rows, rates=rates, spare=spare, random=random)
        self.dirt[register] = dict(spoiled.counts)
        return spoiled

    def _copy(self, drawn: Mapping[str, Ints], columns: str, name: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(path.name + ".part")
        form = "FORMAT parquet" if path.suffix == ".parquet" else "FORMAT csv, HEADER"
        self.connection.register("drawn", dict(drawn))
        try:
            # Everything in this text is written by us but the path, and that is quoted.
            target = str(part).replace("'", "''")
            self.connection.execute(f"COPY (SELECT {columns} FROM drawn) TO '{target}' ({form})")  # noqa: S608
            os.replace(part, path)
        except OSError as error:
            raise unavailable(error, doing=f"The file {path} cannot be written.") from error
        except duckdb.IOException as error:
            raise Unavailable(
                f"The file {path} cannot be written.", why="The disk is full.", mend="Make room and try again."
            ) from error
        finally:
            part.unlink(missing_ok=True)
            self.connection.unregister("drawn")
        self.files[name] = len(next(iter(drawn.values())))
