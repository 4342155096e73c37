"""Which providers there are, and how one is made from a site's settings."""

from __future__ import annotations

from collections.abc import Mapping

from doorstep.domains.payments.mobile.gsma import Gsma
from doorstep.domains.payments.mobile.transport import Transport
from doorstep.kit.errors import DoorstepError

PROVIDERS = {"gsma": Gsma}


def provider(settings: Mapping[str, str]) -> Transport:
    """The provider that the settings name: ``provider``, ``url``, ``key``, ``secrets`` (by comma), ``callback_url``.

    Raises ``DoorstepError`` where nothing is set, or a provider that nobody wrote.
    """
    made = PROVIDERS.get(settings.get("provider", ""))
    if made is None or not settings.get("url") or not settings.get("secrets"):
        raise DoorstepError(
            "No mobile-money provider is set.",
            mend=f"Set DOORSTEP_MOBILE_MONEY ({', '.join(PROVIDERS)}), DOORSTEP_MOBILE_MONEY_URL, "
            "DOORSTEP_MOBILE_MONEY_KEY and DOORSTEP_MOBILE_MONEY_SECRET.",
        )
    return made(
        url=settings["url"],
        key=settings.get("key", ""),
        secrets=tuple(secret.strip() for secret in settings["secrets"].split(",") if secret.strip()),
        callback_url=settings.get("callback_url", ""),
    )
