"""Who holds vouchers and with what: pseudonyms, cards, proxies. No name, no number of a register, no address."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Holder(models.Model):
    """One person, under one pseudonym for all agencies: a keyed hash that only the scheme's key can make."""

    pseudonym = models.CharField(max_length=64, unique=True)
    language = models.CharField(max_length=12)
    made_at = models.DateTimeField()


class Proxy(models.Model):
    """Somebody who collects for a holder: these kinds, until a day. Their name stands on their card alone."""

    holder = models.ForeignKey(Holder, on_delete=models.PROTECT, related_name="proxies")
    kinds = models.JSONField(default=list)
    until = models.DateField()
    named_by = models.CharField(max_length=150)
    named_at = models.DateTimeField()
    revoked_by = models.CharField(max_length=150, default="")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(named_by=""), name="proxy_named_by_somebody"),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by="") | Q(revoked_at__isnull=False) & ~Q(revoked_by=""),
                name="proxy_revoked_by_somebody",
            ),
        ]


class Card(models.Model):
    """A card. ``tries`` are the wrong PINs in a row; ``pin_hash`` is argon2 over a keyed hash of the PIN."""

    number = models.CharField(max_length=12, unique=True)
    holder = models.ForeignKey(Holder, on_delete=models.PROTECT, related_name="cards")
    proxy = models.ForeignKey(Proxy, on_delete=models.PROTECT, null=True, related_name="cards")
    state = models.CharField(max_length=8, default="active")
    pin_hash = models.CharField(max_length=200)
    tries = models.PositiveSmallIntegerField(default=0)
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=150)
    until = models.DateField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=150, default="")
    reason = models.TextField(default="")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=("active", "locked", "blocked", "replaced")), name="voucher_card_state"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("active", "locked"), ended_at__isnull=True)
                | Q(state__in=("blocked", "replaced"), ended_at__isnull=False) & ~Q(ended_by=""),
                name="voucher_card_ended_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["holder"],
                condition=Q(proxy__isnull=True, state__in=("active", "locked")),
                name="one_card_a_holder",
            ),
        ]
