"""Reads ``population.yaml`` and checks what must be true of it beyond its shape."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from doorstep.domains.country.api import Country
from doorstep.domains.people.synthetic.shapes import OLDEST, Population, Share
from doorstep.kit import files
from doorstep.kit.errors import Findings, Place, Problem, Problems

FILE = "population.yaml"
MAX_INCOME = 20_000_000
KINDS_OF_DIRT: dict[str, frozenset[str]] = {
    "contract": frozenset({"repeated", "contradictory", "missing", "unknown_code", "unknown_person"}),
    "income": frozenset({"repeated", "contradictory", "missing", "unknown_code", "bad_text", "future_date"}),
    "benefit": frozenset({"repeated", "missing", "unknown_code", "unknown_person", "future_date"}),
}


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
    _note_first_households(population, findings)
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
    spans = [(band.ages, band.place) for band in population.incomes]
    spans += [(benefit.ages, benefit.place) for benefit in population.benefits]
    spans.append((population.unemployed.ages, population.place))
    for ages, place in spans:
        if len(ages) != 2 or not 0 <= ages[0] <= ages[1] <= OLDEST:
            findings.add(place, "the ages are not in order", expected=f"[from, to], to {OLDEST}")
            return
    if population.benefit_years < 1 or any(not 0 <= kind.elders <= 4 for kind in population.households):
        findings.add(population.place, "benefit_years is less than 1, or a household has more than 4 elders")
    covered: set[int] = set()
    for band in population.incomes:
        covered.update(range(band.ages[0], band.ages[1] + 1))
        if band.none < 1 and band.middle <= 0:
            mend = "Add middle: and spread:."
            findings.add(band.place, "some have an income, but how much is not said", mend=mend)
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
        some = (("others", kind.others), ("children", kind.children))
        wholes += [(name, kind.place, parts) for name, parts in some if parts]
    for name, where, shares in wholes:
        whole = sum(shares, Decimal(0))
        if abs(whole - 1) > Decimal("0.000001"):
            findings.add(where, f"the shares of {name} do not add up to 1", found=str(whole))
    alone: list[Share] = [
        *(kind.women for kind in population.households),
        *(band.none for band in population.incomes),
        *(benefit.share for benefit in population.benefits),
        *(rate for rates in population.dirt.values() for rate in rates.values()),
        *(contracts.electricity, contracts.gas, contracts.second_home, contracts.business, contracts.partner_holds),
        *(population.unemployed.share, population.alike, population.phones.share, population.phones.old_share),
        population.benefit_over + population.benefit_ends,
    ]
    if not all(Decimal(0) <= share <= Decimal(1) for share in alone):
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
    if not any(area.people for area in country.smallest_areas.values()):
        findings.add(population.place, "nobody lives in any area", mend="Say people: in the areas file.")


def _note_first_households(population: Population, findings: Findings) -> None:
    for home in population.first_households:
        if home.power_kva not in population.contracts.power_kva or not home.people:
            findings.add(home.place, "a first household needs people and a known power", found=home.power_kva)
        for person in home.people:
            if not 0 <= person.age <= OLDEST or not 0 <= person.income <= MAX_INCOME:
                findings.add(home.place, "an age or an income is out of range", expected=f"0 to {MAX_INCOME:,}")


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
