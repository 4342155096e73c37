"""``doorstep check``: every mistake in a country's files, with file, line and how to mend it. Needs no database."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from doorstep.config.cli.exits import Exit
from doorstep.config.cli.shared import add_folder, add_json, country_folder, print_json
from doorstep.kit.errors import DoorstepError

if TYPE_CHECKING:
    from doorstep.kit.errors import Problem

NAME = "check"
HELP = "Check a country's files and name every mistake."
EXAMPLES = ("doorstep check", "doorstep check countries/demo --json", "doorstep check countries/demo --watch")
EVERY = 0.3
_CLEAR = "\x1b[2J\x1b[3J\x1b[H"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    add_folder(parser)
    watch = "check again whenever a file changes, until Ctrl-C; with --json, one document a line"
    parser.add_argument("--watch", action="store_true", help=watch)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Check and report."""
    folder = country_folder(arguments)
    if arguments.watch:
        return _watch(folder, as_json=arguments.json)
    problems = _check(folder)
    if arguments.json:
        print_json(_as_json(folder, problems))
    else:
        _print(folder, problems)
    return Exit.PROBLEMS if problems else Exit.FINE


def in_words(problems: int) -> str:
    """How many mistakes, as people say it."""
    return {0: "no problems", 1: "1 problem"}.get(problems, f"{problems} problems")


def _check(folder: Path) -> list[Problem]:
    from doorstep.config.parts import COUNTRY_PARTS
    from doorstep.domains.country import api as country

    return country.check_country(folder, parts=COUNTRY_PARTS)


def _print(folder: Path, problems: list[Problem]) -> None:
    for problem in problems:
        print(problem)
    print(f"{folder}: {in_words(len(problems))}.")


def _as_json(folder: Path, problems: list[Problem]) -> dict[str, object]:
    return {"country": str(folder), "problems": [problem.as_json() for problem in problems]}


# ---------------------------------------------------------------------- again and again


def _watch(folder: Path, *, as_json: bool) -> int:
    """Check, wait for a change, check again. Ctrl-C and SIGTERM end it from outside."""
    for _ in _changes(folder):
        problems, unread = _check_what_is_there(folder)
        if as_json:
            told = _as_json(folder, problems) | ({"error": unread} if unread else {})
            print(json.dumps(told, ensure_ascii=False), flush=True)
            continue
        if sys.stdout.isatty():
            print(_CLEAR, end="")
        if unread:
            print(unread)
        else:
            _print(folder, problems)
        print(f"{datetime.now().astimezone():%H:%M:%S}  Waiting for changes. Ctrl-C ends.", flush=True)
    return Exit.FINE


def _check_what_is_there(folder: Path) -> tuple[list[Problem], str]:
    """The mistakes; or why nothing could be read. A file that goes while it is read is no reason to stop watching."""
    try:
        return _check(folder), ""
    except (OSError, DoorstepError) as error:
        return [], f"The files cannot be read now: {error}"


def _changes(folder: Path) -> Iterator[None]:
    """Once at the start, then after each change, when the files have been still for a moment."""
    checked = None
    before = _signature(folder)
    while True:
        time.sleep(EVERY if checked is not None else 0)
        now = _signature(folder)
        if now == before and now != checked:
            checked = now
            yield
        before = now


def _signature(folder: Path) -> tuple[tuple[str, int, int, int], ...]:
    """What tells one state of the files from another: each path with its size, its time and its number on the disk."""
    found = []
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in names:
            path = os.path.join(place, name)
            try:
                stat = os.stat(path)
            except OSError:
                continue
            if not name.startswith("."):
                found.append((path, stat.st_size, stat.st_mtime_ns, stat.st_ino))
    return tuple(sorted(found))
