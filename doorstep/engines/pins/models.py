"""The columns of whoever has a PIN, and what is remembered of guessers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.crypto import salted_hmac


class WithPin(models.Model):
    """Somebody with a PIN. It is kept as a slow hash of a keyed hash; wrong tries are counted in a row.

    ``pin_version`` grows with each new PIN: what was opened with an earlier one is closed by it.
    """

    pin_salt: ClassVar[str] = "doorstep.pin"

    pin_hash = models.CharField(max_length=200, default="")
    pin_version = models.PositiveIntegerField(default=0)
    wrong_tries = models.PositiveSmallIntegerField(default=0)
    waits = models.PositiveSmallIntegerField(default=0)
    waits_until = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    def pin_ways(self, pin: str) -> Sequence[str]:
        """The keyed hashes under which this holder's PIN may be kept: the key in use first."""
        text = f"{type(self).__name__} {self.pk} {pin}"
        keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
        return [salted_hmac(self.pin_salt, text, secret=key, algorithm="sha256").hexdigest() for key in keys]


class Nobody(WithPin):
    """A name that nobody has, on which PINs were tried: it waits as a real one does, so that a wait tells nothing.

    ``subject`` is a keyed hash of the name.
    """

    subject = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["at"], name="pins_nobody_by_age")]


class Miss(models.Model):
    """A wrong try. ``subject`` is a keyed hash of who tried: no address is kept."""

    subject = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["subject", "at"], name="pins_misses_of_a_subject"),
            models.Index(fields=["at"], name="pins_misses_by_age"),
        ]
