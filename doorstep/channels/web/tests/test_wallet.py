"""The pages of a wallet and of an agent, as a person on a phone meets them."""

from __future__ import annotations

import gzip
import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone

from doorstep.domains.country.api import load_country
from doorstep.domains.wallets import api as wallets
from doorstep.domains.wallets.types import Paid
from doorstep.engines.evidence import api as evidence
from doorstep.engines.evidence.signing import make_signer
from doorstep.engines.evidence.types import Policy
from doorstep.engines.evidence.verifier import LOG_KEY
from doorstep.engines.ledger import api as ledger
from doorstep.kit.languages import write_money

DEMO = Path(__file__).parents[4] / "countries" / "demo"
PIN, AGENT_PIN = "2580", "8642"

pytestmark = pytest.mark.django_db


def euros(amount):
    return write_money(Decimal(amount), "EUR", "en")


class Town:
    """Amina with 50 euros, Karim without, the corner shop with float."""

    def __init__(self, country):
        self.country, now = country, timezone.now()
        wallets.fill_agent(country=country, code="corner-shop", amount=50_000, key="1", at=now, pin=AGENT_PIN)
        self.amina, self.karim, self.rosa = (self.opened(name) for name in ("amina", "karim", "rosa"))
        act = wallets.Act("first", 5_000, now)
        wallets.cash_in(country=country, agent="corner-shop", pin=AGENT_PIN, number=self.amina, act=act)

    def opened(self, holder):
        now = timezone.now()
        made = wallets.open_wallet(country=self.country, holder=holder, language="en", by="desk", at=now)
        wallets.set_first_pin(country=self.country, number=made.number, pin=PIN, by="desk", at=now)
        return made.number

    def has(self, number):
        return wallets.wallet(country=self.country, number=number, at=timezone.now()).balance


@pytest.fixture
def town():
    return Town(load_country(DEMO))


def opened(client, number, pin=PIN, language="en"):
    return client.post(f"/{language}/wallet/", {"number": number, "pin": pin})


def key_of(response):
    return re.search(r'name="key" value="(\w+)"', response.content.decode())[1]


def test_a_person_opens_their_wallet_and_sends_money_once(client, town):
    assert opened(client, wallets.shown_number(town.amina)).status_code == 302
    assert euros("50") in client.get("/en/wallet/").content.decode()
    form = client.get("/en/wallet/send/")
    given = {"to": town.karim, "amount": "12,50", "key": key_of(form)}
    check = client.post("/en/wallet/send/", given)
    assert euros("12.50") in check.content.decode()
    assert town.has(town.karim) == 0
    for _ in range(2):  # pressed twice
        done = client.post("/en/wallet/send/", {**given, "pin": PIN})
        assert done.status_code == 302
    assert (town.has(town.amina), town.has(town.karim)) == (3_750, 1_250)
    told = client.get(done.url).content.decode()
    assert "The money was sent." in told
    client.post("/en/wallet/close/")
    assert client.get("/en/wallet/send/").status_code == 302


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"to": "123 456 789"}, "There is no wallet with this number"),
        ({"amount": "many"}, "Write an amount"),
        ({"amount": "1,000"}, "Write an amount"),
        ({"amount": "1e3"}, "Write an amount"),
        ({"amount": "1E999999"}, "Write an amount"),
        ({"amount": "0"}, "Write an amount"),
        ({"amount": "50.01", "pin": PIN}, "There is not enough"),
        ({"amount": "100.01", "pin": PIN}, f"more than may leave at once: {euros('100')}"),
        ({"pin": "1357"}, "do not fit together"),
    ],
)
def test_what_cannot_be_sent_is_said_and_nothing_moves(client, town, change, words):
    opened(client, town.amina)
    given = {"to": town.karim, "amount": "1", "key": "k", **change}
    answer = client.post("/en/wallet/send/", given)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert town.has(town.karim) == 0


def test_guessers_wait(client, town):
    for _ in range(3):
        answer = opened(client, town.amina, "0000")
    assert "Too many wrong PINs" in answer.content.decode()
    assert opened(client, town.amina).status_code == 429


def test_an_agent_takes_cash_in_and_gives_it_out(client, town):
    assert client.get("/en/agent/cash/in/").status_code == 302
    assert client.post("/en/agent/", {"code": "Corner-Shop", "pin": AGENT_PIN}).status_code == 302
    assert euros("450") in client.get("/en/agent/").content.decode()
    given = {"number": town.karim, "amount": "20", "key": "a"}
    assert client.post("/en/agent/cash/in/", {**given, "pin": PIN}).status_code == 422
    assert client.post("/en/agent/cash/in/", {**given, "pin": AGENT_PIN}).status_code == 302
    out = {"number": town.karim, "amount": "5", "key": "b", "pin": AGENT_PIN}
    assert client.post("/en/agent/cash/out/", out).status_code == 422
    answer = client.post("/en/agent/cash/out/", {**out, "pin": PIN})
    assert "give the person the cash now" in client.get(answer.url).content.decode()
    assert town.has(town.karim) == 1_500
    assert client.get("/en/agent/cash/away/").status_code == 302


