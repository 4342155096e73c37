"""What is stored of people. Every column that tells something of somebody is sealed; keys and days stand open.

``kept`` says what ends a row's life: see ``retention``.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q


class Person(models.Model):
    """Somebody whom the state knows. ``tokens`` are keyed hashes by which a name or a double is found, never read."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number_hash = models.BinaryField(max_length=16, unique=True)
    number = models.BinaryField()
    names = models.BinaryField()
    birth = models.BinaryField()
    sex = models.BinaryField()
    status = models.BinaryField()
    languages = models.BinaryField()
    needs = models.BinaryField()
    address = models.BinaryField()
    tokens = ArrayField(models.BigIntegerField(), default=list)
    state = models.CharField(max_length=6, default="active")
    died = models.BinaryField(null=True)
    ended_at = models.DateTimeField(null=True)
    into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged")
    restricted_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField()
    leaf = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [GinIndex(fields=["tokens"], name="people_by_token")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=("active", "dead", "merged", "erased")), name="person_state"),
            models.CheckConstraint(
                condition=Q(state="merged", into__isnull=False) | ~Q(state="merged") & Q(into__isnull=True),
                name="merged_person_has_another",
            ),
            models.CheckConstraint(condition=~Q(id=F("into")), name="person_not_merged_into_itself"),
        ]


class OfPerson(models.Model):
    """Something of one person, from a day until another."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="%(class)ss")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class Contact(OfPerson):
    """A way to reach somebody. Several people may have the same: their rows have the same hash."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=5)
    value = models.BinaryField()
    hash = models.BinaryField(max_length=16)
    private = models.BooleanField(default=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["hash"], name="contacts_by_hash")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=("phone", "email", "post")), name="contact_kind"),
            models.UniqueConstraint(fields=["person", "hash"], condition=Q(until=None), name="contact_once_a_person"),
        ]


class Identifier(OfPerson):
    """A number of another system. ``is_sole``: nobody else has the same at the same time."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    scheme = models.CharField(max_length=40)
    value = models.BinaryField()
    hash = models.BinaryField(max_length=16)
    is_sole = models.BooleanField(default=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["hash"], name="identifiers_by_hash")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["scheme", "hash"], condition=Q(until=None, is_sole=True), name="identifier_of_one_person"
            ),
            models.UniqueConstraint(
                fields=["person", "scheme", "hash"], condition=Q(until=None), name="identifier_once_a_person"
            ),
        ]


class Household(models.Model):
    """People who live together. Who they are stands in its memberships, over time."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    made_at = models.DateTimeField()


class Membership(OfPerson):
    """Somebody lives in a household: in one at a time."""

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="memberships")
    is_head = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person"], condition=Q(until=None), name="one_household_at_a_time"),
            models.UniqueConstraint(
                fields=["household"], condition=Q(until=None, is_head=True), name="one_head_a_household"
            ),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="membership_ends_later"),
        ]


class Mandate(models.Model):
    """Somebody may act for somebody else: a guardian by law, a delegate by the person's own word."""

    kind = models.CharField(max_length=8)
    principal = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="mandates")
    agent = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="acts_for")
    scopes = ArrayField(models.CharField(max_length=40))
    since = models.DateField()
    until = models.DateField(null=True)
    basis = models.CharField(max_length=200)
    made_by = models.CharField(max_length=150)
    made_at = models.DateTimeField()
    ended_by = models.CharField(max_length=150, default="")
    ended_at = models.DateTimeField(null=True)
    leaf = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=("guardian", "delegate")), name="mandate_kind"),
            models.CheckConstraint(condition=~Q(principal=F("agent")), name="mandate_of_two"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="mandate_ends_later"),
            models.CheckConstraint(
                condition=Q(kind="guardian") | Q(until__isnull=False), name="delegates_mandate_has_an_end"
            ),
        ]


class Access(models.Model):
    """One look at a person's data, or one change of it. The person sees it, from ``opens_on`` on where that is set."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="looks")
    who = models.CharField(max_length=150)
    purpose = models.CharField(max_length=60)
    case = models.CharField(max_length=80)
    how = models.CharField(max_length=7)
    shown = ArrayField(models.CharField(max_length=12))
    opens_on = models.DateField(null=True)
    at = models.DateTimeField()
    leaf = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["person", "at"], name="looks_at_a_person"),
            models.Index(fields=["who", "at"], name="looks_of_somebody"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(how__in=("read", "found", "changed", "own", "mandate")), name="look_comes_about"
            ),
            models.CheckConstraint(condition=~Q(who="") & ~Q(purpose=""), name="look_of_somebody_for_something"),
        ]


class Change(models.Model):
    """A category was changed. ``before`` is what stood there, sealed, so that a mistake can be undone."""

    access = models.OneToOneField(Access, on_delete=models.PROTECT, related_name="change")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="changes")
    category = models.CharField(max_length=12)
    before = models.BinaryField(null=True)
    why = models.CharField(max_length=300)
    version = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "version"], name="change_of_a_version")]


class Consent(models.Model):
    """Somebody allowed a purpose that rests on consent. Withdrawn, it is worth nothing from that moment on."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="consents")
    purpose = models.CharField(max_length=60)
    version = models.CharField(max_length=64)
    given_how = models.CharField(max_length=12)
    given_by = models.CharField(max_length=150)
    given_at = models.DateTimeField()
    until = models.DateField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    leaf = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "purpose"], condition=Q(withdrawn_at=None), name="one_consent_a_purpose"
            ),
        ]
