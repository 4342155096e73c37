"""What-ifs on the desk: the list, one with its chart, table and file, and the form that gives the command."""

from __future__ import annotations

import csv
import io

import pytest

from doorstep.domains.benefits import api as benefits
from doorstep.domains.benefits.tests.world import BOSS, MARCH, PROGRAMME, at
from doorstep.domains.benefits.types import WhatIfOrder

PAGE = "/en/desk/what-if/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def tried(world):
    """Twelve women and nine men would gain."""
    for number in range(21):
        world.add(f"W{number}", income="6900.00")
        world.incomes[f"PW{number}"]["sex"] = "male" if number < 9 else "female"
    order = WhatIfOrder(PROGRAMME, world.write(), MARCH, {"income_ceiling": "7000"})
    return benefits.what_if(country=world.country, order=order, officer=BOSS, now=at(MARCH))


def test_the_list_leads_to_a_report_with_chart_table_and_file(tried, desk):
    client = desk()
    assert f'href="{PAGE}{tried.id}/">Income ceiling for one household: EUR 7,000.00 a year</a>' in (
        client.get(PAGE).content.decode().replace("\xa0", " ")
    )
    page = client.get(f"{PAGE}{tried.id}/").content.decode().replace("\xa0", " ")
    assert "Nothing has changed for anybody" in page
    assert page.count('<svg role="img"') == 3
    assert "EUR 6,272.64 a year" in page
    assert "+EUR 1,946.88" in page, "nine men at 33.8% of EUR 640"
    lines = list(csv.DictReader(io.StringIO(client.get(f"{PAGE}{tried.id}/groups.csv").content.decode("utf-8-sig"))))
    assert [(line["code"], line["winners"]) for line in lines if line["grouping"] == "sex"] == [
        ("female", "12"), ("male", "9"),
    ]  # fmt: skip


@pytest.mark.parametrize("language", ["pt", "bn", "ar"])
def test_every_language_has_the_pages(tried, desk, language):
    client = desk()
    for path in (f"/{language}/desk/what-if/", f"/{language}/desk/what-if/{tried.id}/"):
        assert client.get(path).status_code == 200


def test_an_empty_desk_says_so_and_offers_the_figures(world, desk):
    page = desk().get(PAGE).content.decode()
    assert "Nothing has been tried yet" in page
    assert '<option value="income_ceiling">' in page


def test_the_form_checks_the_figure_and_gives_the_command(world, desk):
    client = desk()
    asked = {"programme": PROGRAMME, "parameter": "income_ceiling", "value": "7000", "day": "2026-09-01"}
    page = client.get(PAGE, asked).content.decode()
    assert "doorstep whatif energy-tariff --set income_ceiling=7000 --inputs FOLDER --as-of 2026-09-01" in page
    for wrong, said in (
        ({"value": "much"}, "does not fit"), ({"value": ""}, "another value"), ({"day": "May"}, "2026-09-30"),
        ({"parameter": "x; rm"}, "does not fit"),
    ):  # fmt: skip
        page = client.get(PAGE, {**asked, **wrong}).content.decode()
        assert said in page
        assert "--inputs FOLDER" not in page


def test_strangers_and_wrong_numbers(world, desk, client):
    assert client.get(PAGE).status_code == 302
    assert desk().get(f"{PAGE}999/").status_code == 404