def test_a_payment_that_was_wrong_is_held(client, town):
    opened(client, town.amina)
    client.post("/en/wallet/send/", {"to": town.karim, "amount": "10", "key": "k", "pin": PIN})
    link = re.search(r"/en/wallet/wrong/\d+/", client.get("/en/wallet/").content.decode())[0]
    assert client.post(link, {"text": " "}).status_code == 422
    assert client.post(link, {"text": "wrong number"}).status_code == 302
    assert "An officer looks at it" in client.get("/en/wallet/").content.decode()
    assert [quarrel.held for quarrel in wallets.disputes()] == [1_000]
    opened(client, town.karim)
    assert "Say your side" in client.get("/en/wallet/").content.decode()
    assert "wrong number" in client.get(link).content.decode()
    assert client.post(link, {"text": " "}).status_code == 422
    assert client.post(link, {"text": "It was a gift."}).status_code == 302
    [quarrel] = wallets.disputes()
    wallets.decide_dispute(id=quarrel.id, upheld=True, by="Ana", words="One digit off.", at=timezone.now())
    for number, told in ((town.karim, "The other person was right"), (town.amina, "You were right")):
        opened(client, number)
        assert told in client.get("/en/wallet/").content.decode()
        html = client.get(link).content.decode()
        assert [part in html for part in ("It was a gift.", "One digit off.", "Ana", "You do not agree?")] == [True] * 4
    opened(client, town.rosa)
    assert client.get(link).status_code == 302


def test_the_owner_sees_who_looked_and_what_officers_did(client, town):
    page = wallets.find_wallet(number=town.amina)
    wallets.look_at_wallet(country=town.country, page=page, who="Rui", purpose="help-with-money", at=timezone.now())
    wallets.freeze(number=town.amina, by="Rui", why="The phone was stolen.", at=timezone.now())
    opened(client, town.amina)
    html = client.get("/en/wallet/looks/").content.decode()
    assert [part in html for part in ("Rui", "To help you with your wallet", "The phone was stolen.")] == [True] * 3
    assert "The phone was stolen." in client.get("/en/wallet/").content.decode()


def test_what_the_state_pays_stands_in_the_list_and_is_never_refused_by_a_limit(client, town):
    account = wallets.wallets_of(holders=["amina"])["amina"]
    fund = ledger.open_account(holder="programme:x", unit="EUR", kind="fund", floor=None, at=timezone.now())
    ledger.transfer_many(rows=[ledger.Move("p", fund, account, 90_000)], reason="payment paid", at=timezone.now())
    wallets.note_paid(paid=[Paid("amina", "P-1", "p", 90_000, "energy-tariff")], at=timezone.now())
    opened(client, town.amina)
    html = client.get("/en/wallet/").content.decode()
    assert "Paid by the state" in html
    assert f"more in this wallet than it may take from people: {euros(500)}" in html


def test_a_movement_has_a_receipt_as_a_file(client, town):
    opened(client, town.amina)
    link = re.search(r"/en/wallet/receipt/\d+/", client.get("/en/wallet/").content.decode())[0]
    assert "There is no receipt yet" in client.get(link).content.decode()
    assert client.get(f"{link}file/").status_code == 302
    signer = make_signer("nadira.example/log", LOG_KEY, b"L" * 32)
    evidence.run_pass(Policy("nadira.example/log", (signer,)), at=timezone.now())
    html = client.get(link).content.decode()
    assert "<svg" in html
    assert f"{link}file/" in html
    file = client.get(f"{link}file/")
    assert "attachment" in file["Content-Disposition"]
    assert evidence.verify(text=file.content.decode()).content["act"] == "cash_in"
    opened(client, town.karim)
    assert [client.get(at).status_code for at in (link, f"{link}file/")] == [302, 302]


