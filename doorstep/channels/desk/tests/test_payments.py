"""Payments at the desk: two people for each batch, failed payments worked through, files, and every language."""

from __future__ import annotations

import csv
import gzip
import io
import re
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User

from doorstep.domains.benefits.types import Role
from doorstep.domains.payments import api as payments
from doorstep.domains.payments.tests import world as paying
from doorstep.domains.payments.tests.banks import status_file
from doorstep.domains.payments.types import BatchState, Payable, PaymentState, Rail
from doorstep.kit.words import LANGUAGES

FIRST_RESPONSE = 14_336
ORDER = {"programme": "energy-tariff", "period": "2026-11"}


@pytest.fixture
def ministry(loaded, db, tmp_path, clock):
    """A ministry that pays, with money in the fund and a clock that the desk shares."""
    made = paying.World(tmp_path)
    clock(made.now)
    payments.fill_fund(
        programme="energy-tariff",
        currency="EUR",
        digits=2,
        amount=1_000_000,
        key="a",
        officer=paying.CHIEF,
        at=made.now,
    )
    return made


@pytest.fixture
def failed(ministry):
    """A batch of which one was paid, one was refused and one has no account; the numbers of batch and payments."""
    ministry.open_wallet("=P4")
    batch = ministry.sent(
        paying.bank("P1"), paying.bank("P2"), Payable("P3", 500, Rail.NONE), Payable("=P4", 1, Rail.WALLET), **ORDER
    )
    ministry.answer(batch, lambda person, key: ("ACSC", "") if person == "P1" else ("RJCT", "AC04"))
    return batch, {one.person: one.id for one in payments.each_payment(batch=batch)}


def page(client, address, language="en"):
    response = client.get(f"/{language}/desk/{address}")
    assert response.status_code == 200, address
    return response.content.decode()


def decide(client, payment, verdict, seen="", **more):
    data = {"verdict": verdict, "words": "I called the bank.", "seen": seen, **more}
    return client.post(f"/en/desk/payments/payment/{payment}/decide/", data)


def test_without_batches_the_page_says_how_to_make_one(ministry, desk):
    html = page(desk(), "payments/")
    assert "doorstep pay energy-tariff" in html


def test_a_batch_is_approved_by_a_supervisor_who_did_not_make_it(ministry, desk):
    batch = ministry.draft(paying.bank("P1"), **ORDER).batch
    seen = {"count": "1", "amount": "5000"}
    assert "You cannot" in page(desk(), f"payments/{batch}/")
    assert desk().post(f"/en/desk/payments/{batch}/approve/", seen).status_code == 409
    chief = desk("sana", Role.SUPERVISOR)
    html = page(chief, f"payments/{batch}/")
    assert "You approve 1 payments, \u2068EUR 50.00\u2069 in all" in html
    wrong = chief.post(f"/en/desk/payments/{batch}/approve/", {"count": "1", "amount": "4999"})
    assert wrong.status_code == 409
    assert "does not add up" in wrong.content.decode()
    done = chief.post(f"/en/desk/payments/{batch}/approve/", seen, follow=True)
    assert "That is done." in done.content.decode()
    assert payments.batch(id=batch).state is BatchState.APPROVED
    assert "doorstep payments send" in done.content.decode()
    assert chief.post(f"/en/desk/payments/{batch}/approve/", seen).status_code == 409


def test_a_supervisor_does_not_approve_their_own_batch(ministry, desk):
    chief = desk("sana", Role.SUPERVISOR)
    name = f"{User.objects.get(username='sana').first_name} (sana)"
    order = paying.replace(paying.ORDER, **ORDER)
    batch = payments.draft_batch(
        order=order, rows=[paying.bank("P1")], officer=paying.replace(paying.MAKER, name=name), at=ministry.now
    ).batch
    assert "You cannot" in page(chief, f"payments/{batch}/")
    refused = chief.post(f"/en/desk/payments/{batch}/approve/", {"count": "1", "amount": "5000"})
    assert refused.status_code == 409
    assert "Ask another supervisor" in refused.content.decode()


