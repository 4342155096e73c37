"""Enrolment without a connection: what a device seals, signs and numbers, and how the server takes it, however often.

1. The device fills a form, puts it in a box that only the server opens, and signs id, sequence, time and box.
2. It keeps the packet until the server has acknowledged its id. Sending again, in any order, does no harm.
3. The server stores each id once. The same id or number with other content is refused; the device still has it.
4. Gaps in a device's sequence are shown until they are filled, so that a packet that was lost is missed.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from doorstep.domains.people import forms
from doorstep.domains.people.forms import Form
from doorstep.domains.people.types import BadPacket
from doorstep.engines.vault.api import put_in

VERSION = 1
LARGEST = 60_000
_TEXT = b"doorstep enrolment packet\n"


@dataclass(frozen=True)
class Packet:
    """One enrolment of a device. ``sequence`` counts from 1; ``box`` is sealed for the server."""

    id: UUID
    device: str
    sequence: int
    operator: str
    made_at: datetime
    box: bytes
    signature: bytes

    def signed(self) -> bytes:
        """What the signature is about."""
        return _TEXT + json.dumps(_head(self), sort_keys=True, separators=(",", ":")).encode()


def make_packet(
    form: Form,
    key: Ed25519PrivateKey,
    server: bytes,
    *,
    id: UUID,
    device: str,
    sequence: int,
    operator: str,
    at: datetime,
) -> bytes:
    """A packet as it is kept and sent. ``server`` is the public key that the device got when it was enrolled."""
    packet = Packet(id, device, sequence, operator, at, put_in(forms.written(form), server), b"")
    head = {**_head(packet), "signature": base64.b64encode(key.sign(packet.signed())).decode()}
    return json.dumps(head, sort_keys=True, separators=(",", ":")).encode()


def read_packet(raw: bytes) -> Packet:
    """A packet whose signature is not checked yet. Raises ``BadPacket``."""
    if len(raw) > LARGEST:
        raise BadPacket("This packet is too large.", mend="Send one packet at a time.")
    try:
        head = json.loads(raw)
        if head["v"] != VERSION or not isinstance(head["sequence"], int) or not 0 < head["sequence"] < 2**31:
            raise ValueError
        made_at = datetime.fromisoformat(head["made_at"])
        if made_at.tzinfo is None:
            raise ValueError
        return Packet(
            UUID(head["id"]), str(head["device"])[:40], head["sequence"], str(head["operator"])[:150].replace("\0", ""),
            made_at, base64.b64decode(head["box"], validate=True), base64.b64decode(head["signature"], validate=True),
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadPacket(
            "This is no enrolment packet.", mend="Send the file that the device wrote, as it is."
        ) from error


def check_signature(packet: Packet, public: bytes) -> None:
    """Raise ``BadPacket`` where another device, or nobody, signed it."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(packet.signature, packet.signed())
    except (InvalidSignature, ValueError) as error:
        raise BadPacket(
            "The packet was not signed by its device.",
            why="It was altered, or comes from somewhere else.",
            mend="Send the file that the device wrote, as it is.",
        ) from error


def _head(packet: Packet) -> dict[str, str | int]:
    return {
        "v": VERSION,
        "id": str(packet.id),
        "device": packet.device,
        "sequence": packet.sequence,
        "operator": packet.operator,
        "made_at": packet.made_at.isoformat(),
        "box": base64.b64encode(packet.box).decode(),
    }
