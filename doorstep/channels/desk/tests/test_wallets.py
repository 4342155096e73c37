"""Wallets at the desk: opened, found, a new PIN, frozen, quarrels answered, agents counted; each look is told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from doorstep.channels.desk.tests.conftest import Desk, desk
from doorstep.domains.benefits.types import Role
from doorstep.domains.country.api import load_country
from doorstep.domains.wallets import api as wallets
from doorstep.domains.wallets.tests.conftest import Town

__all__ = ["desk"]

DEMO = Path(__file__).parents[4] / "countries" / "demo"
AT = "/en/desk/wallets"


@pytest.fixture(autouse=True)
def clock() -> None:
    """The desk's clock of its other tests stands in March; here it goes on from the town's."""


@pytest.fixture
def town(db: None, settings: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Town:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # type: ignore[attr-defined]
    made = Town(load_country(DEMO))
    monkeypatch.setattr(timezone, "now", lambda: made.at)
    return made


def page_of(number: str) -> str:
    return f"{AT}/{wallets.find_wallet(number=number)}/"


def html(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def test_a_wallet_is_found_by_its_number_alone_and_the_look_is_told(town: Town, desk: Desk) -> None:
    client = desk()
    assert client.post(f"{AT}/", {"number": "123 456 789"}).status_code == 422
    found = client.post(f"{AT}/", {"number": wallets.shown_number(town.amina)})["Location"]
    assert town.amina not in found, "addresses are kept in logs"
    assert wallets.shown_number(town.amina) in html(client, found)
    [look] = wallets.looks_at_wallet(number=town.amina)
    assert (look.who, look.purpose) == ("Rui Clerk (rui)", "mend-the-data")


def test_nobody_looks_without_a_purpose(town: Town, desk: Desk) -> None:
    client = desk(purposes=False)
    for address in (page_of(town.amina), f"{page_of(town.amina)}pin/"):
        assert "/purpose/wallets/" in client.get(address)["Location"]
    assert wallets.looks_at_wallet(number=town.amina) == ()


def test_a_wallet_is_opened_with_a_yes_and_a_pin_that_the_owner_types(town: Town, desk: Desk) -> None:
    client = desk()
    given = {"recognised": "known", "level": "basic", "language": "bn", "person": ""}
    for missing in ({"recognised": ""}, {"consent": ""}, {"level": "known", "consent": "yes"}):
        assert client.post(f"{AT}/new/", {**given, **missing}).status_code == 422
    at = client.post(f"{AT}/new/", {**given, "consent": "yes"})["Location"]
    assert "Turn the screen" in html(client, at)
    assert client.post(at, {"pin": "7913", "again": "7931"}).status_code == 422
    assert client.post(at, {"pin": "1111", "again": "1111"}).status_code == 422
    done = client.post(at, {"pin": "7913", "again": "7913"})["Location"]
    shown = html(client, done)
    number = re.search(r'class="ref">(\d{3} \d{3} \d{3})<', shown)
    assert number
    assert wallets.sign_in(country=town.country, number=number[1], pin="7913", at=town.at)
    assert "Recognised by" not in shown
    assert "Two people said who it was." in shown


def test_who_has_a_wallet_is_shown_it(town: Town, desk: Desk) -> None:
    given = {"recognised": "papers", "level": "known", "language": "en", "person": "amina", "consent": "yes"}
    at = desk().post(f"{AT}/new/", given)["Location"]
    assert at == f"{page_of(town.amina)}?done=there"


def test_a_new_pin_takes_two_steps_and_is_refused_the_fourth_time(town: Town, desk: Desk) -> None:
    client, at = desk(), f"{page_of(town.amina)}pin/"
    assert "Who asks for it?" in html(client, at)
    assert client.post(at, {"asked": "owner"}).status_code == 422
    known = {"asked": "guardian", "recognised": "papers"}
    assert "Turn the screen" in client.post(at, known).content.decode()
    for pin in ("7913", "1739", "9371"):
        assert client.post(at, {**known, "pin": pin, "again": pin}).status_code == 302
    refused = client.post(at, {**known, "pin": "3917", "again": "3917"})
    assert refused.status_code == 422
    assert "Too many new PINs" in refused.content.decode()
    assert "Somebody whom the law lets act for you" in html(client, page_of(town.amina))


def test_an_officer_freezes_and_a_supervisor_unfreezes(town: Town, desk: Desk) -> None:
    officer, boss = desk(), desk("ana", Role.SUPERVISOR)
    at = page_of(town.amina)
    assert officer.post(f"{at}freeze/", {"words": ""}).status_code == 422
    assert officer.post(f"{at}freeze/", {"words": "Stolen phone."}).status_code == 302
    assert officer.post(f"{at}unfreeze/", {"words": "Back."}).status_code == 403
    assert boss.post(f"{at}unfreeze/", {"words": "The phone is back."}).status_code == 302
    assert wallets.wallet(country=town.country, number=town.amina, at=town.at).state == "active"
    assert boss.post(f"{at}freeze/", {"words": "Again."}).status_code == 302
    refused = boss.post(f"{at}unfreeze/", {"words": "Mine."})
    assert refused.status_code == 422
    assert "You froze it yourself" in refused.content.decode()


def test_limits_are_changed(town: Town, desk: Desk) -> None:
    client, at = desk(), page_of(town.amina)
    assert client.post(f"{at}level/", {"level": "gold"}).status_code == 422
    assert client.post(f"{at}level/", {"level": "known"}).status_code == 302
    assert wallets.wallet(country=town.country, number=town.amina, at=town.at).level == "known"


def test_a_quarrel_is_read_from_both_sides_and_answered_by_a_supervisor(town: Town, desk: Desk) -> None:
    town.cash_in(town.amina, 10_000)
    paid = town.send(town.amina, town.karim, 4_000)
    quarrel = wallets.open_dispute(number=town.amina, movement=paid.id, text="One digit off.", at=town.at)
    wallets.reply_to_dispute(number=town.karim, movement=paid.id, text="I thought it was a gift.", at=town.at)
    officer, boss, at = desk(), desk("ana", Role.SUPERVISOR), f"{AT}/quarrels/{quarrel.id}/"
    assert f"/wallets/quarrels/{quarrel.id}/" in html(officer, f"{AT}/quarrels/")
    shown = html(officer, at)
    assert "One digit off." in shown
    assert "I thought it was a gift." in shown
    answer = {"verdict": "upheld", "words": "The numbers differ in one digit."}
    assert officer.post(f"{at}decide/", answer).status_code == 403
    for wrong in ({"verdict": ""}, {"words": ""}):
        assert boss.post(f"{at}decide/", {**answer, **wrong}).status_code == 422
    assert boss.post(f"{at}decide/", answer).status_code == 302
    assert "went back to the sender" in html(officer, at)
    assert (town.has(town.amina), town.has(town.karim)) == (10_000, 0)
    assert "Nothing waits." in html(officer, f"{AT}/quarrels/")
    assert f"/quarrels/{quarrel.id}/" in html(officer, f"{AT}/quarrels/?state=decided")
    assert desk().get(f"{AT}/quarrels/999999/").status_code == 404


def test_an_agents_cash_is_counted_and_its_float_filled_once(town: Town, desk: Desk) -> None:
    town.cash_in(town.amina, 7_000)
    officer, boss, at = desk(), desk("ana", Role.SUPERVISOR), f"{AT}/agents/corner-shop/"
    assert "Corner shop at the bridge" in html(officer, f"{AT}/agents/")
    assert 'name="counted"' not in html(officer, at)
    key = re.search(r'name="key" value="(\w+)"', html(boss, at))
    assert key
    count = {"counted": "69", "brought": "50", "words": "", "seen": "7000", "key": key[1]}
    assert officer.post(f"{at}count/", count).status_code == 403
    assert boss.post(f"{at}count/", count).status_code == 422
    for _ in range(2):
        assert boss.post(f"{at}count/", {**count, "words": "A note was torn."}).status_code == 302
        assert boss.post(f"{at}fill/", {"amount": "10", "key": key[1]}).status_code == 302
    agent = wallets.agent(code="corner-shop", at=town.at)
    assert (agent.float_left, agent.cash) == (100_000 - 7_000 + 5_000 + 1_000, 1_900)
    assert "A note was torn." in html(officer, at)
    assert boss.post(f"{at}fill/", {"amount": "x", "key": "k"}).status_code == 422
    pin = re.search(r'dir="ltr">(\d{4})<', boss.post(f"{at}pin/").content.decode())
    assert pin
    assert wallets.agent_at_work(country=town.country, code="corner-shop", pin=pin[1], at=town.at)
    assert boss.get(f"{AT}/agents/nobody/").status_code == 404


@pytest.mark.parametrize("language", ["en", "pt", "bn", "ar"])
def test_every_page_opens_in_every_language(town: Town, desk: Desk, language: str) -> None:
    client = desk("ana", Role.SUPERVISOR)
    page = page_of(town.amina).removeprefix(f"{AT}/")
    for path in ("", "new/", "quarrels/", "agents/", "agents/post-office/", page, f"{page}pin/"):
        assert client.get(f"/{language}/desk/wallets/{path}").status_code == 200, path
