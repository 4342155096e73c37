"""What a person does about payments that failed, came back or got no answer; always with words.

- ``retry``: once more to the same account. ``other_account``: to another one, which only a supervisor may name who
  did not make the batch. ``give_up``: it is not paid; this can be taken back by paying it after all.
- ``was_paid`` and ``was_not_paid``: a person asked the bank or provider about an attempt without an answer.
- ``came_back``: a person was told that money which had arrived has come back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from doorstep.domains.payments import approving, keeping, life, money, payees, policies, proving, settling
from doorstep.domains.payments.life import BatchEvent, PaymentEvent
from doorstep.domains.payments.models import Attempt, Batch, Decision, Difference, Payment
from doorstep.domains.payments.types import (
    BadWords,
    BatchState,
    Ended,
    NotAllowed,
    NotFound,
    Officer,
    Payable,
    PaymentState,
    Rail,
    TooLate,
)

RETRY, OTHER, GIVE_UP = "retry", "other_account", "give_up"
TOLD: Mapping[str, PaymentState] = {
    "was_paid": PaymentState.PAID,
    "was_not_paid": PaymentState.FAILED,
    "came_back": PaymentState.RETURNED,
}
VERDICTS = (RETRY, OTHER, GIVE_UP, *TOLD)


def can(payment: PaymentState, rail: Rail, *, is_stuck: bool) -> tuple[str, ...]:
    """Which verdicts a payment in this state may get."""
    found = []
    if life.can_payment(payment, PaymentEvent.RETRY):
        found += [RETRY, OTHER] if rail is not Rail.NONE else [OTHER]
    if life.can_payment(payment, PaymentEvent.GIVE_UP):
        found.append(GIVE_UP)
    if payment is PaymentState.SENT and (is_stuck or rail is Rail.BANK):
        found += ["was_paid", "was_not_paid"]
    if payment is PaymentState.PAID and rail is not Rail.WALLET:
        found.append("came_back")
    return tuple(found)


def decide(
    payment: int, verdict: str, officer: Officer, words: str, at: datetime, *, account: Payable | None, seen: str
) -> None:
    """See ``api.decide_payment``."""
    policies.check_officer(officer)
    why = policies.checked_words(words)
    with transaction.atomic():
        row, batch = _locked(payment)
        state = PaymentState(row.state)
        if seen and seen != mark_of(row):
            raise TooLate("This payment has changed since you opened it.", mend="Look at it again, then decide.")
        stuck = Attempt.objects.filter(payment=row, state="sent", is_stuck=True).exists()
        if verdict not in can(state, Rail(row.rail), is_stuck=stuck):
            raise TooLate("This cannot be decided now.", why=f"The payment is {state.value}.", mend="Look at it again.")
        decision = Decision(payment=row, verdict=verdict, who=officer.name, at=at, words=why)
        decision.leaf = proving.append(proving.of_decision(decision))
        decision.save()
        if verdict in TOLD:
            _tell(row, TOLD[verdict], at)
        elif verdict == GIVE_UP:
            row.state, row.changed_at = life.after_payment(state, PaymentEvent.GIVE_UP).value, at
            row.save(update_fields=["state", "changed_at"])
            approving.close_if_done(batch.pk, at)
        else:
            if verdict == OTHER:
                _change_account(row, batch, officer, account)
            _retry(row, batch, at)


def settle_difference(difference: int, officer: Officer, words: str, at: datetime) -> None:
    """See ``api.settle_difference``."""
    policies.check_officer(officer)
    why = policies.checked_words(words)
    with transaction.atomic():
        row = Difference.objects.select_for_update().filter(pk=difference).first()
        if row is None:
            raise NotFound("There is no such difference.", mend="Look at the batch's page.")
        if row.settled_at is not None:
            raise TooLate("This was settled already.", why=f"By {row.settled_by}.")
        row.settled_by, row.settled_at, row.words = officer.name, at, why
        row.save()


def mark_of(row: Payment) -> str:
    """What an officer has seen of a payment: a decision about anything else is refused."""
    return f"{row.state}.{row.tries}.{int(row.changed_at.timestamp() * 1_000_000)}"


def _locked(payment: int) -> tuple[Payment, Batch]:
    """Both rows, the batch first, as everybody locks them."""
    found = Payment.objects.filter(pk=payment).values_list("batch_id", flat=True).first()
    if found is None:
        raise NotFound(f"There is no payment {payment}.", mend="Look at the batch's page.")
    batch = approving.locked(found)
    return Payment.objects.select_for_update().get(pk=payment), batch


def _tell(row: Payment, state: PaymentState, at: datetime) -> None:
    attempt = Attempt.objects.filter(payment=row, number=row.tries).first()
    if attempt is None or not settling.settle([Ended(attempt.pk, state, "told_by_officer")], at):
        raise TooLate("An answer has come meanwhile.", mend="Look at it again.")


def _change_account(row: Payment, batch: Batch, officer: Officer, account: Payable | None) -> None:
    if not officer.may_approve or officer.name == batch.made_by:
        raise NotAllowed(
            "Another account is named by a supervisor who did not make the batch.",
            why="Whoever could change an account alone could take the money.",
            mend="Ask another supervisor.",
        )
    if account is None:
        raise BadWords("Give the account.", field="account")
    clean = payees.tidy(replace(account, person=row.person, amount=row.amount, name=account.name or row.name))
    if clean.rail is Rail.NONE:
        raise BadWords("Choose how to pay.", field="rail")
    if fault := payees.fault_of_account(clean):
        raise BadWords(fault[:1].upper() + fault[1:] + ".", field="account")
    if clean.rail is Rail.BANK and not batch.debtor_iban:
        raise BadWords("This programme does not pay by bank.", field="rail", mend="Choose another way.")
    row.rail, row.bic, row.name = clean.rail.value, clean.bic, clean.name
    row.account = keeping.sealed(clean.account)


def _retry(row: Payment, batch: Batch, at: datetime) -> None:
    """The payment is due again, and its money leaves the fund again: it goes with the next sending of its batch."""
    row.state, row.changed_at = life.after_payment(PaymentState(row.state), PaymentEvent.RETRY).value, at
    row.save(update_fields=["state", "rail", "account", "bic", "name", "changed_at"])
    key = f"payments:retry:{row.pk}:{Decision.objects.filter(payment=row).count()}"
    money.reserve(key, row.programme, batch.currency, {Rail(row.rail): row.amount}, at)
    if batch.state != BatchState.SENDING.value:
        batch.state, batch.ended_at = life.after_batch(BatchState(batch.state), BatchEvent.RETRY).value, None
        batch.save(update_fields=["state", "ended_at"])
