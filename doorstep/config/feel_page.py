# ruff: noqa: E501 - rows of tables and lines of a page read best as they are printed
"""The reference page of the expression language: every sign and function with its types, its nulls and an example.

What a sign takes, gives and does with unknown values comes from the checker and the table of operators; the examples
and their results stand here, and a test runs each of them through both engines. A test also fails where a sign or
function of the language has no example.
"""

from __future__ import annotations

from dataclasses import dataclass

from doorstep.engines.dataflow.api import read_register
from doorstep.engines.feel.api import TABLE, Call, Node, Over, Type
from doorstep.engines.rules.api import RuleSet, read_rules
from doorstep.kit.files import read_yaml

PERSON = """
register: person
title: {en: People}
provider: office
entity: person
key: id
columns:
  id: {type: text, label: {en: Number}}
  household: {type: text, label: {en: Household}, link: household, back: members}
  income: {type: money, label: {en: Income}}
  hours: {type: number, label: {en: Hours}, decimals: 1}
  born_on: {type: date, label: {en: Born on}}
  name: {type: text, label: {en: Name}}
  works: {type: boolean, label: {en: Works}}
  missing: {type: money, label: {en: Missing}}
  unsure: {type: boolean, label: {en: Unsure}}
"""
RULES = """
rules: examples
parameters:
  ceiling: {label: {en: Ceiling}, unit: EUR/year, values: {2020-01-01: 6272.64}, reference: An act}
  kinds: {label: {en: Kinds}, values: {2020-01-01: [pension, grant]}, reference: An act}
  tax: {label: {en: Tax}, unit: EUR/year, scale: rates, reference: An act,
    brackets: {2020-01-01: [{from: 0, rate: 0.02}, {from: 600, rate: 0.06}]}}
variables:
  share: {of: person, label: {en: Share}, formula: income / 3, decimals: 2, digits: 8}
"""
SITUATION = {
    "person": [
        {"id": "1", "household": "h", "income": "1000.50", "hours": "37.5", "born_on": "2000-02-29", "name": "Ana Luz",
         "works": "true", "missing": None, "unsure": None},
        {"id": "2", "household": "h", "income": "0.00", "hours": "0.0", "born_on": "2015-06-30", "name": "Rui Luz",
         "works": "false", "missing": None, "unsure": None},
    ],
}  # fmt: skip
"""The two people whom the examples speak of; Ana's row is the one at hand. ``missing`` and ``unsure`` are unknown."""


@dataclass(frozen=True)
class Example:
    """One sign or function: what it means, how it is used, and the result of that use; ``None`` is unknown."""

    sign: str
    meaning: str
    formula: str
    result: str | None


