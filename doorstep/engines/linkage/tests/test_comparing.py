"""Names in many scripts agree by sound; two records are compared field by field; Python and SQL say the same."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.engines.linkage import nation
from doorstep.engines.linkage.api import (
    Field,
    Model,
    Record,
    block_keys,
    compare,
    first_chances,
    name_keys,
    prepare,
    search_keys,
)
from doorstep.engines.linkage.comparing import levels_and_texts
from doorstep.engines.linkage.levels import levels_sql
from doorstep.engines.linkage.names import skeleton, words_of


def field(name, kind, **more):
    return Field(name, kind, *first_chances(kind), **more)


MODEL = Model(
    (
        field("given", "name"), field("family", "name"), field("birth", "date"), field("phone", "number"),
        field("street", "text"), field("sex", "code"), field("order", "order", of=("given", "family")),
    ),
    (
        ("given", "family"), ("order",), ("given", "birth"), ("phone",), ("birth.loose", "family.start"),
        ("phone.end", "sex"),
    ),
    prior=1e-6,
)  # fmt: skip


@pytest.mark.parametrize(
    "spellings",
    [
        ("Mohammad", "Muhammed", "Mohamad", "محمد", "মোহাম্মদ"),
        ("Rahman", "Rehman", "রহমান", "رحمان"),
        ("Fatima", "Fatema", "فاطمة", "ফাতিমা"),
        ("Joao", "João"),
        ("Begum", "বেগম"),
    ],
)
def test_spellings_of_one_name_sound_alike_in_every_script(spellings):
    assert len({tuple(skeleton(word) for word in words_of(name)) for name in spellings}) == 1


@pytest.mark.parametrize("pair", [("Amina", "Karim"), ("Rahman", "Sarkar"), ("Fatima", "Salma")])
def test_different_names_sound_different(pair):
    one, other = ([skeleton(word) for word in words_of(name)] for name in pair)
    assert one != other


def test_letters_that_only_look_alike_are_read_as_what_they_look_like():
    assert words_of("Аmina") == words_of("Amina")


def compared(left, right):
    outcome = compare(prepare(Record.of("a", **left), MODEL), prepare(Record.of("b", **right), MODEL), MODEL)
    return outcome, {one.field: one.level for one in outcome.fields}


AMINA = {"given": "Amina", "family": "Rahman", "birth": "1961-05-17", "phone": "+999 123456", "sex": "female"}


@pytest.mark.parametrize(
    ("change", "levels"),
    [
        ({}, {"given": "same", "birth": "same", "phone": "same"}),
        ({"given": "Aminah"}, {"given": "sound"}),
        ({"given": "আমিনা"}, {"given": "same"}),
        ({"given": "Amima"}, {"given": "typo"}),
        ({"given": "A."}, {"given": "part"}),
        ({"birth": "1988-11-02"}, {"birth": "different"}),
        ({"birth": "1961-05-11"}, {"birth": "typo"}),
        ({"birth": "1961"}, {"birth": "partly"}),
        ({"birth": ""}, {"birth": "unknown"}),
        ({"phone": "+999 123457"}, {"phone": "typo"}),
        ({"given": "Rahman", "family": "Amina"}, {"order": "swapped", "given": "same", "family": "same"}),
        ({"given": "Karim", "family": "Sarkar"}, {"given": "different", "order": "straight"}),
    ],
)
def test_each_damage_has_its_level(change, levels):
    _, found = compared(AMINA, {**AMINA, **change})
    assert {name: found[name] for name in levels} == levels


def test_day_and_month_swapped_are_told_from_another_day():
    _, found = compared({**AMINA, "birth": "1961-05-07"}, {**AMINA, "birth": "1961-07-05"})
    assert found["birth"] == "swapped"


def test_the_same_person_is_likelier_than_a_neighbour():
    same, _ = compared(AMINA, {**AMINA, "given": "Amena", "phone": ""})
    neighbour, _ = compared(AMINA, {**AMINA, "given": "Salma", "birth": "1988-01-02"})
    assert same.probability > 0.99
    assert neighbour.probability < 0.6 < same.probability


def test_damaged_records_share_a_key_and_strangers_do_not():
    def keys(**values):
        return set(block_keys(prepare(Record.of("x", **values), MODEL), MODEL))

    whole = keys(**AMINA)
    for change in ({"given": "Amena"}, {"birth": "1961-05-11"}, {"phone": "1"}, {"given": "Rahman", "family": "Amina"}):
        assert whole & keys(**{**AMINA, **change}), change
    assert not whole & keys(given="Karim", family="Sarkar", birth="1990-01-01", phone="+999 777888", sex="male")


def test_a_name_is_searched_by_its_beginning_its_sound_and_the_year():
    kept = set(name_keys(["Amina", "Rahman"], year=1961))
    for text, year in (("ami", None), ("Amena Rehman", None), ("أمينة", 1961)):
        assert all(set(group) & kept for group in search_keys(text, year=year)), text
    assert not all(set(group) & kept for group in search_keys("Amina", year=1962))
    assert search_keys(" - ") == ()


VALUES = st.sampled_from(
    [
        "Amina", "Amena", "আমিনা", "A", "Rahman", "Rahmann", "Abdul Karim", "Karim", "", "x", "1961-05-17",
        "1961-17-05", "1961", "1961-05", "19610517", "123456", "123457", "1234", "mill road", "mil road", "female",
        "male", "1961-05-07", "1961-07-05",
    ]
)  # fmt: skip
ROW = st.fixed_dictionaries(dict.fromkeys(("given", "family", "birth", "phone", "street", "sex"), VALUES))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(ROW, ROW), min_size=1, max_size=12))
def test_python_and_sql_give_the_same_level(pairs):
    database = duckdb.connect()
    columns = list(pairs[0][0])
    database.execute(f"CREATE TABLE given (id VARCHAR, {', '.join(f'{name} VARCHAR' for name in columns)})")
    rows = [
        (str(at), *(row[name] or None for name in columns))
        for at, row in enumerate(one for two in pairs for one in two)
    ]
    database.executemany(f"INSERT INTO given VALUES ({', '.join('?' * (len(columns) + 1))})", rows)
    nation._prepare(database, ["given"], MODEL, "id")
    database.execute(
        "CREATE TEMP TABLE candidates AS SELECT a.n AS l, b.n AS r FROM ready AS a JOIN ready AS b"
        " ON a.id::INT % 2 = 0 AND b.id::INT = a.id::INT + 1"
    )
    names = ", ".join(f'"{one.name}"' for one in MODEL.fields)
    query = levels_sql(MODEL, "candidates")
    found = database.execute(
        f"SELECT one.id::INT, {names} FROM ({query}) JOIN ready AS one ON one.n = l ORDER BY 1"
    ).fetchall()
    for (_, *levels), (left, right) in zip(found, pairs, strict=True):
        ready = [prepare(Record.of("x", **row), MODEL) for row in (left, right)]
        expected, _ = levels_and_texts(*ready, MODEL)
        assert dict(zip([one.name for one in MODEL.fields], levels, strict=True)) == expected, (left, right)
