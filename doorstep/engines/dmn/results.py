"""The results of the public test suite as a table: a line for each suite, and each case that did not pass."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from datetime import date

from doorstep.engines.dmn.suite import Outcome

_WRITERS = ("python", "duckdb")


def results_csv(outcomes: Sequence[Outcome]) -> str:
    """Every case: level, suite, case, how it came out on Python and on DuckDB, and the reason where it did not pass."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["level", "suite", "case", *_WRITERS, "reason"])
    writer.writerows([one.level, one.suite, one.case, one.python, one.duckdb, one.reason] for one in outcomes)
    return out.getvalue()


def sums(outcomes: Sequence[Outcome]) -> dict[str, dict[str, int | str]]:
    """For each level: its cases, how many passed on each writer, how many are out, and that in words."""
    found: dict[str, dict[str, int | str]] = {}
    for level in dict.fromkeys(one.level for one in outcomes):
        mine = [one for one in outcomes if one.level == level]
        found[level] = {
            "cases": len(mine),
            "python": _passed(mine, "python"),
            "duckdb": _passed(mine, "duckdb"),
            "out": sum(one.python == "out" for one in mine),
            "told": _sums(mine),
        }
    return found


def results_page(outcomes: Sequence[Outcome], *, version: str, on: date) -> str:
    """A page in Markdown: the sums of each level, then of each suite, with the reasons of what did not pass."""
    lines = [f"Test suite dmn-tck at {version}, run on {on}.", ""]
    for level in dict.fromkeys(one.level for one in outcomes):
        of_level = [one for one in outcomes if one.level == level]
        lines += [f"## {level}", "", _sums(of_level), ""]
        lines += ["| suite | cases | Python | DuckDB | what did not pass, and why |", "| --- | --- | --- | --- | --- |"]
        for suite in dict.fromkeys(one.suite for one in of_level):
            lines.append(_row(suite, [one for one in of_level if one.suite == suite]))
        lines.append("")
    return "\n".join(lines)


def _passed(outcomes: Sequence[Outcome], writer: str) -> int:
    return sum(getattr(one, writer) == "pass" for one in outcomes)


def _sums(outcomes: Sequence[Outcome]) -> str:
    out = sum(one.python == "out" for one in outcomes)
    parts = ", ".join(
        f"{_passed(outcomes, writer):,} pass on {name}"
        for writer, name in zip(_WRITERS, ("Python", "DuckDB"), strict=True)
    )
    return f"Of {len(outcomes):,} cases {parts}; {out:,} are out: they cannot be read, for the reason told."


def _row(suite: str, outcomes: Sequence[Outcome]) -> str:
    reasons = Counter(
        ("failed: " if "fail" in (one.python, one.duckdb) else "") + one.reason
        for one in outcomes
        if (one.python, one.duckdb) != ("pass", "pass")
    )
    told = "; ".join(f"{count} × {_cell(reason)}" for reason, count in reasons.most_common(3))
    more = f"; and {len(reasons) - 3} other reasons" if len(reasons) > 3 else ""
    return (
        f"| {suite} | {len(outcomes)} | {_passed(outcomes, 'python')} | {_passed(outcomes, 'duckdb')} | {told}{more} |"
    )


def _cell(text: str) -> str:
    plain = " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
    return plain if len(plain) <= 160 else plain[:157] + "..."
