"""``doorstep check``: every mistake in a country's files, with file, line and how to mend it. Needs no database."""

from __future__ import annotations

import argparse

from doorstep.config.cli.exits import Exit
from doorstep.config.cli.shared import add_folder, add_json, country_folder, print_json

NAME = "check"
HELP = "Check a country's files and name every mistake."
EXAMPLES = ("doorstep check", "doorstep check countries/demo --json")


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
        print_json({"country": str(folder), "problems": [problem.as_json() for problem in problems]})
    else:
        for problem in problems:
            print(problem)
        print(f"{folder}: {in_words(len(problems))}.")
    return Exit.PROBLEMS if problems else Exit.FINE


def in_words(problems: int) -> str:
    """How many mistakes, as people say it."""
    return {0: "no problems", 1: "1 problem"}.get(problems, f"{problems} problems")
