"""The peer in a process of its own, and each measurement of ours in one: nothing of the peer is ever imported here.

OpenFisca and its country template are installed from the package index into a throw-away environment, ``FOLDER/peer``.
They are under the AGPL and no part of this project: delete the folder and they are gone.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
import venv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PEER = Path(__file__).with_name("peer.py")
PACKAGES = ("openfisca-core[web-api]==46.0.1", "openfisca-country-template==8.2.0", "duckdb==2.0.0")
Result = dict[str, Any]


def peer_python(folder: Path) -> Path:
    """The peer's own Python, made on first use."""
    home = folder / "peer"
    python = home / "bin" / "python"
    made = home / "made.txt"
    if not made.exists() or made.read_text() != "\n".join(PACKAGES):
        print("Installing OpenFisca in an environment of its own ...", file=sys.stderr)
        venv.create(home, with_pip=True, clear=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
        made.write_text("\n".join(PACKAGES))
    return python


def alone(command: Sequence[str], task: Mapping[str, Any]) -> Result:
    """One measurement in a process of its own: the task goes in as JSON, the result is its last line."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}
    done = subprocess.run([*command, json.dumps(task)], capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr[-4000:]}")
    found: Result = json.loads(done.stdout.splitlines()[-1])
    return found


def theirs(folder: Path, task: Mapping[str, Any]) -> Result:
    """A task done by the peer."""
    return alone([str(peer_python(folder)), str(PEER)], task)


def ours(script: str, task: Mapping[str, Any]) -> Result:
    """A task done by us: the benchmark's own file, called with ``--only``."""
    return alone([sys.executable, script, "--only"], task)


def measured(work: Callable[[], Result]) -> Result:
    """Do the work in this process: wall and processor seconds, and the most memory that the process ever had."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    start, worked = time.perf_counter(), time.process_time()
    found = work()
    return {
        "seconds": round(time.perf_counter() - start, 3),
        "processor_seconds": round(time.process_time() - worked, 3),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "before_mb": round(before),
        **found,
    }


def in_turn(rounds: int, jobs: Mapping[str, Callable[[], Result]]) -> dict[str, Result]:
    """Each job in turn, round after round: medians of the times, the highest peak, and what the last round gave."""
    runs: dict[str, list[Result]] = {name: [] for name in jobs}
    for _ in range(rounds):
        for name, job in jobs.items():
            runs[name].append(job())
    found = {}
    for name, results in runs.items():
        found[name] = dict(results[-1])
        for figure in ("seconds", "processor_seconds"):
            found[name][figure] = statistics.median(result[figure] for result in results)
        found[name]["peak_mb"] = max(result["peak_mb"] for result in results)
        found[name]["all_seconds"] = [result["seconds"] for result in results]
    return found


def options(description: str, **sizes: int) -> argparse.ArgumentParser:
    """The options that every benchmark has; ``sizes`` are its own, with what they are unless told."""
    parser = argparse.ArgumentParser(description=description)
    for name, usual in sizes.items():  # chain-rows becomes chain_rows
        parser.add_argument(f"--{name}", type=int, default=usual)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "bench" / "openfisca")
    parser.add_argument("--no-peer", action="store_true", help="measure ours alone: nothing is installed")
    parser.add_argument("--only", help=argparse.SUPPRESS)
    return parser


def line(name: str, result: Result) -> str:
    """One measurement for people."""
    return (
        f"{name:28}{result['seconds']:>10.2f} s{result['processor_seconds']:>10.2f} s processor"
        f"{result['peak_mb']:>8,} MB"
    )


def ratios(found: Mapping[str, Result]) -> Result:
    """How many times faster, and at what part of the memory, ours is than the peer's."""
    if "openfisca" not in found:
        return {}
    us, them = found["doorstep"], found["openfisca"]
    return {
        "times_faster": round(them["seconds"] / us["seconds"], 1),
        "times_less_processor": round(them["processor_seconds"] / us["processor_seconds"], 1),
        "part_of_memory": round(us["peak_mb"] / them["peak_mb"], 3),
    }


def report(name: str, result: Result, chosen: argparse.Namespace) -> None:
    """Print the figures as JSON and keep them in ``var/bench``; a run without the peer is no comparison: not kept."""
    print(json.dumps(result))
    if chosen.no_peer:
        return
    kept = ROOT / "var" / "bench" / f"{name}.json"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(result, indent=2) + "\n")
