"""Overlaps and gaps that are found are real, and none is missed: against every value of a small world."""

from __future__ import annotations

from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.engines.feel.api import BOOLEAN, TEXT, Field, Type, check, check_test, number
from doorstep.engines.rules.regions import Regions
from doorstep.kit.files import Written

WORLD: dict[str, tuple[Type, list[Any]]] = {
    "n": (number(2, 0), list(range(-2, 8))),
    "t": (TEXT, ["a", "b", "z"]),
    "p": (BOOLEAN, [True, False]),
}
CELLS = {
    "n": ["-", "< 3", "<= 3", "> 2", "[1..4)", "(0..5]", "1, 5", "not(2)", "= 0", "!= 3"],
    "t": ["-", '"a"', '"a", "b"', 'not("b")', 'not("a", "b")'],
    "p": ["-", "true", "false"],
}


class World:
    """A model of one row."""

    def member(self, entity: str, name: str) -> Field | None:
        return Field(WORLD[name][0]) if name in WORLD else None

    def parameter(self, name: str) -> Type | None:
        return None

    def names(self, entity: str) -> list[str]:
        return list(WORLD)


INPUTS = {name: check(Written(name), model=World(), entity="row") for name in WORLD}


def cell(name: str, text: str) -> Any:
    return check_test(Written(text), subject=INPUTS[name], model=World(), entity="row")


def fits(name: str, text: str, value: Any) -> bool:
    """A plain reading of a cell, by Python's own means."""
    if text.startswith("not("):
        return not fits(name, text[4:-1], value)
    if text == "-":
        return True
    if name == "p":
        return bool(value is (text == "true"))
    if name == "t":
        return f'"{value}"' in text
    if text[0] in "[(":
        low, high = (int(end) for end in text[1:-1].split(".."))
        return (low < value if text[0] == "(" else low <= value) and (
            value < high if text[-1] == ")" else value <= high
        )
    if text[0] in "<>!=":
        sign, _, end = text.partition(" ")
        return bool(eval(f"{value} {'==' if sign == '=' else sign} {end}"))
    return str(value) in text.split(", ")


ROWS = st.lists(st.tuples(*(st.sampled_from(CELLS[name]) for name in WORLD)), min_size=1, max_size=5)


@settings(max_examples=150, deadline=None)
@given(rows=ROWS)
def test_what_is_found_is_what_a_search_of_all_values_finds(rows: list[tuple[str, ...]]) -> None:
    regions = Regions(
        list(INPUTS.values()), [[cell(name, text) for name, text in zip(WORLD, row, strict=True)] for row in rows]
    )
    everything = list(product(*(values for _, values in WORLD.values())))
    hits = [
        {at for at, row in enumerate(rows) if all(fits(*one) for one in zip(WORLD, row, case, strict=True))}
        for case in everything
    ]
    together = {(a + 1, b + 1) for hit in hits for a in hit for b in hit if a < b}
    assert {overlap.rows for overlap in regions.overlaps()} == together
    gaps = regions.gaps()
    assert gaps is not None
    assert bool(gaps) == (set() in hits)
    for found in (*regions.overlaps(), *gaps):
        values = {
            name: next(v for v in "z" if region.other) if region.other else region.value
            for name, region in zip(WORLD, found.example.values(), strict=True)
        }
        wanted = getattr(found, "rows", ())
        for at, row in enumerate(rows, start=1):
            fit = all(
                values[name] is None or fits(name, text, values[name]) for name, text in zip(WORLD, row, strict=True)
            )
            assert not fit if not wanted else (fit or at not in wanted)


def test_an_input_that_stands_twice_is_one_input() -> None:
    rows = [
        [cell("n", "> 2"), cell("n", "< 5")],
        [cell("n", "<= 2"), cell("n", "-")],
        [cell("n", "-"), cell("n", ">= 5")],
    ]
    regions = Regions([INPUTS["n"], INPUTS["n"]], rows)
    assert (regions.overlaps(), regions.gaps()) == ([], [])


def test_many_columns_are_searched_without_trying_every_combination() -> None:
    names = [f"n{at}" for at in range(24)]

    class Wide(World):
        def member(self, entity: str, name: str) -> Field | None:
            return Field(number(2, 0))

    inputs = [check(Written(name), model=Wide(), entity="row") for name in names]

    def row(text: str) -> list[Any]:
        return [check_test(Written(text), subject=one, model=Wide(), entity="row") for one in inputs]

    regions = Regions(inputs, [row("> 2"), row("<= 2")])
    gaps = regions.gaps()
    assert gaps
    assert len(gaps) == 3
