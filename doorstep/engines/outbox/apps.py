"""The outbox as a Django app: its tables are called ``outbox_*``."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """Names the app."""

    name = "doorstep.engines.outbox"
    label = "outbox"
    default_auto_field = "django.db.models.BigAutoField"
