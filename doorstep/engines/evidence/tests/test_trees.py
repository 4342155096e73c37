"""The tree against RFC 6962: published hashes, a second way of computing, and every small size."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.engines.evidence import trees, verifier
from doorstep.engines.evidence.verifier import Refused

ENTRIES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
# The roots over the first 1, 2, ... 8 of them, as Certificate Transparency's reference tests publish them.
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def by_definition(hashes):
    """MTH of RFC 6962, word for word."""
    if len(hashes) < 2:
        return hashes[0] if hashes else hashlib.sha256(b"").digest()
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return hashlib.sha256(b"\x01" + by_definition(hashes[:split]) + by_definition(hashes[split:])).digest()


def leaves(count):
    return [verifier.leaf_hash(str(n).encode()) for n in range(count)]


def grown(hashes, *steps):
    """A tree that grew in these steps, and a reader of its tiles."""
    tiles, size, edge = {}, 0, {}
    for end in (*steps, len(hashes)):
        step = trees.grow(size=size, edge=edge, leaves=hashes[size:end])
        tiles |= step.tiles
        size, edge = step.size, step.edge
    return trees.Tree(size, lambda level, number: tiles[level, number]), edge, tiles


@pytest.mark.parametrize("count", range(1, 9))
def test_the_published_roots(count):
    tree, edge, _ = grown([verifier.leaf_hash(entry) for entry in ENTRIES[:count]])
    assert tree.root.hex() == trees.root_of_edge(edge).hex() == ROOTS[count - 1]


def test_the_empty_tree():
    assert trees.root_of_edge({}) == trees.Tree(0, None).root == hashlib.sha256(b"").digest()


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 1500), st.data())
def test_however_it_grows_it_is_the_same_tree(count, data):
    steps = sorted(data.draw(st.lists(st.integers(0, count), max_size=4)))
    hashes = leaves(count)
    tree, edge, tiles = grown(hashes, *steps)
    assert tree.root == trees.root_of_edge(edge) == by_definition(hashes)
    assert {
        level: (number, len(tiles[level, number]) // 32) for level, (number, _) in trees.edge_tiles(count).items()
    } == trees.edge_tiles(count)
    index, old = data.draw(st.integers(0, count - 1)), data.draw(st.integers(0, count))
    assert verifier.root_from(hashes[index], index=index, size=count, path=tree.inclusion(index)) == tree.root
    verifier.check_consistency((old, by_definition(hashes[:old])), (count, tree.root), tree.consistency(old))


def test_every_proof_of_every_small_tree_and_every_way_to_spoil_it():
    hashes = leaves(20)
    for size in range(1, 21):
        tree, _, _ = grown(hashes[:size])
        for index in range(size):
            path = tree.inclusion(index)
            assert verifier.root_from(hashes[index], index=index, size=size, path=path) == tree.root
            for bad in spoiled(path):
                assert proves_not(hashes[index], index, size, bad, tree.root)
            assert proves_not(hashes[(index + 1) % 20], index, size, path, tree.root)
        for old in range(1, size):
            was, path = by_definition(hashes[:old]), tree.consistency(old)
            verifier.check_consistency((old, was), (size, tree.root), path)
            other = by_definition([*hashes[: old - 1], b"x" * 32])
            for bad_was, bad in [(other, path), *((was, bad) for bad in spoiled(path))]:
                with pytest.raises(Refused):
                    verifier.check_consistency((old, bad_was), (size, tree.root), bad)


def spoiled(path):
    yield [*path, b"x" * 32]
    for at in range(len(path)):
        yield path[:at] + path[at + 1 :]
        yield [*path[:at], b"x" * 32, *path[at + 1 :]]
        yield [*path[:at], path[at][::-1], *path[at:]]


def proves_not(leaf, index, size, path, root):
    try:
        return verifier.root_from(leaf, index=index, size=size, path=path) != root
    except Refused:
        return True


def test_a_billion_leaves_are_proved_in_a_kilobyte():
    """A tree in which all leaves but one are the same, so that its tiles need not be kept."""
    same = [leaves(1)[0]]
    for _ in range(4):
        same.append(trees.fold(same[-1] * 256))
    index, size, mine = 123_456_789, 2**30, verifier.leaf_hash(b"mine")

    def read(level, number):
        tile = [same[level]] * 256
        at = index >> 8 * level
        if at // 256 == number:
            tile[at % 256] = mine if level == 0 else trees.fold(read(level - 1, at))
        return b"".join(tile)

    tree = trees.Tree(size, read)
    path = tree.inclusion(index)
    assert len(b"".join(path)) == 960
    assert verifier.root_from(mine, index=index, size=size, path=path) == tree.root
    assert proves_not(same[0], index, size, path, tree.root)


def test_a_log_that_became_shorter():
    with pytest.raises(Refused, match="4 entries, and had 5"):
        verifier.check_consistency((5, b"x" * 32), (4, b"y" * 32), [])
