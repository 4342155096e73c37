"""What a device may give without a connection, signed by the scheme. Pure.

``reserved``: what was set aside for one person's card on this one device. It cannot be spent anywhere else, so nothing
can go wrong. ``bounded``: anybody with a genuine card, up to ``person`` each and ``total`` together. What is on their
vouchers is not known, so up to ``total`` can go wrong; ``loss`` says beforehand who bears it.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from doorstep.domains.vouchers.types import BadInput

SLACK = timedelta(hours=26)
"""How far a device's clock may be wrong: a day and two hours, so that a wrong time zone or date of one day passes."""


@dataclass(frozen=True)
class Permit:
    """One permit. ``cards``: for ``reserved``, the card's number. Times are ISO 8601 in UTC."""

    id: int
    device: str
    shop: str
    kind: str
    mode: str
    cards: tuple[str, ...]
    person: int
    total: int
    loss: str
    from_at: str
    until: str
    sync_by: str

    def covers(self, at: datetime, *, slack: timedelta = timedelta(0)) -> bool:
        """Whether the permit is valid at a time."""
        return datetime.fromisoformat(self.from_at) - slack <= at <= datetime.fromisoformat(self.until) + slack


@dataclass(frozen=True)
class Pass:
    """What a device takes along when it syncs: its permits, the withdrawn cards, when it was made; signed."""

    permits: tuple[Permit, ...]
    revoked: tuple[str, ...]
    at: str
    signature: str

    def body(self) -> bytes:
        """What is signed."""
        parts = {"permits": [asdict(one) for one in self.permits], "revoked": list(self.revoked), "at": self.at}
        return json.dumps(parts, sort_keys=True).encode()

    def as_json(self) -> dict[str, object]:
        """As it travels."""
        return {
            "permits": [asdict(one) for one in self.permits],
            "revoked": list(self.revoked),
            "at": self.at,
            "signature": self.signature,
        }


def sign_pass(
    permits: Collection[Permit], *, revoked: Collection[str], at: datetime, key: Ed25519PrivateKey
) -> Pass:  # fmt: skip
    """The signed pass of a device."""
    unsigned = Pass(tuple(permits), tuple(revoked), at.isoformat(timespec="seconds"), "")
    return Pass(unsigned.permits, unsigned.revoked, unsigned.at, key.sign(unsigned.body()).hex())


def read_pass(raw: dict[str, object], *, public_keys: Collection[bytes]) -> Pass:
    """A pass as it came. Raises ``BadInput`` (``pass_forged``) where the scheme has not signed it."""
    forged = BadInput("This pass is not the scheme's.", code="pass_forged", mend="Sync with the scheme's own address.")
    try:
        permits = tuple(
            Permit(**{**one, "cards": tuple(one["cards"])}) for one in raw["permits"]  # type: ignore[attr-defined]
        )  # fmt: skip
        given = Pass(permits, tuple(raw["revoked"]), str(raw["at"]), str(raw["signature"]))  # type: ignore[arg-type]
        signature = bytes.fromhex(given.signature)
    except (KeyError, TypeError, ValueError) as error:
        raise forged from error
    for key in public_keys:
        try:
            Ed25519PublicKey.from_public_bytes(key).verify(signature, given.body())
            return given
        except InvalidSignature:
            continue
    raise forged
