"""The country template of OpenFisca beside ours: the same situations through both, every difference told, and the cost.

    python bench/country_template.py [--persons 1000000] [--rounds 3] [--folder var/bench/openfisca] [--no-peer]

The template's law is written anew in ``bench/openfisca/country``. Both read the same invented persons and households
from Parquet and write every variable to Parquet, each in a process of its own. OpenFisca calculates in 32-bit floats;
it is also let to calculate in 64 bits, once, so that a difference that is gone then is known to be its rounding.
"""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.openfisca import environment as beside  # noqa: E402 - found from the checkout, wherever it stands

MONTH, AS_OF = "2017-01", date(2017, 1, 1)
OUTPUTS = {
    "person": ["age", "basic_income", "pension", "income_tax", "social_security_contribution"],
    "household": [
        "household_income", "housing_allowance", "parenting_allowance", "meal_price", "swimming_pool_access",
        "housing_tax", "total_benefits", "total_taxes", "disposable_income",
    ],
}  # fmt: skip
YEARLY = {"housing_tax": "2017"}
"""The peer's variables that are defined for a year."""


def population(folder: Path, persons: int) -> None:
    """Invented persons in households of one to five, thresholds included. Made once, the same for the same size."""
    import duckdb

    made = folder / "made.txt"
    if made.exists() and made.read_text() == str(persons):
        return
    folder.mkdir(parents=True, exist_ok=True)
    households = max(persons * 2 // 5, 1)
    connection = duckdb.connect(config={"threads": 2})
    connection.execute(
        f"""
        COPY (
            SELECT lpad(CAST(i AS VARCHAR), 9, '0') AS id, CAST(hash(i * 3) % 2000 / 10 AS DECIMAL(12, 1))
                AS accommodation_size, CAST(hash(i * 5) % 200000 / 100 AS DECIMAL(14, 2)) AS rent,
                ['owner', 'tenant', 'free_lodger', 'homeless'][CAST(1 + hash(i * 7) % 4 AS INTEGER)]
                AS housing_occupancy_status
            FROM range({households}) t(i)
        ) TO '{folder}/households.parquet';
        COPY (
            SELECT lpad(CAST(i AS VARCHAR), 9, '0') AS id,
                lpad(CAST(CASE WHEN i < {households} THEN i ELSE hash(i * 11) % {households} END AS VARCHAR), 9, '0')
                AS household, CASE WHEN i < {households} OR hash(i * 13) % 3 = 0 THEN 'adult' ELSE 'child' END AS role,
                CAST(DATE '2017-01-02' - CAST(hash(i * 17) % 33000 AS INTEGER) AS DATE) AS birth,
                CAST(CASE hash(i * 19) % 8 WHEN 0 THEN 0 WHEN 1 THEN 250 WHEN 2 THEN 6000 WHEN 3 THEN 12400
                    ELSE hash(i * 23) % 1500000 / 100 END AS DECIMAL(14, 2)) AS salary,
                CAST(CASE hash(i * 29) % 3 WHEN 0 THEN hash(i * 31) % 50000 / 100 ELSE 0 END AS DECIMAL(14, 2))
                AS capital_returns
            FROM range({persons}) t(i)
        ) TO '{folder}/persons.parquet'
        """
    )
    made.write_text(str(persons))


def by_doorstep(task: dict[str, Any]) -> dict[str, Any]:
    """Read the rules, compile them, decide everybody."""
    from bench.openfisca import rules

    folder, out = Path(task["folder"]), Path(task["out"])

    def work() -> dict[str, Any]:
        return rules.decide_all(rules.country(), folder=folder, out=out, outputs=OUTPUTS, as_of=AS_OF)

    return beside.measured(work)


def differences(folder: Path) -> dict[str, dict[str, Any]]:
    """For each variable: how many rows differ, the greatest difference, and what 64 bits leave of it.

    The peer's files are in the order of the persons and households; ours are sorted by key here, which is that order.
    """
    import duckdb

    connection = duckdb.connect(config={"threads": 2})
    found: dict[str, dict[str, Any]] = {}
    for entity, names in OUTPUTS.items():
        us, them, exact = (folder / job / f"{entity}s.parquet" for job in ("doorstep", "openfisca", "exact"))
        for name in names:
            query = f"""
                SELECT count(*) AS rows, count(*) FILTER (abs(d) > 5e-7) AS differ, max(abs(d)) AS most,
                    count(*) FILTER (abs(e) > 5e-7) AS differ_exact, max(abs(e)) AS most_exact,
                    count(*) FILTER (us IS NULL) AS unknown
                FROM (
                    SELECT us, CAST(us AS DOUBLE) - CAST(them AS DOUBLE) AS d,
                        CAST(us AS DOUBLE) - CAST(exact AS DOUBLE) AS e
                    FROM (SELECT row_number() OVER (ORDER BY key) AS n, {name} AS us FROM '{us}')
                    JOIN (SELECT row_number() OVER () AS n, {name} AS them FROM '{them}') USING (n)
                    JOIN (SELECT row_number() OVER () AS n, {name} AS exact FROM '{exact}') USING (n)
                )
            """
            row = connection.execute(query).fetchone()
            assert row is not None
            found[name] = dict(
                zip(("rows", "differ", "most", "differ_exact", "most_exact", "unknown"), row, strict=True)
            )
    return found


def told(name: str, one: dict[str, Any]) -> str:
    """One variable's comparison in words."""
    if not one["differ"] and not one["unknown"]:
        return f"  {name:30} the same in all {one['rows']:,} rows"
    rounding = one["differ"] - one["differ_exact"]
    words = f"  {name:30} {one['differ']:,} of {one['rows']:,} rows differ, at most by {one['most']:.4f}: "
    words += f"{rounding:,} are the peer's 32-bit rounding"
    if one["differ_exact"] or one["unknown"]:
        words += f"; {one['differ_exact']:,} REAL, at most {one['most_exact']:.6f}; {one['unknown']:,} unknown to us"
    return words


def main() -> int:
    """Measure, compare and print. Fails where a difference is not the peer's rounding."""
    parser = beside.options("OpenFisca's country template.", persons=1_000_000)
    chosen = parser.parse_args()
    if chosen.only:
        print(json.dumps(by_doorstep(json.loads(chosen.only))))
        return 0
    folder = chosen.folder / "country"
    population(folder, chosen.persons)
    task = {"job": "country", "folder": str(folder), "month": MONTH, "yearly": YEARLY, "outputs": OUTPUTS}

    def out(job: str) -> dict[str, Any]:
        (folder / job).mkdir(exist_ok=True)
        return {**task, "out": str(folder / job)}

    jobs = {"doorstep": lambda: beside.ours(__file__, out("doorstep"))}
    if not chosen.no_peer:
        jobs["openfisca"] = lambda: beside.theirs(chosen.folder, out("openfisca"))
    found: dict[str, Any] = beside.in_turn(chosen.rounds, jobs)
    result = {"persons": chosen.persons, **found, **beside.ratios(found)}
    print(f"The country template, {chosen.persons:,} persons, {sum(map(len, OUTPUTS.values()))} variables")
    for name, one in found.items():
        print(beside.line(name, one))
    real = 0
    if not chosen.no_peer:
        beside.theirs(chosen.folder, {**out("exact"), "exact": True})
        result["differences"] = differences(folder)
        for name, one in result["differences"].items():
            print(told(name, one))
            real += one["differ_exact"] + one["unknown"]
        print(f"{real:,} real differences; {result['times_faster']} times faster, {result['part_of_memory']} memory")
    beside.report("country_template", result, chosen)
    return 1 if real else 0


if __name__ == "__main__":
    raise SystemExit(main())
