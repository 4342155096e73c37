"""Enrolments, the tablets that send them, who vouched, and pairs of records that may be one person."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from doorstep.domains.people.models.records import Person


class Device(models.Model):
    """A tablet that enrols without a connection. ``public`` is its signing key."""

    code = models.CharField(max_length=40, unique=True)
    holder = models.CharField(max_length=150)
    public = models.BinaryField(max_length=32)
    made_by = models.CharField(max_length=150)
    made_at = models.DateTimeField()
    until = models.DateField()
    ended_at = models.DateTimeField(null=True)


class Enrolment(models.Model):
    """One try to enrol somebody. ``id`` is made where the form is filled, so that sending twice stores once.

    ``digest`` is a keyed hash of what came: the same id with other content is told from a repetition.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    device = models.ForeignKey(Device, on_delete=models.PROTECT, null=True, related_name="enrolments")
    sequence = models.PositiveIntegerField(null=True)
    operator = models.CharField(max_length=150)
    made_at = models.DateTimeField()
    received_at = models.DateTimeField()
    form = models.BinaryField(null=True)
    digest = models.BinaryField(max_length=32)
    documents = ArrayField(models.CharField(max_length=40), default=list)
    exceptions = ArrayField(models.CharField(max_length=40), default=list)
    needed = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=9)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="enrolments")
    decided_by = models.CharField(max_length=150, default="")
    decided_at = models.DateTimeField(null=True)
    words = models.TextField(default="")
    contest = models.TextField(default="")
    contested_at = models.DateTimeField(null=True)
    leaf = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "received_at"], name="enrolments_by_state")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=("vouching", "comparing", "accepted", "refused", "linked")),
                name="enrolment_state",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("accepted", "linked"), person__isnull=False)
                | ~Q(state__in=("accepted", "linked")) & Q(person__isnull=True),
                name="enrolment_made_a_person",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | Q(decided_at__isnull=False) & ~Q(decided_by="") & ~Q(words=""),
                name="enrolment_refused_by_somebody_with_words",
            ),
            models.CheckConstraint(
                condition=Q(device=None, sequence=None) | Q(device__isnull=False, sequence__isnull=False),
                name="enrolment_of_a_device_is_numbered",
            ),
            models.UniqueConstraint(fields=["device", "sequence"], name="enrolment_once_a_number"),
        ]


class Vouching(models.Model):
    """Somebody whom the state knows says that they know who is enrolled."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="vouchings")
    introducer = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="vouched")
    knows = models.CharField(max_length=200)
    taken_by = models.CharField(max_length=150)
    at = models.DateTimeField()
    leaf = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["enrolment", "introducer"], name="introducer_vouches_once")
        ]


class Pair(models.Model):
    """Two records that may be one person. ``levels`` say how their fields compare, without what stands in them."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="pairs")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, null=True, related_name="pairs")
    other = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="other_pairs")
    probability = models.FloatField()
    levels = models.JSONField()
    state = models.CharField(max_length=9, default="open")
    found_at = models.DateTimeField()
    first_by = models.CharField(max_length=150, default="")
    second_by = models.CharField(max_length=150, default="")
    words = models.TextField(default="")
    decided_at = models.DateTimeField(null=True)
    leaf = models.BigIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["state", "-probability"], name="pairs_by_state")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(person__isnull=True, enrolment__isnull=False)
                | Q(person__isnull=False, enrolment__isnull=True),
                name="pair_of_two",
            ),
            models.CheckConstraint(condition=Q(person=None) | Q(person__lt=F("other")), name="pair_stands_once"),
            models.CheckConstraint(
                condition=Q(state="open") | ~Q(first_by="") & ~Q(words="") & Q(leaf__isnull=False),
                name="pair_decided_by_somebody_with_words",
            ),
            models.CheckConstraint(
                condition=~Q(state="joined") | ~Q(second_by="") & ~Q(second_by=F("first_by")), name="pair_joined_by_two"
            ),
            models.UniqueConstraint(fields=["person", "other"], name="pair_of_people_once"),
            models.UniqueConstraint(fields=["enrolment", "other"], name="pair_of_an_enrolment_once"),
        ]


class Merge(models.Model):
    """Two records were joined. ``moved`` names the rows that went over, so that they go back when it was wrong."""

    pair = models.ForeignKey(Pair, on_delete=models.PROTECT, related_name="merges")
    kept = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    gone = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    moved = models.JSONField()
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=150, default="")
    words = models.TextField(default="")
    leaf = models.BigIntegerField()
