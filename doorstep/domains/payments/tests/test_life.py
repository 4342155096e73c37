"""The two tables of transitions: whole, reached everywhere, and drawn."""

from __future__ import annotations

from itertools import product

import pytest

from doorstep.domains.payments import api, life
from doorstep.domains.payments.types import BatchState, PaymentState, TooLate


def test_every_state_is_reached_and_every_other_move_is_refused():
    for table, states, events, after in (
        (life.BATCH, BatchState, life.BatchEvent, life.after_batch),
        (life.PAYMENT, PaymentState, life.PaymentEvent, life.after_payment),
    ):
        first = next(iter(states))
        assert {first, *table.values()} == set(states)
        assert {event for _, event in table} == set(events)
        for state, event in product(states, events):
            if (state, event) in table:
                assert after(state, event) is table[state, event]
            else:
                with pytest.raises(TooLate):
                    after(state, event)


def test_the_diagram_shows_every_move():
    drawn = api.diagram()
    assert drawn.count(" --> ") == len(life.BATCH) + len(life.PAYMENT) + 2
