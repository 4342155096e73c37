"""``doorstep log``: gives what was done its places in the evidence log, signs it and has it witnessed."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from doorstep.config.cli import anchor
from doorstep.config.cli.exits import Exit
from doorstep.config.cli.shared import add_json, migrate, print_json, site
from doorstep.kit.errors import DoorstepError

if TYPE_CHECKING:
    from doorstep.engines.evidence.types import Pass

NAME = "log"
HELP = "Keep the evidence log: place, sign, witness and publish what was done."
EXAMPLES = (
    "doorstep log",
    "doorstep log --once --json",
    "doorstep log --rotate",
    "doorstep log --retire 1a2b3c4d",
    "doorstep log anchor",
    "doorstep log check-anchor --newest 24",
)
REST_SECONDS = 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument(
        "action",
        nargs="?",
        choices=("keep", "anchor", "check-anchor"),
        default="keep",
        help="keep the log (what happens without a word); write its newest checkpoint to the chain of the settings; "
        "fetch what was written there and compare",
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--once", action="store_true", help="one round, then stop; without it two rounds a second")
    what.add_argument("--keys", action="store_true", help="say the public keys that sign now")
    what.add_argument("--rotate", action="store_true", help="make a new key; from now on both sign")
    what.add_argument("--retire", metavar="ID", help="let a key sign no more; what it signed stays good")
    parser.add_argument("--wait", metavar="SECONDS", type=int, default=60, help="anchor: how long to wait for a block")
    parser.add_argument(
        "--again", action="store_true", help="anchor: go on although the chain knows more of the account than we do"
    )
    parser.add_argument("--newest", metavar="NUMBER", type=int, default=1, help="check-anchor: this many of the newest")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Do it until asked to stop."""
    if arguments.action != "keep":
        return {"anchor": anchor.write, "check-anchor": anchor.check}[arguments.action](arguments)
    if arguments.keys or arguments.rotate or arguments.retire:
        return _keys(arguments)
    with site():
        from doorstep.config import evidence
        from doorstep.engines.evidence import api

        migrate()
        if arguments.once:
            done = api.run_pass(evidence.policy(), at=datetime.now(UTC))
            print_json(_as_json(done)) if arguments.json else print(in_words(done))
            return Exit.FINE
        print(f"The log {evidence.policy().origin} is kept. {_watched()}", flush=True)
        _for_ever()
    return Exit.FINE


def in_words(done: Pass) -> str:
    """One round in a line, and a line for each witness that is missing."""
    how = "published" if done.published else "not published yet: too few witnesses"
    head = f"New leaves: {done.taken:,}; in all: {done.size:,}; {how}." if done.size else "The log is empty."
    return "\n".join([head, *(f"  {name} {why}" for name, why in sorted(done.missing.items()))])


def _watched() -> str:
    from doorstep.config import evidence

    found = evidence.watched()
    if not found.witnesses:
        return "No witness is set up: only this office vouches for it."
    return f"{found.need} of {len(found.witnesses)} witnesses must cosign."


def _for_ever() -> None:
    """Round after round; while the database is away, rest and try again. An altered log stops the command."""
    from django.db import InterfaceError, OperationalError, connection

    from doorstep.config import evidence
    from doorstep.engines.evidence import api

    while True:
        try:
            api.run_for_ever(evidence.policy, clock=lambda: datetime.now(UTC), tell=_teller())
        except (OperationalError, InterfaceError):
            print("The database does not answer; trying again.", file=sys.stderr, flush=True)
            connection.close()
            time.sleep(REST_SECONDS)


def _teller() -> Callable[[Pass], None]:
    """Says a round when witnesses went or came back, not each second."""
    before: tuple[bool, tuple[str, ...]] = (True, ())

    def tell(done: Pass) -> None:
        nonlocal before
        now = (done.published or not done.size, tuple(sorted(done.missing)))
        if now != before:
            print(in_words(done), flush=True)
        before = now

    return tell


def _keys(arguments: argparse.Namespace) -> int:
    """Change or tell the keys. A running ``doorstep log`` takes up the change with its next round."""
    from doorstep.config import evidence
    from doorstep.engines.evidence.signing import new_signer, write_signers
    from doorstep.engines.evidence.verifier import LOG_KEY

    found = evidence.policy()
    signers = list(found.signers)
    if arguments.rotate:
        signers.append(new_signer(found.origin, LOG_KEY))
    if arguments.retire:
        left = [signer for signer in signers if signer.key.id.hex() != arguments.retire]
        if len(left) == len(signers):
            raise DoorstepError(
                f"No key that signs now has the id {arguments.retire}.", mend="See: doorstep log --keys"
            )
        if not left:
            raise DoorstepError("This is the only key that signs.", mend="Make a new one first: doorstep log --rotate")
        signers = left
    if signers != list(found.signers):
        write_signers(evidence.key_file(), signers)
    lines = [signer.key.vkey for signer in signers]
    print_json({"keys": lines}) if arguments.json else print("\n".join(lines))
    if arguments.rotate and not arguments.json:
        print("\nGive the new key, the last line, to every witness. When all know it: doorstep log --retire ID")
    return Exit.FINE


def _as_json(done: Pass) -> dict[str, object]:
    return {"taken": done.taken, "size": done.size, "published": done.published, "missing": dict(done.missing)}
