"""Reads the journals and the database and says what was lost, doubled or does not add up. Knows no code of Doorstep's.

python -m tests.crash.checker FOLDER      (the server of FOLDER must run)
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from tests.crash.journal import read

Rows = list[tuple[int, int, int]]


@dataclass
class Verdict:
    """Counts, and every fault in words."""

    counts: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


@dataclass
class Acts:
    """What the clients meant (key -> kind, rows, link) and what they were told (key -> numbers)."""

    meant: dict[str, tuple[str, Rows, str | None]] = field(default_factory=dict)
    told: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    refused: set[str] = field(default_factory=set)
    tries: int = 0
    in_batches: int = 0


def check(folder: Path, address: dict[str, Any]) -> Verdict:
    """Everything that can be checked from outside."""
    acts = _journals(folder)
    verdict = Verdict(
        {
            "attempts": acts.tries,
            "of_them_in_batches": acts.in_batches,
            "acts": len(acts.meant),
            "acknowledged": len(acts.told),
        }
    )
    with psycopg.connect(**address) as connection:
        stored = _stored(connection)
        _check_acts(acts, stored, verdict)
        _check_books(connection, acts, stored, verdict)
        _check_messages(connection, folder, acts, verdict)
    return verdict


def _journals(folder: Path) -> Acts:
    acts = Acts()
    for file in sorted(folder.glob("client-*.jsonl")):
        batches: dict[str, list[str]] = {}
        for line in read(file):
            key = line["key"]
            if line["do"] == "try" and line["kind"] == "batch":
                acts.tries += len(line["rows"])
                acts.in_batches += len(line["rows"])
                batches[key] = [row[0] for row in line["rows"]]
                for name, *row in line["rows"]:
                    acts.meant[name] = ("transfer", [tuple(row)], None)
            elif line["do"] == "try":
                acts.tries += 1
                acts.meant[key] = (line["kind"], [tuple(row) for row in line["rows"]], line["link"])
            elif line["do"] == "done" and key in batches:
                for name in batches[key]:
                    acts.told[name].add(0)
            elif line["do"] == "done":
                acts.told[key].add(line["id"])
            else:
                acts.refused.add(key)
    return acts


def _stored(connection: psycopg.Connection[Any]) -> dict[int, dict[str, Any]]:
    """Every act in the database, by its number."""
    found: dict[int, dict[str, Any]] = {}
    rows = connection.execute(
        "SELECT id, act, key, kind, debit, credit, amount, link FROM ledger_transfer WHERE reason = 'exam' ORDER BY id"
    )
    for number, act, key, kind, debit, credit, amount, link in rows:
        if key is not None:
            found[number] = {"key": key, "kind": kind, "link": link, "rows": []}
        found[act or number]["rows"].append((debit, credit, amount))
    return found


def _check_acts(acts: Acts, stored: dict[int, dict[str, Any]], verdict: Verdict) -> None:
    names = {number: act["key"] for number, act in stored.items()}
    keys = Counter(names.values())
    numbers = {key: number for number, key in names.items()}
    verdict.counts["stored"] = len(stored)
    verdict.counts["lost"] = sum(key not in keys for key in acts.told)
    verdict.counts["doubled"] = sum(count - 1 for count in keys.values())
    verdict.faults += [f"acknowledged and lost: {key}" for key in acts.told if key not in keys]
    verdict.faults += [f"stands {count} times: {key}" for key, count in keys.items() if count > 1]
    verdict.faults += [f"nobody asked for it: {key}" for key in keys if key not in acts.meant]
    verdict.faults += [f"answered with two numbers: {key}" for key, told in acts.told.items() if len(told) > 1]
    for key, told in acts.told.items():
        if told - {0, numbers.get(key)}:
            verdict.faults.append(f"answered with another's number: {key}")
    for act in stored.values():
        kind, rows, link = acts.meant.get(act["key"], (None, None, None))
        if kind is not None and (kind, sorted(rows or []), link) != (
            act["kind"], sorted(act["rows"]), names.get(act["link"])
        ):  # fmt: skip
            verdict.faults.append(f"stands otherwise than it was asked for: {act['key']}")
    undone = Counter(act["link"] for act in stored.values() if act["link"] is not None)
    verdict.faults += [f"ended or reversed {count} times: {names.get(n)}" for n, count in undone.items() if count > 1]


def _check_books(
    connection: psycopg.Connection[Any], acts: Acts, stored: dict[int, dict[str, Any]], verdict: Verdict
) -> None:
    """Balances and holds as the journals say they must be, from amounts that the clients wrote down."""
    posted: Counter[int] = Counter()
    held: Counter[int] = Counter()
    ended = {act["link"] for act in stored.values() if act["kind"] in ("post", "void")}
    for number, act in stored.items():
        kind, rows, _ = acts.meant.get(act["key"], (None, [], None))
        for debit, credit, amount in rows:
            if kind in ("transfer", "post"):
                posted[debit] -= amount
                posted[credit] += amount
            elif kind == "hold" and number not in ended:
                held[debit] += amount
    verdict.counts["sum_of_balances"] = 0
    query = "SELECT id, floor, balance, held FROM ledger_account"
    for account, floor, balance, on_hold in connection.execute(query).fetchall():
        verdict.counts["sum_of_balances"] += posted[account] if floor is None else balance
        if floor is not None and (balance, on_hold) != (posted[account], held[account]):
            verdict.faults.append(
                f"account {account} has {balance} and {on_hold} held, not {posted[account]} and {held[account]}"
            )
        if floor is not None and balance - on_hold < floor:
            verdict.faults.append(f"account {account} is below its floor")
    if verdict.counts["sum_of_balances"]:
        verdict.faults.append(f"debits and credits differ by {verdict.counts['sum_of_balances']}")


def _check_messages(connection: psycopg.Connection[Any], folder: Path, acts: Acts, verdict: Verdict) -> None:
    """A message for each act that was told to have one, received, each key applied once, groups in order."""
    written = dict(connection.execute("SELECT key, state FROM outbox_message").fetchall())
    moved = {key for key, (kind, rows, link) in acts.meant.items() if kind == "transfer" and link is None}
    moved = {key for key in moved if key.count("-") == 1}  # the moves of a batch tell nobody
    there = {row[0] for row in connection.execute("SELECT key FROM ledger_transfer WHERE reason = 'exam'")}
    got = sorted((line for file in folder.glob("receiver-*.jsonl") for line in read(file)), key=lambda line: line["at"])
    applied = {line["key"]: line for line in reversed(got)}  # the first of each key counts, repeats are dropped
    verdict.counts |= {"messages": len(written), "deliveries": len(got), "repeats_dropped": len(got) - len(applied)}
    verdict.faults += [f"an act without its message: {key}" for key in (moved & there) - set(written)]
    verdict.faults += [f"a message without its act: {key}" for key in set(written) - there]
    verdict.faults += [f"never received: {key}" for key in set(written) - set(applied)]
    verdict.faults += [f"received and never written: {key}" for key in set(applied) - set(written)]
    verdict.faults += [f"not sent: {key} is {state}" for key, state in written.items() if state != "sent"]
    last: dict[str, int] = {}
    for line in sorted(applied.values(), key=lambda line: line["at"]):
        if line["group"] and line["id"] < last.get(line["group"], 0):
            verdict.faults.append(f"out of its order: {line['key']}")
        last[line["group"]] = line["id"]


def main() -> int:
    """Check a folder that an exam left behind."""
    folder = Path(sys.argv[1])
    verdict = check(folder, json.loads((folder / "address.json").read_text()))
    print(json.dumps({"counts": verdict.counts, "faults": verdict.faults[:50]}, indent=2))
    return bool(verdict.faults)


if __name__ == "__main__":
    raise SystemExit(main())
