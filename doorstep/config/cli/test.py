"""``doorstep test``: run a country's worked cases, say which fail and why, and how much of the rules they reach."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from doorstep.config.cli.exits import Exit
from doorstep.config.cli.shared import add_folder, add_json, country_folder, print_json
from doorstep.kit.errors import DoorstepError

if TYPE_CHECKING:
    from doorstep.domains.country.api import Country
    from doorstep.engines.rules.api import CaseResult, CasesRun, Coverage, Step

NAME = "test"
HELP = "Run a country's worked cases and tell which fail, why, and what no case reaches."
EXAMPLES = (
    "doorstep test",
    'doorstep test countries/demo --case "one cent above"',
    "doorstep test countries/demo --coverage -",
    "doorstep test countries/demo --programme energy-tariff --coverage var/coverage --least 100",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    add_folder(parser)
    parser.add_argument("--programme", metavar="P", help="only the cases of this programme, or of this set of rules")
    parser.add_argument("--case", metavar="NAME", help="only the cases whose name holds these words")
    where = (
        "tell what of the rules no case reaches; - only tells it, a folder also gets coverage.html and coverage.json"
    )
    parser.add_argument("--coverage", metavar="FOLDER", help=where)
    least = "fail where the cases reach less than this share of the rules, in per cent"
    parser.add_argument("--least", metavar="PERCENT", type=_percent, help=least)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run and report."""
    from doorstep.domains.country import api as countries

    folder = country_folder(arguments)
    country = countries.read_country(folder)
    rules = _rules_of(country, arguments.programme)
    watch = arguments.coverage is not None or arguments.least is not None
    ran = countries.run_cases(country=country, watch=watch, wanted=_wanted(rules, arguments.case))
    if not ran.results and not ran.problems:
        raise _none_found(arguments)
    coverage = _coverage(country, ran, rules) if watch else None
    told: dict[str, Any] = {"country": str(folder), **_as_json(ran)}
    if coverage is not None:
        from doorstep.config import coverage_page

        told["coverage"] = coverage_page.as_json(coverage)
        if arguments.coverage not in (None, "-"):
            coverage_page.write(Path(arguments.coverage), country=country, coverage=coverage)
    if arguments.json:
        print_json(told)
    else:
        _print(ran, coverage, arguments)
    return Exit.PROBLEMS if ran.all_problems or _is_short(coverage, arguments.least) else Exit.FINE


def _is_short(coverage: Coverage | None, least: float | None) -> bool:
    """Whether the cases reach less than was asked for; says so."""
    if coverage is None or least is None or coverage.percent >= least:
        return False
    print(f"The cases reach {coverage.percent} % of the rules, less than {least:g} %.", file=sys.stderr)
    return True


def _percent(word: str) -> float:
    try:
        value = float(word.rstrip("% "))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{word!r} is not a number") from error
    if not 0 <= value <= 100:
        raise argparse.ArgumentTypeError(f"{word!r} does not lie between 0 and 100")
    return value


def _rules_of(country: Country, programme: str | None) -> set[str] | None:
    """The sets of rules that ``--programme`` means: the one of that name, and the one that the programme decides by."""
    from doorstep.domains.benefits import api as benefits
    from doorstep.kit.files import nearest

    if programme is None:
        return None
    sets = {name: shape.rules for shape in country.rules.shapes for name in shape.variables}
    known = {shape.rules: {shape.rules} for shape in country.rules.shapes}
    for one in benefits.programmes(country=country):
        known.setdefault(one.id, set()).update({sets[one.entitled_when.text]} if one.entitled_when.text in sets else ())
    if programme not in known:
        raise DoorstepError(f"There is no programme {programme!r}.", mend=nearest(programme, list(known)))
    return known[programme]


def _wanted(rules: set[str] | None, words: str | None) -> Callable[[str, str], bool]:
    part = " ".join((words or "").lower().split())
    return lambda cases_of, case: (rules is None or cases_of in rules) and part in " ".join(case.lower().split())


