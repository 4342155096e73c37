"""How messages of the outbox leave this machine: into a folder, or to a web address. A setting says which lane where.

A receiver may get a message twice (a worker can be killed between sending and noting it): ``key`` names it for ever.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request, build_opener

from doorstep.config import environment
from doorstep.engines.outbox.api import Message, Transport, TransportError
from doorstep.kit.errors import DoorstepError

PATIENCE_SECONDS = 30
# The receiver asks to come again; what else begins with 4 will be no better next time.
_COME_AGAIN = {408, 409, 421, 423, 425, 429}
_HERE = {"localhost", "127.0.0.1", "::1"}


def transports(text: str | None = None) -> Mapping[str, Transport]:
    """The transport of each lane that the setting ``DOORSTEP_OUTBOX`` names."""
    found: dict[str, Transport] = {}
    for word in (environment.text("DOORSTEP_OUTBOX") if text is None else text).split():
        lane, sign, address = word.partition("=")
        if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,39}", lane) or not sign or not address or lane in found:
            raise DoorstepError(
                f"The setting DOORSTEP_OUTBOX says {word!r}.",
                why="Each lane stands once, with small letters, digits and dashes.",
                mend="Write LANE=FOLDER or LANE=https://address, with spaces between.",
            )
        found[lane] = _transport(lane, address)
    return found


def _transport(lane: str, address: str) -> Transport:
    if "://" not in address:
        return partial(append, environment.BASE / address / f"{lane}.jsonl")
    parts = urlsplit(address)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE):
        return partial(post, address)
    raise DoorstepError(
        f"Messages of the lane {lane} would travel unprotected.",
        why="Only https keeps them from strangers' eyes.",
        mend="Give an https address in DOORSTEP_OUTBOX.",
    )


def as_json(message: Message) -> str:
    """A message as its receiver reads it."""
    told = {"key": message.key, "topic": message.topic, "group": message.group, "payload": message.payload}
    return json.dumps(told, ensure_ascii=False)


def append(file: Path, message: Message) -> str:
    """Add the message as a line, on the disk before it counts as sent. A line that a kill cut short is ended first."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            size = os.fstat(descriptor).st_size
            broken = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
            line = ("\n" if broken else "") + as_json(message) + "\n"
            if os.write(descriptor, line.encode()) != len(line.encode()):
                raise TransportError(f"{file.name} took only a part of a message.", mend="Make room on the disk.")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise TransportError(f"{file.name} cannot be written.", why=f"{error.strerror}.") from None
    return file.name


class _Stay(HTTPRedirectHandler):
    """Follows nobody elsewhere: a message is for the address that was given."""

    def redirect_request(self, *_: object) -> None:
        """Nowhere."""


def post(address: str, message: Message, opener: OpenerDirector | None = None) -> str:
    """POST the message as JSON; the receipt is the status and what the receiver calls it (``Location``)."""
    request = Request(  # noqa: S310 - the scheme was looked at when the setting was read
        address,
        data=as_json(message).encode(),
        headers={"Content-Type": "application/json", "Idempotency-Key": quote(message.key, safe=" :/")},
        method="POST",
    )
    try:
        with (opener or build_opener(_Stay)).open(request, timeout=PATIENCE_SECONDS) as answer:
            return f"{answer.status} {answer.headers.get('Location', '')}".strip()
    except HTTPError as error:
        error.close()
        permanent = 300 <= error.code < 500 and error.code not in _COME_AGAIN
        raise TransportError(f"The receiver answered {error.code}.", permanent=permanent) from None
    except (URLError, OSError) as error:
        raise TransportError("The receiver cannot be reached.", why=f"{type(error).__name__}.") from None
