"""Payments as a Django app: its tables are called ``payments_*``."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """Names the app."""

    name = "doorstep.domains.payments"
    label = "payments"
    default_auto_field = "django.db.models.BigAutoField"
