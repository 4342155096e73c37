"""The whole job beside hand-written SQL: registers' files in, suppliers' files out; then storing it all in PostgreSQL.

    python bench/energy_tariff.py [--people 10400000] [--rounds 5] [--folder var/bench/energy]

Each measurement is a process of its own, ours and theirs in turn. The suppliers' files must be equal byte by byte.
Prints tables, then the same figures as JSON; they also go to ``var/bench/energy_tariff.json``.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "countries" / "demo"
PROGRAMME = "energy-tariff"
AS_OF = date(2026, 9, 30)
FORMATS = ("parquet", "csv")
MEMORY = "1500MB"
TYPES = {
    "contract": {
        "contract_id": "VARCHAR", "supplier": "VARCHAR", "energy": "VARCHAR", "holder": "VARCHAR", "use": "VARCHAR",
        "permanent_home": "BOOLEAN", "power_kva": "DECIMAL(12,2)", "annual_m3": "INTEGER", "commune": "VARCHAR",
        "language": "VARCHAR",
    },
    "income": {
        "tax_id": "VARCHAR", "household": "VARCHAR", "taxable_income": "DECIMAL(14,2)", "born_on": "DATE",
        "sex": "VARCHAR",
    },
    "benefit": {"tax_id": "VARCHAR", "kind": "VARCHAR", "since": "DATE", "until": "DATE"},
}  # fmt: skip


def files_of(folder: Path, form: str) -> dict[str, list[Path]]:
    """Register -> its files in one format."""
    return {
        "contract": sorted((folder / "contract").glob(f"*.{form}")),
        "income": [folder / f"income.{form}"],
        "benefit": [folder / f"benefit.{form}"],
    }


# What a careful analyst asks of the files before trusting them: keys that repeat, cells that are missing or odd.
CHECKS = (
    "SELECT count(*) - count(DISTINCT contract_id) FROM contract",
    "SELECT count(*) - count(DISTINCT tax_id) FROM income",
    "SELECT count(*) FROM contract WHERE (contract_id <> '' AND trim(contract_id) = contract_id AND supplier IN "
    "('luz-do-vale', 'nadira-energia', 'alo-shakti', 'noor-island', 'common-current') AND energy IN "
    "('electricity', 'gas') AND holder <> '' AND trim(holder) = holder AND use IN ('domestic', 'business') "
    "AND permanent_home IS NOT NULL) IS NOT TRUE",
    "SELECT count(*) FROM income WHERE (tax_id <> '' AND trim(tax_id) = tax_id AND household <> '' "
    "AND trim(household) = household AND taxable_income IS NOT NULL) IS NOT TRUE",
    "SELECT count(*) FROM benefit WHERE (tax_id <> '' AND trim(tax_id) = tax_id AND kind <> '' "
    "AND since > DATE '1800-01-01') IS NOT TRUE",
)


def by_hand_checked(folder: Path, form: str, out: Path) -> dict[str, Any]:
    """By hand, with the files looked at first as Doorstep does it."""
    return by_hand(folder, form, out, checked=True)


def by_hand(folder: Path, form: str, out: Path, *, checked: bool = False) -> dict[str, Any]:
    """The same job as a skilled analyst would do it with DuckDB and ``energy_tariff.sql``."""
    import duckdb

    spill = tempfile.mkdtemp(prefix="by-hand-")
    connection = duckdb.connect(
        config={"memory_limit": MEMORY, "threads": 2, "temp_directory": spill, "preserve_insertion_order": False}
    )
    for register, paths in files_of(folder, form).items():
        names = ", ".join(f"'{path}'" for path in paths)
        if form == "parquet":
            connection.execute(f"CREATE VIEW {register} AS SELECT * FROM read_parquet([{names}])")
        else:
            columns = ", ".join(f"'{name}': '{kind}'" for name, kind in TYPES[register].items())
            connection.execute(
                f"CREATE TABLE {register} AS SELECT * FROM read_csv([{names}], header = true, delim = ',', "
                f"columns = {{{columns}}})"
            )
    if checked:
        for sql in CHECKS:
            assert connection.execute(sql).fetchall() == [(0,)], "the population is clean"
    sql = (ROOT / "bench" / "energy_tariff.sql").read_text()
    sql = sql.replace(":as_of", str(AS_OF)).replace(":from", "2026-10-01")
    start = time.perf_counter()
    connection.execute(f"CREATE TABLE entitled AS {sql}")
    deciding = time.perf_counter() - start
    out.mkdir(parents=True)
    rows = 0
    for (supplier,) in connection.execute("SELECT DISTINCT supplier FROM entitled").fetchall():
        query = f'SELECT contract, "from", "to" FROM entitled WHERE supplier = \'{supplier}\' ORDER BY contract'
        found = connection.execute(f"COPY ({query}) TO '{out / supplier}.csv' (HEADER)").fetchall()
        rows += found[0][0]
    connection.close()
    shutil.rmtree(spill)
    return {"entitled": rows, "deciding_seconds": round(deciding, 2)}


def by_doorstep(folder: Path, form: str, out: Path) -> dict[str, Any]:
    """The same job through the door: reading with every check, deciding, files, rejects and report."""
    from doorstep.domains.benefits import api, deciding
    from doorstep.domains.country.api import read_country

    spent: dict[str, float] = {}
    timed(deciding, "decide_all", spent)
    order = api.Order(programme=PROGRAMME, inputs=files_of(folder, form), as_of=AS_OF, out=out)
    summary = api.decide_files(country=read_country(DEMO), order=order, now=datetime.now(UTC))
    return {"entitled": summary.counts.entitled, "deciding_seconds": spent["decide_all"]}


def timed(module: ModuleType, name: str, spent: dict[str, float]) -> None:
    """Note in ``spent`` how long the next call of a function takes."""
    work = getattr(module, name)

    def measured(*args: Any) -> Any:
        start = time.perf_counter()
        try:
            return work(*args)
        finally:
            spent[name] = round(time.perf_counter() - start, 2)
            setattr(module, name, work)

    setattr(module, name, measured)


def stored(folder: Path, form: str, out: Path) -> dict[str, Any]:
    """A real run into PostgreSQL: a first month in which everybody starts, and a second in which they go on."""
    from doorstep.config.cli.shared import migrate, site

    with site(DEMO):
        from django.db import connection

        migrate()
        with connection.cursor() as cursor:
            cursor.execute(
                "TRUNCATE benefits_run, benefits_entitlement, benefits_decision, benefits_notice, benefits_objection, "
                "benefits_review, benefits_look RESTART IDENTITY"
            )
        return {"first": _month(folder, form, out, AS_OF), "second": _month(folder, form, out, AS_OF + timedelta(31))}


def _month(folder: Path, form: str, out: Path, as_of: date) -> dict[str, Any]:
    from doorstep.config.parts import COUNTRY_PARTS
    from doorstep.domains.benefits import api, consequences
    from doorstep.domains.benefits.types import Officer, Role
    from doorstep.domains.country.api import load_country

    spent: dict[str, float] = {}
    for name in ("read_standing", "store"):
        timed(consequences, name, spent)
    start = time.perf_counter()
    summary = api.decide(
        country=load_country(DEMO, parts=COUNTRY_PARTS),
        order=api.Order(programme=PROGRAMME, inputs=files_of(folder, form), as_of=as_of, out=out, everyone=False),
        officer=Officer("bench", frozenset({Role.SUPERVISOR})),
        now=datetime(as_of.year, as_of.month, as_of.day, 9, tzinfo=UTC),
    )
    seconds = time.perf_counter() - start
    rows = summary.counts.started + summary.counts.continued
    storing = spent["store"]
    return {
        "seconds": round(seconds, 2), "entitlements": rows, "storing_seconds": storing,
        "rows_a_second": round(rows / storing), "read_standing": spent["read_standing"],
    }  # fmt: skip


JOBS = {"by_hand": by_hand, "by_hand_checked": by_hand_checked, "doorstep": by_doorstep, "stored": stored}


def measure(job: str, folder: Path, form: str, out: Path) -> dict[str, Any]:
    """Do one job in this process and say what it took."""
    shutil.rmtree(out, ignore_errors=True)
    start, worked = time.perf_counter(), time.process_time()
    found = JOBS[job](folder, form, out)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "job": job,
        "format": form,
        "seconds": round(time.perf_counter() - start, 2),
        "processor_seconds": round(time.process_time() - worked, 2),
        "peak_mb": round(peak),
        **found,
    }


def alone(job: str, folder: Path, form: str, out: Path) -> dict[str, Any]:
    """The same in a process of its own."""
    command = [sys.executable, __file__, "--only", job, "--form", form, "--folder", str(folder), "--out", str(out)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "DOORSTEP_VAR": str(ROOT / "var" / "bench" / "server")}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def population(folder: Path, people: int) -> dict[str, int]:
    """Make the registers once, clean, and keep them."""
    made = folder / "made.json"
    if made.exists() and json.loads(made.read_text())["people"] == people:
        kept: dict[str, int] = json.loads(made.read_text())
        return kept
    from doorstep.domains.country.api import read_country
    from doorstep.domains.people.files import generate

    print(f"Making {people:,} people ...", file=sys.stderr)
    summary = generate(
        folder=folder, people=people, seed=1, country=read_country(DEMO), formats=FORMATS, dirty=0.0, as_of=AS_OF
    )
    rows = {"people": people, "contracts": summary.contracts, "benefits": summary.benefits}
    made.write_text(json.dumps(rows))
    return rows


def same_files(one: Path, other: Path) -> bool:
    """Whether every supplier's file is the same in both folders."""
    names = sorted(path.name for path in one.glob("*.csv"))
    return bool(names) and all((one / name).read_bytes() == (other / name).read_bytes() for name in names)


