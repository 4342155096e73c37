"""How long a population takes to make: time, peak memory and rows, each format in a process of its own.

    python bench/generate.py [--people 10400000] [--folder var/bench/population]

Prints a table, then the same figures as JSON; they also go to ``var/bench/generate.json``.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FORMATS = ("parquet", "csv")


def measure(form: str, people: int, folder: Path) -> dict[str, Any]:
    """Make one population in this process and say what it took."""
    from doorstep.domains.country.api import read_country
    from doorstep.domains.people.files import generate

    country = read_country(ROOT / "countries" / "demo")
    start, worked = time.perf_counter(), time.process_time()
    summary = generate(folder=folder, people=people, seed=1, country=country, formats=(form,), as_of=date(2026, 9, 30))
    seconds, processor = time.perf_counter() - start, time.process_time() - worked
    size = sum((folder / name).stat().st_size for name in summary.files)
    return {
        "format": form,
        "people": people,
        "rows": sum(summary.files.values()),
        "contracts": summary.contracts,
        "benefits": summary.benefits,
        "seconds": round(seconds, 2),
        "processor_seconds": round(processor, 2),
        "people_a_second": round(people / seconds),
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "files_mb": round(size / 1e6),
    }


def main() -> int:
    """Measure each format and print the figures."""
    parser = argparse.ArgumentParser(description="How long a population takes to make.")
    parser.add_argument("--people", type=int, default=10_400_000)
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "bench" / "population")
    parser.add_argument("--only", choices=FORMATS, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.only:
        print(json.dumps(measure(chosen.only, chosen.people, chosen.folder)))
        return 0
    results = []
    for form in FORMATS:
        command = [sys.executable, __file__, "--only", form, "--people", str(chosen.people), "--folder"]
        done = subprocess.run(
            [*command, str(chosen.folder / form)],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        results.append(json.loads(done.stdout))
    show(results)
    target = ROOT / "var" / "bench" / "generate.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps({"cores": os.cpu_count(), "results": results}, indent=2) + "\n")
    print(target.read_text(), end="")
    for form in FORMATS:
        shutil.rmtree(chosen.folder / form, ignore_errors=True)
    return 0


def show(results: list[dict[str, Any]]) -> None:
    """Print the figures as a table."""
    print(f"{'format':<9}{'people':>12}{'rows':>13}{'seconds':>10}{'people/s':>11}{'peak MB':>9}{'files MB':>10}")
    for row in results:
        print(
            f"{row['format']:<9}{row['people']:>12,}{row['rows']:>13,}{row['seconds']:>10.1f}"
            f"{row['people_a_second']:>11,}{row['peak_memory_mb']:>9,}{row['files_mb']:>10,}"
        )


if __name__ == "__main__":
    sys.exit(main())
