"""Invented laws of many variables beside OpenFisca: a chain of 100 at ten million rows, and a whole system of 3,000.

    python bench/many_variables.py [--chain-rows 10000000] [--chain 100] [--rows 1000000] [--variables 3000]
                                   [--rounds 3] [--peer-rows 1000000] [--peer-variables 300] [--no-peer]

The same formulas (``bench/openfisca/model.py``) are rules of ours and OpenFisca's Python. Each job is a process of its
own, from Parquet to Parquet, reading its rules and compiling them included. The peer does the whole system with fewer
variables, because 3,000 need more memory than most machines have; its figures are then told for a variable and a row.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.openfisca import environment as beside  # noqa: E402 - found from the checkout, wherever it stands
from bench.openfisca import model as models  # noqa: E402

AS_OF = date(2026, 1, 1)


def rows_of(model: models.Model, folder: Path, rows: int) -> None:
    """The columns of a model for so many persons, two and a half of them in a household. Kept for the same size."""
    import duckdb

    made = folder / "made.txt"
    if made.exists() and made.read_text() == f"{rows} {len(model.lines)}":
        return
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.json").write_text(json.dumps(model.as_data()))
    homes = max(rows * 2 // 5, 1)
    connection = duckdb.connect(config={"threads": 2})
    for entity, columns in model.columns.items():
        cells = ", ".join(
            f"CAST(hash(i * {2 * number + 3}) % 500000 / 100 AS DECIMAL(14, 2)) AS {name}"
            for number, name in enumerate(columns)
        )
        home = f"CASE WHEN i < {homes} THEN i ELSE hash(i) % {homes} END"
        link = f"lpad(CAST({home} AS VARCHAR), 9, '0') AS household, " if "household" in model.columns else ""
        count, link = (rows, link) if entity == "person" else (homes, "")
        connection.execute(
            f"COPY (SELECT lpad(CAST(i AS VARCHAR), 9, '0') AS id, {link}{cells} FROM range({count}) t(i)) "
            f"TO '{folder}/{entity}s.parquet'"
        )
    made.write_text(f"{rows} {len(model.lines)}")


def model_of(kind: str, variables: int) -> models.Model:
    """One of the two invented laws."""
    return models.chain(variables) if kind == "chain" else models.wide(variables)


def by_doorstep(task: dict[str, Any]) -> dict[str, Any]:
    """Read the rules, compile them, decide everybody; or, for ``one``, decide one household with every step."""
    import duckdb

    from bench.openfisca import rules

    model = model_of(task["kind"], task["variables"])
    registers, text = models.registers(model), models.rules_file(model)
    if task["job"] == "one":
        return one_household(model, rules.ruleset(registers, [text]))
    entity, out = model.lines[-1].entity, Path(task["out"])

    def work() -> dict[str, Any]:
        known = rules.ruleset(registers, [text])
        start = time.perf_counter()
        outputs = {entity: [model.goal]}
        found = rules.decide_all(known, folder=Path(task["folder"]), out=out, outputs=outputs, as_of=AS_OF)
        return {**found, "deciding_seconds": round(time.perf_counter() - start, 3)}

    found = beside.measured(work)
    query = f"SELECT sum({model.goal}), count(*) FILTER ({model.goal} IS NULL) FROM '{out}/{entity}s.parquet'"
    row = duckdb.connect().execute(query).fetchone()
    assert row is not None
    return {**found, "goal_sum": float(row[0]), "unknown": row[1]}


def one_household(model: models.Model, known: Any) -> dict[str, Any]:
    """One household of three, decided with every value and every step, again and again."""
    from decimal import Decimal

    from doorstep.engines.rules.api import compile_one

    start = time.perf_counter()
    one = compile_one(known, entity=model.lines[-1].entity, goal=model.goal, as_of=AS_OF)
    compiling = time.perf_counter() - start
    persons = [
        {"id": str(n), "household": "h"} | {name: Decimal(1000 * n + 7) for name in model.columns["person"]}
        for n in range(3)
    ]
    household = {"id": "h"} | {name: Decimal(500) for name in model.columns.get("household", ())}
    situation = {"persons": persons, "households": [household]}
    spent, worked = [], []
    for _ in range(20):
        begun, busy = time.perf_counter_ns(), time.process_time_ns()
        one.decide(situation, key="h")
        spent.append((time.perf_counter_ns() - begun) / 1e6)
        worked.append((time.process_time_ns() - busy) / 1e6)
    return {
        "p50_milliseconds": round(statistics.median(spent), 2),
        "p50_processor_milliseconds": round(statistics.median(worked), 2),
        "compile_seconds": round(compiling, 2),
    }


def compared(kind: str, variables: int, rows: int, chosen: Any, *, peer: tuple[int, int] | None) -> dict[str, Any]:
    """One law through both. ``peer``: the peer's (variables, rows)."""
    folder = chosen.folder / kind

    def task(name: str, size: int, count: int) -> dict[str, Any]:
        place = folder / f"{size}-{count}"
        rows_of(model_of(kind, size), place, count)
        (place / name).mkdir(exist_ok=True)
        names = {"folder": str(place), "model": str(place / "model.json"), "out": str(place / name)}
        return {"job": "model", "kind": kind, "variables": size, **names}

    mine = task("doorstep", variables, rows)
    jobs = {"doorstep": lambda: beside.ours(__file__, mine)}
    if peer and not chosen.no_peer:
        its = task("openfisca", *peer)
        jobs["openfisca"] = lambda: beside.theirs(chosen.folder, its)
    found: dict[str, Any] = beside.in_turn(chosen.rounds, jobs)
    sizes = {"doorstep": (variables, rows), "openfisca": peer}
    for name, one in found.items():
        size, count = sizes[name] or (0, 0)
        one["variables"], one["rows"] = len(model_of(kind, size).lines), count
        one["variable_rows_a_second"] = round(one["variables"] * count / one["seconds"])
        print(beside.line(name, one) + f"  {one['variables']:,} variables x {count:,} rows")
        print(f"{'':28}{one['variable_rows_a_second'] / 1e6:>10,.0f} million variable-rows a second")
    return found


