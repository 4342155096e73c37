"""Tells Django about the pages."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The templates, the words and the tags."""

    name = "doorstep.channels.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"
    brings_words = True
