"""Hashes files beside the work that reads them, and counts their lines on the way."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

_BLOCK = 1 << 20


@dataclass(frozen=True)
class Digest:
    """What a file holds: SHA-256 in hexadecimal, its size, its line feeds and whether it quotes anything."""

    sha256: str
    bytes: int
    line_feeds: int
    has_quotes: bool
    ends_line: bool


def digest(path: Path) -> Digest:
    """Read a file once; the hash is of its bytes as they were sent."""
    state, size, feeds, quotes, last = hashlib.sha256(), 0, 0, False, bytearray()
    block = bytearray(_BLOCK)
    view = memoryview(block)
    with path.open("rb", buffering=0) as file:
        while count := file.readinto(block):
            part = view[:count]
            state.update(part)
            size += count
            feeds += block.count(b"\n", 0, count)
            quotes = quotes or block.find(b'"', 0, count) >= 0
            last = block[count - 1 : count]
    return Digest(state.hexdigest(), size, feeds, quotes, bytes(last) == b"\n")
