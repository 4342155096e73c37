"""Whole registers: doubles are found without a label, groups are closed, two registers are linked one to one."""

from __future__ import annotations

import random

import duckdb
import numpy as np
import pytest

from doorstep.engines.linkage import estimating, nation
from doorstep.engines.linkage.api import Field, Model, dedupe, first_chances, link
from doorstep.engines.linkage.estimating import Patterns
from doorstep.engines.linkage.grouping import LARGEST, groups
from doorstep.engines.linkage.tests.test_comparing import MODEL
from doorstep.engines.linkage.types import LinkageError

COLUMNS = ("given", "family", "birth", "phone", "street", "sex")


def people(count, seed):
    chance = random.Random(seed)
    sounds = ["ra", "mi", "ko", "su", "ta", "ne", "lo", "da", "fi", "bu"]

    def word(size):
        return "".join(chance.choice(sounds) for _ in range(size))

    return [
        {
            "id": f"p{at}", "given": word(3), "family": word(4),
            "birth": f"{chance.randint(1930, 2015)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}",
            "phone": "".join(chance.choice("0123456789") for _ in range(9)), "street": f"{word(3)} road",
            "sex": chance.choice(["female", "male"]),
        }
        for at in range(count)
    ]  # fmt: skip


def spoiled(row, chance):
    made = dict(row)
    for name in chance.sample(["given", "family", "birth", "phone", "street"], 2):
        at = chance.randrange(len(made[name]))
        sign = chance.choice("0123456789" if made[name][at].isdigit() else "abcdefgh")
        made[name] = made[name][:at] + sign + made[name][at + 1 :]
    if chance.random() < 0.2:
        made["phone"] = None
    if chance.random() < 0.2:
        made["given"], made["family"] = made["family"], made["given"]
    return made


def store(database, table, rows):
    database.execute(f"CREATE TABLE {table} (id VARCHAR, {', '.join(f'{name} VARCHAR' for name in COLUMNS)})")
    values = [[row["id"], *(row[name] for name in COLUMNS)] for row in rows]
    database.executemany(f"INSERT INTO {table} VALUES (?, ?, ?, ?, ?, ?, ?)", values)


def f1(found, truth):
    right = len(found & truth)
    return 2 * right / (len(found) + len(truth))


def test_doubles_in_one_register_are_found_without_a_label():
    chance, originals = random.Random(7), people(1_500, 3)
    doubles = [{**spoiled(row, chance), "id": f"{row['id']}d"} for row in originals[:300]]
    database = duckdb.connect()
    store(database, "register", [*originals, *doubles])
    done = dedupe(database, "register", MODEL)
    found = {tuple(sorted((one, other))) for one, other, _ in done.pairs}
    assert f1(found, {tuple(sorted((row["id"], f"{row['id']}d"))) for row in originals[:300]}) > 0.97
    assert done.model.estimated_from == done.candidates


def test_three_records_of_one_person_are_one_group():
    chance, originals = random.Random(7), people(400, 3)
    more = [{**spoiled(row, chance), "id": f"{row['id']}{mark}"} for row in originals[:80] for mark in "de"]
    database = duckdb.connect()
    store(database, "register", [*originals, *more])
    pairs = {frozenset((one, other)) for one, other, _ in dedupe(database, "register", MODEL).pairs}
    for one in pairs:
        for other in pairs:
            if len(one & other) == 1:
                assert one ^ other in pairs


def test_two_registers_are_linked_one_to_one():
    chance, left = random.Random(5), people(800, 9)
    right = [{**spoiled(row, chance), "id": f"{row['id']}x"} for row in left[:600]]
    database = duckdb.connect()
    store(database, "one", left)
    store(database, "other", right)
    done = link(database, "one", "other", MODEL)
    assert len({one for one, _, _ in done.pairs}) == len({other for _, other, _ in done.pairs}) == len(done.pairs)
    assert (
        f1({(one, other) for one, other, _ in done.pairs}, {(row["id"], f"{row['id']}x") for row in left[:600]}) > 0.95
    )


