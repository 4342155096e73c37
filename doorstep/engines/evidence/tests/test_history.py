"""History is rewritten in every way, in the database and before the witnesses, and each is caught."""

from __future__ import annotations

import base64
import hashlib
import json
import os

import pytest
from django.db import connection

from doorstep.engines.evidence import api as evidence
from doorstep.engines.evidence.signing import checkpoint_text, signed
from doorstep.engines.evidence.tiles import Edge
from doorstep.engines.evidence.types import NoReceipt, Tampered
from doorstep.engines.evidence.verifier import leaf_hash
from doorstep.engines.evidence.witness import Refused, Witness
from doorstep.kit.errors import DoorstepError

SIZE = 260


@pytest.fixture
def grown(log):
    log.leaves = [log.append(n=str(n)) for n in range(SIZE)]
    log.run()
    return log


def sql(text, *values):
    with connection.cursor() as cursor:
        cursor.execute(text, values)


def commitments():
    with connection.cursor() as cursor:
        cursor.execute("SELECT commitment FROM evidence_entry ORDER BY place")
        return [bytes(row) for (row,) in cursor.fetchall()]


def rebuilt(log, entries):
    """The attacker has the log's key and writes everything anew: tiles, root and signature."""
    edge = Edge(0, None)
    changed = edge.add([leaf_hash(entry) for entry in entries])
    sql("DELETE FROM evidence_tile")
    sql("DELETE FROM evidence_checkpoint")
    for (level, number), hashes in changed.items():
        sql("INSERT INTO evidence_tile (level, number, hashes) VALUES (%s, %s, %s)", level, number, hashes)
    text = checkpoint_text(log.signer.key.name, edge.size, edge.root())
    note = signed(text, log.signers)
    values = (edge.size, edge.root(), note, "", log.at)
    sql(
        "INSERT INTO evidence_checkpoint (size, root, note, cosignatures, signed_at) VALUES (%s, %s, %s, %s, %s)",
        *values,
    )
    return note


def test_an_entry_altered_in_the_database_has_no_receipt_and_stops_the_log(grown):
    sql("UPDATE evidence_salt SET salt = %s WHERE leaf = %s", b"x" * 16, grown.leaves[7])
    with pytest.raises(NoReceipt, match="does not hold"):
        evidence.receipt(leaf=grown.leaves[7], kind="test", content={"n": "7"})
    sql("UPDATE evidence_tile SET hashes = overlay(hashes placing %s from 1) WHERE number = 1", b"x" * 32)
    grown.append(n="more")
    with pytest.raises(Tampered, match="altered"):
        grown.run()


def test_a_tile_that_was_taken_away_stops_the_log(grown):
    sql("DELETE FROM evidence_tile WHERE level = 0 AND number = 1")
    grown.append(n="more")
    with pytest.raises(Tampered, match="taken away"):
        grown.run()


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda entries: entries[:5] + entries[6:] + [b"n" * 32] * 3,
        lambda entries: [entries[1], entries[0], *entries[2:], b"n" * 32],
        lambda entries: [*entries[:9], b"n" * 32, *entries[10:], b"n" * 32],
        lambda entries: [*entries[:9], b"n" * 32, *entries[9:]],
        lambda entries: [entries[1], entries[0], *entries[2:]],
        lambda entries: entries[:-1],
        lambda entries: [],
    ],
    ids=["dropped", "reordered", "altered", "inserted", "another of the same size", "rolled back", "emptied"],
)
def test_whoever_has_the_key_and_rewrites_everything_gets_no_cosignature(grown, rewrite):
    rebuilt(grown, rewrite(commitments()))
    done = evidence.run_pass(grown.policy, at=grown.at, send=grown.send)
    assert not done.published
    assert len(done.missing) == 3
    assert evidence.checkpoint() == ""


def test_a_log_that_is_rolled_back_and_grown_again_gets_no_cosignature(grown):
    rebuilt(grown, commitments()[:100])
    sql("DELETE FROM evidence_entry WHERE place >= 100")
    for n in range(400):
        grown.append(n=f"other {n}")
    done = grown.run()
    assert (done.published, len(done.missing)) == (False, 3)


