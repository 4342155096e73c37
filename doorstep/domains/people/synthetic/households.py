"""Draws a chunk of households and the people in them, in whole columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt

from doorstep.domains.people.synthetic.shapes import OLDEST, FirstHousehold, Population, Share

Ints = npt.NDArray[Any]
Floats = npt.NDArray[Any]
FEMALE, MALE = 0, 1
FIRST, PARTNER, ELDER, OTHER, CHILD = range(5)
DAYS_A_YEAR = 365.2425
MAX_CENTS = 2_000_000_000


@dataclass(frozen=True)
class Chunk:
    """Some households. ``starts`` says where each begins; the other columns have one value a person.

    ``born`` counts days back from the day of the population, ``income`` is in cents.
    """

    starts: Ints
    household: Ints
    role: Ints
    sex: Ints
    age: Ints
    born: Ints
    income: Ints
    unemployed: Ints
    commune: Ints
    language: Ints
    given: Ints
    family: Ints
    phone: Ints

    @property
    def sizes(self) -> Ints:
        """How many people each household has."""
        return np.diff(np.append(self.starts, len(self.sex)))

    def a_head(self) -> Ints:
        """The household's income a head, in cents, for each person."""
        whole = np.add.reduceat(self.income, self.starts, dtype=np.int64)
        return (whole // self.sizes)[self.household]


def shares(values: Sequence[Share | int | float]) -> Floats:
    """Running sums of shares, ending at 1: what ``searchsorted`` chooses by."""
    running = np.cumsum([float(value) for value in values])
    return np.asarray(running / running[-1])


class Incomes:
    """The income bands as one row a year of age."""

    def __init__(self, population: Population) -> None:
        normal = NormalDist()
        self.none, self.idle = np.full(OLDEST + 1, -9.0), np.full(OLDEST + 1, -9.0)
        self.middle, self.spread = np.zeros(OLDEST + 1), np.zeros(OLDEST + 1)
        looking = population.unemployed
        for band in population.incomes:
            for age in range(band.ages[0], band.ages[1] + 1):
                idle = float(looking.share) if looking.ages[0] <= age <= looking.ages[1] else 0.0
                self.none[age] = _border(normal, float(band.none))
                self.idle[age] = _border(normal, min(1.0, float(band.none) + idle))
                self.middle[age] = np.log(float(band.middle) * 100) if band.middle else 0.0
                self.spread[age] = float(band.spread)
        self.shared, self.own = float(population.alike) ** 0.5, (1 - float(population.alike)) ** 0.5

    def draw(self, random: np.random.Generator, age: Ints, household: Ints) -> tuple[Ints, Ints]:
        """Incomes in cents, and who is unemployed. A household's luck is shared, in work and in pay."""
        luck = random.standard_normal((2, int(household[-1]) + 1), dtype=np.float32)
        work = self.shared * luck[0][household] + self.own * random.standard_normal(len(age), dtype=np.float32)
        pay = self.shared * luck[1][household] + self.own * random.standard_normal(len(age), dtype=np.float32)
        cents = np.exp(self.middle[age] + self.spread[age] * pay)
        none, idle = work < self.none[age], work < self.idle[age]
        income = np.where(idle, 0, np.minimum(cents, MAX_CENTS)).astype(np.int32)
        return income, idle & ~none


def _choose(running: Floats, count: int, random: np.random.Generator) -> Ints:
    """Places in a list, drawn by the running sums of their shares."""
    return np.searchsorted(running, random.random(count), side="right")


def _border(normal: NormalDist, share: float) -> float:
    return -9.0 if share <= 0 else 9.0 if share >= 1 else normal.inv_cdf(share)


class Drawing:
    """All that chunks are drawn from, made ready once."""

    def __init__(self, population: Population, *, communes: Sequence[int], names: tuple[int, int]) -> None:
        kinds = population.households
        self.kinds = shares([kind.share for kind in kinds])
        self.ages = np.array([kind.ages for kind in kinds], dtype=np.float64)
        self.women = np.array([float(kind.women) for kind in kinds])
        self.partners = np.array([kind.partner for kind in kinds], dtype=np.int64)
        self.elders = np.array([kind.elders for kind in kinds], dtype=np.int64)
        self.others = _counts([kind.others for kind in kinds])
        self.children = _counts([kind.children for kind in kinds])
        self.communes = shares(communes)
        self.languages = shares(list(population.languages.values()))
        self.incomes = Incomes(population)
        self.phones = population.phones
        self.names = names

    def chunk(self, random: np.random.Generator, households: int) -> Chunk:
        """Draw so many households."""
        kind = _choose(self.kinds, households, random)
        partners, elders = self.partners[kind], self.elders[kind]
        others = (random.random((households, 1)) > self.others[kind]).sum(axis=1)
        children = (random.random((households, 1)) > self.children[kind]).sum(axis=1)
        sizes = 1 + partners + elders + others + children
        starts = np.cumsum(sizes) - sizes
        household = np.repeat(np.arange(households, dtype=np.int32), sizes)
        spot = np.arange(len(household)) - starts[household]
        ends = np.cumsum([np.ones(households, dtype=np.int64), partners, elders, others], axis=0)
        role = sum((spot >= end[household]).astype(np.int8) for end in ends)
        age = self._ages(random, kind, household, np.asarray(role))
        sex = self._sexes(random, kind[household], np.asarray(role), starts[household])
        whole = age.astype(np.int16)
        income, unemployed = self.incomes.draw(random, whole, household)
        family = random.integers(0, self.names[1], households, dtype=np.int16)[household]
        own_name = random.random(len(family), dtype=np.float32) < np.where(role == CHILD, 0.02, 0.35)
        own_family = random.integers(0, self.names[1], len(family), dtype=np.int16)
        return Chunk(
            starts=starts,
            household=household,
            role=np.asarray(role),
            sex=sex,
            age=whole,
            born=(age * DAYS_A_YEAR).astype(np.int32),
            income=income,
            unemployed=unemployed,
            commune=_choose(self.communes, households, random).astype(np.int16)[household],
            language=_choose(self.languages, households, random).astype(np.int8)[household],
            given=random.integers(0, self.names[0], len(sex), dtype=np.int16),
            family=np.where(own_name & (role != FIRST), own_family, family),
            phone=self._phones(random, whole),
        )

    def _ages(self, random: np.random.Generator, kind: Ints, household: Ints, role: Ints) -> Floats:
        """Ages in years with fractions: partners near the first person, elders a generation above, children below."""
        youngest, likely, oldest = self.ages[kind].T
        first: Floats = np.asarray(random.triangular(youngest, likely, oldest))[household]
        near = random.standard_normal(len(household))
        childhood = random.random(len(household))
        child = first - (19 + 21 * (childhood + random.random(len(household))) / 2)
        child = np.where((child < 0) | (child > 27), 18 * childhood, child)
        age = np.select(
            [role == FIRST, role == PARTNER, role == ELDER, role == OTHER],
            [first, first - 1 + 3.5 * near, first + 27 + 4 * near, first + 5 * near],
            child,
        )
        grown = np.maximum(age, 18 + childhood)
        return np.where(role == CHILD, age, np.minimum(grown, 104 + childhood))

    def _sexes(self, random: np.random.Generator, kind: Ints, role: Ints, start: Ints) -> Ints:
        chance = random.random(len(role))
        woman = chance < np.select([role == FIRST, role == ELDER, role == CHILD], [self.women[kind], 0.68, 0.488], 0.5)
        opposite = ~woman[start] ^ (chance > 0.985)
        return np.where(np.where(role == PARTNER, opposite, woman), FEMALE, MALE).astype(np.int8)

    def _phones(self, random: np.random.Generator, age: Ints) -> Ints:
        share = np.where(age < self.phones.old_from, float(self.phones.share), float(self.phones.old_share))
        has_one: Ints = random.random(len(age), dtype=np.float32) < share
        return has_one & (age >= 12)


def _counts(rows: Sequence[Sequence[Share]]) -> Floats:
    """For each kind the running shares of 1, 2, 3 ... people. A draw above one means one more; no shares, nobody."""
    most = max((len(row) for row in rows), default=0) + 1
    counts = np.full((len(rows), most), 2.0)
    for number, row in enumerate(rows):
        if row:
            counts[number, 0] = -1.0
            counts[number, 1 : len(row)] = shares(row)[:-1]
    return counts


def first_chunk(households: Sequence[FirstHousehold], *, language: int) -> Chunk:
    """The households that every population begins with, as the file states them."""
    people = [(number, person) for number, home in enumerate(households) for person in home.people]
    sizes = np.array([len(home.people) for home in households])
    starts = np.cumsum(sizes) - sizes
    household = np.array([number for number, _ in people], dtype=np.int32)
    age = np.array([person.age for _, person in people], dtype=np.int16)
    zeros = np.zeros(len(people), dtype=np.int16)
    role = np.where(np.arange(len(people)) == starts[household], FIRST, np.where(age < 18, CHILD, OTHER))
    return Chunk(
        starts=starts,
        household=household,
        role=role.astype(np.int8),
        sex=np.array([FEMALE if person.sex == "female" else MALE for _, person in people], dtype=np.int8),
        age=age,
        born=((age + 0.5) * DAYS_A_YEAR).astype(np.int32),
        income=np.array([int(person.income * 100) for _, person in people], dtype=np.int32),
        unemployed=zeros.astype(bool),
        commune=zeros,
        language=np.full(len(people), language, dtype=np.int8),
        given=zeros,
        family=household.astype(np.int16),
        phone=zeros.astype(bool),
    )
