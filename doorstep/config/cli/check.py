"""``doorstep check``: every mistake in a country's files, with file, line and how to mend it. Needs no database."""

from __future__ import annotations

import argparse

from doorstep.config.cli.exits import Exit
from doorstep.config.cli.shared import add_folder, add_json, country_folder, print_json
from doorstep.kit.errors import Problem

NAME = "check"
HELP = "Check a country's files and name every mistake."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    add_folder(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Check and report."""
    from doorstep.config.parts import COUNTRY_PARTS
    from doorstep.domains.country import api as country

    folder = country_folder(arguments)
    problems = country.check_country(folder, parts=COUNTRY_PARTS)
    if arguments.json:
        print_json({"country": str(folder), "problems": [_as_json(problem) for problem in problems]})
    else:
        for problem in problems:
            print(problem)
        print(f"{folder}: {len(problems)} problems." if problems else f"{folder}: no problems.")
    return Exit.PROBLEMS if problems else Exit.FINE


def _as_json(problem: Problem) -> dict[str, object]:
    place = problem.place
    where = {"file": place.file, "line": place.line, "column": place.column}
    return {
        **where,
        "what": problem.what,
        "expected": problem.expected,
        "found": problem.found,
        "mend": problem.mend,
    }
