"""Draws what people hold: benefits and contracts for energy, in whole columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from doorstep.domains.people.synthetic.households import DAYS_A_YEAR, PARTNER, Chunk, Ints, shares
from doorstep.domains.people.synthetic.shapes import FirstHousehold, Population

ELECTRICITY, GAS = 0, 1
DOMESTIC, BUSINESS = 0, 1
NONE = -1


@dataclass(frozen=True)
class Benefits:
    """One value a benefit. ``since`` and ``until`` count days forward from the day; ``until`` may be ``NO_DAY``."""

    person: Ints
    kind: Ints
    since: Ints
    until: Ints


@dataclass(frozen=True)
class EnergyContracts:
    """One value a contract. ``power`` is a place in the list of powers, ``cubic_metres`` a count; -1 means none."""

    holder: Ints
    supplier: Ints
    energy: Ints
    use: Ints
    permanent: Ints
    power: Ints
    cubic_metres: Ints
    commune: Ints
    language: Ints


NO_DAY = 1_000_000


def draw_benefits(population: Population, chunk: Chunk, random: np.random.Generator) -> Benefits:
    """The benefits of a chunk's people; ``person`` is the place in the chunk."""
    a_head = chunk.a_head()
    people, kinds = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int8)]
    for number, benefit in enumerate(population.benefits):
        fits = (chunk.age >= benefit.ages[0]) & (chunk.age <= benefit.ages[1])
        if benefit.below is not None:
            fits &= chunk.income < int(benefit.below * 100)
        if benefit.household_below is not None:
            fits &= a_head < int(benefit.household_below * 100)
        if benefit.unemployed:
            fits &= chunk.unemployed
        fitting = np.flatnonzero(fits)
        got = fitting[random.random(len(fitting), dtype=np.float32) < float(benefit.share)]
        people.append(got)
        kinds.append(np.full(len(got), number, dtype=np.int8))
    person, kind = np.concatenate(people), np.concatenate(kinds)
    since, until = _days(population, chunk.born[person], random)
    return Benefits(person=person.astype(np.int32), kind=kind, since=since, until=until)


def _days(population: Population, born: Ints, random: np.random.Generator) -> tuple[Ints, Ints]:
    longest = np.minimum(born, int(population.benefit_years * DAYS_A_YEAR))
    paid = 1 + random.random(len(born)) * np.maximum(longest - 1, 0)
    over, ends = float(population.benefit_over), float(population.benefit_ends)
    state, when = random.random(len(born)), random.random(len(born))
    until = np.select([state < over, state < over + ends], [-paid * when, 1 + when * 700], NO_DAY)
    return (-paid).astype(np.int32), until.astype(np.int32)


class ContractDrawing:
    """All that contracts are drawn from, made ready once."""

    def __init__(self, population: Population, *, communes: Sequence[int]) -> None:
        self.wanted = population.contracts
        self.suppliers = shares(list(self.wanted.suppliers.values()))
        self.powers = shares(list(self.wanted.power_kva.values()))
        self.communes = shares(communes)

    def draw(self, chunk: Chunk, random: np.random.Generator) -> EnergyContracts:
        """The contracts of a chunk's households; ``holder`` is the person's place in the chunk."""
        wanted, households = self.wanted, len(chunk.starts)
        holder = chunk.starts + self._partner_holds(chunk, random)
        kinds = (
            (wanted.electricity, ELECTRICITY, DOMESTIC, True),
            (wanted.gas, GAS, DOMESTIC, True),
            (wanted.second_home, ELECTRICITY, DOMESTIC, False),
            (wanted.business, ELECTRICITY, BUSINESS, False),
        )
        chosen = [np.flatnonzero(random.random(households) < float(share)) for share, *_ in kinds]
        lengths = [len(some) for some in chosen]
        home = np.concatenate(chosen)
        energy, use, permanent = (np.repeat([kind[part] for kind in kinds], lengths) for part in (1, 2, 3))
        person, count = holder[home], len(home)
        elsewhere = np.searchsorted(self.communes, random.random(count), side="right")
        power = np.searchsorted(self.powers, random.random(count), side="right")
        gas = np.log(float(wanted.gas_m3.middle)) + float(wanted.gas_m3.spread) * random.standard_normal(count)
        away = (use == DOMESTIC) & ~permanent
        return EnergyContracts(
            holder=person.astype(np.int32),
            supplier=np.searchsorted(self.suppliers, random.random(count), side="right").astype(np.int8),
            energy=energy.astype(np.int8),
            use=use.astype(np.int8),
            permanent=permanent,
            power=np.where(energy == ELECTRICITY, power, NONE).astype(np.int8),
            cubic_metres=np.where(energy == GAS, np.minimum(np.exp(gas), 99_999), NONE).astype(np.int32),
            commune=np.where(away, elsewhere, chunk.commune[person]).astype(np.int16),
            language=chunk.language[person],
        )

    def _partner_holds(self, chunk: Chunk, random: np.random.Generator) -> Ints:
        second = np.minimum(chunk.starts + 1, len(chunk.role) - 1)
        is_partner = (chunk.role[second] == PARTNER) & (chunk.sizes > 1)
        holds: Ints = is_partner & (random.random(len(second)) < float(self.wanted.partner_holds))
        return holds


def no_benefits() -> Benefits:
    """No benefit at all, as columns."""
    days = np.zeros(0, dtype=np.int32)
    return Benefits(person=days, kind=np.zeros(0, dtype=np.int8), since=days, until=days)


def first_contracts(population: Population, homes: Sequence[FirstHousehold], chunk: Chunk) -> EnergyContracts:
    """A contract for electricity at home for each of the first households."""
    powers, count = list(population.contracts.power_kva), len(homes)
    small = np.zeros(count, dtype=np.int8)
    return EnergyContracts(
        holder=chunk.starts.astype(np.int32),
        supplier=small,
        energy=small + ELECTRICITY,
        use=small + DOMESTIC,
        permanent=np.ones(count, dtype=bool),
        power=np.array([powers.index(home.power_kva) for home in homes], dtype=np.int8),
        cubic_metres=np.full(count, NONE, dtype=np.int32),
        commune=chunk.commune[chunk.starts],
        language=chunk.language[chunk.starts],
    )
