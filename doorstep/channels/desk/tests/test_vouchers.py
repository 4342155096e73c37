"""Vouchers at the desk: a list with four eyes, cards, contests, settlement."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from doorstep.channels.desk.tests.conftest import Desk, desk
from doorstep.domains.benefits.types import Role
from doorstep.domains.vouchers import api, files
from doorstep.domains.vouchers.tests.conftest import World, loaded, world
from doorstep.domains.vouchers.tests.devices import phone

__all__ = ["desk", "loaded", "world"]

AT = "/en/desk/vouchers"


@pytest.fixture(autouse=True)
def clock(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: world.now)


def upload(client: Client, rows: str, agency: str = "food-relief") -> str:
    file = SimpleUploadedFile("list.csv", ("person,amount\n" + rows).encode())
    sent = {"agency": agency, "kind": "food", "month": "2026-09-01", "list": file}
    answer = client.post(f"{AT}/lists/", sent)
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


def test_a_list_is_checked_shown_and_released_by_a_supervisor(world: World, desk: Desk) -> None:
    world.given("P-1,60\n", agency="rural-aid")
    maker, boss = desk("rui"), desk("ana", Role.SUPERVISOR)
    at = upload(maker, "P-1,60\nP-2,x\nP-3,20\n")
    html = maker.get(at).content.decode()
    for part in ("Has EUR 60.00 this month already, from Rural Aid", "No amount of this voucher", "Fine"):
        assert part in html, part
    assert maker.post(f"{at}release/", {"release": "yes"}).status_code == 422
    assert boss.post(f"{at}release/", {"release": "yes"}).status_code == 302
    assert (world.left("P-1"), world.left("P-3")) == (9000, 2000)
    assert "Released" in boss.get(at).content.decode()
    assert boss.post(f"{at}release/", {"cancel": "yes"}).status_code == 422


def test_a_file_that_is_no_list_is_refused_in_words(world: World, desk: Desk) -> None:
    file = SimpleUploadedFile("list.csv", b"person,amount,name\n1,2,Ana\n")
    answer = desk().post(f"{AT}/lists/", {"agency": "food-relief", "kind": "food", "month": "2026-09-01", "list": file})
    assert answer.status_code == 422
    assert "Take names and addresses out" in answer.content.decode()


def test_a_card_is_given_printed_blocked_and_its_person_found(world: World, desk: Desk) -> None:
    world.given("P-1,60\n")
    client = desk()
    found = client.post(f"{AT}/people/", {"person": "P-1"})
    assert "P-1" not in found["Location"]
    printed = client.post(f"{found['Location']}act/", {"do": "give"}).content.decode()
    number = re.search(r'class="ref number" dir="ltr">(\d{4} \d{4} \d{4})<', printed)
    assert number
    assert "<svg" in printed
    assert client.post(f"{AT}/people/", {"number": number[1]})["Location"] == found["Location"]
    act = {"do": "block", "number": number[1]}
    assert client.post(f"{found['Location']}act/", act).status_code == 422
    assert client.post(f"{found['Location']}act/", {**act, "reason": "lost"}).status_code == 302
    assert "blocked" in client.get(found["Location"]).content.decode()
    assert client.post(f"{AT}/people/", {"number": "1"}).status_code == 422


def test_a_proxy_is_named_with_a_card_and_the_name_is_kept_nowhere(world: World, desk: Desk) -> None:
    world.given("P-1,60\n")
    at = f"{AT}/people/{api.pseudonym_of('P-1')}/"
    sent = {"do": "proxy", "name": "Ana Sousa", "kinds": ["food"], "until": "2026-12-31"}
    assert "Ana Sousa" in desk().post(f"{at}act/", sent).content.decode()
    html = desk().get(at).content.decode()
    assert "Ana Sousa" not in html
    [proxy] = api.holder(pseudonym=api.pseudonym_of("P-1")).proxies
    assert desk().post(f"{at}act/", {"do": "revoke", "proxy": str(proxy.id)}).status_code == 302
    assert desk().post(f"{at}act/", {**sent, "until": ""}).status_code == 422


def test_a_contest_is_answered_with_words(world: World, desk: Desk) -> None:
    world.given("P-1,90\n")
    world.given("P-1,50\n", agency="rural-aid")
    person = api.pseudonym_of("P-1")
    [aside] = api.holder(pseudonym=person).set_aside
    number = api.contest(line=aside.line, holder=person, text="It is mine.", at=world.now)
    boss = desk("ana", Role.SUPERVISOR)
    assert "It is mine." in boss.get(f"{AT}/contests/{number}/").content.decode()
    assert boss.post(f"{AT}/contests/{number}/", {"words": "Yes."}).status_code == 422
    assert boss.post(f"{AT}/contests/{number}/", {"verdict": "upheld", "words": "Yes."}).status_code == 302
    assert world.left("P-1") == 14_000


def test_a_shop_is_settled_and_paid_by_a_file(world: World, desk: Desk) -> None:
    world.given("P-1,60\n")
    world.redeem(world.card("P-1"), 1250)
    world.later(days=1)
    boss = desk("ana", Role.SUPERVISOR)
    closed = boss.post(f"{AT}/shops/", {"shop": "corner-basket", "until": "2026-09-10"})
    assert closed.status_code == 302
    [row] = [line for line in boss.get(f"{AT}/shops/").content.decode().splitlines() if "settlements/" in line][:1]
    number = re.search(r"settlements/(\d+)/", row)
    assert number
    file = boss.get(f"{AT}/settlements/{number[1]}.csv").content.decode()
    assert file.splitlines()[1].endswith("food,food-relief,12.50,1")
    assert boss.post(f"{AT}/shops/", {"shop": "corner-basket", "until": "2026-09-10"}).status_code == 422
    pin = boss.post(f"{AT}/shops/", {"shop": "corner-basket", "pin": "yes"}).content.decode()
    assert re.search(r'dir="ltr">\d{6}<', pin)
    assert desk().post(f"{AT}/shops/", {"shop": "corner-basket", "pin": "yes"}).status_code == 422


@pytest.mark.parametrize("language", ["en", "pt", "bn", "ar"])
def test_every_page_opens_in_every_language(world: World, desk: Desk, language: str) -> None:
    world.given("P-1,60\n")
    client = desk("ana", Role.SUPERVISOR)
    for path in (
        "",
        "lists/",
        "people/",
        "contests/",
        "shops/",
        "devices/",
        "funds/",
        "audit/",
        f"people/{api.pseudonym_of('P-1')}/",
    ):
        assert client.get(f"/{language}/desk/vouchers/{path}").status_code == 200, path


def test_the_books_are_shown_as_exact(world: World, desk: Desk) -> None:
    world.given("P-1,60\n")
    assert desk().get(f"{AT}/").content.decode().count("Exact") == 3


def test_a_look_at_a_person_asks_why_and_is_told(world: World, desk: Desk) -> None:
    world.given("P-1,60\n")
    person = api.pseudonym_of("P-1")
    assert "/purpose/vouchers/" in desk(purposes=False).get(f"{AT}/people/{person}/")["Location"]
    assert api.looks_at_holder(pseudonym=person) == ()
    assert desk().get(f"{AT}/people/{person}/").status_code == 200
    [look] = api.looks_at_holder(pseudonym=person)
    assert (look.who, look.purpose) == ("Rui Clerk (rui)", "mend-the-data")


def test_a_device_is_enrolled_with_a_key_that_is_shown_once(world: World, desk: Desk) -> None:
    client = desk()
    html = client.post(f"{AT}/devices/", {"code": "Corner-1", "shop": "corner-basket"}).content.decode()
    file = json.loads(unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", html)[1]))  # type: ignore[index]
    assert "<svg" in html
    assert file["key"] not in client.get(f"{AT}/devices/").content.decode()
    assert client.post(f"{AT}/devices/", {"code": "corner-1", "shop": "corner-basket"}).status_code == 422
    assert client.post(f"{AT}/devices/", {"code": "other", "shop": "corner-basket", "key": "xy"}).status_code == 422
    device = files.read_device(file)
    signature = api.sign_hello("corner-1", world.now, [], key=device.key)
    told, _ = api.sync(request=api.Request("corner-1", world.now, [], signature), at=world.now)
    assert told.upto == 0, "the key that was shown is the device's own"


def test_a_device_is_permitted_read_and_closed(world: World, desk: Desk) -> None:
    world.given("P-1,60\n")
    card, of, client, at = world.card("P-1"), phone(world), desk(), f"{AT}/devices/phone-1/"
    assert client.post(f"{at}act/", {"do": "permit", "kind": "food"}).status_code == 302
    assert client.post(f"{at}act/", {"do": "permit", "kind": "food"}).status_code == 422
    of.sync()
    world.redeem(card, 5500)
    of.give(card, 1000)
    of.sync()
    html = client.get(at).content.decode()
    for part in ("Not enough on the voucher when it was told", "Food Relief", "the agency bears"):
        assert part in html, part
    reserve = {"do": "reserve", "kind": "food", "card": card.number, "amount": "x"}
    assert client.post(f"{at}act/", reserve).status_code == 422
    world.given("P-2,60\n")
    reserve = {"do": "reserve", "kind": "food", "card": api.grouped(world.card("P-2").number), "amount": "10,00"}
    assert client.post(f"{at}act/", reserve).status_code == 302
    assert client.post(f"{at}act/", {"do": "close"}).status_code == 302
    assert "closed" in client.get(at).content.decode()
    assert client.post(f"{at}act/", {"do": "permit", "kind": "food"}).status_code == 422
    assert client.get(f"{AT}/devices/nobody/").status_code == 404


def test_a_supervisor_puts_into_a_fund_once(world: World, desk: Desk) -> None:
    boss = desk("ana", Role.SUPERVISOR)
    given = {"agency": "food-relief", "kind": "food", "amount": "12.50", "key": "one"}
    assert desk().post(f"{AT}/funds/pay-in/", given).status_code == 403
    for _ in range(2):
        assert boss.post(f"{AT}/funds/pay-in/", given).status_code == 302
    assert api.fund_left(agency="food-relief", kind="food", at=world.now) == 1_001_250
    assert boss.post(f"{AT}/funds/pay-in/", {**given, "amount": "1.234"}).status_code == 422
    assert "10,012.50" in boss.get(f"{AT}/funds/").content.decode()
