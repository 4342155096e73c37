"""A batch before it goes: approved by a second person, moved to another day, or cancelled; and when it has ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, Sum

from doorstep.domains.payments import life, policies, proving
from doorstep.domains.payments.life import BatchEvent
from doorstep.domains.payments.models import Batch, Payment
from doorstep.domains.payments.types import (
    BadWords,
    BatchState,
    DoesNotAddUp,
    NotFound,
    Officer,
    PaymentState,
    TooLate,
    Totals,
)


def approve(batch: int, officer: Officer, seen: Totals | None, at: datetime) -> None:
    """See ``api.approve_batch``."""
    with transaction.atomic():
        row = locked(batch)
        after = life.after_batch(BatchState(row.state), BatchEvent.APPROVE)
        policies.check_approve(officer, row, at)
        if seen is not None and (seen.count, seen.amount) != (row.count, row.amount):
            raise DoesNotAddUp("The batch is not what you saw.", mend="Look at it again.")
        check_totals(row)
        row.state, row.approved_by, row.approved_at = after.value, officer.name, at
        row.approved_leaf = proving.append(proving.of_approval(row))
        row.save()


def cancel(batch: int, officer: Officer, words: str, at: datetime) -> None:
    """See ``api.cancel_batch``."""
    policies.check_officer(officer)
    with transaction.atomic():
        row = locked(batch)
        row.state = life.after_batch(BatchState(row.state), BatchEvent.CANCEL).value
        row.words, row.ended_at = policies.checked_words(words), at
        row.save()
        Payment.objects.filter(batch=row, state=PaymentState.DUE.value).update(
            state=PaymentState.CANCELLED.value, changed_at=at
        )


def postpone(batch: int, officer: Officer, due_date: date, cut_off_at: datetime, at: datetime) -> None:
    """See ``api.postpone_batch``."""
    policies.check_officer(officer)
    if due_date < at.date() or cut_off_at <= at:
        raise BadWords("That day or its cut-off has passed.", field="due_date", mend="Choose a later day.")
    with transaction.atomic():
        row = locked(batch)
        if row.state != BatchState.DRAFT.value:
            raise TooLate("Only a draft can be moved to another day.", mend="Look at it again.")
        row.due_date, row.cut_off_at = due_date, cut_off_at
        row.save()


def locked(batch: int) -> Batch:
    """The row, held until the transaction ends. Raises ``NotFound``."""
    row = Batch.objects.select_for_update().filter(pk=batch).first()
    if row is None:
        raise NotFound(f"There is no batch {batch}.", mend="See all of them at the desk.")
    return row


def by_state(batch: int) -> Mapping[PaymentState, Totals]:
    """Every state of the batch's payments that occurs, with its totals."""
    rows = Payment.objects.filter(batch=batch).values("state").annotate(count=Count("id"), sum=Sum("amount"))
    found = {row["state"]: Totals(row["count"], int(row["sum"])) for row in rows.order_by()}
    return {state: found[state.value] for state in PaymentState if state.value in found}


def check_totals(row: Batch) -> None:
    """Raise ``DoesNotAddUp`` where the payments are no longer what the batch was when its list came in."""
    found = by_state(row.pk).values()
    count, amount = sum(one.count for one in found), sum(one.amount for one in found)
    if (count, amount) != (row.count, row.amount):
        raise DoesNotAddUp(
            f"Batch {row.pk} does not add up.",
            why=f"It was made with {row.count} payments of {row.amount} minor units; {count} of {amount} are there.",
            mend="Stop, and look at the database's history before anything is sent.",
        )


def close_if_done(batch: int, at: datetime) -> None:
    """Once nothing is due or on its way, the batch is settled, or partly failed; its totals are counted again."""
    if Payment.objects.filter(batch=batch, state__in=life.OPEN).exists():
        return
    row = locked(batch)
    if Payment.objects.filter(batch=batch, state__in=life.OPEN).exists():
        return
    failed = Payment.objects.filter(batch=batch, state__in=life.FOR_A_PERSON).exists()
    event = BatchEvent.SETTLE_WITH_FAILURES if failed else BatchEvent.SETTLE
    if not life.can_batch(BatchState(row.state), event):
        return
    check_totals(row)
    row.state, row.ended_at = life.after_batch(BatchState(row.state), event).value, at
    row.save(update_fields=["state", "ended_at"])
