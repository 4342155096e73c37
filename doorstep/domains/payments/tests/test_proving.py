"""Everything that was done stands in the evidence log, with a content that can be told again to the letter."""

from __future__ import annotations

import pytest
from django.db import connection

from doorstep.domains.payments import api, proving
from doorstep.domains.payments.models import Attempt, Batch, Decision, StatusFile
from doorstep.domains.payments.tests.world import CHIEF, bank, mobile
from doorstep.domains.payments.types import Payable, Rail
from doorstep.engines.evidence import api as evidence
from doorstep.engines.evidence.types import LogHalted

STRANGE = 'P"\\\t\u2028é\x7fعلي\x01'


def is_committed(leaf, content):
    """Whether the leaf commits to this content, by its salt."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT w.commitment = sha256('doorstep leaf v1'::bytea || '\\x0a'::bytea || s.salt ||"
            " convert_to(%s, 'UTF8')) FROM evidence_waiting w JOIN evidence_salt s ON s.leaf = w.id WHERE w.id = %s",
            [evidence.written(content[0], content[1]), leaf],
        )
        return cursor.fetchone() == (True,)


def test_each_act_leaves_a_leaf_that_its_rows_can_tell_again(world):
    world.open_wallet(STRANGE)
    batch = world.sent(bank("1"), bank("2"), mobile("3"), Payable(STRANGE, 7, Rail.WALLET))
    world.answer(batch, lambda person, key: ("RJCT", "AC04"))
    world.decide(world.payment(batch, "1"), "give_up")
    row = Batch.objects.get(pk=batch)
    assert is_committed(row.leaf, proving.of_batch(row))
    assert is_committed(row.approved_leaf, proving.of_approval(row))
    tries = Attempt.objects.select_related("payment").filter(batch=batch)
    assert all(is_committed(one.leaf, proving.of_try(one, row)) for one in tries)
    assert len({one.leaf for one in tries}) == 4
    assert all(is_committed(one.leaf, proving.of_answer(one)) for one in StatusFile.objects.all())
    assert all(is_committed(one.leaf, proving.of_decision(one)) for one in Decision.objects.all())


def test_another_amount_is_not_what_was_committed_to(world):
    batch = world.sent(bank("1"))
    row, one = Batch.objects.get(pk=batch), Attempt.objects.select_related("payment").get(batch=batch)
    one.amount += 1
    assert not is_committed(one.leaf, proving.of_try(one, row))


def test_nothing_is_sent_while_the_log_takes_nothing(world):
    batch = world.draft(bank("1")).batch
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO evidence_halt (why, since) VALUES ('no witness', now())")
    with pytest.raises(LogHalted):
        api.approve_batch(batch=batch, officer=CHIEF, at=world.now)
