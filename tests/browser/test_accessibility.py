"""Every page, in light and dark, on a phone and on a desk: axe finds nothing, and nothing runs off the side."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.urls import URLPattern, resolve

from doorstep.channels.web.urls import pages
from tests.browser.conftest import Site
from tests.browser.driving import CONTRAST, DESKTOP, EVERY_RULE, PHONE
from tests.browser.visits import EVERYWHERE, PAGES
from tests.house.test_routes import is_public

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


def test_axe_finds_what_is_wrong(site: Site) -> None:
    """Without this, a checker that finds nothing anywhere would look like pages without fault."""
    grey = "<html lang=en><title>t</title><main><h1>t</h1><p style='color:%23767676'>4.5 to 1</p><img src=x></main>"
    site.browser.driver.get(f"data:text/html,{grey}")
    found = " ".join(site.browser.axe(EVERY_RULE))
    assert ("color-contrast-enhanced" in found, "image-alt" in found) == (True, True)
    site.browser.driver.get("data:text/html,<title>t</title><p style='width:150vw'>wide</p>")
    assert site.browser.sideways() > 0


def test_every_public_page_is_visited(site: Site) -> None:
    """A new page gets a name in ``visits``."""
    public = {str(page.name) for page in pages if isinstance(page, URLPattern) and is_public(str(page.pattern))}
    visited = set()
    for page in PAGES:
        site.open(page)
        visited.add(resolve(urlsplit(site.browser.address).path).url_name)
    assert public - visited == {"close", "groups", "receipt_file", "payment_receipt", "payment_receipt_file"}, (
        "all but a button's address, files, and the proof of a payment, which looks as that of a wallet's movement"
    )


@pytest.mark.parametrize(("page", "language"), EVERYWHERE)
def test_everybody_can_use_the_page(site: Site, page: str, language: str) -> None:
    site.open(page, language)
    wrong = {}
    for width in (DESKTOP, PHONE):
        for dark in (False, True):
            site.browser.look(width=width, dark=dark)
            wrong[f"{width} px, {'dark' if dark else 'light'}"] = site.browser.axe(CONTRAST if dark else EVERY_RULE)
    assert {where: found for where, found in wrong.items() if found} == {}


@pytest.mark.parametrize(("page", "language"), EVERYWHERE)
def test_nothing_runs_off_the_side(site: Site, page: str, language: str) -> None:
    site.open(page, language)
    wide = {}
    for width, text in ((PHONE, 100), (PHONE, 200), (DESKTOP, 200)):
        site.browser.look(width=width, text=text)
        wide[f"{width} px, text {text} %"] = site.browser.sideways()
    assert {where: pixels for where, pixels in wide.items() if pixels > 0} == {}
