"""The evidence as a Django app: its tables are called ``evidence_*``."""

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    """Names the app."""

    name = "doorstep.engines.evidence"
    label = "evidence"
    default_auto_field = "django.db.models.BigAutoField"
