"""Looks as a Django app: their table is called ``looks_look``."""

from django.apps import AppConfig


class LooksConfig(AppConfig):
    """Names the app."""

    name = "doorstep.engines.looks"
    label = "looks"
    default_auto_field = "django.db.models.BigAutoField"
