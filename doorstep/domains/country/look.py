"""The country's own colours and mark, refused where somebody could not read them.

Contrast is that of WCAG 2.2: 7 to 1 for text (level AAA), 3 to 1 for the borders of inputs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import get_args

from doorstep.domains.country.types import Colours, Look, Token
from doorstep.kit.errors import Findings
from doorstep.kit.files import Written

LIGHT: dict[str, str] = {
    "paper": "#fffdf8",
    "sand": "#f3ece0",
    "ink": "#1c1b22",
    "muted": "#4a4753",
    "door": "#0b4f4a",
    "visited": "#4b2f73",
    "stop": "#8a2b0e",
    "done": "#1c5a2e",
    "light": "#ffb81c",
    "line": "#8c8794",
}
DARK: dict[str, str] = {
    "paper": "#15171a",
    "sand": "#202327",
    "ink": "#f4f1ea",
    "muted": "#c3beb4",
    "door": "#7fd6cb",
    "visited": "#c9b3ef",
    "stop": "#ffb199",
    "done": "#9fdcae",
    "light": "#ffc94d",
    "line": "#6d6a75",
}
TEXT_TOKENS = ("ink", "muted", "door", "visited", "stop", "done")
TEXT_CONTRAST = 7.0
LINE_CONTRAST = 3.0

_COLOUR = re.compile(r"#[0-9a-f]{6}")
_PATH = re.compile(r"[Mm][MmLlHhVvCcSsQqTtAaZz0-9 ,.+-]{1,1999}")
GLOW: Mapping[str, str] = {"light": "#ffe2a0", "dark": "#57451a"}


def colours_of(look: Look) -> dict[str, dict[str, str]]:
    """The colours to paint with: ``{"light": {token: "#rrggbb"}, "dark": {...}}``, the country's over the house's."""
    return {
        "light": LIGHT | {token: colour.text for token, colour in _own(look.light).items()},
        "dark": DARK | {token: colour.text for token, colour in _own(look.dark).items()},
    }


def tokens_of(painted: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """Every colour of the stylesheet by mode, from those of ``colours_of``.

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


def contrast(one: str, other: str) -> float:
    """The contrast of two colours by WCAG 2.2: from 1 (the same) to 21 (black on white)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def note_look_problems(look: Look, findings: Findings) -> None:
    """Note a mark that is no path, colours that are none, and each pair that cannot be read."""
    if look.mark and not _PATH.fullmatch(look.mark.text):
        findings.add(look.mark.place, "the mark is not the path of one SVG shape", expected="M4 28V4h24v24z")
    before = len(findings.problems)
    for own in (_own(look.light), _own(look.dark)):
        for token, colour in own.items():
            if not _COLOUR.fullmatch(colour.text):
                what = f"the colour {token!r} is not a colour"
                findings.add(colour.place, what, expected="#rrggbb in small letters", found=repr(colour.text))
    if len(findings.problems) > before:
        return
    painted = colours_of(look)
    for ground, own in (("light", _own(look.light)), ("dark", _own(look.dark))):
        if own:
            _note_contrast(painted[ground], own, findings)


def _note_contrast(painted: dict[str, str], own: dict[str, Written], findings: Findings) -> None:
    pairs = [(token, ground, TEXT_CONTRAST) for token in TEXT_TOKENS for ground in ("paper", "sand")]
    pairs.append(("line", "paper", LINE_CONTRAST))
    # What has focus stands on "light": dark words in both looks.
    pairs.append(
        ("ink" if _luminance(painted["ink"]) < _luminance(painted["paper"]) else "paper", "light", TEXT_CONTRAST)
    )
    for token, ground, least in pairs:
        ratio = contrast(painted[token], painted[ground])
        if ratio < least and (token in own or ground in own):
            place = own[token].place if token in own else own[ground].place
            what = f"{token!r} on {ground!r} is hard to read"
            mend = "Make one darker or the other lighter."
            findings.add(place, what, expected=f"a contrast of {least:g}", found=f"{ratio:.1f}", mend=mend)


def _own(colours: Colours | None) -> dict[str, Written]:
    written = {token: getattr(colours, token, None) for token in get_args(Token)}
    return {token: colour for token, colour in written.items() if colour is not None}


def _luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
