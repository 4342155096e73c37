"""People as a Django app: its tables are called ``people_*``."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Names the app."""

    name = "doorstep.domains.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"
