"""Tells Django about the desk."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """The table of failed tries, the templates and the words."""

    name = "doorstep.channels.desk"
    label = "desk"
    default_auto_field = "django.db.models.BigAutoField"
    brings_words = True