def _none_found(arguments: argparse.Namespace) -> DoorstepError:
    if arguments.case:
        mend = "Leave --case out to see their names."
        return DoorstepError(f"No worked case holds the words {arguments.case!r}.", mend=mend)
    mend = "Write the law's own examples in tests/*.yaml: see docs/how-to/write-worked-cases.md."
    return DoorstepError("There are no worked cases.", mend=mend)


def _coverage(country: Country, ran: CasesRun, rules: set[str] | None) -> Coverage:
    from doorstep.engines.rules.api import coverage_of

    reached = [(result.case, result.reached) for result in ran.results]
    return coverage_of(country.rules, reached_by=reached, rules=rules)


# ---------------------------------------------------------------------- for people


def _print(ran: CasesRun, coverage: Coverage | None, arguments: argparse.Namespace) -> None:
    for problem in ran.problems:
        print(problem)
    for result in ran.results:
        print(f"{'passed' if result.passed else 'FAILED'}  {result.case}")
        for line in _why(result):
            print(f"        {line}")
    failed = sum(not result.passed for result in ran.results)
    print(f"{len(ran.results) - failed} passed, {failed} failed.")
    if coverage is not None:
        from doorstep.config import coverage_page

        print()
        print("\n".join(coverage_page.lines(coverage)))
        if arguments.coverage not in (None, "-"):
            print(f"{Path(arguments.coverage) / coverage_page.PAGE} shows every formula.")


def _why(result: CaseResult) -> Iterator[str]:
    """Where a case stands, what was expected, what was found, and the steps that led there."""
    yield from map(str, result.mistakes)
    for one in result.differences:
        yield f"{result.place}: {one.expression}: expected {one.wanted}, found {one.found}"
        yield from (f"  {line}" for line in _steps(one.steps, "", set()))


def _steps(step: Step, indent: str, said: set[Step]) -> Iterator[str]:
    """The steps as lines; what was told before is not told again."""
    yield f"{indent}{_words(step)}"
    if step in said and step.children:
        yield f"{indent}  (see above)"
        return
    said.add(step)
    for child in step.children:
        yield from _steps(child, f"{indent}  ", said)


def _words(step: Step) -> str:
    from doorstep.engines.rules.api import written

    if step.what == "row":
        return f"one {step.entity}"
    value = ", ".join(map(written, step.value)) if isinstance(step.value, tuple) else written(step.value)
    if step.what == "rows":
        return f"{step.name} of the {step.entity} rows: {value}"
    return f"{step.name}: {value}"


# ---------------------------------------------------------------------- for programs


def _as_json(ran: CasesRun) -> dict[str, Any]:
    return {
        "passed": sum(result.passed for result in ran.results),
        "failed": sum(not result.passed for result in ran.results),
        "problems": [problem.as_json() for problem in ran.problems],
        "cases": [_case_as_json(result) for result in ran.results],
    }


def _case_as_json(result: CaseResult) -> dict[str, Any]:
    differences = [
        {"expression": one.expression, "expected": one.wanted, "found": one.found, "steps": _step_as_json(one.steps)}
        for one in result.differences
    ]
    return {
        "case": result.case,
        "cases_of": result.cases_of,
        "file": result.place.file,
        "line": result.place.line,
        "column": result.place.column,
        "passed": result.passed,
        "problems": [problem.as_json() for problem in result.problems],
        "differences": differences,
    }


def _step_as_json(step: Step) -> dict[str, Any]:
    from doorstep.engines.rules.api import written

    value = [written(item) for item in step.value] if isinstance(step.value, tuple) else written(step.value)
    own = {"what": step.what, "name": step.name, "entity": step.entity}
    below = [_step_as_json(child) for child in step.children]
    return own | ({} if step.what == "row" else {"value": value}) | {"steps": below}
