"""A fault in one row refuses nobody: not its owner, not those who live with them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from doorstep.domains.benefits import api
from doorstep.domains.benefits.models import Decision, Entitlement, Review
from doorstep.domains.benefits.tests.test_dirty_files import decide, explained, write
from doorstep.domains.benefits.tests.world import CLERK, World, at
from doorstep.domains.benefits.types import RunKind, RunRefused, Verdict
from doorstep.domains.country.api import Country, load_country

MARCH, APRIL, MAY, JUNE = (date(2026, month, 5) for month in (3, 4, 5, 6))

Rows = dict[str, list[dict[str, Any]]]


def household(world: World, contract: str = "C1") -> None:
    """A holder who earns 9,000 with a child without income: entitled, and not without the child."""
    world.add(contract, income="9000.00")
    world.incomes["CHILD"] = {**world.incomes[f"P{contract}"], "tax_id": "CHILD", "taxable_income": "0.00"}


@pytest.fixture
def files(country: Country, tmp_path: Path) -> World:
    """One household, one grown-up alone, and somebody with a benefit that counts; no database."""
    made = World(country, tmp_path / "inputs")
    household(made)
    made.add("C2")
    made.add("C3", income="90000.00")
    made.benefits.append({"tax_id": "PC3", "kind": "minimum-income", "since": "2020-01-01", "until": ""})
    return made


def rows_of(world: World) -> Rows:
    return {
        "contract": [dict(row) for row in world.contracts.values()],
        "income": [dict(row) for row in world.incomes.values()],
        "benefit": [dict(row) for row in world.benefits],
    }


UNREADABLE = {
    "money": "x", "date": "2020-02-30", "boolean": "2", "number": "x", "count": "x", "code": "zzz", "text": "a\u200eb",
}  # fmt: skip
OTHER = {
    "money": "30000.00", "date": "2020-01-01", "boolean": "false", "number": "20.70", "count": "900", "text": "OTHER",
}  # fmt: skip
UNTIED = {("income", "household"), ("benefit", "tax_id")}
"""Where an empty cell leaves nobody to whom the row could belong."""


def faults(country: Country, sound: Rows, register: str) -> Iterator[tuple[str, Rows]]:
    """Every sound world with one fault in one register: a cell missing, unreadable, or contradicted by a second row."""
    shape = country.registers[register]
    for number, row in enumerate(sound[register][:1] if register == "contract" else sound[register][:2]):
        for name, column in shape.columns.items():
            if (register, name) not in UNTIED:
                cells = [UNREADABLE[column.type], *([] if column.optional else [""])]
                for cell in cells:
                    rows = [*sound[register]]
                    rows[number] = {**row, name: cell}
                    yield f"{register} {number}: {name} is {cell!r}", {**sound, register: rows}
            if shape.key not in (None, name):
                other = OTHER.get(column.type) or next(code for code in column.codes if code != row[name])
                rows = [*sound[register], {**row, name: other}]
                yield f"{register} {number}: {name} is also {other!r}", {**sound, register: rows}


@pytest.mark.slow
@pytest.mark.parametrize("register", ["contract", "income", "benefit"])
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_no_fault_in_one_row_turns_a_yes_into_a_no(
    country: Country, files: World, tmp_path: Path, register: str, kind: str
) -> None:
    sound, tried = rows_of(files), 0
    assert decide(country, write(sound, tmp_path / "sound", kind, 1)) == {
        "C1": (True, "low_income"), "C2": (True, "low_income"), "C3": (True, "qualifying_benefit"),
    }  # fmt: skip
    for fault, rows in faults(country, sound, register):
        tried += 1
        told = decide(country, write(rows, tmp_path / f"{tried}", kind, 1)) or {}
        assert [contract for contract, (yes, _) in told.items() if yes is False] == [], fault
        for contract in list(told)[: 2 if tried % 9 == 0 else 0]:
            assert explained(country, tmp_path / f"{tried}", contract) == told[contract], fault
    assert tried >= 5


def test_somebody_whose_row_names_no_household_is_missed_by_a_person_not_by_a_machine(world: World) -> None:
    household(world, "C5")
    world.run(MARCH)
    assert Entitlement.objects.get(contract="C5").state == "active"
    world.incomes["CHILD"]["household"] = ""
    summary = world.run(APRIL)
    assert (summary.counts.untied, summary.counts.ending, summary.counts.review) == (1, 0, 1)
    assert Entitlement.objects.get(contract="C5").state == "active"
    review = Review.objects.get(contract="C5", state="open")
    assert "Nothing ends before a person has looked" in api.open_reviews(officer=CLERK, language="en").items[0].reason
    assert review.facts["household_size"] == "1"
    api.settle_review(
        id=review.pk, officer=CLERK, verdict=Verdict.NOT_ENTITLED, words="The child has moved out.", now=at(APRIL)
    )
    assert Entitlement.objects.get(contract="C5").state == "ending"


def test_a_programme_that_names_no_size_ends_nothing_that_untied_rows_may_explain(world: World, tmp_path: Path) -> None:
    for path, text in world.country.files.items():
        copy = tmp_path / "country" / path
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(text.replace("size: holder.household.household_size\n", ""), encoding="utf-8")
    world.country = load_country(tmp_path / "country")
    household(world, "C5")
    world.run(MARCH)
    world.incomes["CHILD"]["household"] = ""
    counts = world.run(APRIL).counts
    assert (counts.ending, counts.review) == (0, 1)


def test_a_household_that_became_smaller_ends_as_always_where_every_row_is_tied(world: World) -> None:
    household(world, "C5")
    world.run(MARCH)
    del world.incomes["CHILD"]
    assert world.run(APRIL).counts.ending == 1


def test_an_ending_that_no_missing_row_explains_is_told_although_rows_are_untied(world: World) -> None:
    household(world, "C5")
    world.run(MARCH)
    world.incomes["CHILD"]["household"] = ""
    world.earns("C1", "90000.00")
    summary = world.run(APRIL)
    assert (summary.counts.ending, summary.counts.review) == (1, 1)
    assert Entitlement.objects.get(contract="C1").state == "ending"


def test_many_rows_that_belong_to_nobody_stop_a_real_run(world: World) -> None:
    world.run(MARCH)
    before = Decision.objects.count()
    world.incomes["PC3"]["household"] = " "
    with pytest.raises(RunRefused) as refused:
        world.run(APRIL, confirm_untied=False)
    assert refused.value.code == "too_many_untied"
    assert "1 of 4 rows of 'income' (25%)" in str(refused.value)
    assert Decision.objects.count() == before
    assert world.run(APRIL, confirm_untied=False, kind=RunKind.TRIAL).counts.untied == 1
    assert world.run(APRIL).counts.untied == 1


def test_an_untied_benefit_ends_nothing_of_whoever_had_one(world: World) -> None:
    world.run(MARCH)
    world.benefits.append({"tax_id": "PX", "kind": "sick-pay", "since": "2020-01-01", "until": ""})
    world.benefits[0]["tax_id"] = ""
    world.earns("C1", "90000.00")
    summary = world.run(APRIL)
    assert (summary.counts.untied, summary.counts.ending, summary.counts.review) == (1, 1, 1)
    assert Entitlement.objects.get(contract="C4").state == "active"
    assert Entitlement.objects.get(contract="C1").state == "ending", "no benefit ever gave it"


def test_an_untied_row_completes_no_ending_that_it_may_be_wrong_about(world: World) -> None:
    household(world, "C5")
    world.run(MARCH)
    world.earns("C5", "50000.00")
    world.run(APRIL)
    world.earns("C5", "9000.00")
    world.incomes["CHILD"]["household"] = ""
    world.run(MAY)
    world.run(JUNE)
    assert Entitlement.objects.get(contract="C5").state == "ending"
    assert Review.objects.get(contract="C5", state="open").reason == "rows_untied"


def settle(world: World, day: date, verdict: Verdict) -> None:
    row = Review.objects.get(contract="C5", state="open")
    api.settle_review(id=row.pk, officer=CLERK, verdict=verdict, words="Looked at.", now=at(day))


def test_an_untied_row_refuses_nobody_who_waits(world: World) -> None:
    household(world, "C5")
    world.contracts["C5"]["power_kva"] = ""
    world.run(MARCH)
    settle(world, MARCH, Verdict.WAITING)
    world.contracts["C5"]["power_kva"] = "3.45"
    world.incomes["CHILD"]["household"] = ""
    assert world.run(APRIL).counts.refused == 0
    settle(world, APRIL, Verdict.WAITING)
    assert world.run(MAY).counts.refused == 0, "it waits for that very row"
    assert Entitlement.objects.get(contract="C5").state == "waiting"
    world.incomes["CHILD"]["household"] = "HC5"
    world.run(JUNE)
    assert Entitlement.objects.get(contract="C5").state == "active"


def test_a_yes_given_although_rows_were_untied_stands_for_the_same_facts(world: World) -> None:
    household(world, "C5")
    world.run(MARCH)
    world.incomes["CHILD"]["household"] = ""
    world.run(APRIL)
    settle(world, APRIL, Verdict.ENTITLED)
    del world.incomes["CHILD"]
    assert world.run(MAY).counts.ending == 0
    world.earns("C5", "9000.01")
    assert world.run(JUNE).counts.ending == 1, "other facts are another question"
