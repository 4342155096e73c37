"""A chain with a node that can be away, and a log that is anchored to it."""

from __future__ import annotations

import importlib.util
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.db import transaction

from doorstep.engines.evidence import api as evidence
from doorstep.engines.evidence.signing import make_signer
from doorstep.engines.evidence.types import Policy
from doorstep.engines.evidence.verifier import LOG_KEY

RICH = 10**18
KEY = bytes.fromhex("11" * 32)
ORIGIN = "services.test/log"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = importlib.util.find_spec("eth_tester") is None
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.anchor)
            if missing:
                item.add_marker(pytest.mark.skip(reason="eth-tester is not installed: make test-anchor installs it."))


class Node:
    """A chain's node on a port of this machine. ``lose``: methods whose answer gets lost after they were done."""

    def __init__(self):
        from eth_account import Account
        from web3 import EthereumTesterProvider

        self.provider = EthereumTesterProvider()
        self.tester = self.provider.ethereum_tester
        self.chain = int(self.ask("eth_chainId"))
        self.address = Account.from_key(KEY).address
        self.lose, self.asked = set(), []
        self.lock = threading.Lock()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def ask(self, method, *params):
        return self.provider.make_request(method, params)["result"]

    def give(self, wei=RICH, to=None):
        rich = self.tester.get_accounts()[0]
        self.tester.send_transaction({"from": rich, "to": to or self.address, "value": wei, "gas": 21000})

    def blocks(self, count):
        self.tester.mine_blocks(count)

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def _handler(node):
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with node.lock:
                    node.asked.append(asked["method"])
                    answer = node._answer(asked)
                    if asked["method"] in node.lose:
                        self.close_connection = True
                        return
                data = json.dumps(answer).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                pass

        return Handler

    def _answer(self, asked):
        """As a node answers: numbers and bytes in hexadecimal, and errors with a code."""
        from eth_tester.exceptions import BlockNotFound, TransactionNotFound

        head = {"jsonrpc": "2.0", "id": asked["id"]}
        try:
            return {**head, "result": on_the_wire(self.ask_as_a_node(asked["method"], from_the_wire(asked["params"])))}
        except (TransactionNotFound, BlockNotFound):
            return {**head, "result": None}
        except Exception as error:  # whatever the chain refuses
            return {**head, "error": {"code": -32000, "message": str(error)}}

    def ask_as_a_node(self, method, params):
        found = self.provider.make_request(method, params)
        if "error" in found:
            raise ValueError(found["error"]["message"])
        return found["result"]


def from_the_wire(params):
    """A block's number, and the amounts of a transaction, as this chain takes them."""
    amounts = {"value", "gas", "maxFeePerGas", "maxPriorityFeePerGas"}
    words = [
        {name: int(one, 16) if name in amounts else one for name, one in word.items()}
        if isinstance(word, dict)
        else word
        for word in params
    ]
    return [
        int(word, 16) if isinstance(word, str) and word.startswith("0x") and len(word) < 20 else word for word in words
    ]


def on_the_wire(value):
    if isinstance(value, dict):
        return {camel(name): on_the_wire(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [on_the_wire(one) for one in value]
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, int) and not isinstance(value, bool):
        return hex(value)
    return value


def camel(name):
    renamed = {"data": "input", "base_fee_per_gas": "baseFeePerGas"}
    first, *rest = renamed.get(name, name).split("_")
    return first + "".join(word.title() for word in rest)


@pytest.fixture
def node():
    made = Node()
    yield made
    made.close()


class Log:
    """A log of which a round can be made at will."""

    def __init__(self):
        self.policy = Policy(ORIGIN, (make_signer(ORIGIN, LOG_KEY, b"L" * 32),))

    def grow(self, at, count=3):
        with transaction.atomic():
            for number in range(count):
                evidence.append(kind="test", content={"n": str(number)})
        return evidence.run_pass(self.policy, at=at)


@pytest.fixture
def log(db):
    return Log()
