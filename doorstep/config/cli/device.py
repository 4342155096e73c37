"""``doorstep device``: a shop's device that gives vouchers without a connection, simulated in a file."""

from __future__ import annotations

import argparse
import json
import os
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from doorstep.config.cli.exits import Exit
from doorstep.config.cli.shared import migrate, site
from doorstep.kit.errors import DoorstepError, unavailable

if TYPE_CHECKING:
    from doorstep.domains.vouchers.api import Device

NAME = "device"
HELP = "Try a shop's device that gives vouchers without a connection."
EXAMPLES = (
    "doorstep device new corner-1 --shop corner-basket --permit food --file var/corner-1.json",
    "doorstep device give --file var/corner-1.json --card DV1:... --kind food --amount 250",
    "doorstep device sync --file var/corner-1.json --to http://127.0.0.1:8000/sync/vouchers/",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("action", choices=("new", "give", "sync"), help="enrol a device, give something, tell it")
    parser.add_argument("code", nargs="?", default="", help="new: the device's code")
    parser.add_argument("--file", type=Path, required=True, help="the file that is the device: it holds its key")
    parser.add_argument("--shop", default="", help="new: the shop whose device it is")
    parser.add_argument("--permit", default="", metavar="KIND", help="new: permit it to give this kind up to its cap")
    parser.add_argument("--card", default="", help="give: the text of the card's QR code")
    parser.add_argument("--kind", default="", help="give: the kind of voucher")
    parser.add_argument("--amount", type=int, default=0, help="give: how much, in the kind's smallest unit")
    parser.add_argument("--to", default="", metavar="URL", help="sync: the scheme's address")


def run(arguments: argparse.Namespace) -> int:
    """Do it and say so."""
    if arguments.action == "new":
        return _new(arguments)
    # A device has no database: the door of the domain is imported for its pure part alone.
    from doorstep.domains.vouchers import files as vouchers

    device = vouchers.read_device(_read(arguments.file))
    if arguments.action == "give":
        device.give(card=arguments.card, kind=arguments.kind, amount=arguments.amount, at=datetime.now(UTC))
        _write(arguments.file, vouchers.write_device(device))
        print(f"Given and written down as number {len(device.entries)}. {len(device.unsent())} wait to be told.")
        return Exit.FINE
    answer = _tell(device, arguments.to)
    new_pass = vouchers.read_pass(answer["pass"], public_keys=list(device.scheme_keys.values()))
    device.synced(upto=answer["upto"], new_pass=new_pass)
    _write(arguments.file, vouchers.write_device(device))
    for number, outcome in sorted(answer["outcomes"].items(), key=lambda one: int(one[0])):
        print(f"{number}: {outcome}")
    print(f"Everything to number {answer['upto']} is told. Permits: {len(new_pass.permits)}.")
    return Exit.FINE


def _new(arguments: argparse.Namespace) -> int:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    if not arguments.code or not arguments.shop:
        raise DoorstepError("A device needs a code and a shop.", mend="doorstep device new CODE --shop SHOP --file F")
    if arguments.file.exists():
        raise DoorstepError(f"{arguments.file} is there already.", mend="Name another file.")
    key, now = Ed25519PrivateKey.generate(), datetime.now(UTC)
    with site():
        from doorstep.domains.vouchers import api as vouchers
        from doorstep.domains.vouchers import files
        from doorstep.domains.vouchers.types import Clerk

        migrate()
        clerk, public = Clerk("command line", supervises=True), key.public_key().public_bytes_raw()
        code = vouchers.enrol_device(code=arguments.code, shop=arguments.shop, public_key=public, clerk=clerk, at=now)
        if arguments.permit:
            vouchers.permit_bounded(code=code, kind=arguments.permit, clerk=clerk, at=now)
        _write(arguments.file, files.write_device(files.Device(code, key, vouchers.public_keys())))
    print(f"{code} is enrolled. Sync it once before it gives.")
    return Exit.FINE


def _tell(device: Device, to: str) -> dict[str, Any]:
    from doorstep.domains.vouchers import files as vouchers

    if urlsplit(to).scheme not in ("http", "https"):
        raise DoorstepError("Where to?", mend="--to http://127.0.0.1:8000/sync/vouchers/")
    now, sent = datetime.now(UTC), device.unsent()[:500]
    body = {
        "device": device.code,
        "at": now.isoformat(),
        "entries": [entry.as_json() for entry in sent],
        "signature": vouchers.sign_hello(device.code, now, sent, key=device.key),
    }
    asked = urllib.request.Request(to, json.dumps(body).encode(), {"Content-Type": "application/json"})  # noqa: S310 - checked above
    try:
        with urllib.request.urlopen(asked, timeout=30) as response:  # noqa: S310 - checked above
            answer: dict[str, Any] = json.load(response)
            return answer
    except urllib.error.HTTPError as error:
        raise DoorstepError(f"The scheme refused it: {error.read(2_000).decode(errors='replace')}") from error
    except OSError as error:
        raise DoorstepError("There is no connection.", why=str(error), mend="Nothing is lost: try again.") from error


def _read(file: Path) -> dict[str, Any]:
    try:
        raw: dict[str, Any] = json.loads(file.read_text())
        return raw
    except OSError as error:
        raise unavailable(error) from error
    except ValueError as error:
        raise DoorstepError(f"{file} is no device's file.", mend="Make one: doorstep device new.") from error


def _write(file: Path, content: dict[str, Any]) -> None:
    """For its owner's eyes alone, and whole or not at all."""
    draft = file.with_name(file.name + ".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as out:
        json.dump(content, out)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(file)
