"""Runs, trials and stopped ones; and the switch that supervisors turn."""

from __future__ import annotations

import pytest

from doorstep.channels.desk.tests.conftest import APRIL, MARCH
from doorstep.domains.benefits import api as benefits
from doorstep.domains.benefits.tests.stored import Run
from doorstep.domains.benefits.tests.world import BOSS, PROGRAMME, at
from doorstep.domains.benefits.types import PastOrder, Role, RunKind, RunRefused

RUNS, SWITCH = "/en/desk/runs/", "/en/desk/switch/"
WHY = "The tax register of April is wrong."

pytestmark = pytest.mark.django_db


def test_a_trial_shows_who_would_gain_and_who_would_lose(world, desk):
    world.run(MARCH)
    world.earns("C1", "80000.00")
    world.add("C6")
    world.add("C7")
    trial = world.run(APRIL, kind=RunKind.TRIAL)
    client = desk()
    html = client.get(RUNS).content.decode()
    assert "Trial" in html
    assert "doorstep decide energy-tariff --inputs FOLDER --as-of YYYY-MM-DD --trial" in html
    page = client.get(f"{RUNS}{trial.id}/").content.decode()
    assert "This was a trial" in page
    assert '<strong dir="ltr">+1</strong>' in page
    assert client.get(f"/en/reports/{trial.id}/").status_code == 404, "the public does not see trials"


def test_a_correction_of_past_months_stands_among_the_runs(world, desk):
    world.run(MARCH)
    world.benefits.append({"tax_id": "PC3", "kind": "minimum-income", "since": "2026-03-01", "until": ""})
    order = PastOrder(PROGRAMME, world.write(), MARCH, MARCH, apply=True, same_contracts=True, confirm_corrections=True)
    done = benefits.recompute(country=world.country, order=order, officer=BOSS, now=at(APRIL))
    assert "Correction of past months" in desk().get(RUNS).content.decode()
    page = desk().get(f"{RUNS}{done.run}/").content.decode()
    assert "Corrections written, each with its letter: 1." in page
    assert "2026-03-05" in page
    assert "Start now" not in page
    assert desk().get(f"/en/reports/{done.run}/").status_code == 404, "the public does not see it"


def test_a_run_that_a_guard_stopped_says_why_and_how_a_supervisor_confirms(world, desk):
    world.run(MARCH)
    world.earns("C1", "80000.00")
    with pytest.raises(RunRefused):
        world.run(APRIL, confirm_endings=False)
    stopped = Run.objects.latest("id")
    assert "Stopped by a guard" in desk().get(RUNS).content.decode()
    page = desk().get(f"{RUNS}{stopped.pk}/").content.decode()
    assert "1 of 3 entitlements" in page
    assert "Only a supervisor may confirm" in page
    boss = desk("sana", Role.SUPERVISOR).get(f"{RUNS}{stopped.pk}/").content.decode()
    command = "doorstep decide energy-tariff --inputs FOLDER --as-of 2026-04-05 --out FOLDER --confirm-endings"
    assert command in boss


def test_a_run_that_is_not_there(world, desk):
    assert desk().get(f"{RUNS}999/").status_code == 404
    assert "No run has finished yet" in desk().get(RUNS).content.decode()


def turn(client, on="no", why=WHY, **more):
    return client.post(f"{SWITCH}{PROGRAMME}/", {"on": on, "why": why, **more})


def test_a_supervisor_turns_the_switch_after_a_second_thought(world, desk):
    boss = desk("sana", Role.SUPERVISOR)
    sure = turn(boss)
    assert "Switch off: Energy tariff?" in sure.content.decode()
    assert benefits.is_on(programme=PROGRAMME)
    assert turn(boss, sure="yes").status_code == 302
    assert not benefits.is_on(programme=PROGRAMME)
    html = boss.get(SWITCH).content.decode()
    assert WHY in html
    assert "Sana Clerk (sana)" in html
    assert WHY in desk().get(SWITCH).content.decode(), "officers see the history too"
    assert turn(boss, "yes", sure="yes").status_code == 302
    assert benefits.is_on(programme=PROGRAMME)


def test_turning_twice_changes_nothing(world, desk):
    boss = desk("sana", Role.SUPERVISOR)
    turn(boss, sure="yes")
    again = turn(boss, sure="yes")
    assert again.status_code == 409
    assert "switched off already" in again.content.decode()
    assert len(benefits.switch_history(programme=PROGRAMME)) == 1


def test_the_switch_needs_a_reason_a_supervisor_and_a_programme(world, desk):
    boss = desk("sana", Role.SUPERVISOR)
    assert turn(boss, why="  ", sure="yes").status_code == 422
    assert turn(boss, change="yes").status_code == 200
    assert turn(desk(), sure="yes").status_code == 403
    assert "button stop" not in desk().get(SWITCH).content.decode()
    assert boss.post(f"{SWITCH}no-such/", {"on": "no", "why": WHY}).status_code == 404
    assert benefits.is_on(programme=PROGRAMME)
