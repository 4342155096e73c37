"""Durable redemptions end to end, through the door of vouchers: card, proof, draw, ledger, log, receipt.

    python bench/vouchers.py [--holders 200] [--clients 2] [--seconds 10] [--folder var/bench/vouchers]

Each client is a process of its own that redeems in a loop, against one embedded server; every redemption is committed
to the disk before its receipt is given. Twice: with the card's QR code alone, and with a PIN, whose argon2 is meant to
be slow. Afterwards the books must be exact.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))


def made(holders: int) -> list[tuple[str, str]]:
    """Holders with seed vouchers, and the tokens and PINs of their cards."""
    from django.core.management import call_command

    from doorstep.domains.country.api import load_country
    from doorstep.domains.vouchers import api as vouchers
    from doorstep.domains.vouchers.types import Clerk

    call_command("migrate", verbosity=0)
    load_country(ROOT / "countries/demo")
    now = datetime.now(UTC)
    boss, clerk = Clerk("boss", supervises=True), Clerk("clerk")
    vouchers.set_up(at=now)
    vouchers.fund(agency="rural-aid", kind="seed", amount=250 * holders, key=f"bench {now}", clerk=boss, at=now)
    run = now.strftime("%H%M%S")
    rows = "".join(f"{run}{number},25\n" for number in range(holders))
    data = f"person,amount\n{rows}".encode()
    batch = vouchers.check_list(data=data, agency="rural-aid", kind="seed", month=now.date(), clerk=clerk, at=now)
    vouchers.release(batch=batch, clerk=boss, at=now)
    persons = [vouchers.find_holder(person=f"{run}{number}") for number in range(holders)]
    cards = [vouchers.give_card(holder=person, clerk=clerk, at=now) for person in persons]
    return [(card.token, card.pin) for card in cards]


def client(number: int, cards: list[tuple[str, str]], seconds: float, with_pin: bool) -> list[float]:
    """Redeem one after the other; gives how long each took."""
    import django

    django.setup()
    from doorstep.domains.vouchers import api as vouchers
    from doorstep.domains.vouchers.tokens import read_token
    from doorstep.domains.vouchers.types import Shown

    draw, took = random.Random(number), []
    numbers = {}
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        token, pin = draw.choice(cards)
        now = datetime.now(UTC)
        if with_pin and token not in numbers:
            numbers[token] = read_token(token, keys=vouchers.public_keys(), today=now.date()).number
        shown = Shown(numbers[token], pin) if with_pin else Shown(token)
        begun = time.perf_counter()
        key = f"{number} {with_pin} {begun}"
        vouchers.redeem(key=key, shop="green-field", kind="seed", amount=1, shown=shown, at=now)
        took.append(time.perf_counter() - begun)
    return took


def measured(chosen: argparse.Namespace, cards: list[tuple[str, str]], *, with_pin: bool) -> dict[str, Any]:
    """All clients at once."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(chosen.clients) as pool:
        jobs = [
            pool.apply_async(client, (number, cards, chosen.seconds, with_pin)) for number in range(chosen.clients)
        ]  # fmt: skip
        took = sorted(one for job in jobs for one in job.get())
    return {
        "redemptions_a_second": round(len(took) / chosen.seconds),
        "p50_ms": round(took[len(took) // 2] * 1000, 1),
        "p99_ms": round(took[len(took) * 99 // 100] * 1000, 1),
    }


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Durable redemptions of vouchers, end to end.")
    for name, default in (("holders", 200), ("clients", 2), ("seconds", 10)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "bench" / "vouchers")
    chosen = parser.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    os.environ |= {"DJANGO_SETTINGS_MODULE": "doorstep.config.settings", "DOORSTEP_VAR": str(chosen.folder / "server")}

    import django

    from doorstep.config import postgres

    with postgres.Embedded(chosen.folder / "server"):
        django.setup()
        from django.db import connection

        from doorstep.domains.vouchers import api as vouchers

        cards = made(chosen.holders)
        result: dict[str, Any] = {"clients": chosen.clients}
        for name, with_pin in (("card", False), ("pin", True)):
            result[name] = measured(chosen, cards, with_pin=with_pin)
        result["exact"] = all(line.is_exact for line in vouchers.reconcile())
        connection.close()
    (chosen.folder / "result.json").write_text(json.dumps(result, indent=2))
    print(json.dumps(result))
    return 0 if result["exact"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
