"""What anybody may read: country, areas, programmes, rules, reports; and how it is kept and shared."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client
from django.utils import timezone

from doorstep.channels.api.tests.conftest import Town
from doorstep.domains.benefits import api as benefits
from doorstep.domains.benefits.tests.world import BOSS, at
from doorstep.domains.country.api import Country

pytestmark = pytest.mark.django_db


def test_the_entry_leads_everywhere(client: Client, nadira: Country) -> None:
    links = client.get("/api/v1/").json()
    for address in [links["documentation"], links["openapi"], *links["links"].values()]:
        assert client.get(address).status_code == 200, address


def test_the_country_says_its_version_and_languages(client: Client, nadira: Country) -> None:
    found = client.get("/api/v1/country?language=pt").json()
    assert found["version"] == nadira.hash
    assert [language["code"] for language in found["languages"]] == ["en", "pt", "bn", "ar"]
    assert found["languages"][3]["direction"] == "rtl"
    assert found["offices"][0]["name"] == "Gabinete da Energia"
    assert found["offices"][1]["phone"] == nadira.help_phone


@pytest.mark.parametrize(
    ("address", "accept", "language"),
    [
        ("/api/v1/programmes", "", "en"),
        ("/api/v1/programmes", "bn, en;q=0.3", "bn"),
        ("/api/v1/programmes?language=pt", "bn", "pt"),
    ],
)
def test_the_language_is_the_one_asked_for(
    client: Client, nadira: Country, address: str, accept: str, language: str
) -> None:
    response = client.get(address, headers={"Accept-Language": accept})
    assert response["Content-Language"] == language
    assert response.json()[0]["title"] == benefits.programmes(country=nadira)[0].title.in_(language)


def test_areas_are_listed_page_by_page(client: Client, nadira: Country) -> None:
    seen: list[str] = []
    address = "/api/v1/areas?size=17"
    while address:
        page = client.get(address).json()
        seen += [area["id"] for area in page["items"]]
        address = page["next"]
    assert seen == list(nadira.areas)
    assert page["total"] == len(seen)
    assert client.get(page["previous"]).json()["page"] == page["pages"] - 1
    assert client.get("/api/v1/areas?size=17&page=900").status_code == 404


def test_areas_are_found_by_name_level_and_place(client: Client, nadira: Country) -> None:
    (top,) = [id_ for id_, area in nadira.areas.items() if area.name.in_("en") == "Notada"]
    inside = client.get(f"/api/v1/areas?within={top}&size=100").json()["items"]
    assert inside
    assert {(area["within"], area["level"]) for area in inside} == {(top, 1)}
    found = client.get("/api/v1/areas?search=nOtAdá&level=0").json()["items"]
    assert [area["id"] for area in found] == [top]
    arabic = nadira.areas[top].name.in_("ar")
    assert [area["id"] for area in client.get("/api/v1/areas", {"search": arabic, "level": 0}).json()["items"]] == [top]


def test_a_programme_says_its_law_its_registers_and_whether_it_is_on(client: Client, nadira: Country) -> None:
    address = "/api/v1/programmes/energy-tariff"
    found = client.get(address).json()
    assert found["is_on"]
    assert found["object_within_days"] == 30
    assert [register["id"] for register in found["registers"]] == ["contract", "income", "benefit"]
    assert found["legal_basis"][0]["section"] == "2 – 5"
    mark = client.get(address)["ETag"]
    benefits.switch(
        country=nadira, programme="energy-tariff", on=False, officer=BOSS, why="A test.", now=at(timezone.localdate())
    )
    changed = client.get(address, headers={"If-None-Match": mark})
    assert changed.status_code == 200, "the switch changes what is kept"
    assert not changed.json()["is_on"]


def test_every_rule_is_there_in_words(client: Client, nadira: Country) -> None:
    listed = client.get("/api/v1/rules").json()
    assert [entry["programme"] for entry in listed] == ["energy-tariff"]
    whole = client.get("/api/v1/rules/energy-tariff").json()
    (entry,) = benefits.algorithm_register(country=nadira, language="en")
    assert [rule["name"] for rule in whole["rules"]] == [rule.name for rule in entry.rules]
    written = [(p["name"], [v["value"] for v in p["values"]]) for p in whole["parameters"]]
    assert written == [(p.name, [value for _, value in p.values]) for p in entry.parameters]
    assert any("6,272.64" in value for _, values in written for value in values)


def test_a_run_is_reported_without_small_groups(client: Client, town: Town) -> None:
    listed = client.get("/api/v1/runs?programme=energy-tariff").json()
    assert [run["id"] for run in listed["items"]] == [town.run]
    assert listed["items"][0]["counts"]["entitled"] == 3
    assert client.get("/api/v1/runs?programme=other").json()["total"] == 0
    report = client.get(f"/api/v1/runs/{town.run}").json()
    assert {file["register"] for file in report["inputs"]} == {"contract", "income", "benefit"}
    assert report["groups"]["sex"][0]["contracts"] is None, "four are too few to be published"


def test_trials_are_nobodys_business(client: Client, town: Town) -> None:
    trial = town.world.run(timezone.localdate(), kind="trial").id
    assert client.get("/api/v1/runs").json()["total"] == 1
    assert trial is None or client.get(f"/api/v1/runs/{trial}").status_code == 404


def test_groups_come_as_json_or_as_a_table(client: Client, town: Town) -> None:
    address = f"/api/v1/runs/{town.run}/groups"
    assert client.get(address, headers={"Accept": "*/*"}).json()["run"] == town.run
    by_wish = client.get(address, headers={"Accept": "text/csv, application/json;q=0.5"})
    by_name = client.get(f"{address}.csv")
    assert by_wish.content == by_name.content
    assert by_name["Content-Type"] == "text/csv; charset=utf-8"
    assert f"energy-tariff-{timezone.localdate()}-{town.run}.csv" in by_name["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(by_name.content.decode("utf-8-sig"))))
    assert {row["grouping"] for row in rows} == {"area", "age", "sex"}
    assert all(row["contracts"] == "" for row in rows)
    assert [row["name"] for row in rows if row["grouping"] == "area"] == ["Nadira City"]
    assert client.get(f"/en/reports/{town.run}/groups.csv").content == by_name.content, "one file on every channel"


def test_who_has_it_already_is_told_so(client: Client, town: Town) -> None:
    for address in ("country", "areas", "programmes", "rules/energy-tariff", f"runs/{town.run}", "openapi.json"):
        first = client.get(f"/api/v1/{address}")
        assert first["Cache-Control"].startswith("public")
        assert {"Accept", "Accept-Language"} <= set(first["Vary"].split(", "))
        again = client.get(f"/api/v1/{address}", headers={"If-None-Match": f'"other", W/{first["ETag"]}'})
        assert (again.status_code, again.content) == (304, b"")
        assert again["ETag"] == first["ETag"]
        other = client.get(f"/api/v1/{address}?language=bn", headers={"If-None-Match": first["ETag"]})
        assert other.status_code in (200, 304)
    translated = client.get(
        "/api/v1/country?language=bn", headers={"If-None-Match": client.get("/api/v1/country")["ETag"]}
    )
    assert translated.status_code == 200


def test_scripts_of_other_sites_may_read_what_is_public_only(client: Client, town: Town) -> None:
    assert client.get("/api/v1/country")["Access-Control-Allow-Origin"] == "*"
    asked = client.options("/api/v1/programmes/energy-tariff/check")
    assert (asked.status_code, asked["Access-Control-Allow-Methods"]) == (204, "POST, OPTIONS")
    for path in ("decisions", "decisions/letters", "decisions/objections"):
        assert "Access-Control-Allow-Origin" not in client.options(f"/api/v1/{path}")
        response = client.post(f"/api/v1/{path}", town.letter("C1"), content_type="application/json")
        assert "Access-Control-Allow-Origin" not in response


def test_head_says_what_get_would(client: Client, nadira: Country) -> None:
    whole, head = client.get("/api/v1/areas"), client.head("/api/v1/areas")
    assert head.content == b""
    for name in ("ETag", "Content-Length", "Content-Type", "Cache-Control"):
        assert head[name] == whole[name]


def test_nothing_sets_a_cookie(client: Client, town: Town) -> None:
    for address in ("country", "areas", "programmes", "rules", "runs"):
        assert not client.get(f"/api/v1/{address}").cookies
