"""Every route refuses strangers, or is declared public here on purpose."""

import re

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from doorstep.domains.country.api import load_country
from tests.house.tree import ROOT

# How the addresses begin that anybody may open, the language left out. A new public page is added here.
PUBLIC = (
    "healthz",
    "robots.txt",
    "favicon.svg",
    "about/",
    "programmes/",
    "decision/",
    "reports/",
    "rules/",
    "log/",
    # The API: read-mostly, without accounts. What is about one person asks for the code on its letter.
    "api/",
    "api/v1/",
    "api/v1/openapi.json",
    "api/v1/country",
    "api/v1/areas",
    "api/v1/programmes",
    "api/v1/rules",
    "api/v1/runs",
    "api/v1/decisions",
    "desk/sign-in/",
    # Where the owner of a wallet and an agent sign in, and how a lost PIN comes back; the rest refuses strangers.
    "wallet/",
    "wallet/lost/",
    "wallet/lost/confirm/",
    "wallet/lost/new/",
    "agent/",
    # Where somebody opens their own data; what stands under it refuses strangers.
    "me/",
    # What readers of cards fetch.
    "credentials/",
    # Where a shop or a person with a card signs in; what stands under them refuses strangers.
    "shop/",
    "vouchers/",
    # Devices: every request is signed by the device's own key.
    "sync/vouchers/",
)
# Of these, only the address itself, not what stands under it.
EXACT = {"api/", "api/v1/", "wallet/", "me/", "agent/", "shop/", "vouchers/"}
SAMPLES = {"int": "1", "uuid": "00000000-0000-0000-0000-000000000000"}


def routes(resolver=None, before=""):
    """Every address, with a sample in the place of each parameter."""
    for entry in (resolver or get_resolver()).url_patterns:
        address = before + _sample(str(entry.pattern))
        if isinstance(entry, URLResolver):
            yield from routes(entry, address)
        elif isinstance(entry, URLPattern):
            yield address


def _sample(pattern):
    return re.sub(
        r"<(?:(\w+):)?(\w+)>",
        lambda found: settings.LANGUAGE_CODE if "lang" in found[0] else SAMPLES.get(found[1], "x"),
        pattern,
    )


def is_public(address):
    first, _, rest = address.partition("/")
    page = rest if first in dict(settings.LANGUAGES) else address
    return not page or page in EXACT or page.startswith(tuple(start for start in PUBLIC if start not in EXACT))


def test_the_declared_pages_exist():
    addresses = list(routes())
    assert not [start for start in PUBLIC if not any(start in address for address in addresses)]


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
def test_strangers_are_refused(client, method):
    load_country(ROOT / "countries/demo")
    refused = {302, 401, 403, 404, 405}
    open_to_all = [
        address
        for address in routes()
        if not is_public(address) and getattr(client, method)(f"/{address}").status_code not in refused
    ]
    assert not open_to_all
