# ruff: noqa: E501 - tables of cases read best on one line each
"""Models that cannot work are told so with their place; what no rule covers is shown."""

from __future__ import annotations

import pytest

from doorstep.engines.dmn.api import BOXES, FUNCTIONS, Report, check_model
from doorstep.engines.dmn.tests.drawn import decision, formula, given, knowledge, model, table

AGE = given("Age", "number")
TWO = [["< 18", "1"], ["[10..20]", "2"]]


def report(*parts: str) -> Report:
    return check_model(model(*parts))


@pytest.mark.parametrize(
    ("parts", "what"),
    [
        ([decision("A", formula("B + 1"), needs=["d_B"]), decision("B", formula("A + 1"), needs=["d_A"])], "these need each other: A -> B -> A"),
        ([decision("A", formula("A + 1"), needs=["d_A"])], "these need each other: A -> A"),
        ([knowledge("f", ["x"], formula("g(x)"), ["b_g"]), knowledge("g", ["x"], formula("f(x)"), ["b_f"]), decision("A", formula("f(1)"), knows=["b_f"])], "these need each other: f -> g -> f"),
        ([decision("A", formula("1"), needs=["i_gone"])], "'A' requires 'i_gone', which is not in the file"),
        ([decision("A", formula("1"), knows=["b_gone"])], "business knowledge 'b_gone' is required, which is not in the file"),
        ([AGE, decision("A", formula("Age + 1"))], "unknown name 'Age'"),
        ([AGE, given("Age", "number").replace("i_Age", "i_2"), decision("A", formula("1"))], "the name 'Age' is used twice"),
        ([given("Full Name", "string"), decision("FullName", formula("1"))], "the name 'FullName' differs from 'Full Name' in blanks only"),
        ([AGE, decision("A", table(["Age"], TWO), needs=["i_Age"])], "rows 1 and 2 both fit where age is 10"),
        ([AGE, decision("A", table(["Age"], TWO, hit="ANY"), needs=["i_Age"])], "rows 1 and 2 both fit where age is 10"),
        ([AGE, decision("A", table(["Age"], [['"x"', "1"]]), needs=["i_Age"])], "cannot take these"),
        ([AGE, decision("A", table(["Age"], [["-", "1"], ["-", '"x"']], hit="FIRST"), needs=["i_Age"])], "results that do not go together"),
        ([decision("A", formula('"x"'), kind="number")], "'A' gives another type than it says"),
        ([decision("A", formula("[1, 2]"), kind="number")], "'A' gives another type than it says"),
        ([given("X"), decision("A", formula("X"), needs=["i_X"])], "'X' has no type"),
        ([given("X", "date and time"), decision("A", formula("X"), needs=["i_X"])], "'X' has the type 'date and time'"),
        ([given("X", "tMine"), decision("A", formula("X"), needs=["i_X"])], "'X' has the type 'tMine'"),
        ([decision("A", "")], "'A' has no logic"),
        ([decision("A", "<relation/>")], "a drawn 'relation' is left out"),
        ([decision("A", formula("sort([1, 2])"))], "the function 'sort' is left out"),
        ([decision("A", '<literalExpression expressionLanguage="juel"><text>1</text></literalExpression>')], "a formula is written in 'juel'"),
        ([knowledge("f", ["x", "y"], formula("x")), decision("A", formula("f(1)"), knows=["b_f"])], "'f' is called with other values than it takes"),
        ([decision("A", formula("1 +"))], "the formula cannot be read"),
        ([AGE, decision("A", table(["Age"], [["-", "Age + 1"]], hit="PRIORITY", values=["1, 2"]), needs=["i_Age"])], "is none of the allowed values"),
        ([AGE, decision("A", table(["Age"], [["-", "1"]], hit="OUTPUT ORDER"), needs=["i_Age"])], "needs the output's allowed values"),
        ([AGE, decision("A", table(["Age"], [["-", "1", "2"]], hit="COLLECT", aggregation="SUM", outputs=["a", "b"]), needs=["i_Age"])], "COLLECT SUM cannot be used for this table"),
        ([decision("A", formula("{a: 1, a: 2}"))], "the context has two parts named 'a'"),
        (['<import name="other" namespace="urn:other" importType="x"/>', decision("A", formula("1"))], "the model imports 'other'"),
        ([decision("A", formula("[[1], [2]]"))], "a list stands within a list"),
        ([knowledge("f", ["x"], formula("1")), decision("A", formula('f("a")'), knows=["b_f"])], "'f' takes another type as 'x'"),
        ([knowledge("f", ["x"], formula("1")), decision("A", formula("f([1])"), knows=["b_f"])], "'f' takes another type as 'x'"),
        ([knowledge("f", ["x"], formula('"a"')).replace('<variable name="f"/>', '<variable name="f" typeRef="number"/>'), decision("A", formula("f(1)"), knows=["b_f"])], "'f' gives another type than it says"),
        (['<itemDefinition name="t"><itemComponent name="a"><typeRef>number</typeRef></itemComponent></itemDefinition>', decision("A", formula("{b: 1}"), kind="t")], "'A' gives another type than it says"),
        (['<itemDefinition name="t"><typeRef>number</typeRef></itemDefinition>', decision("A", formula('"x"'), kind="t")], "'A' gives another type than it says"),
        (['<itemDefinition name="t" isCollection="true"><typeRef>string</typeRef></itemDefinition>', decision("A", formula('"x"'), kind="t")], "'A' gives another type than it says"),
        ([decision("A", formula('contains(string: "a", mark: "b")'))], "'contains' is called with other names than it takes"),
        ([decision("A", formula("2 ** 0.5"))], "'**' cannot take these"),
    ],
)  # fmt: skip
def test_each_mistake_is_found_before_anything_is_decided(parts: list[str], what: str) -> None:
    found = report(*parts).problems
    assert any(what in problem.what for problem in found), found
    assert all(problem.place.file == "tried.dmn" and problem.place.line for problem in found)


