"""``doorstep people``: what is done for the whole register: old keys, what is over its time, and pairs to compare."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from doorstep.config.cli.exits import Exit
from doorstep.config.cli.shared import add_json, migrate, print_json, site

NAME = "people"
HELP = "Look after the register of people: seal it anew, let go what is over its time, find doubles."
EXAMPLES = ("doorstep people purge", "doorstep people reseal", "doorstep people doubles")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument(
        "action",
        choices=("purge", "reseal", "doubles"),
        help="purge: let go what is over its time (every night); reseal: seal everything under the data key in use, "
        "so that an old one can go; doubles: compare everybody with everybody, for officers to decide",
    )
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Do it and say so."""
    with site():
        from doorstep.domains.country.api import current
        from doorstep.domains.people import api as people

        migrate()
        now = datetime.now(UTC)
        if arguments.action == "reseal":
            told = {"rows": people.reseal()}
            line = "{rows:,} rows were sealed anew. Keys before the one in use can go now."
        elif arguments.action == "purge":
            gone = people.purge(country=current(), at=now)
            told = {
                "categories": gone.categories, "contacts": gone.contacts, "changes": gone.changes, "forms": gone.forms,
            }  # fmt: skip
            line = "Gone: {categories:,} categories, {contacts:,} contacts, {changes:,} old values, {forms:,} forms."
        else:
            told = {"pairs": people.find_doubles(country=current(), at=now)}
            line = "{pairs:,} new pairs wait for a human: see Doubles at the desk."
    print_json(told) if arguments.json else print(line.format(**told))
    return Exit.FINE
