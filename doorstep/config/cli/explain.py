"""``doorstep explain``: one decision rebuilt from the files, with every step and its reason."""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from doorstep.config.cli.decide import order_of
from doorstep.config.cli.exits import Exit
from doorstep.config.cli.shared import add_as_of, add_country, add_json, country_folder, print_json
from doorstep.kit.errors import DoorstepError

if TYPE_CHECKING:
    from doorstep.domains.benefits.types import StepInWords

NAME = "explain"
HELP = "Explain one decision, step by step."
EXAMPLES = (
    "doorstep explain energy-tariff CONTRACT --inputs var/people",
    "doorstep explain energy-tariff CONTRACT --inputs var/people --language pt --json",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("programme", help="the programme's id")
    parser.add_argument("key", help="the contract's number (or the key of what the programme decides)")
    add_country(parser)
    parser.add_argument("--inputs", type=Path, required=True, metavar="FOLDER", help="the registers' files")
    parser.add_argument("--language", default=None, help="the language of the words (the country's first)")
    add_as_of(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Explain."""
    from doorstep.domains.benefits import api as benefits
    from doorstep.domains.country import api as countries
    from doorstep.kit.files import nearest

    country = countries.read_country(country_folder(arguments))
    language = arguments.language or country.default_language
    if language not in country.languages:
        raise DoorstepError(
            f"The country has no words in {language!r}.", mend=nearest(language, list(country.languages))
        )
    explanation = benefits.explain(
        country=country,
        order=order_of(arguments),
        contract_id=arguments.key,
        language=language,
    )
    if arguments.json:
        print_json(dataclasses.asdict(explanation))
        return Exit.FINE
    outcome = explanation.outcome
    answer = {True: "yes", False: "no", None: "not known: a person must look"}[outcome.entitled]
    print(f"{explanation.programme}, {explanation.contract_id}, {explanation.as_of}: {answer}")
    print(outcome.reason)
    if outcome.gives:
        print(outcome.gives)
    for change in outcome.changes:
        print(change.words)
    for step in outcome.steps:
        _print_step(step, depth=1)
    return Exit.FINE


def _print_step(step: StepInWords, *, depth: int) -> None:
    value = "not known" if step.value is None else step.value
    words = f"  ({step.words})" if step.words else ""
    since = f"since {step.since}" if step.since else ""
    law = ", ".join(part for part in (since, step.law) if part)
    print(f"{'  ' * depth}{step.label}{f': {value}' if value else ''}{words}{f' [{law}]' if law else ''}")
    for child in step.children:
        _print_step(child, depth=depth + 1)
