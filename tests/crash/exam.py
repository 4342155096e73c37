"""Starts a server of its own, clients and workers, and kills them again and again; then the checker judges.

    python -m tests.crash.exam [--kills 100] [--attempts 1000000] [--clients 8] [--seed 1] [--folder var/crash]

It goes on until both numbers are reached. The seed gives every act of every client and the order of the kills; when
they fall is up to the machine. After a fault the folder stays: journals, the database, and the words to run it again.
``--careless`` lets the server answer before the disk has it, to see that the exam notices.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.crash.checker import Verdict, check
from tests.crash.client import BATCH

ROOT = Path(__file__).resolve().parents[2]
PEOPLE, SHOPS, WORKERS = 400, 6, 2
ENDLESS, PATIENCE_SECONDS = 10**9, 120
SHARE = 5 / 3  # kills of all kinds for each of the server or its backends


class Exam:
    """What runs, and what is killed."""

    def __init__(self, folder: Path, *, seed: str, clients: int, careless: bool = False) -> None:
        from doorstep.config.postgres import DATABASE, ROLE, Embedded
        from doorstep.config.postgres_home import socket_folder

        self.folder, self.seed, self.clients = folder, seed, clients
        self.chance = random.Random(f"{seed} kills")
        self.var = folder / "var"
        self.server = Embedded(self.var)
        self.address = {"host": str(socket_folder(self.var)), "user": ROLE, "dbname": DATABASE}
        self.careless = careless
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.read: dict[Path, int] = {}
        self.counted = 0
        self.kills = dict.fromkeys(("server", "backend", "client", "worker"), 0)

    def prepare(self) -> None:
        """An empty folder, a server, accounts."""
        forget(self.folder)
        self.folder.mkdir(parents=True)
        (self.folder / "address.json").write_text(json.dumps(self.address))
        self.server.start()
        self._python("-c", SETUP, str(self.folder), str(PEOPLE), str(SHOPS))
        if self.careless:
            self._sql("ALTER DATABASE doorstep SET synchronous_commit = off")

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "DOORSTEP_VAR": str(self.var), "DJANGO_SETTINGS_MODULE": "doorstep.config.settings",
                "DATABASE_URL": "", "PYTHONPATH": str(ROOT)}  # fmt: skip

    def _python(self, *words: str) -> None:
        subprocess.run([sys.executable, *words], cwd=ROOT, env=self._environment(), check=True, timeout=300)

    def _sql(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(**self.address, autocommit=True) as connection:
            connection.execute(statement)

    def keep_running(self, acts: int) -> None:
        """Start what does not run: clients that were killed go on where they were."""
        for name in [f"client {n}" for n in range(self.clients)] + [f"worker {n}" for n in range(WORKERS)]:
            process = self.running.get(name)
            if process is None or (process.poll() is not None and process.returncode != 0):
                kind, number = name.split()
                words = ["client", str(self.folder), number, self.seed, str(acts)]
                words = words if kind == "client" else ["drainer", str(self.folder), number]
                with (self.folder / "errors.log").open("ab") as errors:
                    self.running[name] = subprocess.Popen(
                        [sys.executable, "-m", f"tests.crash.{words[0]}", *words[1:]],
                        cwd=ROOT, env=self._environment(), stderr=errors,
                    )  # fmt: skip

    def kill_something(self) -> None:
        """The server with all its processes, one of its processes, a client, or a worker."""
        kind = self.chance.choice(["server", "server", "backend", "client", "worker"])
        if kind in ("client", "worker"):
            name = f"{kind} {self.chance.randrange(self.clients if kind == 'client' else WORKERS)}"
            self.running[name].kill()
            self.running[name].wait()
        elif kind == "backend":
            backends = [number for number, title in self._children() if "[local]" in title]
            if not backends:
                return
            _kill(self.chance.choice(sorted(backends)))
        else:
            self.kill_server()
            self.server.leave()
            self.server.start()
        self.kills[kind] += 1

    def kill_server(self) -> None:
        """The postmaster first, so that it can tell nobody; then whatever it leaves behind."""
        numbers = [self._postmaster(), *(number for number, _ in self._children())]
        for number in numbers:
            _kill(number)
        while any(map(_is_alive, numbers)):
            time.sleep(0.01)

    def _postmaster(self) -> int:
        return int((self.server.home.data / "postmaster.pid").read_text().split()[0])

    def _children(self) -> list[tuple[int, str]]:
        """Number and title of each process of the server."""
        found, parent = [], self._postmaster()
        for place in Path("/proc").glob("[0-9]*"):
            with suppress(OSError, IndexError, ValueError):
                if int((place / "stat").read_text().rsplit(")", 1)[1].split()[1]) == parent:
                    found.append((int(place.name), (place / "cmdline").read_text()))
        return found

    def attempts(self) -> int:
        """How many there were so far; what was counted before is not read again."""
        for file in self.folder.glob("client-*.jsonl"):
            with file.open("rb") as lines:
                lines.seek(self.read.get(file, 0))
                for line in lines:
                    if line.endswith(b"\n") and b'"do": "try"' in line:
                        self.counted += BATCH if b'"kind": "batch"' in line else 1
                self.read[file] = lines.tell()
        return self.counted

    def wait_for(self, attempts: int) -> None:
        """Until so many were made; whoever is killed meanwhile is started again."""
        patience = time.monotonic() + PATIENCE_SECONDS
        while (before := self.attempts()) < attempts:
            self.keep_running(ENDLESS)
            time.sleep(0.05)
            if self.attempts() > before:
                patience = time.monotonic() + PATIENCE_SECONDS
            if time.monotonic() > patience:
                raise SystemExit(f"Nothing goes on. Seed {self.seed}; see {self.folder}.")

    def run(self, *, kills: int, attempts: int) -> None:
        """Kill the server so often, spread over the attempts, and others between; then let everything end in peace."""
        stretch = attempts / (kills * SHARE)
        due = 0.0
        while self.kills["server"] + self.kills["backend"] < kills:
            due += self.chance.uniform(0.2, 1.8) * stretch
            self.wait_for(int(due))
            self.kill_something()
        self.wait_for(max(attempts, int(due + stretch)))
        for process in self.running.values():
            process.kill()
            process.wait()
        self._python("-m", "tests.crash.drainer", str(self.folder), "last", "--to-the-end")

    def stop(self) -> None:
        """Nothing runs afterwards."""
        for process in self.running.values():
            process.kill()
            process.wait()
        self.server.leave()


SETUP = """
import json, sys, pathlib, datetime, django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from doorstep.engines.ledger import api as ledger
folder, people, shops = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
at = datetime.datetime.now(datetime.UTC)
ledger.define_unit(code="EUR", kind="currency", digits=2)
of = lambda kind, count, floor: list(ledger.open_accounts(
    holders=[f"{kind}{n}" for n in range(count)], unit="EUR", kind=kind, floor=floor, at=at).values())
