"""What a person signs in with, and the cards they carry."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from doorstep.domains.people.models.records import Person
from doorstep.engines.pins.api import WithPin


class Account(WithPin):
    """How somebody signs in: the number of their record and a PIN that they chose."""

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="account")
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=150)


class Card(models.Model):
    """A card that somebody carries. ``index``, drawn by chance, is its place in the list of those taken back."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="cards")
    index = models.PositiveIntegerField(unique=True)
    key = models.CharField(max_length=40)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    issued_by = models.CharField(max_length=150)
    state = models.CharField(max_length=9, default="valid")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=150, default="")
    why = models.CharField(max_length=200, default="")
    leaf = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="valid", ended_at=None)
                | Q(state__in=("suspended", "revoked"), ended_at__isnull=False) & ~Q(ended_by="") & ~Q(why=""),
                name="card_ended_by_somebody_for_something",
            ),
        ]
