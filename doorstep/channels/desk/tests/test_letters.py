"""Letters: the queue, one letter, and files that take them out."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import timedelta

import pytest

from doorstep.channels.desk.tests.conftest import MARCH
from doorstep.domains.benefits.tests.stored import Look, Notice
from doorstep.domains.benefits.tests.world import at

LETTERS = "/en/desk/letters/"

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def run(world):
    world.run(MARCH)


def test_the_queue_leads_to_one_letter_in_each_language(desk):
    client = desk()
    html = client.get(LETTERS).content.decode()
    assert "In all: 3" in html
    letter = Notice.objects.get(decision__entitlement__contract="C2")
    page = client.get(f"{LETTERS}{letter.pk}/").content.decode()
    assert "A partir de 1 de abril de 2026" in page
    assert "From 1 April 2026" in client.get(f"{LETTERS}{letter.pk}/?in=en").content.decode()
    assert client.get(f"{LETTERS}{letter.pk}/?in=xx").status_code == 200
    assert Look.objects.filter(contract="C2", purpose="mend-the-data").count() == 3
    assert client.get(f"{LETTERS}999999/").status_code == 404


def test_letters_are_found_by_their_contract(desk):
    client = desk()
    html = client.get(f"{LETTERS}?search=C2").content.decode()
    assert re.findall(r"<bdi>(C\d)</bdi>", html) == ["C2"]
    assert "No letter fits" in client.get(f"{LETTERS}?search=C2&state=sent").content.decode()


def test_opening_a_letter_asks_for_what(desk):
    letter = Notice.objects.first()
    assert "/purpose/letters/" in desk(purposes=False).get(f"{LETTERS}{letter.pk}/")["Location"]
    assert not Look.objects.exists()


def test_letters_are_taken_out_as_a_table_and_count_as_sent(desk):
    client = desk()
    response = client.post(f"{LETTERS}export/", {"format": "csv", "size": "100"})
    assert response["Content-Type"].startswith("text/csv")
    assert response["Content-Disposition"] == 'attachment; filename="letters-2026-03-05-090000.csv"'
    rows = list(csv.DictReader(io.StringIO(response.content.decode())))
    assert {row["contract"] for row in rows} == {"C1", "C2", "C4"}
    assert "No letter waits" in client.get(LETTERS).content.decode()
    assert "In all: 3" in client.get(f"{LETTERS}?state=sent").content.decode()
    again = client.post(f"{LETTERS}export/", {"format": "jsonl", "size": "100"})
    assert again.content == b""


def test_a_lost_file_is_made_again(desk, clock):
    client = desk()
    first = client.post(f"{LETTERS}export/", {"format": "jsonl", "size": "5000"})
    assert {json.loads(line)["contract"] for line in first.content.decode().splitlines()} == {"C1", "C2", "C4"}
    clock(at(MARCH) + timedelta(hours=1))
    moment = re.search(r'name="again" value="([^"]+)"', client.get(LETTERS).content.decode())
    assert moment is not None
    again = client.post(f"{LETTERS}export/", {"format": "jsonl", "again": moment[1]})
    assert again.content == first.content


@pytest.mark.parametrize("sent", [{}, {"format": "exe"}, {"format": "csv", "again": "x"},
                                  {"format": "csv", "again": "2026-99-99T00:00:00Z"}])  # fmt: skip
def test_a_file_that_cannot_be_made_takes_nothing_out(desk, sent):
    assert desk().post(f"{LETTERS}export/", sent).status_code == 404
    assert Notice.objects.filter(state="queued").count() == 3


def test_a_link_takes_nothing_out(desk):
    assert desk().get(f"{LETTERS}export/").status_code == 405


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "soon"])
def test_a_file_of_no_possible_moment_is_not_found(unclear, desk, moment):
    assert desk().post("/en/desk/letters/export/", {"format": "csv", "again": moment}).status_code == 404
