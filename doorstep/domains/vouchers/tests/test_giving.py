"""Lists of two agencies: what is double is seen before it is given, and can be contested."""

from __future__ import annotations

import pytest

from doorstep.domains.vouchers import api
from doorstep.domains.vouchers.models import Holder, Line
from doorstep.domains.vouchers.tests.conftest import BOSS, MAKER, World
from doorstep.domains.vouchers.types import BadInput, Clerk, ContestState, NotAllowed, Refused


def test_what_two_agencies_give_one_person_is_seen_before_it_is_given(world: World) -> None:
    world.given("P-1,60\nP-2,60\n")
    batch = api.batch(id=world.listed("p 1;70\nP-3;20\n".replace(";", ","), agency="rural-aid"))
    first, second = batch.lines
    assert (first.given, first.set_aside, first.had, first.agencies) == (3000, 4000, 6000, ("food-relief",))
    assert (second.given, second.set_aside) == (2000, 0)
    assert (batch.duplicates, batch.given, batch.set_aside) == (1, 5000, 4000)
    assert world.left("P-1") == 6000  # nothing of it is given yet


def test_a_list_is_released_by_a_second_person_who_supervises(world: World) -> None:
    batch = world.listed("P-1,60\n")
    for clerk, code in ((Clerk("mina", supervises=True), "four_eyes"), (Clerk("rui"), "not_supervisor")):
        with pytest.raises(NotAllowed) as error:
            api.release(batch=batch, clerk=clerk, at=world.now)
        assert error.value.code == code
    assert api.release(batch=batch, clerk=BOSS, at=world.now) == 1
    with pytest.raises(NotAllowed):
        api.release(batch=batch, clerk=BOSS, at=world.now)


def test_two_lists_that_wait_at_once_do_not_give_twice(world: World) -> None:
    one, two = world.listed("P-1,90\n"), world.listed("P-1,90\n", agency="rural-aid")
    api.release(batch=one, clerk=BOSS, at=world.now)
    with pytest.raises(Refused) as error:
        api.release(batch=two, clerk=BOSS, at=world.now)
    assert error.value.code == "list_changed"
    assert api.batch(id=two).lines[0].set_aside == 9000
    assert api.release(batch=two, clerk=BOSS, at=world.now) == 0
    assert world.left("P-1") == 9000


def test_the_same_file_is_not_taken_twice_unless_it_was_cancelled(world: World) -> None:
    batch = world.listed("P-1,60\n")
    with pytest.raises(Refused) as error:
        world.listed("P-1,60\n")
    assert error.value.code == "list_twice"
    api.cancel(batch=batch, clerk=MAKER, at=world.now)
    assert world.given("P-1,60\n") == 1


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (",10", "row_person"),
        ("---,10", "row_person"),
        ("P-1,", "row_amount"),
        ("P-1,-5", "row_amount"),
        ("P-1,0", "row_amount"),
        ("P-1,1.234", "row_amount"),
        ("P-1,NaN", "row_amount"),
        ("P-1,1e30", "row_amount"),
        ("P-1,5,6", "row_person"),
        ("x" * 61 + ",5", "row_person"),
    ],
)
def test_a_row_that_cannot_be_read_is_told_and_hinders_no_other(world: World, row: str, problem: str) -> None:
    batch = world.listed(f"{row}\nP-9,10\n")
    assert [line.problem for line in api.batch(id=batch).lines] == [problem, ""]
    assert [line.row for line in api.batch(id=batch, only="wrong").lines] == [2]
    assert api.release(batch=batch, clerk=BOSS, at=world.now) == 1


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "list_columns"),
        (b"who,what\n1,2\n", "list_columns"),
        (b"person,amount\n", "list_empty"),
        (b"person,amount,name\nP-1,5,Ana\n", "list_extra"),
        (b"\xff\xfe\x00", "list_text"),
        (b"person,amount\n" + b"x" * 200_000 + b",5\n", "list_csv"),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_its_reason(world: World, data: bytes, code: str) -> None:
    with pytest.raises(BadInput) as error:
        api.check_list(
            data=data, agency="food-relief", kind="food", month=world.now.date(), clerk=MAKER, at=world.now
        )  # fmt: skip
    assert error.value.code == code


def test_nothing_of_a_list_that_the_fund_cannot_fill_is_given(world: World) -> None:
    rows = "".join(f"P-{number},90\n" for number in range(112))
    with pytest.raises(Refused) as error:
        world.given(rows)
    assert error.value.code == "fund_empty"
    assert Holder.objects.count() == 0


def test_a_person_contests_and_is_given_what_was_set_aside(world: World) -> None:
    world.given("P-1,90\n")
    world.given("P-1,50\n", agency="rural-aid")
    person = api.pseudonym_of("P-1")
    [aside] = api.holder(pseudonym=person).set_aside
    assert (aside.amount, aside.had, aside.agencies, aside.contest) == (5000, 9000, ("food-relief",), "")
    number = api.contest(line=aside.line, holder=person, text="I never got the other one.", at=world.now)
    with pytest.raises(NotAllowed):
        api.contest(line=aside.line, holder=person, text="Again.", at=world.now)
    with pytest.raises(NotAllowed):
        api.answer_contest(id=number, upheld=True, words="Right.", clerk=MAKER, at=world.now)
    api.answer_contest(id=number, upheld=True, words="The other card was never handed over.", clerk=BOSS, at=world.now)
    assert world.left("P-1") == 14_000
    assert api.contest_of(id=number).state is ContestState.UPHELD
    assert api.contests() == []
    with pytest.raises(NotAllowed):
        api.answer_contest(id=number, upheld=False, words="No.", clerk=BOSS, at=world.now)


def test_nobody_contests_for_another(world: World) -> None:
    world.given("P-1,90\nP-2,10\n")
    world.given("P-1,50\n", agency="rural-aid")
    line = Line.objects.get(set_aside__gt=0)
    with pytest.raises(api.NoSuch):
        api.contest(line=line.pk, holder=api.pseudonym_of("P-2"), text="Mine!", at=world.now)


def test_the_shared_record_holds_no_number_of_a_person(world: World) -> None:
    from django.apps import apps

    world.given("PERSON-4711,60\n")
    world.card("PERSON-4711")
    for model in apps.get_app_config("vouchers").get_models():
        for row in model.objects.values():
            assert "4711" not in str({name: value for name, value in row.items() if name != "pin_hash"}).replace(
                "47110", ""
            ), model
