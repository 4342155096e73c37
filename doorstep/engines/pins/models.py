"""The columns of whoever has a PIN."""

from __future__ import annotations

from django.db import models


class WithPin(models.Model):
    """Somebody with a PIN. It is kept as a slow hash of a keyed hash; wrong tries are counted in a row.

    ``pin_version`` grows with each new PIN: what was opened with an earlier one is closed by it.
    """

    pin_hash = models.CharField(max_length=200, default="")
    pin_version = models.PositiveIntegerField(default=0)
    wrong_tries = models.PositiveSmallIntegerField(default=0)
    waits = models.PositiveSmallIntegerField(default=0)
    waits_until = models.DateTimeField(null=True)

    class Meta:
        abstract = True
