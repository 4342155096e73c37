"""The shape of ``population.yaml``, and what must be true of it beyond its shape."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from doorstep.domains.country.api import Country
from doorstep.kit import files
from doorstep.kit.errors import Findings, Place, Problem, Problems
from doorstep.kit.files import key

FILE = "population.yaml"
OLDEST = 130
Share = Decimal
KINDS_OF_DIRT: Mapping[str, frozenset[str]] = {
    "contract": frozenset({"repeated", "contradictory", "missing", "unknown_code", "unknown_person"}),
    "income": frozenset({"repeated", "contradictory", "missing", "unknown_code", "bad_text", "future_date"}),
    "benefit": frozenset({"repeated", "missing", "unknown_code", "unknown_person", "future_date"}),
}


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


def read_population(country: Country) -> Population:
    """The country's ``population.yaml``. Raises ``Problems`` with every mistake, and where there is no such file."""
    findings = Findings()
    node = files.read_yaml(country.text(FILE), file=FILE)
    population: Population | None = files.decode(node, Population, findings=findings)
    findings.raise_if_any()
    if population is None:
        raise Problems([Problem(Place(FILE), "the file cannot be read")])
    _note_ages(population, findings)
    _note_shares(population, findings)
    _note_codes(population, country, findings)
    _note_dirt(population, findings)
    _note_names(population, findings)
    findings.raise_if_any()
    return population


def check_population(country: Country) -> list[Problem]:
    """The mistakes in the country's ``population.yaml``; none where it has no such file."""
    if FILE not in country.files:
        return []
    try:
        read_population(country)
    except Problems as error:
        return error.problems
    return []


def _note_ages(population: Population, findings: Findings) -> None:
    for kind in population.households:
        if (
            len(kind.ages) != 3
            or not 0 <= kind.ages[0] <= kind.ages[1] <= kind.ages[2] <= 110
            or kind.ages[0] == kind.ages[2]
        ):
            findings.add(kind.place, "the ages are not in order", expected="[youngest, most likely, oldest], to 110")
    covered: set[int] = set()
    for band in (*population.incomes, *population.benefits):
        if len(band.ages) != 2 or not 0 <= band.ages[0] <= band.ages[1] <= OLDEST:
            findings.add(band.place, "the ages are not in order", expected=f"[from, to], to {OLDEST}")
        elif isinstance(band, IncomeBand):
            covered.update(range(band.ages[0], band.ages[1] + 1))
            if band.none < 1 and band.middle <= 0:
                findings.add(
                    band.place, "some have an income, but how much is not said", mend="Add middle: and spread:."
                )
    if len(population.unemployed.ages) != 2:
        findings.add(population.place, "the ages of unemployed people are not in order", expected="[from, to]")
    if missing := sorted(set(range(OLDEST + 1)) - covered):
        findings.add(population.place, f"no income is said for the age {missing[0]}", mend="Add a band for it.")


def _note_shares(population: Population, findings: Findings) -> None:
    contracts, place = population.contracts, population.place
    wholes: list[tuple[str, Place, Iterable[Share]]] = [
        ("households", place, [kind.share for kind in population.households]),
        ("languages", place, population.languages.values()),
        ("contracts.suppliers", contracts.place, contracts.suppliers.values()),
        ("contracts.power_kva", contracts.place, contracts.power_kva.values()),
    ]
    for kind in population.households:
        wholes += [("others", kind.place, kind.others)] if kind.others else []
        wholes += [("children", kind.place, kind.children)] if kind.children else []
    for name, where, shares in wholes:
        if abs(sum(shares) - 1) > Decimal("0.000001"):
            findings.add(where, f"the shares of {name} do not add up to 1", found=str(sum(shares)))
    alone = [
        *(kind.women for kind in population.households),
        *(band.none for band in population.incomes),
        *(benefit.share for benefit in population.benefits),
        *(rate for rates in population.dirt.values() for rate in rates.values()),
        *(contracts.electricity, contracts.gas, contracts.second_home, contracts.business, contracts.partner_holds),
        *(population.unemployed.share, population.alike, population.phones.share, population.phones.old_share),
        population.benefit_over + population.benefit_ends,
    ]
    if any(not 0 <= share <= 1 for share in alone):
        findings.add(place, "a share is less than 0 or more than 1", mend="Write 33.8% as 0.338.")


def _note_codes(population: Population, country: Country, findings: Findings) -> None:
    registers = country.registers
    if missing := sorted({"contract", "income", "benefit"} - set(registers)):
        findings.add(population.place, f"the country has no register {missing[0]!r} to fill")
        return
    wanted = [
        (population.contracts.suppliers, registers["contract"].columns["supplier"].codes, population.contracts.place),
        (population.languages, country.languages, population.place),
    ]
    for used, known, place in wanted:
        for code in sorted(set(used) - set(known)):
            findings.add(place, f"unknown code {code!r}", expected=" or ".join(known))
    known = registers["benefit"].columns["kind"].codes
    for benefit in population.benefits:
        if benefit.kind not in known:
            findings.add(benefit.place, f"unknown benefit {benefit.kind!r}", expected=" or ".join(known))
    for household in population.first_households:
        if household.power_kva not in population.contracts.power_kva or not household.people:
            findings.add(household.place, "a first household needs people and a known power", found=household.power_kva)


def _note_dirt(population: Population, findings: Findings) -> None:
    for register, rates in population.dirt.items():
        allowed = KINDS_OF_DIRT.get(register, frozenset())
        for kind in rates:
            if kind not in allowed:
                expected = ", ".join(sorted(allowed)) or "contract, income or benefit"
                findings.add(population.place, f"no such dirt: {register}.{kind}", expected=expected)
        if sum(rates.values()) > Decimal("0.5"):
            findings.add(population.place, f"more than half of {register} would be dirt")


def _note_names(population: Population, findings: Findings) -> None:
    names = population.names
    for counts in (names.given, names.family):
        if len(counts) != 2 or not 1 <= counts[0] <= counts[1] <= 6:
            findings.add(names.place, "how many sounds a name has is not in order", expected="[fewest, most], to 6")
    for parts in (names.sounds, names.women, names.men, names.families):
        if not parts or any(set(part) != set(parts[0]) or "latin" not in part for part in parts):
            findings.add(names.place, "the sounds do not all name the same letters", expected="{latin: na, bn: ...}")
