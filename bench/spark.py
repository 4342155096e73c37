"""What deciding on Spark costs beside DuckDB: the same command, the same files, one setting apart.

    python bench/spark.py [--people 100000 1000000 10400000] [--folder var/bench/spark] [--memory 2g]

Each measurement is a process of its own and all that it starts: wall time, processor seconds of all of them, and the
most memory that they held at one time. The suppliers' files must be equal byte by byte. Prints a table, then the same
figures as JSON; they also go to ``var/bench/spark.json``. Needs Spark (``make test-spark`` installs it).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
COMMAND = [sys.executable, "-m", "doorstep.config.cli"]
AS_OF = "2026-09-01"
TICKS = os.sysconf("SC_CLK_TCK")
ENGINES = {
    "DuckDB": {"DOORSTEP_ENGINE": "duckdb"},
    "Spark, one process": {"DOORSTEP_ENGINE": "spark", "DOORSTEP_SPARK_MASTER": "local[2]"},
    "Spark, two executors": {"DOORSTEP_ENGINE": "spark", "DOORSTEP_SPARK_MASTER": "local-cluster[2,1,{megabytes}]"},
}


def registers(folder: Path, people: int) -> Path:
    """The population, made once for each size."""
    inputs = folder / f"people-{people}"
    if not (inputs / "done").exists():
        words = ["generate", "countries/demo", "--people", str(people), "--as-of", AS_OF, "--format", "parquet"]
        subprocess.run([*COMMAND, *words, "--out", str(inputs)], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        (inputs / "done").touch()
    return inputs


def measured(inputs: Path, out: Path, settings: Mapping[str, str]) -> dict[str, Any]:
    """Decide the programme in a process with these settings, watched from outside."""
    words = ["decide", "energy-tariff", "--inputs", str(inputs), "--as-of", AS_OF, "--no-database", "--json"]
    begun = time.perf_counter()
    with subprocess.Popen(
        [*COMMAND, *words, "--out", str(out)],
        cwd=ROOT,
        env={**os.environ, **settings},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        spent, most = watch(process)
        told = process.stdout.read() if process.stdout else ""
    seconds = time.perf_counter() - begun
    if process.returncode:
        return {"failed": json.loads(told)["error"]["what"]}
    counts = json.loads(told)["counts"]
    return {
        "decided": counts["decided"],
        "entitled": counts["entitled"],
        "seconds": round(seconds, 1),
        "processor_seconds": round(spent, 1),
        "peak_mb": round(most / 1e6),
    }


def watch(process: subprocess.Popen[str]) -> tuple[float, int]:
    """Processor seconds and the most bytes held, of a process and its descendants, looked at ten times a second."""
    spent: dict[int, float] = {}
    most = 0
    while process.poll() is None:
        held = 0
        for pid, (used, resident) in family(process.pid).items():
            spent[pid] = max(used, spent.get(pid, 0.0))
            held += resident
        most = max(most, held)
        time.sleep(0.1)
    return sum(spent.values()), most


def family(root: int) -> dict[int, tuple[float, int]]:
    """Process -> processor seconds and resident bytes, for ``root`` and everything below it."""
    found: dict[int, tuple[int, float, int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "stat").read_text().rpartition(") ")[2].split()
            except OSError:
                continue
            used = (int(words[11]) + int(words[12])) / TICKS
            found[int(entry.name)] = (int(words[1]), used, int(words[21]) * os.sysconf("SC_PAGE_SIZE"))
    kin = {root}
    while more := {pid for pid, (parent, _, _) in found.items() if parent in kin} - kin:
        kin |= more
    return {pid: found[pid][1:] for pid in kin if pid in found}


def compare(inputs: Path, memory: str, work: Path) -> dict[str, Any]:
    """Every engine on the same files. Raises where the suppliers' files differ."""
    megabytes = str(int(memory[:-1]) * (1024 if memory.endswith("g") else 1))
    result: dict[str, Any] = {}
    files: dict[str, dict[str, bytes]] = {}
    for engine, settings in ENGINES.items():
        out = work / engine.replace(" ", "-")
        chosen = {name: value.replace("{megabytes}", megabytes) for name, value in settings.items()}
        result[engine] = measured(inputs, out, {**chosen, "DOORSTEP_SPARK_MEMORY": memory})
        files[engine] = {path.name: path.read_bytes() for path in out.glob("*.csv") if path.name != "faults.csv"}
        if "failed" not in result[engine]:
            assert files[engine] == files["DuckDB"], f"{engine} gives other files"
        print(f"  {engine}: {result[engine]}", file=sys.stderr, flush=True)
    return result


def table(results: Mapping[int, Mapping[str, Any]]) -> str:
    """The figures as a table in Markdown."""
    lines = ["| people | contracts | engine | seconds | processor seconds | peak memory |", "|---|---|---|---|---|---|"]
    for people, engines in results.items():
        for engine, one in engines.items():
            told = one.get("failed") or (
                f"{one['decided']:,} | {engine} | {one['seconds']} | {one['processor_seconds']} | {one['peak_mb']:,} MB"
            )
            lines.append(f"| {people:,} | {told} |")
    return "\n".join(lines)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Spark beside DuckDB.")
    parser.add_argument("--people", type=int, nargs="+", default=[100_000, 1_000_000, 10_400_000])
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "bench" / "spark")
    parser.add_argument("--memory", default="2g", help="of Spark's driver and of each executor")
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    results = {}
    for people in chosen.people:
        inputs = registers(chosen.folder, people)
        with tempfile.TemporaryDirectory(prefix="bench-", dir=chosen.folder) as work:
            results[people] = compare(inputs, chosen.memory, Path(work))
    print(table(results))
    print(json.dumps(results))
    kept = ROOT / "var" / "bench" / "spark.json"
    kept.write_text(json.dumps(results, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
