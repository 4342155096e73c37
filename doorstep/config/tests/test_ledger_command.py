"""``doorstep ledger``, as whoever runs the site uses it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from doorstep.config import cli
from doorstep.config.cli import ledger as command
from doorstep.config.cli.exits import Exit
from doorstep.config.tests.test_officer import nothing
from doorstep.engines.ledger import api as ledger
from doorstep.engines.ledger.api import Leg

AT = datetime(2026, 1, 1, tzinfo=UTC)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def run(monkeypatch, capsys):
    monkeypatch.setattr(command, "site", nothing)
    monkeypatch.setattr(command, "migrate", lambda: None)

    def run(*words):
        code = cli.main(["ledger", *words])
        return code, capsys.readouterr().out

    return run


@pytest.fixture
def accounts():
    ledger.define_unit(code="EUR", kind="currency", digits=2)
    bank, amina = (
        ledger.open_account(holder=holder, unit="EUR", kind="test", floor=floor, at=AT)
        for holder, floor in (("bank", None), ("amina", 0))
    )
    with transaction.atomic():
        legs = [Leg(bank, -500), Leg(amina, 500)]
        ledger.transfer(key="k", legs=legs, reason="test", at=AT)
        legs = [Leg(bank, 200), Leg(amina, -200)]
        ledger.hold(key="h", legs=legs, reason="test", at=AT, expires_at=AT + timedelta(days=1))
    return bank, amina


def test_books_that_balance(run, accounts):
    code, said = run("check")
    assert code == Exit.FINE
    assert "The books balance." in said
    assert json.loads(run("check", "--json")[1]) == {"balances": True, "units": {"EUR": 0}, "accounts": []}


def test_whoever_writes_past_the_ledger_is_noticed(run, accounts):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_account SET balance = balance + 1 WHERE id = %s", [accounts[1]])
    code, said = run("check")
    assert code == Exit.PROBLEMS
    assert f"account {accounts[1]}:" in said
    assert "differ by 1" in said


def test_holds_that_are_over_are_released_and_accounts_added_up(run, accounts):
    bank, amina = accounts
    assert run("release")[1] == "1 holds were over.\n"
    assert ledger.balance(account=amina).available == 500
    code, said = run("fold")
    assert (code, said[:27]) == (Exit.FINE, "Everything is added up to r")
    assert ledger.balance(account=bank).posted == -500
