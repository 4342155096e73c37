"""Charts are small, safe and true to their numbers."""

from __future__ import annotations

import re

from doorstep.channels.web.charts import BAR, bar_chart


def test_bars_are_as_long_as_their_numbers() -> None:
    svg = bar_chart([("a", 10, "10"), ("b", 5, "5"), ("c", 0, "0")])
    assert re.findall(r'width="(\d+)"', svg) == [str(BAR), str(BAR // 2), "1"]


def test_labels_cannot_carry_markup_and_size_is_bounded() -> None:
    svg = bar_chart([("<b>&", 1, "1")] * 1000)
    assert "<b>" not in svg
    assert len(svg) < 12 * 1024


def test_no_rows_give_an_empty_picture() -> None:
    assert "<rect" not in bar_chart([])
