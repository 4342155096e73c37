"""The evidence log as the settings describe it: its name, its keys, its witnesses."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from doorstep.config import environment
from doorstep.engines.evidence.signing import new_signer, public_key, read_signers, write_signers
from doorstep.engines.evidence.types import Policy, WitnessAt
from doorstep.engines.evidence.verifier import LOG_KEY, WITNESS_KEY
from doorstep.kit.errors import DoorstepError

_WITHOUT = {"go on": False, "stop": True}


def watched() -> Policy:
    """The log's name and witnesses, without its secret keys: what pages need."""
    witnesses = tuple(_witness(word) for word in environment.text("DOORSTEP_WITNESSES").split())
    if len({witness.key.name for witness in witnesses}) < len(witnesses):
        raise DoorstepError("DOORSTEP_WITNESSES names a witness twice.", mend="Name each once.")
    without = environment.text("DOORSTEP_WITHOUT_WITNESSES").lower()
    if without not in _WITHOUT:
        raise DoorstepError(f"The setting DOORSTEP_WITHOUT_WITNESSES is {without!r}.", mend="Give it go on or stop.")
    return Policy(
        origin=_origin(),
        signers=(),
        witnesses=witnesses,
        need=_needed(len(witnesses)),
        stops=_WITHOUT[without],
        patience=timedelta(minutes=environment.number("DOORSTEP_WITNESS_PATIENCE")),
    )


def policy() -> Policy:
    """The whole log, its secret keys included. Its key is made where there is none."""
    found, file = watched(), key_file()
    if not file.exists():
        write_signers(file, [new_signer(found.origin, LOG_KEY)])
    signers = read_signers(file, LOG_KEY)
    if foreign := {signer.key.name for signer in signers} - {found.origin}:
        raise DoorstepError(
            f"The key in {file} is of the log {foreign.pop()}, and this log is {found.origin}.",
            mend="Set DOORSTEP_LOG_NAME to the name of the key, or DOORSTEP_LOG_KEY to the right file.",
        )
    return dataclasses.replace(found, signers=signers)


def key_file() -> Path:
    """The file of the log's secret keys."""
    given = environment.text("DOORSTEP_LOG_KEY")
    return environment.BASE / given if given else environment.folder("DOORSTEP_VAR") / "log_key"


def _origin() -> str:
    host = urlsplit(environment.text("DOORSTEP_URL")).hostname or "localhost"
    return environment.text("DOORSTEP_LOG_NAME") or f"{host}/log"


def _witness(word: str) -> WitnessAt:
    key, at, url = word.partition("@")
    if not at or urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise DoorstepError(
            f"DOORSTEP_WITNESSES holds {word!r}.",
            mend="Write each as its key, @ and its address: KEY@https://host/path.",
        )
    return WitnessAt(public_key(key, WITNESS_KEY), url)


def _needed(witnesses: int) -> int:
    word = environment.text("DOORSTEP_WITNESSES_NEEDED")
    if not word:
        return witnesses // 2 + 1 if witnesses else 0
    if not word.isdecimal() or int(word) > witnesses:
        raise DoorstepError(
            f"The setting DOORSTEP_WITNESSES_NEEDED is {word!r}.", mend=f"Give it a number from 0 to {witnesses}."
        )
    return int(word)
