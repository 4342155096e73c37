"""Redemptions and batches on the ledger, beside a plain update of two rows in the same server.

    python bench/ledger.py [--holders 1000000] [--shops 1000] [--clients 64] [--seconds 10] [--rounds 3]
                           [--batch 1000000] [--folder var/bench/ledger]

A redemption takes from a holder's account, whose floor is looked at, and gives to a shop, under a key of its own; the
peer takes from one row and gives to another of equal tables, in one function and one round trip too, and keeps no
record. Both are driven by ``pgbench`` with prepared statements against one embedded server, in turn, each transaction
durable before it is answered. The batch pays so many people from a fund, ten thousand to a transaction.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

PEER = """
CREATE TABLE plain (id bigint PRIMARY KEY, balance bigint NOT NULL) WITH (fillfactor = 60);
INSERT INTO plain SELECT id, balance FROM ledger_account;
CREATE FUNCTION plain_move(_from bigint, _to bigint, _amount bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE plain SET balance = balance - _amount WHERE id = _from;
    UPDATE plain SET balance = balance + _amount WHERE id = _to;
END $$;
"""
SCRIPTS = {
    "two updates": (
        "BEGIN;\nUPDATE plain SET balance = balance - 1 WHERE id = :holder;\n"
        "UPDATE plain SET balance = balance + 1 WHERE id = :shop;\nCOMMIT;"
    ),
    "two updates in one function": "SELECT plain_move(:holder, :shop, 1);",
    "doorstep": (
        "SELECT ledger_act((:key)::text, 'transfer', ARRAY[:holder]::bigint[], ARRAY[:shop]::bigint[],"
        " '{1}'::bigint[], NULL, NULL, 'redeemed', NULL, now());"
    ),
}
AT = datetime(2026, 11, 1, tzinfo=UTC)


def opened(holders: int, shops: int) -> tuple[int, int, int]:
    """The first holder, the first shop, and the fund. Made by hand: a million calls would take the longest."""
    from django.db import connection

    from doorstep.engines.ledger import api as ledger

    ledger.define_unit(code="food", kind="voucher", digits=2)
    fund = ledger.open_account(holder="fund", unit="food", kind="fund", floor=None, at=AT)
    with connection.cursor() as cursor:
        for kind, count, floor in (("holder", holders, "0"), ("shop", shops, "NULL")):
            cursor.execute(
                f"INSERT INTO ledger_account (holder, unit_id, kind, floor, balance, held, frozen, opened_at) "
                f"SELECT '{kind}' || n, 'food', '{kind}', {floor}, 0, 0, '', now() FROM generate_series(1, {count}) n"
            )
        cursor.execute("SELECT min(id) FILTER (WHERE kind = 'holder'), min(id) FILTER (WHERE kind = 'shop') "
                       "FROM ledger_account")  # fmt: skip
        first, shop = cursor.fetchone()
    return int(first), int(shop), fund


def batch(fund: int, first: int, people: int, holders: int) -> dict[str, Any]:
    """Pay ``people`` people, then all of them again under the same keys: nobody twice."""
    from django.db import transaction

    from doorstep.engines.ledger import api as ledger
    from doorstep.engines.ledger.api import Move

    found: dict[str, Any] = {"people": people}
    for name in ("first", "again"):
        made = known = 0
        start = time.perf_counter()
        for begin in range(0, people, 10_000):
            rows = [
                Move(f"2026-11 {n}", fund, first + n % holders, 1_000_000)
                for n in range(begin, min(begin + 10_000, people))
            ]
            with transaction.atomic():
                part = ledger.transfer_many(rows=rows, reason="2026-11", at=AT)
            made, known = made + part.made, known + part.known
        seconds = time.perf_counter() - start
        found[name] = {"made": made, "known": known, "a_second": round(people / seconds)}
    return found


def redeemed(script: Path, home: Any, clients: int, seconds: int, values: dict[str, int]) -> float:
    """Transactions a second."""
    from doorstep.config.postgres_home import binaries

    command = [str(binaries(home) / "bin" / "pgbench"), "--no-vacuum", "--protocol=prepared", f"--client={clients}"]
    command += [
        "--jobs=2",
        f"--time={seconds}",
        f"--file={script}",
        "--host",
        str(home.socket),
        "--username",
        "doorstep",
    ]
    command += [f"--define={name}={value}" for name, value in values.items()] + ["doorstep"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    match = re.search(r"tps = ([\d.]+)", run.stdout)
    failed = re.search(r"number of failed transactions: (\d+)", run.stdout)
    if match is None or (failed and int(failed[1])):
        raise SystemExit(f"pgbench did not run:\n{run.stdout[-500:]}\n{run.stderr[-1500:]}")
    return float(match[1])


def measured(chosen: argparse.Namespace, home: Any) -> dict[str, Any]:
    """Batch, then redemptions of both in turn."""
    from django.db import connection

    from doorstep.engines.ledger import api as ledger

    first, shop, fund = opened(chosen.holders, chosen.shops)
    result: dict[str, Any] = {"batch": batch(fund, first, chosen.batch, chosen.holders)}
    with connection.cursor() as cursor:
        cursor.execute(PEER)
        cursor.execute("SHOW synchronous_commit")
        (result["synchronous_commit"],) = cursor.fetchone()
        for table in ("plain", "ledger_account", "ledger_transfer"):
            cursor.execute(f"VACUUM ANALYZE {table}")
        cursor.execute("CHECKPOINT")
    head = "\\set holder random(:first, :last)\n\\set shop random(:shop_first, :shop_last)\n"
    head += "\\set key random(1, 9000000000000000000)\n"
    values = {
        "first": first,
        "last": first + chosen.holders - 1,
        "shop_first": shop,
        "shop_last": shop + chosen.shops - 1,
    }
    rates: dict[str, list[float]] = {name: [] for name in SCRIPTS}
    for name, text in SCRIPTS.items():
        (chosen.folder / f"{name.replace(' ', '_')}.sql").write_text(head + text + "\n")
    for _ in range(chosen.rounds):
        for name in SCRIPTS:
            rates[name].append(
                redeemed(chosen.folder / f"{name.replace(' ', '_')}.sql", home, chosen.clients, chosen.seconds, values)
            )
    result["a_second"] = {name: round(statistics.median(found)) for name, found in rates.items()}
    result["rounds"] = {name: [round(one) for one in found] for name, found in rates.items()}
    result["times"] = {
        name: round(result["a_second"]["doorstep"] / found, 2)
        for name, found in result["a_second"].items()
        if name != "doorstep"
    }
    if any(ledger.trial_balance().values()) or ledger.deviations():
        raise SystemExit("The books do not balance.")
    return result


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Redemptions and batches on the ledger.")
    for name, default in (("holders", 1_000_000), ("shops", 1_000), ("clients", 64), ("seconds", 10), ("rounds", 3),
                          ("batch", 1_000_000)):  # fmt: skip
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "bench" / "ledger")
    chosen = parser.parse_args()
    if chosen.batch < chosen.holders:
        parser.error("the batch fills the holders' accounts: it must be as large as they are many")
    chosen.folder.mkdir(parents=True, exist_ok=True)
    os.environ |= {"DJANGO_SETTINGS_MODULE": "doorstep.config.settings", "DOORSTEP_VAR": str(chosen.folder / "server")}

    import django

    from doorstep.config import postgres, postgres_home

    postgres.OPTIONS["max_connections"] = str(chosen.clients + 20)
    with postgres.Embedded(chosen.folder / "server") as server:
        django.setup()
        from django.core.management import call_command
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        call_command("migrate", verbosity=0)
        result = measured(chosen, server.home)
        connection.close()
    postgres_home.remove(chosen.folder / "server")
    (chosen.folder / "result.json").write_text(json.dumps(result, indent=2))
    print(json.dumps(result, indent=2))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
