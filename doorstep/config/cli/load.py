"""``doorstep load``: put a country's files in force as a new version, unless they have mistakes."""

from __future__ import annotations

import argparse

from doorstep.config.cli.exits import Exit
from doorstep.config.cli.shared import add_folder, add_json, country_folder, migrate, print_json, site

NAME = "load"
HELP = "Check a country's files and put them in force."
EXAMPLES = ("doorstep load countries/demo",)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    add_folder(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Load and say which version is in force now."""
    folder = country_folder(arguments)
    with site(folder):
        from doorstep.config.parts import COUNTRY_PARTS
        from doorstep.domains.country import api as country

        migrate()
        loaded = country.load_country(folder, parts=COUNTRY_PARTS)
        if arguments.json:
            print_json({"country": str(folder), "version": loaded.hash})
        else:
            print(f"{folder} is in force: version {loaded.hash[:12]}.")
    return Exit.FINE
