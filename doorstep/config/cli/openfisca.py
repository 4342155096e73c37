"""``doorstep openfisca import-parameters``: OpenFisca's YAML parameters as a rules file of a country."""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path

from doorstep.config.cli.exits import Exit
from doorstep.config.cli.shared import add_json, print_json
from doorstep.kit.errors import DoorstepError

NAME = "openfisca"
HELP = "Bring parameters of OpenFisca into a country's rules."
EXAMPLES = (
    "doorstep openfisca import-parameters openfisca/parameters --into countries/demo/rules/openfisca.yaml",
    "doorstep openfisca import-parameters openfisca/parameters --into rules.yaml --prefix fr_ --currency EUR",
)
ACTIONS = ("import-parameters",)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("action", choices=ACTIONS, help="what to do")
    parser.add_argument("folder", type=Path, help="the folder `parameters` of an OpenFisca package")
    parser.add_argument("--into", type=Path, required=True, metavar="FILE", help="the rules file to write")
    parser.add_argument("--prefix", default="", help="put before every name, such as fr_")
    parser.add_argument("--language", default="en", help="the language of its descriptions (en)")
    parser.add_argument("--currency", default=None, help="the currency that makes a unit money (the country's)")
    parser.add_argument("--replace", action="store_true", help="write over a file that is there")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Import, write the file, and list every remark: first what could not be carried over."""
    from doorstep.engines.openfisca.api import import_parameters

    into: Path = arguments.into
    if into.exists() and not arguments.replace:
        raise DoorstepError(f"{into} is there already.", mend="Choose another name, or write over it with --replace.")
    if not into.parent.is_dir():
        raise DoorstepError(f"There is no folder {into.parent}.", mend="Make it first.")
    languages, currency = _of_country(into, arguments.currency)
    found = import_parameters(
        folder=arguments.folder,
        rules=into.stem,
        prefix=arguments.prefix,
        language=arguments.language,
        languages=languages,
        currency=currency,
    )
    unfinished = into.with_name(f"{into.name}.part")
    unfinished.write_text(found.text, encoding="utf-8")
    unfinished.replace(into)
    if arguments.json:
        told = [dataclasses.asdict(remark) for remark in found.remarks]
        print_json({"file": str(into), "parameters": [one.name for one in found.carried], "remarks": told})
    else:
        for remark in sorted(found.remarks, key=lambda one: not one.lost):
            print(f"{'not carried over: ' if remark.lost else ''}{remark.path}: {remark.words}")
        print(f"{into}: {len(found.carried)} parameters, {len(found.lost)} things not carried over.")
    return Exit.FINE


def _of_country(into: Path, currency: str | None) -> tuple[tuple[str, ...], str]:
    """The languages and the currency of the country in whose folder ``rules`` the file will lie, where it is one."""
    from doorstep.domains.country.api import read_country

    folder = into.resolve().parent.parent
    if not (folder / "country.yaml").is_file():
        if currency is None:
            mend = "Say --currency EUR, or write into the folder `rules` of a country."
            raise DoorstepError("The currency is not known.", why=f"{folder} is no country's folder.", mend=mend)
        return (), currency
    country = read_country(folder)
    return country.languages, currency or country.currency
