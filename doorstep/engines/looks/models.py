"""What looks store."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Look(models.Model):
    """Somebody looked at ``subject`` for a purpose. Its owner sees the list."""

    subject = models.CharField(max_length=200)
    who = models.CharField(max_length=150)
    purpose = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["subject", "-at"], name="looks_of_a_subject")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(subject="") & ~Q(who="") & ~Q(purpose=""), name="looks_look_by_somebody_for_a_purpose"
            )
        ]

    def __str__(self) -> str:
        return f"{self.who}, {self.purpose}"
