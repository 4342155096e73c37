"""What officers see of devices and funds, and the receipts of what people were given and took."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from doorstep.domains.vouchers import book, looking, permitting, proof, settling
from doorstep.domains.vouchers.models import Conflict, Device, Holder, Line, Redemption, Voucher
from doorstep.domains.vouchers.reading import Vouchers
from doorstep.domains.vouchers.types import (
    BatchState,
    ConflictView,
    DeviceDetail,
    EntryView,
    FundView,
    HolderView,
    NoSuch,
    PermitView,
)
from doorstep.engines.evidence import api as evidence
from doorstep.engines.evidence.types import ReceiptView
from doorstep.engines.looks import api as looks

SHOWN = 100


def device(code: str) -> DeviceDetail:
    """One device: its permits, what it told last, and what was not covered. Raises ``NoSuch``."""
    one = Device.objects.filter(code=code).first()
    if one is None:
        raise NoSuch("There is no such device.", mend="Look at the code again.")
    drawn = dict(one.entries.values_list("permit").annotate(sum=Sum("amount")))
    return DeviceDetail(
        device=permitting.view(one),
        closed_by=one.closed_by,
        permits=[
            PermitView(
                row.pk, row.kind, row.mode, row.person, row.total, drawn.get(row.pk) or 0, row.loss, row.from_at,
                row.until, row.sync_by, row.ended_at,
            )
            for row in one.permits.order_by("-id")[:SHOWN]
        ],
        entries=[
            EntryView(row.sequence, row.received_at, row.amount, row.permit.kind if row.permit else "", row.outcome)
            for row in one.entries.select_related("permit").order_by("-sequence")[:SHOWN]
        ],
        conflicts=[
            ConflictView(one.code, row.entry.sequence, row.kind, row.amount, row.bearer, row.reason, row.at)
            for row in Conflict.objects.filter(entry__device=one).select_related("entry").order_by("-id")[:SHOWN]
        ],
    )  # fmt: skip


def funds(scheme: Vouchers, *, at: datetime) -> list[FundView]:
    """Each agency's fund of each kind: what is left in it, what lists that wait would take, what is bound."""
    waiting = {
        (kind, agency): sum_
        for kind, agency, sum_ in Line.objects.filter(batch__state=BatchState.CHECKED)
        .values_list("batch__kind", "batch__agency")
        .annotate(sum=Sum("given"))
    }
    return [
        FundView(
            line.kind,
            line.agency,
            book.fund_left(scheme.kind(line.kind), line.agency, at=at),
            waiting.get((line.kind, line.agency), 0),
            line.left + line.reserved,
        )
        for line in settling.reconcile(scheme=scheme)
    ]


def look_at_holder(pseudonym: str, *, who: str, purpose: str, at: datetime) -> HolderView:
    """A person's vouchers for an officer, whose look the person sees. Raises ``NoSuch``."""
    with transaction.atomic():
        seen = looking.holder(pseudonym)
        looks.record(subject=subject_of(pseudonym), who=who, purpose=purpose, at=at)
        return seen


def subject_of(pseudonym: str) -> str:
    """What a look at somebody's vouchers is a look at."""
    return f"vouchers:{pseudonym}"


def receipt(pseudonym: str, what: str) -> ReceiptView:
    """The receipt of a line of somebody's statement, by its ``proof``. Raises ``NoSuch``, ``NoReceipt``."""
    holder = Holder.objects.filter(pseudonym=pseudonym).first()
    act, _, name = what.partition("-")
    if holder is not None and act == "given" and name.isdecimal() and len(name) < 18:
        voucher = holder.vouchers.select_related("holder").filter(pk=int(name)).first()
        if voucher is not None:
            return _of_voucher(voucher)
    made = Redemption.objects.filter(holder=holder, number=name).first() if holder is not None else None
    return _of_redemption(made, act)


def receipt_of_shop(shop: str, number: str, *, undone: bool) -> ReceiptView:
    """The receipt of a redemption at a shop, or of its undoing. Raises ``NoSuch``, ``NoReceipt``."""
    made = Redemption.objects.filter(shop=shop, number=number).first()
    return _of_redemption(made, "undone" if undone else "redeemed")


def _of_voucher(voucher: Voucher) -> ReceiptView:
    return _told(voucher.leaf, "given", proof.of_voucher(voucher))


def _of_redemption(made: Redemption | None, act: str) -> ReceiptView:
    if made is not None and act == "redeemed":
        return _told(made.leaf, act, proof.of_redemption(made))
    if made is not None and act == "undone" and made.undo_leaf is not None:
        return _told(made.undo_leaf, act, proof.of_undo(made))
    raise NoSuch("There is no such receipt here.", mend="Choose one from the list.")


def _told(leaf: int, act: str, content: Mapping[str, str]) -> ReceiptView:
    return evidence.receipt(leaf=leaf, kind=f"voucher.{act}", content=content)
