"""Vouchers on the web: a shop at its counter, and a person with a card."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils import timezone

from doorstep.domains.vouchers import api
from doorstep.domains.vouchers.tests.conftest import BOSS, MAKER, World, loaded, world
from doorstep.domains.vouchers.tests.devices import phone
from doorstep.domains.vouchers.types import Printed
from doorstep.engines.evidence import api as evidence
from doorstep.engines.evidence.signing import make_signer
from doorstep.engines.evidence.types import Policy
from doorstep.engines.evidence.verifier import LOG_KEY

__all__ = ["loaded", "world"]

LANGUAGES = ("en", "pt", "bn", "ar")


@pytest.fixture(autouse=True)
def clock(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: world.now)


@pytest.fixture
def card(world: World) -> Printed:
    world.given("P-1,60\n")
    return world.card("P-1")


def shop(name: str = "corner-basket", language: str = "en") -> Client:
    client = Client()
    pin = api.give_shop_access(shop=name, clerk=BOSS)
    assert client.post(f"/{language}/shop/", {"code": name, "pin": pin}).status_code == 302
    return client


def sell(client: Client, card: Printed, amount: str, *, pin: str = "", language: str = "en") -> object:
    at = f"/{language}/shop/sale"
    assert client.post(f"{at}/card/", {"card": api.grouped(card.number)}).status_code == 302
    assert client.post(f"{at}/amount/", {"amount": amount}).status_code == 302
    return client.post(f"{at}/pin/", {"pin": pin or card.pin})


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_shop_redeems_page_by_page_and_undoes_it(world: World, card: Printed, language: str) -> None:
    client = shop(language=language)
    done = sell(client, card, "12,50", language=language)
    assert done.status_code == 302
    receipt = client.get(done["Location"]).content.decode()
    number = re.search(r'class="ref">([A-Z2-7]{4}-[A-Z2-7]{4})<', receipt)
    assert number
    assert world.left("P-1") == 4750
    assert number[1] in client.get(f"/{language}/shop/today/").content.decode()
    assert "47" in receipt or "৪৭" in receipt or "٤٧" in receipt
    client.post(f"/{language}/shop/receipt/{number[1]}/undo/")
    assert world.left("P-1") == 6000
    assert client.get(f"/{language}/shop/pay/").status_code == 200


def test_a_page_sent_twice_redeems_once(world: World, card: Printed) -> None:
    client = shop()
    first = sell(client, card, "10")
    second = client.post("/en/shop/sale/pin/", {"pin": card.pin})
    assert first["Location"] == second["Location"]
    assert world.left("P-1") == 5000


def test_what_is_wrong_is_said_on_the_page_where_it_is_mended(world: World, card: Printed) -> None:
    client = shop()
    for step, sent, words in (
        ("card", {"card": ""}, "Scan the card or type its number"),
        ("amount", {"amount": "much"}, "Write an amount above zero"),
    ):
        if step == "amount":
            client.post("/en/shop/sale/card/", {"card": card.number})
        answer = client.post(f"/en/shop/sale/{step}/", sent)
        assert answer.status_code == 422
        assert words in answer.content.decode()
    too_much = sell(client, card, "61")
    assert 'name="amount"' in too_much.content.decode()
    assert "not enough on the voucher" in too_much.content.decode()
    wrong = sell(client, card, "1", pin="0000")
    assert 'name="pin"' in wrong.content.decode()
    assert sorted(world.codes()) == ["pin_wrong", "too_little"]


def test_a_shop_of_two_kinds_is_asked_which(world: World, card: Printed) -> None:
    client = shop("noor-market")
    asked = client.post("/en/shop/sale/card/", {"card": card.number})
    assert asked["Location"].endswith("/sale/kind/")
    assert "Seed voucher" in client.get(asked["Location"]).content.decode()
    assert client.post("/en/shop/sale/kind/", {"kind": "gold"}).status_code == 422
    assert client.post("/en/shop/sale/kind/", {"kind": "food"})["Location"].endswith("/sale/amount/")


def test_strangers_are_sent_to_sign_in(world: World) -> None:
    for path in ("today/", "pay/", "sale/card/", "receipt/AAAA-AAAA/"):
        assert Client().get(f"/en/shop/{path}")["Location"] == "/en/shop/"
    assert Client().post("/en/shop/", {"code": "corner-basket", "pin": "1"}).status_code == 422


def test_no_later_step_opens_without_the_earlier(world: World) -> None:
    client = shop()
    assert client.get("/en/shop/sale/pin/")["Location"] == "/en/shop/sale/card/"


def test_the_shops_pages_are_small(world: World, card: Printed) -> None:
    import gzip

    client = shop()
    for path in ("", "sale/card/", "today/", "pay/"):
        page = client.get(f"/en/shop/{path}").content
        assert len(gzip.compress(page)) < 14_000, path


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_person_sees_what_came_from_whom_and_contests_what_was_set_aside(
    world: World, card: Printed, language: str
) -> None:
    world.given("P-1,50\n", agency="rural-aid")
    client = Client()
    opened = client.post(f"/{language}/vouchers/", {"card": card.number, "pin": card.pin})
    html = client.get(opened["Location"]).content.decode()
    [line] = api.holder(pseudonym=api.pseudonym_of("P-1")).set_aside
    assert f"/{language}/vouchers/contest/{line.line}/" in html
    assert client.get(f"/{language}/vouchers/contest/{line.line}/").status_code == 200
    assert client.post(f"/{language}/vouchers/contest/{line.line}/", {"text": " "}).status_code == 422
    sent = client.post(f"/{language}/vouchers/contest/{line.line}/", {"text": "Not double."})
    assert client.get(sent["Location"]).status_code == 200
    assert api.contests()[0].text == "Not double."
    client.post(f"/{language}/vouchers/close/")
    assert client.get(f"/{language}/vouchers/mine/").status_code == 302


def test_a_person_takes_a_proxy_back(world: World, card: Printed) -> None:
    person = api.pseudonym_of("P-1")
    proxy = api.name_proxy(
        holder=person, kinds=["food"], until=world.now.date(), clerk=MAKER, at=world.now
    )  # fmt: skip
    client = Client()
    client.post("/en/vouchers/", {"card": card.number, "pin": card.pin})
    [named] = api.holder(pseudonym=person).proxies
    assert api.grouped(proxy.number) in client.get("/en/vouchers/mine/").content.decode()
    client.post(f"/en/vouchers/proxy/{named.id}/")
    assert "That card no longer works" in client.get("/en/vouchers/mine/?done=proxy").content.decode()


def test_wrong_card_and_wrong_pin_read_the_same(world: World, card: Printed) -> None:
    words = set()
    for number, pin in ((card.number, "0000"), ("000000000018", "0000")):
        answer = Client().post("/en/vouchers/", {"card": number, "pin": pin})
        assert answer.status_code == 422
        words.add(re.search(r"Card and PIN[^<]*", answer.content.decode())[0])
    assert len(words) == 1


def test_a_device_tells_over_http_what_it_gave(world: World, card: Printed, client: Client) -> None:
    of = phone(world)
    api.reserve(code="phone-1", card=card.number, kind="food", amount=500, clerk=MAKER, at=world.now)

    def told(request: api.Request, **changes: object) -> tuple[int, dict]:
        body = {
            "device": request.code,
            "at": request.at.isoformat(),
            "entries": [one.as_json() for one in request.entries],
            "signature": request.signature,
            **changes,
        }
        answer = client.post("/sync/vouchers/", body, content_type="application/json")
        return answer.status_code, answer.json()

    status, answer = told(of.request())
    keys = list(api.public_keys().values())
    assert status == 200
    of.device.synced(upto=answer["upto"], new_pass=api.read_pass(answer["pass"], public_keys=keys))
    of.give(card, 200)
    for _ in range(2):
        status, answer = told(of.request())
        assert (status, answer["upto"], answer["outcomes"]) == (200, 1, {"1": "given"})
    assert told(of.request(), signature="00")[0] == 422
    assert told(of.request(), device="phone-2")[0] == 404
    assert told(of.request(), entries=[{"text": 1}])[1]["code"] == "entry_form"
    assert client.post("/sync/vouchers/", "[", content_type="application/json").status_code == 422
    assert client.get("/sync/vouchers/").status_code == 405


def test_a_redemption_has_a_proof_for_the_shop_and_for_the_person(world: World, card: Printed) -> None:
    counter = shop()
    number = re.search(r"receipt/([A-Z2-7-]+)/", sell(counter, card, "12,50")["Location"])[1]
    person = Client()
    person.post("/en/vouchers/", {"card": card.number, "pin": card.pin})
    proofs = re.findall(r"/en/vouchers/receipt/[\w-]+/", person.get("/en/vouchers/mine/").content.decode())
    assert len(proofs) == 2
    at = f"/en/shop/receipt/{number}/proof/"
    assert "There is no receipt yet" in counter.get(at).content.decode()
    signer = make_signer("nadira.example/log", LOG_KEY, b"L" * 32)
    evidence.run_pass(Policy("nadira.example/log", (signer,)), at=world.now)
    for client, address in ((counter, at), *((person, proof) for proof in proofs)):
        assert "<svg" in client.get(address).content.decode()
        told = evidence.verify(text=client.get(f"{address}file/").content.decode()).content
        assert told["amount"] in ("1250", "6000")
    assert counter.get("/en/shop/receipt/AAAA-AAAA/proof/").status_code == 404
    assert Client().get(proofs[0]).status_code == 302


def test_a_person_sees_who_looked(world: World, card: Printed) -> None:
    api.look_at_holder(pseudonym=card_holder(), who="Rui", purpose="help-with-money", at=world.now)
    person = Client()
    person.post("/en/vouchers/", {"card": card.number, "pin": card.pin})
    html = person.get("/en/vouchers/mine/").content.decode()
    assert "Rui" in html
    assert "To help you with your wallet" in html


def card_holder() -> str:
    return api.pseudonym_of("P-1")