accounts = {"bank": of("bank", 1, None)[0], "people": of("person", people, 0), "shops": of("shop", shops, None)}
(folder / "accounts.json").write_text(json.dumps(accounts))
"""


def forget(folder: Path) -> None:
    """Remove an exam with its database; one that was broken off is ended first."""
    from doorstep.config.postgres import Embedded
    from doorstep.config.postgres_home import remove

    with Embedded(folder / "var"):
        pass
    remove(folder / "var")
    shutil.rmtree(folder, ignore_errors=True)


def _kill(number: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(number, signal.SIGKILL)


def _is_alive(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


def sit(folder: Path, *, seed: str, kills: int, attempts: int, clients: int, careless: bool = False) -> Verdict:
    """One exam from start to end."""
    exam = Exam(folder, seed=seed, clients=clients, careless=careless)
    try:
        exam.prepare()
        start = time.monotonic()
        exam.run(kills=kills, attempts=attempts)
        seconds = round(time.monotonic() - start)
        verdict = check(folder, exam.address)
    finally:
        exam.stop()
    verdict.counts |= {f"kills_of_a_{kind}": count for kind, count in exam.kills.items()} | {"seconds": seconds}
    return verdict


def main() -> int:
    """Sit the exam and print the verdict."""
    parser = argparse.ArgumentParser(description="Kill PostgreSQL and its clients, and count what was lost.")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--attempts", type=int, default=1_000_000)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seed", default=datetime.now(UTC).strftime("%Y%m%d"))
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "crash")
    parser.add_argument("--careless", action="store_true")
    chosen = parser.parse_args()
    print(f"Seed {chosen.seed}. Folder {chosen.folder}.", flush=True)
    settings: dict[str, Any] = dict(vars(chosen))
    verdict = sit(settings.pop("folder"), **settings)
    print(json.dumps({"counts": verdict.counts, "faults": verdict.faults[:50]}, indent=2))
    if verdict.faults:
        print(f"{len(verdict.faults)} faults. The folder stays; the same acts again: --seed {chosen.seed}")
    else:
        forget(chosen.folder)
    return bool(verdict.faults)


if __name__ == "__main__":
    raise SystemExit(main())
