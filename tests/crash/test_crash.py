"""The short crash exam, part of ``make test``; ``make crash`` sits the long one. And: would the checker notice?"""

from __future__ import annotations

import json
import os
from pathlib import Path

import psycopg
import pytest

from tests.crash.checker import check
from tests.crash.exam import Exam, forget

SEED = os.environ.get("CRASH_SEED") or "7"

pytestmark = [pytest.mark.crash, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def exam(tmp_path_factory):
    print(f"Seed {SEED}; again with CRASH_SEED={SEED} make test-crash")
    exam = Exam(tmp_path_factory.mktemp("crash"), seed=SEED, clients=3)
    try:
        exam.prepare()
        exam.run(kills=3, attempts=3000)
        yield exam
    finally:
        exam.stop()
        forget(exam.folder)


def faults(exam):
    return check(exam.folder, exam.address).faults


def test_nothing_is_lost_and_nothing_doubled_whoever_is_killed(exam):
    verdict = check(exam.folder, exam.address)
    assert verdict.faults == []
    assert exam.kills["server"] + exam.kills["backend"] == 3
    assert verdict.counts["attempts"] >= 3000
    assert min(verdict.counts[name] for name in ("acknowledged", "messages", "deliveries")) > 0


@pytest.fixture
def doctored(exam):
    """Change a journal for the length of a test: a line more."""
    before: dict[Path, bytes] = {}

    def add(name, **line):
        file = exam.folder / name
        before[file] = file.read_bytes()
        file.write_bytes(before[file] + b"\n" + json.dumps(line).encode() + b"\n")

    yield add
    for file, text in before.items():
        file.write_bytes(text)


@pytest.fixture
def sql(exam):
    """Change the database behind the ledger's back, with its guards off, and change it back."""
    undo = []

    def run(statement, back):
        undo.append(back)
        _say(exam, statement)

    yield run
    for statement in undo:
        _say(exam, statement)


def _say(exam, statement):
    with psycopg.connect(**exam.address) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(statement)


def test_the_checker_notices_what_was_acknowledged_and_is_not_there(exam, doctored):
    doctored("client-0.jsonl", n=0, do="done", key="ghost", id=1)
    assert "acknowledged and lost: ghost" in faults(exam)


def test_the_checker_notices_an_act_that_nobody_asked_for(exam, sql):
    columns = "kind, debit, credit, amount, reason, at"
    sql(
        f"INSERT INTO ledger_transfer (key, {columns}) SELECT 'odd', {columns} FROM ledger_transfer"
        " WHERE kind = 'transfer' AND reason = 'exam' LIMIT 1",
        "DELETE FROM ledger_transfer WHERE key = 'odd'",
    )
    assert "nobody asked for it: odd" in faults(exam)


def test_the_checker_notices_a_wrong_balance(exam, sql):
    one = "(SELECT max(id) FROM ledger_account WHERE floor = 0)"
    change = f"UPDATE ledger_account SET balance = balance {{}} 1 WHERE id = {one}"
    sql(change.format("+"), change.format("-"))
    found = faults(exam)
    assert "debits and credits differ by 1" in found
    assert any(fault.startswith("account ") for fault in found)


def test_the_checker_notices_a_message_that_never_came(exam, sql):
    columns = "lane, topic, series, payload, state, written_at, due_at, attempts, worker, finished_at, error, receipt"
    sql(
        f"INSERT INTO outbox_message (key, {columns}) SELECT 'mute', {columns} FROM outbox_message"
        " WHERE state = 'sent' LIMIT 1",
        "DELETE FROM outbox_message WHERE key = 'mute'",
    )
    assert {"never received: mute", "a message without its act: mute"} <= set(faults(exam))
