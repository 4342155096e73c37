"""Vouchers as a Django app: its tables are called ``vouchers_*``."""

from django.apps import AppConfig


class VouchersConfig(AppConfig):
    """Names the app."""

    name = "doorstep.domains.vouchers"
    label = "vouchers"
    default_auto_field = "django.db.models.BigAutoField"
