"""A million payments: drafted, approved, sent, answered by banks, and compared with the ledger; stopped on the way.

    .venv/bin/python bench/payments.py --people 1000000 --stops 5

Uses a database of its own, in a folder that is removed afterwards. While the batch is sent the process is killed
(SIGKILL) as often as ``--stops`` says, at times of its own; the next process goes on. In the end every person was sent
to once, every bank's file is whole, and each sum agrees.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
IBAN = "DE89370400440532013000"
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


def rows(people: int):
    """Nine of ten are paid by bank, the others by mobile money."""
    from doorstep.domains.payments.types import Payable, Rail

    for number in range(people):
        if number % 10:
            yield Payable(f"P{number:09d}", 1_000 + number % 9_000, Rail.BANK, IBAN, f"Person {number}")
        else:
            yield Payable(f"P{number:09d}", 2_500, Rail.MOBILE, f"+3519{number:08d}", f"Person {number}")


def begin(people: int) -> None:
    """Fill the fund, draft and approve."""
    from doorstep.domains.payments import api
    from doorstep.domains.payments.types import Debtor, Officer, Order

    maker, chief = Officer("Maker"), Officer("Chief", may_approve=True)
    api.fill_fund(programme="bench", currency="EUR", digits=2, amount=people * 10_000, key="all", officer=chief, at=NOW)
    order = Order(
        "bench", "2026-11", "EUR", 2, date(2026, 11, 5), datetime(2026, 11, 4, tzinfo=UTC), "Bench",
        Debtor("Ministry", "PT50000201231234567890154"),
    )  # fmt: skip
    started = time.perf_counter()
    made = api.draft_batch(order=order, rows=rows(people), officer=maker, at=NOW)
    told("draft", people, started)
    started = time.perf_counter()
    api.approve_batch(batch=made.batch, officer=chief, at=NOW, seen=made.totals)
    told("approve", people, started)


def send(folder: Path, size: int) -> None:
    """Send what is due and write the banks' files."""
    from doorstep.domains.payments import api

    started = time.perf_counter()
    batch = api.list_batches().items[0].id
    sent = api.send_batch(batch=batch, at=NOW, size=size).sent
    told("send", sent, started)
    started = time.perf_counter()
    files = api.write_files(batch=batch, folder=folder)
    told(f"write {len(files)} files", api.batch(id=batch).totals.count, started)


def answer(folder: Path) -> None:
    """Each bank file is answered: one payment of a hundred is refused."""
    from doorstep.domains.payments import api
    from doorstep.domains.payments.tests.banks import status_file
    from doorstep.domains.payments.types import Officer

    answers = []
    for file in sorted(folder.glob("*.xml")):
        keys = re.findall(r"<EndToEndId>([^<]+)</EndToEndId>", file.read_text())
        lines = [(key, *(("RJCT", "AC04") if place % 100 == 0 else ("ACSC", ""))) for place, key in enumerate(keys)]
        answers.append(file.with_suffix(".status"))
        answers[-1].write_text(status_file(file.stem, lines))
    started, number = time.perf_counter(), 0
    for path in answers:
        found = api.import_status(path=path, officer=Officer("Maker"), at=NOW)
        assert not found.differences
        number += found.told
    told("take in answers", number, started)


def compare(people: int, folder: Path) -> None:
    """Nobody twice, nobody left out, every sum the same."""
    from django.db import connection

    from doorstep.domains.payments import api

    started = time.perf_counter()
    wrong = [one for one in api.reconcile(at=NOW) if not one.agrees]
    told("reconcile", people, started)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(DISTINCT payment_id) FROM payments_attempt")
        tries, payments = cursor.fetchone()
        cursor.execute("SELECT state, count(*) FROM payments_payment GROUP BY state ORDER BY state")
        states = dict(cursor.fetchall())
    keys = [key for file in folder.glob("*.xml") for key in re.findall(r"<EndToEndId>([^<]+)<", file.read_text())]
    assert not wrong, wrong
    assert tries == payments == people, (tries, payments)
    assert len(keys) == len(set(keys)) == people - people // 10 - (1 if people % 10 else 0), len(keys)
    print(json.dumps({"people": people, "tries": tries, "in bank files": len(keys), "states": states}))


def told(what: str, number: int, started: float) -> None:
    """One line of the result."""
    seconds = time.perf_counter() - started
    print(f"{what:<24}{number:>12,}{seconds:>10.2f} s{number / seconds:>14,.0f}/s", flush=True)


def step(name: str, arguments: argparse.Namespace, folder: Path) -> None:
    """One step, within a process that has the database."""
    from doorstep.config.cli.shared import migrate, site

    with site():
        migrate()
        if name == "begin":
            begin(arguments.people)
        elif name == "send":
            send(folder, arguments.size)
        elif name == "answer":
            answer(folder)
        else:
            compare(arguments.people, folder)


def main() -> None:
    """Run every step in a process of its own, and kill the sending on its way."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--size", type=int, default=50_000, help="payments in one transaction and one file")
    parser.add_argument("--stops", type=int, default=0, help="how often the sending is killed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--step", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.step:
        step(arguments.step, arguments, arguments.folder)
        return
    with tempfile.TemporaryDirectory() as folder:
        run_all(arguments, Path(folder))


def run_all(arguments: argparse.Namespace, folder: Path) -> None:
    """Begin, send with stops, answer, compare."""
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    if not env.get("DATABASE_URL"):
        env["DOORSTEP_VAR"] = str(folder / "var")
    words = [sys.executable, __file__, "--people", str(arguments.people), "--size", str(arguments.size)]
    words += ["--folder", str(folder / "out"), "--step"]
    subprocess.run([*words, "begin"], env=env, check=True, cwd=ROOT)
    chance = random.Random(arguments.seed)
    for _ in range(arguments.stops):
        process = subprocess.Popen([*words, "send"], env=env, cwd=ROOT)
        time.sleep(chance.uniform(2, 2 + arguments.people / 100_000))
        process.send_signal(signal.SIGKILL)
        print(f"killed: {process.wait()}", flush=True)
    for name in ("send", "answer", "compare"):
        subprocess.run([*words, name], env=env, check=True, cwd=ROOT)


if __name__ == "__main__":
    main()
