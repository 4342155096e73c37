"""Trees, paths and tiles: against RFC 6962's own definition and against hashes that others published."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.engines.evidence.tiles import WIDTH, Edge, Tree, path_of, widths
from doorstep.engines.evidence.verifier import EMPTY_ROOT, Wrong, check_consistency, leaf_hash, node_hash, root_of

# The eight leaves of certificate-transparency-go's tests and the roots of their first one to eight.
LEAVES = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def defined(hashes):
    """RFC 6962's definition of a root, word for word."""
    if not hashes:
        return hashlib.sha256().digest()
    if len(hashes) == 1:
        return hashes[0]
    half = 1
    while half * 2 < len(hashes):
        half *= 2
    return node_hash(defined(hashes[:half]), defined(hashes[half:]))


def stored(hashes, parts):
    """Tiles of a tree that grew in so many parts, as a log keeps them, and the edge's own root after each."""
    kept, edge, done = {}, Edge(0, None), 0
    for part in parts:
        kept |= edge.add(hashes[done : done + part])
        done += part
        assert edge.root() == defined(hashes[:done])
    return kept


def tree(hashes, parts):
    tiles = stored(hashes, parts)
    return Tree(len(hashes), lambda level, number, width: tiles[level, number][: width * 32])


def test_the_roots_that_others_published():
    hashes = [leaf_hash(leaf) for leaf in LEAVES]
    for size, root in enumerate(ROOTS, start=1):
        assert tree(hashes[:size], [size]).root().hex() == root
    assert Tree(0, None).root() == EMPTY_ROOT


@settings(deadline=None)
@given(st.lists(st.integers(1, 300), min_size=1, max_size=6))
def test_a_tree_that_grew_in_parts_proves_every_leaf_and_every_earlier_tree(parts):
    hashes = [leaf_hash(str(number).encode()) for number in range(sum(parts))]
    grown = tree(hashes, parts)
    root = grown.root()
    assert root == defined(hashes)
    step = max(len(hashes) // 17, 1)
    for index in range(0, len(hashes), step):
        path = grown.inclusion(index)
        assert root_of(hashes[index], index, len(hashes), path) == root
        for wrong in (index - 1, index + 1):
            with pytest.raises(Wrong):
                assert root_of(hashes[index], wrong, len(hashes), path) == root or _raise()
    for size in range(0, len(hashes) + 1, step):
        check_consistency(size, len(hashes), defined(hashes[:size]), root, grown.consistency(size))
        if 0 < size < len(hashes):
            with pytest.raises(Wrong):
                check_consistency(size, len(hashes), defined(hashes[1 : size + 1]), root, grown.consistency(size))


def _raise():
    raise Wrong("another root")


def test_an_edge_goes_on_from_what_is_stored():
    hashes = [leaf_hash(str(number).encode()) for number in range(70_000)]
    tiles = stored(hashes[:66_000], [66_000])
    edge = Edge(66_000, lambda level, number, width: tiles[level, number][: width * 32])
    tiles |= edge.add(hashes[66_000:])
    assert edge.root() == defined(hashes)
    assert [(level, len(tiles[level, number]) // 32, width) for level, number, width in widths(70_000)] == [
        (0, 112, 112), (1, 17, 17), (2, 1, 1),
    ]  # fmt: skip
    assert sum(len(tile) == WIDTH * 32 for (level, _), tile in tiles.items() if level == 0) == 273


def test_addresses_of_tiles():
    assert path_of(0, 1234067) == "tile/0/x001/x234/067"
    assert path_of("entries", 67, 12) == "tile/entries/067.p/12"
