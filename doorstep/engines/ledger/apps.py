"""The ledger as a Django app: its tables are called ``ledger_*``."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Names the app."""

    name = "doorstep.engines.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"
