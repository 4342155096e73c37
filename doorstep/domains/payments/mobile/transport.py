"""What a mobile-money provider must be able to do, and the words in which it answers."""

from __future__ import annotations

import hashlib
import hmac
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from doorstep.domains.payments.types import BadCallback

_KEYS = uuid.UUID("6f0c1f5e-7a0b-4b6e-9d4e-0b8f6f3a5c11")


class TransportError(Exception):
    """The provider could not be reached, or did not say what became of the order.

    ``permanent``: it said that it will never do this, so that asking again is no use. Anything else leaves open
    whether it paid, and only ``Transport.ask`` can tell.
    """

    def __init__(self, message: str, permanent: bool) -> None:
        super().__init__(message)
        self.message, self.permanent = message, permanent


class MoneyState(StrEnum):
    """What became of an order, as the provider knows it."""

    PENDING = "pending"
    PAID = "paid"
    FAILED = "failed"
    RETURNED = "returned"


@dataclass(frozen=True)
class MoneyOrder:
    """Pay ``amount`` (as the provider writes it: ``"12.50"``) to a telephone number. ``end_to_end`` is our key."""

    end_to_end: str
    phone: str
    amount: str
    currency: str
    text: str
    reference: str = ""
    """The provider's own key for it, once known."""

    @property
    def correlation(self) -> str:
        """Our key as the UUID that the GSMA's interface asks for: the same for the same order, for ever."""
        return str(uuid.uuid5(_KEYS, self.end_to_end))


@dataclass(frozen=True)
class Answer:
    """What the provider says of an order. ``amount`` and ``currency`` only where it repeats them."""

    state: MoneyState
    reference: str = ""
    code: str = ""
    amount: str = ""
    currency: str = ""


@dataclass(frozen=True)
class Callback:
    """A message that the provider sent by itself, about the order ``end_to_end`` or the correlation of it."""

    answer: Answer
    end_to_end: str = ""


class Transport(Protocol):
    """One provider."""

    def pay(self, order: MoneyOrder) -> Answer:
        """Send the order; sending it twice pays once. Raises ``TransportError``."""
        ...

    def ask(self, order: MoneyOrder) -> Answer | None:
        """What became of it; None where the provider never got it. Raises ``TransportError``."""
        ...

    def read_callback(self, *, headers: Mapping[str, str], body: bytes) -> Callback:
        """A callback whose signature is right. Raises ``BadCallback``."""
        ...


def sign(body: bytes, secret: str) -> str:
    """The signature of a callback: HMAC-SHA256 over the raw body, in hexadecimal digits."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def check_signature(body: bytes, given: str, secrets: tuple[str, ...]) -> None:
    """Raise ``BadCallback`` unless one of ``secrets`` made the signature. Two may hold while one replaces the other."""
    found = [hmac.compare_digest(sign(body, secret).encode(), given.strip().lower().encode()) for secret in secrets]
    if not any(found):
        raise BadCallback(
            "The callback's signature is wrong.",
            why="It was not made with the secret that we share with the provider.",
            mend="Compare DOORSTEP_MOBILE_MONEY_SECRET with the provider's.",
        )
