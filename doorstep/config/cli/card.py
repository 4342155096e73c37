"""``doorstep card``: check a card without a connection, make keys that sign cards, hand out the reader. No database."""

from __future__ import annotations

import argparse
import os
import secrets
import sys
from dataclasses import fields
from datetime import datetime
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from doorstep.config.cli.exits import Exit
from doorstep.config.cli.shared import add_json, print_json
from doorstep.kit.errors import DoorstepError

if TYPE_CHECKING:
    from doorstep.engines.credentials.types import CardClaims, Key, Refused, StatusList, Verified

NAME = "card"
HELP = "Check a signed card without a connection; make the keys that sign cards."
EXAMPLES = (
    "doorstep card make-key card_key --issuer https://services.gov.example",
    "doorstep card public-keys card_key",
    "doorstep card verify '6BF590B20F...' --keys keys.json --list states.cwt",
    "doorstep card reader card-reader.pyz",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument(
        "action",
        choices=("verify", "make-key", "public-keys", "reader"),
        help="verify a card; make-key: a secret key in a new file; public-keys: those of a file of secret ones; "
        "reader: a file that verifies cards on machines without Doorstep",
    )
    parser.add_argument("what", help="verify: the text of the QR code, or a file that holds it, - reads a pipe; "
                        "else: the file")  # fmt: skip
    parser.add_argument("--keys", action="append", default=[], help="verify: a file of the issuer's public keys")
    parser.add_argument("--list", action="append", default=[], help="verify: a list of cards that were taken back")
    parser.add_argument("--at", default="", help="verify: the day or moment to check for (now)")
    parser.add_argument("--issuer", default="", metavar="URL", help="make-key: whose cards the key signs")
    parser.add_argument("--p256", action="store_true", help="make-key: for readers that do not know Ed25519")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Do it and say so."""
    if arguments.action == "verify":
        return _verify(arguments)
    file = Path(arguments.what)
    if arguments.action == "make-key":
        return _make_key(file, arguments)
    from doorstep.engines.credentials import api

    if arguments.action == "reader":
        file.write_bytes(api.reader_file())
        print(f"{file} is written. It needs Python 3.11 and cryptography: python {file} CARD --keys KEYS")
        return Exit.FINE
    try:
        signers = api.read_signers(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DoorstepError(f"{file} holds no keys that sign cards.", why=str(error)) from error
    print(api.key_set([signer.key for signer in signers]), end="")
    return Exit.FINE


def _verify(arguments: argparse.Namespace) -> int:
    from doorstep.engines.credentials import api
    from doorstep.engines.credentials.types import Refused

    if not arguments.keys:
        raise DoorstepError("Without keys no card can be checked.", mend="Name the issuer's with --keys FILE.")
    keys, lists = _load(arguments.keys, arguments.list)
    found = api.verify_card(text=api.card_text(arguments.what), keys=keys, at=_moment(arguments.at), status=lists)
    if arguments.json:
        print_json(_as_json(found))
    else:
        print(api.in_words(found))
    return Exit.PROBLEMS if isinstance(found, Refused) else Exit.FINE


def _load(files: list[str], lists: list[str]) -> tuple[list[Key], list[StatusList]]:
    from doorstep.engines.credentials import api

    keys: list[Key] = []
    for file in files:
        try:
            keys += api.read_keys(Path(file).read_text(encoding="utf-8"))
        except ValueError as error:
            raise DoorstepError(f"{file} holds no keys of an issuer.", why=str(error)) from error
    return keys, [api.read_status_list(raw=Path(file).read_bytes(), keys=keys) for file in lists]


def _moment(given: str) -> datetime:
    from doorstep.engines.credentials import api

    try:
        return api.moment(given)
    except ValueError as error:
        raise DoorstepError(f"{given} is no day.", mend="Write it like 2026-11-24.") from error


def _make_key(file: Path, arguments: argparse.Namespace) -> int:
    from doorstep.engines.credentials import api

    if not arguments.issuer.startswith("https://"):
        raise DoorstepError("A key belongs to an issuer.", mend="Name its address with --issuer https://...")
    signer = api.new_signer(issuer=arguments.issuer, kind=api.ES256 if arguments.p256 else api.ED25519)
    beside = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as out:
            out.write(api.secret_set([signer]))
        # A link is refused where a file of that name is, so that no key is ever written over.
        os.link(beside, file)
    except FileExistsError as error:
        raise DoorstepError(f"{file} is there already.", mend="Name another file.") from error
    finally:
        beside.unlink()
    print(api.key_set([signer.key]), end="")
    print(f"The secret key is in {file}: keep a copy of it where nobody else comes.", file=sys.stderr)
    return Exit.FINE


def _as_json(found: Verified | Refused) -> dict[str, Any]:
    from doorstep.engines.credentials.types import Refused

    if isinstance(found, Refused):
        return {"good": False, "reason": found.reason.value, "words": found.words, "detail": found.detail}
    times = {"issued_at": found.issued_at, "expires_at": found.expires_at}
    return {
        "good": True,
        "claims": _claims(found.claims),
        "issuer": found.issuer,
        "key": found.key_id,
        **{name: at.isoformat() if at else None for name, at in times.items()},
        "standing": found.standing.value,
        "list_age_seconds": int(found.list_age.total_seconds()) if found.list_age is not None else None,
    }


def _claims(claims: CardClaims) -> dict[str, object]:
    """What has a name and can be written as text; pictures and other bytes are left out."""
    found: dict[str, object] = {}
    for field in fields(claims):
        value = getattr(claims, field.name)
        if field.name == "born" and value:
            found["born"] = value.iso
        elif isinstance(value, IntEnum):
            found[field.name] = value.name.lower()
        elif isinstance(value, str | tuple):
            found[field.name] = value
    return found