def test_two_friends_bring_a_lost_pin_back(client, town):
    opened(client, town.amina)
    assert client.post("/en/wallet/people/", {"confidant": town.amina, "pin": PIN}).status_code == 422
    for number in (town.karim, town.rosa):
        client.post("/en/wallet/people/", {"confidant": number, "pin": PIN})
    assert wallets.shown_number(town.amina) not in client.get("/en/wallet/people/").content.decode()
    client.post("/en/wallet/close/")
    page = client.post("/en/wallet/lost/", {"number": town.amina}).content.decode()
    code = re.search(r"<bdi>(\w{5}-\w{5})</bdi>", page)[1]
    for number, words in ((town.karim, "still needed: 1"), (town.rosa, "can choose a new PIN now")):
        answer = client.post("/en/wallet/lost/confirm/", {"code": code, "number": number, "pin": PIN})
        assert words in answer.content.decode()
    assert client.post("/en/wallet/lost/new/", {"code": code, "pin": "1111"}).status_code == 422
    assert client.post("/en/wallet/lost/new/", {"code": code, "pin": "7913"}).status_code == 302
    assert opened(client, town.amina, "7913").status_code == 302


def test_a_pin_is_changed_by_whoever_knows_it(client, town):
    opened(client, town.amina)
    assert client.post("/en/wallet/pin/", {"old": "0000", "new": "7913"}).status_code == 422
    assert client.post("/en/wallet/pin/", {"old": PIN, "new": "7913"}).status_code == 302
    assert opened(client, town.amina, "7913").status_code == 302


@pytest.mark.parametrize("language", ["pt", "bn", "ar"])
def test_every_page_in_every_language_is_small(client, town, language):
    opened(client, town.amina, language=language)
    client.post("/en/agent/", {"code": "corner-shop", "pin": AGENT_PIN})
    for path in (
        "wallet/",
        "wallet/send/",
        "wallet/people/",
        "wallet/pin/",
        "agent/",
        "agent/cash/in/",
        "wallet/lost/",
    ):
        answer = client.get(f"/{language}/{path}")
        assert answer.status_code == 200
        assert "no-store" in answer["Cache-Control"]
        assert len(gzip.compress(answer.content)) < 14_000


def test_a_new_pin_closes_the_wallet_on_every_other_device(client, town):
    other = Client()
    opened(client, town.amina)
    opened(other, town.amina)
    assert client.post("/en/wallet/pin/", {"old": PIN, "new": "9173"}).status_code == 302
    assert client.get("/en/wallet/send/").status_code == 200, "whoever changed it goes on"
    assert other.get("/en/wallet/send/").status_code == 302
    agent = Client()
    agent.post("/en/agent/", {"code": "corner-shop", "pin": AGENT_PIN})
    assert agent.get("/en/agent/cash/in/").status_code == 200
    now = timezone.now()
    wallets.fill_agent(country=town.country, code="corner-shop", amount=0, key="2", at=now, pin="7531")
    assert agent.get("/en/agent/cash/in/").status_code == 302


def posts(client, town):
    """Every way in which somebody may try PINs or codes."""
    act = {"amount": "1", "key": "a key"}
    return {
        "the wallet's door": lambda: client.post("/en/wallet/", {"number": town.karim, "pin": "1357"}),
        "the agent's door": lambda: client.post("/en/agent/", {"code": "corner-shop", "pin": "1357"}),
        "sending": lambda: client.post("/en/wallet/send/", {"to": town.karim, "pin": "1357", **act}),
        "another PIN": lambda: client.post("/en/wallet/pin/", {"old": "1357", "new": "9173"}),
        "who helps": lambda: client.post("/en/wallet/people/", {"confidant": town.karim, "pin": "1357"}),
        "cash in": lambda: client.post("/en/agent/cash/in/", {"number": town.karim, "pin": "1357", **act}),
        "cash out": lambda: client.post("/en/agent/cash/out/", {"number": town.karim, "pin": "1357", **act}),
        "confirming": lambda: client.post(
            "/en/wallet/lost/confirm/", {"code": "X", "number": town.karim, "pin": "1357"}
        ),
        "a code": lambda: client.post("/en/wallet/lost/new/", {"code": "X", "pin": "9173"}),
    }


def test_wrong_pins_are_counted_at_every_door_and_then_none_is_open(client, town, monkeypatch):
    opened(client, town.amina)
    client.post("/en/agent/", {"code": "corner-shop", "pin": AGENT_PIN})
    doors, misses = posts(client, town), apps.get_model("pins", "Miss").objects
    for number, (name, post) in enumerate(doors.items(), start=1):
        assert post().status_code in (422, 429), name
        assert misses.count() == number, name
    monkeypatch.setattr("doorstep.domains.wallets.opening.MOST_FROM_ONE_PLACE", len(doors))
    for name, post in doors.items():
        answer = post()
        assert answer.status_code == 429, name
        assert "Too many wrong PINs or codes came over this connection" in answer.content.decode(), name
    assert misses.count() == len(doors)
    elsewhere = {"number": town.rosa, "pin": PIN}
    assert client.post("/en/wallet/", elsewhere, REMOTE_ADDR="192.0.2.9").status_code == 302
