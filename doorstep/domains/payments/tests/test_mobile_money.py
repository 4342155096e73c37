"""Mobile money against a provider that behaves badly: nobody is paid twice, and nobody is forgotten."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import timedelta

import pytest

from doorstep.domains.payments import api
from doorstep.domains.payments.mobile.transport import Answer, MoneyOrder, MoneyState, TransportError, sign
from doorstep.domains.payments.models import Attempt
from doorstep.domains.payments.tests.provider import SECRET, Provider, Served
from doorstep.domains.payments.tests.world import CHIEF, IBAN, mobile
from doorstep.domains.payments.types import BadCallback, BatchState, Payable, PaymentState, Rail, TooLate

P = PaymentState
EVERY_TROUBLE = {
    "lost before": 0.2, "lost after": 0.3, "broken": 0.2, "fails": 0.1, "pays at once": 0.5, "lost callback": 0.5,
    "refuses repeats": 0.5,
    "twice": 0.5,
}  # fmt: skip
KEY = "key-of-the-ministry"


def gsma(url, **changes):
    return api.Gsma(url=url, key=KEY, secrets=(SECRET,), seconds=2, **changes)


def poll_until_quiet(world, transport, callbacks=None):
    """Workers go round until nothing waits; the clock goes on by hours."""
    for _ in range(60):
        api.poll(transport=transport, at=world.now, size=100)
        for headers, body in callbacks() if callbacks else ():
            api.receive_callback(transport=transport, headers=headers, body=body, at=world.now)
        world.later(hours=7)
        if not Attempt.objects.filter(next_at__isnull=False).exists():
            return
    raise AssertionError("somebody is forgotten")


@pytest.mark.parametrize("seed", range(6))
def test_nobody_is_paid_twice_and_nobody_forgotten_whatever_the_provider_does(world, seed):
    provider = Provider(seed=seed, troubles=EVERY_TROUBLE, refused=frozenset({"+351910000003"}), final_after=3)
    batch = world.sent(*(mobile(str(number), 1_000 + number, number) for number in range(25)))
    with Served(provider) as url:
        poll_until_quiet(world, gsma(url), provider.callbacks)
    assert set(provider.paid.values()) <= {1}, "the provider paid somebody twice"
    ours = {one.key for one in Attempt.objects.filter(batch=batch, state="paid")}
    assert ours == set(provider.paid), "we say paid if and only if the provider paid"
    assert Attempt.objects.filter(batch=batch, state="failed", code="identifierError").count() == 1
    assert set(world.states(batch).values()) <= {P.PAID, P.FAILED}
    assert api.batch(id=batch).state is BatchState.PARTLY_FAILED
    assert not api.differences(batch=batch)
    assert world.agrees()


def test_a_payment_whose_answer_was_lost_after_it_was_paid_is_not_sent_again(world):
    provider = Provider(troubles={"lost after": 1, "pays at once": 1})
    batch = world.sent(mobile("1"))
    with Served(provider) as url:
        assert api.poll(transport=gsma(url), at=world.now).pending == 1
        assert world.states(batch) == {"1": P.SENT}
        world.later(minutes=1)
        assert api.poll(transport=gsma(url), at=world.now).paid == 1
    assert provider.calls == {"pay": 1, "ask": 1}
    assert list(provider.paid.values()) == [1]
    assert world.agrees()


def test_an_order_that_never_arrived_is_sent_again_under_the_same_key(world):
    provider = Provider(troubles={"lost before": 1})
    world.sent(mobile("1"))
    with Served(provider) as url:
        api.poll(transport=gsma(url), at=world.now)
        provider.troubles = {"pays at once": 1}
        world.later(minutes=1)
        assert api.poll(transport=gsma(url), at=world.now).paid == 1
    assert list(provider.paid.values()) == [1]


def test_a_worker_that_died_while_speaking_leaves_its_work_to_the_next(world):
    class Dies:
        def pay(self, order):
            raise KeyboardInterrupt

    batch = world.sent(mobile("1"))
    with pytest.raises(KeyboardInterrupt):
        api.poll(transport=Dies(), at=world.now)
    provider = Provider(troubles={"pays at once": 1})
    with Served(provider) as url:
        world.later(minutes=5)
        assert api.poll(transport=gsma(url), at=world.now).paid == 0, "the lease still runs"
        world.later(minutes=6)
        assert api.poll(transport=gsma(url), at=world.now).paid == 1
    assert provider.calls == {"ask": 1, "pay": 1}, "it asks before it sends, because nobody knows what was said"
    assert world.states(batch) == {"1": P.PAID}


def test_questions_come_later_each_time_and_a_person_is_told_in_the_end(world):
    provider = Provider(final_after=10**6)
    batch = world.sent(mobile("1"))
    waits = []
    with Served(provider) as url:
        for number in range(12):
            api.poll(transport=gsma(url), at=world.now)
            (due,) = Attempt.objects.values_list("next_at", flat=True)
            waits.append(due - world.now)
            assert api.batch(id=batch).waiting == (number == 11)
            world.now = due
        assert waits[0] == timedelta(seconds=30)
        assert waits == sorted(waits)
        assert waits[-1] == timedelta(hours=6)
        payment = world.payment(batch, "1")
        assert api.payment(id=payment)[0].is_stuck
        assert [one.person for one in api.list_payments(batch=batch, state="waiting").items] == ["1"]
        provider.final_after = 1
        assert api.poll(transport=gsma(url), at=world.now).paid == 1, "the asking goes on"
    assert api.batch(id=batch).waiting == 0


def test_a_person_may_say_what_became_of_a_payment_without_answer_and_only_then(world):
    provider = Provider(final_after=10**6)
    batch = world.sent(mobile("1"))
    payment = world.payment(batch, "1")
    with pytest.raises(TooLate):
        world.decide(payment, "was_not_paid")
    with Served(provider) as url:
        for _ in range(12):
            api.poll(transport=gsma(url), at=world.now)
            world.later(hours=7)
        world.decide(payment, "was_not_paid")
        assert world.states(batch) == {"1": P.FAILED}
        order = next(iter(provider.orders.values()))
        order.status = "completed"
        headers, body = provider.callback(order)
        api.receive_callback(transport=gsma(url), headers=headers, body=body, at=world.now)
    assert world.states(batch) == {"1": P.FAILED}
    assert [one.kind for one in api.differences(batch=batch)] == ["paid_after_failed"]
    assert world.agrees()


# --- callbacks


def order_of(world):
    """A provider that has taken one order, and its transport."""
    provider = Provider(final_after=10**6)
    batch = world.sent(mobile("1"))
    with Served(provider) as url:
        api.poll(transport=gsma(url), at=world.now)
    return batch, provider, next(iter(provider.orders.values())), gsma(url)


def tell(world, transport, told):
    api.receive_callback(transport=transport, headers=told[0], body=told[1], at=world.now)


@pytest.mark.parametrize("seed", range(5))
def test_callbacks_come_in_any_order_and_number(world, seed):
    batch, provider, order, transport = order_of(world)
    told = [provider.callback(replace(order, status=status)) for status in ("pending", "completed", "reversed")] * 2
    random.Random(seed).shuffle(told)
    for one in told:
        tell(world, transport, one)
    assert world.states(batch) == {"1": P.RETURNED}
    assert not api.differences(batch=batch)
    assert world.fund == 1_000_000
    assert world.agrees()


def test_a_callback_that_nobody_signed_changes_nothing(world):
    batch, provider, order, transport = order_of(world)
    headers, body = provider.callback(replace(order, status="completed"))
    for wrong in ({}, {"X-Signature": ""}, {"X-Signature": "é" * 64}, {"X-Signature": sign(body, "another")}):
        with pytest.raises(BadCallback, match="signature"):
            tell(world, transport, (wrong, body))
    with pytest.raises(BadCallback, match="signature"):
        tell(world, transport, (headers, body + b" "))
    assert world.states(batch) == {"1": P.SENT}
    tell(world, transport, ({"x-signature": headers["X-Signature"].upper()}, body))
    assert world.states(batch) == {"1": P.PAID}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b'{"requestingOrganisationTransactionReference": 5}',
        b'{"requestingOrganisationTransactionReference": "x", "status": "strange"}',
        b'{"requestingOrganisationTransactionReference": "no-such", "status": "completed"}',
    ],
)
def test_a_signed_callback_without_sense_is_refused(world, body):
    *_, transport = order_of(world)
    with pytest.raises(BadCallback):
        tell(world, transport, ({"X-Signature": sign(body, SECRET)}, body))


@pytest.mark.parametrize(
    ("changes", "kind"),
    [({"amount": "49.99"}, "amount"), ({"currency": "USD"}, "currency"), ({"amount": "x"}, "amount")],
)
def test_another_sum_than_ours_is_no_payment_but_a_difference(world, changes, kind):
    batch, provider, order, transport = order_of(world)
    tell(world, transport, provider.callback(replace(order, status="completed"), **changes))
    assert world.states(batch) == {"1": P.SENT}
    assert [one.kind for one in api.differences(batch=batch)] == [kind]
    assert api.batch(id=batch).waiting == 1
    assert world.agrees()


def test_a_failure_after_it_was_paid_is_a_difference(world):
    batch, provider, order, transport = order_of(world)
    tell(world, transport, provider.callback(replace(order, status="completed")))
    tell(world, transport, provider.callback(replace(order, status="failed")))
    assert world.states(batch) == {"1": P.PAID}
    assert [one.kind for one in api.differences(batch=batch)] == ["backwards"]


def test_a_secret_can_be_replaced_while_both_hold(world):
    batch, provider, order, _ = order_of(world)
    transport = api.Gsma(url="http://127.0.0.1:1", key=KEY, secrets=("the new one", SECRET))
    tell(world, transport, provider.callback(replace(order, status="completed")))
    assert world.states(batch) == {"1": P.PAID}


# --- the wire


ORDER = MoneyOrder("key-1", "+351910000001", "12.50", "EUR", "Warm homes")


def test_the_order_on_the_wire_is_as_the_interface_says():
    provider = Provider()
    with Served(provider) as url:
        assert gsma(url).pay(ORDER).state is MoneyState.PENDING
    ((correlation, order),) = provider.orders.items()
    assert correlation == ORDER.correlation == replace(ORDER, amount="1").correlation
    assert json.loads(json.dumps(order.body)) == {
        "amount": "12.50",
        "currency": "EUR",
        "creditParty": [{"key": "msisdn", "value": "+351910000001"}],
        "type": "disbursement",
        "subType": "government-to-person",
        "descriptionText": "Warm homes",
        "requestingOrganisationTransactionReference": "key-1",
    }


def test_only_a_refusal_of_the_order_itself_is_final():
    provider = Provider(refused=frozenset({ORDER.phone}))
    with Served(provider) as url:
        with pytest.raises(TransportError) as refused:
            gsma(url).pay(ORDER)
        assert refused.value.permanent
        provider.refused, provider.troubles = frozenset(), {"broken": 1}
        with pytest.raises(TransportError) as refused:
            gsma(url).pay(ORDER)
        assert not refused.value.permanent
        assert gsma(url).ask(replace(ORDER, end_to_end="another")) is None
    with pytest.raises(TransportError) as refused:
        gsma(url).pay(ORDER)
    assert not refused.value.permanent, "nobody answers: it may have been paid"
    with pytest.raises(TransportError):
        gsma("file:///etc/passwd")


def test_a_refusal_of_an_order_sent_again_is_believed_only_if_the_first_did_not_come(world):
    """The first order was slow: nobody knew of it when asked, and it was there when the second came."""

    class Slow:
        said = [TransportError("No answer.", permanent=False), TransportError("duplicate", permanent=True)]
        known = [None, Answer(MoneyState.PAID, "MM1")]

        def pay(self, order):
            raise self.said.pop(0)

        def ask(self, order):
            return self.known.pop(0)

    batch = world.sent(mobile("1"))
    api.poll(transport=Slow(), at=world.now)
    world.later(minutes=1)
    assert api.poll(transport=Slow(), at=world.now).paid == 1
    assert world.states(batch) == {"1": P.PAID}


def test_a_failed_number_is_paid_at_another_account(world):
    provider = Provider(refused=frozenset({"+351910000001"}))
    batch = world.sent(mobile("1", number=1))
    with Served(provider) as url:
        assert api.poll(transport=gsma(url), at=world.now).failed == 1
    world.decide(world.payment(batch, "1"), "other_account", CHIEF, Payable("", 1, Rail.BANK, IBAN, "Person 1"))
    assert api.send_batch(batch=batch, at=world.now).sent == 1
    world.answer(batch, lambda *_: ("ACSC", ""))
    assert world.states(batch) == {"1": P.PAID}
    assert world.agrees()
