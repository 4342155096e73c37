"""The rows of the log. What is sequenced only grows: triggers refuse whatever would change or shorten it."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField, BigIntegerRangeField
from django.db import models


class Pending(models.Model):
    """A leaf that has no place in the tree yet. Short-lived, without an index: the sequencer takes all there are."""

    id = models.BigIntegerField(primary_key=True)
    commitment = models.BinaryField()

    def __str__(self) -> str:
        return f"leaf {self.id}"


class Salt(models.Model):
    """The secret part of a commitment. Erasing the row makes what the leaf says unprovable and unguessable."""

    leaf = models.BigIntegerField(primary_key=True)
    salt = models.UUIDField()

    def __str__(self) -> str:
        return f"salt of leaf {self.leaf}"


class Bundle(models.Model):
    """Up to 256 consecutive entries of the log: which leaves they are, and what each commits to (32 bytes each)."""

    number = models.BigIntegerField(primary_key=True)
    span = BigIntegerRangeField()
    leaves = ArrayField(models.BigIntegerField())
    commitments = models.BinaryField()

    def __str__(self) -> str:
        return f"bundle {self.number}"


class Tile(models.Model):
    """Up to 256 consecutive hashes of one level of the tree (C2SP tlog-tiles), 32 bytes each."""

    pk = models.CompositePrimaryKey("level", "number")
    level = models.SmallIntegerField()
    number = models.BigIntegerField()
    hashes = models.BinaryField()

    def __str__(self) -> str:
        return f"tile {self.level}/{self.number}"


class Head(models.Model):
    """The tree at one size. It is signed only after it is kept; ``note`` is empty until it is published."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField()
    made_at = models.DateTimeField()
    note = models.TextField(default="")
    cosigned = models.SmallIntegerField(default=0)
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(note="", published_at=None)
                | ~models.Q(note="") & models.Q(published_at__isnull=False),
                name="evidence_head_is_published_with_its_note",
            )
        ]

    def __str__(self) -> str:
        return f"head of {self.size}"


class Cosigner(models.Model):
    """The largest tree that a witness has cosigned: one that says less later has lost its state."""

    key = models.TextField(primary_key=True)
    size = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.key} at {self.size}"


class Standstill(models.Model):
    """There is a row while nothing may be appended; the migration's trigger looks for it."""

    since = models.DateTimeField()
    why = models.TextField()

    def __str__(self) -> str:
        return f"standstill since {self.since:%Y-%m-%d %H:%M}"
