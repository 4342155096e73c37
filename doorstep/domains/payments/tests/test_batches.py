"""A batch from its list to the last answer: four eyes, cut-off, totals, nobody twice, and money that agrees."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from doorstep.domains.country.api import read_country
from doorstep.domains.payments import api
from doorstep.domains.payments.models import Attempt, Batch, Message, Payment
from doorstep.domains.payments.tests.banks import status_file
from doorstep.domains.payments.tests.world import CHIEF, DEMO, IBAN, MAKER, ORDER, OTHER_CHIEF, bank, mobile
from doorstep.domains.payments.types import (
    AlreadyInBatch,
    BadList,
    BadStatus,
    BadWords,
    BatchState,
    DoesNotAddUp,
    NotAllowed,
    NotEnough,
    Payable,
    PaymentState,
    Rail,
    TooLate,
    Totals,
)
from doorstep.domains.wallets import api as wallets

P = PaymentState
PAID, REJECTED = ("ACSC", ""), ("RJCT", "AC04")


# --- drafting


def test_a_list_becomes_a_draft_with_its_totals(world):
    made = world.draft(bank("1", 5_000), mobile("2", 2_550), Payable("3", 100, Rail.WALLET), Payable("4", 7, Rail.NONE))
    assert (made.totals, made.without_account, made.left_out) == (Totals(4, 7_657), 1, 0)
    view = api.batch(id=made.batch)
    assert (view.state, view.totals, view.made_by) == (BatchState.DRAFT, made.totals, MAKER.name)
    assert view.by_rail[Rail.MOBILE] == Totals(1, 2_550)
    assert world.fund == 1_000_000, "a draft moves nothing"


def test_numbers_are_read_as_people_write_them(world):
    batch = world.draft(
        Payable("1", 1, Rail.BANK, "de89 3704 0044 0532 0130 00", " Jörg\u00a0 Maier "), mobile("2")
    ).batch
    row = Payment.objects.get(batch=batch, person="1")
    assert (row.account, row.name) == (IBAN, "Jörg Maier")
    assert api.list_payments(batch=batch).items[0].account == "••••3000"


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (Payable("9", 1, Rail.BANK, "DE89370400440532013001", "A"), "no IBAN"),
        (Payable("9", 1, Rail.BANK, IBAN, "A", "NOBIC"), "no BIC"),
        (Payable("9", 1, Rail.BANK, IBAN), "owner"),
        (Payable("9", 1, Rail.MOBILE, "0912345678", "A"), "telephone"),
        (Payable("9", 1, Rail.WALLET, IBAN), "takes no account"),
        (Payable("9", 0, Rail.WALLET), "above zero"),
        (Payable("9", -5, Rail.WALLET), "above zero"),
        (Payable("9", 10**16, Rail.WALLET), "impossibly"),
        (Payable(" ", 1, Rail.WALLET), "person"),
        (Payable("1", 1, Rail.WALLET), "before"),
    ],
)
def test_one_row_that_cannot_be_paid_refuses_the_list(world, row, why):
    with pytest.raises(BadList) as refused:
        world.draft(bank("1"), row)
    (refusal,) = refused.value.refusals
    assert refusal.row == 2
    assert why in refusal.why
    assert not Batch.objects.exists()


def test_nobody_is_in_two_batches_of_one_period(world):
    world.draft(bank("1"), bank("2"))
    with pytest.raises(AlreadyInBatch) as refused:
        world.draft(bank("3"), bank("2"))
    assert [refusal.row for refusal in refused.value.refusals] == [2]
    assert world.draft(bank("3"), bank("2"), only_new=True).left_out == 1
    assert world.draft(bank("2"), period="2026-12").totals.count == 1
    assert world.draft(bank("2"), programme="school-meals").totals.count == 1
    with pytest.raises(BadList):
        world.draft(bank("3"), bank("2"), only_new=True)


def test_the_database_itself_refuses_a_second_payment(world):
    batch = world.draft(bank("1")).batch
    row = Payment.objects.get(batch=batch)
    row.pk = None
    with pytest.raises(IntegrityError, match="one_payment_a_person_and_period"), transaction.atomic():
        row.save()


def test_the_database_itself_refuses_a_second_try_beside_the_first(world):
    batch = world.sent(bank("1"))
    row = Attempt.objects.get(batch=batch)
    row.pk, row.key, row.number = None, "another", 2
    with pytest.raises(IntegrityError, match="one_attempt_at_a_time"), transaction.atomic():
        row.save()


@pytest.mark.parametrize(
    "changes",
    [
        {"period": ""},
        {"currency": "eur"},
        {"due_date": date(2026, 11, 1)},
        {"debtor": None},
        {"period": "x" * 21},
    ],
)
def test_an_order_that_cannot_be_is_refused(world, changes):
    with pytest.raises(BadList):
        world.draft(bank("1"), **changes)


def test_an_empty_list_is_no_batch(world):
    with pytest.raises(BadList, match="nobody"):
        world.draft()


# --- approving


def test_two_people_look_at_every_batch(world):
    batch = world.draft(bank("1")).batch
    with pytest.raises(NotAllowed):
        api.approve_batch(batch=batch, officer=MAKER, at=world.now)
    own = api.draft_batch(order=ORDER, rows=[bank("2")], officer=CHIEF, at=world.now).batch
    assert not api.can_approve(batch=own, officer=CHIEF)
    with pytest.raises(NotAllowed, match="You made"):
        api.approve_batch(batch=own, officer=CHIEF, at=world.now)
    with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
        Batch.objects.filter(pk=own).update(approved_by=CHIEF.name)
    with pytest.raises(TooLate):
        api.send_batch(batch=own, at=world.now)
    assert api.can_approve(batch=own, officer=OTHER_CHIEF)
    api.approve_batch(batch=own, officer=OTHER_CHIEF, at=world.now)
    assert api.batch(id=own).state is BatchState.APPROVED
    with pytest.raises(TooLate):
        api.approve_batch(batch=own, officer=OTHER_CHIEF, at=world.now)


def test_after_the_cut_off_a_batch_is_moved_to_another_day_first(world):
    batch = world.draft(bank("1")).batch
    world.now = ORDER.cut_off_at + timedelta(seconds=1)
    with pytest.raises(TooLate, match="cut-off"):
        api.approve_batch(batch=batch, officer=CHIEF, at=world.now)
    late = {"due_date": date(2026, 11, 9), "cut_off_at": world.now + timedelta(days=2)}
    with pytest.raises(BadWords):
        api.postpone_batch(batch=batch, officer=MAKER, at=world.now, **{**late, "cut_off_at": world.now})
    api.postpone_batch(batch=batch, officer=MAKER, at=world.now, **late)
    api.approve_batch(batch=batch, officer=CHIEF, at=world.now)
    with pytest.raises(TooLate):
        api.postpone_batch(batch=batch, officer=MAKER, at=world.now, **late)


def test_what_was_seen_is_what_is_approved(world):
    batch = world.draft(bank("1")).batch
    with pytest.raises(DoesNotAddUp):
        api.approve_batch(batch=batch, officer=CHIEF, at=world.now, seen=Totals(1, 4_999))
    Payment.objects.filter(batch=batch).update(amount=9_999)
    with pytest.raises(DoesNotAddUp, match="does not add up"):
        api.approve_batch(batch=batch, officer=CHIEF, at=world.now, seen=Totals(1, 5_000))


def test_totals_are_counted_again_before_anything_is_sent(world):
    batch = world.approved(bank("1"))
    Payment.objects.filter(batch=batch).update(amount=9_999)
    with pytest.raises(DoesNotAddUp):
        api.send_batch(batch=batch, at=world.now)
    assert world.fund == 1_000_000


def test_a_batch_can_be_cancelled_until_it_goes(world):
    batch = world.approved(bank("1"))
    with pytest.raises(BadWords):
        api.cancel_batch(batch=batch, officer=MAKER, words=" ", at=world.now)
    api.cancel_batch(batch=batch, officer=MAKER, words="The list was of October.", at=world.now)
    assert world.states(batch) == {"1": P.CANCELLED}
    again = world.sent(bank("1"))
    with pytest.raises(TooLate):
        api.cancel_batch(batch=again, officer=MAKER, words="Too late.", at=world.now)


# --- sending


def test_money_leaves_the_fund_once_and_a_file_is_the_same_whenever_it_is_written(world, tmp_path):
    batch = world.approved(*(bank(str(number)) for number in range(5)))
    assert api.send_batch(batch=batch, at=world.now, size=2).sent == 5
    assert api.send_batch(batch=batch, at=world.now, size=2).sent == 0
    assert world.fund == 1_000_000 - 25_000
    assert [one.totals.count for one in api.bank_files(batch=batch)] == [2, 2, 1]
    written = api.write_files(batch=batch, folder=tmp_path / "out")
    assert len(written) == 3
    before = {name: (tmp_path / "out" / name).read_bytes() for name in written}
    assert api.write_files(batch=batch, folder=tmp_path / "out") == ()
    (tmp_path / "out" / written[1]).unlink()
    world.later(days=1)
    assert api.write_files(batch=batch, folder=tmp_path / "out") == (written[1],)
    assert {name: (tmp_path / "out" / name).read_bytes() for name in written} == before
    assert not list((tmp_path / "out").glob("*.part*"))
    assert world.agrees()


def test_nothing_is_sent_that_the_fund_does_not_have(world):
    batch = world.approved(bank("1", 1_000_001))
    with pytest.raises(NotEnough):
        api.send_batch(batch=batch, at=world.now)
    assert api.batch(id=batch).state is BatchState.APPROVED
    assert world.fill(1, "second") == 1_000_001
    assert world.fill(1, "second") == 1_000_001, "the same allotment twice is one"
    assert api.send_batch(batch=batch, at=world.now).sent == 1


def test_wallets_are_paid_at_once_and_who_has_none_waits_for_a_person(world):
    number, frozen = world.open_wallet("1"), world.open_wallet("3")
    wallets.freeze(number=frozen, by="Mina", why="A court said so.", at=world.now)
    batch = world.sent(*(Payable(person, 700, Rail.WALLET) for person in "123"))
    assert world.states(batch) == {"1": P.PAID, "2": P.FAILED, "3": P.FAILED}
    assert {one.person: one.code for one in api.each_payment(batch=batch)}["2"] == "no_wallet"
    assert wallets.wallet(country=read_country(DEMO), number=number, at=world.now).balance == 700
    assert api.batch(id=batch).state is BatchState.PARTLY_FAILED
    assert world.fund == 1_000_000 - 700
    assert world.agrees()
    world.open_wallet("2")
    world.decide(world.payment(batch, "2"), "retry")
    api.send_batch(batch=batch, at=world.now)
    assert world.states(batch)["2"] is P.PAID
    assert world.agrees()


def test_whoever_told_no_account_waits_for_a_person_and_is_not_forgotten(world):
    world.open_wallet("1")
    batch = world.sent(Payable("1", 700, Rail.WALLET), Payable("2", 300, Rail.NONE))
    view = api.batch(id=batch)
    assert (view.state, view.waiting) == (BatchState.PARTLY_FAILED, 1)
    assert world.fund == 1_000_000 - 700, "the money of who cannot be paid stays"
    payment = world.payment(batch, "2")
    with pytest.raises(TooLate):
        world.decide(payment, "retry")
    with pytest.raises(NotAllowed):
        world.decide(payment, "other_account", MAKER, bank("2"))
    world.decide(payment, "other_account", CHIEF, bank("2"))
    assert api.send_batch(batch=batch, at=world.now).sent == 1
    world.answer(batch, lambda person, key: PAID)
    assert api.batch(id=batch).state is BatchState.SETTLED
    assert world.fund == 1_000_000 - 1_000
    assert world.agrees()


# --- what banks answer


def test_what_the_bank_paid_arrives_and_what_it_refused_returns(world):
    batch = world.sent(*(bank(str(number)) for number in range(4)))
    told = {"0": PAID, "1": REJECTED, "2": ("ACSP", "")}
    first = world.answer(batch, lambda person, key: told.get(person))
    assert (first.told, first.paid, first.failed, first.pending, first.differences) == (3, 1, 1, 1, 0)
    assert world.states(batch) == {"0": P.PAID, "1": P.FAILED, "2": P.SENT, "3": P.SENT}
    assert world.fund == 1_000_000 - 15_000
    assert api.batch(id=batch).state is BatchState.SENDING
    assert world.agrees()
    world.answer(batch, lambda person, key: PAID if person in "23" else None)
    assert api.batch(id=batch).state is BatchState.PARTLY_FAILED
    assert world.agrees()


def test_the_same_answer_twice_changes_nothing(world):
    batch = world.sent(bank("1"))
    message = Message.objects.get(batch=batch)
    content = status_file(message.message_id, [(Attempt.objects.get().key, *PAID)])
    assert world.take_in(content).paid == 1
    again = world.take_in(content)
    assert again.is_repeated
    assert again.paid == 1
    reworded = world.take_in(content.replace("BANK-1", "BANK-2"))
    assert (reworded.is_repeated, reworded.paid, reworded.differences) == (False, 0, 0)
    assert world.agrees()


@pytest.mark.parametrize(("status", "state"), [("ACSC", P.PAID), ("RJCT", P.FAILED), ("ACTC", P.SENT), ("", P.SENT)])
def test_a_status_of_the_whole_file_holds_for_every_payment_without_its_own(world, status, state):
    batch = world.sent(bank("1"), bank("2"), bank("3"))
    world.answer(batch, lambda person, key: REJECTED if person == "2" else None, group=(status, "") if status else None)
    assert world.states(batch) == {"1": state, "2": P.FAILED, "3": state}
    assert world.agrees()


def test_what_does_not_agree_is_listed_and_nothing_follows_from_it(world):
    batch = world.sent(*(bank(str(number)) for number in range(6)))
    world.answer(batch, lambda person, key: {"4": PAID, "5": REJECTED}.get(person))
    message = Message.objects.get(batch=batch)
    keys = dict(Attempt.objects.values_list("payment__person", "key"))
    lines = [
        (keys["0"], *PAID), (keys["1"], *PAID), ("no-such-key", *PAID), (keys["2"], *PAID), (keys["2"], *REJECTED),
        (keys["3"], "WHAT", ""), (keys["4"], *REJECTED), (keys["5"], *PAID),
    ]  # fmt: skip
    amounts = {keys["0"]: ("EUR", "49.99"), keys["1"]: ("USD", "50.00")}
    content = status_file(message.message_id, lines, amounts=amounts, count=6, total="300.00")
    assert world.take_in(content).differences == 7
    found = {one.end_to_end: one for one in api.differences(batch=batch)}
    kinds = {person: found[key].kind for person, key in keys.items() if key in found}
    assert kinds == {
        "0": "amount", "1": "currency", "2": "contradiction", "3": "status", "4": "backwards", "5": "paid_after_failed",
    }  # fmt: skip
    assert found["no-such-key"].kind == "unknown"
    assert (found[keys["0"]].ours, found[keys["0"]].theirs) == ("EUR 50.00", "EUR 49.99")
    assert world.states(batch) == {"0": P.SENT, "1": P.SENT, "2": P.SENT, "3": P.SENT, "4": P.PAID, "5": P.FAILED}
    assert world.agrees()
    world.take_in(content.replace("BANK-1", "BANK-3"))
    assert len(api.differences(batch=batch)) == 7, "each is told once"
    first = api.differences(batch=batch)[0]
    api.settle_difference(difference=first.id, officer=MAKER, words="The bank had a typo.", at=world.now)
    assert len(api.differences(batch=batch)) == 6
    with pytest.raises(TooLate):
        api.settle_difference(difference=first.id, officer=MAKER, words="Again.", at=world.now)


def test_an_amount_with_more_decimals_than_the_currency_is_never_ours(world):
    batch = world.sent(bank("1"))
    key = Attempt.objects.get().key
    assert world.answer(batch, lambda *_: PAID, amounts={key: ("EUR", "50.001")}).differences == 1
    assert world.states(batch) == {"1": P.SENT}


@pytest.mark.parametrize(
    "change",
    [
        lambda content, id_: content.replace(id_, "somebody-else-M1"),
        lambda content, id_: content.replace("pain.001.001.09", "pain.008.001.02"),
        lambda content, id_: content.replace("<OrgnlNbOfTxs>1<", "<OrgnlNbOfTxs>2<"),
        lambda content, id_: content.replace("<OrgnlCtrlSum>50.00<", "<OrgnlCtrlSum>50.01<"),
        lambda content, id_: content.replace("<OrgnlEndToEndId>", "<OrgnlInstrId>").replace(
            "</OrgnlEndToEndId>", "</OrgnlInstrId>"
        ),
        lambda content, id_: content[:-20],
        lambda content, id_: content.replace("</TxInfAndSts>", "</TxInfAndSts><broken>"),
    ],
)
def test_an_answer_that_is_not_ours_or_is_broken_changes_nothing(world, change):
    batch = world.sent(bank("1"))
    message = Message.objects.get(batch=batch)
    content = status_file(message.message_id, [(Attempt.objects.get().key, *PAID)], total="50.00")
    with pytest.raises(BadStatus):
        world.take_in(change(content, message.message_id))
    assert world.states(batch) == {"1": P.SENT}
    assert world.take_in(content).paid == 1


def test_an_answer_about_another_file_of_ours_is_a_difference(world):
    batch = world.approved(bank("1"), bank("2"))
    api.send_batch(batch=batch, at=world.now, size=1)
    other = Attempt.objects.order_by("id").first().key
    assert world.answer(batch, lambda person, key: ("ACSC", "")).paid == 1
    message = Message.objects.filter(batch=batch).latest("id").message_id
    assert world.take_in(status_file(message, [(other, *PAID)])).differences == 1
    assert api.differences(batch=batch)[0].kind == "other_file"
