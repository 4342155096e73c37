"""What shops redeem, what was refused, and how they are paid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from doorstep.domains.vouchers import keys
from doorstep.domains.vouchers.models.giving import Voucher
from doorstep.domains.vouchers.models.people import Card, Holder
from doorstep.engines.pins.api import WithPin


class ShopAccess(WithPin):
    """With what a shop signs in."""

    shop = models.CharField(max_length=80, unique=True)

    def pin_ways(self, pin: str) -> Sequence[str]:
        """The PIN keyed with the scheme's own secret."""
        return [keys.peppered(pin, self.shop)]


class Settlement(models.Model):
    """One payment that a shop is due: everything of a period that was not paid before."""

    shop = models.CharField(max_length=80)
    from_date = models.DateField()
    until_date = models.DateField()
    pay_on = models.DateField()
    made_by = models.CharField(max_length=150)
    made_at = models.DateTimeField()
    leaf = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(from_date__lte=F("until_date")), name="settlement_of_a_period"),
        ]


class SettlementRow(models.Model):
    """The sum of one kind of one agency in a settlement."""

    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, related_name="rows")
    kind = models.CharField(max_length=80)
    agency = models.CharField(max_length=80)
    amount = models.BigIntegerField()
    redemptions = models.PositiveIntegerField()
    transfer = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["settlement", "kind", "agency"], name="one_sum_a_kind_and_agency")
        ]


class Redemption(models.Model):
    """Something was bought. ``key`` names the act for ever; ``undo`` is the transfer that took it back."""

    key = models.CharField(max_length=100, unique=True)
    number = models.CharField(max_length=9)
    shop = models.CharField(max_length=80)
    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="redemptions")
    holder = models.ForeignKey(Holder, on_delete=models.PROTECT, related_name="redemptions")
    kind = models.CharField(max_length=80)
    amount = models.BigIntegerField()
    how = models.CharField(max_length=8)
    at = models.DateTimeField()
    transfer = models.BigIntegerField()
    undo = models.BigIntegerField(null=True)
    undone_at = models.DateTimeField(null=True)
    leaf = models.BigIntegerField()
    undo_leaf = models.BigIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["shop", "-id"], name="redemptions_of_a_shop")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="redemption_of_something"),
            models.CheckConstraint(condition=Q(how__in=("online", "reserved", "bounded")), name="redemption_how"),
            models.CheckConstraint(
                condition=Q(undo__isnull=True, undone_at__isnull=True, undo_leaf__isnull=True)
                | Q(undo__isnull=False, undone_at__isnull=False, undo_leaf__isnull=False),
                name="redemption_undone_at_when_undone",
            ),
            models.UniqueConstraint(fields=["shop", "number"], name="one_receipt_a_number"),
        ]


class Part(models.Model):
    """From which voucher a redemption drew, and in which settlement the shop is paid for it.

    Without a ``voucher`` it is a loss that the ``agency`` bears: something redeemed offline that nothing covered.
    """

    redemption = models.ForeignKey(Redemption, on_delete=models.PROTECT, related_name="parts")
    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT, null=True, related_name="parts")
    agency = models.CharField(max_length=80)
    amount = models.BigIntegerField()
    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, null=True, related_name="parts")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["redemption"], condition=Q(settlement__isnull=True), name="parts_to_be_paid")
        ]
        constraints: ClassVar = [models.CheckConstraint(condition=Q(amount__gt=0), name="part_of_something")]


class Refusal(models.Model):
    """An attempt that was refused, and why. The card stands by its number where it is one of ours."""

    at = models.DateTimeField()
    code = models.CharField(max_length=40)
    shop = models.CharField(max_length=80, default="")
    device = models.CharField(max_length=40, default="")
    kind = models.CharField(max_length=80, default="")
    amount = models.BigIntegerField(default=0)
    card = models.CharField(max_length=12, default="")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["-at"], name="refusals_by_day")]


class Till(models.Model):
    """A shop's account on the ledger for one kind of one agency: what it has taken and was not paid yet."""

    shop = models.CharField(max_length=80)
    kind = models.CharField(max_length=80)
    agency = models.CharField(max_length=80)
    account = models.BigIntegerField(unique=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["shop", "kind", "agency"], name="one_till_a_kind_and_agency")
        ]
