"""The ``doorstep`` command: one module for each command, found by its name in ``COMMANDS``.

A command's module has ``NAME``, ``HELP`` (one line), ``add_arguments(parser)`` and ``run(arguments) -> int``.
It imports what it needs inside ``run``, so that ``--help`` is quick and ``check`` needs no database.
To add one: copy a neighbour, name it in ``COMMANDS``, and write the reference page anew (``make reference``).
"""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import sys
from collections.abc import Sequence
from types import ModuleType

from doorstep import __version__
from doorstep.config.cli.exits import Exit, exit_for
from doorstep.kit.errors import DoorstepError

COMMANDS = ("check", "load", "generate", "decide", "explain", "answer", "officer", "serve", "run")
DESCRIPTION = "Brings public services to everyone's doorstep. A country is a folder of plain files."


def commands() -> list[ModuleType]:
    """The modules of all commands, in the order of the help."""
    return [importlib.import_module(f"{__name__}.{name}") for name in COMMANDS]


def build_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog="doorstep",
        description=DESCRIPTION,
        epilog="Exit codes: " + "; ".join(f"{code.value} {code.meaning}" for code in Exit) + ".",
    )
    parser.add_argument("--version", action="version", version=f"doorstep {__version__}")
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in commands():
        subparser = subparsers.add_parser(command.NAME, help=command.HELP, description=command.HELP)
        command.add_arguments(subparser)
        subparser.set_defaults(run=command.run)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Returns its exit code; an error that a person may read goes to stderr without a traceback."""
    arguments = build_parser().parse_args(argv)
    before = signal.signal(signal.SIGTERM, _stop)
    try:
        code = int(arguments.run(arguments))
        sys.stdout.flush()
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return Exit.STOPPED
    except BrokenPipeError:
        # The reader has gone. Python would complain once more when it closes stdout, so give it somewhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.PIPE_CLOSED
    except Exception as error:
        known = exit_for(error)
        if known is None:
            raise
        print(error if isinstance(error, DoorstepError) else _plain(error), file=sys.stderr)
        return known
    finally:
        signal.signal(signal.SIGTERM, before)
    return code


def _plain(error: Exception) -> str:
    """The first line only: further lines of a database's error may quote values."""
    first = (str(error).strip() or type(error).__name__).splitlines()[0]
    return f"This cannot be done now: {first}."


def _stop(number: int, frame: object) -> None:
    """Asked to stop from outside: leave as on Ctrl-C, so that everything started is stopped."""
    raise KeyboardInterrupt
