"""Random decision tables: both writers give what a plain reading of the rows gives."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doorstep.engines.dmn.api import Decider, every_decision
from doorstep.engines.dmn.tests.drawn import AS_OF, decision, model, table
from doorstep.engines.dmn.tests.drawn import given as drawn_input

CODES = ["a", "b", "c"]
NUMBERS = st.one_of(st.just(("any",)), st.tuples(st.sampled_from(["<", "<=", ">", ">=", "="]), st.integers(0, 4)),
                    st.tuples(st.just("within"), st.integers(0, 4), st.integers(0, 4)))  # fmt: skip
TEXTS = st.one_of(st.just(("any",)), st.tuples(st.just("in"), st.lists(st.sampled_from(CODES), min_size=1, max_size=2)),
                  st.tuples(st.just("not"), st.lists(st.sampled_from(CODES), min_size=1, max_size=2)))  # fmt: skip
ROWS = st.lists(st.tuples(NUMBERS, TEXTS, st.integers(0, 9)), min_size=1, max_size=5)
CASES = st.lists(
    st.tuples(st.none() | st.integers(-1, 5), st.none() | st.sampled_from([*CODES, "d"])), min_size=1, max_size=8
)
POLICIES = ["FIRST", "ANY", "RULE ORDER", "COLLECT", "COLLECT SUM", "COLLECT MIN", "COLLECT MAX", "COLLECT COUNT"]


def written(test: Any) -> str:
    match test:
        case ("any",):
            return "-"
        case ("within", low, high):
            return f"[{low}..{high}]"
        case ("in", codes):
            return ", ".join(f'"{code}"' for code in codes)
        case ("not", codes):
            return "not({})".format(", ".join(f'"{code}"' for code in codes))
        case (sign, number):
            return f"{sign} {number}"
    raise AssertionError(test)


def fits(test: Any, value: Any) -> bool | None:
    if test == ("any",):
        return True
    if value is None:
        return None
    match test:
        case ("within", low, high):
            return bool(low <= value <= high)
        case ("in", codes):
            return value in codes
        case ("not", codes):
            return value not in codes
        case (sign, number):
            return {"<": value < number, "<=": value <= number, ">": value > number, ">=": value >= number,
                    "=": value == number}[sign]  # fmt: skip
    raise AssertionError(test)


def plainly(rows: Any, case: Any, policy: str) -> Any:
    """The answer from the rows alone: three-valued, as the rules have it."""
    both = [(fits(one, case[0]), fits(other, case[1]), result) for one, other, result in rows]
    hits = [(False if False in pair else None if None in pair else True, result) for *pair, result in both]
    if policy == "FIRST":
        return next((result if fit else None for fit, result in hits if fit is not False), None)
    if policy == "ANY":
        found = [(fit, result) for fit, result in hits if fit is not False]
        if len({result for _, result in found}) > 1:
            return None
        return next((result if fit else None for fit, result in found), None)
    if any(fit is None for fit, _ in hits):
        return None
    found = [result for fit, result in hits if fit]
    if policy in ("RULE ORDER", "COLLECT"):
        return found
    if policy == "COLLECT COUNT":
        return len(found)
    return {"SUM": sum, "MIN": min, "MAX": max}[policy.split()[1]](found) if found else None


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=ROWS, cases=CASES, policy=st.sampled_from(POLICIES))
def test_random_tables_are_decided_alike_by_both_writers_and_a_plain_reading(
    rows: Any, cases: Any, policy: str
) -> None:
    if policy == "ANY":  # rows that fit together must agree, so let all say the same
        rows = [(one, other, 5) for one, other, _ in rows]
    hit, _, aggregation = policy.partition(" ") if policy.startswith("COLLECT") else (policy, "", "")
    box = table(["N", "C"], [[written(one), written(other), str(result)] for one, other, result in rows], hit=hit,
                aggregation=aggregation)  # fmt: skip
    drawn = model(drawn_input("N", "number"), drawn_input("C", "string"), decision("A", box, needs=["i_N", "i_C"]))
    decider = Decider(every_decision(drawn), as_of=AS_OF)
    values = [{"N": None if number is None else Decimal(number), "C": code} for number, code in cases]
    expected = [plainly(rows, case, policy) for case in cases]
    assert [decider.in_python(one, "d_A") for one in values] == expected
    assert decider.in_sql(values, "d_A") == expected
