"""Every operator, every example of the reference and generated rules give one answer in Python, DuckDB and Spark.

A query on Spark costs a second whatever it asks, so all of this is asked of one process: each set of rules about every
generated situation at once, each formula of every generated row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from doorstep.engines.dataflow.spark import Spark
from doorstep.engines.feel import primitives
from doorstep.engines.feel.api import (
    DUCKDB,
    SPARK,
    TEXT,
    Call,
    Dialect,
    Field,
    Node,
    SqlWriter,
    Type,
    check,
    number,
    sql_type,
)
from doorstep.engines.feel.tests import test_agreement as formulas
from doorstep.engines.rules.api import Nation, RowShape, RuleSet, TableShape, ask_nation, every_doubt, read_table
from doorstep.engines.rules.nation import Step
from doorstep.engines.rules.tests import test_agreement as situations
from doorstep.engines.rules.tests.town import RULES, registers, rules
from doorstep.kit.errors import Problems
from doorstep.kit.files import Written
from tests.house import test_feel_page as examples
from tests.spark.conftest import LOCAL_CLUSTER, Asked, Rows

# Numbers as wide as the language allows, and texts that mean something to SQL.
WIDE = {"big": number(30, 6), "fine": number(20, 10), "thin": number(18, 8), "huge": number(37, 0), "t": TEXT}
WIDE_FORMULAS = r"""
fine * thin
big * k
big / k
big / n
fine / thin
k / fine
huge * 1
huge + 1
-huge
decimal(big, 0)
decimal(big / 7, 3)
round up(fine, 9)
round down(fine * thin, 12)
big - fine
min(big, fine, thin)
if p then huge else c
d + @"P9999Y"
d - @"P9999Y"
d + @"P3999999D"
d - @"P3999999D"
t + "'"
t in ("it's", "back\\slash", "${spark.master}", "`x`", "--", "%_")
upper case(t)
contains(t, "\\")
starts with(t, "${")
substring(t, 2, 3)
substring(t, -2)
substring(t, thin, huge)
substring before(t, "u")
substring after(t, "\\")
round half down(fine, 9)
round half down(thin, 2)
modulo(big, k)
modulo(huge, -7)
string length(t)
t < "é"
""".strip().splitlines()
COLUMNS = {**formulas.COLUMNS, **WIDE}


def wide(kind: Type) -> st.SearchStrategy[Decimal]:
    """Every number of that type, few digits as often as many."""
    sizes = st.integers(0, kind.digits).flatmap(lambda digits: st.integers(-(10**digits) + 1, 10**digits - 1))
    return sizes.map(lambda units: Decimal(units).scaleb(-kind.scale, formulas.EXACT))


ODD = ["it's", "back\\slash", "${spark.master}", "`x`", "--", "%_", 'say "no"', "𝒳y", "ǅungla", "ΑΣ Σ", "ŉ", "\u0131I"]
KINDS = {
    **formulas.KINDS,
    **{name: wide(kind) for name, kind in WIDE.items() if kind.is_number},
    "t": st.sampled_from(ODD),
}


class Row(formulas.Row):
    """The row of the formulas' own tests, with wider columns."""

    def member(self, entity: str, name: str) -> Field | None:
        return Field(COLUMNS[name]) if name in COLUMNS else None

    def names(self, entity: str) -> list[str]:
        return list(COLUMNS)


