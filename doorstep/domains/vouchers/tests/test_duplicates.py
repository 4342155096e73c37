"""Nobody is given twice: the rule as a pure function."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from doorstep.domains.vouchers.duplicates import Wanted, judge

people = st.sampled_from("abc")
lines = st.lists(st.builds(Wanted, people, st.integers(1, 100)), max_size=12)


def test_what_another_agency_gave_is_not_given_again() -> None:
    (one, two) = judge([Wanted("a", 50), Wanted("b", 50)], agency="y", had={"a": {"x": 30}}, cap=60)
    assert (one.given, one.set_aside, one.had, one.agencies) == (30, 20, 30, ("x",))
    assert (two.given, two.set_aside, two.had, two.agencies) == (50, 0, 0, ())


def test_a_person_who_stands_twice_in_a_list_is_told_of_the_same_agency() -> None:
    (_, second) = judge([Wanted("a", 60), Wanted("a", 60)], agency="y", had={}, cap=60)
    assert (second.given, second.set_aside, second.agencies) == (0, 60, ("y",))


@given(lines, st.integers(1, 120), st.dictionaries(people, st.dictionaries(st.just("x"), st.integers(0, 200))))
def test_nobody_gets_more_than_the_cap_and_nothing_is_lost(
    wanted: list[Wanted], cap: int, had: dict[str, dict[str, int]]
) -> None:
    judged = judge(wanted, agency="y", had=had, cap=cap)
    for line, verdict in zip(wanted, judged, strict=True):
        assert verdict.given + verdict.set_aside == line.amount
        assert min(verdict.given, verdict.set_aside) >= 0
    for person in "abc":
        before = sum(had.get(person, {}).values())
        got = sum(one.given for line, one in zip(wanted, judged, strict=True) if line.person == person)
        assert before + got <= max(cap, before)
