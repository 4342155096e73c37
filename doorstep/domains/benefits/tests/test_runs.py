"""What stops a run, what a run leaves behind, and that nothing is ever half done."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.db import connection

from doorstep.domains.benefits import api, consequences
from doorstep.domains.benefits.models import Decision, Entitlement, Notice, Review, Run
from doorstep.domains.benefits.tests.conftest import DEMO
from doorstep.domains.benefits.tests.world import BOSS, CLERK, NOBODY, PROGRAMME, World, at
from doorstep.domains.benefits.types import NotAllowed, NotFound, RunKind, RunRefused, RunState
from doorstep.domains.country.api import load_country, read_country
from doorstep.kit.errors import DoorstepError

pytestmark = pytest.mark.slow

MARCH, APRIL, MAY, JUNE = (date(2026, month, 5) for month in (3, 4, 5, 6))


def stored() -> tuple[int, int, int, int]:
    return (Entitlement.objects.count(), Decision.objects.count(), Notice.objects.count(), Review.objects.count())


def refused(world: World, day: date, **more: object) -> RunRefused:
    with pytest.raises(RunRefused) as caught:
        world.run(day, **more)
    return caught.value


def test_a_trial_stores_its_report_and_nothing_else(world: World) -> None:
    world.add("C5", income=None)
    summary = world.run(MARCH, kind=RunKind.TRIAL)
    assert (summary.counts.started, summary.counts.review) == (3, 1)
    assert stored() == (0, 0, 0, 0)
    assert summary.id is not None
    with pytest.raises(NotFound):
        api.run_report(run=summary.id)
    report = api.run_report(run=summary.id, officer=CLERK)
    assert {row.value: row.after for row in report.groups["sex"]} == {"female": 3}
    assert [run.id for run in api.list_runs(trials=True).items] == [summary.id]
    assert api.list_runs().total == 0


def test_a_trial_compares_before_and_after(world: World) -> None:
    world.run(MARCH)
    world.earns("C1", "80000.00")
    summary = world.run(APRIL, kind=RunKind.TRIAL)
    report = api.run_report(run=summary.id or 0, officer=CLERK)
    (row,) = report.groups["area"]
    assert (row.contracts, row.before, row.after) == (4, 3, 2)


def test_small_groups_are_not_published(world: World) -> None:
    for number in range(10, 30):
        world.add(f"D{number}")
    for number in range(2):
        world.add(f"E{number}")
        world.incomes[f"PE{number}"]["sex"] = "male"
    summary = world.run(MARCH)
    report = api.run_report(run=summary.id or 0)
    by_sex = {row.value: row for row in report.groups["sex"]}
    assert by_sex["male"].contracts is None
    assert by_sex["female"].contracts is None, "or the sum would give the small group away"
    whole = api.run_report(run=summary.id or 0, officer=CLERK)
    assert {row.value: row.contracts for row in whole.groups["sex"]} == {"female": 24, "male": 2}


def test_an_older_law_in_force_again_is_decided_again(world: World, tmp_path: Path) -> None:
    first = world.run(MARCH)
    law, folder = world.country, tmp_path / "country"
    for path, text in law.files.items():
        if path.startswith("tests/"):  # the old law's own examples would speak against it
            continue
        copy = folder / path
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(text.replace("2020-12-31: 6272.64", "2020-12-31: 4000.00"), encoding="utf-8")
    world.country = load_country(folder)
    assert world.run(MARCH).counts.entitled < first.counts.entitled
    world.country = law
    again = world.run(MARCH)
    assert (again.repeated, again.counts.entitled) == (False, first.counts.entitled)
    assert world.run(MARCH).repeated


def test_the_country_says_which_groups_are_small(world: World, tmp_path: Path) -> None:
    for path, text in world.country.files.items():
        copy = tmp_path / "country" / path
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(text.replace("suppress_under: 5", "suppress_under: 4"), encoding="utf-8")
    world.country = load_country(tmp_path / "country")
    report = api.run_report(run=world.run(MARCH).id or 0)
    assert report.least == 4
    assert {row.contracts for row in report.groups["sex"]} == {4}


def test_the_same_inputs_twice_change_nothing(world: World, tmp_path: Path) -> None:
    first = world.run(MARCH, out=tmp_path / "out")
    before = stored()
    (tmp_path / "out" / "luz-do-vale.csv").unlink()
    second = world.run(MARCH, out=tmp_path / "out")
    assert second.repeated
    assert (second.id, stored()) == (first.id, before)
    assert (tmp_path / "out" / "luz-do-vale.csv").exists()


def test_each_supplier_gets_contract_from_and_to_and_nothing_else(world: World, tmp_path: Path) -> None:
    summary = world.run(MARCH, out=tmp_path)
    assert summary.files == {"alo-shakti.csv": 1, "luz-do-vale.csv": 2}
    assert (tmp_path / "luz-do-vale.csv").read_text().splitlines() == [
        "contract,from,to",
        "C1,2026-04-01,",
        "C2,2026-04-01,",
    ]
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["counts"]["started"] == 3
    assert {file["register"] for file in report["inputs"]} == {"contract", "income", "benefit"}
    assert all(len(file["sha256"]) == 64 for file in report["inputs"])
    assert (tmp_path / "faults.csv").exists()
    world.earns("C1", "90000.00")
    world.run(APRIL, out=tmp_path)
    assert "C1,2026-04-01,2026-05-31" in (tmp_path / "luz-do-vale.csv").read_text()
    again = tmp_path / "again"
    repeated = world.run(APRIL, out=again)
    assert repeated.repeated
    assert repeated.files == {"alo-shakti.csv": 1, "luz-do-vale.csv": 2}
    assert (again / "luz-do-vale.csv").read_bytes() == (tmp_path / "luz-do-vale.csv").read_bytes()


def test_no_file_of_an_older_run_is_left_among_the_new_ones(world: World, tmp_path: Path) -> None:
    out = tmp_path / "out"
    world.run(MARCH, out=out)
    (out / "alo-shakti-notes.csv").write_text("mine")
    before = {path.name for path in out.iterdir()}
    assert "alo-shakti.csv" in before
    world.contracts["C4"]["supplier"] = "luz-do-vale"
    world.run(APRIL, out=out, allow_missing=frozenset({"alo-shakti"}))
    assert {path.name for path in out.iterdir()} == before - {"alo-shakti.csv"}
    assert "C4," in (out / "luz-do-vale.csv").read_text(), "a contract that moves takes its discount along"


def test_only_a_supervisor_runs_for_real(world: World) -> None:
    world.write()
    for officer in (CLERK, NOBODY):
        with pytest.raises(NotAllowed):
            api.decide(country=world.country, order=world.order(MARCH), officer=officer, now=at(MARCH))
    trial = world.order(MARCH, kind=RunKind.TRIAL)
    api.decide(country=world.country, order=trial, officer=CLERK, now=at(MARCH))
    with pytest.raises(NotAllowed):
        api.decide(country=world.country, order=trial, officer=NOBODY, now=at(MARCH))


def test_the_kill_switch_stops_real_runs_and_takes_nothing_away(world: World) -> None:
    world.run(MARCH)
    before = stored()
    with pytest.raises(NotAllowed):
        api.switch(country=world.country, programme=PROGRAMME, on=False, officer=CLERK, why="x", now=at(APRIL))
    api.switch(country=world.country, programme=PROGRAMME, on=False, officer=BOSS, why="Wrong file.", now=at(APRIL))
    assert not api.is_on(programme=PROGRAMME)
    world.earns("C1", "80000.00")
    assert refused(world, APRIL).code == "off"
    assert stored() == before
    assert world.run(APRIL, kind=RunKind.TRIAL).state is RunState.FINISHED
    api.switch(country=world.country, programme=PROGRAMME, on=True, officer=BOSS, why="Mended.", now=at(APRIL))
    assert world.run(APRIL).counts.ending == 1
    assert [turn.why for turn in api.switch_history(programme=PROGRAMME)] == ["Mended.", "Wrong file."]


def test_a_switch_turned_while_a_run_is_at_work_stops_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def turn_off_then_lock() -> None:
        api.switch(country=world.country, programme=PROGRAMME, on=False, officer=BOSS, why="Stop!", now=at(MARCH))

    monkeypatch.setattr(consequences, "lock_tables", turn_off_then_lock)
    assert refused(world, MARCH).code == "off"
    assert stored() == (0, 0, 0, 0)


@pytest.mark.parametrize("register", ["income", "benefit"])
def test_an_absent_register_ends_nothing(world: World, register: str) -> None:
    world.run(MARCH)
    before = stored()
    world.write()
    (world.folder / f"{register}.csv").unlink()
    with pytest.raises(RunRefused, match=register) as caught:
        api.decide(country=world.country, order=world.order(APRIL), officer=BOSS, now=at(APRIL))
    assert caught.value.code == "missing_register"
    assert stored() == before


def test_an_empty_register_counts_as_absent(world: World) -> None:
    world.benefits.clear()
    assert refused(world, MARCH).code == "missing_register"
    assert world.run(MARCH, allow_missing=frozenset({"benefit"})).counts.started == 2


def test_an_absent_supplier_ends_nothing_unless_it_is_meant(world: World) -> None:
    world.run(MARCH)
    del world.contracts["C4"]
    error = refused(world, APRIL)
    assert error.code == "missing_deliverer"
    assert "alo-shakti" in str(error)
    assert not Entitlement.objects.exclude(state="active").exists()
    assert world.run(APRIL, allow_missing=frozenset({"alo-shakti"})).counts.ending == 1


def test_too_many_endings_stop_before_anything_is_written(world: World) -> None:
    world.run(MARCH)
    before = stored()
    world.earns("C1", "80000.00")
    error = refused(world, APRIL, confirm_endings=False)
    assert error.code == "too_many_endings"
    assert "1 of 3" in str(error)
    assert stored() == before
    stopped = api.list_runs(trials=True).items[0]
    assert stopped.id is not None
    assert "1 of 3" in api.run_report(run=stopped.id, officer=CLERK).run.message
    with pytest.raises(NotFound):
        api.run_report(run=stopped.id)
    assert world.run(APRIL).counts.ending == 1


def test_time_runs_one_way(world: World) -> None:
    world.run(MAY)
    assert refused(world, MARCH).code == "out_of_order"


def test_a_country_that_was_not_loaded_decides_nothing(world: World, tmp_path: Path) -> None:
    other = replace(read_country(DEMO), hash="0" * 64)
    world.write()
    with pytest.raises(DoorstepError, match="never loaded"):
        api.decide(country=other, order=world.order(MARCH), officer=BOSS, now=at(MARCH))
    assert not Run.objects.exists()


def test_the_run_keeps_what_went_in_and_who_asked(world: World) -> None:
    summary = world.run(MARCH)
    run = Run.objects.get(pk=summary.id)
    assert (run.started_by, run.version, run.as_of) == (BOSS.name, world.country.hash, MARCH)
    assert len(run.inputs_digest) == 64
    assert run.deliverers == {"alo-shakti": 1, "luz-do-vale": 3}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("broken", ["_notices", "_decisions"])
def test_a_crash_in_the_middle_leaves_the_database_as_it_was(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, broken: str
) -> None:
    world.run(MARCH)
    before = [list(Entitlement.objects.order_by("id").values()), *stored()]
    world.earns("C1", "80000.00")
    world.add("C9")
    monkeypatch.setattr(consequences, broken, lambda: "SELECT 1/0")
    with pytest.raises(Exception, match="division by zero"):
        world.run(APRIL, out=tmp_path / "out")
    assert [list(Entitlement.objects.order_by("id").values()), *stored()] == before
    assert not (tmp_path / "out" / "luz-do-vale.csv").exists()
    assert Run.objects.latest("id").state == "failed"
    monkeypatch.undo()
    assert world.run(APRIL).counts.started == 1


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_are_one_run(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.write()
    inside, go_on = threading.Event(), threading.Event()
    lock = consequences.lock_tables

    def slow() -> None:
        inside.set()
        assert go_on.wait(30)
        lock()

    monkeypatch.setattr(consequences, "lock_tables", slow)
    results: list[object] = []

    def run() -> None:
        try:
            results.append(api.decide(country=world.country, order=world.order(MARCH), officer=BOSS, now=at(MARCH)))
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    assert inside.wait(30)
    assert refused(world, MARCH).code == "busy"
    go_on.set()
    thread.join(30)
    assert len(results) == 1
    assert stored() == (3, 3, 3, 0)
    monkeypatch.undo()
    assert world.run(MARCH).repeated


@pytest.mark.django_db(transaction=True)
def test_a_run_that_was_cut_off_is_marked_by_the_next(world: World) -> None:
    world.run(MARCH)
    Run.objects.update(state="started", finished_at=None)
    world.earns("C1", "5001.00")
    world.run(APRIL)
    assert list(Run.objects.order_by("id").values_list("state", flat=True)) == ["failed", "finished"]


def test_files_only_needs_no_database_and_gives_the_same_contracts(world: World, tmp_path: Path) -> None:
    world.run(MARCH, out=tmp_path / "stored")
    world.add("C5", income=None)
    world.run(MARCH, out=tmp_path / "stored")
    summary = api.decide_files(country=world.country, order=world.order(MARCH, out=tmp_path / "files"), now=at(MARCH))
    assert (summary.counts.entitled, summary.counts.unknown, summary.id) == (3, 1, None)
    for name in ("luz-do-vale.csv", "alo-shakti.csv"):
        assert (tmp_path / "files" / name).read_bytes() == (tmp_path / "stored" / name).read_bytes()


def test_an_unknown_folder_is_said_plainly(world: World) -> None:
    order = replace(world.order(MARCH), inputs=Path("/nowhere/at/all"))
    with pytest.raises(DoorstepError, match="There is no folder"):
        api.decide(country=world.country, order=order, officer=BOSS, now=at(MARCH))
    assert not Run.objects.exists(), "a slip of the pen is no run"
