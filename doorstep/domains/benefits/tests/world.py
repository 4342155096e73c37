"""A small world for tests: a few people whose registers a test changes from month to month."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from doorstep.domains.benefits import api
from doorstep.domains.benefits.types import Officer, Order, Role, RunKind, RunSummary
from doorstep.domains.country.api import Country

PROGRAMME = "energy-tariff"
BOSS = Officer("Sana Boss", frozenset({Role.SUPERVISOR}))
CLERK = Officer("Rui Clerk", frozenset({Role.OFFICER}))
FEBRUARY, MARCH = date(2026, 2, 5), date(2026, 3, 5)
NOBODY = Officer("Stranger", frozenset())


def at(day: date) -> datetime:
    """Nine in the morning of a day."""
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


@dataclass
class World:
    """The registers as rows, by contract number; ``run`` writes them and decides."""

    country: Country
    folder: Path
    contracts: dict[str, dict[str, Any]] = field(default_factory=dict)
    incomes: dict[str, dict[str, Any]] = field(default_factory=dict)
    benefits: list[dict[str, Any]] = field(default_factory=list)

    def add(self, contract: str, income: str | None = "5000.00", **more: Any) -> None:
        """A contract whose holder lives alone with an income."""
        person = f"P{contract}"
        self.contracts[contract] = {
            "contract_id": contract, "supplier": "luz-do-vale", "energy": "electricity", "holder": person,
            "use": "domestic", "permanent_home": "true", "power_kva": "3.45", "annual_m3": "", "commune": self.commune,
            "language": "en", **more,
        }  # fmt: skip
        self.incomes[person] = {
            "tax_id": person, "household": f"H{contract}", "taxable_income": income or "", "born_on": "1980-05-01",
            "sex": "female",
        }  # fmt: skip

    @property
    def commune(self) -> str:
        """Some commune of the country."""
        return next(iter(self.country.smallest_areas))

    def earns(self, contract: str, income: str | None) -> None:
        """Change the income of a contract's holder; ``None``: no longer known."""
        self.incomes[f"P{contract}"]["taxable_income"] = income or ""

    def write(self) -> Path:
        """Write the registers' files: one contract file a supplier."""
        for old in self.folder.rglob("*.csv"):
            old.unlink()
        suppliers: dict[str, list[dict[str, Any]]] = {}
        for row in self.contracts.values():
            suppliers.setdefault(row["supplier"], []).append(row)
        for supplier, rows in suppliers.items():
            self.write_file(f"contract/{supplier}.csv", "contract", rows)
        self.write_file("income.csv", "income", list(self.incomes.values()))
        self.write_file("benefit.csv", "benefit", self.benefits)
        return self.folder

    def write_file(self, name: str, register: str, rows: list[dict[str, Any]]) -> None:
        """One register's file."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(self.country.registers[register].columns))
            writer.writeheader()
            writer.writerows(rows)

    def order(self, day: date, **more: Any) -> Order:
        """What a run on a day is to do. What guards ask is confirmed: in so small a world one is a large share."""
        options = {"kind": RunKind.REAL, "confirm_endings": True, "confirm_untied": True, **more}
        return Order(programme=PROGRAMME, inputs=self.folder, as_of=day, **options)

    def run(self, day: date, **more: Any) -> RunSummary:
        """Write the files and decide."""
        self.write()
        return api.decide(country=self.country, order=self.order(day, **more), officer=BOSS, now=at(day))
