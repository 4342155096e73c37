"""Devices that may redeem without a connection, what they are permitted, and what they tell afterwards."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from doorstep.domains.vouchers.models.giving import Voucher
from doorstep.domains.vouchers.models.people import Holder
from doorstep.domains.vouchers.models.redeeming import Redemption


class Device(models.Model):
    """A shop's phone or tablet with a key pair of its own. ``upto``: everything to this number was taken."""

    code = models.CharField(max_length=40, unique=True)
    shop = models.CharField(max_length=80)
    public_key = models.BinaryField(max_length=32, unique=True)
    enrolled_by = models.CharField(max_length=150)
    enrolled_at = models.DateTimeField()
    closed_by = models.CharField(max_length=150, default="")
    closed_at = models.DateTimeField(null=True)
    upto = models.PositiveIntegerField(default=0)
    last_hash = models.CharField(max_length=64, default="")
    synced_at = models.DateTimeField(null=True)


class Permit(models.Model):
    """What a device may give without a connection: from one person's reserve, or anybody up to a cap."""

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="permits")
    kind = models.CharField(max_length=80)
    mode = models.CharField(max_length=8)
    holder = models.ForeignKey(Holder, on_delete=models.PROTECT, null=True, related_name="reservations")
    card = models.CharField(max_length=12, default="")
    person = models.BigIntegerField()
    total = models.BigIntegerField()
    loss = models.CharField(max_length=6, default="")
    agency = models.CharField(max_length=80, default="")
    from_at = models.DateTimeField()
    until = models.DateTimeField()
    sync_by = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(mode="reserved", holder__isnull=False, loss="")
                | Q(mode="bounded", holder__isnull=True, loss__in=("agency", "shop")),
                name="permit_mode",
            ),
            models.UniqueConstraint(
                fields=["device", "kind"],
                condition=Q(mode="bounded", ended_at__isnull=True),
                name="one_open_cap_a_device_and_kind",
            ),
        ]


class Reserve(models.Model):
    """What of one voucher is set aside for a permit: a hold on the ledger, replaced when a part of it is used."""

    permit = models.ForeignKey(Permit, on_delete=models.PROTECT, related_name="reserves")
    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT, related_name="reserves")
    hold = models.BigIntegerField()
    left = models.BigIntegerField()


class Entry(models.Model):
    """One line of a device's list, as it came. Taken in the order of its numbers, whatever order it came in.

    ``permit``, ``card`` and ``amount`` stand only where the entry was within its permit: they count towards its caps.
    """

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="entries")
    sequence = models.PositiveIntegerField()
    hash = models.CharField(max_length=64)
    text = models.TextField()
    received_at = models.DateTimeField()
    outcome = models.CharField(max_length=40, default="")
    permit = models.ForeignKey(Permit, on_delete=models.PROTECT, null=True, related_name="entries")
    card = models.CharField(max_length=12, default="")
    amount = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["device", "sequence"], name="one_entry_a_number")]


class Conflict(models.Model):
    """Something given offline that no voucher covered: how much, and who bears it (``agency:x`` or ``shop:y``)."""

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="conflict")
    redemption = models.ForeignKey(Redemption, on_delete=models.PROTECT, null=True, related_name="conflicts")
    kind = models.CharField(max_length=80)
    amount = models.BigIntegerField()
    bearer = models.CharField(max_length=90)
    reason = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0) & ~Q(bearer=""), name="conflict_borne_by_somebody")
        ]
