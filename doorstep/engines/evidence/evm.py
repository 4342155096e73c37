"""A chain of the Ethereum family, over a node's JSON-RPC. web3 is an extra, and is imported when a chain is asked for.

An anchor is a plain transaction of an account to itself: no value, and the text as its data. Any block explorer shows
that text, and no contract has to be trusted, deployed or read.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from doorstep.engines.evidence.types import AnchorRefused, Mined, Signed
from doorstep.kit.errors import DoorstepError, Unavailable

PATIENCE_SECONDS = 10
GAS_ROOM = 1.2
"""More gas than was estimated, because blocks differ; what is not used is not paid."""
LEAST_GAS = 21_000
"""What every transaction costs."""
RISE = 9, 8
"""By how much a fee rises that was too low. Nodes take a second transaction of one number for a tenth more."""


class Evm:
    """One chain, seen through one node, and the account that pays for anchors there."""

    def __init__(self, *, url: str, chain: int, key: bytes) -> None:
        try:
            from eth_account import Account
            from web3 import HTTPProvider, Web3
            from web3.middleware import ExtraDataToPOAMiddleware
        except ImportError as error:
            raise DoorstepError(
                "Anchoring needs web3, which is not installed.", mend="pip install 'doorstep[anchor]'"
            ) from error
        kept = HTTPProvider(url, request_kwargs={"timeout": PATIENCE_SECONDS}, exception_retry_configuration=None)
        self._node = Web3(kept)
        self._node.middleware_onion.inject(ExtraDataToPOAMiddleware, layer=0)  # blocks of chains kept by authorities
        self._account = Account.from_key(key)
        self.chain = chain

    @property
    def address(self) -> str:
        """The account's address."""
        return str(self._account.address)

    def check(self) -> None:
        """Raise ``Unavailable`` where no node answers, ``AnchorRefused`` where it is a node of another chain."""
        with _asking():
            found = int(self._node.eth.chain_id)
        if found != self.chain:
            raise AnchorRefused(
                f"The node belongs to chain {found}, and anchors go to chain {self.chain}.",
                mend="Set DOORSTEP_ANCHOR_CHAIN or DOORSTEP_ANCHOR_URL right.",
            )

    def used(self) -> int:
        """How many transactions of the account stand in blocks: the number of the next one."""
        with _asking():
            return int(self._node.eth.get_transaction_count(self._account.address, "latest"))

    def height(self) -> int:
        """The number of the newest block."""
        with _asking():
            return int(self._node.eth.block_number)

    def sign(self, text: str, *, number: int, over: tuple[int, int] = (0, 0)) -> Signed:
        """A signed transaction that is not sent yet. Its fees (per gas, and the tip in it, in wei) are above ``over``.

        Raises ``AnchorRefused`` where the account cannot pay.
        """
        bare = {"from": self.address, "to": self.address, "value": 0, "data": "0x" + text.encode().hex()}
        with _asking():
            fee, tip, kind = self._fees(over)
            balance = int(self._node.eth.get_balance(self._account.address))
        self._check_money(balance, LEAST_GAS * fee)
        with _asking():
            gas = int(self._node.eth.estimate_gas(bare) * GAS_ROOM)
        self._check_money(balance, gas * fee)
        filled = {**bare, "nonce": number, "chainId": self.chain, "gas": gas, **_priced(kind, fee, tip)}
        made = self._account.sign_transaction({name: value for name, value in filled.items() if name != "from"})
        return Signed("0x" + made.hash.hex().removeprefix("0x"), made.raw_transaction.hex(), fee, tip)

    def send(self, raw: str) -> None:
        """Hand a signed transaction to the node; one that it has already is no error where ``look`` finds it."""
        with _asking():
            self._node.eth.send_raw_transaction(bytes.fromhex(raw.removeprefix("0x")))

    def is_known(self, name: str) -> bool:
        """Whether the node has the transaction, in a block or waiting for one."""
        return self._found(name) is not None

    def look(self, name: str) -> Mined | None:
        """The block in which the transaction stands now; nothing while it waits, or where it fell out of the chain."""
        found = self._found(name)
        if found is None or found.get("blockNumber") is None:
            return None
        with _asking():
            block = self._node.eth.get_block(int(found["blockNumber"]))
        if bytes(block["hash"]) != bytes(found["blockHash"]):
            return None
        said = bytes(found["input"]).decode(errors="replace")
        at = datetime.fromtimestamp(int(block["timestamp"]), UTC)
        return Mined(name, int(block["number"]), "0x" + bytes(block["hash"]).hex(), at, said)

    def _check_money(self, balance: int, needed: int) -> None:
        if balance < needed:
            raise AnchorRefused(
                f"The account {self.address} cannot pay for an anchor.",
                why=f"It holds {balance} wei, and {needed} are needed.",
                mend="Send some of the chain's money to it.",
            )

    def _found(self, name: str) -> Any:
        from web3.exceptions import TransactionNotFound

        with _asking():
            try:
                return self._node.eth.get_transaction(name)
            except TransactionNotFound:
                return None

    def _fees(self, over: tuple[int, int]) -> tuple[int, int, str]:
        """Fee and tip per gas, and the kind of transaction. The base fee may double before it is paid."""
        base = self._node.eth.get_block("latest").get("baseFeePerGas")
        if base is None:
            fee = max(int(self._node.eth.gas_price), _risen(over[0]))
            return fee, fee, "gasPrice"
        tip = max(int(self._node.eth.max_priority_fee), _risen(over[1]))
        return max(2 * int(base) + tip, _risen(over[0])), tip, "maxFeePerGas"


def _risen(fee: int) -> int:
    return fee * RISE[0] // RISE[1] + 1 if fee else 0


def _priced(kind: str, fee: int, tip: int) -> dict[str, int]:
    """The fields that say the price, in a transaction of this kind."""
    return {"gasPrice": fee} if kind == "gasPrice" else {"type": 2, "maxFeePerGas": fee, "maxPriorityFeePerGas": tip}


@contextmanager
def _asking() -> Iterator[None]:
    """What a node says or does not say, in words. Its address is not told: it may hold a key."""
    from web3.exceptions import Web3Exception, Web3RPCError

    try:
        yield
    except Web3RPCError as error:
        raise AnchorRefused(
            "The chain's node refused.", why=_first_line(error), mend="See what it says; the log itself goes on."
        ) from None
    except (OSError, Web3Exception, ValueError) as error:
        raise Unavailable(
            "The chain's node does not answer.",
            why=f"{type(error).__name__}.",
            mend="Nothing is lost: the log goes on, and the next anchor covers what was missed.",
        ) from None


def _first_line(error: Exception) -> str:
    answer = getattr(error, "rpc_response", None) or {}
    told = str(answer.get("error", {}).get("message") or error).strip()
    return told.splitlines()[0][:200].rstrip(".") + "." if told else ""
