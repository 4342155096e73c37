"""Which files a country's folder may hold, and the shape of each: the source of the reference page.

A package that reads a new kind of file adds its shape here; a test fails where one is forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass

from doorstep.domains.benefits.api import Programme
from doorstep.domains.country.api import AreasFile, CountryFile
from doorstep.domains.people.files import PeopleFile, Population
from doorstep.domains.vouchers.files import Scheme, VoucherKind
from doorstep.domains.wallets.files import WalletsFile
from doorstep.engines.dataflow.api import Register
from doorstep.engines.linkage.api import LinkageFile
from doorstep.engines.rules.api import CasesShape, RulesShape


@dataclass(frozen=True)
class FileShape:
    """A kind of file in a country's folder, what it is for, and the shape of its content."""

    path: str
    purpose: str
    shape: type


FILES = (
    FileShape("country.yaml", "What every other file of the country builds on.", CountryFile),
    FileShape("areas/areas.yaml", "The parts of the country, from large to small.", AreasFile),
    FileShape("registers/*.yaml", "What the files of a register hold, and who keeps it.", Register),
    FileShape("rules/*.yaml", "Parameters by date, variables and decision tables.", RulesShape),
    FileShape("tests/*.yaml", "Worked cases, run whenever the country is checked.", CasesShape),
    FileShape("programmes/*.yaml", "What the state gives without being asked.", Programme),
    FileShape("vouchers/scheme.yaml", "The agencies and the shops that share one way of giving vouchers.", Scheme),
    FileShape("vouchers/kinds/*.yaml", "One kind of voucher: what it buys, where and how much.", VoucherKind),
    FileShape("wallets.yaml", "What wallets may do: their levels, the PIN, the agents.", WalletsFile),
    FileShape("people.yaml", "How the state knows people: purposes, enrolment, how long what is kept.", PeopleFile),
    FileShape("linkage.yaml", "By what records of people are compared when files are linked.", LinkageFile),
    FileShape("population.yaml", "From what `doorstep generate` draws an invented population.", Population),
)
