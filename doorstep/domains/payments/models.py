"""What payments stores. Constraints hold what must be true of a row: nobody is paid twice, whatever the code does.

The tables that a batch fills by the million (payment, attempt) name their batch and one another by value: they are
written by this package alone, together, in one transaction.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from doorstep.domains.payments.types import BatchState, PaymentState, Rail

ATTEMPT_STATES = (PaymentState.SENT, PaymentState.PAID, PaymentState.FAILED, PaymentState.RETURNED)


def _one_of(field: str, *values: str) -> Q:
    return Q(**{f"{field}__in": [str(value) for value in values]})


class Batch(models.Model):
    """Many payments of one programme for one period, made by one person and approved by another.

    ``count`` and ``amount`` (minor units) were counted when the list came in: every later step counts again.
    """

    programme = models.CharField(max_length=80)
    period = models.CharField(max_length=20)
    mark = models.CharField(max_length=10, unique=True)
    digest = models.CharField(max_length=64)
    currency = models.CharField(max_length=3)
    digits = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=140, default="")
    debtor_name = models.CharField(max_length=140, default="")
    debtor_iban = models.CharField(max_length=34, default="")
    debtor_bic = models.CharField(max_length=11, default="")
    version = models.CharField(max_length=2, default="09")
    due_date = models.DateField()
    cut_off_at = models.DateTimeField()
    count = models.PositiveBigIntegerField()
    amount = models.PositiveBigIntegerField()
    state = models.CharField(max_length=16, default=BatchState.DRAFT.value)
    made_by = models.CharField(max_length=150)
    made_at = models.DateTimeField()
    approved_by = models.CharField(max_length=150, default="")
    approved_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    words = models.TextField(default="")
    leaf = models.BigIntegerField()
    approved_leaf = models.BigIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["programme", "-id"], name="batch_by_programme")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=_one_of("state", *BatchState), name="batch_state"),
            models.CheckConstraint(condition=~Q(made_by=F("approved_by")), name="batch_approved_by_a_second_person"),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "cancelled"))
                | Q(approved_at__isnull=False, approved_at__lte=F("cut_off_at"), approved_leaf__isnull=False)
                & ~Q(approved_by=""),
                name="batch_approved_before_it_goes",
            ),
            models.CheckConstraint(condition=Q(count__gt=0, amount__gt=0), name="batch_pays_somebody"),
        ]

    def __str__(self) -> str:
        return f"{self.programme} {self.period} ({self.state})"


class Payment(models.Model):
    """What one person is to get. ``tries``: how many attempts there were; ``code``: why the last one failed."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    programme = models.CharField(max_length=80)
    period = models.CharField(max_length=20)
    person = models.CharField(max_length=80)
    amount = models.PositiveBigIntegerField()
    rail = models.CharField(max_length=6)
    account = models.CharField(max_length=40, default="")
    bic = models.CharField(max_length=11, default="")
    name = models.CharField(max_length=140, default="")
    state = models.CharField(max_length=9, default=PaymentState.DUE.value)
    code = models.CharField(max_length=35, default="")
    tries = models.PositiveSmallIntegerField(default=0)
    changed_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["batch", "state", "rail", "id"], name="payments_of_a_batch"),
            models.Index(fields=["person"], name="payments_of_a_person"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=_one_of("state", *PaymentState), name="payment_state"),
            models.CheckConstraint(condition=_one_of("rail", *Rail), name="payment_rail"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_pays_something"),
            models.UniqueConstraint(
                fields=["programme", "period", "person"],
                condition=~Q(state="cancelled"),
                name="one_payment_a_person_and_period",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme} {self.period} ({self.state})"


class Message(models.Model):
    """A file that a bank gets. It can be written again from its attempts, always the same."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="messages")
    message_id = models.CharField(max_length=35, unique=True)
    count = models.PositiveBigIntegerField()
    amount = models.PositiveBigIntegerField()
    made_at = models.DateTimeField()
    due_date = models.DateField()

    def __str__(self) -> str:
        return self.message_id


class Attempt(models.Model):
    """One try to pay, with the account as it was then. At most one of a payment is on its way or has arrived.

    For mobile money the row is also what waits to be sent: ``next_at`` says when to speak with the provider next,
    ``asked_at`` when the first order left, ``taken_until`` how long a worker holds it.
    """

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="attempts", db_constraint=False)
    batch = models.BigIntegerField()
    number = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=35, unique=True)
    message = models.BigIntegerField(null=True)
    amount = models.PositiveBigIntegerField()
    rail = models.CharField(max_length=6)
    account = models.CharField(max_length=40, default="")
    bic = models.CharField(max_length=11, default="")
    name = models.CharField(max_length=140, default="")
    state = models.CharField(max_length=9, default=PaymentState.SENT.value)
    code = models.CharField(max_length=35, default="")
    reference = models.CharField(max_length=80, default="")
    sent_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    taken_until = models.DateTimeField(null=True)
    polls = models.PositiveSmallIntegerField(default=0)
    is_stuck = models.BooleanField(default=False)
    leaf = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["message"], condition=Q(message__isnull=False), name="attempts_of_a_message"),
            models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="attempts_to_speak_of"),
            models.Index(fields=["batch"], condition=Q(is_stuck=True), name="attempts_that_are_stuck"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=_one_of("state", *ATTEMPT_STATES), name="attempt_state"),
            models.CheckConstraint(
                condition=Q(state="sent", ended_at__isnull=True)
                | ~Q(state="sent") & Q(ended_at__isnull=False, next_at__isnull=True, is_stuck=False),
                name="attempt_ended_at_when_ended",
            ),
            models.UniqueConstraint(
                fields=["payment"], condition=Q(state__in=("sent", "paid")), name="one_attempt_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} ({self.state})"


class StatusFile(models.Model):
    """A file with a bank's answers that was taken in: the same file a second time changes nothing."""

    sha256 = models.CharField(max_length=64, unique=True)
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="answers")
    told = models.PositiveBigIntegerField()
    counts = models.JSONField(default=dict)
    leaf = models.BigIntegerField()
    taken_by = models.CharField(max_length=150)
    taken_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"answer of {self.taken_at:%Y-%m-%d}"


