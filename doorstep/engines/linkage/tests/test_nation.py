"""Whole registers: doubles are found without a label, groups are closed, two registers are linked one to one."""

from __future__ import annotations

import inspect
import random

import duckdb
import numpy as np
import pytest

from doorstep.engines.linkage import estimating, nation
from doorstep.engines.linkage.api import dedupe, link
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
    """Neither the ids nor anything else that knows the truth goes into what is estimated."""
    assert "id" not in inspect.signature(estimating.estimate).parameters
    assert "id" not in nation.levels_sql(MODEL, "candidates").split("FROM")[0].replace("given", "")


def test_no_pair_counts_that_is_more_likely_two_people():
    """In a register without doubles the highest expected F1 would take many unlikely pairs."""
    threshold = estimating.best_threshold(np.array([0.02, 0.01, 0.001]), np.array([3.0, 50.0, 900.0]))
    assert threshold > 0.02