FIGURES = ("seconds", "processor_seconds", "deciding_seconds")
"""Processor seconds count the work of both cores: they hardly move where others use the machine too."""


def compare(folder: Path, form: str, rounds: int, work: Path) -> dict[str, Any]:
    """Each job in turn, round after round; medians, and our ratios to both peers."""
    runs: dict[str, list[dict[str, Any]]] = {"by_hand": [], "by_hand_checked": [], "doorstep": []}
    for _ in range(rounds):
        for job, results in runs.items():
            results.append(alone(job, folder, form, work / job))
    if not same_files(work / "by_hand", work / "doorstep"):
        raise SystemExit(f"The suppliers' files differ ({form}).")
    found: dict[str, Any] = {"format": form, "entitled": runs["doorstep"][0]["entitled"], "same_files": True}
    for job, results in runs.items():
        found[job] = {name: statistics.median(run[name] for run in results) for name in FIGURES}
        found[job]["peak_mb"] = max(run["peak_mb"] for run in results)
        found[job]["all_seconds"] = [run["seconds"] for run in results]
    ours = found["doorstep"]
    found["ratio"] = round(ours["seconds"] / found["by_hand"]["seconds"], 2)
    found["ratio_processor"] = round(ours["processor_seconds"] / found["by_hand"]["processor_seconds"], 2)
    found["ratio_checked"] = round(ours["seconds"] / found["by_hand_checked"]["seconds"], 2)
    found["ratio_deciding"] = round(ours["deciding_seconds"] / found["by_hand"]["deciding_seconds"], 2)
    return found


