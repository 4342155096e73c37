"""Every model says how long its rows are kept, and every sealed column is named as one about a person."""

from __future__ import annotations

from django.apps import apps
from django.db import models

from doorstep.config.retention import RETENTION

NOT_ABOUT_ANYBODY = {
    "evidence.Waiting.commitment", "evidence.Entry.commitment", "evidence.Tile.hashes", "evidence.Checkpoint.root",
    "evidence.Anchor.root", "evidence.Anchor.raw", "vouchers.Device.last_hash", "vouchers.Entry.hash",
    "payments.Batch.digest",
}  # fmt: skip
"""Bytes that are hashes of what is said elsewhere, or of nobody."""


def every_model():
    return {model._meta.label: model for app in apps.get_app_configs() for model in app.get_models()}


def test_every_model_declares_how_long_it_is_kept_and_no_other():
    assert set(RETENTION) == set(every_model())


def test_every_column_that_is_named_exists():
    for label, kept in RETENTION.items():
        columns = {field.name for field in every_model()[label]._meta.get_fields()}
        assert set(kept.personal) <= columns, label


def test_every_sealed_column_is_named_as_one_about_a_person():
    missing = {
        f"{label}.{field.name}"
        for label, model in every_model().items()
        for field in model._meta.fields
        if isinstance(field, models.BinaryField) and field.name not in RETENTION[label].personal
    }
    assert missing - NOT_ABOUT_ANYBODY == set()


def test_everything_that_a_reader_sees_of_a_person_has_an_end():
    """What the register seals is let go by the purge, which its own tests prove."""
    for label in ("people.Person", "people.Contact", "people.Identifier", "people.Change", "people.Enrolment"):
        assert "purge" in RETENTION[label].ends
