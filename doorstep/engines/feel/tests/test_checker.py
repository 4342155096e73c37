"""A formula that is wrong is refused at load, with its place, what was expected and how to mend it."""

from __future__ import annotations

import time

import pytest

from doorstep.engines.feel.api import BOOLEAN, COUNT, DATE, MONEY, TEXT, Back, Field, Kind, Link, Type, check, number
from doorstep.kit.errors import Place, Problem, Problems
from doorstep.kit.files import Written


class Town:
    """Households, their members, and the members' benefits."""

    members = {
        "household": {"income": Field(MONEY), "size": Field(COUNT), "members": Back("person", "household")},
        "person": {
            "income": Field(MONEY),
            "born_on": Field(DATE),
            "name": Field(TEXT),
            "works": Field(BOOLEAN),
            "household": Link("household"),
            "benefits": Back("benefit", "recipient"),
        },
        "benefit": {"kind": Field(TEXT), "recipient": Link("person")},
    }

    def member(self, entity: str, name: str) -> Field | Link | Back | None:
        return self.members[entity].get(name)  # type: ignore[attr-defined, no-any-return]

    def parameter(self, name: str) -> Type | None:
        return {"ceiling": number(6, 2, money=True), "step": number(2, 1)}.get(name)

    def names(self, entity: str) -> list[str]:
        return list(self.members[entity])  # type: ignore[call-overload]


def read(text: str, entity: str = "person", expects: Kind | None = None) -> Type:
    return check(Written(text, Place("rules.yaml", 7, 15)), model=Town(), entity=entity, expects=expects).type


def problem(text: str, entity: str = "person", expects: Kind | None = None) -> Problem:
    with pytest.raises(Problems) as caught:
        read(text, entity, expects)
    return caught.value.problems[0]


def test_a_problem_names_file_line_and_column() -> None:
    found = problem("income + 3 +")
    assert found.place == Place("rules.yaml", 7, 26)
    assert found.found == "the end"


def test_a_formula_over_several_lines_is_placed_on_the_right_one() -> None:
    assert problem("income > 3\nand wages > 4").place.line == 8


@pytest.mark.parametrize(
    ("text", "what", "mend"),
    [
        ("incme > 3", "unknown name 'incme'", "Did you mean 'income'?"),
        ("household.incme > 3", "household has no 'incme'", "Did you mean 'income'?"),
        ("income + step", "'+' cannot take these", "Give the parameter a unit of money."),
        ("income * income", "'*' cannot take these", "Money times money has no meaning."),
        ("countt(benefits)", "unknown function 'countt'", "Did you mean 'count'?"),
        ("benefits", "these are many benefit rows", "Wrap them"),
        ("household.members", "these are many person rows", "Wrap them"),
        ("sum(benefits)", "'sum' needs values", "Write sum(rows.some_value)."),
        ("sum(benefits.kind)", "only numbers can be summed", ""),
        ("count(benefits[kind])", "a filter needs a condition", ""),
        ("name.year", "a text has no part 'year'", "Only dates and durations have parts."),
        ('date("31/12/2026")', "this is no date or duration", ""),
        ("age(born_on)", "'age' takes another number of values", ""),
        ("[]", "the list is empty", ""),
        ("income > ?", "'?' stands for the value that a cell of a table tests", ""),
        ("income ** 2", "'**' cannot take these", ""),
        ('["a", 1]', "the list mixes kinds", ""),
        ("decimal(income, step)", "'decimal' cannot take these", ""),
        ("if works then 1 else name", "'if' cannot take these", "Both branches must give the same kind of value."),
        ("income = name", "'=' cannot take these", ""),
        ("works < works", "'<' cannot take these", ""),
    ],
)
def test_each_mistake_is_explained(text: str, what: str, mend: str) -> None:
    found = problem(text)
    assert found.what == what
    assert mend in found.mend


def test_a_value_of_another_row_must_be_reached_through_a_link() -> None:
    found = problem("count(members[income < size])", "household")
    assert found.what == "'size' belongs to another row"
    assert read("count(members[income < household.income])", "household") == COUNT


def test_overflow_is_refused_at_load() -> None:
    assert "38 digits" in problem("income * step * step * 1.1111111111111 * 1.1111111111").expected


def test_the_wrong_kind_of_result_is_refused() -> None:
    assert problem("income", expects=Kind.BOOLEAN).expected == "boolean"


@pytest.mark.parametrize(
    "hostile",
    [
        "(" * 5000 + "1" + ")" * 5000,
        "not(" * 2000 + "works" + ")" * 2000,
        "income + " * 4000 + "income",
        "1" * 9000,
        "__import__('os').system('true')",
        "name.__class__",
        "income.real",
        '"\\ud800"',
        '"a\\u0000b"',
        "works and " * 900 + "works and " * 200 + "works or",
        "",
        "   ",
        "\x00",
    ],
)
def test_hostile_text_is_refused_quickly(hostile: str) -> None:
    started = time.monotonic()
    with pytest.raises(Problems):
        read(hostile)
    assert time.monotonic() - started < 20


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('some b in benefits satisfies b.kind = "x"', BOOLEAN),
        ("every b in benefits satisfies b.recipient.works", BOOLEAN),
        ("sum(for m in household.members return m.income * 2)", number(18 + 1, 2, money=True)),
        ("max(household.members[works].income)", MONEY),
        ("household.size", COUNT),
        ('born_on + @"P18Y" <= today()', BOOLEAN),
    ],
)
def test_what_authors_write_has_the_expected_type(text: str, kind: Type) -> None:
    assert read(text) == kind
