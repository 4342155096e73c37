"""Benefits as a Django app: its tables are called ``benefits_*``."""

from django.apps import AppConfig


class BenefitsConfig(AppConfig):
    """Names the app."""

    name = "doorstep.domains.benefits"
    label = "benefits"
    default_auto_field = "django.db.models.BigAutoField"