class Difference(models.Model):
    """Something that somebody else told and that does not agree with us. A person settles it, with words."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="differences")
    payment = models.BigIntegerField(null=True)
    key = models.CharField(max_length=80)
    kind = models.CharField(max_length=20)
    ours = models.CharField(max_length=80)
    theirs = models.CharField(max_length=80)
    told_at = models.DateTimeField()
    settled_by = models.CharField(max_length=150, default="")
    settled_at = models.DateTimeField(null=True)
    words = models.TextField(default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["batch", "key", "kind", "theirs"],
                condition=Q(settled_at__isnull=True),
                name="a_difference_is_told_once",
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, settled_by="", words="")
                | Q(settled_at__isnull=False) & ~Q(settled_by="") & ~Q(words=""),
                name="difference_settled_by_somebody_with_words",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.told_at:%Y-%m-%d})"


class Decision(models.Model):
    """What an officer did about a payment, and why. Never changed afterwards."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="decisions", db_constraint=False)
    verdict = models.CharField(max_length=16)
    who = models.CharField(max_length=150)
    at = models.DateTimeField()
    words = models.TextField()
    leaf = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(who="") & ~Q(words=""), name="payment_decided_by_somebody_with_words")
        ]

    def __str__(self) -> str:
        return f"{self.verdict} of {self.at:%Y-%m-%d}"


class PayeeChange(models.Model):
    """Another account for a person: asked for by one officer, decided by a supervisor who did not ask."""

    person = models.CharField(max_length=80)
    rail = models.CharField(max_length=6)
    account = models.CharField(max_length=40, default="")
    bic = models.CharField(max_length=11, default="")
    name = models.CharField(max_length=140, default="")
    words = models.TextField()
    asked_by = models.CharField(max_length=150)
    asked_at = models.DateTimeField()
    leaf = models.BigIntegerField()
    state = models.CharField(max_length=8, default="open")
    decided_by = models.CharField(max_length=150, default="")
    decided_at = models.DateTimeField(null=True)
    decided_leaf = models.BigIntegerField(null=True)
    answer = models.TextField(default="")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["person"], name="changes_of_a_payee")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True, decided_by="", decided_leaf__isnull=True)
                | Q(state__in=("approved", "refused"), decided_at__isnull=False, decided_leaf__isnull=False)
                & ~Q(decided_by="")
                & ~Q(answer=""),
                name="payee_change_decided_with_words",
            ),
            models.CheckConstraint(
                condition=~Q(asked_by="") & ~Q(words="") & ~Q(asked_by=F("decided_by")),
                name="payee_changed_by_two_people",
            ),
            models.UniqueConstraint(fields=["person"], condition=Q(state="open"), name="one_open_payee_change"),
        ]

    def __str__(self) -> str:
        return f"paid by {self.rail} ({self.state})"


class Payee(models.Model):
    """Where a person wants to be paid, for programmes that pay whoever is entitled."""

    person = models.CharField(max_length=80, primary_key=True)
    rail = models.CharField(max_length=6)
    account = models.CharField(max_length=40, default="")
    bic = models.CharField(max_length=11, default="")
    name = models.CharField(max_length=140, default="")
    changed_by = models.CharField(max_length=150)
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=_one_of("rail", *Rail), name="payee_rail")]

    def __str__(self) -> str:
        return f"paid by {self.rail}"
