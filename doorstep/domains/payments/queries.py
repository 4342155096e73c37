"""What officers and people read of payments. Accounts are masked everywhere but in files for banks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models import Model as Row

from doorstep.domains.payments import approving, keeping, life
from doorstep.domains.payments.iso.accounts import masked
from doorstep.domains.payments.models import Attempt, Batch, Difference, Payment
from doorstep.domains.payments.types import (
    AttemptView,
    BatchState,
    BatchView,
    DecisionView,
    DifferenceView,
    MessageView,
    NotFound,
    OwnPayment,
    Page,
    PaymentState,
    PaymentView,
    Rail,
    Totals,
)

R = TypeVar("R", bound=Row)
OWN = {
    PaymentState.DUE: "coming",
    PaymentState.SENT: "on_its_way",
    PaymentState.PAID: "arrived",
    PaymentState.FAILED: "came_back",
    PaymentState.RETURNED: "came_back",
    PaymentState.GIVEN_UP: "stopped",
}
"""Whether the bank refused or the money returned is for officers: to the person, it did not arrive and we see to it."""


def batches(programme: str, state: str, number: int, size: int) -> Page[BatchView]:
    """See ``api.list_batches``."""
    rows = Batch.objects.order_by("-id")
    rows = rows.filter(programme=programme) if programme else rows
    rows = rows.filter(state=state) if state else rows
    found, page = _page(rows, number, size)
    return Page(tuple(_batch(row) for row in found), *page)


def batch(id_: int) -> BatchView:
    """See ``api.batch``."""
    row = Batch.objects.filter(pk=id_).first()
    if row is None:
        raise NotFound(f"There is no batch {id_}.", mend="See all of them at the desk.")
    return _batch(row)


def payments(batch_: int, state: str, search: str, number: int, size: int) -> Page[PaymentView]:
    """See ``api.list_payments``."""
    found, page = _page(_chosen(batch_, state, search), number, size)
    stuck = _stuck([row.pk for row in found])
    return Page(tuple(_payment(row, row.batch, is_stuck=row.pk in stuck) for row in found), *page)


def each_payment(batch_: int, state: str) -> Iterator[PaymentView]:
    """Every payment of a batch, for a file."""
    for row in _chosen(batch_, state, "").iterator(2_000):
        yield _payment(row, row.batch)


def payment(id_: int) -> tuple[PaymentView, str]:
    """See ``api.payment``: the payment, and the mark of what was seen."""
    from doorstep.domains.payments.mending import mark_of

    row = Payment.objects.select_related("batch").filter(pk=id_).first()
    if row is None:
        raise NotFound(f"There is no payment {id_}.", mend="Look at the batch's page.")
    tries = tuple(_attempt(one) for one in row.attempts.order_by("number"))
    decisions = tuple(DecisionView(one.verdict, one.who, one.at, one.words) for one in row.decisions.order_by("id"))
    view = _payment(row, row.batch, tries, decisions, is_stuck=any(one.is_stuck for one in tries))
    return view, mark_of(row)


def waiting() -> int:
    """How many payments wait for a person: failed, returned, or without an answer for long."""
    failed = Payment.objects.filter(state__in=life.FOR_A_PERSON).count()
    return failed + Attempt.objects.filter(is_stuck=True).count()


def of_person(person: str) -> tuple[OwnPayment, ...]:
    """See ``api.payments_of``."""
    rows = Payment.objects.select_related("batch").filter(person=person).exclude(state=PaymentState.CANCELLED.value)
    shown = rows.exclude(batch__state__in=(BatchState.DRAFT.value, BatchState.CANCELLED.value)).order_by("-id")[:120]
    return tuple(
        OwnPayment(
            id=row.pk, programme=row.programme, period=row.period, amount=row.amount, currency=row.batch.currency,
            digits=row.batch.digits, key=OWN[PaymentState(row.state)], rail=Rail(row.rail),
            when=row.batch.due_date if row.state == "due" else row.changed_at.date(),
            account=_shown(row.account), complain_about=f"{row.batch.mark}-{row.pk}",
        )
        for row in shown
    )  # fmt: skip


def messages(batch_: int) -> tuple[MessageView, ...]:
    """See ``api.bank_files``."""
    rows = Batch.objects.get(pk=batch_).messages.annotate(n=Count("answers")).order_by("id")
    return tuple(MessageView(row.pk, row.message_id, Totals(row.count, row.amount), row.made_at, row.n) for row in rows)


def differences(batch_: int) -> tuple[DifferenceView, ...]:
    """See ``api.differences``."""
    rows = Difference.objects.filter(batch=batch_, settled_at__isnull=True).order_by("id")[:200]
    return tuple(
        DifferenceView(row.pk, row.payment, row.key, row.kind, row.ours, row.theirs, row.told_at) for row in rows
    )


def _chosen(batch_: int, state: str, search: str) -> QuerySet[Payment]:
    rows = Payment.objects.select_related("batch").filter(batch=batch_).order_by("id")
    if state == "waiting":
        stuck = Attempt.objects.filter(batch=batch_, is_stuck=True).values("payment")
        rows = rows.filter(Q(state__in=life.FOR_A_PERSON) | Q(pk__in=stuck))
    elif state:
        rows = rows.filter(state=state)
    return rows.filter(person__startswith=search) if search else rows


def _page(rows: QuerySet[R], number: int, size: int) -> tuple[Sequence[R], tuple[int, int, int]]:
    total = rows.count()
    pages = max(1, -(-total // size))
    here = min(max(1, number), pages)
    return list(rows[(here - 1) * size : here * size]), (here, pages, total)


def _stuck(payments_: Sequence[int]) -> set[int]:
    return set(Attempt.objects.filter(payment__in=payments_, is_stuck=True).values_list("payment", flat=True))


def _batch(row: Batch) -> BatchView:
    rails = Payment.objects.filter(batch=row).values("rail").annotate(count=Count("id"), sum=Sum("amount"))
    by_state: Mapping[PaymentState, Totals] = approving.by_state(row.pk)
    stuck = Attempt.objects.filter(batch=row.pk, is_stuck=True).count()
    return BatchView(
        id=row.pk, programme=row.programme, period=row.period, currency=row.currency, digits=row.digits,
        due_date=row.due_date, cut_off_at=row.cut_off_at, state=BatchState(row.state),
        totals=Totals(row.count, row.amount), by_state=by_state,
        by_rail={Rail(one["rail"]): Totals(one["count"], int(one["sum"])) for one in rails.order_by("rail")},
        made_by=row.made_by, made_at=row.made_at, approved_by=row.approved_by, approved_at=row.approved_at,
        ended_at=row.ended_at, words=row.words,
        waiting=stuck + sum(by_state[state].count for state in life.FOR_A_PERSON if state in by_state),
        differences=row.differences.filter(settled_at__isnull=True).count(),
    )  # fmt: skip


def _payment(
    row: Payment,
    batch_: Batch,
    tries: tuple[AttemptView, ...] = (),
    decisions: tuple[DecisionView, ...] = (),
    *,
    is_stuck: bool = False,
) -> PaymentView:
    return PaymentView(
        id=row.pk, batch=batch_.pk, programme=row.programme, period=row.period, person=row.person, name=row.name,
        amount=row.amount, currency=batch_.currency, digits=batch_.digits, rail=Rail(row.rail),
        account=_shown(row.account), state=PaymentState(row.state), code=row.code,
        due_date=batch_.due_date, changed_at=row.changed_at, attempts=tries, decisions=decisions, is_stuck=is_stuck,
    )  # fmt: skip


def _shown(stored: str) -> str:
    return masked(keeping.opened(stored)) if stored else ""


def _attempt(row: Attempt) -> AttemptView:
    return AttemptView(
        number=row.number, rail=Rail(row.rail), account=_shown(row.account),
        state=PaymentState(row.state), sent_at=row.sent_at, ended_at=row.ended_at, code=row.code,
        reference=row.reference, end_to_end=row.key, is_stuck=row.is_stuck,
    )  # fmt: skip
