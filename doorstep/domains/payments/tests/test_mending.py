"""What people do about payments that failed or came back, and what they see of their own."""

from __future__ import annotations

import pytest

from doorstep.domains.payments import api
from doorstep.domains.payments.models import Attempt, Message
from doorstep.domains.payments.tests.banks import status_file
from doorstep.domains.payments.tests.world import CHIEF, IBAN, MAKER, ORDER, bank, mobile
from doorstep.domains.payments.types import (
    AlreadyInBatch,
    BadWords,
    BatchState,
    NotAllowed,
    NotFound,
    Payable,
    PaymentState,
    Rail,
    TooLate,
)

P = PaymentState
PAID, REJECTED = ("ACSC", ""), ("RJCT", "AC04")


def test_a_failed_payment_is_tried_again_with_a_new_key(world):
    batch = world.sent(bank("1"))
    world.answer(batch, lambda *_: REJECTED)
    assert world.fund == 1_000_000
    payment = world.payment(batch, "1")
    world.decide(payment, "retry")
    assert api.batch(id=batch).state is BatchState.SENDING
    assert world.agrees()
    assert api.send_batch(batch=batch, at=world.now).sent == 1
    world.answer(batch, lambda *_: PAID)
    view, _ = api.payment(id=payment)
    assert [one.state for one in view.attempts] == [P.FAILED, P.PAID]
    assert len({one.end_to_end for one in view.attempts}) == 2
    assert [(one.verdict, one.who) for one in view.decisions] == [("retry", MAKER.name)]
    assert api.batch(id=batch).state is BatchState.SETTLED
    assert world.fund == 1_000_000 - 5_000
    assert world.agrees()


def test_a_late_answer_about_the_first_try_does_not_touch_the_second(world):
    batch = world.sent(bank("1"))
    first = Attempt.objects.get().key
    world.answer(batch, lambda *_: REJECTED)
    world.decide(world.payment(batch, "1"), "retry")
    api.send_batch(batch=batch, at=world.now)
    old = Message.objects.filter(batch=batch).earliest("id")
    assert world.take_in(status_file(old.message_id, [(first, *PAID)])).differences == 1
    assert api.differences(batch=batch)[0].kind == "paid_after_failed"
    assert world.states(batch) == {"1": P.SENT}
    assert world.agrees()


def test_giving_up_ends_it_and_can_be_taken_back(world):
    batch = world.sent(bank("1"), bank("2"))
    world.answer(batch, lambda person, key: PAID if person == "1" else REJECTED)
    payment = world.payment(batch, "2")
    world.decide(payment, "give_up")
    assert api.batch(id=batch).state is BatchState.SETTLED
    assert world.fund == 1_000_000 - 5_000
    with pytest.raises(AlreadyInBatch):
        world.draft(bank("2"))
    world.decide(payment, "retry")
    api.send_batch(batch=batch, at=world.now)
    world.answer(batch, lambda *_: PAID)
    assert world.states(batch) == {"1": P.PAID, "2": P.PAID}
    assert world.agrees()


def test_money_that_came_back_waits_for_a_person_again(world):
    batch = world.sent(bank("1"))
    world.answer(batch, lambda *_: PAID)
    world.decide(world.payment(batch, "1"), "came_back")
    assert world.states(batch) == {"1": P.RETURNED}
    assert api.batch(id=batch).state is BatchState.PARTLY_FAILED
    assert world.fund == 1_000_000
    assert world.agrees()


def test_a_person_who_asked_the_bank_says_what_became_of_it(world):
    batch = world.sent(bank("1"), bank("2"))
    world.decide(world.payment(batch, "1"), "was_paid")
    world.decide(world.payment(batch, "2"), "was_not_paid")
    assert world.states(batch) == {"1": P.PAID, "2": P.FAILED}
    assert world.agrees()


def test_another_account_must_be_one_and_needs_a_second_person(world):
    batch = world.sent(bank("1"))
    world.answer(batch, lambda *_: REJECTED)
    payment = world.payment(batch, "1")
    for account in (None, Payable("", 1, Rail.BANK, "DE00", "A"), Payable("", 1, Rail.NONE)):
        with pytest.raises(BadWords):
            world.decide(payment, "other_account", CHIEF, account)
    with pytest.raises(NotAllowed):
        world.decide(payment, "other_account", MAKER, mobile("1"))
    world.decide(payment, "other_account", CHIEF, mobile("1"))
    assert api.payment(id=payment)[0].rail is Rail.MOBILE
    assert world.agrees()


def test_a_decision_about_what_has_changed_meanwhile_is_refused(world):
    batch = world.sent(bank("1"))
    world.answer(batch, lambda *_: REJECTED)
    payment = world.payment(batch, "1")
    _, seen = api.payment(id=payment)
    world.later(seconds=1)
    world.decide(payment, "give_up", seen=seen)
    with pytest.raises(TooLate, match="has changed"):
        world.decide(payment, "retry", seen=seen)


def test_what_is_not_there_is_told(world):
    for ask in (
        lambda: api.batch(id=999),
        lambda: api.payment(id=999),
        lambda: api.send_batch(batch=999, at=world.now),
        lambda: api.write_files(batch=999, folder=world.folder),
        lambda: api.bank_file(message_id="none"),
        lambda: world.decide(999, "retry"),
    ):
        with pytest.raises(NotFound):
            ask()


def test_a_person_sees_their_own_payments_in_words_of_theirs(world):
    batch = world.draft(bank("1", 1_234), bank("2")).batch
    assert api.payments_of(person="1") == (), "a draft is no promise"
    api.approve_batch(batch=batch, officer=CHIEF, at=world.now)
    (own,) = api.payments_of(person="1")
    assert (own.key, own.amount, own.when, own.account) == ("coming", 1_234, ORDER.due_date, "••••3000")
    api.send_batch(batch=batch, at=world.now)
    assert api.payments_of(person="1")[0].key == "on_its_way"
    world.answer(batch, lambda person, key: PAID if person == "1" else REJECTED)
    assert api.payments_of(person="1")[0].key == "arrived"
    assert api.payments_of(person="2")[0].key == "came_back"


def test_where_people_are_paid_is_kept_and_used(world):
    api.set_payee(payee=bank("1"), officer=MAKER, at=world.now)
    rows = list(api.with_accounts(rows=[("1", 10), ("2", 20)], otherwise=Rail.NONE))
    assert rows == [Payable("1", 10, Rail.BANK, IBAN, "Person 1"), Payable("2", 20, Rail.NONE)]
    with pytest.raises(BadWords):
        api.set_payee(payee=Payable("1", 0, Rail.BANK, "wrong", "A"), officer=MAKER, at=world.now)