def test_the_same_register_gives_the_same_pairs():
    chance, originals = random.Random(7), people(300, 3)
    rows = [*originals, *({**spoiled(row, chance), "id": f"{row['id']}d"} for row in originals[:60])]
    found = []
    for _ in range(2):
        database = duckdb.connect()
        store(database, "register", rows)
        found.append(dedupe(database, "register", MODEL).pairs)
    assert found[0] == found[1]


def test_records_that_share_nothing_are_told():
    database = duckdb.connect()
    store(database, "register", people(2, 3))
    with pytest.raises(LinkageError, match="share a key"):
        dedupe(database, "register", MODEL)


def test_an_empty_register_is_told():
    database = duckdb.connect()
    store(database, "register", people(1, 3))
    with pytest.raises(LinkageError, match="share a key"):
        dedupe(database, "register", MODEL)


def test_no_label_is_read():
    """Records under ids that tell nothing are found as those whose ids tell who is whose double."""
    chance, originals = random.Random(7), people(300, 3)
    rows = [*originals, *({**spoiled(row, chance), "id": f"{row['id']}d"} for row in originals[:60])]
    other = {row["id"]: f"{random.Random(row['id']).getrandbits(64):x}" for row in rows}
    found = []
    for ids in ({row["id"]: row["id"] for row in rows}, other):
        database = duckdb.connect()
        store(database, "register", [{**row, "id": ids[row["id"]]} for row in rows])
        found.append(dedupe(database, "register", MODEL))
    told = {(frozenset((other[one], other[two])), chance) for one, two, chance in found[0].pairs}
    assert told == {(frozenset((one, two)), chance) for one, two, chance in found[1].pairs}
    assert found[0].model == found[1].model


def test_what_no_pair_at_random_has_is_rare_and_not_impossible():
    """Among millions of strangers some have day and month swapped: that alone must not make them one person."""
    date = Field("birth", "date", *first_chances("date"))
    none_swapped = Patterns(np.array([[0], [5]], dtype=np.int8), np.array([6.0, 199_994.0]))
    estimated = estimating.by_chance(Model((date,), (("birth",),), prior=1e-6), none_swapped)["birth"]
    assert 1e-6 < estimated.u[1] < 1e-4
    assert estimated.u[0] == pytest.approx(6 / 200_000, rel=0.3)
    assert estimated.u[5] == pytest.approx(1, abs=0.01)


def test_groups_are_closed_however_long_the_chain():
    chain = [(at + 1, at) for at in range(5_000)] + [(7_001, 7_000)]
    assert groups(chain) == {**dict.fromkeys(range(5_001), 0), 7_000: 7_000, 7_001: 7_000}


@pytest.mark.parametrize(("size", "pairs"), [(3, 3), (LARGEST, LARGEST * (LARGEST - 1) // 2), (LARGEST + 1, LARGEST)])
def test_a_group_that_hangs_together_by_mistakes_is_not_closed(size, pairs):
    """Closed, it would be each of its records with each other, and a register of millions would fill the memory."""
    database = duckdb.connect()
    database.execute(f"CREATE TABLE ready AS SELECT n::INTEGER AS n, 'p' || n AS id FROM range({size}) AS t(n)")
    database.execute(
        "CREATE TABLE found AS SELECT n AS l, n + 1 AS r, 0.9 AS probability FROM ready LIMIT -1 + ?", [size]
    )
    assert len(nation.closed_pairs(database)) == pairs


def test_no_pair_counts_that_is_more_likely_two_people():
    """In a register without doubles the highest expected F1 would take many unlikely pairs."""
    threshold = estimating.best_threshold(np.array([0.02, 0.01, 0.001]), np.array([3.0, 50.0, 900.0]))
    assert threshold > 0.02
