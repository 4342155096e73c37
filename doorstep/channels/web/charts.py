"""Bars as a small SVG, made here: text stays text at its own size, and the table beneath says the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import escape

MAX_BARS = 30
LINE, TEXT, THICK, THIN = 3.2, 1.1, 0.95, 0.5
"""The height of a group, of its words, of its bars now and before, in the size of the text around."""


@dataclass(frozen=True)
class Bar:
    """One group: how many before and now (None: not published), and the number of now as people write it."""

    label: str
    before: int
    now: int | None
    written: str


def bar_chart(bars: Sequence[Bar], *, title: str, name: str, rtl: bool = False) -> str:
    """One group a line, at most thirty: its words, a thin hatched bar for before, a full one for now. At most 12 KiB.

    Lengths are shares of the whole width and heights follow the text, so that nothing shrinks on a phone. ``name``
    tells the charts of one page apart. Where nobody had it before, the thin bars are left out.
    """
    shown = bars[:MAX_BARS]
    most = max((max(bar.before, bar.now or 0) for bar in shown), default=0) or 1
    both = any(bar.before for bar in shown)
    lines = "".join(
        _line(bar, at * LINE, most, f"url(#was-{name})" if both else "", rtl) for at, bar in enumerate(shown)
    )
    return (
        f'<svg role="img" aria-labelledby="chart-{name}" width="100%" height="{len(shown) * LINE:g}em">'
        f'<title id="chart-{name}">{escape(title)}</title>{hatch(f"was-{name}")}{lines}</svg>'
    )


def _line(bar: Bar, top: float, most: int, hatched: str, rtl: bool) -> str:
    start, end = ("100%", "0") if rtl else ("0", "100%")
    words = (
        f'<text x="{start}" y="{top + TEXT:.4g}em">{escape(bar.label)}</text>'
        f'<text x="{end}" y="{top + TEXT:.4g}em" text-anchor="end">{escape(bar.written)}</text>'
    )
    if bar.now is None:
        return words
    below = top + TEXT + 0.35
    now = f'<rect class="f" y="{below:.4g}em" height="{THICK:g}em"{_length(bar.now / most, rtl)}/>'
    if not hatched:
        return words + now
    before = f'<rect class="b" y="{below + THICK:.4g}em" height="{THIN:g}em"{_length(bar.before / most, rtl)}'
    return f'{words}{now}{before} fill="{hatched}"/>'


def _length(share: float, rtl: bool) -> str:
    """A bar's length; of nothing a hair is left, to be seen."""
    length = max(share * 100, 0.3)
    start = f' x="{100 - length:.4g}%"' if rtl else ""
    return f'{start} width="{length:.4g}%"'


def hatch(name: str) -> str:
    """A pattern of slanted lines, to be told apart without colours."""
    return (
        f'<pattern id="{name}" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect class="s" width="6" height="6"/><path class="l" d="M1 0v6"/></pattern>'
    )
