"""What wallets store: who holds which account, what moved and why. Value itself stands on the ledger alone."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Q

from doorstep.engines.pins.api import WithPin

PIN_SALT = "doorstep.wallets.pin"


class Wallet(WithPin):
    """An account of a person. ``holder`` is a pseudonym; ``account`` the ledger's number.

    ``page`` stands in the addresses of the desk's pages, in the place of the number: addresses are kept in logs.
    """

    pin_salt: ClassVar[str] = PIN_SALT

    page = models.UUIDField(unique=True, db_default=RandomUUID())
    number = models.CharField(max_length=9, unique=True)
    holder = models.CharField(max_length=80)
    level = models.CharField(max_length=40)
    state = models.CharField(max_length=6, default="active")
    language = models.CharField(max_length=12)
    account = models.BigIntegerField()
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=150)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=("active", "frozen", "closed")), name="wallet_state"),
            models.UniqueConstraint(fields=["holder"], condition=~Q(state="closed"), name="one_open_wallet_a_holder"),
        ]


class Agent(WithPin):
    """Who gives and takes cash, by the code of the country's file. ``account`` holds its float."""

    pin_salt: ClassVar[str] = PIN_SALT

    code = models.CharField(max_length=40, unique=True)
    account = models.BigIntegerField()


class Movement(models.Model):
    """One act that moved value. ``wallet`` is whose act it is; ``other`` or ``agent`` stands at the other end.

    ``source`` names the programme where the state paid.
    """

    key = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=8)
    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="movements")
    other = models.ForeignKey(Wallet, on_delete=models.PROTECT, null=True, related_name="received")
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, null=True, related_name="movements")
    amount = models.BigIntegerField()
    source = models.CharField(max_length=80, default="")
    transfer = models.BigIntegerField()
    leaf = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["wallet", "at"], name="movements_of_a_wallet"),
            models.Index(fields=["agent", "at"], condition=Q(agent__isnull=False), name="movements_of_an_agent"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="movement_of_something"),
            models.CheckConstraint(
                condition=Q(kind__in=("cash_in", "cash_out"), agent__isnull=False, other__isnull=True)
                | Q(kind__in=("sent", "returned"), agent__isnull=True, other__isnull=False)
                | Q(kind="paid", agent__isnull=True, other__isnull=True),
                name="movement_has_its_other_end",
            ),
            models.CheckConstraint(condition=~Q(wallet=F("other")), name="movement_between_two"),
        ]


class Confidant(models.Model):
    """A person whom the owner named: together with another they bring a lost PIN back."""

    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="confidants")
    confidant = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="+")
    named_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["wallet", "confidant"], name="confidant_named_once"),
            models.CheckConstraint(condition=~Q(wallet=F("confidant")), name="confidant_is_somebody_else"),
        ]


class Recovery(models.Model):
    """The way back to a wallet whose PIN is lost. ``code`` is a keyed hash; the owner keeps the code itself."""

    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="recoveries")
    code = models.CharField(max_length=64, unique=True)
    opened_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    by = models.CharField(max_length=150, default="")
    done_at = models.DateTimeField(null=True)


class Confirmation(models.Model):
    """One confidant's yes."""

    recovery = models.ForeignKey(Recovery, on_delete=models.PROTECT, related_name="confirmations")
    confidant = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["recovery", "confidant"], name="confidant_confirms_once")
        ]


class Dispute(models.Model):
    """The sender says that a movement was wrong; the receiver may say their side (``reply``).

    ``held`` of it is held on the receiver's account meanwhile.
    """

    movement = models.OneToOneField(Movement, on_delete=models.PROTECT, related_name="dispute")
    text = models.TextField()
    opened_at = models.DateTimeField()
    reply = models.TextField(default="")
    replied_at = models.DateTimeField(null=True)
    hold = models.BigIntegerField(null=True)
    held = models.BigIntegerField(default=0)
    state = models.CharField(max_length=8, default="open")
    decided_by = models.CharField(max_length=150, default="")
    decided_at = models.DateTimeField(null=True)
    words = models.TextField(default="")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True, decided_by="", words="")
                | Q(state__in=("upheld", "rejected"), decided_at__isnull=False) & ~Q(decided_by="") & ~Q(words=""),
                name="dispute_decided_by_somebody_with_words",
            ),
        ]


class Note(models.Model):
    """What an officer did with a wallet, for its owner to read: by whom, why, and how the owner was recognised."""

    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=10)
    by = models.CharField(max_length=150)
    asked = models.CharField(max_length=10, default="")
    recognised = models.CharField(max_length=10, default="")
    words = models.TextField(default="")
    at = models.DateTimeField()
    leaf = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["by", "kind", "at"], name="notes_by_somebody")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(by="") & (~Q(kind__in=("frozen", "unfrozen")) | ~Q(words="")),
                name="note_by_somebody_with_a_reason",
            )
        ]


class CashUp(models.Model):
    """An agent's cash was counted. ``expected`` is what should have been there; ``brought`` of it became float."""

    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="cash_ups")
    key = models.CharField(max_length=80, unique=True)
    expected = models.BigIntegerField()
    counted = models.BigIntegerField()
    brought = models.BigIntegerField()
    by = models.CharField(max_length=150)
    words = models.TextField(default="")
    upto = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(counted__gte=0, brought__gte=0, brought__lte=F("counted")) & ~Q(by=""),
                name="cash_up_of_what_is_there",
            ),
            models.CheckConstraint(
                condition=Q(counted=F("expected")) | ~Q(words=""), name="cash_up_difference_with_words"
            ),
        ]
