"""The versions of the country that this installation has loaded."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class CountryVersion(models.Model):
    """All files of one version. What is decided under it names its hash; so a row never changes (a trigger)."""

    hash = models.CharField(primary_key=True, max_length=64)
    name = models.CharField(max_length=200)
    loaded_at = models.DateTimeField()
    files = models.JSONField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(hash__regex=r"^[0-9a-f]{64}$"), name="country_version_hash_is_sha256"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.hash[:12]}"


class CountryLoad(models.Model):
    """One loading of a version; the newest says which version is in force."""

    version = models.ForeignKey(CountryVersion, on_delete=models.PROTECT, related_name="loads")
    loaded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.version_id} at {self.loaded_at:%Y-%m-%d %H:%M}"
