"""How long one household's decision takes, with every value and the whole tree of steps.

    python bench/household.py [--households 20000]

Decides households of the invented population one at a time, in process, as a page or an officer would. Prints the
median and the 95th percentile in microseconds, then the same as JSON; they also go to ``var/bench/household.json``.
"""

from __future__ import annotations

import argparse
import csv
import json
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
AS_OF = date(2026, 9, 30)
_READ = {"boolean": lambda text: text == "true", "date": date.fromisoformat, "count": int}
Rows = dict[str, list[dict[str, Any]]]


def population(households: int) -> tuple[Any, list[tuple[str, Rows]]]:
    """The country, and (contract, the rows of its holder's household) of so many contracts."""
    from doorstep.domains.country.api import read_country
    from doorstep.domains.people.files import generate

    country = read_country(ROOT / "countries" / "demo")
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        generate(
            folder=folder, people=households * 2, seed=1, country=country, formats=("csv",), dirty=0.0, as_of=AS_OF
        )
        rows = {name: list(_rows(folder, name, register)) for name, register in country.registers.items()}
    people = {row["tax_id"]: row for row in rows["income"]}
    members, helped = defaultdict(list), defaultdict(list)
    for row in rows["income"]:
        members[row["household"]].append(row)
    for row in rows["benefit"]:
        helped[row["tax_id"]].append(row)
    found = []
    for row in rows["contract"][:households]:
        holder = people.get(row["holder"])
        income = members[holder["household"]] if holder else []
        benefits = [one for person in income for one in helped[person["tax_id"]]]
        found.append((row["contract_id"], {"contract": [row], "income": income, "benefit": benefits}))
    return country, found


def _rows(folder: Path, name: str, register: Any) -> Any:
    for path in sorted([*folder.glob(f"{name}.csv"), *folder.glob(f"{name}/*.csv")]):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield {column: _value(shape.type, row[column]) for column, shape in register.columns.items()}


def _value(kind: str, text: str) -> Any:
    if not text:
        return None
    if kind in ("money", "number"):
        return Decimal(text)
    return _READ.get(kind, str)(text)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="One household at a time.")
    parser.add_argument("--households", type=int, default=20_000)
    chosen = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    from doorstep.engines.rules.api import compile_one

    country, cases = population(chosen.households)
    one = compile_one(country.rules, entity="contract", goal="eligible", as_of=AS_OF)
    spent, outcomes = [], defaultdict(int)
    for contract, situation in cases:
        start = time.perf_counter_ns()
        decision = one.decide(situation, key=contract)
        spent.append((time.perf_counter_ns() - start) / 1000)
        outcomes[str(decision.outcome)] += 1
    cuts = statistics.quantiles(spent, n=20)
    result = {
        "households": len(cases),
        "persons_mean": round(statistics.mean(len(rows["income"]) for _, rows in cases), 2),
        "p50_microseconds": round(cuts[9], 1),
        "p95_microseconds": round(cuts[18], 1),
        "outcomes": dict(outcomes),
    }
    print(
        f"{len(cases):,} households of {result['persons_mean']} persons: half take {result['p50_microseconds']} "
        f"microseconds or less, 95 of 100 {result['p95_microseconds']}"
    )
    print(json.dumps(result))
    kept = ROOT / "var" / "bench" / "household.json"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(result, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
