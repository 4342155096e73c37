"""The outbox through its door, on PostgreSQL."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from doorstep.engines.outbox import api as outbox
from doorstep.engines.outbox.api import Draft, State, TransportError, Worker
from doorstep.engines.outbox.types import DELAYS, MOST_ATTEMPTS

AT = datetime(2026, 11, 1, 9, tzinfo=UTC)
LEASE = timedelta(minutes=5)
ME = Worker("me", size=3, lease=LEASE)


def write(key, *, lane="post", group="", at=AT, due_at=None, payload=None):
    with transaction.atomic():
        return outbox.enqueue(
            lane=lane, topic="letter", payload=payload or {"to": key}, key=key, at=at, group=group, due_at=due_at
        )


def claim(at=AT, size=10, worker="me", lane="post"):
    return outbox.claim(lane=lane, worker=worker, size=size, lease=LEASE, at=at)


def keys(messages):
    return [message.key for message in messages]


def lane(at=AT):
    (found,) = outbox.lanes(at=at)
    return found


def drain(transport, at=AT):
    return outbox.drain(lane="post", worker=ME, transport=transport, clock=lambda: at)


@pytest.mark.django_db
class TestWriting:
    def test_a_message_is_written_once_for_its_key(self):
        first = write("a", payload={"n": 1, "name": "আমিনা"})
        assert write("a", payload={"name": "আমিনা", "n": 1}) == first
        assert lane().waiting == 1
        (message,) = claim()
        assert message.payload == {"n": 1, "name": "আমিনা"}

    def test_a_key_that_stands_for_other_content_is_refused(self):
        write("a")
        for other in ({"payload": {"to": "b"}}, {"lane": "text"}, {"group": "g"}):
            with pytest.raises(outbox.KeyTaken):
                write("a", **other)
        assert lane().waiting == 1

    def test_nothing_is_told_of_an_act_that_did_not_happen(self):
        with transaction.atomic():
            outbox.enqueue(lane="post", topic="letter", payload={}, key="a", at=AT)
            transaction.set_rollback(True)
        assert outbox.find(key="a") is None

    @pytest.mark.parametrize(
        "wrong",
        [
            {"key": ""},
            {"key": "k" * 201},
            {"lane": "l" * 41},
            {"topic": ""},
            {"key": "a\0"},
            {"group": "g" * 121},
            {"payload": {"x": float("nan")}},
            {"payload": {"x": object()}},
            {"payload": {"x": "\0"}},
            {"payload": {"x": "\ud800"}},
            {"payload": {"x": "y" * 200_001}},
            {"due_at": datetime(2026, 11, 1)},
        ],
        ids=lambda wrong: f"{next(iter(wrong))} {str(next(iter(wrong.values())))[:8]!r}",
    )
    def test_a_message_that_cannot_be_kept_is_refused(self, wrong):
        good = {"lane": "post", "topic": "letter", "payload": {}, "key": "a", "at": AT}
        with pytest.raises(outbox.BadMessage), transaction.atomic():
            outbox.enqueue(**good | wrong)
        assert outbox.lanes(at=AT) == []

    def test_many_are_written_in_one_go_and_come_again_without_harm(self):
        drafts = [Draft("post", "letter", {"n": n}, f"k{n}", group="g" if n % 2 else "") for n in range(100)]
        with transaction.atomic():
            first = outbox.enqueue_many(drafts=drafts, at=AT)
        with transaction.atomic():
            assert outbox.enqueue_many(drafts=drafts[::-1], at=AT) == first
        assert lane().waiting == len(first) == 100
        assert outbox.enqueue_many(drafts=[], at=AT) == {}
        with pytest.raises(outbox.BadMessage), transaction.atomic():
            outbox.enqueue_many(drafts=[drafts[0], drafts[0]], at=AT)


@pytest.mark.django_db
class TestLeases:
    def test_what_is_leased_is_nobody_elses_until_the_lease_ends(self):
        write("a")
        write("b")
        (first,) = claim(size=1)
        assert keys(claim(worker="other")) == ["b"]
        assert claim(at=AT + LEASE - timedelta(seconds=1)) == []
        again = claim(at=AT + LEASE, worker="other")
        assert keys(again) == ["a", "b"]
        assert (first.attempt, again[0].attempt) == (1, 2)

    def test_the_longest_due_goes_first_and_nothing_before_its_time(self):
        write("later", due_at=AT + timedelta(hours=1))
        write("second")
        write("first", due_at=AT - timedelta(hours=1))
        assert keys(claim(size=1)) == ["first"]
        assert keys(claim()) == ["second"]
        assert "later" in keys(claim(at=AT + timedelta(hours=1)))

    def test_lanes_do_not_wait_for_one_another(self):
        write("a", lane="post")
        write("b", lane="text")
        assert keys(claim(lane="text")) == ["b"]
        assert outbox.lanes_due(at=AT) == ["post"]

    def test_a_success_counts_once_even_when_it_comes_late(self):
        write("a")
        (first,) = claim()
        (second,) = claim(at=AT + LEASE)
        assert outbox.succeeded(message=first, at=AT + LEASE, receipt="r1")
        assert not outbox.succeeded(message=second, at=AT + LEASE)
        assert outbox.failed(message=second, at=AT + LEASE, error="x") is None
        assert (outbox.find(key="a").state, outbox.find(key="a").receipt) == (State.SENT, "r1")

    def test_a_failure_from_a_lease_that_is_over_does_not_count(self):
        write("a")
        (first,) = claim()
        (second,) = claim(at=AT + LEASE)
        assert outbox.failed(message=first, at=AT + LEASE, error="x", permanent=True) is None
        assert outbox.succeeded(message=second, at=AT + LEASE)

    def test_a_message_that_kills_every_worker_ends_as_a_dead_letter(self):
        write("poison")
        for attempt in range(MOST_ATTEMPTS):
            assert keys(claim(at=AT + attempt * LEASE)) == ["poison"]
        assert claim(at=AT + MOST_ATTEMPTS * LEASE) == []
        assert "without a report" in outbox.letters(state=State.DEAD)[0].error

    @pytest.mark.parametrize("wrong", [{"size": 0}, {"lease": timedelta(0)}])
    def test_a_lease_is_of_something_and_lasts(self, wrong):
        with pytest.raises(outbox.OutboxError):
            outbox.claim(**{"lane": "post", "worker": "me", "size": 1, "lease": LEASE, "at": AT} | wrong)


@pytest.mark.django_db
class TestGroups:
    def test_a_group_keeps_its_order_and_holds_nobody_else_up(self):
        for number in range(3):
            write(f"g{number}", group="amina")
        write("h0", group="bilal")
        write("free")
        first = claim()
        assert keys(first) == ["g0", "h0", "free"]
        assert claim() == []
        outbox.failed(message=first[0], at=AT, error="busy")
        assert keys(claim()) == ["g0"]
        outbox.succeeded(message=first[0], at=AT)
        assert keys(claim()) == ["g1"]

    def test_a_dead_letter_holds_its_group_up_until_it_is_sent_or_dropped(self):
        for number in range(3):
            write(f"g{number}", group="amina")
        (first,) = claim()
        assert outbox.failed(message=first, at=AT, error="no such address", permanent=True) == State.DEAD
        assert claim() == []
        assert outbox.requeue(at=AT) == 1
        (again,) = claim()
        assert (again.key, again.attempt) == ("g0", 1)
        outbox.failed(message=again, at=AT, error="no such address", permanent=True)
        assert outbox.drop(at=AT, numbers=[again.id], reason="moved away") == 1
        assert outbox.drop(at=AT, numbers=[again.id], reason="moved away") == 0
        assert keys(claim()) == ["g1"]

    def test_the_database_refuses_a_second_of_a_group_on_its_way(self):
        write("g0", group="amina")
        write("g1", group="amina")
        with (
            pytest.raises(IntegrityError, match="one_of_a_series_goes"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("UPDATE outbox_message SET state = 'waiting'")


@pytest.mark.django_db(transaction=True)
class TestDraining:
    def test_everything_that_is_due_is_sent_in_order(self):
        for number in range(10):
            write(f"k{number}", group="amina" if number % 2 else "")
        got = []
        done = drain(lambda message: got.append(message.key) or f"receipt of {message.key}")
        assert done == outbox.Drained(sent=10)
        assert sorted(got) == sorted(f"k{number}" for number in range(10))
        assert [key for key in got if int(key[1:]) % 2] == ["k1", "k3", "k5", "k7", "k9"]
        assert lane().sent == 10
        assert outbox.find(key="k3").receipt == "receipt of k3"

    def test_a_failure_is_repeated_at_once_and_then_ever_later(self):
        number = write("a")

        def refuse(message):
            raise TransportError("The receiver is busy.")

        waits = []
        at = AT
        for _ in DELAYS[1:]:
            drain(refuse, at)
            due = outbox.find(key="a").due_at
            waits.append(due - at)
            at = due
        spread = 1 + (number % 11) / 100
        assert waits == [delay * spread for delay in DELAYS[1:]]
        assert drain(refuse, at) == outbox.Drained(dead=1)
        (letter,) = outbox.letters(state=State.DEAD)
        assert (letter.attempts, letter.error) == (MOST_ATTEMPTS, "The receiver is busy.")

    def test_a_permanent_failure_is_not_repeated(self):
        write("a")

        def refuse(message):
            raise TransportError("No such address.", permanent=True)

        assert drain(refuse) == outbox.Drained(dead=1)
        assert drain(refuse) == outbox.Drained()
        assert lane().dead == 1

    def test_a_mistake_in_a_transport_is_raised_and_loses_nothing(self):
        write("a")
        with pytest.raises(ZeroDivisionError):
            drain(lambda message: 1 / 0)
        assert drain(lambda message: "") == outbox.Drained(sent=1)

    def test_a_lease_that_ends_while_others_are_sent_is_given_up(self):
        for number in range(3):
            write(f"k{number}")
        now = [AT]

        def slow(message):
            now[0] += LEASE
            return ""

        done = outbox.drain(lane="post", worker=ME, transport=slow, clock=lambda: now[0])
        assert done.sent == 3
        assert [outbox.find(key=f"k{number}").attempts for number in range(3)] == [1, 2, 3]

    def test_a_lane_is_not_drained_within_a_transaction(self):
        with pytest.raises(outbox.OutboxError), transaction.atomic():
            drain(lambda message: "")

    def test_many_workers_send_each_message_once(self):
        with transaction.atomic():
            outbox.enqueue_many(
                drafts=[Draft("post", "letter", {}, f"k{n}", group=f"g{n % 7}" if n % 3 else "") for n in range(300)],
                at=AT,
            )
        got, lock = [], threading.Lock()

        def transport(message):
            with lock:
                got.append((message.group, message.id))
            return ""

        def work(name):
            try:
                outbox.drain(lane="post", worker=Worker(name, size=5), transport=transport, clock=lambda: AT)
            finally:
                connection.close()

        threads = [threading.Thread(target=work, args=[f"w{n}"]) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        drain(transport)
        assert len(got) == len(set(got)) == 300
        for group in {group for group, _ in got} - {""}:
            numbers = [number for name, number in got if name == group]
            assert numbers == sorted(numbers)

    def test_writers_of_a_group_at_once_never_overtake_each_other(self):
        def work(name):
            try:
                for n in range(20):
                    write(f"{name} {n}", group="g")
            finally:
                connection.close()

        threads = [threading.Thread(target=work, args=[f"w{n}"]) for n in range(4)]
        for thread in threads:
            thread.start()
        got = []
        while any(thread.is_alive() for thread in threads) or lane().waiting:
            if outbox.lanes(at=AT):
                drain(lambda message: got.append(message.id) or "")
        assert got == sorted(got)
        assert len(got) == 80


@pytest.mark.django_db
def test_content_is_erased_after_a_while_and_the_key_still_stands():
    write("a")
    (message,) = claim()
    outbox.succeeded(message=message, at=AT)
    assert outbox.erase_sent(before=AT) == 0
    assert outbox.erase_sent(before=AT + timedelta(seconds=1)) == 1
    assert write("a") == message.id
    assert claim(at=AT + LEASE) == []


@pytest.mark.django_db
def test_letters_are_listed_page_by_page():
    numbers = [write(f"k{number}") for number in range(5)]
    first = outbox.letters(state=State.WAITING, size=3)
    assert [letter.id for letter in first] == numbers[:1:-1]
    assert [letter.id for letter in outbox.letters(state=State.WAITING, before=first[-1].id)] == numbers[1::-1]
    assert outbox.letters(state=State.WAITING, lane="text") == []
