"""What the desk stores of its own: tries to sign in that failed, for a day. Accounts and sessions are Django's."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class FailedSignIn(models.Model):
    """One try that failed. ``subject`` is a keyed hash of a name, an address or both: no personal data."""

    subject = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["subject", "at"], name="sign_ins_by_subject")]

    def __str__(self) -> str:
        return f"a try of {self.at:%Y-%m-%d}"
