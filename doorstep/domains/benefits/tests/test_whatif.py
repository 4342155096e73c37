"""Another figure of the law: everybody decided twice, winners, losers and cost; nothing follows for anybody."""

from __future__ import annotations

import csv
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from doorstep.domains.benefits import api
from doorstep.domains.benefits.models import Decision, Entitlement, Review, Run, WhatIf
from doorstep.domains.benefits.tests.world import BOSS, CLERK, PROGRAMME, World, at
from doorstep.domains.benefits.types import NotAllowed, NotFound, RunRefused, WhatIfOrder, WhatIfReport
from doorstep.domains.country.api import read_country
from doorstep.kit.errors import DoorstepError

pytestmark = pytest.mark.slow

MARCH = date(2026, 3, 5)


def try_it(world: World, *, officer: Any = BOSS, **values: str) -> WhatIfReport:
    order = WhatIfOrder(PROGRAMME, world.write(), MARCH, values, out=world.folder / "out")
    return api.what_if(country=world.country, order=order, officer=officer, now=at(MARCH))


def test_winners_losers_and_cost_to_the_cent(world: World) -> None:
    world.earns("C1", "6500.00")
    world.add("G1", energy="gas", power_kva="", annual_m3="300")
    world.add("U1", income=None)
    told = try_it(world, income_ceiling="7000")
    counts = told.counts
    assert (counts.decided, counts.newly, counts.winners, counts.losers, counts.unknown) == (6, 1, 1, 0, 1)
    assert (counts.entitled_before, counts.entitled_after, counts.same) == (3, 4, 4)
    bill, gas = Decimal("0.338") * 640, Decimal("0.312") * Decimal("0.92") * 300
    assert counts.cost_before == (2 * bill + gas).quantize(Decimal("0.01"))
    assert counts.cost_after == (3 * bill + gas).quantize(Decimal("0.01"))
    (change,) = told.changes
    assert (change.name, change.before, change.after) == ("income_ceiling", "6272.64", "7000")


def test_a_smaller_share_is_a_loss_and_a_larger_one_a_gain(world: World) -> None:
    assert (try_it(world, electricity_discount="0.3").counts.less, WhatIf.objects.count()) == (3, 1)
    assert try_it(world, electricity_discount="0.4").counts.more == 3
    same = try_it(world, electricity_discount="0.338").counts
    assert (same.winners, same.losers, same.same) == (0, 0, 4)


def test_codes_and_several_figures_at_once(world: World) -> None:
    told = try_it(world, qualifying_kinds="old-age-supplement, disability-benefit", income_ceiling="4000")
    assert (told.counts.no_longer, told.counts.entitled_after) == (3, 0)


def test_an_unknown_cost_is_counted_and_not_invented(world: World) -> None:
    world.benefits.append({"tax_id": "PG2", "kind": "minimum-income", "since": "2020-01-01", "until": ""})
    world.add("G2", energy="gas", power_kva="", annual_m3="")
    told = try_it(world, max_gas="400")
    assert told.counts.unknown == 1, "nobody knows whether so much gas is too much"
    assert told.counts.cost_unknown == 0


def test_nothing_is_kept_but_the_numbers(world: World) -> None:
    world.run(MARCH)
    before = [model.objects.count() for model in (Run, Decision, Entitlement, Review)]
    try_it(world, income_ceiling="100")
    assert [model.objects.count() for model in (Run, Decision, Entitlement, Review)] == before
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(w)::text FROM benefits_whatif w")
        (kept,) = cursor.fetchone()
    assert not any(name in kept for name in ("PC1", 'C1"', "C2", "HC1"))


def test_small_groups_are_told_to_nobody_and_what_is_told_adds_up(world: World) -> None:
    for number in range(20):
        world.add(f"W{number}", income="6900.00")
        world.incomes[f"PW{number}"]["sex"] = "male" if number < 13 else "female"
    told = try_it(world, income_ceiling="7000")
    assert told.counts.winners == 20
    groups = {row.value: row for row in told.groups["sex"]}
    assert (groups["male"].winners, groups["female"].winners) == (13, 7)
    assert groups["male"].cost == (13 * Decimal("0.338") * 640).quantize(Decimal("0.01"))
    for number in range(3):
        world.incomes[f"PW{number}"]["sex"] = ""
    unknown = {row.value: row for row in try_it(world, income_ceiling="7000").groups["sex"]}
    assert (unknown[""].winners, unknown["female"].winners) == (None, None), "a sum would give the three away"
    assert unknown[""].cost is None


def test_the_report_and_the_groups_are_files_too(world: World) -> None:
    told = try_it(world, income_ceiling="7000")
    report = json.loads((world.folder / "out" / "report.json").read_text())
    assert report["counts"]["winners"] == told.counts.winners
    with (world.folder / "out" / "groups.csv").open() as file:
        lines = list(csv.DictReader(file))
    assert {line["grouping"] for line in lines} == {"area", "age", "sex"}


def test_from_files_to_files_needs_no_database(world: World) -> None:
    stored = try_it(world, income_ceiling="100000")
    order = WhatIfOrder(PROGRAMME, world.folder, MARCH, {"income_ceiling": "100000"})
    alone = api.what_if_files(country=world.country, order=order, now=at(MARCH))
    assert (alone.id, alone.counts, alone.groups) == (None, stored.counts, stored.groups)


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({}, "Nothing would change"),
        ({"income_celing": "7000"}, "Did you mean 'income_ceiling'"),
        ({"income_ceiling": "many"}, "does not fit"),
        ({"income_ceiling": "7 000"}, "does not fit"),
        ({"qualifying_kinds": ","}, "does not fit"),
    ],
)
def test_a_figure_that_cannot_be_used_is_named(world: World, values: dict[str, str], wrong: str) -> None:
    with pytest.raises(DoorstepError) as error:
        try_it(world, **values)
    assert wrong in str(error.value)
    assert WhatIf.objects.count() == 0


def test_supervisors_start_officers_read(world: World) -> None:
    with pytest.raises(NotAllowed):
        try_it(world, officer=CLERK, income_ceiling="7000")
    told = try_it(world, income_ceiling="7000")
    assert told.id is not None
    assert api.what_if_report(id=told.id, officer=CLERK) == told
    assert api.list_what_ifs(officer=CLERK).items == (told,)
    with pytest.raises(NotFound):
        api.what_if_report(id=told.id + 1, officer=CLERK)


def test_a_register_that_is_missing_stops_it(world: World) -> None:
    world.write()
    (world.folder / "income.csv").unlink()
    order = WhatIfOrder(PROGRAMME, world.folder, MARCH, {"income_ceiling": "7000"})
    with pytest.raises(RunRefused, match="income"):
        api.what_if(country=world.country, order=order, officer=BOSS, now=at(MARCH))


def test_a_programme_without_a_cost_counts_people_only(world: World, demo_copy: Path) -> None:
    file = demo_copy / "programmes" / f"{PROGRAMME}.yaml"
    file.write_text(file.read_text().replace("cost: yearly_cost\n", ""))
    order = WhatIfOrder(PROGRAMME, world.write(), MARCH, {"income_ceiling": "100"})
    told = api.what_if_files(country=read_country(demo_copy), order=order, now=at(MARCH))
    assert (told.counts.losers, told.counts.cost_before, told.counts.cost_after) == (2, None, None)