def test_a_sound_model_has_no_problems_and_no_gaps() -> None:
    rows = [["< 18", "1"], ["[18..65)", "2"], [">= 65", "3"]]
    found = report(AGE, decision("Fee", table(["Age"], rows), needs=["i_Age"], kind="number"))
    assert (found.problems, found.gaps) == ((), ())


def test_gaps_are_shown_with_values_that_no_rule_fits() -> None:
    risk = '<itemDefinition name="tRisk"><typeRef>string</typeRef><allowedValues><text>"High", "Low"</text></allowedValues></itemDefinition>'
    rows = [["> 18", '"High"', "1"], ["<= 18", "-", "2"]]
    parts = [
        AGE,
        risk,
        given("Risk", "tRisk"),
        decision("Fee", table(["Age", "Risk"], rows), needs=["i_Age", "i_Risk"]),
    ]
    assert [gap.what for gap in report(*parts).gaps] == ["no rule of 'Fee' fits where age is 19 and risk is \"Low\""]
    parts[1] = parts[1].replace('"High", "Low"', '"High"')
    assert report(*parts).gaps == ()


def test_whole_days_and_edges_leave_no_false_gap() -> None:
    rows = [['< date("2026-09-01")', "1"], ['>= date("2026-09-01")', "2"]]
    born = given("Born", "date")
    assert report(born, decision("A", table(["Born"], rows), needs=["i_Born"])).gaps == ()
    rows = [["< 1", "1"], ["> 1", "2"]]
    assert [gap.what for gap in report(AGE, decision("A", table(["Age"], rows), needs=["i_Age"])).gaps] == [
        "no rule of 'A' fits where age is 1"
    ]


def test_a_table_that_cannot_be_told_says_so() -> None:
    rows = [["> Other", "1"], ["<= Other", "2"]]
    found = report(AGE, given("Other", "number"), decision("A", table(["Age"], rows), needs=["i_Age", "i_Other"]))
    assert (found.problems, [gap.what for gap in found.gaps]) == (
        (),
        ["whether a rule of 'A' fits every case cannot be told"],
    )


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_that_is_left_out_is_told_by_its_name(name: str) -> None:
    (found,) = report(decision("A", formula(f"{name}(1)"))).problems
    assert found.what == f"the function {name!r} is left out"
    assert found.mend == f"{FUNCTIONS[name]}."


@pytest.mark.parametrize("kind", sorted(set(BOXES) - {"function"}))
def test_every_box_that_is_left_out_is_told(kind: str) -> None:
    (found,) = report(decision("A", f"<{kind}/>")).problems
    assert found.mend == f"{BOXES[kind]}."


def test_long_chains_are_translated_and_long_circles_found() -> None:
    def chain(first: str) -> list[str]:
        rest = [decision(f"D{at}", formula(f"D{at - 1} + 1"), needs=[f"d_D{at - 1}"]) for at in range(1, 400)]
        return [*reversed(rest), first]

    assert report(*chain(decision("D0", formula("1")))).problems == ()
    (found, *_) = report(*chain(decision("D0", formula("D399"), needs=["d_D399"]))).problems
    assert "these need each other" in found.what


@pytest.mark.parametrize("body", ["formula", "table"])
def test_business_knowledge_that_doubles_itself_is_refused(body: str) -> None:
    def content(at: int) -> str:
        text = f"f{at - 1}(x) + f{at - 1}(x)" if at else "x"
        return formula(text) if body == "formula" else table([text], [["-", text]], hit="FIRST")

    parts = [knowledge(f"f{at}", ["x"], content(at), [f"b_f{at - 1}"] if at else []) for at in range(30)]
    (found,) = report(*parts, decision("A", formula("f29(1)"), knows=["b_f29"])).problems
    assert "more than" in found.what


def test_types_that_hold_themselves_or_far_too_many_parts_are_refused() -> None:
    part = '<itemComponent name="p{}"><typeRef>{}</typeRef></itemComponent>'
    itself = f'<itemDefinition name="t">{part.format(1, "t")}</itemDefinition>'
    wide = [
        f'<itemDefinition name="t{at or ""}">{"".join(part.format(n, f"t{at + 1}" if at < 6 else "number") for n in range(9))}</itemDefinition>'
        for at in range(7)
    ]
    for types, what in [([itself], "a type is made of itself"), (wide, "needs more than 3,000 values")]:
        found = report(*types, given("X", "t"), decision("A", formula("X.p1"), needs=["i_X"])).problems
        assert what in found[0].what


@pytest.mark.parametrize("text", ["(" * 100 + "1" + ")" * 100, "1" + " + 1" * 5000])
def test_formulas_that_are_too_deep_or_too_long_are_refused(text: str) -> None:
    assert "letters or 60 levels" in report(decision("A", formula(text))).problems[0].what