def table(result: dict[str, Any]) -> str:
    """The figures for people."""
    lines = [f"{result['contracts']:,} contracts x {result['people']:,} tax rows x {result['benefits']:,} benefits", ""]
    lines.append(f"{'files to suppliers’ files':28}{'whole job':>12}{'processor':>12}{'deciding':>12}{'peak':>10}")
    for one in result["files"]:
        for job in ("by_hand", "by_hand_checked", "doorstep"):
            name, row = f"{one['format']}, {job.replace('_', ' ')}", one[job]
            lines.append(
                f"{name:28}{row['seconds']:>10.2f} s{row['processor_seconds']:>10.2f} s"
                f"{row['deciding_seconds']:>10.2f} s{row['peak_mb']:>7} MB"
            )
        lines.append(
            f"  Doorstep / by hand: {one['ratio']}, processor {one['ratio_processor']}, "
            f"deciding {one['ratio_deciding']}; "
            f"/ by hand, checked: {one['ratio_checked']}"
        )
    for name, month in result.get("stored", {}).items():
        words = f"{month['entitlements']:,} entitlements in {month['storing_seconds']} s"
        lines.append(f"stored, {name} month: {words}: {month['rows_a_second']:,} a second (all: {month['seconds']} s)")
    return "\n".join(lines)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="The energy tariff beside hand-written SQL.")
    parser.add_argument("--people", type=int, default=10_400_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "bench" / "energy")
    parser.add_argument("--no-store", action="store_true", help="leave PostgreSQL out")
    for option in ("--only", "--form", "--out"):
        parser.add_argument(option, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    if chosen.only:
        print(json.dumps(measure(chosen.only, chosen.folder, chosen.form, Path(chosen.out))))
        return 0
    result: dict[str, Any] = population(chosen.folder, chosen.people)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=chosen.folder) as work:
        result["files"] = [compare(chosen.folder, form, chosen.rounds, Path(work)) for form in FORMATS]
        if not chosen.no_store:
            done = alone("stored", chosen.folder, "parquet", Path(work) / "stored")
            result["stored"] = {name: done[name] for name in ("first", "second")}
    print(table(result))
    print(json.dumps(result))
    kept = ROOT / "var" / "bench" / "energy_tariff.json"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(result, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
