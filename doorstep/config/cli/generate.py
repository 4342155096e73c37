"""``doorstep generate``: an invented population and its registers, of any size, the same for the same seed."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from doorstep.config.cli.exits import Exit
from doorstep.config.cli.shared import add_as_of, add_folder, add_json, country_folder, print_json, progress_bar

NAME = "generate"
HELP = "Make an invented population and its registers."
EXAMPLES = (
    "doorstep generate --people 20000 --out var/people --format csv",
    "doorstep generate countries/demo --people 1000 --seed 7 --dirty 0 --out var/few --json",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    add_folder(parser)
    parser.add_argument("--people", type=int, default=100_000, help="how many people (100000)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same people (1)")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="where the files go")
    parser.add_argument(
        "--format", choices=("parquet", "csv", "both"), default="parquet", help="the kind of files (parquet)"
    )
    parser.add_argument(
        "--dirty", type=float, default=1.0, metavar="FACTOR", help="times the stated rates of bad data; 0 for none (1)"
    )
    add_as_of(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Generate and say what was made."""
    from doorstep.domains.country import api as country
    from doorstep.domains.people import files as people

    formats = ("parquet", "csv") if arguments.format == "both" else (arguments.format,)
    with progress_bar("Making people", quiet=arguments.json) as progress:
        summary = people.generate(
            folder=arguments.out,
            people=arguments.people,
            seed=arguments.seed,
            country=country.read_country(country_folder(arguments)),
            formats=formats,
            dirty=arguments.dirty,
            as_of=arguments.as_of or datetime.now(UTC).date(),
            progress=progress,
        )
    if arguments.json:
        print_json(summary.as_json())
    else:
        dirt = sum(sum(kinds.values()) for kinds in summary.dirt.values())
        print(f"{summary.people:,} people in {summary.households:,} households, {summary.contracts:,} contracts,")
        print(f"{summary.benefits:,} benefits, {dirt:,} rows of bad data, in {arguments.out}:")
        for name, rows in summary.files.items():
            print(f"  {rows:>12,}  {name}")
    return Exit.FINE
