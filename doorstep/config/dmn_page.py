# ruff: noqa: E501 - lines of a page and of models read best as they are
"""The reference page of DMN: what of the standard is read, what is not and why, made from the code."""

from __future__ import annotations

from collections.abc import Mapping

from doorstep.engines.dmn.api import BOXES, FUNCTIONS, OTHERS, TYPES, VERSIONS
from doorstep.engines.feel.api import FUNCTIONS as KNOWN


def page() -> list[str]:
    """The page's lines, from its heading on."""
    # A model has no parameters, so no scale to look up.
    names = {*KNOWN, "count", "sum", "date", "duration", "today"} - {"scale"}
    known = ", ".join(f"`{name}`" for name in sorted(names))
    return [
        *_BEGIN,
        f"The file's version: DMN {', '.join(VERSIONS.values())}. Written is 1.3, which every editor opens.",
        "",
        "| hit policy | how it is decided |",
        "| --- | --- |",
        *(f"| {policy} | {how} |" for policy, how in _POLICIES.items()),
        "",
        "| drawn | how it is decided |",
        "| --- | --- |",
        *(f"| {box} | {how} |" for box, how in _BOXES.items()),
        "",
        f"Functions: {known}. [Every sign and function](expressions.md) with an example.",
        "",
        *_TYPES,
        "## What is left out, and why",
        "",
        "A model that uses one of these is refused when it is read, with this reason and the line.",
        "",
        *_reasons("drawn", BOXES),
        *_reasons("type of an input", TYPES),
        *_reasons("function", FUNCTIONS),
        *_reasons("other", OTHERS),
        *_END,
    ]


def _reasons(what: str, reasons: Mapping[str, str]) -> list[str]:
    rows = [f"| {f'`{name}`' if name else 'none'} | {reason} |" for name, reason in reasons.items()]
    return [f"| {what} | why |", "| --- | --- |", *rows, ""]


_POLICIES = {
    "UNIQUE": "one row may fit; rows that overlap are refused when the table is read, with values that fit both",
    "ANY": "rows that fit together must say the same; that is looked at when the table is read",
    "FIRST": "the first row that fits",
    "PRIORITY": "the rows are sorted by the output's allowed values when the table is read; then FIRST",
    "RULE ORDER": "the results of all rows that fit, in order",
    "OUTPUT ORDER": "the rows are sorted by the output's allowed values when the table is read; then RULE ORDER",
    "COLLECT": "as RULE ORDER; with SUM, MIN, MAX or COUNT one number of them",
}
_BOXES = {
    "decision table": "a table of the rules, one for each output",
    "literal expression": "a formula",
    "context": "a variable for each part",
    "invocation, business knowledge": "written into the formula that calls it",
    "conditional": "a formula with `if`",
    "requirements": "a name means what is required, nothing else",
}
_BEGIN = """\
# DMN

`doorstep dmn check FILE` says of a model of the standard *Decision Model and Notation* whether it can be decided, which rules
overlap and what no rule fits. The same command imports it into a country's rules, and exports them.
[How to](../how-to/use-dmn.md).

## What is read
""".splitlines()
_TYPES = """\
Types: `number`, `string`, `boolean`, `date`, `days and time duration` in whole days, `years and months duration`, types of the
model's own made of these, structures, and allowed values. `integer`, `long` and `double` count as numbers.

A number has up to 18 digits before the point and 18 after. What is finer is rounded half to even; what is larger is unknown. Both writers
do so to the digit.
""".splitlines()
_END = """\
## Where an answer differs from the standard

- What is unknown stays unknown. Where the standard takes the `else` of an `if` whose condition is null, or passes over a row that is
  tested with null, the answer here is unknown, and goes to a human.
- `months` and `days and time duration` count whole months and days; a time of day is refused.
- A value is never turned into another type: a list of one is no single value, a text is no number. What does not fit its type
  is refused when the model is read, where the standard gives null.
- A model is at most 5 MB, 60 elements deep and 100,000 elements; a document type (`<!DOCTYPE>`) is refused.

[The results of the standard's test suite](../benchmarks.md#the-dmn-test-suite).
""".splitlines()