SECTIONS: dict[str, tuple[Example, ...]] = {
    "Numbers and money": (
        Example("+", "sum", "income + 500", "1500.50"),
        Example("-", "difference", "income - ceiling", "-5272.14"),
        Example("*", "product; money times a number", "income * 1.5", "1500.750"),
        Example("/", "quotient, rounded half to even; by zero it is unknown", "10 / 4", "2.5000000000"),
        Example("- x", "the number with the other sign", "-income", "-1000.50"),
        Example("abs", "without its sign", "abs(-3)", "3"),
        Example("min", "the least of up to eight numbers or dates", "min(income, ceiling)", "1000.50"),
        Example("max", "the greatest of them", "max(3, 7, 5)", "7"),
        Example("decimal", "rounded, half to even", "decimal(2.345, 2)", "2.34"),
        Example("round half up", "rounded, half away from zero", "round half up(2.345, 2)", "2.35"),
        Example("round up", "rounded away from zero", "round up(2.341, 2)", "2.35"),
        Example("round down", "rounded towards zero", "round down(2.349, 2)", "2.34"),
        Example("round half down", "rounded, half towards zero", "round half down(2.345, 2)", "2.34"),
        Example("**", "a whole power of a number, from 18 leading digits; rounded to 18 decimals, unknown from 10^18 on", "1.5 ** 2", "2.250000000000000000"),
        Example("modulo", "what remains of a division, with the divisor's sign; by zero it is unknown", "modulo(-7, 5)", "3"),
        Example("floor", "the whole number at or below", "floor(-2.5)", "-3"),
        Example("ceiling", "the whole number at or above", "ceiling(-2.5)", "-2"),
        Example("scale", "what a scale of the law gives for a value", "scale(income, tax)", "36.0300"),
    ),
    "Conditions": (
        Example("=", "the same", 'name = "Ana Luz"', "true"),
        Example("!=", "not the same", "income != 0", "true"),
        Example("<", "less, earlier, or before in the order of letters", "hours < 37.5", "false"),
        Example("<=", "less or the same", "income <= ceiling", "true"),
        Example(">", "more", "income > ceiling", "false"),
        Example(">=", "more or the same", "hours >= 37.5", "true"),
        Example("= null", "whether it is not given", "missing = null", "true"),
        Example("!= null", "whether it is given", "missing != null", "false"),
        Example("and", "true when all are; false as soon as one is false", "works and income > 0", "true"),
        Example("or", "true as soon as one is; false when all are", "works or unsure", "true"),
        Example("not", "the opposite", "not(works)", "false"),
        Example("if", "one or the other; unknown when the condition is", "if works then hours else 0", "37.5"),
        Example("in a list", "one of the values", '"grant" in kinds', "true"),
        Example("in a range", "[ and ] include the end, ( and ) do not", "hours in [20..37.5)", "false"),
        Example("in tests", "any of several tests", "hours in (< 10, > 30)", "true"),
        Example("between", "both ends included", "hours between 30 and 40", "true"),
    ),
    "Text": (
        Example("+", "one after the other", 'name + "!"', "Ana Luz!"),
        Example("contains", "whether it stands within", 'contains(name, "Luz")', "true"),
        Example("starts with", "whether it begins so", 'starts with(name, "Ana")', "true"),
        Example("ends with", "whether it ends so", 'ends with(name, "Ana")', "false"),
        Example("string length", "how many letters", "string length(name)", "7"),
        Example("upper case", "in capital letters", "upper case(name)", "ANA LUZ"),
        Example("lower case", "in small letters", "lower case(name)", "ana luz"),
        Example("substring", "from a letter on, counted from 1, or from the end below 0", "substring(name, -3)", "Luz"),
        Example("substring of length", "so many letters", "substring(name, 1, 3)", "Ana"),
        Example("substring before", "what stands before a mark; nothing where there is none", 'substring before(name, " ")', "Ana"),
        Example("substring after", "what stands after it", 'substring after(name, " ")', "Luz"),
    ),
    "Dates": (
        Example("date", "a written day; @\"2026-09-30\" is the same", 'date("2026-09-30") > born_on', "true"),
        Example("today", "the day that is decided for", "today()", "2026-09-01"),
        Example("duration", "written months or days; @\"P30D\" is the same", 'born_on + duration("P30D")', "2000-03-30"),
        Example("+ months", "later; a day that the month lacks becomes its last", 'born_on + @"P1Y"', "2001-02-28"),
        Example("- months", "earlier", 'today() - @"P6M"', "2026-03-01"),
        Example("- days", "earlier", 'today() - @"P1D"', "2026-08-31"),
        Example("date - date", "the time between", "(today() - born_on).days", "9681"),
        Example(".year", "the year of a date", "born_on.year", "2000"),
        Example(".month", "its month", "born_on.month", "2"),
        Example(".day", "its day", "born_on.day", "29"),
        Example("age", "whole years on a day", "age(born_on, today())", "26"),
        Example(
            "years and months duration", "whole months between two days",
            "years and months duration(born_on, today()).months", "318",
        ),
        Example(".years", "whole years of a duration", "years and months duration(born_on, today()).years", "26"),
    ),
    "Lists": (
        Example("[a, b]", "a list, counted", "count([income, ceiling, missing])", "3"),
        Example("sum of a list", "one unknown value makes it unknown", "sum([income, ceiling])", "7273.14"),
        Example("min of a list", "the least", "min([hours, 40])", "37.5"),
        Example("max of a list", "the greatest", "max([income, ceiling])", "6272.64"),
        Example("in a list", "of values that are computed", "income in [ceiling, 1000.50]", "true"),
    ),
    "Many rows": (
        Example("count", "how many rows", "count(household.members)", "2"),
        Example("[condition]", "only the rows for which it is true", "count(household.members[income = 0])", "1"),
        Example("sum", "of a value of each row", "sum(household.members.income)", "1000.50"),
        Example("min of rows", "the least; unknown where there are no rows", "min(household.members.income)", "0.00"),
        Example("max of rows", "the greatest", "max(household.members.income)", "1000.50"),
        Example("for", "a value made from each row", "sum(for m in household.members return m.income * 2)", "2001.00"),
        Example("some", "whether one row fits", "some m in household.members satisfies m.works", "true"),
        Example("every", "whether all rows fit", "every m in household.members satisfies m.works", "false"),
        Example("sum with an unknown", "one unknown row makes it unknown", "sum(household.members.missing)", None),
    ),
}  # fmt: skip


