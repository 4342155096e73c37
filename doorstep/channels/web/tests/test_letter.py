"""A letter on the web: what it tells, who looked at it; and a programme that is paused, on the first page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from doorstep.channels.web.words import words
from doorstep.domains.benefits import api
from doorstep.domains.benefits.tests.conftest import loaded, world
from doorstep.domains.benefits.tests.stored import Decision, Look, Notice, Review, reference_of
from doorstep.domains.benefits.tests.world import BOSS, CLERK, PROGRAMME, World
from doorstep.domains.benefits.types import HousePurpose, Verdict
from doorstep.domains.payments import api as payments
from doorstep.domains.payments.tests import world as paying
from doorstep.engines.evidence import api as evidence
from doorstep.engines.evidence.signing import make_signer
from doorstep.engines.evidence.types import Policy
from doorstep.engines.evidence.verifier import LOG_KEY

__all__ = ["loaded", "world"]

LANGUAGES = ("en", "pt", "bn", "ar")


@pytest.fixture
def unclear(world: World) -> World:
    """A world with somebody about whom nobody can tell, decided today."""
    world.add("C5", income=None)
    world.run(timezone.localdate())
    return world


def opened(client: Client, contract: str, language: str = "en") -> str:
    decision = Decision.objects.filter(entitlement__contract=contract).latest("id")
    found = client.post(f"/{language}/decision/", {"reference": reference_of(decision.pk), "contract": contract})
    assert found.status_code == 302
    return client.get(found["Location"]).content.decode()


def settle(verdict: Verdict) -> None:
    row = Review.objects.get(contract="C5", state="open")
    api.settle_review(id=row.pk, officer=CLERK, verdict=verdict, words="I read the letter.", now=timezone.now())


def test_a_refusal_says_why_what_counted_and_how_to_object(unclear: World, client: Client) -> None:
    settle(Verdict.NOT_ENTITLED)
    html = opened(client, "C5")
    for part in ("You do not get it: Energy tariff", "I read the letter.", "It would have begun", "not known"):
        assert part in html, part
    assert "You get</dt>" not in html
    assert 'href="/en/decision/letter/object/"' in html
    sent = client.post("/en/decision/letter/object/", {"text": "My income is small."})
    assert "You get an answer by" in client.get(sent["Location"]).content.decode()
    assert Notice.objects.filter(kind="objection_received").count() == 1


def test_waiting_says_where_to_look_and_that_nothing_is_refused(unclear: World, client: Client) -> None:
    settle(Verdict.WAITING)
    html = opened(client, "C5")
    for part in ("We cannot decide yet", "Nothing is refused", "Taxable income in a year", "Tax Office"):
        assert part in html, part
    assert "It would have begun" not in html


def test_opening_a_letter_is_one_look(unclear: World, client: Client) -> None:
    html = opened(client, "C1")
    assert Look.objects.filter(contract="C1").count() == 1
    assert html.count("The person with the letter") == 1


def test_the_code_stands_where_the_page_says(unclear: World) -> None:
    for language in LANGUAGES:
        body = api.notice(
            id=Notice.objects.get(decision__entitlement__contract="C1").pk, officer=CLERK, purpose="test",
            now=timezone.now(), language=language,
        ).body  # fmt: skip
        code = reference_of(Decision.objects.get(entitlement__contract="C1").pk)
        assert "C1" in body.splitlines()[0]
        assert code in body.splitlines()[-3], "the paragraph before the office's name"
        called = {"en": "code", "pt": "código", "bn": "কোড", "ar": "الرمز"}[language]
        assert called in body.splitlines()[-3]
        assert called in words()["find.reference"].in_(language).lower()


def test_every_purpose_of_the_house_has_words() -> None:
    for purpose in HousePurpose:
        assert not words()[f"look.{purpose.value}"].missing(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_programme_that_is_paused_says_so_on_the_first_page(unclear: World, client: Client, language: str) -> None:
    paused = words()["programme.paused"].in_(language)
    assert paused not in client.get(f"/{language}/").content.decode()
    api.switch(country=unclear.country, programme=PROGRAMME, on=False, officer=BOSS, why="Stop.", now=timezone.now())
    assert paused in client.get(f"/{language}/").content.decode()
    api.switch(country=unclear.country, programme=PROGRAMME, on=True, officer=BOSS, why="Go on.", now=timezone.now())
    assert paused not in client.get(f"/{language}/").content.decode()


def test_whoever_holds_a_letter_sees_the_payments_with_their_proofs_and_who_looked(
    world: World, client: Client, tmp_path: Path
) -> None:
    world.run(timezone.localdate())
    person = Decision.objects.select_related("entitlement").filter(entitlement__contract="C1").latest("id")
    assert "No money has been sent to you" in money_of(client)
    ministry = paying.World(tmp_path)
    own = paying.bank(person.entitlement.person)
    payments.fill_fund(
        programme=PROGRAMME, currency="EUR", digits=2, amount=1_000_000, key="a", officer=paying.CHIEF, at=ministry.now
    )
    ministry.sent(own, programme=PROGRAMME, period="2026-11")
    wish = payments.ask_payee_change(payee=own, officer=paying.MAKER, words="A new bank.", at=ministry.now)
    payments.look_at_change(id=wish, who="Rui", purpose="mend-the-data", at=ministry.now)
    html = money_of(client)
    for part in ("On its way", f"••••{own.account[-4:]}", "A new bank.", "Rui"):
        assert part in html, part
    assert own.account not in html
    proof = re.search(r"/en/decision/letter/payments/\d+/", html)
    assert proof
    assert "There is no receipt yet" in client.get(proof[0]).content.decode()
    signer = make_signer("nadira.example/log", LOG_KEY, b"L" * 32)
    evidence.run_pass(Policy("nadira.example/log", (signer,)), at=timezone.now())
    shown = client.get(proof[0]).content.decode()
    assert "<svg" in shown
    assert own.account not in shown
    told = evidence.verify(text=client.get(f"{proof[0]}file/").content.decode()).content
    assert (told["person"], told["account"]) == (own.person, own.account)
    assert client.get("/en/decision/letter/payments/999999/").status_code == 302
    assert Client().get(proof[0])["Location"] == "/en/decision/"


def money_of(client: Client) -> str:
    opened(client, "C1")
    answer = client.get("/en/decision/letter/payments/")
    assert answer.status_code == 200
    return answer.content.decode()