def generated(strategy: st.SearchStrategy[Any], count: int) -> list[Any]:
    """So many examples. They are only gathered here, to be asked about together."""
    found: list[Any] = []

    @settings(max_examples=count, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
    @given(strategy)
    def gather(example: Any) -> None:
        found.append(example)

    gather()
    return found


# ---------------------------------------------------------------------- the questions


@dataclass(frozen=True)
class Question:
    """A name, and what Python says to it."""

    name: str
    in_python: Rows


def is_refused(write: Callable[[], object]) -> bool:
    """Whether Spark cannot decide what is written for it; its writer says so."""
    try:
        write()
    except Problems as refusal:
        if "this cannot be decided on Spark" in str(refusal):
            return True
        raise
    return False


def _formula_on_spark(text: str) -> str:
    writer = SqlWriter(lambda ref: exp.column(ref.name), SPARK)  # type: ignore[attr-defined]
    return writer.write(formulas.meaning(text)).sql()


def _examples_in(dialect: Dialect, outputs: dict[str, str]) -> Nation:
    return ask_nation(examples.rules(), entity="person", outputs=outputs, as_of=examples.AS_OF, dialect=dialect)


def long_table() -> Node:
    """A decision table of more rows than stand in a chain of ``if``."""
    rows = tuple(RowShape((Written(f"< {at}"),), Written(str(at))) for at in range(-30, 30))
    return read_table(TableShape((Written("k"),), rows), model=Row(), entity="row").node()


ASKED = [text for text in formulas.EVERY if not is_refused(partial(_formula_on_spark, text))]
SHOWN = [name for name, text in examples.OUTPUTS.items() if not is_refused(partial(_examples_in, SPARK, {name: text}))]


def ask_formulas(asked: Asked) -> list[Question]:
    """Every formula of every row: a row of unknowns, a plain one and generated ones."""
    kinds = st.fixed_dictionaries({name: st.none() | kind for name, kind in KINDS.items()})
    rows = [dict.fromkeys(KINDS), *generated(kinds, 120), *generated(st.fixed_dictionaries(KINDS), 80)]
    rows = [{"id": number, **row} for number, row in enumerate(rows)]
    asked.table("row", {"id": "BIGINT", **{name: sql_type(kind) for name, kind in COLUMNS.items()}}, rows)
    nodes = [formulas.meaning(text) for text in ASKED]
    nodes += [*(check(Written(text), model=Row(), entity="row") for text in WIDE_FORMULAS), long_table()]

    def query(dialect: Dialect) -> str:
        writer = SqlWriter(lambda ref: exp.column(ref.name, quoted=True), dialect)  # type: ignore[attr-defined]
        outputs = [
            exp.alias_(exp.cast(writer.write(node), sql_type(node.type), dialect="duckdb"), f"x{index}")
            for index, node in enumerate(nodes)
        ]
        return exp.select("id", *outputs).from_(exp.to_identifier("row", quoted=True)).sql(dialect=dialect.name)

    here, there = (
        Nation((Step("formulas asked", query(dialect)),), {"row": ("id", *COLUMNS)}) for dialect in (DUCKDB, SPARK)
    )
    asked.ask("formulas", here, there)
    return [Question("formulas", [(row["id"], *(formulas.in_python(node, row) for node in nodes)) for row in rows])]


def ask_letters(asked: Asked) -> list[Question]:
    """Every letter that has another size, and some that have none, in both sizes."""
    letters = [chr(code) for code in range(1, 0x110000) if not 0xD800 <= code < 0xE000]
    told = [letter for letter in letters if {primitives.upper(letter), primitives.lower(letter)} != {letter}]
    rows = [{"x": letter} for letter in [*told, *letters[97:20_000:40], *letters[70_000::5_000]]]
    asked.table("letters", {"x": "VARCHAR"}, rows)

    def query(dialect: Dialect) -> str:
        writer = SqlWriter(lambda _: exp.column("x"), dialect)
        text = exp.column("x")
        place = check(Written('"x"'), model=Row(), entity="row")
        ref = formulas.Ref(TEXT, place.place, "x", "row")
        sizes = [writer.write(Call(TEXT, place.place, op, (ref,))) for op in ("upper case", "lower case")]
        outputs = [exp.alias_(size, name) for size, name in zip(sizes, ("up", "down"), strict=True)]
        return exp.select(text, *outputs).from_("letters").sql(dialect=dialect.name)

    here, there = (Nation((Step("letters asked", query(dialect)),), {"letters": ("x",)}) for dialect in (DUCKDB, SPARK))
    asked.ask("letters", here, there)
    found = sorted(row["x"] for row in rows)
    return [Question("letters", [(x, primitives.upper(x), primitives.lower(x)) for x in found])]


def ask_examples(asked: Asked) -> list[Question]:
    """The page of the expression language."""
    columns = {name: column.sql_type for name, column in examples.REGISTER.columns.items()}
    asked.table("person", columns, list(examples.rows()))
    outputs = {name: examples.OUTPUTS[name] for name in SHOWN}
    here, there = (_examples_in(dialect, outputs) for dialect in (DUCKDB, SPARK))
    asked.ask("examples", here, there)
    return []


def ask_rules(asked: Asked) -> list[Question]:
    """Generated sets of rules, each about every generated situation at once."""
    many = [*generated(situations.situations(), 60)]
    together: dict[str, list[dict[str, Any]]] = {name: [] for name in registers()}
    for index, situation in enumerate(many):
        for name, rows in situation.items():
            together[name] += [_apart(row, index) for row in rows]
    for name, register in registers().items():
        columns = {column: shape.sql_type for column, shape in register.columns.items()}
        columns |= {f"{column}?": "BOOLEAN" for column, shape in register.columns.items() if shape.optional}
        asked.table(name, columns, together[name])
    town = rules(RULES)
    joined = {"goal": "at_home", "born": "holder.born_on"}
    sets = [(town, {"goal": "entitled", "why": "entitled.reason"}), (town, joined), *_generated_rules(6)]
    found = []
    for index, (ruleset, outputs) in enumerate(sets):
        for leave_out in (None, "goal") if index in (0, 2) else (None,):
            here, there = (
                ask_nation(
                    ruleset,
                    entity="contract",
                    outputs=outputs,
                    as_of=situations.AS_OF,
                    leave_out=leave_out,
                    dialect=dialect,
                    doubts=every_doubt(ruleset),
                )
                for dialect in (DUCKDB, SPARK)
            )
            name = f"rules {index}{' without the refused' if leave_out else ''}"
            asked.ask(name, here, there)
            rows = [
                (f"{number:02} {row[0]}", *row[1:])
                for number, situation in enumerate(many)
                for row in situations.in_python(ruleset, outputs, situation)
            ]
            found.append(Question(name, sorted(row for row in rows if not leave_out or row[1] is not False)))
    return found


def ask_apart(asked: Asked) -> list[Question]:
    """The same rules where providers answered; asked after ``ask_rules``, whose contracts it takes."""
    ruleset = rules(RULES)
    given_answers = ruleset.questions("contract", "entitled")
    holders = [holder for (holder,) in asked.connection.execute("SELECT DISTINCT holder FROM contract").fetchall()]
    keys = sorted(holder for holder in holders if holder is not None)
    for turn, question in enumerate(given_answers):
        rows = [
            {"key": key, "value": (True, False, None)[index // (1 + 2 * turn) % 3]} for index, key in enumerate(keys)
        ]
        asked.table(question.relation, {"key": "VARCHAR", "value": "BOOLEAN"}, rows[:-1])
    outputs = {"goal": "entitled", "why": "entitled.reason"}
    here, there = (
        ask_nation(
            ruleset,
            entity="contract",
            outputs=outputs,
            as_of=situations.AS_OF,
            given=given_answers,
            dialect=dialect,
            doubts=every_doubt(ruleset),
        )
        for dialect in (DUCKDB, SPARK)
    )
    asked.ask("apart", here, there)
    return []


def _generated_rules(count: int) -> list[tuple[RuleSet, dict[str, str]]]:
    return [(ruleset, situations.OUTPUTS) for ruleset in generated(situations.rule_sets(), count)]


def _apart(row: dict[str, Any], index: int) -> dict[str, Any]:
    """A row whose keys name its situation."""
    keys = {"contract_id", "holder", "tax_id", "household"}
    return {name: f"{index:02} {value}" if name in keys and value is not None else value for name, value in row.items()}


ASK: tuple[Callable[[Asked], list[Question]], ...] = (ask_formulas, ask_letters, ask_examples, ask_rules, ask_apart)


@dataclass(frozen=True)
class Told:
    """What all three said."""

    questions: dict[str, Question]
    on_duckdb: dict[str, Rows]
    on_spark: dict[str, Rows]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """Every question, asked of all three."""
    asked = Asked()
    questions = {question.name: question for ask in ASK for question in ask(asked)}
    spark = asked.on_spark(tmp_path_factory.mktemp("spark"), Spark(LOCAL_CLUSTER, "1g"))
    return Told(questions, asked.on_duckdb, spark)


# ---------------------------------------------------------------------- the tests


def test_every_formula_gives_the_same(told: Told) -> None:
    texts = ["id", *ASKED, *WIDE_FORMULAS, "a long table"]
    python = told.questions["formulas"].in_python
    assert len(python) > 200
    differ = [
        (row[0], text, *answers)
        for row, here, there in zip(python, told.on_duckdb["formulas"], told.on_spark["formulas"], strict=True)
        for text, *answers in zip(texts, row, here, there, strict=True)
        if not answers[0] == answers[1] == answers[2]
    ]
    assert differ == []


def test_every_letter_has_the_same_sizes(told: Told) -> None:
    assert len(told.on_spark["letters"]) > 2_700
    assert told.on_spark["letters"] == told.on_duckdb["letters"] == told.questions["letters"].in_python


def test_the_examples_of_the_reference_are_true_on_spark(told: Told) -> None:
    assert told.on_spark["examples"] == told.on_duckdb["examples"]
    row = next(row for row in told.on_spark["examples"] if row[0] == "1")
    shown = [example for name, example in zip(examples.OUTPUTS, examples.EXAMPLES, strict=True) if name in SHOWN]
    assert len(shown) > 0.9 * len(examples.EXAMPLES)
    for value, example in zip(row[1:], shown, strict=True):
        assert (example.formula, examples.written(value, example)) == (example.formula, example.result)


def test_generated_rules_decide_the_same(told: Told) -> None:
    names = [name for name in told.questions if name.startswith("rules")]
    assert len(names) == 10
    for name in names:
        assert (name, told.on_duckdb[name]) == (name, told.questions[name].in_python)
        assert (name, told.on_spark[name]) == (name, told.questions[name].in_python)


def test_the_answers_of_providers_decide_the_same(told: Told) -> None:
    assert {row[1] for row in told.on_duckdb["apart"]} == {True, False, None}
    assert told.on_spark["apart"] == told.on_duckdb["apart"]
