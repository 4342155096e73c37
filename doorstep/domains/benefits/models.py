"""What benefits stores. Constraints hold what must be true of a row; ``actions`` and ``consequences`` write.

The tables that a run fills by the hundred thousand (entitlement, decision, notice) name their run, their version of the
country and one another by value: a foreign key there would cost more than the row itself, and all of them are written
by this package alone, together, in one transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.db.models import F, Q


def _one_of(field: str, *values: str) -> Q:
    return Q(**{f"{field}__in": values})


class Run(models.Model):
    """One decision of everybody, with what went in and what came out."""

    programme = models.CharField(max_length=80)
    version = models.CharField(max_length=64)
    as_of = models.DateField()
    kind = models.CharField(max_length=8)
    state = models.CharField(max_length=10, default="started")
    everyone = models.BooleanField(default=False)
    started_by = models.CharField(max_length=150)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    seconds = models.DecimalField(max_digits=10, decimal_places=2, default=0)
    inputs_digest = models.CharField(max_length=64, default="")
    inputs = models.JSONField(default=list)
    faults = models.JSONField(default=dict)
    deliverers = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    groups = models.JSONField(default=dict)
    files = models.JSONField(default=dict)
    message = models.TextField(default="")
    suppress_under = models.PositiveSmallIntegerField(default=5)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["programme", "-id"], name="run_by_programme")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=_one_of("kind", "trial", "real", "past"), name="run_kind"),
            models.CheckConstraint(
                condition=_one_of("state", "started", "finished", "failed", "refused"), name="run_state"
            ),
            models.CheckConstraint(
                condition=Q(state="started", finished_at__isnull=True)
                | ~Q(state="started") & Q(finished_at__gte=F("started_at")),
                name="run_finished_when_not_started",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme} on {self.as_of} ({self.kind})"


class WhatIf(models.Model):
    """Everybody decided twice, by the law and by another figure of it: the numbers, and nothing of any person."""

    programme = models.CharField(max_length=80)
    version = models.CharField(max_length=64)
    as_of = models.DateField()
    changes = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    groups = models.JSONField(default=dict)
    inputs = models.JSONField(default=list)
    faults = models.PositiveBigIntegerField(default=0)
    started_by = models.CharField(max_length=150)
    started_at = models.DateTimeField()
    seconds = models.DecimalField(max_digits=10, decimal_places=2, default=0)
    suppress_under = models.PositiveSmallIntegerField(default=5)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["programme", "-id"], name="whatif_by_programme")]

    def __str__(self) -> str:
        return f"what if in {self.programme} on {self.as_of}"


class Entitlement(models.Model):
    """What one contract gets, from when to when, and why. At most one is not ended.

    ``waiting`` and ``refused`` never were in force: ``from_date`` is the day on which it would have begun.
    ``facts`` stand here only where they have changed since the newest decision, which holds its own.
    """

    programme = models.CharField(max_length=80)
    contract = models.CharField(max_length=80)
    person = models.CharField(max_length=80)
    supplier = models.CharField(max_length=80)
    area = models.CharField(max_length=80)
    language = models.CharField(max_length=12)
    state = models.CharField(max_length=8, default="active")
    rate = models.DecimalField(max_digits=12, decimal_places=6, null=True)
    from_date = models.DateField()
    to_date = models.DateField(null=True)
    run = models.BigIntegerField(null=True)
    version = models.CharField(max_length=64)
    reason = models.CharField(max_length=80)
    facts = models.JSONField(null=True)
    digest = models.CharField(max_length=64)
    shielded = models.CharField(max_length=64, default="")
    words = models.TextField(default="")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["contract"], name="entitlement_by_contract")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=_one_of("state", "active", "ending", "ended", "waiting", "refused"), name="entitlement_state"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("ending", "ended"), to_date__isnull=False)
                | ~Q(state__in=("ending", "ended")) & Q(to_date__isnull=True),
                name="entitlement_ends_when_ending_or_ended",
            ),
            models.UniqueConstraint(
                fields=["programme", "contract"], condition=~Q(state="ended"), name="one_entitlement_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme} from {self.from_date} ({self.state})"

    def known_facts(self) -> Mapping[str, str | None]:
        """What it rests on now."""
        facts: Mapping[str, str | None] | None = self.facts
        return self.decisions.latest("id").facts if facts is None else facts


class Decision(models.Model):
    """One step in an entitlement's life, with the facts and the rules it rests on. Never changed afterwards.

    ``differences``: for a correction of the past, the day that was decided again and what was otherwise then.
    ``leaf``: its entry in the evidence log.
    """

    entitlement = models.ForeignKey(
        Entitlement, on_delete=models.PROTECT, related_name="decisions", db_constraint=False
    )
    kind = models.CharField(max_length=16)
    run = models.BigIntegerField(null=True)
    version = models.CharField(max_length=64)
    reason = models.CharField(max_length=80)
    facts = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    decided_at = models.DateTimeField()
    decided_by = models.CharField(max_length=150, default="")
    words = models.TextField(default="")
    from_date = models.DateField()
    to_date = models.DateField(null=True)
    rate = models.DecimalField(max_digits=12, decimal_places=6, null=True)
    differences = models.JSONField(null=True)
    leaf = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=_one_of(
                    "kind",
                    "grant",
                    "renewal",
                    "ending",
                    "ended",
                    "ending_withdrawn",
                    "correction",
                    "refusal",
                    "waiting",
                ),
                name="decision_kind",
            ),
            models.CheckConstraint(
                condition=Q(run__isnull=False) | ~Q(decided_by="") & ~Q(words=""),
                name="decision_by_a_run_or_a_person_with_words",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.decided_at:%Y-%m-%d}"


class Objection(models.Model):
    """Somebody says that a decision is wrong. A person answers it with words."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="objections")
    text = models.TextField()
    received_at = models.DateTimeField()
    due = models.DateField()
    state = models.CharField(max_length=8, default="pending")
    decided_by = models.CharField(max_length=150, default="")
    decided_at = models.DateTimeField(null=True)
    words = models.TextField(default="")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=_one_of("state", "pending", "upheld", "rejected"), name="objection_state"),
            models.CheckConstraint(
                condition=Q(state="pending", decided_at__isnull=True, decided_by="", words="")
                | ~Q(state="pending") & Q(decided_at__isnull=False) & ~Q(decided_by="") & ~Q(words=""),
                name="objection_decided_by_somebody_with_words",
            ),
            models.UniqueConstraint(
                fields=["decision"], condition=Q(state="pending"), name="one_pending_objection_a_decision"
            ),
        ]

    def __str__(self) -> str:
        return f"objection of {self.received_at:%Y-%m-%d} ({self.state})"


