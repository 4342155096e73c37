"""The Merkle tree (RFC 6962) in tiles of 256 hashes (C2SP tlog-tiles): how it grows, and its proofs.

Pure: a tree is what a function ``read(level, number)`` gives, the bytes of one tile, however old or far away it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from doorstep.engines.evidence.verifier import node_hash

WIDTH, HEIGHT, HASH = 256, 8, 32
"""Hashes in a full tile; levels of the tree in it; bytes of a hash."""
EMPTY_ROOT = hashlib.sha256(b"").digest()

Read = Callable[[int, int], bytes]


@dataclass(frozen=True)
class Grown:
    """A tree after it grew: its right edge (the last, not full tile of each level) and the tiles that changed."""

    size: int
    edge: Mapping[int, bytes]
    tiles: Mapping[tuple[int, int], bytes]

    @property
    def root(self) -> bytes:
        """The root hash."""
        return root_of_edge(self.edge)


def grow(*, size: int, edge: Mapping[int, bytes], leaves: Sequence[bytes]) -> Grown:
    """Append hashes of leaves to a tree of ``size`` leaves whose right edge is known."""
    tiles: dict[tuple[int, int], bytes] = {}
    after = dict(edge)
    level, coming = 0, b"".join(leaves)
    while coming:
        hashes = edge.get(level, b"") + coming
        number = (size >> HEIGHT * level) // WIDTH
        rising = []
        while len(hashes) >= WIDTH * HASH:
            tiles[level, number], hashes = hashes[: WIDTH * HASH], hashes[WIDTH * HASH :]
            rising.append(fold(tiles[level, number]))
            number += 1
        if hashes:
            tiles[level, number] = hashes
        after[level] = hashes
        level, coming = level + 1, b"".join(rising)
    return Grown(size + len(leaves), after, tiles)


def fold(hashes: bytes) -> bytes:
    """The root over a power of two of hashes."""
    row = [hashes[at : at + HASH] for at in range(0, len(hashes), HASH)]
    while len(row) > 1:
        row = [node_hash(left, right) for left, right in zip(row[::2], row[1::2], strict=True)]
    return row[0]


def root_of_edge(edge: Mapping[int, bytes]) -> bytes:
    """The root of a tree from its right edge: whole subtrees from left to right, hashed together from the right."""
    peaks = []
    for level in sorted(edge, reverse=True):
        hashes = edge[level]
        while hashes:
            step = HASH << (len(hashes) // HASH).bit_length() - 1
            peaks.append(fold(hashes[:step]))
            hashes = hashes[step:]
    if not peaks:
        return EMPTY_ROOT
    root = peaks.pop()
    while peaks:
        root = node_hash(peaks.pop(), root)
    return root


def edge_tiles(size: int) -> dict[int, tuple[int, int]]:
    """By level: number and width of each tile at the right edge of a tree of this size that is not full."""
    found = {}
    for level in range(size.bit_length() // HEIGHT + 1):
        number, width = divmod(size >> HEIGHT * level, WIDTH)
        if width:
            found[level] = number, width
    return found


@dataclass
class Tree:
    """A tree of a certain size over tiles. Each tile is read once."""

    size: int
    read: Read
    _seen: dict[tuple[int, int], bytes] = field(default_factory=dict)

    @property
    def root(self) -> bytes:
        """The root hash."""
        return self._over(0, self.size) if self.size else EMPTY_ROOT

    def inclusion(self, index: int) -> list[bytes]:
        """The hashes that lead from a leaf to the root, the lowest first (RFC 6962, 2.1.1)."""
        path, begin, end = [], 0, self.size
        while end - begin > 1:
            middle = begin + _split(end - begin)
            if index < middle:
                path.append(self._over(middle, end))
                end = middle
            else:
                path.append(self._over(begin, middle))
                begin = middle
        return path[::-1]

    def consistency(self, old: int) -> list[bytes]:
        """The hashes that prove that this tree holds the one of ``old`` leaves unchanged (RFC 6962, 2.1.2)."""
        if old in (0, self.size):
            return []
        path, begin, end, is_whole = [], 0, self.size, True
        while old != end:
            middle = begin + _split(end - begin)
            if old <= middle:
                path.append(self._over(middle, end))
                end = middle
            else:
                path.append(self._over(begin, middle))
                begin, is_whole = middle, False
        return [*([] if is_whole else [self._over(begin, end)]), *path[::-1]]

    def _over(self, begin: int, end: int) -> bytes:
        """The hash over the leaves from ``begin`` to ``end``, where ``begin`` starts a whole subtree."""
        step = _split(end - begin) if end - begin > 1 else 1
        if step * 2 == end - begin or end - begin == 1:
            return self._whole(begin, end - begin)
        return node_hash(self._whole(begin, step), self._over(begin + step, end))

    def _whole(self, begin: int, count: int) -> bytes:
        """The hash over a whole subtree of ``count`` (a power of two) leaves."""
        level = (count.bit_length() - 1) // HEIGHT
        number, at = divmod(begin >> HEIGHT * level, WIDTH)
        tile = self._tile(level, number)
        return fold(tile[at * HASH : (at + (count >> HEIGHT * level)) * HASH])

    def _tile(self, level: int, number: int) -> bytes:
        if (level, number) not in self._seen:
            self._seen[level, number] = self.read(level, number)
        return self._seen[level, number]


def _split(count: int) -> int:
    """The largest power of two below ``count``."""
    return 1 << (count - 1).bit_length() - 1
