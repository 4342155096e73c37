"""``doorstep pay`` and ``doorstep payments``, from a list to the last answer, as whoever runs the site uses them."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection

from doorstep.config import cli
from doorstep.config.cli import pay, payments
from doorstep.config.cli.exits import Exit
from doorstep.domains.country.api import read_country
from doorstep.domains.payments import api
from doorstep.domains.payments.tests.banks import status_file
from doorstep.domains.payments.tests.provider import SECRET, Provider, Served
from doorstep.domains.payments.types import Officer
from doorstep.domains.wallets import api as wallets

pytestmark = pytest.mark.django_db
CHIEF = Officer("Ana Chief", may_approve=True)
IBAN = "DE89370400440532013000"
LIST = f"""person;amount;rail;account;name;bic
P1;25,00;bank;{IBAN};João Ágata;
P2;10.50;;+351912345678;Rahim;
P3;1;;;;
P4;7;none;;;
"""


@contextmanager
def nothing(*_):
    yield


@pytest.fixture
def command(monkeypatch, capsys):
    for module in (pay, payments):
        monkeypatch.setattr(module, "site", nothing)
        monkeypatch.setattr(module, "migrate", lambda: None)

    def run(*words):
        code = cli.main([*map(str, words), "--country", "countries/demo"])
        return code, capsys.readouterr()

    return run


@pytest.fixture
def period():
    """A month that is not over, so that the demo's day of payment is ahead."""
    return f"{datetime.now(UTC) + timedelta(days=40):%Y-%m}"


@pytest.fixture
def draft(command, tmp_path, period):
    def make(content=LIST, *words):
        path = tmp_path / "list.csv"
        path.write_text(content)
        return command("pay", "energy-tariff", "--period", period, "--list", path, *words)

    return make


def test_a_list_goes_all_the_way(command, draft, tmp_path, settings):
    nadira = read_country(Path("countries/demo"))
    wallets.open_wallet(country=nadira, holder="P3", language="en", by="Mina", at=datetime.now(UTC))
    code, said = draft(LIST, "--json")
    made = json.loads(said.out)
    assert code == Exit.FINE
    assert made["totals"] == {"count": 4, "amount": 4_350}
    assert command("payments", "send", made["batch"])[0] == Exit.PROBLEMS, "nobody approved it"
    api.approve_batch(batch=made["batch"], officer=CHIEF, at=datetime.now(UTC))
    code, said = command("payments", "send", "--out", tmp_path / "out")
    assert code == Exit.PROBLEMS
    assert "does not hold what is to be sent" in said.err
    assert command("payments", "fund", "energy-tariff", "1000.00", "--key", "a")[1].out == (
        "energy-tariff can pay EUR 1000.00 now.\n"
    )
    code, said = command("payments", "send", "--out", tmp_path / "out")
    assert said.out.startswith(f"Batch {made['batch']}: 3 sent, 1 without an account wait for an officer.")
    (file,) = (tmp_path / "out").glob("*.xml")
    assert "<Nm>Joao Agata</Nm>" in file.read_text()
    people = {one.person: one.id for one in api.each_payment(batch=made["batch"])}
    key = api.payment(id=people["P1"])[0].attempts[0].end_to_end
    answer = tmp_path / "answer.xml"
    answer.write_text(status_file(file.stem, [(key, "ACSC", "")]))
    code, said = command("payments", "import-status", answer, "--json")
    assert (code, json.loads(said.out)["paid"]) == (Exit.FINE, 1)
    assert "was taken in before" in command("payments", "import-status", answer)[1].out
    provider = Provider(troubles={"pays at once": 1})
    with Served(provider) as url:
        settings.MOBILE_MONEY = {"provider": "gsma", "url": url, "key": "k", "secrets": SECRET}
        assert command("payments", "poll", "--once")[1].out == "1 sent, 1 paid, 0 failed, 0 pending.\n"
    assert {one.person: one.state for one in api.each_payment(batch=made["batch"])} == {
        "P1": "paid", "P2": "paid", "P3": "paid", "P4": "failed",
    }  # fmt: skip
    code, said = command("payments", "reconcile")
    assert code == Exit.FINE
    assert "DIFFERS" not in said.out
    with connection.cursor() as cursor:
        cursor.execute("UPDATE payments_payment SET amount = amount + 1 WHERE person = 'P1'")
    code, said = command("payments", "reconcile")
    assert code == Exit.REFUSED
    assert "DIFFERS" in said.out
    assert "1 wait for an officer" in command("payments", "list")[1].out


def test_a_second_list_of_the_month_pays_only_who_is_new(draft):
    assert draft()[0] == Exit.FINE
    code, said = draft(LIST + "P5;1;;;;\n")
    assert code == Exit.PROBLEMS
    assert "list.csv:2: is in a batch of this period already" in said.err
    code, said = draft(LIST + "P5;1;;;;\n", "--only-new")
    assert code == Exit.FINE
    assert "4  left out" in said.out


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "lacks person, amount"),
        ("person,amount,colour\nP1,1,red\n", "has colour"),
        ("person,amount\n", "nobody to pay"),
        ("person,amount\nP1,1.234\n", "list.csv:2: the amount"),
        ("person,amount\nP1,\n", "list.csv:2: the amount"),
        ("person,amount\nP1,1.000,5\n", "more or fewer cells"),
        ("person,amount\nP1,-1\n", "list.csv:2: the amount"),
        ("person,amount,rail\nP1,1,cheque\n", "list.csv:2: the rail"),
        ("person,amount,account\nP1,1,DE00\n", "list.csv:2: the account is no IBAN"),
        ("person,amount,account,name\nP1,1,+351912345678,A\nP1,1,,\n", "list.csv:3: this person"),
    ],
)
def test_a_list_that_cannot_be_paid_is_told_line_by_line(draft, content, says):
    code, said = draft(content)
    assert code == Exit.PROBLEMS
    assert says in said.err
    assert not api.list_batches().items


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("pay", "energy-tariff", "--period", "2026-13"), "is no month"),
        (("pay", "energy-tariff", "--period", "2030-01"), "does not say what it pays"),
        (("pay", "nothing", "--period", "2030-01"), "no programme"),
        (("pay", "energy-tariff", "--period", "2030-01", "--list", "no-such-file.csv"), "cannot be read"),
        (("payments", "fund", "energy-tariff", "1"), "Which allotment"),
        (("payments", "fund", "energy-tariff", "1.001", "--key", "a"), "is no amount"),
        (("payments", "fund", "energy-tariff"), "needs a programme and an amount"),
        (("payments", "import-status"), "needs one file"),
        (("payments", "send", "nine"), "by its number"),
        (("payments", "send", "999"), "no batch 999"),
        (("payments", "poll", "--once"), "No mobile-money provider is set"),
    ],
)
def test_what_is_wrong_is_said_plainly(command, words, says):
    code, said = command(*words)
    assert code in (Exit.PROBLEMS, Exit.UNAVAILABLE)
    assert says in said.err


def test_nothing_to_do_is_said(command):
    assert "no batch yet" in command("payments")[1].out
    assert "Nothing is approved" in command("payments", "send")[1].out
    assert command("payments", "reconcile")[0] == Exit.FINE


def test_the_list_is_read_from_the_folder_that_is_named(tmp_path):
    path = Path(tmp_path) / "list.csv"
    path.write_bytes("\ufeffperson,amount\r\nP1,5\r\n".encode())
    assert [row.amount for row in api.read_list(path, 2)] == [500]
