"""What the log stores: leaves that wait, entries with their places, the tree as tiles, checkpoints, salts."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Waiting(models.Model):
    """A committed leaf that has no place in the tree yet. Its number stays with it for ever."""

    commitment = models.BinaryField()


class Salt(models.Model):
    """What hides a leaf's content. Without it the leaf says nothing about anybody, for ever."""

    leaf = models.BigIntegerField(primary_key=True)
    salt = models.BinaryField()


class Entry(models.Model):
    """A leaf at its place."""

    place = models.BigIntegerField(primary_key=True)
    leaf = models.BigIntegerField(unique=True)
    commitment = models.BinaryField()


class Tile(models.Model):
    """Hashes side by side; the last of each level still grows."""

    level = models.SmallIntegerField()
    number = models.BigIntegerField()
    hashes = models.BinaryField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["level", "number"], name="one_tile_at_a_place")]


class Checkpoint(models.Model):
    """A signed statement about the tree. ``cosignatures``: witnesses' lines; ``published_at``: since when it holds."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField()
    note = models.TextField()
    cosignatures = models.TextField(default="")
    signed_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["-size"], condition=Q(published_at__isnull=False), name="published_checkpoints")
        ]


class PublicKey(models.Model):
    """A key that signs or signed for this log, for whoever checks an old receipt."""

    vkey = models.CharField(max_length=300, unique=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)


class Halt(models.Model):
    """Why nothing is taken into the log now; no row while everything is well."""

    why = models.CharField(max_length=200)
    since = models.DateTimeField()


class Anchor(models.Model):
    """A checkpoint that was signed for a chain: kept first, sent then. ``number`` is the account's (its nonce), and
    ``names`` are the hashes of all transactions signed under it, of which a chain takes one.
    """

    chain = models.BigIntegerField()
    address = models.CharField(max_length=42)
    number = models.BigIntegerField()
    size = models.BigIntegerField()
    root = models.BinaryField()
    note = models.TextField()
    raw = models.TextField()
    names = models.JSONField()
    fee = models.BigIntegerField()
    tip = models.BigIntegerField()
    prepared_at = models.DateTimeField()
    signed_at = models.DateTimeField()
    state = models.CharField(max_length=7)
    transaction = models.CharField(max_length=66, default="")
    block = models.BigIntegerField(null=True)
    block_hash = models.CharField(max_length=66, default="")
    mined_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["chain", "address", "number"], name="one_anchor_a_number"),
            models.CheckConstraint(
                condition=Q(state__in=("sent", "lost"), block__isnull=True, mined_at__isnull=True)
                | Q(state__in=("mined", "settled"), block__isnull=False, mined_at__isnull=False),
                name="anchor_has_a_block_when_mined",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-size", "-id"], condition=Q(block__isnull=False), name="standing_anchors")
        ]
