"""The tree's tiles in PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection

from doorstep.engines.evidence.models import Tile
from doorstep.engines.evidence.tiles import HASH, Tree
from doorstep.engines.evidence.types import Tampered


def read_tile(level: int, number: int, width: int) -> bytes:
    """The first ``width`` hashes of a tile. Raises ``Tampered`` where they are not there."""
    row = Tile.objects.filter(level=level, number=number).values_list("hashes", flat=True).first()
    if row is None or len(row) < width * HASH:
        raise Tampered(
            f"Tile {number} of level {level} is missing or too short.",
            why="A part of the log was taken away.",
            mend="Restore the database from a backup, and tell the witnesses.",
        )
    return bytes(row[: width * HASH])


def tree(size: int) -> Tree:
    """The tree of so many leaves."""
    return Tree(size, read_tile)


def write_tiles(changed: Mapping[tuple[int, int], bytes]) -> None:
    """Put tiles in their places; one that grew replaces what it was."""
    rows = [(level, number, data) for (level, number), data in changed.items()]
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO evidence_tile (level, number, hashes) VALUES (%s, %s, %s)"
            " ON CONFLICT (level, number) DO UPDATE SET hashes = excluded.hashes",
            rows,
        )
