"""Colours, contrast and the one stylesheet that travels inside every page.

The design's tokens stand in the country domain, because a country may replace them in ``country.yaml`` and
``doorstep check`` proves that hers can be read. ``CONTRASTS`` lists every pair of colours that meet on our pages
with the ratio that they must reach: a test proves them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from doorstep.domains.country.api import tokens_of
from doorstep.kit import styles

FOLDER = Path(__file__).parent

AAA, BORDER = 7.0, 3.0
CONTRASTS: tuple[tuple[str, str, float], ...] = (
    ("ink", "paper", AAA),
    ("ink", "sand", AAA),
    ("muted", "paper", AAA),
    ("muted", "sand", AAA),
    ("door", "paper", AAA),
    ("door", "sand", AAA),
    ("on-door", "door", AAA),
    ("on-porch", "porch", AAA),
    ("visited", "paper", AAA),
    ("visited", "sand", AAA),
    ("stop", "paper", AAA),
    ("stop", "sand", AAA),
    ("done", "paper", AAA),
    ("done", "sand", AAA),
    ("on-light", "light", AAA),
    ("light", "porch", BORDER),
    ("line", "paper", BORDER),
)
"""(colour, ground, least ratio). Text is AAA everywhere; borders that carry meaning reach 3."""


def stylesheet(painted: Mapping[str, Mapping[str, str]]) -> str:
    """The text of the site's stylesheet with the country's colours in front, ready to stand inside a page."""
    return styles.stylesheet(tokens_of(painted), FOLDER / "site.css")
