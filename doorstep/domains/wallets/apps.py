"""Wallets as a Django app: its tables are called ``wallets_*``."""

from django.apps import AppConfig


class WalletsConfig(AppConfig):
    """Names the app."""

    name = "doorstep.domains.wallets"
    label = "wallets"
    default_auto_field = "django.db.models.BigAutoField"
