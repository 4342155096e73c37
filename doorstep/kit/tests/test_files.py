"""YAML that people write: positions, shapes, and every mistake named with its place and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorstep.kit.errors import DoorstepError, Findings, Place, Problem, Problems
from doorstep.kit.files import MAX_BYTES, MAX_DEPTH, Written, decode, key, keys_of, read_yaml
from doorstep.kit.languages import Text


@dataclass(frozen=True)
class Office:
    """An office."""

    title: Text = key("Its name.")
    phone: str = key("Its number.", default="")
    kind: Literal["desk", "van"] = key("Where it is.", default="desk")


@dataclass(frozen=True)
class Everything:
    """One key of every kind."""

    offices: dict[str, Office] = key("By id.")
    count: int = key("A count.", default=0)
    share: Decimal = key("A share.", default=Decimal(0))
    open: bool = key("Open.", default=False)
    since: date | None = key("Since.", default=None)
    formula: Written | None = key("A formula.", name="when", default=None)
    tags: tuple[str, ...] = key("Words.", default=())
    rows: list[int] = key("Numbers.", default_factory=list)
    gives: Written | Office | None = key("A text or a mapping.", default=None)
    place: Place = field(default=Place(""), compare=False)


def read(text, shape=Everything):
    findings = Findings()
    value = decode(read_yaml(text, file="a.yaml"), shape, findings=findings)
    return value, findings.problems


def problem_in(text, shape=Everything):
    value, problems = read(text, shape)
    assert value is None
    assert len(problems) == 1, problems
    return problems[0]


def syntax_problem(text):
    with pytest.raises(Problems) as caught:
        read_yaml(text, file="a.yaml")
    return caught.value.problems[0]


OFFICES = "offices: {main: {title: {en: Main}}}\n"


def test_every_kind_of_value():
    value, problems = read(
        "offices:\n  main: {title: {en: Main, pt: Central}, phone: 800 1234, kind: van}\n"
        "count: 3\nshare: 0.338\nopen: yes\nsince: 2026-09-30\nwhen: a > 1\ntags: [x, y]\nrows: [1, 2]\ngives: some\n"
    )
    assert not problems
    assert value.offices["main"] == Office(Text({"en": "Main", "pt": "Central"}), "800 1234", "van")
    assert (value.count, value.share, value.open, value.since) == (3, Decimal("0.338"), True, date(2026, 9, 30))
    assert (value.formula.text, value.tags, value.rows) == ("a > 1", ("x", "y"), [1, 2])
    assert value.formula.place == Place("a.yaml", 7, 7)
    assert value.gives == Written("some")
    assert value.place == Place("a.yaml", 1, 1)


def test_defaults_and_empty_values():
    value, problems = read(OFFICES + "since:\nwhen: ~\n")
    assert not problems
    assert (value.since, value.formula, value.count, value.tags) == (None, None, 0, ())


def test_a_union_takes_the_kind_that_is_written():
    assert read(OFFICES + "gives: {title: {en: A}}")[0].gives == Office(Text({"en": "A"}))


def test_a_union_without_none_does_not_take_nothing():
    @dataclass(frozen=True)
    class Figures:
        values: dict[str, str | tuple[str, ...]] = key("A figure, or several.")

    problem = problem_in("values: {2026-01-01: }\n", Figures)
    assert (problem.expected, problem.found) == ("text", "nothing")


def test_an_unknown_key_suggests_the_near_one():
    problem = problem_in(OFFICES + "coutn: 3\n")
    assert problem.place == Place("a.yaml", 2, 8)
    assert problem.what == "unknown key 'coutn' in the file"
    assert problem.mend == "Did you mean 'count'?"


def test_an_unknown_key_lists_what_is_known():
    assert "offices, count" in problem_in(OFFICES + "zzzzzz: 3\n").mend


def test_a_missing_key_says_what_it_is_for():
    problem = problem_in("offices:\n  main: {phone: 1}\n")
    assert (problem.place.line, problem.what, problem.mend) == (2, "'main' lacks the key 'title'", "Its name.")


@pytest.mark.parametrize(
    ("line", "expected", "found"),
    [
        ("count: many", "a whole number", "'many'"),
        ("count: 1.5", "a whole number", "'1.5'"),
        ("count: [1]", "a whole number", "a list"),
        ("share: .nan", "a number such as 6272.64", "'.nan'"),
        ("share: Infinity", "a number such as 6272.64", "'Infinity'"),
        ("share: {a: 1}", "a number such as 6272.64", "a mapping"),
        ("open: maybe", "true or false", "'maybe'"),
        ("since: 30/09/2026", "a date such as 2026-09-30", "'30/09/2026'"),
        ("tags: x", "a list", "'x'"),
        ("tags: ['']", "text", "nothing"),
        ("rows: [1, b]", "a whole number", "'b'"),
        ("offices: x", "names and values", "'x'"),
    ],
)
def test_a_wrong_kind_of_value(line, expected, found):
    text = line if line.startswith("offices") else OFFICES + line
    problem = problem_in(text)
    assert (problem.expected, problem.found) == (expected, found)
    assert problem.place.line == text.count("\n") + 1


def test_a_choice_names_its_values():
    problem = problem_in("offices: {main: {title: {en: M}, kind: boat}}")
    assert (problem.expected, problem.found) == ("desk or van", "'boat'")


def test_text_must_be_translated():
    assert "Write it once for each language" in problem_in("offices: {main: {title: Main}}").mend
    assert problem_in("offices: {main: {title: {en: ''}}}").what == "'title' has no words in 'en'"


def test_a_whole_file_of_the_wrong_kind():
    assert problem_in("- 1\n").found == "a list"
    assert problem_in("just words\n").found == "'just words'"


def test_an_empty_file_lacks_its_keys():
    assert problem_in("").what == "the file lacks the key 'offices'"


def test_every_mistake_is_reported_not_only_the_first():
    _, problems = read("offices: {main: {kind: boat}}\ncount: x\nextra: 1\n")
    assert len(problems) == 4


@pytest.mark.parametrize(
    ("text", "what", "line"),
    [
        ("a: 1\nb: 2\na: 3\n", "the key 'a' stands twice", 3),
        ("a: &x [1]\nb: *x\n", "YAML aliases are not used here", 1),
        ("[a]: 1\n", "a key must be a plain word", 1),
        ("a: [1\nb: 2\n", "this is not YAML", 2),
        ("a: 'open\n", "this is not YAML", 2),
        ("a: \x07\n", "this is not YAML", 0),
        ("a: 1\n---\nb: 2\n", "this is not YAML", 2),
        ("[" * (MAX_DEPTH + 5) + "]" * (MAX_DEPTH + 5), f"values are nested more than {MAX_DEPTH} deep", 1),
        ("[" * 5000, "", 0),
        ("x" * (MAX_BYTES + 1), f"the file is larger than {MAX_BYTES:,} bytes", 0),
    ],
    ids=["twice", "alias", "key", "bracket", "quote", "control", "two documents", "deep", "very deep", "large"],
)
def test_bad_syntax(text, what, line):
    problem = syntax_problem(text)
    assert problem.what.startswith(what)
    assert problem.place.file == "a.yaml"
    if line:
        assert problem.place.line == line


def test_tags_make_no_objects():
    node = read_yaml("a: !!python/object/apply:os.system [echo]\n", file="a.yaml")
    assert node.value["a"].value[0].value == "echo"


def test_quoted_numbers_stay_text():
    node = read_yaml("a: '12'\nb: 12\n", file="a.yaml")
    assert (node.value["a"].quoted, node.value["b"].quoted) == (True, False)


@given(st.text())
def test_any_text_is_read_or_refused_with_a_place(text):
    try:
        node = read_yaml(text, file="a.yaml")
    except Problems as refused:
        places = {problem.place.file for problem in refused.problems}
    else:
        decode(node, Everything, findings=Findings())
        places = {node.place.file}
    assert places == {"a.yaml"}


def test_keys_of_a_shape():
    assert keys_of(Office)[0] == ("title", "Its name.", Text, True)
    assert [name for name, _, _, required in keys_of(Everything) if required] == ["offices"]
    assert "when" in [name for name, *_ in keys_of(Everything)]


def test_errors_are_plain():
    assert str(Place("a.yaml")) == "a.yaml"
    assert str(Problem(Place("a.yaml", 3, 7), "it is wrong", "x", "y", "Write x.")) == (
        "a.yaml:3:7: it is wrong; expected x; found y. Write x."
    )
    assert str(DoorstepError("It broke.", why="No disk.", mend="Buy one.")) == "It broke. No disk. Buy one."
    unsorted = [Problem(Place("b"), "2"), Problem(Place("a", 9), "1")]
    assert str(Problems(unsorted)) == "a:9: 1\nb: 2"


def test_findings_raise_only_when_there_are_any():
    findings = Findings()
    findings.raise_if_any()
    findings.extend(Problems([Problem(Place("a"), "wrong")]))
    with pytest.raises(Problems):
        findings.raise_if_any()
