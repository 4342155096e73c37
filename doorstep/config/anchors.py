"""The chain that the log is anchored to, as the settings describe it, and the key of the account that pays there."""

from __future__ import annotations

import os
import re
import secrets
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from doorstep.config import environment
from doorstep.engines.evidence.types import Chain
from doorstep.kit.errors import DoorstepError, unavailable

_HERE = {"localhost", "127.0.0.1", "::1"}


def is_set() -> bool:
    """Whether this office anchors its log."""
    return bool(environment.text("DOORSTEP_ANCHOR_URL"))


def chain() -> Chain:
    """The chain. Raises ``DoorstepError`` where a setting or web3 is missing, or where the key is none."""
    from doorstep.engines.evidence.evm import Evm

    url, number = environment.text("DOORSTEP_ANCHOR_URL"), environment.text("DOORSTEP_ANCHOR_CHAIN")
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _HERE):
        raise DoorstepError(
            "DOORSTEP_ANCHOR_URL names no node of a chain.",
            mend="Give it an https address (http for this machine alone), and DOORSTEP_ANCHOR_CHAIN the chain's id.",
        )
    if not re.fullmatch(r"[1-9][0-9]{0,17}", number):
        raise DoorstepError(
            f"The setting DOORSTEP_ANCHOR_CHAIN is {number!r}.", mend="Give it the chain's id, a whole number."
        )
    return Evm(url=url, chain=int(number), key=_key(_key_file()))


def every() -> timedelta:
    """How often the regular work anchors."""
    return timedelta(minutes=environment.number("DOORSTEP_ANCHOR_MINUTES"))


def explorer() -> str:
    """Where a block explorer shows transactions; empty where none is named."""
    found = environment.text("DOORSTEP_ANCHOR_EXPLORER")
    if found and (urlsplit(found).scheme != "https" or not urlsplit(found).hostname):
        raise DoorstepError("DOORSTEP_ANCHOR_EXPLORER is no https address.", mend="Write it like https://host/tx/.")
    return found


def _key_file() -> Path:
    given = environment.text("DOORSTEP_ANCHOR_KEY")
    return environment.BASE / given if given else environment.folder("DOORSTEP_VAR") / "anchor_key"


def _key(file: Path) -> bytes:
    """The account's key; made, for its owner's eyes alone, where no file was named and there is none."""
    try:
        if not file.exists() and not environment.text("DOORSTEP_ANCHOR_KEY"):
            file.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as out:
                out.write(secrets.token_hex(32) + "\n")
        text = file.read_text().strip().removeprefix("0x")
    except OSError as error:
        raise unavailable(error, doing=f"The key of the anchoring account cannot be read from {file.name}.") from error
    if not re.fullmatch(r"[0-9a-fA-F]{64}", text) or not int(text, 16):
        raise DoorstepError(f"{file.name} holds no key of an account.", mend="Put 64 hexadecimal digits into it.")
    return bytes.fromhex(text)
