"""Rules in words and reports of runs, as anybody reads them."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.test import Client

from doorstep.channels.web.pages import reports
from doorstep.domains.benefits import api as benefits
from doorstep.domains.benefits.types import Officer, Order, Role
from doorstep.domains.country import api as countries
from doorstep.domains.country.api import Country
from doorstep.domains.people import files as people
from doorstep.kit.words import LANGUAGES

pytestmark = pytest.mark.django_db
BOSS = Officer("Sana Boss", frozenset({Role.SUPERVISOR}))
DAY = date(2026, 9, 1)


@pytest.fixture(scope="session")
def registers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The registers of 3,000 invented people, dirt included."""
    folder = tmp_path_factory.mktemp("registers")
    nadira = countries.read_country(Path("countries/demo"))
    people.generate(folder=folder, people=3_000, seed=5, country=nadira, dirty=5.0, as_of=DAY)
    return folder


@pytest.fixture(autouse=True)
def nadira(db: None) -> Country:
    return countries.load_country(Path("countries/demo"))


def decide(country: Country, registers: Path, day: date = DAY) -> int:
    order = Order(programme="energy-tariff", inputs=registers, as_of=day, confirm_endings=True, everyone=False)
    summary = benefits.decide(country=country, order=order, officer=BOSS, now=datetime.now(UTC))
    assert summary.id is not None
    return summary.id


def words_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


@pytest.mark.parametrize(
    ("language", "share", "power", "ceiling"),
    [
        ("en", "33.8%", "6.9 kVA", "EUR 6,272.64 a year"),
        ("pt", "33,8%", "6,9 kVA", "EUR 6.272,64 por ano"),
        ("bn", "৩৩.৮%", "৬.৯ কেভিএ", "বছরে EUR ৬,২৭২.৬৪"),
        ("ar", "33.8%", "6.9 ك.ف.أ", "EUR 6,272.64 في السنة"),
    ],
)
def test_figures_of_the_law_have_their_unit_in_words(
    client: Client, language: str, share: str, power: str, ceiling: str
) -> None:
    for page in ("programmes", "rules"):
        html = (
            client.get(f"/{language}/{page}/energy-tariff/").content.decode().replace("\u200f", "").replace("\xa0", " ")
        )
        text = words_of(html).replace("\u200e", "")
        assert [wanted for wanted in (share, power, ceiling) if wanted not in text] == []
        assert "0.338" not in text


def test_a_decision_table_is_a_table_and_conditions_are_a_list(client: Client) -> None:
    html = client.get("/en/programmes/energy-tariff/").content.decode()
    table = re.search(r'<table class="decides">.*?</table>', html, re.DOTALL)
    assert table is not None
    assert " ".join(words_of(table[0]).split()) == (
        "The first row that fits counts. Kind of energy Discount Electricity Discount on electricity ( 33.8% )"
        " Gas Discount on gas ( 31.2% )"
    )
    listed = re.search(r'<ul class="conditions">.*?\n</ul>|<ul class="conditions">.*', html, re.DOTALL)
    assert listed is not None
    text = words_of(listed[0])
    assert "otherwise" not in text
    assert text.index("For a home") < text.index("At least one of these must be true:") < text.index("Low income")


def test_each_name_in_a_rule_leads_to_that_rule(client: Client) -> None:
    html = client.get("/en/rules/energy-tariff/").content.decode()
    places = set(re.findall(r'<section id="([^"]+)"', html))
    assert set(re.findall(r'href="#([^"]+)"', html)) - {"main"} <= places
    html = client.get("/en/programmes/energy-tariff/").content.decode()
    assert set(re.findall(r'href="/en/rules/energy-tariff/#([^"]+)"', html)) <= places


def test_registers_name_who_keeps_them(client: Client) -> None:
    text = words_of(client.get("/en/programmes/energy-tariff/").content.decode())
    assert "From: Tax Office" in text
    assert "From: Luz do Vale, " in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_has_a_map_and_says_what_went_wrong_in_words(
    client: Client, nadira: Country, registers: Path, language: str
) -> None:
    run = decide(nadira, registers)
    html = client.get(f"/{language}/reports/{run}/").content.decode()
    assert html.count('<path class="m') == len(nadira.smallest_areas)
    assert not re.search(r">(missing|not-a-number|repeated|contradictory|not-a-date)<", html)
    assert not re.search(r">under-18<|>80-and-over<", html)


def test_the_file_of_the_groups_holds_what_the_page_shows(client: Client, nadira: Country, registers: Path) -> None:
    run = decide(nadira, registers)
    response = client.get(f"/pt/reports/{run}/groups.csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == f'attachment; filename="energy-tariff-2026-09-01-{run}.csv"'
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    report = benefits.run_report(run=run)
    published = {(name, row.value): row for name, found in report.groups.items() for row in found}
    assert {(row["grouping"], row["group"]) for row in rows} == set(published)
    for row in rows:
        group = published[row["grouping"], row["group"]]
        numbers = (group.contracts, group.before, group.after, group.unknown)
        written = [row[name] for name in ("contracts", "before", "after", "unknown")]
        assert written == ["" if number is None else str(number) for number in numbers]
    assert any(row["after"] == "" for row in rows), "so few people leave small numbers out"
    assert {row["name"] for row in rows if row["group"] == "female"} == {"Mulheres"}


def test_there_is_no_file_of_a_run_that_is_not_there(client: Client) -> None:
    assert client.get("/en/reports/999/groups.csv").status_code == 404


def test_reports_come_in_pages_the_newest_first(
    client: Client, nadira: Country, registers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert reports.PAGE == 20
    monkeypatch.setattr(reports, "PAGE", 2)
    first, second, third = (decide(nadira, registers, date(2026, month, 1)) for month in (6, 7, 8))

    def listed(query: str) -> list[int]:
        html = client.get(f"/en/reports/{query}").content.decode()
        return [int(found) for found in re.findall(r'href="/en/reports/(\d+)/"', html)]

    assert listed("") == listed("?page=x") == [third, second]
    assert listed("?page=2") == listed("?page=99") == [first]
    html = client.get("/en/reports/?page=2").content.decode()
    assert "Page 2 of 2" in html
    assert ('rel="prev"' in html, 'rel="next"' in html) == (True, False)


def test_without_a_run_the_page_says_so(client: Client) -> None:
    html = client.get("/en/reports/").content.decode()
    assert "No run has finished yet." in html
    assert '<nav class="pages"' not in html
