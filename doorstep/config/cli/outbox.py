"""``doorstep outbox``: messages that wait are sent, dead letters are looked at and tried again."""

from __future__ import annotations

import argparse
import dataclasses
import os
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from doorstep.config.cli.exits import Exit
from doorstep.config.cli.shared import add_json, migrate, print_json, site
from doorstep.kit.errors import DoorstepError

NAME = "outbox"
HELP = "Send the messages that wait, and look after those that could not be sent."
EXAMPLES = (
    "doorstep outbox list",
    "doorstep outbox send --once",
    "doorstep outbox dead --lane events",
    "doorstep outbox requeue 17 18",
    "doorstep outbox drop 17 --reason 'the address is gone'",
)
ACTIONS = ("list", "send", "dead", "requeue", "drop", "erase")
SECONDS = 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument(
        "action",
        choices=ACTIONS,
        nargs="?",
        default="list",
        help="list the lanes (what happens without a word); send what is due; list dead letters; try them again "
        "(requeue) or give them up (drop); erase the content of what was sent",
    )
    parser.add_argument("number", nargs="*", type=int, help="dead letters to try again or to give up")
    parser.add_argument("--lane", default="", help="this lane only")
    parser.add_argument("--once", action="store_true", help="send: what is due now, then end; else go on until stopped")
    parser.add_argument("--all", action="store_true", help="requeue: every dead letter (of the lane)")
    parser.add_argument("--reason", default="", help="drop: why the letters are given up, for the record")
    parser.add_argument(
        "--days", type=int, default=90, help="erase: of messages that were sent so many days ago or more (90)"
    )
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Do it and say so."""
    _check(arguments)
    with site():
        migrate()
        lines, value = {
            "list": _list, "send": _send, "dead": _dead, "requeue": _requeue, "drop": _drop, "erase": _erase
        }[arguments.action](arguments, lambda: datetime.now(UTC))  # fmt: skip
    if arguments.json:
        print_json(value)
    else:
        print("\n".join(lines))
    return Exit.FINE


Clock = Callable[[], datetime]
Told = tuple[list[str], Any]


def _check(arguments: argparse.Namespace) -> None:
    if arguments.action == "requeue" and bool(arguments.number) == arguments.all:
        raise DoorstepError("Which dead letters?", mend="Name their numbers, or give --all.")
    if arguments.action == "drop" and not (arguments.number and arguments.reason):
        raise DoorstepError("Which dead letters, and why?", mend="doorstep outbox drop NUMBER --reason WHY")
    if arguments.days < 0:
        raise DoorstepError("Days are counted from 0 on.", mend="Give --days 0 or more.")


def _list(arguments: argparse.Namespace, clock: Clock) -> Told:
    from doorstep.engines.outbox import api as outbox

    found = [one for one in outbox.lanes(at=clock()) if arguments.lane in ("", one.lane)]
    lines = [f"{'lane':<20} {'waiting':>9} {'due':>9} {'sent':>9} {'dead':>9}  oldest due"]
    for one in found:
        since = f"{one.oldest_due_at:%Y-%m-%d %H:%M}" if one.oldest_due_at else ""
        lines.append(f"{one.lane:<20} {one.waiting:>9,} {one.due:>9,} {one.sent:>9,} {one.dead:>9,}  {since}".rstrip())
    return lines if found else ["The outbox is empty."], [dataclasses.asdict(one) for one in found]


def _send(arguments: argparse.Namespace, clock: Clock) -> Told:
    from doorstep.config.transports import transports
    from doorstep.engines.outbox import api as outbox

    known = {lane: one for lane, one in transports().items() if arguments.lane in ("", lane)}
    if not known:
        raise DoorstepError(
            f"No address is known for {arguments.lane or 'any lane'}.", mend="Name one in the setting DOORSTEP_OUTBOX."
        )
    worker = outbox.Worker(f"{socket.gethostname()} {os.getpid()}")
    done = {lane: outbox.Drained() for lane in known}
    while True:
        for lane, transport in known.items():
            done[lane] += outbox.drain(lane=lane, worker=worker, transport=transport, clock=clock)
        if arguments.once:
            break
        time.sleep(SECONDS)
    lines = [f"{lane}: {one.sent:,} sent, {one.failed:,} failed, {one.dead:,} dead" for lane, one in done.items()]
    waiting = sorted(set(outbox.lanes_due(at=clock())) - set(known)) if not arguments.lane else []
    lines += [f"{lane}: messages wait, but the setting DOORSTEP_OUTBOX names no address" for lane in waiting]
    return lines, {lane: dataclasses.asdict(one) for lane, one in done.items()}


def _dead(arguments: argparse.Namespace, clock: Clock) -> Told:
    from doorstep.engines.outbox import api as outbox

    found: list[outbox.Letter] = []
    while page := outbox.letters(
        state=outbox.State.DEAD, lane=arguments.lane, before=found[-1].id if found else None, size=500
    ):
        found += page
    lines = [f"{one.id:>9}  {one.lane:<16} {one.topic:<20} {one.attempts:>3} attempts  {one.error}" for one in found]
    return lines or ["There are no dead letters."], [dataclasses.asdict(one) for one in found]


def _requeue(arguments: argparse.Namespace, clock: Clock) -> Told:
    from doorstep.engines.outbox import api as outbox

    count = outbox.requeue(at=clock(), numbers=None if arguments.all else arguments.number, lane=arguments.lane)
    return [f"{count:,} will be tried again."], {"requeued": count}


def _drop(arguments: argparse.Namespace, clock: Clock) -> Told:
    from doorstep.engines.outbox import api as outbox

    count = outbox.drop(at=clock(), numbers=arguments.number, reason=arguments.reason)
    return [f"{count:,} given up."], {"dropped": count}


def _erase(arguments: argparse.Namespace, clock: Clock) -> Told:
    from doorstep.engines.outbox import api as outbox

    count = outbox.erase_sent(before=clock() - timedelta(days=arguments.days))
    return [f"The content of {count:,} messages was erased."], {"erased": count}
