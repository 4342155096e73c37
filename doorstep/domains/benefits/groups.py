"""The groups of a run's report in words, in order, and as one file: the same on every channel."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal

from doorstep.domains.benefits.types import GroupRow, NamedGroup, RunReport
from doorstep.domains.benefits.words import all_words, say
from doorstep.domains.country.api import Country
from doorstep.kit.languages import write_number

GROUPINGS = ("age", "sex", "area")
COLUMNS = (
    "run", "programme", "as_of", "grouping", "group", "name", "contracts", "before", "after", "unknown", "share",
)  # fmt: skip
_AGES = (
    (re.compile(r"under-(?P<age>\d+)"), "group under"),
    (re.compile(r"(?P<age>\d+)-and-over"), "group over"),
    (re.compile(r"(?P<low>\d+)-(?P<high>\d+)"), "group between"),
)


def named(report: RunReport, grouping: str, country: Country, language: str) -> tuple[NamedGroup, ...]:
    """See ``api.named_groups``."""
    found = [
        NamedGroup(name_of(grouping, row.value, country, language), row, _share(row))
        for row in report.groups.get(grouping, ())
    ]
    if grouping == "age":
        return tuple(sorted(found, key=lambda group: (not group.row.value, _youngest(group.row.value))))
    return tuple(sorted(found, key=lambda group: (not group.row.value, group.name.casefold())))


def name_of(grouping: str, value: str, country: Country, language: str) -> str:
    """See ``api.group_name``."""
    if not value:
        return say("group unknown", language)
    if grouping == "area" and value in country.areas:
        return country.areas[value].name.in_(language)
    if grouping == "sex" and f"group {value}" in all_words():
        return say(f"group {value}", language)
    return _ages(value, language) if grouping == "age" else value


def as_csv(report: RunReport, country: Country, language: str) -> str:
    """See ``api.groups_csv``."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    run = (report.run.id, report.run.programme, report.run.as_of.isoformat())
    for grouping in GROUPINGS:
        for group in named(report, grouping, country, language):
            row, share = group.row, "" if group.share is None else f"{group.share:.4f}"
            numbers = (row.contracts, row.before, row.after, row.unknown)
            writer.writerow([*run, grouping, row.value, group.name, *numbers, share])
    # The mark at the start tells spreadsheets that this is UTF-8.
    return "\ufeff" + out.getvalue()


def _share(row: GroupRow) -> Decimal | None:
    return Decimal(row.after) / row.contracts if row.after is not None and row.contracts else None


def _ages(band: str, language: str) -> str:
    """``under-18``, ``18-29`` and ``80-and-over`` in words."""
    for shape, key in _AGES:
        if found := shape.fullmatch(band):
            ages = {name: write_number(int(age), language) for name, age in found.groupdict().items()}
            return say(key, language).format(**ages)
    return band


def _youngest(band: str) -> int:
    """The age at which a band begins, to sort by: ``under-18`` comes first."""
    number = re.match(r"\d+", band)
    return int(number[0]) if number else -1
