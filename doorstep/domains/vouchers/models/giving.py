"""How vouchers come to people: lists, their lines, the vouchers, and what people contest."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from doorstep.domains.vouchers.models.people import Holder


class Batch(models.Model):
    """A list of one agency for one kind and one month. Released by somebody else than who made it."""

    agency = models.CharField(max_length=80)
    kind = models.CharField(max_length=80)
    month = models.DateField()
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=9, default="checked")
    made_by = models.CharField(max_length=150)
    made_at = models.DateTimeField()
    released_by = models.CharField(max_length=150, default="")
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=("checked", "released", "cancelled")), name="voucher_batch_state"
            ),
            models.CheckConstraint(
                condition=Q(state="checked", released_at__isnull=True, released_by="")
                | ~Q(state="checked") & Q(released_at__isnull=False) & ~Q(released_by=""),
                name="voucher_batch_released_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="released") | ~Q(released_by=F("made_by")), name="voucher_batch_four_eyes"
            ),
            models.UniqueConstraint(
                fields=["agency", "kind", "month", "digest"],
                condition=~Q(state="cancelled"),
                name="no_list_comes_twice",
            ),
        ]


class Line(models.Model):
    """One line of a list. ``given + set_aside = wanted``; ``problem`` says why a line cannot be read."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="lines")
    row = models.PositiveIntegerField()
    pseudonym = models.CharField(max_length=64)
    language = models.CharField(max_length=12, default="")
    wanted = models.BigIntegerField(default=0)
    given = models.BigIntegerField(default=0)
    set_aside = models.BigIntegerField(default=0)
    had = models.BigIntegerField(default=0)
    agencies = models.JSONField(default=list)
    problem = models.CharField(max_length=40, default="")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["pseudonym"], condition=Q(set_aside__gt=0), name="set_aside_by_person")
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "row"], name="one_line_a_row"),
            models.CheckConstraint(
                condition=Q(given__gte=0, set_aside__gte=0, wanted=F("given") + F("set_aside")),
                name="line_adds_up",
            ),
        ]


class Contest(models.Model):
    """Somebody says that what was set aside is theirs. A person answers with words."""

    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="contests")
    text = models.TextField()
    received_at = models.DateTimeField()
    due = models.DateField()
    state = models.CharField(max_length=8, default="pending")
    decided_by = models.CharField(max_length=150, default="")
    decided_at = models.DateTimeField(null=True)
    words = models.TextField(default="")
    leaf = models.BigIntegerField()
    answer_leaf = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="pending", decided_at__isnull=True, decided_by="", words="")
                | Q(state__in=("upheld", "rejected"), decided_at__isnull=False, answer_leaf__isnull=False)
                & ~Q(decided_by="")
                & ~Q(words=""),
                name="contest_decided_by_somebody_with_words",
            ),
            models.UniqueConstraint(fields=["line"], name="one_contest_a_line"),
        ]


class Voucher(models.Model):
    """What one agency gave one person: an account on the ledger that only that person's card can draw from."""

    holder = models.ForeignKey(Holder, on_delete=models.PROTECT, related_name="vouchers")
    kind = models.CharField(max_length=80)
    agency = models.CharField(max_length=80)
    month = models.DateField()
    amount = models.BigIntegerField()
    account = models.BigIntegerField(null=True, unique=True)
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="vouchers")
    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, null=True, related_name="vouchers")
    issued_at = models.DateTimeField()
    expires_on = models.DateField()
    leaf = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["holder", "kind", "expires_on"], name="vouchers_of_a_holder"),
            models.Index(fields=["kind", "month"], name="vouchers_of_a_month"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="voucher_of_something"),
            models.UniqueConstraint(fields=["line"], condition=Q(contest__isnull=True), name="one_voucher_a_line"),
            models.UniqueConstraint(fields=["contest"], name="one_voucher_a_contest"),
        ]


class Expiry(models.Model):
    """What was left of a voucher on its last day, and went back to the agency."""

    voucher = models.OneToOneField(Voucher, on_delete=models.PROTECT, related_name="expiry")
    amount = models.BigIntegerField()
    transfer = models.BigIntegerField()
    at = models.DateTimeField()
