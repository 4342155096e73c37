"""The OpenAPI document, the page made from it, and the how-to whose examples are run as they stand."""

from __future__ import annotations

import json
import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver

from doorstep.channels.api import document
from doorstep.channels.api.tests.conftest import Town
from doorstep.domains.country import api as countries
from doorstep.domains.country.api import Country

pytestmark = pytest.mark.django_db

HOW_TO = Path(__file__).parents[4] / "docs" / "how-to" / "use-the-api.md"


@pytest.fixture
def described(client: Client, nadira: Country) -> dict[str, Any]:
    """The document as it is served."""
    found: dict[str, Any] = client.get("/api/v1/openapi.json").json()
    return found


def test_the_document_says_whose_it_is(described: dict[str, Any], nadira: Country) -> None:
    assert described["openapi"] == "3.1.0"
    assert described["info"]["contact"] == {"name": "Nadira", "x-phone": nadira.help_phone}
    assert described["info"]["x-country-version"] == nadira.hash
    language = described["paths"]["/api/v1/country"]["get"]["parameters"][0]
    assert language["schema"]["enum"] == list(nadira.languages)


def test_every_operation_is_described(described: dict[str, Any]) -> None:
    ids = []
    for path, method, operation in document.operations_of(described):
        ids.append(operation["operationId"])
        assert operation["summary"], path
        assert len(operation["description"]) > 20, path
        for parameter in operation["parameters"]:
            assert parameter.get("description"), (path, parameter["name"])
        assert {"400", "404", "405", "422", "500", "503"} <= set(operation["responses"]), path
        if method == "post":
            assert {"413", "415"} <= set(operation["responses"]), path
            assert "example" in operation["requestBody"]["content"]["application/json"], path
    assert len(ids) == len(set(ids))


def test_every_reference_leads_somewhere(described: dict[str, Any]) -> None:
    for reference in re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(described)):
        part: Any = described
        for name in reference.split("/"):
            part = part[name]
    assert all(answer["content"] for answer in described["components"]["responses"].values())


def test_every_route_is_in_the_document(described: dict[str, Any]) -> None:
    routes = {
        "/api/v1/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(route.pattern))
        for entry in get_resolver().url_patterns
        if str(entry.pattern) == "api/"
        for version in entry.url_patterns
        if str(version.pattern) == "v1/"
        for route in version.url_patterns
    }
    assert routes == set(described["paths"])


def test_the_examples_of_addresses_and_bodies_work(client: Client, town: Town, described: dict[str, Any]) -> None:
    for path, method, operation in document.operations_of(client.get("/api/v1/openapi.json").json()):
        shown = {one["name"]: one["example"] for one in operation["parameters"] if "example" in one}
        if "run" in shown:
            shown["run"] = town.run
        address = path.format(**shown)
        query = {name: value for name, value in shown.items() if f"{{{name}}}" not in path}
        if method == "get":
            assert client.get(address, query).status_code == 200, address
            continue
        body = operation["requestBody"]["content"]["application/json"]["example"]
        response = client.post(address, body, content_type="application/json")
        # Letters cannot be invented: those of the examples fit nobody.
        assert response.status_code == (404 if operation["x-personal"] else 200), address
        if not operation["x-personal"]:
            assert response.json() == operation["responses"]["200"]["content"]["application/json"]["example"]


class Reader(HTMLParser):
    """What a page holds: ids, where links lead, headings, tags."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self.sources: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append(tag)
        self.ids += [found["id"] or ""] if "id" in found else []
        self.links += [found["href"] or ""] if "href" in found else []
        self.sources += [found["src"] or ""] if "src" in found else []


@pytest.mark.parametrize("language", ["en", "pt", "bn", "ar"])
def test_the_page_lists_everything_without_scripts_or_other_sites(
    client: Client, described: dict[str, Any], language: str
) -> None:
    response = client.get(f"/api/?language={language}")
    html = response.content.decode()
    reader = Reader()
    reader.feed(html)
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in html
    assert reader.tags.count("h1") == 1
    assert "script" not in reader.tags
    assert reader.sources == []
    assert all(link.startswith(("/", "#", "?", "tel:")) for link in reader.links)
    assert len(reader.ids) == len(set(reader.ids))
    assert {link[1:] for link in reader.links if link.startswith("#")} <= set(reader.ids)
    assert "unsafe" not in response["Content-Security-Policy"]
    for path, _, operation in document.operations_of(described):
        assert operation["operationId"] in reader.ids
        assert path in html
    for code in described["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]:
        assert f"problem-{code}" in reader.ids


def test_the_page_needs_no_country(client: Client, db: None) -> None:
    with pytest.raises(Exception, match="No country"):
        countries.current()
    assert "Doorstep" in client.get("/api/").content.decode()


def test_what_a_type_of_problem_names_is_on_the_page(client: Client, nadira: Country) -> None:
    kind = client.get("/api/v1/nothing").json()["type"]
    address, _, place = kind.partition("#")
    assert f'id="{place}"' in client.get(address).content.decode()


def shell(how_to: str) -> list[str]:
    """Every block of shell lines."""
    return re.findall(r"```sh\n(.*?)```", how_to, flags=re.DOTALL)


def test_the_examples_of_the_how_to_work(live_server: Any, town: Town) -> None:
    """Each block as it stands, but for the address, the run's number and a letter that exists."""
    letter = town.letter("C1")
    answers = []
    for block in shell(HOW_TO.read_text(encoding="utf-8")):
        lines = block.replace("http://localhost:8000", live_server.url).replace("/runs/1/", f"/runs/{town.run}/")
        lines = lines.replace("7K2M-93QX-B0CD", letter["reference"]).replace("C-1001", letter["contract_id"])
        done = subprocess.run(["sh", "-euc", lines], capture_output=True, text=True, timeout=30, check=True)
        answers.append(done.stdout)
    country, areas, rules, runs, kept, asked, outcome, decision, objection, problem = answers
    assert json.loads(country)["id"] == "nadira"
    assert json.loads(areas)["total"] >= 1
    assert json.loads(rules)["programme"] == "energy-tariff"
    assert runs.count("run,programme,as_of") == 2
    assert kept.strip() == "304"
    assert json.loads(asked)["next"]["id"] == "use"
    assert json.loads(outcome)["outcome"]["entitled"] is True
    assert json.loads(decision)["contract_id"] == "C1"
    assert json.loads(objection)["state"] == "pending"
    assert json.loads(problem)["code"] == "invalid"
