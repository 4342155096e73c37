"""Colours, contrast and the one stylesheet that travels inside every page.

The design's tokens stand in the country domain, because a country may replace them in ``country.yaml`` and
``doorstep check`` proves that hers can be read. ``CONTRASTS`` lists every pair of colours that meet on our pages
with the ratio that they must reach: a test proves them.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).parent

GLOW: Mapping[str, str] = {"light": "#ffe2a0", "dark": "#57451a"}


def tokens(painted: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """Every colour of the stylesheet by mode, from the country's (``country.api.colours_of``).

    The porch (the bar at the top) and what is written on the focus ring look the same in both modes.
    """
    day = painted["light"]
    return {
        mode: {
            **colours,
            "on-door": colours["paper"],
            "porch": day["door"],
            "on-porch": day["paper"],
            "on-light": day["ink"],
            "glow": GLOW[mode],
        }
        for mode, colours in painted.items()
    }


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
    """The text of the site's stylesheet with the colours in front, ready to stand inside a page."""
    modes = {mode: _variables(colours) for mode, colours in tokens(painted).items()}
    return (
        f":root{{color-scheme:light dark;{modes['light']}}}"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{modes['dark']}}}}}"
        f"{rules(FOLDER / 'site.css')}"
    )


@lru_cache(maxsize=4)
def rules(file: Path) -> str:
    """A stylesheet's file, squeezed."""
    return squeeze(file.read_text(encoding="utf-8"))


def _variables(colours: Mapping[str, str]) -> str:
    return ";".join(f"--{name}:{colour}" for name, colour in colours.items())


def squeeze(css: str) -> str:
    """Stylesheet text without comments and without space that means nothing."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    css = re.sub(r"\s*([{};,>])\s*", r"\1", css)
    return css.replace(": ", ":").replace(";}", "}").strip()


@lru_cache(maxsize=64)
def csp_hash(text: str) -> str:
    """The source expression that allows exactly this text in a ``<style>`` element."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
