"""What people ask about their data, and what went wrong with it."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from doorstep.domains.people.models.records import Person


class RightsRequest(models.Model):
    """A request about one's own data, with its clock. ``text`` and ``answer`` are sealed."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="requests")
    kind = models.CharField(max_length=8)
    category = models.CharField(max_length=12, default="")
    text = models.BinaryField()
    channel = models.CharField(max_length=20)
    asked_at = models.DateTimeField()
    due = models.DateField()
    extended_why = models.CharField(max_length=300, default="")
    state = models.CharField(max_length=8, default="open")
    answer = models.BinaryField(null=True)
    answered_by = models.CharField(max_length=150, default="")
    answered_at = models.DateTimeField(null=True)
    leaf = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "due"], name="requests_by_clock")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=("see", "correct", "export", "restrict", "erase", "object", "human")),
                name="request_kind",
            ),
            models.CheckConstraint(
                condition=Q(state="open", answered_at=None)
                | Q(state__in=("done", "refused"), answered_at__isnull=False, answer__isnull=False)
                & ~Q(answered_by=""),
                name="request_answered_by_somebody_with_words",
            ),
        ]


class Breach(models.Model):
    """Data came to where they should not. The law gives 72 hours to tell the authority."""

    found_at = models.DateTimeField()
    noted_by = models.CharField(max_length=150)
    what = models.TextField()
    categories = ArrayField(models.CharField(max_length=12))
    is_high_risk = models.BooleanField()
    authority_told_at = models.DateTimeField(null=True)
    authority_reference = models.CharField(max_length=100, default="")
    people_told_at = models.DateTimeField(null=True)
    advice = models.TextField(default="")
    leaf = models.BigIntegerField()


class BreachPerson(models.Model):
    """Whom a breach concerns: they read of it among their data."""

    breach = models.ForeignKey(Breach, on_delete=models.PROTECT, related_name="people")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="breaches")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["breach", "person"], name="breach_once_a_person")]