def test_a_fork_shown_to_two_witnesses_convinces_only_one(grown):
    entries = commitments()
    left, right = ([*entries, name * 32] for name in (b"l", b"r"))
    old = grown.witnesses["witness1.example"].seen(grown.signer.key.name)[0]
    bodies = []
    for branch in (left, right):
        edge = Edge(0, None)
        tiles = edge.add([leaf_hash(entry) for entry in branch])
        from doorstep.engines.evidence.tiles import Tree

        path = Tree(edge.size, lambda level, number, width, held=tiles: held[level, number][: width * 32]).consistency(
            old
        )
        note = signed(checkpoint_text(grown.signer.key.name, edge.size, edge.root()), grown.signers)
        lines = [f"old {old}", *(base64.b64encode(step).decode() for step in path), "", note]
        bodies.append("\n".join(lines))
    first = grown.witnesses["witness1.example"]
    assert first.add_checkpoint(bodies[0]).startswith("\u2014 witness1.example ")
    with pytest.raises(Refused) as refused:
        first.add_checkpoint(bodies[1])
    assert (refused.value.status, refused.value.line) == (409, f"{SIZE + 1}\n")
    again = f"old {SIZE + 1}\n\n" + bodies[0].split("\n\n", 1)[1]
    assert first.add_checkpoint(again).startswith("\u2014 witness1.example ")


def test_a_witness_refuses_what_is_no_request(log):
    log.append(n="1")
    log.run()
    note = evidence.checkpoint()
    seen = log.witnesses["witness1.example"]
    stranger = note.replace("nadira.example/log\n1", "elsewhere.example/log\n1")
    forged = note.replace("\n1\n", "\n2\n")
    answers = {
        "": 400, "old 1": 400, f"old 01\n\n{note}": 400, f"old x\n\n{note}": 400, f"old 2\n\n{note}": 400,
        f"old 1\nno base 64\n\n{note}": 400, f"old 1\nAAAA\n\n{note}": 400, "old 1" + "\nA" * 70 + f"\n\n{note}": 400,
        f"old 1\n\n{stranger}": 404, f"old 1\n\n{forged}": 403, f"old 0\n\n{note}": 409,
        "old 1\n" + base64.b64encode(b"x" * 32).decode() + f"\n\n{note}": 422,
    }  # fmt: skip
    for body, status in answers.items():
        with pytest.raises(Refused) as refused:
            seen.add_checkpoint(body)
        assert refused.value.status == status, body[:60]


def test_a_witness_writes_down_what_it_saw_before_it_signs(log, monkeypatch):
    log.append(n="1")
    log.run()
    seen = log.witnesses["witness1.example"]
    assert json.loads(seen.file.read_text())[log.signer.key.name][0] == 1
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    log.append(n="2")
    assert not log.run().published
    monkeypatch.undo()
    assert seen.seen(log.signer.key.name)[0] == 1
    assert evidence.run_pass(log.policy, at=log.at, send=log.send).published


def test_a_witness_that_lost_its_memory_does_not_begin_again_by_itself(log, tmp_path):
    log.append(n="1")
    log.run()
    seen = log.witnesses["witness1.example"]
    with pytest.raises(DoorstepError, match="Another witness uses"):
        Witness(seen.file, seen.signer, seen.logs)
    seen.file.write_text("{")
    seen.close()
    with pytest.raises(DoorstepError, match="could sign two histories"):
        Witness(seen.file, seen.signer, seen.logs)
    log.witnesses["witness1.example"] = Witness(tmp_path / "new.json", seen.signer, seen.logs)


def test_the_salt_hides_what_a_leaf_is_about(log):
    log.append(who="amina")
    log.run()
    guessed = hashlib.sha256(b'doorstep leaf v1\n{"kind":"test","who":"amina"}').digest()
    assert guessed not in commitments()
    assert evidence.entry_bundle(number=0, width=1)[2:] == commitments()[0]
