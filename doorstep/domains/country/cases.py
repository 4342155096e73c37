"""Runs the worked cases of a country: the law's own examples, in ``tests/*.yaml``."""

from __future__ import annotations

from collections.abc import Callable

from doorstep.domains.country.types import Country
from doorstep.engines.rules.api import CasesRun
from doorstep.engines.rules.api import run_cases as run_file

CASES = "tests"


def run_cases(*, country: Country, watch: bool = False, wanted: Callable[[str, str], bool] | None = None) -> CasesRun:
    """Run the worked cases of every file. Raises ``Problems`` where the rules or a file cannot be read.

    ``wanted`` is asked with the set of rules and the name of each case whether to run it; ``watch`` notes which
    branches of the rules each case reaches.
    """
    runs = [run_file(node, ruleset=country.rules, watch=watch, wanted=wanted) for node in country.nodes(CASES)]
    return CasesRun(
        problems=tuple(problem for run in runs for problem in run.problems),
        results=tuple(result for run in runs for result in run.results),
    )
