"""What the ledger stores. Only the functions of ``sql/`` write transfers; triggers refuse to alter or delete one."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q


class Unit(models.Model):
    """A unit of account: a currency, a kind of voucher, or goods. An amount is a whole number of ``10 ** -digits``."""

    code = models.CharField(max_length=40, primary_key=True)
    kind = models.CharField(max_length=8)
    digits = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=("currency", "voucher", "goods")), name="unit_kind"),
            models.CheckConstraint(condition=Q(digits__lte=6), name="unit_digits"),
        ]


class Account(models.Model):
    """Who has what, in one unit. ``balance`` and ``held`` are kept here only where there is a ``floor``."""

    holder = models.CharField(max_length=120)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT)
    kind = models.CharField(max_length=40)
    floor = models.BigIntegerField(null=True)
    balance = models.BigIntegerField(default=0)
    held = models.BigIntegerField(default=0)
    frozen = models.CharField(max_length=200, default="")
    opened_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["holder", "unit", "kind"], name="account_of_a_holder"),
            models.CheckConstraint(
                condition=Q(floor__isnull=True, balance=0, held=0)
                | Q(held__gte=0, balance__gte=F("floor") + F("held")),
                name="account_above_its_floor",
            ),
        ]


class Transfer(models.Model):
    """``amount`` from ``debit`` to ``credit``. The first row of an act has its key; ``act`` leads further ones to it.

    ``link`` names the act that this one ends (a hold) or reverses. The accounts are named by value: a foreign key
    would lock the row of a shop for everybody who pays there; accounts are never deleted.
    """

    key = models.CharField(max_length=120, null=True)  # noqa: DJ001 - a further row of an act has none, and many may
    act = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=8)
    debit = models.BigIntegerField()
    credit = models.BigIntegerField()
    amount = models.BigIntegerField()
    link = models.BigIntegerField(null=True)
    expires_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=120)
    note = models.JSONField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=("transfer", "hold", "post", "void")), name="transfer_kind"),
            models.CheckConstraint(condition=Q(amount__gt=0) & Q(amount__lt=2**62), name="transfer_of_something"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="transfer_between_two"),
            models.UniqueConstraint(fields=["key"], name="transfer_key"),
            models.UniqueConstraint(
                fields=["link"], condition=Q(link__isnull=False, key__isnull=False), name="one_end_or_reversal"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["debit", "id"],
                include=["amount"],
                condition=Q(kind__in=("transfer", "post")),
                name="transfers_out",
            ),
            models.Index(
                fields=["credit", "id"],
                include=["amount"],
                condition=Q(kind__in=("transfer", "post")),
                name="transfers_in",
            ),
            models.Index(fields=["act"], condition=Q(act__isnull=False), name="further_rows_of_an_act"),
            models.Index(fields=["expires_at"], condition=Q(kind="hold"), name="holds_by_their_end"),
        ]


class Subtotal(models.Model):
    """What the rows of an account without a floor add up to, up to the row ``upto``: see ``books.fold``."""

    account = models.BigIntegerField(primary_key=True)
    upto = models.BigIntegerField()
    amount = models.DecimalField(max_digits=30, decimal_places=0)
