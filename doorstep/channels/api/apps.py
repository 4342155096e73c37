"""Tells Django about the API: its template."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """No tables of its own."""

    name = "doorstep.channels.api"
    label = "api"
