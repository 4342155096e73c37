"""One client: acts that follow from the seed, each written down before it is asked for and again when it is answered.

    python -m tests.crash.client FOLDER NUMBER SEED ACTS

Started anew after a kill it goes on with the act it was at. What it was not answered it asks again under the same key,
or lets be: both must be safe.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import django
from django.db import DatabaseError, InterfaceError, connection, transaction

from tests.crash.journal import Journal, read

BATCH = 100
KEEP_EVERY = 20
KINDS = ["pay"] * 9 + ["three"] * 2 + ["hold"] * 3 + ["reverse"] * 2 + ["batch"] * 4


class Client:
    """Acts one after the other, so that each is known by its number."""

    def __init__(self, folder: Path, number: int, seed: str) -> None:
        self.name, self.seed = f"c{number}", seed
        self.skew = timedelta(minutes=random.Random(f"{seed} {number} clock").randint(-5, 5))
        self.file = folder / f"client-{number}.jsonl"
        self.accounts = json.loads((folder / "accounts.json").read_text())

    def now(self) -> datetime:
        """The client's clock; clients' clocks differ by some minutes."""
        return datetime.now(UTC) + self.skew

    def work(self, acts: int) -> None:
        """Go on where the journal ends."""
        begin = max((line["n"] for line in read(self.file)), default=0)
        self.journal = Journal(self.file)
        for n in range(begin, acts):
            self.n, self.chance = n, random.Random(f"{self.seed} {self.name} {n}")
            getattr(self, f"_{self.chance.choice(KINDS)}")(f"{self.name}-{n}")
            if n % KEEP_EVERY == 0:
                self.journal.keep()
        self.journal.keep()

    def _ask(self, key: str, kind: str, rows: list[list[Any]], link: str | None, call: Callable[[], int]) -> int | None:
        """Ask until there is an answer; seldom, give up. Gives the number of what was made."""
        from doorstep.kit.errors import DoorstepError

        persistent = self.chance.random() < 0.8
        again = self.chance.random() < 0.05
        while True:
            self.journal.write(n=self.n, do="try", key=key, kind=kind, rows=rows, link=link)
            try:
                with transaction.atomic():
                    number = call()
            except DoorstepError as error:
                self.journal.write(n=self.n, do="refused", key=key, why=type(error).__name__)
                return None
            except (DatabaseError, InterfaceError):
                self._wait()
                if not persistent:
                    return None
                continue
            self.journal.write(n=self.n, do="done", key=key, id=number)
            if not again:
                return number
            again = False

    def _wait(self) -> None:
        """Until the server answers."""
        while True:
            connection.close()
            time.sleep(0.05)
            try:
                connection.ensure_connection()
            except DatabaseError:
                continue
            return

    def _legs(self, rows: list[list[Any]]) -> list[Any]:
        from doorstep.engines.ledger.api import Leg

        sums: dict[int, int] = {}
        for giver, taker, amount in rows:
            sums[giver] = sums.get(giver, 0) - amount
            sums[taker] = sums.get(taker, 0) + amount
        return [Leg(account, amount) for account, amount in sums.items()]

    def _tell(self, key: str, group: str) -> None:
        """A message that is written with the act."""
        from doorstep.engines.outbox import api as outbox

        outbox.enqueue(lane="events", topic="moved", payload={"key": key}, key=key, at=self.now(), group=group)

    def _move(self, key: str, rows: list[list[Any]], link: str | None = None) -> int | None:
        from doorstep.engines.ledger import api as ledger

        group = f"g{self.chance.randrange(30)}" if self.chance.random() < 0.3 else ""

        def call() -> int:
            made = ledger.transfer(key=key, legs=self._legs(rows), reason="exam", at=self.now())
            self._tell(key, group)
            return made.id

        return self._ask(key, "transfer", rows, link, call)

    def _place(self) -> tuple[int, int]:
        """Who pays whom: mostly people in shops."""
        giver = self.chance.choice(self.accounts["people"])
        takers = self.accounts["shops"] if self.chance.random() < 0.7 else self.accounts["people"]
        taker = self.chance.choice([one for one in takers if one != giver])
        return (self.accounts["bank"], giver) if self.chance.random() < 0.2 else (giver, taker)

    def _pay(self, key: str) -> None:
        self._move(key, [[*self._place(), self.chance.randint(1, 300)]])

    def _three(self, key: str) -> None:
        giver = self.chance.choice(self.accounts["people"])
        first, second = sorted(self.chance.sample(self.accounts["shops"], 2))
        self._move(key, [[giver, first, self.chance.randint(1, 50)], [giver, second, self.chance.randint(1, 50)]])

    def _hold(self, key: str) -> None:
        from doorstep.engines.ledger import api as ledger

        rows = [[*self._place(), self.chance.randint(1, 300)]]
        part, ends = self.chance.randint(1, rows[0][2]), self.chance.choice(["post", "void", "post a part", "stay"])

        def call() -> int:
            later = self.now() + timedelta(days=1)
            return ledger.hold(key=key, legs=self._legs(rows), reason="exam", at=self.now(), expires_at=later).id

        held = self._ask(key, "hold", rows, None, call)
        if held is None or ends == "stay":
            return
        end = f"{key}-end"
        if ends == "void":
            self._ask(
                end, "void", rows, key, lambda: ledger.void_hold(key=end, hold=held, at=self.now(), reason="exam").id
            )
            return
        amount = part if ends == "post a part" else None
        moved = [[*rows[0][:2], amount or rows[0][2]]]
        self._ask(
            end, "post", moved, key, lambda: ledger.post_hold(key=end, hold=held, at=self.now(), amount=amount).id
        )

    def _reverse(self, key: str) -> None:
        from doorstep.engines.ledger import api as ledger

        rows = [[*self._place(), self.chance.randint(1, 300)]]
        made = self._move(key, rows)
        if made is not None:
            back, turned = f"{key}-back", [[rows[0][1], rows[0][0], rows[0][2]]]
            self._ask(
                back, "transfer", turned, key,
                lambda: ledger.reverse(key=back, transfer=made, reason="exam", at=self.now()).id,
            )  # fmt: skip

    def _batch(self, key: str) -> None:
        """A batch is written down move by move: every key is an attempt of its own."""
        from doorstep.engines.ledger import api as ledger
        from doorstep.engines.ledger.api import Move

        people = self.chance.sample(self.accounts["people"], BATCH)
        rows = [
            [f"{key}-{n}", self.accounts["bank"], person, self.chance.randint(1, 60)] for n, person in enumerate(people)
        ]
        moves = [Move(*row) for row in rows]

        def call() -> int:
            found = ledger.transfer_many(rows=moves, reason="exam", at=self.now())
            assert found.made + found.known == BATCH, found
            return 0

        self._ask(key, "batch", rows, None, call)


def main() -> None:
    """Work."""
    folder, number, seed, acts = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    django.setup()
    Client(folder, number, seed).work(acts)


if __name__ == "__main__":
    main()
