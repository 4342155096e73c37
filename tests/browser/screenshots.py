"""Takes the pictures of ``docs/images`` (``make screenshots``); with ``LOOK=folder`` every page goes there instead.

It is a test by its form alone, so that it meets the same country as the lane; pytest collects it only when named.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.browser.conftest import Site
from tests.browser.driving import DESKTOP, PHONE, Browser
from tests.browser.test_coverage_page import write_page
from tests.browser.visits import PAGES
from tests.house.tree import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.django_db, pytest.mark.timeout(600)]

IMAGES = ROOT / "docs" / "images"
HEAVIEST = 80_000
"""Bytes that one committed picture may take."""
SMALLER = 0.65
"""How much smaller a wide page is kept: its words can still be read."""
KEPT = (
    # name, page, language, width, dark, height
    ("home", "home", "en", DESKTOP, False, 760),
    ("home-dark-arabic", "home", "ar", DESKTOP, True, 760),
    ("question-phone", "question 5", "en", PHONE, False, 900),
    ("result", "result yes", "en", DESKTOP, False, 900),
    ("letter-phone-arabic", "ending", "ar", PHONE, False, 1100),
    ("programme", "programme", "en", DESKTOP, False, 1150),
    ("report-map", "report", "en", DESKTOP, False, 0),
    ("report-phone-dark", "report", "bn", PHONE, True, 1100),
)


def test_take_the_pictures(site: Site) -> None:
    if folder := os.environ.get("LOOK"):
        _every_page(site, Path(folder))
        return
    for name, page, language, width, dark, height in KEPT:
        site.open(page, language)
        site.browser.look(width=width, dark=dark)
        part = "#area + figure" if name == "report-map" else "html"
        shot = site.browser.picture(height=height, of=part, scale=SMALLER if width == DESKTOP else 1)
        assert len(shot) <= HEAVIEST, f"{name} has {len(shot)} bytes"
        (IMAGES / f"{name}.png").write_bytes(shot)


def test_take_the_picture_of_coverage(browser: Browser, tmp_path: Path) -> None:
    """A part of the page that ``doorstep test --coverage`` writes, with something that no case reaches."""
    country = Path(shutil.copytree(ROOT / "countries/demo", tmp_path / "demo"))
    cases = country / "tests/energy-tariff.yaml"
    before, after = cases.read_text().split("  - case: The supplier does not say what the contract is for\n")
    cases.write_text(before + after.split("\n", 2)[2])
    browser.look()
    browser.driver.get(write_page(tmp_path, country=country))
    shot = browser.picture(of="#eligible", height=560, scale=SMALLER)
    assert len(shot) <= HEAVIEST
    folder = Path(os.environ.get("LOOK") or IMAGES)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "coverage.png").write_bytes(shot)


def _every_page(site: Site, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for page in PAGES:
        for language in ("en", "pt", "bn", "ar"):
            site.open(page, language)
            for width in (PHONE, DESKTOP):
                for dark in (False, True):
                    site.browser.look(width=width, dark=dark)
                    name = f"{page.replace(' ', '-')}-{language}-{width}{'-dark' if dark else ''}.png"
                    (folder / name).write_bytes(site.browser.picture())