class Notice(models.Model):
    """A letter to write. Its words are made on demand from the decision's version and facts: always the same."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="notices", db_constraint=False)
    objection = models.ForeignKey(
        Objection,
        on_delete=models.PROTECT,
        null=True,
        related_name="notices",
        db_index=False,
        db_constraint=False,
    )
    kind = models.CharField(max_length=20)
    language = models.CharField(max_length=12)
    state = models.CharField(max_length=6, default="queued")
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=Q(state="queued"), name="notices_to_send"),
            models.Index(fields=["objection"], condition=Q(objection__isnull=False), name="notices_of_objections"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="queued", sent_at__isnull=True) | Q(state="sent", sent_at__isnull=False),
                name="notice_sent_at_when_sent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.state})"


class Review(models.Model):
    """A contract that the registers could not decide. A person settles it; a machine never refuses for it."""

    programme = models.CharField(max_length=80)
    contract = models.CharField(max_length=80)
    person = models.CharField(max_length=80)
    supplier = models.CharField(max_length=80)
    area = models.CharField(max_length=80)
    language = models.CharField(max_length=12)
    rate = models.DecimalField(max_digits=12, decimal_places=6, null=True)
    run = models.BigIntegerField()
    version = models.CharField(max_length=64)
    reason = models.CharField(max_length=80)
    facts = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    opened_at = models.DateTimeField()
    state = models.CharField(max_length=8, default="open")
    settled_by = models.CharField(max_length=150, default="")
    settled_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=12, default="")
    words = models.TextField(default="")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["programme", "contract"], name="review_by_contract"),
            models.Index(fields=["programme", "opened_at", "id"], condition=Q(state="open"), name="reviews_that_wait"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=_one_of("state", "open", "settled", "resolved"), name="review_state"),
            models.CheckConstraint(
                condition=~Q(state="settled")
                | Q(settled_at__isnull=False, verdict__in=("entitled", "not_entitled", "waiting"))
                & ~Q(settled_by="")
                & ~Q(words=""),
                name="review_settled_by_somebody_with_words",
            ),
            models.UniqueConstraint(
                fields=["programme", "contract"], condition=Q(state="open"), name="one_open_review_a_contract"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme}: {self.reason} ({self.state})"


class Switch(models.Model):
    """One turn of a programme's switch. The newest row holds; without one the programme is on."""

    programme = models.CharField(max_length=80)
    on = models.BooleanField()
    who = models.CharField(max_length=150)
    why = models.TextField()
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["programme", "-id"], name="switch_by_programme")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(who="") & ~Q(why=""), name="switch_turned_by_somebody_for_a_reason")
        ]

    def __str__(self) -> str:
        return f"{self.programme} {'on' if self.on else 'off'}"


class Look(models.Model):
    """Somebody read what is stored about a contract. The owner sees this list."""

    programme = models.CharField(max_length=80)
    contract = models.CharField(max_length=80)
    who = models.CharField(max_length=150)
    purpose = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["programme", "contract", "at"], name="looks_by_contract")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(who="") & ~Q(purpose=""), name="look_by_somebody_for_a_purpose")
        ]

    def __str__(self) -> str:
        return f"{self.who}, {self.purpose}"


class FailedTry(models.Model):
    """A reference that did not fit. ``subject`` is a keyed hash of the contract or of who asked: no personal data."""

    subject = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["subject", "at"], name="tries_by_subject")]

    def __str__(self) -> str:
        return f"a try of {self.at:%Y-%m-%d}"
