"""Reading and writing the tree's rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from doorstep.engines.evidence import trees
from doorstep.engines.evidence.models import Head as HeadRow
from doorstep.engines.evidence.trees import HASH, WIDTH, Grown
from doorstep.engines.evidence.verifier import leaf_hash


@dataclass(frozen=True)
class Placed:
    """Where a leaf stands in the log, and what it commits to."""

    index: int
    commitment: bytes


def rows(sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """What a statement gives."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found: list[tuple[Any, ...]] = cursor.fetchall() if cursor.description else []
    return found


def read_tile(level: int, number: int) -> bytes:
    """The hashes of one tile, as many as there are; empty when there are none."""
    found = rows("SELECT hashes FROM evidence_tile WHERE level = %s AND number = %s", [level, number])
    return bytes(found[0][0]) if found else b""


def read_bundle(number: int) -> list[bytes]:
    """The entries of one bundle: the commitments of up to 256 leaves."""
    found = rows("SELECT commitments FROM evidence_bundle WHERE number = %s", [number])
    raw = bytes(found[0][0]) if found else b""
    return [raw[at : at + HASH] for at in range(0, len(raw), HASH)]


def tree(size: int) -> trees.Tree:
    """The tree as it was at this size."""
    return trees.Tree(size, read_tile)


def place_of(leaf: int) -> Placed | None:
    """Where a leaf stands, unless it waits or never was."""
    found = rows(
        "SELECT number, array_position(leaves, %s::bigint), commitments FROM evidence_bundle "
        "WHERE span @> %s::bigint AND %s = ANY (leaves)",
        [leaf, leaf, leaf],
    )
    if not found:
        return None
    number, position, commitments = found[0]
    at = int(position) - 1
    return Placed(number * WIDTH + at, bytes(commitments)[at * HASH : (at + 1) * HASH])


def is_waiting(leaf: int) -> bool:
    """Whether the leaf is committed but has no place yet."""
    return bool(rows("SELECT 1 FROM evidence_pending WHERE id = %s LIMIT 1", [leaf]))


def salt_of(leaf: int) -> bytes | None:
    """The salt of a leaf; ``None`` when it was erased or never was."""
    found = rows("SELECT salt FROM evidence_salt WHERE leaf = %s", [leaf])
    return bytes(found[0][0].bytes) if found else None


def last_head() -> HeadRow | None:
    """The largest tree that was kept, published or not."""
    return HeadRow.objects.order_by("-size").first()


def published() -> HeadRow | None:
    """The largest tree that was published."""
    return HeadRow.objects.exclude(note="").order_by("-size").first()


def take_waiting(most: int) -> list[tuple[int, bytes]]:
    """Take leaves that wait out of the queue: number and commitment, in the order of their numbers."""
    taken = rows(
        "DELETE FROM evidence_pending WHERE ctid = ANY (ARRAY(SELECT ctid FROM evidence_pending LIMIT %s)) "
        "RETURNING id, commitment",
        [most],
    )
    return sorted((leaf, bytes(commitment)) for leaf, commitment in taken)


def edge(size: int) -> dict[int, bytes]:
    """The right edge of the tree at this size."""
    return {
        level: read_tile(level, number)[: width * HASH] for level, (number, width) in trees.edge_tiles(size).items()
    }


def keep(taken: Sequence[tuple[int, bytes]], *, size: int, at: datetime, edge: Mapping[int, bytes]) -> Grown:
    """Write the leaves' places, the tiles and the new head, in the caller's transaction."""
    grown = trees.grow(size=size, edge=edge, leaves=[leaf_hash(commitment) for _, commitment in taken])
    _keep_bundles(taken, size)
    keys = list(grown.tiles)
    rows(
        "INSERT INTO evidence_tile (level, number, hashes) "
        "SELECT * FROM unnest(%s::smallint[], %s::bigint[], %s::bytea[]) "
        "ON CONFLICT (level, number) DO UPDATE SET hashes = EXCLUDED.hashes",
        [[level for level, _ in keys], [number for _, number in keys], [grown.tiles[key] for key in keys]],
    )
    HeadRow.objects.create(size=grown.size, root=grown.root, made_at=at)
    return grown


def _keep_bundles(taken: Sequence[tuple[int, bytes]], size: int) -> None:
    """The first bundle may have begun before; the others are new."""
    room = -size % WIDTH
    parts = [taken[:room]] if room else []
    parts += [taken[at : at + WIDTH] for at in range(room, len(taken), WIDTH)]
    begun = parts.pop(0) if room else []
    if begun:
        rows(
            "UPDATE evidence_bundle SET leaves = leaves || %s::bigint[], commitments = commitments || %s::bytea, "
            "span = range_merge(span, int8range(%s, %s, '[]')) WHERE number = %s",
            [[leaf for leaf, _ in begun], b"".join(c for _, c in begun), begun[0][0], begun[-1][0], size // WIDTH],
        )
    first = (size + room) // WIDTH
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO evidence_bundle (number, span, leaves, commitments) "
            "VALUES (%s, int8range(%s, %s, '[]'), %s::bigint[], %s)",
            [
                (first + n, part[0][0], part[-1][0], [leaf for leaf, _ in part], b"".join(c for _, c in part))
                for n, part in enumerate(parts)
            ],
        )
