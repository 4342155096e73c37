"""The log's head on a chain: written once, found again, and every way in which it can go wrong told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from doorstep.engines.evidence import api as evidence
from doorstep.engines.evidence.models import Anchor, Checkpoint
from doorstep.engines.evidence.types import AnchorRefused, AnchorState, NoAnchor, Tampered
from doorstep.kit.errors import DoorstepError, Unavailable
from tests.anchor.conftest import KEY

AT = datetime(2026, 11, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def chain(node):
    from doorstep.engines.evidence.evm import Evm

    node.give()
    return Evm(url=node.url, chain=node.chain, key=KEY)


def sent(node):
    return node.asked.count("eth_sendRawTransaction")


def test_a_checkpoint_is_written_once_and_anybody_reads_it_on_the_chain(log, node, chain):
    assert evidence.anchor(chain=chain, at=AT).newest is None
    log.grow(AT)
    done = evidence.anchor(chain=chain, at=AT)
    assert (done.waiting, done.newest.size, done.newest.state) == (0, 3, AnchorState.MINED)
    assert done.newest == evidence.latest_anchor()
    there = node.ask("eth_getTransactionByHash", done.newest.transaction)
    assert bytes.fromhex(there["data"].removeprefix("0x")).decode() == evidence.checkpoint()  # nobody cosigns here
    assert (there["from"], there["to"], there["value"]) == (node.address, node.address, 0)
    evidence.anchor(chain=chain, at=AT + HOUR)
    assert sent(node) == 1  # the log has not grown
    log.grow(AT + HOUR)
    assert evidence.anchor(chain=chain, at=AT + timedelta(minutes=59), every=HOUR).newest.size == 3
    assert evidence.anchor(chain=chain, at=AT + HOUR, every=HOUR).newest.size == 6
    assert [one.size for one in evidence.check_anchors(chain=chain, newest=9)] == [6, 3]
    node.blocks(12)
    evidence.anchor(chain=chain, at=AT + HOUR)
    assert set(Anchor.objects.values_list("state", flat=True)) == {"settled"}
    assert evidence.check_anchors(chain=chain)[0].depth == 13


def test_a_kill_between_keeping_and_sending_sends_nothing_twice(log, node, chain, monkeypatch):
    log.grow(AT)
    with monkeypatch.context() as patch:
        patch.setattr(chain, "send", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            evidence.anchor(chain=chain, at=AT)
    assert (sent(node), Anchor.objects.get().state) == (0, "sent")
    log.grow(AT)  # what is kept goes first, as it was signed
    assert evidence.anchor(chain=chain, at=AT).waiting == 0
    assert list(Anchor.objects.order_by("number").values_list("number", "size")) == [(0, 3), (1, 6)]
    assert sent(node) == 2


def test_an_answer_that_gets_lost_after_sending_is_no_second_transaction(log, node, chain):
    log.grow(AT)
    node.lose = {"eth_sendRawTransaction"}
    with pytest.raises(Unavailable, match="does not answer"):
        evidence.anchor(chain=chain, at=AT)
    node.lose = set()
    assert evidence.anchor(chain=chain, at=AT).newest.state == AnchorState.MINED
    assert (sent(node), chain.used(), Anchor.objects.count()) == (1, 1, 1)


def test_while_the_node_is_away_the_log_goes_on(log, node, chain):
    log.grow(AT)
    node.close()
    with pytest.raises(Unavailable, match="the log goes on") as told:
        evidence.anchor(chain=chain, at=AT)
    assert node.url not in str(told.value)
    assert log.grow(AT).published
    assert not Anchor.objects.exists()


def test_a_node_of_another_chain_is_refused(log, node, chain):
    from doorstep.engines.evidence.evm import Evm

    log.grow(AT)
    with pytest.raises(AnchorRefused, match="DOORSTEP_ANCHOR_CHAIN"):
        evidence.anchor(chain=Evm(url=node.url, chain=1, key=KEY), at=AT)
    assert not Anchor.objects.exists()


def test_an_account_without_money_says_its_address(log, node):
    from doorstep.engines.evidence.evm import Evm

    poor = Evm(url=node.url, chain=node.chain, key=b"\x22" * 32)
    log.grow(AT)
    with pytest.raises(AnchorRefused, match=poor.address):
        evidence.anchor(chain=poor, at=AT)
    node.give(1000, to=poor.address)
    with pytest.raises(AnchorRefused, match="are needed"):
        evidence.anchor(chain=poor, at=AT)
    assert not Anchor.objects.exists()


def test_a_block_that_is_replaced_is_noticed_and_the_same_bytes_are_sent_again(log, node, chain):
    log.grow(AT)
    before = node.tester.take_snapshot()
    first = evidence.anchor(chain=chain, at=AT).newest
    node.tester.revert_to_snapshot(before)
    with pytest.raises(NoAnchor, match="any more"):
        evidence.check_anchors(chain=chain)
    node.blocks(3)  # the other branch
    again = evidence.anchor(chain=chain, at=AT).newest
    assert (again.transaction, again.state) == (first.transaction, AnchorState.MINED)
    assert again.block == first.block + 3
    assert (Anchor.objects.count(), chain.used()) == (1, 1)
    assert evidence.check_anchors(chain=chain)[0].block == again.block


def test_what_waits_too_long_is_signed_again_under_its_number_with_a_higher_fee(log, node, chain):
    log.grow(AT)
    node.tester.disable_auto_mine_transactions()
    assert evidence.anchor(chain=chain, at=AT).waiting == 1
    assert evidence.latest_anchor() is None
    first = Anchor.objects.get()
    log.grow(AT)
    assert evidence.anchor(chain=chain, at=AT + timedelta(minutes=9)).waiting == 1
    assert Anchor.objects.count() == 1  # nothing new while one waits
    evidence.anchor(chain=chain, at=AT + timedelta(minutes=10))
    second = Anchor.objects.get()
    assert (len(second.names), second.fee > first.fee * 1.1, second.tip > first.tip * 1.1) == (2, True, True)
    node.blocks(1)
    node.tester.enable_auto_mine_transactions()
    done = evidence.anchor(chain=chain, at=AT + timedelta(minutes=11))
    assert (done.waiting, done.newest.size, chain.used()) == (0, 6, 2)


def test_an_account_that_is_used_elsewhere_stops_until_somebody_has_looked(log, node, chain):
    log.grow(AT)
    evidence.anchor(chain=chain, at=AT)
    Anchor.objects.all().delete()  # as after an old copy of the database
    log.grow(AT)
    evidence.anchor(chain=chain, at=AT)  # the first that this database knows
    chain.send(chain.sign("something else", number=2).raw)
    log.grow(AT)
    with pytest.raises(AnchorRefused, match="does not know"):
        evidence.anchor(chain=chain, at=AT)
    assert evidence.anchor(chain=chain, at=AT, again=True).newest.size == 9
    assert Anchor.objects.order_by("-size").first().number == 3


def test_a_number_that_something_else_took_is_told_and_given_up_on_request(log, node, chain, monkeypatch):
    log.grow(AT)
    with monkeypatch.context() as patch:
        patch.setattr(chain, "send", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            evidence.anchor(chain=chain, at=AT)
    chain.send(chain.sign("something else", number=0).raw)
    for _ in range(2):
        with pytest.raises(AnchorRefused, match="does not know"):
            evidence.anchor(chain=chain, at=AT)
    done = evidence.anchor(chain=chain, at=AT, again=True)
    assert (done.newest.size, Anchor.objects.filter(state="lost").count()) == (3, 1)


def test_a_log_that_is_older_than_its_anchor_is_not_anchored(log, node, chain):
    log.grow(AT)
    log.grow(AT)
    evidence.anchor(chain=chain, at=AT)
    Checkpoint.objects.filter(size=6).delete()
    with pytest.raises(Tampered, match="holds 3 published entries"):
        evidence.anchor(chain=chain, at=AT)
    with pytest.raises(Tampered, match="another root"):
        evidence.check_anchors(chain=chain)


def test_a_log_that_was_rewritten_does_not_match_its_anchor(log, node, chain):
    from doorstep.engines.evidence.models import Tile

    log.grow(AT)
    evidence.anchor(chain=chain, at=AT)
    Tile.objects.update(hashes=b"\x01" * 96)
    with pytest.raises(Tampered, match="another root"):
        evidence.check_anchors(chain=chain)
    with pytest.raises(Tampered, match="does not begin with"):
        evidence.anchor(chain=chain, at=AT)
    assert sent(node) == 1


def test_a_row_that_points_to_another_transaction_is_caught(log, node, chain):
    log.grow(AT)
    evidence.anchor(chain=chain, at=AT)
    other = chain.sign("services.test/log\n3\nAAAA\n", number=1)
    chain.send(other.raw)
    Anchor.objects.update(transaction=other.name)
    with pytest.raises(Tampered, match="no checkpoint that this log signed"):
        evidence.check_anchors(chain=chain)


def test_without_an_anchor_there_is_nothing_to_check(log, chain):
    with pytest.raises(NoAnchor, match="doorstep log anchor"):
        evidence.check_anchors(chain=chain)


def test_without_web3_it_says_what_to_install(monkeypatch):
    import sys

    from doorstep.engines.evidence.evm import Evm

    monkeypatch.setitem(sys.modules, "web3", None)
    with pytest.raises(DoorstepError, match=r"pip install 'doorstep\[anchor\]'"):
        Evm(url="http://127.0.0.1:1", chain=1, key=KEY)
