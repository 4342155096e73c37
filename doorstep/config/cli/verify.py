"""``doorstep verify``: check a receipt of an evidence log."""

from __future__ import annotations

import argparse
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from doorstep.config.cli.exits import Exit
from doorstep.config.cli.shared import add_json, print_json, site
from doorstep.kit.errors import DoorstepError

if TYPE_CHECKING:
    from doorstep.engines.evidence.verifier import Verdict

NAME = "verify"
HELP = "Check a receipt of an evidence log: whether what it says stands there."
EXAMPLES = (
    "doorstep verify receipt.tlog-proof",
    "doorstep verify receipt.tlog-proof --key 'services.gov.example/log+1a2b3c4d+AQ...' --witness audit.vkey --need 1",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("receipt", type=Path, help="the file, or the text of its QR code in a file; - reads a pipe")
    parser.add_argument(
        "--key", action="append", default=[], help="the log's key, or a file of keys; without it those of this site"
    )
    parser.add_argument("--witness", action="append", default=[], help="a witness's key, or a file of keys")
    parser.add_argument("--need", type=int, default=None, help="how many of the witnesses must have cosigned (all)")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Check it and say what it proves."""
    from doorstep.engines.evidence.verifier import Wrong

    text = (
        sys.stdin.read() if str(arguments.receipt) == "-" else arguments.receipt.read_bytes().decode(errors="replace")
    )
    try:
        verdict = _check(arguments, text)
    except Wrong as error:
        raise DoorstepError(
            "NOT PROVED.", why=str(error), mend="Ask for the receipt again where it came from."
        ) from error
    if arguments.json:
        print_json({"content": verdict.content, "log": verdict.origin, "index": verdict.index, "size": verdict.size,
                    "witnesses": dict(verdict.cosigned_by)})  # fmt: skip
    else:
        print(in_words(verdict))
    return Exit.FINE


def in_words(verdict: Verdict) -> str:
    """What was proved, in lines."""
    lines = [f"PROVED. This stands in the log {verdict.origin}, as entry {verdict.index + 1} of {verdict.size}:"]
    lines += [f"  {name}: {value}" for name, value in sorted(verdict.content.items())]
    for name, second in verdict.cosigned_by:
        lines.append(f"Seen by the witness {name} at {datetime.fromtimestamp(second, UTC):%Y-%m-%d %H:%M:%S} UTC.")
    return "\n".join(lines)


def _check(arguments: argparse.Namespace, text: str) -> Verdict:
    """With keys that were given, nothing else is asked; without, the site's database names those that ever signed."""
    from doorstep.engines.evidence.verifier import check, read_keys, read_receipt

    witnesses = read_keys(arguments.witness)
    need = len(witnesses) if arguments.need is None else arguments.need
    if arguments.key:
        return check(read_receipt(text), read_keys(arguments.key), witnesses, need, now=time.time())
    with site():
        from doorstep.engines.evidence import api

        lines = [key.vkey for key in witnesses]
        return api.verify(text=text, at=datetime.now(UTC), need=need, witnesses=lines)
