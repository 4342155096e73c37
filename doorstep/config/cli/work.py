"""``doorstep work``: the regular work of a deployment, each job at its time."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from doorstep.config.cli.exits import Exit
from doorstep.config.cli.shared import add_json, migrate, print_json, site

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doorstep.engines.outbox.api import Done, Regular

NAME = "work"
HELP = "Do the regular work, each job at its time: send messages, free holds, end vouchers, let go, anchor."
EXAMPLES = ("doorstep work", "doorstep work --once", "doorstep work --list")
LOOK_SECONDS = 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--once", action="store_true", help="what is due now, then end; else go on until stopped")
    parser.add_argument("--list", action="store_true", help="say which jobs there are and when each is due")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Do it until asked to stop; a job that runs is ended first."""
    with site():
        from doorstep.config import work
        from doorstep.engines.outbox import api as outbox

        migrate()
        jobs = work.jobs()
        if arguments.list:
            _list(jobs, as_json=arguments.json)
            return Exit.FINE
        if arguments.once:
            done = outbox.do_due(jobs, lambda: datetime.now(UTC))
            if arguments.json:
                print_json([{"job": one.name, "words": one.words, "failed": one.failed} for one in done])
            else:
                _tell(done)
            return Exit.PROBLEMS if any(one.failed for one in done) else Exit.FINE
        print(f"{len(jobs)} jobs are done regularly: {', '.join(job.name for job in jobs)}.", flush=True)
        _go_on(jobs)
    return Exit.FINE


def _go_on(jobs: Sequence[Regular]) -> None:
    from django.db import InterfaceError, OperationalError, connection

    from doorstep.engines.outbox import api as outbox

    stop = threading.Event()
    for signal_ in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signal_, lambda *_: stop.set())
    while not stop.is_set():
        try:
            _tell(outbox.do_due(jobs, lambda: datetime.now(UTC)))
        except (OperationalError, InterfaceError):
            print("The database does not answer; trying again.", file=sys.stderr, flush=True)
            connection.close()
        stop.wait(LOOK_SECONDS)


def _tell(done: Sequence[Done]) -> None:
    """A line a job that did something; what had nothing to do is silent."""
    for one in done:
        if one.failed:
            print(f"{one.name}: failed ({one.words}); it is tried again", file=sys.stderr, flush=True)
        elif one.words:
            print(f"{one.name}: {one.words}", flush=True)


def _list(jobs: Sequence[Regular], *, as_json: bool) -> None:
    from doorstep.engines.outbox import api as outbox

    found = [(job, outbox.due_at(job)) for job in jobs]
    if as_json:
        print_json([{"job": job.name, "every": str(job.every), "what": job.what, "due_at": due} for job, due in found])
        return
    for job, due in found:
        when = f"{due:%Y-%m-%d %H:%M}" if due else "now"
        print(f"{job.name:<18} every {job.every!s:<16} due {when:<17} {job.what}")
