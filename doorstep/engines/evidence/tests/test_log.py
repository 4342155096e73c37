"""From an act to a receipt that holds without the log; keys that change; witnesses that are away."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction

from doorstep.engines.evidence import api as evidence
from doorstep.engines.evidence import verifier
from doorstep.engines.evidence.signing import make_signer
from doorstep.engines.evidence.types import LogHalted, NoReceipt
from doorstep.engines.evidence.verifier import LOG_KEY, Wrong, check, read_receipt

VERIFIER = Path(verifier.__file__)


def receipt(log, leaf, **content):
    return evidence.receipt(leaf=leaf, kind="test", content=content)


def test_a_receipt_proves_an_act_without_the_log(log, tmp_path):
    leaves = [log.append(who="amina", n=str(number)) for number in range(300)]
    done = log.run()
    assert (done.taken, done.size, done.published, dict(done.missing)) == (300, 300, True, {})
    found = receipt(log, leaves[123], who="amina", n="123")
    for text in (found.text, found.qr):
        verdict = check(read_receipt(text), [log.signer.key], log.witness_keys, need=3)
        assert verdict.content == {"kind": "test", "who": "amina", "n": "123"}
        assert (verdict.index, verdict.size, len(verdict.cosigned_by)) == (123, 300, 3)
    file = tmp_path / "receipt.tlog-proof"
    file.write_text(found.text)
    alone = tmp_path / "verifier.py"
    alone.write_text(VERIFIER.read_text())
    keys = [f"--witness={key.vkey}" for key in log.witness_keys]
    command = [sys.executable, "-I", str(alone), str(file), f"--log={log.signer.key.vkey}", *keys, "--need=2"]
    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (run.returncode, "PROVED" in run.stdout, "n: 123" in run.stdout) == (0, True, True)
    file.write_text(found.text.replace("index 123", "index 124"))
    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (run.returncode, run.stdout) == (1, "")
    assert "NOT PROVED. What the receipt says is not what stands in the log." in run.stderr


def test_an_act_that_is_undone_leaves_no_leaf(log):
    with transaction.atomic():
        evidence.append(kind="test", content={})
        transaction.set_rollback(True)
    assert log.run().size == 0


def test_many_leaves_come_in_their_order_and_from_sql_too(log):
    with transaction.atomic():
        leaves = evidence.append_many(kind="test", contents=[{"n": str(n)} for n in range(5)])
        with connection.cursor() as cursor:
            cursor.execute(
                """SELECT leaf FROM evidence_append_many(ARRAY(
                    SELECT '{"kind":"test","n":"' || n || '"}' FROM generate_series(5, 9) n)) ORDER BY n"""
            )
            numbers = [leaf.id for leaf in leaves] + [leaf for (leaf,) in cursor.fetchall()]
    log.run()
    for n, leaf in enumerate(numbers):
        assert receipt(log, leaf, n=str(n)).index == n


def test_who_has_not_the_content_or_whose_salt_is_gone_gets_no_receipt(log):
    leaf = log.append(who="amina")
    with pytest.raises(NoReceipt, match="not ready"):
        receipt(log, leaf, who="amina")
    log.run()
    with pytest.raises(NoReceipt, match="does not hold"):
        receipt(log, leaf, who="karim")
    assert evidence.forget(leaves=[leaf, 10**9]) == 1
    with pytest.raises(NoReceipt, match="erased"):
        receipt(log, leaf, who="amina")
    log.append(who="karim")
    assert log.run().published  # the tree stands without the salt


def test_receipts_that_are_forged_cut_or_foreign_prove_nothing(log):
    leaf = log.append(who="amina")
    log.append(who="karim")
    log.run()
    found = receipt(log, leaf, who="amina")
    stranger = make_signer("nadira.example/log", LOG_KEY, b"S" * 32).key
    other = make_signer("elsewhere.example/log", LOG_KEY, b"L" * 32).key
    logs, lines = [log.signer.key], found.text.split("\n")
    wrong = [
        (found.text, [stranger]), (found.text, [other]), (found.text[:-20], logs), (found.text[20:], logs), ("", logs),
        (found.text.replace("\n2\n", "\n3\n"), logs), (found.text.replace("index 0", "index 1"), logs),
        (found.text.replace("index 0", "index 00"), logs), (found.qr[:-9], logs), (found.qr.lower(), logs),
        ("\n".join([lines[0], lines[1], lines[2], *lines[4:]]), logs), (found.text * 200, logs),
        ("\0" + found.text, logs),
        ("\n".join([*lines[:4], lines[3], *lines[4:]]), logs), (found.text.replace("extra ", "extra!"), logs),
    ]  # fmt: skip
    for text, keys in wrong:
        with pytest.raises(Wrong):
            check(read_receipt(text), keys, log.witness_keys, need=0)
    with pytest.raises(Wrong, match="witnesses saw this"):
        check(read_receipt(found.text), logs, log.witness_keys[:1] * 3, need=2)


def test_keys_are_rotated_and_old_receipts_stay_good(log):
    first = log.append(n="1")
    log.run()
    old = receipt(log, first, n="1")
    new = make_signer(log.signer.key.name, LOG_KEY, b"N" * 32)
    log.signers = (log.signer, new)
    log.run()  # nothing new: the newest checkpoint is signed again, by both
    both = receipt(log, first, n="1")
    assert check(read_receipt(both.text), [new.key]).signed_by == (new.key.vkey,)
    assert check(read_receipt(both.text), [log.signer.key, new.key]).size == 1
    for seen in log.witnesses.values():  # every witness has been told the new key by now
        seen.logs = (log.signer.key, new.key)
    log.signers = (new,)
    second = log.append(n="2")
    assert log.run().published
    assert check(read_receipt(receipt(log, second, n="2").text), [new.key]).size == 2
    with pytest.raises(Wrong, match="not signed"):
        check(read_receipt(receipt(log, second, n="2").text), [log.signer.key])
    assert check(read_receipt(old.text), [log.signer.key]).size == 1
    assert evidence.verify(text=old.text).size == 1
    assert [until is None for _, until in evidence.known_keys()] == [False, True]


def test_too_few_witnesses_publish_nothing_and_then_the_log_stops_and_says_so(log):
    log.append(n="1")
    log.run()
    log.away = {"witness1.example", "witness2.example"}
    second = log.append(n="2")
    done = log.run()
    assert (done.published, set(done.missing)) == (False, log.away)
    with pytest.raises(NoReceipt, match="not ready"):
        receipt(log, second, n="2")
    assert evidence.state(policy=log.policy).waiting == 1
    log.at += timedelta(minutes=6)
    log.run()
    assert evidence.state(policy=log.policy).halted
    with pytest.raises(LogHalted, match="do not answer"):
        log.append(n="3")
    log.away = set()
    assert log.run().published
    assert not evidence.state(policy=log.policy).halted
    assert receipt(log, second, n="2").size == 2
    log.append(n="3")


def test_two_of_three_are_enough_and_the_third_catches_up(log):
    log.away = {"witness3.example"}
    for n in range(5):
        log.append(n=str(n))
        assert log.run().published
    log.away = set()
    log.append(n="5")
    assert dict(log.run().missing) == {}
    assert log.witnesses["witness3.example"].seen(log.signer.key.name)[0] == 6


def test_published_tiles_rebuild_the_tree(log):
    for _ in range(3):
        with transaction.atomic():
            evidence.append_many(kind="test", contents=[{"n": str(n)} for n in range(200)])
        log.run()
    point = verifier.read_checkpoint(verifier.read_note(evidence.checkpoint()).text)
    assert point.size == 600
    bundles = [evidence.entry_bundle(number=n, width=w) for n, w in ((0, 256), (1, 256), (2, 88))]
    hashes = []
    for bundle in bundles:
        assert len(bundle) % 34 == 0
        hashes += [verifier.leaf_hash(bundle[start + 2 : start + 34]) for start in range(0, len(bundle), 34)]
    assert b"".join(hashes[:256]) == evidence.tile(level=0, number=0)
    assert evidence.tile(level=0, number=2, width=89) == evidence.tile(level=1, number=0) == b""
    from doorstep.engines.evidence.tiles import root

    assert root(hashes) == point.root
