"""The tree as tiles: 256 hashes side by side, each the root of 256 of the level below (c2sp.org/tlog-tiles).

Everything here is arithmetic over tiles that a ``read`` brings: ``read(level, number, width)`` gives ``width * 32``
bytes. Level 0 holds the hashes of leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from doorstep.engines.evidence.verifier import EMPTY_ROOT, node_hash

WIDTH = 256
HASH = 32

Read = Callable[[int, int, int], bytes]


def path_of(level: int | str, number: int, width: int = WIDTH) -> str:
    """The address of a tile below the log's: ``tile/0/x001/234`` or ``tile/entries/067.p/12``."""
    parts = [f"{number % 1000:03d}"]
    while number >= 1000:
        number //= 1000
        parts.insert(0, f"x{number % 1000:03d}")
    return f"tile/{level}/{'/'.join(parts)}" + (f".p/{width}" if width < WIDTH else "")


def widths(size: int) -> Iterator[tuple[int, int, int]]:
    """(level, number, width) of the last tile of each level of a tree, where it is not full."""
    level = 0
    while size:
        if size % WIDTH:
            yield level, size // WIDTH, size % WIDTH
        size, level = size // WIDTH, level + 1


def root(hashes: Sequence[bytes]) -> bytes:
    """The root over hashes side by side."""
    if not hashes:
        return EMPTY_ROOT
    row = list(hashes)
    while len(row) > 1:
        above = [node_hash(left, right) for left, right in zip(row[::2], row[1::2], strict=False)]
        row = above + ([row[-1]] if len(row) % 2 else [])
    return row[0]


def split(tile: bytes) -> list[bytes]:
    """The hashes of a tile."""
    return [tile[start : start + HASH] for start in range(0, len(tile), HASH)]


class Tree:
    """A tree of a size, read from its tiles. Tiles that were read are kept for as long as the tree is."""

    def __init__(self, size: int, read: Read) -> None:
        self.size = size
        self._read = read
        self._tiles: dict[tuple[int, int], list[bytes]] = {}

    def root(self) -> bytes:
        """The root of the whole."""
        return self._over(0, self.size) if self.size else EMPTY_ROOT

    def inclusion(self, index: int) -> list[bytes]:
        """The path from a leaf to the root (RFC 6962, section 2.1.1), the leaf's sibling first."""
        if not 0 <= index < self.size:
            raise ValueError("the leaf lies outside the tree")
        return self._path(index, 0, self.size)

    def consistency(self, earlier: int) -> list[bytes]:
        """The path that shows that this tree begins with the tree of ``earlier`` leaves (section 2.1.2)."""
        if not 0 <= earlier <= self.size:
            raise ValueError("the earlier tree is larger")
        return [] if earlier in (0, self.size) else self._subproof(earlier, 0, self.size, whole=True)

    def leaf(self, index: int) -> bytes:
        """The hash of one leaf."""
        return self._hash(0, index)

    def _path(self, index: int, start: int, end: int) -> list[bytes]:
        if end - start == 1:
            return []
        middle = start + _half(end - start)
        if index < middle:
            return [*self._path(index, start, middle), self._over(middle, end)]
        return [*self._path(index, middle, end), self._over(start, middle)]

    def _subproof(self, earlier: int, start: int, end: int, *, whole: bool) -> list[bytes]:
        if earlier == end:
            return [] if whole else [self._over(start, end)]
        middle = start + _half(end - start)
        if earlier <= middle:
            return [*self._subproof(earlier, start, middle, whole=whole), self._over(middle, end)]
        return [*self._subproof(earlier, middle, end, whole=False), self._over(start, middle)]

    def _over(self, start: int, end: int) -> bytes:
        """The hash over a range of leaves that is a subtree of this tree."""
        count = end - start
        if count & (count - 1) == 0 and start % count == 0:
            level, rest = divmod(count.bit_length() - 1, 8)
            first = start >> (8 * level)
            return root([self._hash(level, first + step) for step in range(1 << rest)])
        middle = start + _half(count)
        return node_hash(self._over(start, middle), self._over(middle, end))

    def _hash(self, level: int, index: int) -> bytes:
        number, place = divmod(index, WIDTH)
        tile = self._tiles.get((level, number))
        if tile is None:
            at_hand = (self.size >> (8 * level)) - number * WIDTH
            tile = self._tiles[level, number] = split(self._read(level, number, min(at_hand, WIDTH)))
        return tile[place]


def _half(count: int) -> int:
    """The largest power of two that is smaller than ``count``."""
    return 1 << ((count - 1).bit_length() - 1)


class Edge:
    """The right edge of a tree: its last tile of each level. Leaves are added here; what fills up is handed out."""

    def __init__(self, size: int, read: Read) -> None:
        self.size = size
        self.levels: list[list[bytes]] = []
        for level in range(9):
            count = size >> (8 * level)
            if not count:
                break
            width = count % WIDTH
            self.levels.append(split(read(level, count // WIDTH, width)) if width else [])

    def add(self, leaves: Sequence[bytes]) -> dict[tuple[int, int], bytes]:
        """Add hashes of leaves; gives every tile that changed, by (level, number), as far as it goes."""
        changed: dict[tuple[int, int], bytes] = {}
        self._extend(0, self.size, leaves, changed)
        self.size += len(leaves)
        return changed

    def root(self) -> bytes:
        """The root of the tree, from the edge alone."""
        found: bytes | None = None
        for tile in self.levels:
            for width, part in _powers(tile):
                assert width == len(part)
                over = root(part)
                found = over if found is None else node_hash(over, found)
        return EMPTY_ROOT if found is None else found

    def _extend(self, level: int, count: int, hashes: Sequence[bytes], changed: dict[tuple[int, int], bytes]) -> None:
        if level == len(self.levels):
            self.levels.append([])
        tile, number, above = self.levels[level], count // WIDTH, []
        taken = 0
        while taken < len(hashes):
            room = WIDTH - len(tile)
            tile = [*tile, *hashes[taken : taken + room]]
            taken += room
            changed[level, number] = b"".join(tile)
            if len(tile) == WIDTH:
                above.append(root(tile))
                tile, number = [], number + 1
        self.levels[level] = tile
        if above:
            self._extend(level + 1, count // WIDTH, above, changed)


def _powers(tile: Sequence[bytes]) -> Iterator[tuple[int, Sequence[bytes]]]:
    """A tile cut into full subtrees, the smallest (rightmost) first."""
    end = len(tile)
    while end:
        width = end & -end
        yield width, tile[end - width : end]
        end -= width
