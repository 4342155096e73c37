"""``doorstep answer``: on a provider's own machine, answer yes or no for each key asked. The register stays there."""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path

from doorstep.config.cli.decide import order_of
from doorstep.config.cli.exits import Exit
from doorstep.config.cli.shared import add_as_of, add_country, add_json, country_folder, print_json, progress_bar

NAME = "answer"
HELP = "Answer yes or no from one register, so that its data stays with its provider."
EXAMPLES = (
    "doorstep answer energy-tariff low_income --inputs var/office --keys var/keys.csv --ask",
    "doorstep answer energy-tariff low_income --inputs var/tax --keys var/keys.csv --out var/low_income.csv",
    "doorstep decide energy-tariff --inputs var/office --answers var/low_income.csv var/qualifying_benefit.csv --trial",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("programme", help="the programme's id")
    parser.add_argument("variable", help="the yes-or-no variable that the provider answers")
    add_country(parser)
    parser.add_argument("--inputs", type=Path, required=True, metavar="FOLDER", help="the provider's register")
    parser.add_argument("--keys", type=Path, required=True, metavar="FILE", help="the keys asked (CSV, column key)")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--out", type=Path, metavar="FILE", help="where the answers go (CSV)")
    what.add_argument("--ask", action="store_true", help="at the office: write the keys to ask about, from the inputs")
    parser.add_argument(
        "--confirm-untied", action="store_true", help="go on though many rows do not say to whom they belong"
    )
    add_as_of(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Answer, or write what to ask."""
    from doorstep.domains.benefits import api as benefits
    from doorstep.domains.country import api as countries

    country, order = countries.read_country(country_folder(arguments)), order_of(arguments)
    if arguments.ask:
        asked = benefits.questions_file(country=country, order=order, variable=arguments.variable, path=arguments.keys)
        print_json({"asked": asked}) if arguments.json else print(f"{asked:,} keys to ask in {arguments.keys}.")
        return Exit.FINE
    with progress_bar(arguments.variable, quiet=arguments.json) as progress:
        summary = benefits.answer(
            country=country,
            order=order,
            variable=arguments.variable,
            keys=arguments.keys,
            path=arguments.out,
            progress=progress,
        )
    if arguments.json:
        print_json(dataclasses.asdict(summary))
    else:
        print(f"{summary.asked:,} asked: {summary.yes:,} yes, {summary.no:,} no, {summary.unknown:,} not known.")
    return Exit.FINE
