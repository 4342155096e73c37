"""Who is paid for a month, how much and when: from a programme's file and its entitlements."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from doorstep.domains.benefits import api
from doorstep.domains.benefits.tests.conftest import DEMO
from doorstep.domains.benefits.tests.world import FEBRUARY, MARCH, PROGRAMME, World
from doorstep.domains.country.api import load_country, read_country
from doorstep.domains.payments import api as payments
from doorstep.domains.payments.types import BadList, Debtor, Officer, Rail

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path):
    """The demo country, whose programme pays 25.00 a month for each contract."""
    made = tmp_path / "country"
    shutil.copytree(DEMO, made)
    write(made, "  day: 10\n", "  day: 10\n  amount: 25.00\n")
    return made


def write(folder, before, after):
    path = folder / "programmes/energy-tariff.yaml"
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after, 1))


def test_everybody_entitled_in_the_month_is_paid_once_for_each_contract(db, folder, tmp_path):
    country = load_country(folder, parts=(api.check_programmes,))
    world = World(country, tmp_path / "inputs")
    for contract in ("C1", "C2", "C3"):
        world.add(contract)
    world.contracts["C4"] = {**world.contracts["C1"], "contract_id": "C4"}
    world.earns("C3", "90000.00")
    world.benefits.append({"tax_id": "PC9", "kind": "minimum-income", "since": "2020-01-01", "until": ""})
    world.run(FEBRUARY)
    told = {"country": country, "programme": PROGRAMME}
    assert dict(api.amounts_to_pay(**told, period="2026-03")) == {"PC1": 5_000, "PC2": 2_500}
    assert dict(api.amounts_to_pay(**told, period="2026-01")) == {}
    world.earns("C2", "90000.00")
    world.run(MARCH)
    assert dict(api.amounts_to_pay(**told, period="2026-03"))["PC2"] == 2_500, "its end was announced, for later"
    assert "PC2" not in dict(api.amounts_to_pay(**told, period="2026-12"))
    order = api.payment_order(**told, period="2026-03", at=NOW)
    rows = payments.with_accounts(rows=api.amounts_to_pay(**told, period="2026-03"), otherwise=Rail.WALLET)
    made = payments.draft_batch(order=order, rows=rows, officer=Officer("Mina"), at=NOW)
    assert (made.totals.count, made.totals.amount) == (2, 7_500)


def test_a_batch_is_paid_on_the_programmes_day_or_the_first_day_that_can_be(folder):
    country = read_country(folder)

    def order(period, at):
        return api.payment_order(country=country, programme=PROGRAMME, period=period, at=at)

    early = order("2026-03", NOW)
    assert (early.due_date, early.cut_off_at) == (date(2026, 3, 10), datetime(2026, 3, 9, 15, tzinfo=UTC))
    assert early.debtor == Debtor("Ministry of Energy of Nadira", "PT50000201231234567890154", "NADRPTPL")
    late = order("2026-03", datetime(2026, 3, 9, 15, tzinfo=UTC))
    assert late.due_date == date(2026, 3, 11)
    past = order("2025-12", NOW)
    assert past.due_date == date(2026, 3, 2)
    assert past.cut_off_at > NOW
    for period in ("2026-13", "march", "2026-3", ""):
        with pytest.raises(BadList, match="is no month"):
            order(period, NOW)


def test_a_programme_without_an_amount_pays_only_lists(db):
    with pytest.raises(BadList, match="does not say what it pays"):
        list(api.amounts_to_pay(country=read_country(DEMO), programme=PROGRAMME, period="2026-03"))


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("PT50000201231234567890154", "PT50000201231234567890155", "no IBAN"),
        ("bic: NADRPTPL", "bic: NADR", "no BIC"),
        ("amount: 25.00", "amount: 25.001", "is no amount"),
        ("amount: 25.00", "amount: -1", "is no amount"),
        ("day: 10", "day: 31", "not in every month"),
        ("cut_off: {days: 1}", "cut_off: {days: 30}", "too long"),
        ("text: Energy tariff", f"text: {'x' * 150}", "too long"),
    ],
)
def test_what_no_bank_would_take_is_a_mistake_of_the_country(folder, before, after, says):
    write(folder, before, after)
    assert says in " ".join(problem.what for problem in api.check_programmes(read_country(folder)))


def test_the_demo_says_whose_account_pays():
    pays = api.programme(country=read_country(DEMO), id=PROGRAMME).pays
    assert pays is not None
    assert (pays.amount, pays.otherwise) == (None, "wallet")
    assert Decimal(pays.day) == 10
