"""A device as a file, and its messages as JSON: for the simulator, and for whoever writes a real device. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from doorstep.domains.vouchers.offline.device import Device
from doorstep.domains.vouchers.offline.entries import Entry
from doorstep.domains.vouchers.offline.permits import read_pass
from doorstep.domains.vouchers.types import BadInput


def new_device(code: str, scheme_keys: Mapping[bytes, bytes]) -> Device:
    """A device with a key pair of its own that nobody else has; ``code`` as it is stored."""
    return Device(code.strip().lower(), Ed25519PrivateKey.generate(), dict(scheme_keys))


def write_device(device: Device) -> dict[str, Any]:
    """Everything that a device holds. It holds its private key: keep it as a secret."""
    return {
        "code": device.code,
        "key": device.key.private_bytes_raw().hex(),
        "scheme_keys": [public.hex() for public in device.scheme_keys.values()],
        "pass": device.taken_along.as_json() if device.taken_along else None,
        "entries": [entry.as_json() for entry in device.entries],
        "used": [[permit, card, amount] for (permit, card), amount in device.used.items()],
        "sent": device.sent,
    }


def read_device(raw: Mapping[str, Any]) -> Device:
    """A device as it was stored. Raises ``BadInput`` where the file is none."""
    from doorstep.domains.vouchers.tokens import key_id

    try:
        keys = [bytes.fromhex(one) for one in raw["scheme_keys"]]
        return Device(
            code=raw["code"],
            key=Ed25519PrivateKey.from_private_bytes(bytes.fromhex(raw["key"])),
            scheme_keys={key_id(one): one for one in keys},
            taken_along=read_pass(raw["pass"], public_keys=keys) if raw["pass"] else None,
            entries=[Entry(one["text"], one["signature"]) for one in raw["entries"]],
            used={(permit, card): amount for permit, card, amount in raw["used"]},
            sent=raw["sent"],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BadInput(
            "This is no device's file.", code="device_file", mend="Make one: doorstep device new."
        ) from error


def read_entries(raw: object) -> list[Entry]:
    """Entries as they travel. Raises ``BadInput`` (``entry_form``)."""
    try:
        assert isinstance(raw, list)
        entries = [Entry(one["text"], one["signature"]) for one in raw]
        assert all(isinstance(one.text, str) and isinstance(one.signature, str) for one in entries)
    except (AssertionError, KeyError, TypeError) as error:
        raise BadInput("The entries cannot be read.", code="entry_form", mend="Update the device's program.") from error
    return entries
