"""Shops are paid, vouchers end on their last day, and the books are proved to the last unit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Q, QuerySet, Sum

from doorstep.domains.vouchers import book, proof
from doorstep.domains.vouchers.models import Expiry, Holder, Part, Reserve, Settlement, SettlementRow, Voucher
from doorstep.domains.vouchers.reading import Vouchers
from doorstep.domains.vouchers.types import (
    BadInput,
    Clerk,
    Due,
    NoSuch,
    NotAllowed,
    Reconciled,
    Refused,
    SettlementView,
)


@transaction.atomic
def settle(shop: str, *, until: date, scheme: Vouchers, clerk: Clerk, at: datetime) -> int:
    """Close a shop's account to a day, that day included; gives the settlement's number.

    Everything redeemed to then that was not settled before, late offline sales included. Raises ``Refused`` with
    ``nothing_due`` where there is nothing. The same shop settled twice at once is settled once.
    """
    scheme.shop(shop)
    if not clerk.supervises:
        raise NotAllowed("This needs the role of supervisor.", code="not_supervisor", mend="Ask a supervisor.")
    undo = timedelta(minutes=scheme.scheme.undo_minutes)
    if datetime(until.year, until.month, until.day, tzinfo=at.tzinfo) + timedelta(days=1) + undo > at:
        raise BadInput("The period is not over yet.", code="period_open", mend="Choose an earlier last day.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 8))", [f"vouchers settle {shop}"])
    parts = _unpaid(shop).filter(redemption__at__date__lte=until)
    sums = _sums(parts)
    if not sums:
        raise Refused("There is nothing to settle.", code="nothing_due", mend="Choose a later last day.")
    first = min(parts.values_list("redemption__at", flat=True)).date()
    made = Settlement(
        shop=shop,
        from_date=first,
        until_date=until,
        pay_on=at.date() + timedelta(days=scheme.scheme.settle_days),
        made_by=clerk.name,
        made_at=at,
    )
    made.leaf = proof.append("settled", proof.of_settlement(made))
    made.save()
    for due in sums:
        key = f"{made.pk}:{due.kind}:{due.agency}"
        transfer = book.settle(scheme.kind(due.kind), shop, due.agency, due.amount, key=key, at=at)
        SettlementRow.objects.create(
            settlement=made,
            kind=due.kind,
            agency=due.agency,
            amount=due.amount,
            redemptions=due.redemptions,
            transfer=transfer,
        )
    parts.update(settlement=made)
    return made.pk


def due(shop: str) -> Sequence[Due]:
    """What a shop has taken and was not paid yet, by kind and agency."""
    return _sums(_unpaid(shop))


def settlements(*, shop: str | None = None) -> list[SettlementView]:
    """Settlements, the newest first."""
    rows = Settlement.objects.order_by("-id").prefetch_related("rows")
    return [_view(one) for one in (rows.filter(shop=shop) if shop else rows)[:200]]


def settlement(number: int) -> SettlementView:
    """One settlement. Raises ``NoSuch``."""
    found = Settlement.objects.filter(pk=number).first()
    if found is None:
        raise NoSuch("There is no such settlement.", mend="Look at the list again.")
    return _view(found)


def expire(*, scheme: Vouchers, at: datetime) -> int:
    """End the vouchers whose last day is past: what is left goes back to the agency. Gives how many.

    What is reserved for a device stays until its reservation has ended.
    """
    past = Voucher.objects.filter(expires_on__lt=at.date(), expiry=None, account__isnull=False)
    done = 0
    for number in list(past.order_by("id").values_list("id", flat=True)):
        done += _expire(number, scheme, at)
    return done


@transaction.atomic
def _expire(number: int, scheme: Vouchers, at: datetime) -> int:
    voucher = Voucher.objects.get(pk=number)
    Holder.objects.select_for_update(no_key=True).get(pk=voucher.holder_id)
    if Expiry.objects.filter(voucher=voucher).exists():
        return 0
    [(_, balance)] = book.left([voucher])
    if balance.held:
        return 0
    if balance.available:
        transfer = book.expire(scheme.kind(voucher.kind), voucher, balance.available, at=at)
        Expiry.objects.create(voucher=voucher, amount=balance.available, transfer=transfer, at=at)
        return 1
    return 0


def reconcile(*, scheme: Vouchers) -> list[Reconciled]:
    """The books of every kind and agency, by the scheme's rows and by the ledger."""
    return [
        _reconcile(scheme, kind.id, agency.text) for kind in scheme.kinds.values() for agency in kind.agencies
    ]  # fmt: skip


def _reconcile(scheme: Vouchers, kind: str, agency: str) -> Reconciled:
    of = Q(kind=kind, agency=agency)
    issued = _sum(Voucher.objects.filter(of), "amount")
    parts = Part.objects.filter(redemption__kind=kind, agency=agency, redemption__undo=None)
    redeemed = _sum(parts.filter(voucher__isnull=False), "amount")
    expired = _sum(Expiry.objects.filter(voucher__kind=kind, voucher__agency=agency), "amount")
    reserved = _sum(Reserve.objects.filter(voucher__kind=kind, voucher__agency=agency), "left")
    settled = _sum(parts.filter(settlement__isnull=False), "amount")
    return Reconciled(
        kind=kind,
        agency=agency,
        issued=issued,
        redeemed=redeemed,
        expired=expired,
        reserved=reserved,
        left=_left(kind, agency),
        lost=_sum(parts.filter(voucher__isnull=True), "amount"),
        settled=settled,
        due=_sum(parts.filter(settlement__isnull=True), "amount"),
        ledger_left=book.on_vouchers(kind, agency),
        ledger_paid=book.at_shops(scheme.kind(kind), agency, scheme.scheme.shops),
    )


def _left(kind: str, agency: str) -> int:
    """What is on the vouchers and not reserved, voucher by voucher, from what was given and what was drawn."""
    left = 0
    rows = Voucher.objects.filter(kind=kind, agency=agency).annotate(
        drawn=Sum("parts__amount", filter=Q(parts__redemption__undo=None))
    )
    reserved = dict(
        Reserve.objects.filter(voucher__kind=kind, voucher__agency=agency)
        .values_list("voucher").annotate(sum=Sum("left"))
    )  # fmt: skip
    ended = dict(Expiry.objects.filter(voucher__kind=kind, voucher__agency=agency).values_list("voucher", "amount"))
    for number, amount, drawn in rows.values_list("id", "amount", "drawn"):
        rest = amount - (drawn or 0) - reserved.get(number, 0) - ended.get(number, 0)
        if rest < 0:
            raise AssertionError(f"voucher {number} was drawn beyond what it held")
        left += rest
    return left


def _unpaid(shop: str) -> QuerySet[Part]:
    return Part.objects.filter(settlement=None, redemption__shop=shop, redemption__undo=None)


def _sums(parts: QuerySet[Part]) -> list[Due]:
    rows = (
        parts.values_list("redemption__kind", "agency")
        .annotate(amount=Sum("amount"), count=Count("redemption", distinct=True))
        .order_by("redemption__kind", "agency")
    )
    return [Due(kind, agency, amount, count) for kind, agency, amount, count in rows]


def _sum(rows: QuerySet[Any], field: str) -> int:
    return rows.aggregate(sum=Sum(field))["sum"] or 0


def _view(one: Settlement) -> SettlementView:
    rows = [Due(row.kind, row.agency, row.amount, row.redemptions) for row in one.rows.order_by("kind", "agency")]
    return SettlementView(
        one.pk, one.shop, one.from_date, one.until_date, one.pay_on, one.made_by, one.made_at, rows
    )  # fmt: skip
