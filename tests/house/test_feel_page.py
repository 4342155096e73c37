"""Every example on the page of the expression language is true, in both engines, and none is missing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import duckdb

from doorstep.config.feel_page import PERSON, SECTIONS, SITUATION, rules
from doorstep.engines.dataflow.api import read_register
from doorstep.engines.feel.api import TABLE, Call, Over, walk
from doorstep.engines.feel.operators import FUNCTIONS, PARTS
from doorstep.engines.rules.api import ask_nation
from doorstep.engines.rules.person import Person
from doorstep.kit.files import read_yaml

AS_OF = date(2026, 9, 1)
EXAMPLES = [example for section in SECTIONS.values() for example in section]
OUTPUTS = {f"x{number}": example.formula for number, example in enumerate(EXAMPLES)}
REGISTER = read_register(read_yaml(PERSON, file="examples"))


def rows():
    kinds = {"money": Decimal, "number": Decimal, "date": date.fromisoformat, "boolean": lambda word: word == "true"}
    for row in SITUATION["person"]:
        yield {
            name: None if row[name] is None else kinds.get(column.type, str)(row[name])
            for name, column in REGISTER.columns.items()
        }


def written(value, example):
    """A value as the page writes it, with as many decimals as its type has."""
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    kind = rules().expression("person", example.formula).type
    return f"{Decimal(value):.{kind.scale}f}" if kind.is_number else str(value)


def test_the_examples_are_true_for_one_person():
    person = Person(rules(), entity="person", outputs=OUTPUTS, as_of=AS_OF)
    trace = person.evaluate({"person": list(rows())}, key="1")
    found = {
        example.formula: written(person.output(trace, name), example)
        for name, example in zip(OUTPUTS, EXAMPLES, strict=True)
    }
    assert found == {example.formula: example.result for example in EXAMPLES}


def test_the_examples_are_true_for_a_nation():
    connection = duckdb.connect()
    columns = ", ".join(f'"{name}" {column.sql_type}' for name, column in REGISTER.columns.items())
    connection.execute(f"CREATE TABLE person ({columns})")
    for row in rows():
        connection.execute(f"INSERT INTO person VALUES ({', '.join('?' * len(row))})", list(row.values()))
    steps = ask_nation(rules(), entity="person", outputs=OUTPUTS, as_of=AS_OF).steps
    for step in steps:
        connection.execute(f'CREATE TABLE "{step.name}" AS {step.sql}')
    cursor = connection.execute(f"SELECT {', '.join(OUTPUTS)} FROM \"{steps[-1].name}\" WHERE key = '1'")
    for value, example in zip(cursor.fetchall()[0], EXAMPLES, strict=True):
        assert (example.formula, written(value, example)) == (example.formula, example.result)


def test_every_sign_and_function_has_an_example():
    known = rules()
    used = {
        part.op for one in EXAMPLES for part in walk(known.expression("person", one.formula)) if isinstance(part, Call)
    }
    # What a variable declares of its width is no sign in a formula; a variable of the page shows it.
    assert isinstance(known.variables["share"].node, Call)
    assert known.variables["share"].node.op == "fit"
    without_sign = {
        "is true",
        "is false",
        "is unknown",
        "less months",
        "less days",
        "bounded",
        "bounded fine",
        "bounded *",
        "bounded /",
        "first of",
    }
    assert set(TABLE) - used - {"fit"} <= without_sign - used
    over = {
        part.how for one in EXAMPLES for part in walk(known.expression("person", one.formula)) if isinstance(part, Over)
    }
    assert over == {"count", "sum", "min", "max", "some", "every"}
    formulas = " ".join(one.formula for one in EXAMPLES)
    assert not [name for name in FUNCTIONS if f"{name}(" not in formulas]
    assert not [part for parts in PARTS.values() for part in parts if f".{part}" not in formulas]