def test_a_late_batch_is_moved_and_a_wrong_one_cancelled(ministry, desk, clock):
    batch = ministry.draft(paying.bank("P1"), **ORDER).batch
    clock(paying.ORDER.cut_off_at + timedelta(hours=1))
    client = desk()
    assert "The time to approve it is over" in page(client, f"payments/{batch}/")
    for day in ("2026-11-05", "no day", ""):
        wrong = client.post(f"/en/desk/payments/{batch}/postpone/", {"due_date": day})
        assert wrong.status_code == 422
        assert "Choose a day after tomorrow" in wrong.content.decode()
    assert client.post(f"/en/desk/payments/{batch}/postpone/", {"due_date": "2026-11-20"}).status_code == 302
    assert payments.batch(id=batch).due_date == date(2026, 11, 20)
    assert client.post(f"/en/desk/payments/{batch}/cancel/", {"words": ""}).status_code == 422
    assert client.post(f"/en/desk/payments/{batch}/cancel/", {"words": "Wrong month."}).status_code == 302
    assert "Wrong month." in page(client, f"payments/{batch}/")


def test_a_failed_payment_is_paid_to_another_account(ministry, desk, failed):
    batch, people = failed
    html = page(desk(), f"payments/{batch}/?state=waiting")
    assert "The account is closed" in html
    assert "Nobody knows where to pay this person" in html
    officer, chief = desk(), desk("sana", Role.SUPERVISOR)
    given = {"rail": "mobile", "account": "+351 912 345 678"}
    assert decide(officer, people["P3"], "other_account", **given).status_code == 409
    wrong = decide(chief, people["P3"], "other_account", rail="bank", account="DE00", name="A")
    assert wrong.status_code == 422
    assert "Look at each digit" in wrong.content.decode()
    assert 'value="DE00"' in wrong.content.decode()
    assert decide(chief, people["P3"], "other_account", **given).status_code == 302
    view, _ = payments.payment(id=people["P3"])
    assert (view.state, view.rail) == (PaymentState.DUE, Rail.MOBILE)
    assert ministry.agrees()


def test_a_decision_needs_a_choice_and_words_and_is_kept(ministry, desk, failed):
    _, people = failed
    client = desk()
    wrong = client.post(f"/en/desk/payments/payment/{people['P2']}/decide/", {"verdict": "", "words": ""})
    assert wrong.status_code == 422
    assert 'href="#verdict"' in wrong.content.decode()
    assert 'href="#words"' in wrong.content.decode()
    assert decide(client, people["P2"], "was_paid").status_code == 422, "not of a failed payment"
    mark = re.search(r'name="seen" value="([^"]+)"', page(client, f"payments/payment/{people['P2']}/"))[1]
    assert decide(client, people["P2"], "retry", seen="failed.1.0").status_code == 409
    assert decide(client, people["P2"], "give_up", seen=mark).status_code == 302
    html = page(client, f"payments/payment/{people['P2']}/?done=1")
    assert "I called the bank." in html
    assert "Rui Clerk (rui)" in html
    assert "That is done." in html


def test_what_does_not_agree_is_settled_with_words(ministry, desk, failed):
    batch, people = failed
    attempt = payments.payment(id=people["P1"])[0].attempts[0].end_to_end
    message = payments.bank_files(batch=batch)[0].message_id
    ministry.take_in(status_file(message, [(attempt, "RJCT", "AC01")], count=2))
    client = desk()
    assert "A status that goes backwards" in page(client, f"payments/{batch}/")
    (one,) = payments.differences(batch=batch)
    address = f"/en/desk/payments/{batch}/differences/{one.id}/"
    assert client.post(address, {"words": " "}).status_code == 422
    assert client.post(address, {"words": "A typo of the bank."}).status_code == 302
    assert "A status that goes backwards" not in page(client, f"payments/{batch}/")
    assert client.post(address, {"words": "Again."}).status_code == 409


def test_payments_come_as_a_file_in_which_no_cell_is_a_formula(ministry, desk, failed):
    batch, _ = failed
    response = desk().get(f"/en/desk/payments/{batch}/payments.csv")
    content = b"".join(response.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content)))
    assert [row["person"] for row in rows] == ["P1", "P2", "P3", "'=P4"]
    assert rows[0]["account"] == "••••3000"
    assert (rows[1]["state"], rows[1]["code"], rows[1]["amount"]) == ("failed", "AC04", "50.00")
    waiting = desk().get(f"/en/desk/payments/{batch}/payments.csv?state=waiting")
    assert b"".join(waiting.streaming_content).count(b"\n") == 3


