"""The shape of ``population.yaml``."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from doorstep.kit.errors import Place
from doorstep.kit.files import key

OLDEST = 130
Share = Decimal


@dataclass(frozen=True)
class HouseholdKind:
    """One kind of household."""

    kind: str = key("What it is called; only for who reads the file.")
    share: Share = key("Its share of all households.")
    ages: tuple[int, ...] = key("Ages of its first person: [youngest, most likely, oldest].")
    women: Share = key("The share of women among first persons.")
    partner: bool = key("Whether there is a partner.", default=False)
    elders: int = key("How many people of the generation above live with them.", default=0)
    others: tuple[Share, ...] = key("Shares of such households with 1, 2, 3 ... other adults.", default=())
    children: tuple[Share, ...] = key("Shares of such households with 1, 2, 3 ... children.", default=())
    place: Place = field(default=Place(""), compare=False)


@dataclass(frozen=True)
class IncomeBand:
    """The taxable income of people of some ages."""

    ages: tuple[int, ...] = key("The ages: [from, to].")
    none: Share = key("The share without any income.")
    middle: Decimal = key("Half of those with an income have less.", default=Decimal(0))
    spread: Decimal = key("The standard deviation of the logarithm of income.", default=Decimal(0))
    place: Place = field(default=Place(""), compare=False)


@dataclass(frozen=True)
class Unemployed:
    """People who would work and find none: they have no taxable income."""

    ages: tuple[int, ...] = key("The ages: [from, to].")
    share: Share = key("Their share of these ages.")


@dataclass(frozen=True)
class Phones:
    """Who has a phone, of the people from 12 years on."""

    share: Share = key("The share with a phone.")
    old_from: int = key("The age from which fewer have one.")
    old_share: Share = key("The share with a phone from that age on.")


@dataclass(frozen=True)
class BenefitKind:
    """Who gets a benefit."""

    kind: str = key("A code of the register benefit.")
    ages: tuple[int, ...] = key("The ages: [from, to].")
    share: Share = key("The share of the people who fit that get it.")
    below: Decimal | None = key("Only with less taxable income a year than this.", default=None)
    household_below: Decimal | None = key("Only where the household has less than this a head and year.", default=None)
    unemployed: bool = key("Only for unemployed people.", default=False)
    place: Place = field(default=Place(""), compare=False)


@dataclass(frozen=True)
class Gas:
    """How much gas a home uses in a year."""

    middle: Decimal = key("Half of the homes use less, in cubic metres.")
    spread: Decimal = key("The standard deviation of its logarithm.")


@dataclass(frozen=True)
class Contracts:
    """Who has which contract for energy. Shares are of households."""

    electricity: Share = key("With electricity at home.")
    gas: Share = key("With gas at home.")
    second_home: Share = key("With electricity in a home where they do not live all year.")
    business: Share = key("With electricity for a business.")
    partner_holds: Share = key("Where there is a partner: the share of contracts in the partner's name.")
    suppliers: dict[str, Share] = key("The suppliers' shares, by their code in the register contract.")
    power_kva: dict[str, Share] = key("The shares of contracted powers, in kVA.")
    gas_m3: Gas = key("How much gas homes use.")
    place: Place = field(default=Place(""), compare=False)


@dataclass(frozen=True)
class Names:
    """Sounds that names are put together from: each written in Latin letters and for languages with other letters."""

    given: tuple[int, ...] = key("How many sounds a given name has: [fewest, most].")
    family: tuple[int, ...] = key("How many sounds a family name has: [fewest, most].")
    sounds: tuple[dict[str, str], ...] = key("The sounds: {latin: na, bn: ...}.")
    women: tuple[dict[str, str], ...] = key("Endings of women's names.")
    men: tuple[dict[str, str], ...] = key("Endings of men's names.")
    families: tuple[dict[str, str], ...] = key("Endings of family names.")
    place: Place = field(default=Place(""), compare=False)


@dataclass(frozen=True)
class FirstPerson:
    """A person of one of the first households."""

    age: int = key("Their age in years.")
    sex: Literal["female", "male"] = key("Their sex.")
    income: Decimal = key("Their taxable income in a year.")


@dataclass(frozen=True)
class FirstHousehold:
    """A household that every population begins with."""

    note: str = key("Why it is there.")
    people: tuple[FirstPerson, ...] = key("Its people; the first holds the contract.")
    power_kva: str = key("The power of its contract, one of contracts.power_kva.", default="3.45")
    place: Place = field(default=Place(""), compare=False)


@dataclass(frozen=True)
class Population:
    """``population.yaml``: from what an invented population is drawn."""

    households: tuple[HouseholdKind, ...] = key("The kinds of household.")
    languages: dict[str, Share] = key("The shares of households that speak each language.")
    incomes: tuple[IncomeBand, ...] = key("Incomes by age; together the bands cover every age from 0 to 130.")
    unemployed: Unemployed = key("Who is unemployed.")
    alike: Share = key("How alike the fortunes of one household are, from 0 to 1.")
    phones: Phones = key("Who has a phone.")
    benefits: tuple[BenefitKind, ...] = key("Who gets which benefit.")
    benefit_years: int = key("The longest that a benefit has been paid, in years.")
    benefit_over: Share = key("The share of benefits whose last day has passed.")
    benefit_ends: Share = key("The share of benefits whose last day is known and lies ahead.")
    contracts: Contracts = key("Who has which contract for energy.")
    dirt: dict[str, dict[str, Share]] = key("Shares of the rows of each register to spoil, by kind of dirt.")
    names: Names = key("What names are made of.")
    first_households: tuple[FirstHousehold, ...] = key("Households that every population begins with.", default=())
    place: Place = field(default=Place(""), compare=False)
