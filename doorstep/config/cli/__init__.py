"""The ``doorstep`` command: one module for each command, found by its name in ``COMMANDS``.

A command's module has ``NAME``, ``HELP`` (one line), ``EXAMPLES``, ``add_arguments(parser)`` and
``run(arguments) -> int``.
It imports what it needs inside ``run``, so that ``--help`` is quick and ``check`` needs no database.
To add one: copy a neighbour, name it in ``COMMANDS``, and write the reference page anew (``make reference``).
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import signal
import sys
from collections.abc import Sequence
from types import ModuleType

from doorstep import __version__
from doorstep.config.cli.exits import Exit, exit_for
from doorstep.kit.errors import DoorstepError, Problems, Unavailable, unavailable

COMMANDS = (
    "check", "test", "schema", "load", "generate", "decide", "explain", "whatif", "recompute", "answer", "dmn",
    "openfisca", "link", "pay", "payments", "voucher", "device", "card", "officer", "people", "ledger", "outbox", "log",
    "witness", "verify", "work", "serve", "run",
)  # fmt: skip
DESCRIPTION = "Brings public services to everyone's doorstep. A country is a folder of plain files."


def commands() -> list[ModuleType]:
    """The modules of all commands, in the order of the help."""
    return [importlib.import_module(f"{__name__}.{name}") for name in COMMANDS]


def build_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    codes = "\n".join(f"  {code.value:>3}  {code.meaning}" for code in Exit)
    parser = argparse.ArgumentParser(
        prog="doorstep",
        description=DESCRIPTION,
        epilog=f"exit codes:\n{codes}\n\nexample:\n  doorstep check countries/demo",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"doorstep {__version__}")
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in commands():
        subparser = subparsers.add_parser(
            command.NAME,
            help=command.HELP,
            description=command.HELP,
            epilog="examples:\n" + "\n".join(f"  {example}" for example in command.EXAMPLES),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.add_arguments(subparser)
        subparser.set_defaults(run=command.run)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Returns its exit code; an error that a person may read goes to stderr without a traceback.

    With ``--json`` the error is also one JSON document on stdout, so that a program need not read words.
    """
    before = signal.signal(signal.SIGTERM, _stop)
    try:
        arguments = build_parser().parse_args(argv)
        code = _run(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return Exit.STOPPED
    except BrokenPipeError:
        # The reader has gone. Python would complain once more when it closes stdout, so give it somewhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.PIPE_CLOSED
    finally:
        signal.signal(signal.SIGTERM, before)
    return code


def _run(arguments: argparse.Namespace) -> int:
    try:
        return int(arguments.run(arguments))
    except BrokenPipeError:
        raise
    except Exception as error:
        code = exit_for(error)
        if code is None:
            raise
        told = _plain(error)
        print(told, file=sys.stderr)
        if getattr(arguments, "json", False):
            print(json.dumps({"error": _as_json(told, code)}, ensure_ascii=False, indent=2))
        return code


def _as_json(error: DoorstepError, code: Exit) -> dict[str, object]:
    found: dict[str, object] = {"exit": code.value, "what": error.what, "why": error.why, "mend": error.mend}
    if isinstance(error, Problems):
        found |= {"what": "The files have mistakes.", "problems": [problem.as_json() for problem in error.problems]}
    refused = getattr(error, "code", None)
    return found | ({"code": refused} if refused else {})


def _plain(error: Exception) -> DoorstepError:
    """The error in our words. Of a database's error the first line only: further lines may quote values."""
    if isinstance(error, DoorstepError):
        return error
    if isinstance(error, OSError):
        return unavailable(error)
    first = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
    full = any(words in first for words in ("No space left", "File too large"))
    mend = "Make room on its disk and try again." if full else "See that it runs and try again."
    return Unavailable("The database cannot be used now.", why=f"{first}.", mend=mend)


def _stop(number: int, frame: object) -> None:
    """Asked to stop from outside: leave as on Ctrl-C, so that everything started is stopped."""
    raise KeyboardInterrupt