def rules() -> RuleSet:
    """The rules in whose world the examples are read."""
    registers = {"person": read_register(read_yaml(PERSON, file="examples"))}
    return read_rules([read_yaml(RULES, file="examples")], registers=registers, languages=("en",), currency="EUR")


def page() -> list[str]:
    """The page's lines, from its heading on."""
    known = rules()
    lines = [*_INTRODUCTION]
    for title, examples in SECTIONS.items():
        lines += [
            f"## {title}",
            "",
            "| sign | meaning | takes | gives | unknown | example | result |",
            "|" + " --- |" * 7,
        ]
        lines += [_row(example, known.expression("person", example.formula)) for example in examples]
        lines.append("")
    return lines + _END


def _row(example: Example, node: Node) -> str:
    takes = _takes(node)
    result = "unknown" if example.result is None else f"`{example.result}`"
    cells = (
        f"`{example.sign}`", example.meaning, takes, _type(node.type), _unknown(node), f"`{example.formula}`", result,
    )  # fmt: skip
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _takes(node: Node) -> str:
    """The kinds of the values that a sign is given. ``x in [1..3]`` is made of comparisons; the first one tells."""
    if isinstance(node, Over):
        return "rows"
    if not isinstance(node, Call):
        return "-"
    made_of_tests = node.op in ("and", "or") and all(
        isinstance(part, Call) and TABLE[part.op].strict for part in node.args
    )
    parts = node.args[0].args if made_of_tests and isinstance(node.args[0], Call) else node.args
    return ", ".join(str(part.type) for part in parts)


def _type(kind: Type) -> str:
    return f"{kind} ({kind.digits}, {kind.scale})" if kind.is_number else str(kind)


def _unknown(node: Node) -> str:
    if isinstance(node, Over):
        return "never" if node.how == "count" and node.where is None else "if a row's is, unless others settle it"
    if not isinstance(node, Call):
        return "never"
    operator = TABLE[node.op]
    if operator.sure or (node.op == "not" and isinstance(node.args[0], Call) and TABLE[node.args[0].op].sure):
        return "never"
    return "if a part is" if operator.strict else "if it is not settled"


_INTRODUCTION = """\
# The expression language

Formulas are written in FEEL, the expression language of the DMN standard, in a strict subset. Each formula is read and its
types are checked before anything is decided; `doorstep check` names what is wrong with file, line and column.

A value is a number, money, text, true or false, a date, or a duration. A number's type says how many digits it can need in
all and after the point: `number (12, 2)`. Money and plain numbers do not mix: money plus money, money times a number, money
divided by either. A plain figure beside money counts as money. A formula that could need more than 38 digits is refused.

A variable may say how many `decimals` its value keeps (rounded, half away from zero) and how many `digits` it needs at most.
A value that needs more digits is unknown: so a long chain of variables stays narrow, and no figure is ever wrong.

Any value may be unknown, written `null`. What stands under *unknown* says when the result is:

- *if a part is*: any unknown part makes it unknown;
- *if it is not settled*: `and` is false as soon as one part is false, `or` is true as soon as one is true, whatever else is
  unknown; `if` looks at its condition first;
- *never*: `x = null` always knows, but for a cell that was not empty and could not be read.

The examples are about Ana Luz: income 1000.50, 37.5 hours, born on 2000-02-29, working; `missing` and `unsure` are unknown.
Her household has one more member, Rui, born on 2015-06-30, without income. The day is 2026-09-01, `ceiling` is 6272.64 and
`kinds` is a list of two codes, `tax` a scale: 2% up to 600, 6% above. Every example is run through both engines by a test.

""".splitlines()
_END = """\
## Names and limits

A cell of a decision table is a test of its input: `< 5`, `[1..3]`, `"a", "b"`, `not("a")`, or `-` for any; `?` stands for the
input, as in `starts with(?, "a")`.

Rules that say `numbers: dmn` reckon as DMN has it: a result that could need more than 18 digits before the point or 18 after
is rounded half to even to 18 decimals, and is unknown from 10^18 on; a quotient has 18 decimals; `null` may be a part of a
sum, which is then unknown; and `.months` of a duration are the months beside its years. [More on DMN](dmn.md).

A name is a column, a variable or a parameter. `holder.household.income` follows links from row to row. Within `[...]` and
after `satisfies` names speak of the related row. A text stands in double quotes; `//` begins a comment. A list in brackets
holds values of one kind, and no lists: `["a", "b"]`.

A formula has at most 10,000 letters, 3,000 parts and 60 levels. Name its parts as variables instead: each then shows up in
the explanation with its value.
""".splitlines()
