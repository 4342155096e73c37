"""Lines that a stray quote made part of another line: nobody's row may disappear inside a cell.

A quote that opens a cell and is closed by another stray quote lines later makes one row of all that stands between, and
a reader takes it for sound. What gives it away: every line of it has as many cells as the heading. Such lines are
written anew, each broken for itself, so that each is read, reported and keeps its key.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

_BLOCK = 1 << 22


def lines_of(path: Path) -> int:
    """How many lines a file has, the blank ones too."""
    lines, last = 0, b""
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            lines += block.count(b"\n")
            last = block[-1:]
    return lines + (last not in (b"", b"\n"))


def freed(path: Path, delimiter: str, width: int, into: Path) -> bool:
    """Write ``path`` to ``into`` with every swallowed line as a broken line of its own; False where there is none."""
    found = False
    with path.open(encoding="utf-8", newline="") as source, into.open("w", encoding="utf-8", newline="") as target:
        for lines, row in _records(source, delimiter):
            if row is not None and not (len(lines) > 1 and _swallows(row, delimiter, width)):
                target.writelines(lines)
                continue
            found = True
            target.writelines(_broken(line, delimiter) for line in lines)
    return found


def _records(source: Iterator[str], delimiter: str) -> Iterator[tuple[list[str], list[str] | None]]:
    """Each record with its lines. A cell too long to be one is given up: its first line stands alone, without cells."""
    rest: Iterator[str] = source
    while True:
        lines: list[str] = []
        try:
            for row in csv.reader(_noted(rest, lines), delimiter=delimiter):
                yield [*lines], row
                lines.clear()
            return
        except csv.Error:
            yield lines[:1], None
            rest = chain(lines[1:], rest)


def _noted(source: Iterator[str], lines: list[str]) -> Iterator[str]:
    for line in source:
        lines.append(line)
        yield line


def _swallows(row: list[str], delimiter: str, width: int) -> bool:
    """Whether a cell holds the end of a whole line and the beginning of another, and whole lines between them."""
    if len(row) != width or width == 1:
        return False
    for index, cell in enumerate(row):
        first, *between = [line.count(delimiter) for line in cell.splitlines()] or [0]
        if between and first == width - 1 - index and between[-1] == index:
            return all(count == width - 1 for count in between[:-1])
    return False


def _broken(line: str, delimiter: str) -> str:
    """A line with one cell too many and no quotes: sure to be told as broken, with its key where that is first."""
    plain = line.rstrip("\r\n")
    return f"{plain.replace(chr(34), '')}{delimiter}?{line[len(plain) :]}"
