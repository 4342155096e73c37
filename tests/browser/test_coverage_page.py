"""The page that ``doorstep test --coverage`` writes is held to what every public page is held to."""

from __future__ import annotations

from pathlib import Path

import pytest

from doorstep.config import cli
from tests.browser.driving import CONTRAST, DESKTOP, EVERY_RULE, PHONE, Browser
from tests.house.tree import ROOT

pytestmark = pytest.mark.browser
FEW = "one cent above"
"""Words that only few of the demo's cases hold: what they leave is shown on the page."""


def write_page(folder: Path, *words: str, country: Path = ROOT / "countries/demo") -> str:
    """The address of the page for the demo country, or for a copy of it."""
    assert cli.main(["test", str(country), *words, "--coverage", str(folder)]) == 0
    return (folder / "coverage.html").as_uri()


@pytest.mark.parametrize("words", [(), ("--case", FEW)])
def test_everybody_can_use_the_page(browser: Browser, tmp_path: Path, words: tuple[str, ...]) -> None:
    browser.look()
    browser.driver.get(write_page(tmp_path, *words))
    assert ("✗" in browser.text) == bool(words)
    wrong = {}
    for width in (DESKTOP, PHONE):
        for dark in (False, True):
            browser.look(width=width, dark=dark)
            wrong[f"{width} px, {'dark' if dark else 'light'}"] = browser.axe(CONTRAST if dark else EVERY_RULE)
    assert {where: found for where, found in wrong.items() if found} == {}


def test_nothing_runs_off_the_side(browser: Browser, tmp_path: Path) -> None:
    browser.look()
    browser.driver.get(write_page(tmp_path, "--case", FEW))
    for width, text in ((PHONE, 100), (PHONE, 200), (DESKTOP, 200)):
        browser.look(width=width, text=text)
        assert browser.sideways() <= 0, (width, text)


def test_the_links_lead_to_the_formulas(browser: Browser, tmp_path: Path) -> None:
    browser.look()
    browser.driver.get(write_page(tmp_path, "--case", FEW))
    links = browser.measure("[...document.querySelectorAll('a')].map(link => link.getAttribute('href'))")
    assert len(links) > 10
    assert browser.measure(f"{links!r}.filter(link => !document.querySelector(link))") == []
