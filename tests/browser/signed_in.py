"""Pages behind a sign-in: what they need, their addresses, and which addresses of the map are no pages.

A signed-in route that is in neither list fails a test.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.contrib.auth.models import User
from django.core import signing
from django.test import Client
from django.utils import timezone

from doorstep.channels.desk import api as desk
from doorstep.channels.desk.purposes import WORKS
from doorstep.domains.benefits import api as benefits
from doorstep.domains.benefits.types import Officer, Role
from doorstep.domains.country.api import Country
from doorstep.domains.payments import api as payments
from doorstep.domains.payments.tests import world as paying
from doorstep.domains.payments.types import Payable, Rail
from doorstep.domains.vouchers import api as vouchers
from doorstep.domains.vouchers.types import Clerk, Shown
from doorstep.domains.wallets import api as wallets
from doorstep.domains.wallets.types import Asked, Recognised
from tests.browser import signed_in_people

BOSS = Clerk("Sana Boss", supervises=True)
NOT_PAGES = {
    # Buttons' addresses: they take a form and lead on.
    "desk:sign_out", "desk:decide", "desk:answer", "desk:export", "desk:approve_batch", "desk:cancel_batch",
    "desk:postpone_batch", "desk:settle_difference", "desk:decide_payment", "desk:turn", "desk:voucher_release",
    "desk:voucher_act", "desk:voucher_device_act", "desk:voucher_pay_in", "desk:decide_quarrel", "desk:fill_agent",
    "desk:count_agent", "desk:agent_pin", "desk:freeze_wallet", "desk:unfreeze_wallet", "desk:wallet_level",
    "desk:payee_ask", "desk:decide_payee", "desk:next_case", "web:wallet_close", "web:agent_close",
    "web:vouchers_close", "web:my_proxy", "web:shop_close", "web:undo",
    # Files.
    "desk:payments_file", "desk:bank_file", "desk:what_if_groups", "desk:voucher_settlement_file",
    "web:wallet_receipt_file", "web:voucher_receipt_file", "web:shop_proof_file",
    # The report of a what-if needs one to be run first: the desk's own tests open it.
    "desk:what_if_report",
    *signed_in_people.NOT_PAGES,
}  # fmt: skip


@dataclass
class People:
    """Who signs in, and a page of each kind: name of the route -> its address in English."""

    addresses: dict[str, str]
    cookies: dict[str, str]


def make(country: Country, folder: Path) -> People:
    """Wallets, vouchers, payments and an officer in the country that is loaded already."""
    cookies, found = {settings.SESSION_COOKIE_NAME: _officer()}, dict[str, str]()
    parts = _desk(folder), _wallets(country, cookies), _vouchers(cookies), signed_in_people.make(country, cookies)
    for part in parts:
        found |= part
    return People({name: f"/en/{rest}" for name, rest in found.items()}, cookies)


def _officer() -> str:
    desk.add_officer(name="sana", full_name="Sana Boss", roles=list(Role), password="a lamp by the door")
    client = Client()
    client.force_login(User.objects.get(username="sana"))
    session = client.session
    session["desk_purposes"] = dict.fromkeys(WORKS, "help-with-money")
    session["people_reason"] = signed_in_people.REASON
    session.save()
    return str(session.session_key)


def _desk(folder: Path) -> dict[str, str]:
    boss = Officer("Sana Boss", frozenset({Role.SUPERVISOR}))
    case = benefits.open_reviews(officer=boss, language="en").items[0].id
    objection = benefits.open_objections(officer=boss, language="en").items[0].id
    letter = benefits.queue(officer=boss, state="sent").items[0].id
    run = benefits.list_runs().items[0].id
    found = {
        f"desk:{name}": f"desk/{rest}"
        for name, rest in {
            "overview": "", "password": "password/", "purpose": "purpose/wallets/", "cases": "cases/",
            "case": f"cases/{case}/", "objections": "objections/", "objection": f"objections/{objection}/",
            "letters": "letters/", "letter": f"letters/{letter}/", "runs": "runs/", "run": f"runs/{run}/",
            "what_if": "what-if/", "switch": "switch/",
        }.items()
    }  # fmt: skip
    return found | _payments(folder)


def _payments(folder: Path) -> dict[str, str]:
    ministry = paying.World(folder)
    payments.fill_fund(
        programme="energy-tariff", currency="EUR", digits=2, amount=10**7, key="lane", officer=paying.CHIEF,
        at=ministry.now,
    )  # fmt: skip
    rows = (paying.bank("P1"), Payable("P3", 500, Rail.NONE))
    batch = ministry.sent(*rows, programme="energy-tariff", period="2026-11")
    payment = next(payments.each_payment(batch=batch)).id
    wish = payments.ask_payee_change(payee=paying.bank("P1"), officer=paying.MAKER, words="New.", at=ministry.now)
    at = "desk/payments/"
    return {
        "desk:payments": at, "desk:batch": f"{at}{batch}/", "desk:payment": f"{at}payment/{payment}/",
        "desk:payees": f"{at}accounts/", "desk:payee_change": f"{at}accounts/{wish}/",
    }  # fmt: skip


def _wallets(country: Country, cookies: dict[str, str]) -> dict[str, str]:
    now, at = timezone.now(), "desk/wallets/"
    wallets.fill_agent(country=country, code="corner-shop", amount=100_000, key="lane", at=now, pin="8642")
    numbers = [
        wallets.open_wallet(country=country, holder=name, language="en", by="desk", at=now).number for name in "ab"
    ]
    pages = [wallets.find_wallet(number=number) for number in numbers]
    for page in pages:
        wallets.new_pin_at_a_centre(
            country=country, page=page, pin="2580", asked=Asked.OWNER, recognised=Recognised.PAPERS, by="Rui", at=now
        )
    wallets.cash_in(
        country=country, agent="corner-shop", pin="8642", number=numbers[0], act=wallets.Act("lane 1", 9_000, now)
    )
    sent = [
        wallets.send(
            country=country, number=numbers[0], pin="2580", to=numbers[1], act=wallets.Act(f"lane {key}", 1_000, now)
        ).id
        for key in (2, 3)
    ]
    quarrel = wallets.open_dispute(number=numbers[0], movement=sent[0], text="One digit off.", at=now)
    cookies["doorstep_wallet"] = signing.dumps([numbers[0], 1], salt="doorstep.web.wallet")
    cookies["doorstep_agent"] = signing.dumps(["corner-shop", 1], salt="doorstep.web.agent")
    return {
        "web:wallet": "wallet/", "web:wallet_send": "wallet/send/", "web:wallet_dispute": f"wallet/wrong/{sent[1]}/",
        "web:wallet_dispute quarrel": f"wallet/wrong/{sent[0]}/", "web:wallet_receipt": f"wallet/receipt/{sent[0]}/",
        "web:wallet_people": "wallet/people/", "web:wallet_pin": "wallet/pin/", "web:wallet_looks": "wallet/looks/",
        "web:agent": "agent/", "web:agent_cash": "agent/cash/in/", "web:agent_cash out": "agent/cash/out/",
        "desk:wallets": at, "desk:wallet_new": f"{at}new/", "desk:quarrels": f"{at}quarrels/",
        "desk:quarrel": f"{at}quarrels/{quarrel.id}/", "desk:agents": f"{at}agents/",
        "desk:agent": f"{at}agents/corner-shop/", "desk:wallet": f"{at}{pages[0]}/",
        "desk:wallet_pin": f"{at}{pages[0]}/pin/",
    }  # fmt: skip


def _vouchers(cookies: dict[str, str]) -> dict[str, str]:
    now, at = timezone.now(), "desk/vouchers/"
    vouchers.set_up(at=now)
    batch = 0
    for agency, amount in (("rural-aid", 90), ("food-relief", 60)):
        vouchers.fund(agency=agency, kind="food", amount=10**6, key=f"lane {agency}", clerk=BOSS, at=now)
        batch = vouchers.check_list(
            data=f"person,amount\nP-1,{amount}\nP-2,{amount}\n".encode(), agency=agency, kind="food", month=now.date(),
            clerk=Clerk("Rui"), at=now,
        )  # fmt: skip
        vouchers.release(batch=batch, clerk=BOSS, at=now)
    person = vouchers.pseudonym_of("P-1")
    lines = [one.line for one in vouchers.holder(pseudonym=person).set_aside]
    card = vouchers.give_card(holder=person, clerk=BOSS, at=now)
    sale = vouchers.redeem(
        key="lane", shop="corner-basket", kind="food", amount=1_000, shown=Shown(card.number, card.pin), at=now
    )
    public = Ed25519PrivateKey.from_private_bytes(b"L" * 32).public_key().public_bytes_raw()
    vouchers.enrol_device(code="lane-1", shop="corner-basket", public_key=public, clerk=BOSS, at=now)
    vouchers.permit_bounded(code="lane-1", kind="food", clerk=BOSS, at=now)
    cookies |= _counter(card.number, person)
    proof = next(one.proof for one in vouchers.holder(pseudonym=person).statement if one.proof)
    return {
        "web:my_vouchers": "vouchers/mine/", "web:voucher_receipt": f"vouchers/receipt/{proof}/",
        "web:contest": f"vouchers/contest/{lines[0]}/", "web:shop": "shop/", "web:shop_today": "shop/today/",
        "web:shop_pay": "shop/pay/", "web:receipt": f"shop/receipt/{sale.number}/",
        "web:shop_proof": f"shop/receipt/{sale.number}/proof/", "web:sale": "shop/sale/card/",
        "desk:vouchers": at, "desk:voucher_lists": f"{at}lists/", "desk:voucher_list": f"{at}lists/{batch}/",
        "desk:voucher_holders": f"{at}people/", "desk:voucher_holder": f"{at}people/{person}/",
        "desk:voucher_contests": f"{at}contests/", "desk:voucher_shops": f"{at}shops/",
        "desk:voucher_devices": f"{at}devices/", "desk:voucher_device": f"{at}devices/lane-1/",
        "desk:voucher_funds": f"{at}funds/", "desk:voucher_audit": f"{at}audit/",
        **_later(at),
    }  # fmt: skip


def _counter(number: str, person: str) -> dict[str, str]:
    """The cookies of a shop that signed in and of somebody who opened their vouchers."""
    vouchers.give_shop_access(shop="corner-basket", clerk=BOSS)
    return {
        "doorstep_shop": signing.dumps(["corner-basket", 1], salt="doorstep.web.shop"),
        "doorstep_vouchers": signing.dumps(person, salt="doorstep.web.vouchers"),
    }


def _later(at: str) -> dict[str, str]:
    """What needs a day to pass: a settlement; and a contest of what was set aside of another person's."""
    other = vouchers.pseudonym_of("P-2")
    [aside] = vouchers.holder(pseudonym=other).set_aside
    contest = vouchers.contest(line=aside.line, holder=other, text="It is mine.", at=timezone.now())
    tomorrow = timezone.now() + timedelta(days=1)
    number = vouchers.settle(shop="corner-basket", until=timezone.now().date(), clerk=BOSS, at=tomorrow)
    return {
        "desk:voucher_settlement": f"{at}settlements/{number}/",
        "desk:voucher_contest": f"{at}contests/{contest}/",
    }


def routes(names: set[str]) -> set[str]:
    """The names without what tells two pages of one route apart."""
    return {re.sub(r" .*", "", name) for name in names}
