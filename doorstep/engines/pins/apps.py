"""PINs as a Django app: its tables are called ``pins_...``."""

from django.apps import AppConfig


class PinsConfig(AppConfig):
    """Names the app."""

    name = "doorstep.engines.pins"
    label = "pins"
    default_auto_field = "django.db.models.BigAutoField"
