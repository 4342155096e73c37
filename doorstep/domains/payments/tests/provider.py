"""A mobile-money provider that speaks the GSMA's interface over real HTTP and behaves as badly as real ones do.

It loses answers after having paid, times out before, answers twice, sends callbacks late, often, in any order or never.
What it really paid is in ``paid``: one entry for each time that money left.
"""

from __future__ import annotations

import json
import random
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from doorstep.domains.payments.mobile.transport import sign

SECRET = "a secret between two"


@dataclass
class Order:
    """An order as the provider knows it."""

    body: dict[str, Any]
    status: str = "pending"
    asked: int = 0


@dataclass
class Provider:
    """What it does is drawn from ``seed``; ``troubles`` are the shares of orders that go wrong in each way."""

    seed: int = 0
    troubles: Mapping[str, float] = field(default_factory=dict)
    refused: frozenset[str] = frozenset()
    """Telephone numbers that it does not know."""
    final_after: int = 1
    """After how many questions an order is final."""
    orders: dict[str, Order] = field(default_factory=dict)
    paid: Counter[str] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._chance, self._lock = random.Random(self.seed), threading.Lock()

    def happens(self, trouble: str) -> bool:
        return self._chance.random() < self.troubles.get(trouble, 0)

    # --- the interface

    def post(self, correlation: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]] | None:
        """A new order; None: the line breaks without an answer."""
        with self._lock:
            self.calls["pay"] += 1
            if self.happens("lost before"):
                return None
            if body["creditParty"][0]["value"] in self.refused:
                return 400, {"errorCategory": "identification", "errorCode": "identifierError"}
            if correlation in self.orders and self.happens("refuses repeats"):
                return 400, {"errorCategory": "businessRule", "errorCode": "duplicateRequest"}
            if correlation not in self.orders:
                self.orders[correlation] = Order(body)
                if self.happens("fails"):
                    self.orders[correlation].status = "failed"
                elif self.happens("pays at once"):
                    self._pay(self.orders[correlation])
            if self.happens("lost after"):
                return None
            if self.happens("broken"):
                return 503, {"errorCategory": "internal", "errorCode": "genericError"}
            return 202, self._state(self.orders[correlation])

    def get(self, correlation: str) -> tuple[int, dict[str, Any]] | None:
        with self._lock:
            self.calls["ask"] += 1
            if self.happens("lost before"):
                return None
            order = self.orders.get(correlation)
            if order is None:
                return 404, {"errorCategory": "identification", "errorCode": "identifierError"}
            order.asked += 1
            if order.status == "pending" and order.asked >= self.final_after:
                self._pay(order)
            return 200, self._state(order)

    def callbacks(self) -> list[tuple[dict[str, str], bytes]]:
        """What it would say by itself now, some of it twice and some never, in any order."""
        with self._lock:
            found = []
            for order in self.orders.values():
                if order.status != "pending" and not self.happens("lost callback"):
                    told = self.callback(order)
                    found += [told, told] if self.happens("twice") else [told]
            self._chance.shuffle(found)
            return found

    def callback(self, order: Order, **changes: object) -> tuple[dict[str, str], bytes]:
        body = json.dumps({**order.body, **self._state(order), **changes}).encode()
        return {"X-Signature": sign(body, SECRET)}, body

    def _pay(self, order: Order) -> None:
        order.status = "completed"
        self.paid[order.body["requestingOrganisationTransactionReference"]] += 1

    def _state(self, order: Order) -> dict[str, Any]:
        told: dict[str, Any] = {"status": order.status, "objectReference": f"MM{id(order) % 10**8}"}
        if order.status == "failed":
            told["error"] = {"errorCategory": "businessRule", "errorCode": "accountLimitReached"}
        return told


class Served:
    """The provider at an address of this machine, for the length of a ``with`` block."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    def __enter__(self) -> str:
        provider = self._provider

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                self._answer(provider.post(self.headers["X-CorrelationID"], body))

            def do_GET(self) -> None:
                self._answer(provider.get(self.path.rsplit("/", 1)[1]))

            def _answer(self, told: tuple[int, dict[str, Any]] | None) -> None:
                if told is None:
                    self.close_connection = True
                    return
                content = json.dumps(told[1]).encode()
                self.send_response(told[0])
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return f"http://127.0.0.1:{self._server.server_port}"

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
