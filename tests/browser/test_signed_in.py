"""Pages behind a sign-in, of officers, shops, agents and people: as the public ones, and none is forgotten."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import URLPattern

from doorstep.channels.desk.urls import pages as desk_pages
from doorstep.channels.web.urls import pages as web_pages
from doorstep.domains.country import api as countries
from tests.browser import signed_in
from tests.browser.conftest import Site
from tests.browser.driving import CONTRAST, DESKTOP, EVERY_RULE, PHONE
from tests.browser.signed_in import NOT_PAGES, People
from tests.house.test_routes import EXACT, is_public

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

FIRST_ROUND_TRIP = 14_336
DESK_FIRST = 20_480
"""Officers sit at better lines; even so no page of the desk is larger."""
BY_KEYBOARD = (
    "desk:wallet",
    "desk:wallets",
    "desk:voucher_device",
    "web:wallet",
    "web:wallet_looks",
    "web:my_vouchers",
)


@pytest.fixture(scope="module")
def people(whole_site: Site, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    """Wallets, vouchers, payments and an officer in the country of the lane."""
    with django_db_blocker.unblock():
        folder: Path = tmp_path_factory.mktemp("paying")
        yield signed_in.make(countries.current(), folder)


def enter(site: Site, people: People, page: str, language: str = "en") -> None:
    """Open a page as somebody who has signed in everywhere."""
    browser = site.browser
    if not browser.driver.get_cookie("doorstep_wallet"):
        browser.open("/robots.txt")
        for name, value in people.cookies.items():
            browser.driver.add_cookie({"name": name, "value": value, "path": "/"})
    wanted = people.addresses[page].replace("/en/", f"/{language}/", 1)
    browser.open(wanted)
    assert browser.address == wanted, f"{page} led to {browser.address}"


def guarded() -> set[str]:
    """Every route that refuses strangers, from the map of addresses."""
    found = {f"desk:{one.name}" for one in desk_pages if isinstance(one, URLPattern)} - {"desk:sign_in"}
    for one in web_pages:
        if isinstance(one, URLPattern) and (not is_public(str(one.pattern)) or str(one.pattern) in EXACT):
            found.add(f"web:{one.name}")
    return found - {"web:vouchers", "web:home"}  # they show nothing of anybody: the public lane visits them


def test_every_page_behind_a_sign_in_is_visited_or_named_as_no_page(people: People) -> None:
    visited = signed_in.routes(set(people.addresses))
    assert guarded() - visited - NOT_PAGES == set(), "give it an address in signed_in, or name it there as no page"
    assert visited & NOT_PAGES == set()
    assert NOT_PAGES - guarded() == set(), "named as no page, and not there"


def test_everybody_who_signed_in_can_use_their_pages(site: Site, people: People) -> None:
    wrong: dict[str, object] = {}
    for page in people.addresses:
        for language, width, dark in (("en", DESKTOP, False), ("ar", PHONE, False), ("bn", PHONE, True)):
            site.browser.look(width=width, dark=dark)
            enter(site, people, page, language)
            found: list[object] = list(site.browser.axe(CONTRAST if dark else EVERY_RULE))
            if (over := site.browser.sideways()) > 0:
                found.append(f"{over} pixels run off the side")
            if found:
                wrong[f"{page}, {language}, {width} px"] = found
    assert wrong == {}


def test_the_first_answer_is_small_and_says_what_the_page_is(site: Site, people: People) -> None:
    large, wrong = {}, {}
    for page in people.addresses:
        enter(site, people, page)
        html = site.browser.driver.page_source
        size = len(gzip.compress(html.encode(), compresslevel=6))
        if size > (DESK_FIRST if page.startswith("desk:") else FIRST_ROUND_TRIP):
            large[page] = size
        if site.browser.measure("document.querySelectorAll('h1').length") != 1 or "<script" in html:
            wrong[page] = "one heading, and no script"
        assert site.browser.driver.title, page
    assert (large, wrong) == ({}, {})


@pytest.mark.parametrize("page", BY_KEYBOARD)
def test_the_keyboard_reaches_everything_and_shows_where_it_is(site: Site, people: People, page: str) -> None:
    enter(site, people, page)
    stops = [site.browser.tab() for _ in range(site.browser.measure(_REACHABLE))]
    assert [stop for stop in stops if not stop["ringed"]] == [], "the focus does not show"
    assert stops[0]["href"] == "#main"
    assert site.browser.tab()["tag"] in ("BODY", "A"), "after the last stop the page is left"


_REACHABLE = """(() => {
  const seen = new Set();
  return [...document.querySelectorAll(
    'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')].filter(one => {
    if (!one.checkVisibility()) return false;
    if (one.type !== 'radio') return true;
    if (seen.has(one.name)) return false;
    seen.add(one.name);
    return true;
  }).length;
})()"""
