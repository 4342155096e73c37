"""``doorstep dmn``: models of the DMN standard: checked, taken into a country's rules, written from them; its suite."""

from __future__ import annotations

import argparse
import dataclasses
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from doorstep.config.cli.check import in_words
from doorstep.config.cli.exits import Exit
from doorstep.config.cli.shared import add_json, print_json, progress_bar
from doorstep.kit.errors import DoorstepError, Problems

if TYPE_CHECKING:
    from doorstep.domains.country.types import Country
    from doorstep.engines.rules.api import RuleSet

NAME = "dmn"
HELP = "Check, import or export a model of the DMN standard, or run the standard's test suite."
EXAMPLES = (
    "doorstep dmn check fees.dmn",
    "doorstep dmn import fees.dmn --into countries/demo/rules/fees.yaml --of contract --rename 'Power kVA=power_kva'",
    "doorstep dmn export countries/demo energy-tariff --out energy-tariff.dmn",
    "doorstep dmn tck var/tck/TestCases --out var/tck.md",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    add = parser.add_argument
    add("action", choices=("check", "import", "export", "tck"), help="what to do; tck runs the standard's test suite")
    add("what", type=Path, help="the model's file; for export the country's folder; for tck the suite's folder")
    add("name", nargs="?", default="", help="for export: the name of the rules, such as energy-tariff")
    add("--into", type=Path, metavar="FILE", help="for import: the rules file, in a country's folder rules")
    add("--of", default="", metavar="ENTITY", help="for import: what the decisions are about, such as contract")
    rename = "for import: what the country calls an input of the model; may be repeated"
    add("--rename", action="append", default=[], metavar="INPUT=NAME", help=rename)
    add("--replace", action="store_true", help="for import: write over a file that is there")
    out = "for export and tck: where the result goes; for tck a file of every case stands beside it (.csv)"
    add("--out", type=Path, metavar="FILE", help=out)
    version = "for tck: the version of the suite that the result names"
    add("--suite-version", default="an unnamed version", metavar="TEXT", help=version)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Do it and say so."""
    actions = {"check": _check, "import": _import, "export": _export, "tck": _suite}
    return actions[arguments.action](arguments)


def _check(arguments: argparse.Namespace) -> int:
    from doorstep.engines.dmn import api as dmn

    report = dmn.check_model(dmn.read_model(arguments.what.read_bytes(), file=str(arguments.what)))
    if arguments.json:
        print_json(
            {
                "model": str(arguments.what),
                "version": report.model.version,
                "decisions": [one.name for one in report.model.decisions.values()],
                "problems": [one.as_json() for one in report.problems],
                "gaps": [one.as_json() for one in report.gaps],
            }
        )
    else:
        for one in (*report.problems, *report.gaps):
            print(one)
        decisions = len(report.model.decisions)
        print(
            f"{arguments.what}: DMN {report.model.version}, {decisions} decision{'s' if decisions != 1 else ''},"
            f" {in_words(len(report.problems))}, {len(report.gaps)} gap{'s' if len(report.gaps) != 1 else ''}."
        )
    return Exit.PROBLEMS if report.problems else Exit.FINE


def _import(arguments: argparse.Namespace) -> int:
    from doorstep.config.parts import COUNTRY_PARTS
    from doorstep.domains.country import api as countries
    from doorstep.engines.dmn import api as dmn

    into = arguments.into
    if into is None or into.suffix != ".yaml" or into.resolve().parent.name != "rules":
        raise DoorstepError("Which rules file?", mend="--into countries/NAME/rules/NAME.yaml")
    if into.exists() and not arguments.replace:
        raise DoorstepError(f"{into} is there already.", mend="Name another file, or add --replace.")
    folder = into.resolve().parent.parent
    country = countries.read_country(folder)
    rules = _rules_without(country, f"rules/{into.name}")
    if arguments.of not in rules.entities:
        raise DoorstepError("What are the decisions about?", mend=f"--of {' or '.join(sorted(rules.entities))}")
    imported = dmn.import_model(
        dmn.read_model(arguments.what.read_bytes(), file=str(arguments.what)),
        name=into.stem,
        entity=arguments.of,
        source=arguments.what.name,
        language=country.default_language,
        known=frozenset(name for entity in rules.entities for name in rules.names(entity)),
        renamed=_renamed(arguments.rename),
    )
    into.write_text(imported.text, encoding="utf-8")
    problems = countries.check_country(folder, parts=COUNTRY_PARTS)
    result: dict[str, Any] = {
        "written": str(into),
        "variables": list(imported.variables),
        "missing": dict(imported.missing),
        "problems": [one.as_json() for one in problems],
    }
    print_json(result) if arguments.json else print("\n".join(_told(result, arguments.of, problems)))
    return Exit.FINE


def _rules_without(country: Country, path: str) -> RuleSet:
    """The rules of a country without the file that is written anew, unless others need it."""
    others = {name: text for name, text in country.files.items() if name != path}
    try:
        return dataclasses.replace(country, files=others).rules
    except Problems:
        return country.rules


def _renamed(words: list[str]) -> dict[str, str]:
    found = {}
    for word in words:
        name, sign, new = word.rpartition("=")
        if not sign or not name.strip() or not new.strip():
            raise DoorstepError(f"{word!r} renames nothing.", mend="--rename 'Applicant Age=age'")
        found[" ".join(name.split())] = new.strip()
    return found


def _told(result: dict[str, Any], entity: str, problems: list[Any]) -> list[str]:
    count = len(result["variables"])
    lines = [f"{result['written']}: {count} variable{'s' if count != 1 else ''}."]
    for name, path in result["missing"].items():
        lines.append(
            f"{entity!r} has no {name!r}: the model's input {path!r}. Add the column, or --rename '{path}=COLUMN'."
        )
    if problems:
        lines.append(f"Checked: {in_words(len(problems))} left.")
        lines += [str(one) for one in problems[:10]]
        lines += [f"and {len(problems) - 10} more"] if len(problems) > 10 else []
    return lines


def _export(arguments: argparse.Namespace) -> int:
    from doorstep.domains.country import api as countries
    from doorstep.engines.dmn import api as dmn

    country = countries.read_country(arguments.what)
    if not arguments.name:
        names = ", ".join(shape.rules for shape in country.rules.shapes)
        raise DoorstepError("Which rules?", mend=f"doorstep dmn export {arguments.what} NAME: {names}")
    written = dmn.export_rules(country.rules, name=arguments.name, language=country.default_language)
    if arguments.out is None:
        print(written.decode(), end="")
        return Exit.FINE
    arguments.out.write_bytes(written)
    result = {"written": str(arguments.out), "rules": arguments.name}
    print_json(result) if arguments.json else print(f"{arguments.name} written to {arguments.out}.")
    return Exit.FINE


def _suite(arguments: argparse.Namespace) -> int:
    from doorstep.engines.dmn import api as dmn

    if not arguments.what.is_dir():
        raise DoorstepError(f"There is no folder {arguments.what}.", mend="Name the suite's folder TestCases.")
    today = datetime.now(tz=UTC).date()
    with progress_bar("DMN suite", quiet=arguments.json) as progress:
        outcomes = list(dmn.run_suite(arguments.what, as_of=today, progress=progress))
    if not outcomes:
        raise DoorstepError(
            f"There are no test cases below {arguments.what}.", mend="Name the suite's folder TestCases."
        )
    page = dmn.results_page(outcomes, version=arguments.suite_version, on=today)
    if arguments.out is not None:
        arguments.out.parent.mkdir(parents=True, exist_ok=True)
        arguments.out.write_text(page, encoding="utf-8")
        arguments.out.with_suffix(".csv").write_text(dmn.results_csv(outcomes), encoding="utf-8")
    sums = dmn.sums(outcomes)
    print_json(sums) if arguments.json else print("\n".join(f"{level}: {told['told']}" for level, told in sums.items()))
    return Exit.FINE
