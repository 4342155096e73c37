"""Everything can be done with the keyboard alone, without a script, and one always sees where one is."""

from __future__ import annotations

from itertools import pairwise

import pytest
from selenium.webdriver.common.keys import Keys

from tests.browser.conftest import Site
from tests.browser.driving import Browser
from tests.browser.visits import INCOMES, PROGRAMME

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

STOPS = ("home", "programme", "question 1", "question 4", "answers", "result yes", "find", "ending", "report", "rule")
VERDICTS = {
    "yes": "Yes, you would get it",
    "no": "No, you would not get it",
    "unknown": "These answers do not settle it",
}


@pytest.mark.parametrize(("page", "language"), [(page, language) for page in STOPS for language in ("en", "ar")])
def test_tab_goes_through_the_page_in_reading_order_and_shows_where_it_is(site: Site, page: str, language: str) -> None:
    site.open(page, language)
    expected = site.browser.measure(_REACHABLE)
    stops = [site.browser.tab() for _ in range(expected)]
    assert [stop for stop in stops if not stop["ringed"]] == [], "the focus does not show"
    assert [stop for stop in stops if not stop["uncovered"]] == [], "something covers what has the focus"
    assert site.browser.tab()["tag"] in ("BODY", "A"), "after the last stop the page is left"
    assert stops[0]["href"] == "#main"
    back = [
        (before["text"], after["text"])
        for before, after in pairwise(stops[1:])
        if after["y"] < before["y"] - 80 and abs(after["x"] - before["x"]) < 100  # further away it is the next column
    ]
    assert back == [], "the focus jumps back up"


def test_the_skip_link_shows_when_it_has_the_focus_and_leads_past_the_header(site: Site) -> None:
    site.open("programme")
    hidden = site.browser.measure("document.querySelector('.skip').getBoundingClientRect().bottom")
    shown = site.browser.tab()
    assert (hidden < 0, shown["y"] >= 0, shown["text"]) == (True, True, "Skip to the content")
    site.browser.press(Keys.ENTER)
    assert site.browser.measure("document.activeElement.id") == "main"
    assert site.browser.tab()["text"] == "Home", "the next stop is the first link of the content"


@pytest.mark.parametrize(("kind", "verdict"), VERDICTS.items())
def test_would_i_get_it_from_the_first_page_to_the_answer(site: Site, kind: str, verdict: str) -> None:
    browser = site.browser
    site.open("home")
    browser.tab_to("a.button")
    browser.follow(Keys.ENTER)
    for answer in ("1st", "1st", "1st", "6.9", "none", "3", "1", INCOMES[kind]):
        _answer(browser, answer)
    assert "Check your answers" in browser.text
    browser.tab_to("main a.button")
    browser.follow(Keys.ENTER)
    assert browser.driver.title.startswith(verdict)
    assert f"/{PROGRAMME}check/result/" in browser.address


def _answer(browser: Browser, answer: str) -> None:
    """Answer the question at hand: the first choice, ``none of these``, or what is typed."""
    browser.tab_to("#answer, [name=answer]")
    if answer == "1st":
        browser.press(Keys.SPACE)
    elif answer == "none":
        browser.press(*[Keys.ARROW_DOWN] * 6)
        assert browser.measure("document.activeElement.value") == "none"
    else:
        browser.press(*answer)
    browser.follow(Keys.ENTER)


def test_a_question_left_empty_says_so_and_takes_the_focus_there(site: Site) -> None:
    browser = site.browser
    site.open("question 1")
    browser.tab_to("main button")
    browser.follow(Keys.ENTER)
    assert browser.measure("document.activeElement.className") == "errors"
    assert browser.driver.title.startswith("Problem")
    assert browser.tab()["href"] == "#answer"
    browser.press(Keys.ENTER)
    assert browser.measure("document.activeElement.id") == "answer"


def test_an_objection_from_the_letter_to_what_happens_next(site: Site) -> None:
    browser, letter = site.browser, site.fresh()
    site.open("home")
    browser.tab_to("a.button.quiet")
    browser.follow(Keys.ENTER)
    browser.tab_to("#reference")
    browser.press(*letter.reference.lower())
    browser.tab_to("#contract")
    browser.follow(*letter.contract, Keys.ENTER)
    assert browser.address == "/en/decision/letter/"
    assert letter.reference in browser.text
    browser.tab_to("main a.button")
    browser.follow(Keys.ENTER)
    browser.tab_to("main button")
    browser.follow(Keys.ENTER)
    assert browser.measure("document.activeElement.className") == "errors", "no words are no objection"
    browser.tab_to("#text")
    browser.press(*"Nobody in my home earns that much.")
    browser.tab_to("main button")
    browser.follow(Keys.ENTER)
    assert browser.address == "/en/decision/letter/objected/"
    assert "A person reads" in browser.text
    browser.tab_to('main a[href$="/letter/"]')
    browser.follow(Keys.ENTER)
    assert browser.address == "/en/decision/letter/"
    browser.tab_to("main button")
    browser.follow(Keys.ENTER)
    assert browser.address == "/en/decision/?closed"
    browser.open("/en/decision/letter/")
    assert browser.address == "/en/decision/", "the letter is closed on this device"


_REACHABLE = """(() => {
  const all = [...document.querySelectorAll(
    'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')];
  const seen = new Set();
  return all.filter(one => {
    if (!one.checkVisibility()) return false;
    if (one.type !== 'radio') return true;
    if (seen.has(one.name)) return false;
    seen.add(one.name);
    return true;
  }).length;
})()"""
