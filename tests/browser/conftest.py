"""One browser and one server for the whole lane, with the demo country loaded and a small population decided twice."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.test import override_settings
from pytest_django.live_server_helper import LiveServer
from selenium.webdriver.common.by import By

from doorstep.domains.benefits import api as benefits
from doorstep.domains.benefits.types import Officer, Order, Role
from doorstep.domains.country import api as countries
from doorstep.domains.people import files as people
from tests.browser import driving, visits
from tests.browser.driving import Browser
from tests.browser.visits import Letter

DEMO = Path(__file__).parents[2] / "countries" / "demo"
PEOPLE = 12_000
RICHER = 40
"""Every so manieth person earns more in the second month, so that some entitlements end."""
BOSS = Officer("Sana Boss", frozenset({Role.SUPERVISOR}))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The lane comes last: what it stores must not meet tests that expect an empty database."""
    here = Path(__file__).parent
    items.sort(key=lambda item: here in item.path.parents)


@dataclass
class Site:
    """The running site: where it is, and what it takes to open each page."""

    url: str
    browser: Browser
    letters: dict[str, list[Letter]]
    addresses: dict[str, str]
    run: int
    opened: int = field(default=0)

    def address(self, page: str, language: str) -> str:
        """The address of a page that needs no letter."""
        return self.addresses[page].replace("/en/", f"/{language}/", 1)

    def open(self, page: str, language: str = "en") -> None:
        """Go to a page, as scriptless as everybody."""
        browser = self.browser
        if page in visits.LETTERS:
            self.hold(self.letters.get(page, self.letters["ending"])[0])
            browser.open(f"/{language}/decision/letter/{'' if page in self.letters and page != 'objected' else page}")
        elif page == "wrong answer":
            browser.open(self.address("question 6", language))
            browser.click("main .button")
        elif page == "wrong letter":
            browser.open(f"/{language}/decision/")
            browser.click("main .button")
        elif page == "403":
            browser.open(f"/{language}/decision/")
            browser.driver.delete_all_cookies()
            browser.click("main .button")
        elif page == "503":
            with without_country():
                browser.open(f"/{language}/?away")  # an address that no cache holds
        else:
            browser.open(self.address(page, language))

    def hold(self, letter: Letter) -> None:
        """Open a letter through its form: the browser then holds its cookie."""
        browser = self.browser
        browser.open("/en/decision/")
        browser.driver.find_element(By.NAME, "reference").send_keys(letter.reference)
        browser.driver.find_element(By.NAME, "contract").send_keys(letter.contract)
        browser.click("main .button")
        assert browser.address == "/en/decision/letter/", browser.text

    def fresh(self) -> Letter:
        """A letter about an ending that nobody has objected to yet."""
        self.opened += 1
        return self.letters["ending"][self.opened]


class without_country(pytest.MonkeyPatch):
    """The database is away, for a while."""

    def __enter__(self) -> None:
        def away() -> None:
            raise OperationalError("away")

        self.setattr(countries, "current", away)

    def __exit__(self, *_: object) -> None:
        self.undo()


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Chromium, started once. Where it is missing the tests fail and say what to do."""
    try:
        started = driving.start(tmp_path_factory.mktemp("profile"))
    except driving.Missing as error:
        pytest.fail(str(error), pytrace=False)
    yield started
    started.driver.quit()


@pytest.fixture(scope="session")
def nadira(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, dict[str, list[Letter]]]]:
    """The demo country with two months decided, served; its address and its letters."""
    with django_db_blocker.unblock():
        assert connection.settings_dict["NAME"].startswith("test_"), "This lane needs a database of its own."
        letters = _two_months(tmp_path_factory.mktemp("inputs"))
        with override_settings(ALLOWED_HOSTS=["127.0.0.1", "testserver"]):
            server = LiveServer("127.0.0.1")
            yield server.url, letters
            server.stop()
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture(scope="session")
def whole_site(nadira: tuple[str, dict[str, list[Letter]]], browser: Browser) -> Site:
    """The site with the addresses of all its pages."""
    url, letters = nadira
    browser.base = url
    run = benefits.list_runs().items[0].id or 0
    addresses = {page: f"/en/{rest}" for page, rest in visits.PLAIN.items()}
    addresses |= {"report": f"/en/reports/{run}/", **visits.walk()}
    return Site(url, browser, letters, addresses, run)


@pytest.fixture
def site(whole_site: Site) -> Site:
    """The site, seen by somebody who has never been here: no cookies, a wide window, light colours."""
    whole_site.browser.driver.delete_all_cookies()
    whole_site.browser.look()
    return whole_site


def _two_months(folder: Path) -> dict[str, list[Letter]]:
    """Load the country and decide everybody twice; the letters by their kind."""
    country = countries.load_country(DEMO, parts=(benefits.check_programmes,))
    this = datetime.now(UTC).date().replace(day=1)
    last = (this - timedelta(days=1)).replace(day=1)
    people.generate(folder=folder, people=PEOPLE, seed=7, country=country, formats=("csv",), as_of=last)
    granted = _decide(country, folder, last)
    _some_earn_more(folder / "income.csv")
    ending = _decide(country, folder, this)
    return {"granted": granted, "ending": ending[1:], "objected": [_object(ending[0])]}


def _decide(country: countries.Country, folder: Path, day: date) -> list[Letter]:
    order = Order(programme="energy-tariff", inputs=folder, as_of=day, confirm_endings=True, everyone=False)
    benefits.decide(country=country, order=order, officer=BOSS, now=datetime.now(UTC))
    printed = benefits.export_queue(officer=BOSS, format="jsonl", limit=100_000, now=datetime.now(UTC))
    return [Letter(letter["reference"], letter["contract"]) for letter in map(json.loads, printed)]


def _object(letter: Letter) -> Letter:
    words, now = "My income has not changed.", datetime.now(UTC)
    benefits.object_to(reference=letter.reference, contract_id=letter.contract, text=words, who="person", now=now)
    return letter


def _some_earn_more(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows[::RICHER]:
        row["taxable_income"] = "95000.00"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