def told(found: dict[str, Any]) -> dict[str, Any]:
    """Both sizes brought to one: how many times as many variable-rows a second, and bytes for each variable and row."""
    if "openfisca" not in found:
        return {}
    us, them = found["doorstep"], found["openfisca"]
    faster = round(us["variable_rows_a_second"] / them["variable_rows_a_second"], 1)
    memory = [one["peak_mb"] * 1e6 / one["variables"] / one["rows"] for one in (us, them)]
    print(f"  {faster} times as many variable-rows a second; memory {memory[0] / memory[1]:.3f} of the peer's")
    if us["variables"] == them["variables"] and us["rows"] == them["rows"]:
        apart = abs(us["goal_sum"] - them["goal_sum"]) / abs(them["goal_sum"])
        print(f"  the goal's sum differs by {apart:.2e} of it: ours is rounded to the cent, theirs is a 32-bit float")
    return {"times_faster": faster, "part_of_memory": round(memory[0] / memory[1], 3)}


def main() -> int:
    """Measure and print."""
    parser = beside.options(
        "Laws of many variables.",
        **{"chain-rows": 10_000_000, "chain": 100, "rows": 1_000_000, "variables": 3_000},
        **{"peer-rows": 1_000_000, "peer-variables": 300},
    )
    chosen = parser.parse_args()
    if chosen.only:
        print(json.dumps(by_doorstep(json.loads(chosen.only))))
        return 0
    print(f"A chain of {chosen.chain} variables")
    size = chosen.chain, chosen.chain_rows
    chain = compared("chain", *size, chosen, peer=size)
    chain |= told(chain)
    print(f"A whole system of {chosen.variables:,} variables")
    whole = compared("wide", chosen.variables, chosen.rows, chosen, peer=(chosen.peer_variables, chosen.peer_rows))
    whole |= told(whole)
    task = {"job": "one", "kind": "wide", "variables": chosen.variables}
    whole["one_household"] = beside.ours(__file__, task)
    one = whole["one_household"]
    print(
        f"One household of three with every step: half take {one['p50_milliseconds']} ms or less "
        f"(processor {one['p50_processor_milliseconds']}); compiled in {one['compile_seconds']} s"
    )
    beside.report("many_variables", {"chain": chain, "whole": whole}, chosen)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
