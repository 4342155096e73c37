"""Every page, in light and dark, on a phone and on a desk: axe finds nothing, and nothing runs off the side."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Site
from tests.browser.driving import CONTRAST, DESKTOP, EVERY_RULE, PHONE
from tests.browser.visits import EVERYWHERE

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


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
