"""What arrives first is small, says its language, needs no script, and stays whole in print and with other settings."""

from __future__ import annotations

import gzip
import re

import pytest

from tests.browser.conftest import Site
from tests.browser.driving import DESKTOP, PHONE
from tests.browser.visits import EVERYWHERE, PAGES

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

FIRST_ROUND_TRIP = 14_336
"""Bytes that a server may send before it must wait for the first answer (ten packets)."""
UNTOLD = ("home", "granted", "ending")
"""Pages whose title is not their heading: a letter's must not tell in the history of a shared phone what it says."""
LOOKS = ("home", "programme", "question 1", "wrong answer", "result yes", "ending", "report", "rule", "404")


@pytest.mark.parametrize(("page", "language"), EVERYWHERE)
def test_the_page_is_small_whole_and_says_its_language(site: Site, page: str, language: str) -> None:
    site.open(page, language)
    browser = site.browser
    html = browser.driver.page_source
    assert len(gzip.compress(html.encode(), compresslevel=6)) <= FIRST_ROUND_TRIP
    assert "<script" not in html
    assert browser.measure("[document.documentElement.lang, document.documentElement.dir]") == [
        language,
        "rtl" if language == "ar" else "ltr",
    ]
    fetched = browser.measure("performance.getEntriesByType('resource').map(one => new URL(one.name).pathname)")
    assert set(fetched) <= {"/favicon.svg"}, "one answer of the server is the whole page"
    assert browser.measure("getComputedStyle(document.body).direction") == ("rtl" if language == "ar" else "ltr")


@pytest.mark.parametrize("page", PAGES)
def test_the_page_has_one_heading_a_title_of_its_own_and_landmarks(site: Site, page: str) -> None:
    site.open(page)
    found = site.browser.measure(
        "['h1', 'main', 'header', 'footer'].map(name => document.querySelectorAll(name).length)"
    )
    assert found == [1, 1, 1, 1]
    heading = site.browser.measure("document.querySelector('h1').innerText")
    assert site.browser.driver.title
    if page not in UNTOLD:
        assert heading.split("\n")[0][:12] in site.browser.driver.title


def test_a_letter_prints_black_on_white_without_what_only_works_on_a_screen(site: Site) -> None:
    site.open("ending")
    browser = site.browser
    browser.command(
        "Emulation.setEmulatedMedia", media="print", features=[{"name": "prefers-color-scheme", "value": "dark"}]
    )
    shown = {
        name: browser.measure(f"[...document.querySelectorAll('{name}')].some(one => one.checkVisibility())")
        for name in (
            "h1",
            ".ref",
            "main dl",
            "main table",
            ".phone a",
            ".languages",
            ".skip",
            ".back",
            "form",
            ".foot ul",
        )
    }
    assert [name for name, visible in shown.items() if visible] == ["h1", ".ref", "main dl", "main table", ".phone a"]
    assert browser.measure("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert browser.measure("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    pdf = browser.command("Page.printToPDF", preferCSSPageSize=True)["data"]
    assert len(pdf) > 1000


@pytest.mark.parametrize("page", LOOKS)
def test_colours_of_the_visitors_own_do_no_harm(site: Site, page: str) -> None:
    site.open(page)
    browser = site.browser
    browser.look(width=PHONE, forced_colors="active")
    assert browser.measure("matchMedia('(forced-colors: active)').matches")
    bare = "one => parseFloat(getComputedStyle(one).borderTopWidth) < 1"
    unframed = browser.measure(f"[...document.querySelectorAll('.button')].filter({bare}).length")
    assert unframed == 0, "a button without its colour needs a border"
    stop = browser.tab_to("main a, main button, main input")
    assert stop["ringed"]
    assert browser.sideways() <= 0


@pytest.mark.parametrize("page", LOOKS)
def test_nothing_moves_for_those_who_ask_for_rest(site: Site, page: str) -> None:
    site.open(page)
    browser = site.browser
    browser.look(width=DESKTOP, prefers_reduced_motion="reduce")
    assert browser.measure("document.getAnimations().length") == 0
    assert browser.measure("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    moving = "one => getComputedStyle(one).transitionDuration.split(',').some(time => parseFloat(time) > 0)"
    assert browser.measure(f"[...document.querySelectorAll('*')].some({moving})") is False


def test_words_of_the_page_do_not_come_from_the_wrong_language(site: Site) -> None:
    site.open("home", "bn")
    words = site.browser.text
    assert re.search("[ঀ-৿]", words)
    assert "What is yours" not in words