def test_a_file_for_the_bank_is_for_supervisors(ministry, desk, failed):
    batch, _ = failed
    message = payments.bank_files(batch=batch)[0].message_id
    address = f"/en/desk/payments/files/{message}.xml"
    assert desk().get(address).status_code == 403
    response = desk("sana", Role.SUPERVISOR).get(address)
    assert b"<IBAN>DE89370400440532013000</IBAN>" in b"".join(response.streaming_content)
    assert desk("sana", Role.SUPERVISOR).get("/en/desk/payments/files/none.xml").status_code == 404


def test_what_is_not_there_is_not_found(ministry, desk):
    for address in ("payments/99/", "payments/payment/99/", "payments/99/payments.csv"):
        assert desk().get(f"/en/desk/{address}").status_code == 404


def test_lists_can_be_narrowed(ministry, desk, failed):
    batch, _ = failed
    html = page(desk(), f"payments/{batch}/?state=paid&search=P1")
    assert "P1" in html
    assert "No payment is like that" in page(desk(), f"payments/{batch}/?search=nobody")
    assert "No batch is in this state" in page(desk(), "payments/?state=draft")
    assert "Partly failed" in page(desk(), "payments/?state=nonsense")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_in_every_language(ministry, desk, failed, language):
    batch, people = failed
    draft = ministry.draft(paying.bank("P9"), **{**ORDER, "period": "2026-12"}).batch
    client = desk("sana", Role.SUPERVISOR)
    addresses = ["payments/", f"payments/{batch}/", f"payments/{draft}/", f"payments/payment/{people['P2']}/"]
    for address in addresses:
        response = client.get(f"/{language}/desk/{address}")
        html = response.content.decode()
        assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in html
        assert len(re.findall(r"<h1[ >]", html)) == 1, address
        assert "<script" not in html
        assert len(gzip.compress(response.content)) <= FIRST_RESPONSE, address
        if language != "en":
            assert not re.search(r">(Payments|Draft|Person|Sum|Bank)<", html), address


def test_a_look_at_a_payment_asks_why_and_is_told(ministry, desk, failed):
    _, people = failed
    at = f"/en/desk/payments/payment/{people['P2']}/"
    assert "/purpose/payments/" in desk(purposes=False).get(at)["Location"]
    assert payments.looks_at_payee(person="P2") == ()
    assert desk().get(at).status_code == 200
    assert [look.purpose for look in payments.looks_at_payee(person="P2")] == ["mend-the-data"]


def test_another_account_takes_two_people_and_the_person_reads_both(ministry, desk):
    officer, boss = desk(), desk("sana", Role.SUPERVISOR)
    at = "/en/desk/payments/accounts/"
    html = officer.post(at, {"person": "P1"}).content.decode()
    assert 'name="person" value="P1"' in html
    good = paying.bank("P1")
    wish = {"person": "P1", "rail": "bank", "account": good.account, "name": "Ana", "words": "She showed her card."}
    for wrong in ({"account": "PT50"}, {"words": ""}, {"rail": "none"}):
        assert officer.post(f"{at}ask/", {**wish, **wrong}).status_code == 422
    asked = officer.post(f"{at}ask/", wish)["Location"].split("?")[0]
    assert "P1" not in asked
    assert officer.post(f"{at}ask/", wish).status_code == 422, "one waits already"
    assert payments.payee_of(person="P1").account == ""
    answer = {"verdict": "yes", "words": "I saw the papers."}
    assert officer.post(f"{asked}decide/", answer).status_code == 403
    assert boss.post(f"{asked}decide/", {**answer, "verdict": ""}).status_code == 422
    assert boss.post(f"{asked}decide/", answer).status_code == 302
    now = payments.payee_of(person="P1")
    assert (now.rail, now.account) == (Rail.BANK, f"••••{good.account[-4:]}")
    assert [(one.asked_by, one.decided_by) for one in now.changes] == [("Rui Clerk (rui)", "Sana Clerk (sana)")]
    assert good.account not in boss.get(asked).content.decode()
    assert boss.post(f"{asked}decide/", answer).status_code == 422
    own = boss.post(f"{at}ask/", wish)["Location"].split("?")[0]
    assert boss.post(f"{own}decide/", answer).status_code == 422, "who asks does not decide"
    assert desk("rita", Role.SUPERVISOR).post(f"{own}decide/", {**answer, "verdict": "no"}).status_code == 302
    assert "Refused" in boss.get(f"{at}?state=decided").content.decode()
    assert boss.get(f"{at}999/").status_code == 404
