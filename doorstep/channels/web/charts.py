"""Bars as a small SVG, made here: text stays text, and the table beneath says the same."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import escape

BAR, LABEL, LINE, ROOM = 260, 150, 30, 90


def bar_chart(rows: Sequence[tuple[str, int, str]]) -> str:
    """One bar a row: (label, number, the number as people write it). At most thirty rows, at most 12 KiB."""
    shown = rows[:30]
    most = max((number for _, number, _ in shown), default=0) or 1
    lines = "".join(
        f'<text x="0" y="{at * LINE + 19}">{escape(label[:24])}</text>'
        f'<rect class="f" x="{LABEL}" y="{at * LINE + 4}" width="{max(round(number * BAR / most), 1)}" height="20"/>'
        f'<text x="{LABEL + round(number * BAR / most) + 8}" y="{at * LINE + 19}">{escape(written)}</text>'
        for at, (label, number, written) in enumerate(shown)
    )
    return (
        f'<svg viewBox="0 0 {LABEL + BAR + ROOM} {len(shown) * LINE}" direction="ltr" aria-hidden="true">{lines}</svg>'
    )
