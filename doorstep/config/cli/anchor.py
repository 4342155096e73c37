"""``doorstep log anchor`` and ``doorstep log check-anchor``: the log's head on a public chain, written and compared."""

from __future__ import annotations

import argparse
import dataclasses
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from doorstep.config.cli.exits import Exit
from doorstep.config.cli.shared import migrate, print_json, site
from doorstep.kit.errors import DoorstepError

if TYPE_CHECKING:
    from doorstep.engines.evidence.types import Anchored, Chain, CheckedAnchor

LOOK_AGAIN_SECONDS = 3


def write(arguments: argparse.Namespace) -> int:
    """Write the newest checkpoint, and wait for its block as long as was said."""
    with site():
        from doorstep.config import anchors

        chain = anchors.chain()
        migrate()
        done = _until_mined(chain, wait=arguments.wait, again=arguments.again)
    if arguments.json:
        newest = as_json(done.newest) if done.newest else None
        print_json({"newest": newest, "waiting": done.waiting, "address": chain.address})
    else:
        print(in_words(done))
    return Exit.FINE


def check(arguments: argparse.Namespace) -> int:
    """Fetch anchors from the chain and compare them with this log."""
    if arguments.newest < 1:
        raise DoorstepError("At least one anchor is checked.", mend="Give --newest 1 or more.")
    with site():
        from doorstep.config import anchors
        from doorstep.engines.evidence import api as evidence

        chain = anchors.chain()
        migrate()
        found = evidence.check_anchors(chain=chain, newest=arguments.newest)
    if arguments.json:
        print_json([as_json(one) for one in found])
    else:
        for one in found:
            print(f"{_where(one)}, {one.depth:,} deep: the log of {one.size:,} entries is what was anchored.")
    return Exit.FINE


def in_words(done: Anchored) -> str:
    """What anchoring came to, in a line or two."""
    if done.newest is None:
        return "Nothing is published in the log yet, so nothing was anchored."
    if done.newest.block is None:
        return (
            f"The log of {done.newest.size:,} entries is sent as {done.newest.transaction}; no block holds it yet.\n"
            "The next run looks again."
        )
    return f"The log of {done.newest.size:,} entries is anchored. {_where(done.newest)}."


def as_json(one: CheckedAnchor) -> dict[str, object]:
    """An anchor for a program that reads it."""
    return dataclasses.asdict(one)


def _where(one: CheckedAnchor) -> str:
    return f"Chain {one.chain}, block {one.block:,}, transaction {one.transaction}"


def _until_mined(chain: Chain, *, wait: int, again: bool) -> Anchored:
    from doorstep.engines.evidence import api as evidence

    until = time.monotonic() + wait
    done = evidence.anchor(chain=chain, at=datetime.now(UTC), again=again)
    while done.waiting and time.monotonic() < until:
        time.sleep(LOOK_AGAIN_SECONDS)
        done = evidence.anchor(chain=chain, at=datetime.now(UTC), again=again)
    return done
