"""Vouchers from the command line: set up, funds, books, upkeep, and a device that is a file."""

from __future__ import annotations

import json
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

import pytest

from doorstep.config.cli import device, main, voucher
from doorstep.domains.country.api import load_country
from doorstep.domains.vouchers import api, files
from doorstep.domains.vouchers.types import Clerk, Printed

DEMO = Path(__file__).resolve().parents[3] / "countries" / "demo"
BOSS, MAKER = Clerk("omar", supervises=True), Clerk("mina")


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands use the test's own database."""
    for module in (voucher, device):
        monkeypatch.setattr(module, "site", nullcontext)
        monkeypatch.setattr(module, "migrate", lambda: None)


@pytest.fixture
def card(db: None) -> Printed:
    load_country(DEMO)
    assert main(["voucher", "setup"]) == 0
    for _ in range(2):
        fund = ["voucher", "fund", "--agency", "food-relief", "--kind", "food", "--amount", "9000", "--key", "one"]
        assert main(fund) == 0
    now = datetime.now(UTC)
    batch = api.check_list(
        data=b"person,amount\nP-1,60\n", agency="food-relief", kind="food", month=now.date(), clerk=MAKER, at=now
    )
    api.release(batch=batch, clerk=BOSS, at=now)
    return api.give_card(holder=api.find_holder(person="P-1"), clerk=MAKER, at=now)


def test_the_books_are_printed_and_the_same_payment_counts_once(
    card: Printed, capsys: pytest.CaptureFixture[str]
) -> None:
    assert api.fund_left(agency="food-relief", kind="food", at=datetime.now(UTC)) == 3000
    assert main(["voucher", "upkeep"]) == 0
    assert "0 permits ended, 0 vouchers expired." in capsys.readouterr().out
    assert main(["voucher", "books", "--json"]) == 0
    books = json.loads(capsys.readouterr().out)
    assert [(line["issued"], line["left"], line["exact"]) for line in books if line["agency"] == "food-relief"] == [
        (6000, 6000, True)
    ]


def test_a_device_in_a_file_gives_and_remembers(
    card: Printed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "phone.json"
    assert main(["device", "new", "corner-1", "--shop", "corner-basket", "--permit", "food", "--file", str(file)]) == 0
    assert file.stat().st_mode & 0o077 == 0
    give = ["device", "give", "--file", str(file), "--card", card.token, "--kind", "food"]
    assert main([*give, "--amount", "100"]) != 0  # it has never synced
    phone, now = files.read_device(json.loads(file.read_text())), datetime.now(UTC)
    hello = api.Request("corner-1", now, [], files.sign_hello("corner-1", now, [], key=phone.key))
    told, new_pass = api.sync(request=hello, at=now)
    phone.synced(upto=told.upto, new_pass=new_pass)
    file.write_text(json.dumps(files.write_device(phone)))
    assert main([*give, "--amount", "900"]) == 0
    assert main([*give, "--amount", "200"]) != 0  # beyond the cap of one person
    again = files.read_device(json.loads(file.read_text()))
    assert len(again.unsent()) == 1
    assert "This device may not give that" in capsys.readouterr().err
    assert main(["device", "sync", "--file", str(file), "--to", "file:///etc/passwd"]) != 0
