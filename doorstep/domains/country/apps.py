"""Tells Django about the country's tables."""

from django.apps import AppConfig


class CountryConfig(AppConfig):
    """The tables ``country_*``."""

    name = "doorstep.domains.country"
    label = "country"
    default_auto_field = "django.db.models.BigAutoField"
