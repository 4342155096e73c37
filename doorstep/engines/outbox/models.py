"""What the outbox stores: one row a message, from the act that wrote it to the receiver's receipt."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Message(models.Model):
    """A message or event. While it is leased ``due_at`` is the lease's end, so that a killed worker's is due again.

    Of a series (``group`` outside) one message is on its way; those behind it wait for it to be sent or dropped.
    """

    key = models.CharField(max_length=200)
    lane = models.CharField(max_length=40)
    topic = models.CharField(max_length=80)
    series = models.CharField(max_length=120, default="")
    payload = models.JSONField()
    state = models.CharField(max_length=8, default="waiting")
    written_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    worker = models.CharField(max_length=80, default="")
    finished_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, default="")
    receipt = models.CharField(max_length=500, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key"], name="message_key"),
            models.UniqueConstraint(
                fields=["lane", "series"],
                condition=Q(state__in=("waiting", "dead")) & ~Q(series=""),
                name="one_of_a_series_goes",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("waiting", "behind", "dead"), finished_at__isnull=True)
                | Q(state__in=("sent", "dropped"), finished_at__isnull=False),
                name="message_finished_when_sent_or_dropped",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["lane", "due_at", "id"], condition=Q(state="waiting"), name="messages_waiting"),
            models.Index(fields=["lane", "id"], condition=Q(state="dead"), name="dead_letters"),
            models.Index(fields=["lane", "series", "id"], condition=Q(state="behind"), name="messages_behind"),
        ]

    def __str__(self) -> str:
        return f"{self.lane} {self.topic} {self.pk}"


class Job(models.Model):
    """Regular work: when it was done last, and how often it has failed since."""

    name = models.CharField(max_length=60, primary_key=True)
    done_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=100, default="")
