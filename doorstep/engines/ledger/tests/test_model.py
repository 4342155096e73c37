"""The ledger beside a plain model of it: whatever is asked, in whatever order, both say the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from doorstep.engines.ledger import api as ledger
from doorstep.engines.ledger.api import Leg, Move
from doorstep.engines.ledger.types import LedgerError

AT = datetime(2026, 11, 1, tzinfo=UTC)
FLOORS = [None, None, 0, 0, 0, -500]
AMOUNTS = st.integers(1, 400)
PLACES = st.integers(0, len(FLOORS) - 1)
KEYS = st.integers(0, 25).map("k{}".format)


@dataclass
class Act:
    """What the model remembers of an act."""

    number: int
    kind: str
    legs: dict[int, int]
    link: str | None = None


@dataclass
class Model:
    """A ledger in a few lines: no database, no locks, no SQL."""

    posted: dict[int, int] = field(default_factory=lambda: dict.fromkeys(range(len(FLOORS)), 0))
    frozen: set[int] = field(default_factory=set)
    acts: dict[str, Act] = field(default_factory=dict)

    def held(self, place):
        ended = {act.link for act in self.acts.values() if act.kind in ("post", "void")}
        holds = (act for key, act in self.acts.items() if act.kind == "hold" and key not in ended)
        return sum(-act.legs[place] for act in holds if act.legs.get(place, 0) < 0) if FLOORS[place] is not None else 0

    def refuses(self, legs):
        if self.frozen & set(legs):
            return True
        return any(
            FLOORS[place] is not None and amount < 0 and self.posted[place] - self.held(place) + amount < FLOORS[place]
            for place, amount in legs.items()
        )

    def move(self, legs):
        for place, amount in legs.items():
            self.posted[place] += amount


class Ledgers(RuleBasedStateMachine):
    """Drives both."""

    def __init__(self):
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        ledger.define_unit(code="EUR", kind="currency", digits=2)
        self.places = [
            ledger.open_account(holder=f"h{place}", unit="EUR", kind="test", floor=floor, at=AT)
            for place, floor in enumerate(FLOORS)
        ]
        self.model = Model()

    def teardown(self):
        for place, number in enumerate(self.places):
            lines = ledger.statement(account=number, size=1000)
            assert sum(line.amount for line in lines) == self.model.posted[place]
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    def ask(self, key, kind, legs, link, call):
        """Both are asked; the ledger must answer as the model does."""
        known = self.model.acts.get(key)
        same = known is not None and (known.kind, known.legs, known.link) == (kind, legs, link)
        refused = not same and (known is not None or self.refuses(kind, legs, link))
        if refused:
            with pytest.raises(LedgerError):
                call()
            return
        made = call()
        if same:
            assert made.id == known.number
            return
        self.model.acts[key] = Act(made.id, kind, legs, link)
        if kind in ("transfer", "post"):
            self.model.move(legs)

    def refuses(self, kind, legs, link):
        if link is not None and any(act.link == link for act in self.model.acts.values()):
            return True
        if kind == "void":
            return False
        return bool(self.model.frozen & set(legs)) if kind == "post" else self.model.refuses(legs)

    def legs(self, amounts):
        return [Leg(self.places[place], amount) for place, amount in amounts.items()]

    def chosen(self, data, *kinds):
        keys = [
            key
            for key, act in self.model.acts.items()
            if act.kind in kinds and (act.kind != "transfer" or not act.link)
        ]
        return data.draw(st.sampled_from(keys))

    @rule(
        key=KEYS,
        amounts=st.dictionaries(PLACES, AMOUNTS, min_size=1, max_size=3),
        taker=PLACES,
        kind=st.sampled_from(["transfer", "transfer", "hold"]),
    )
    def move(self, key, amounts, taker, kind):
        legs = {place: -amount for place, amount in amounts.items() if place != taker}
        if not legs:
            return
        legs[taker] = -sum(legs.values())
        more = {"expires_at": AT + timedelta(days=1)} if kind == "hold" else {}
        call = getattr(ledger, kind)
        self.ask(key, kind, legs, None, lambda: call(key=key, legs=self.legs(legs), reason="test", at=AT, **more))

    @precondition(lambda self: any(act.kind == "hold" for act in self.model.acts.values()))
    @rule(key=KEYS, data=st.data(), post=st.booleans(), late=st.booleans())
    def end(self, key, data, post, late):
        hold = self.chosen(data, "hold")
        number, legs = self.model.acts[hold].number, self.model.acts[hold].legs
        if not post:
            self.ask(key, "void", legs, hold, lambda: ledger.void_hold(key=key, hold=number, at=AT, reason="test"))
        elif late:
            if key not in self.model.acts:
                with pytest.raises(LedgerError):
                    ledger.post_hold(key=key, hold=number, at=AT + timedelta(days=1))
        else:
            self.ask(key, "post", legs, hold, lambda: ledger.post_hold(key=key, hold=number, at=AT))

    @precondition(lambda self: any(act.kind == "hold" and len(act.legs) == 2 for act in self.model.acts.values()))
    @rule(key=KEYS, data=st.data(), share=st.integers(1, 400))
    def post_a_part(self, key, data, share):
        holds = [name for name, act in self.model.acts.items() if act.kind == "hold" and len(act.legs) == 2]
        hold = data.draw(st.sampled_from(holds))
        act = self.model.acts[hold]
        amount = min(share, max(act.legs.values()))
        legs = {place: amount if value > 0 else -amount for place, value in act.legs.items()}
        self.ask(key, "post", legs, hold, lambda: ledger.post_hold(key=key, hold=act.number, at=AT, amount=amount))

    @precondition(
        lambda self: any(
            act.kind in ("transfer", "post") and not (act.kind == "transfer" and act.link)
            for act in self.model.acts.values()
        )
    )
    @rule(key=KEYS, data=st.data())
    def reverse(self, key, data):
        first = self.chosen(data, "transfer", "post")
        legs = {place: -amount for place, amount in self.model.acts[first].legs.items()}
        number = self.model.acts[first].number
        self.ask(key, "transfer", legs, first, lambda: ledger.reverse(key=key, transfer=number, reason="test", at=AT))

    @rule(moves=st.lists(st.tuples(KEYS, PLACES, PLACES, AMOUNTS), max_size=6, unique_by=lambda move: move[0]))
    def batch(self, moves):
        moves = [move for move in moves if move[1] != move[2]]
        found = ledger.transfer_many(
            rows=[Move(key, self.places[a], self.places[b], amount) for key, a, b, amount in moves], reason="t", at=AT
        )
        expected, taken, made = {}, {}, []
        for key, giver, taker, amount in moves:
            legs, known = {giver: -amount, taker: amount}, self.model.acts.get(key)
            if known is not None:
                if (known.kind, known.legs, known.link) != ("transfer", legs, None):
                    expected[key] = "reused"
            elif self.model.frozen & {giver, taker}:
                expected[key] = "frozen"
            else:  # what an account gets within the batch does not count for what it gives in it
                taken[giver] = taken.get(giver, 0) + amount
                if self.model.refuses({giver: -taken[giver]}):
                    expected[key] = "funds"
                else:
                    made.append((key, legs))
        assert (found.refused, found.made) == (expected, len(made))
        assert found.known == len(moves) - len(made) - len(expected)
        for key, legs in made:
            self.model.acts[key] = Act(ledger.find_transfer(key=key).id, "transfer", legs)
            self.model.move(legs)

    @rule(place=PLACES, thaw=st.booleans())
    def freeze(self, place, thaw):
        if thaw:
            ledger.unfreeze(account=self.places[place], at=AT)
            self.model.frozen.discard(place)
        else:
            ledger.freeze(account=self.places[place], at=AT, reason="test")
            self.model.frozen.add(place)

    @invariant()
    def both_say_the_same(self):
        for place, number in enumerate(self.places):
            found = ledger.balance(account=number)
            assert (found.posted, found.held) == (self.model.posted[place], self.model.held(place))
        assert ledger.trial_balance() == {"EUR": 0}
        assert ledger.deviations() == []


@pytest.mark.slow
@pytest.mark.django_db
def test_whatever_is_asked_the_ledger_answers_as_a_plain_model_does():
    run_state_machine_as_test(
        Ledgers,
        settings=settings(
            max_examples=20, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
