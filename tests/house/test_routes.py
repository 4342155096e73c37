"""Every route refuses strangers, or is declared public here."""

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

# The first part of the addresses that anybody may open. A new public page is added here on purpose.
PUBLIC = ("healthz",)


def routes(resolver=None, before=""):
    for entry in (resolver or get_resolver()).url_patterns:
        address = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, address)
        elif isinstance(entry, URLPattern):
            yield address, entry


def test_there_are_routes():
    assert dict(routes())


@pytest.mark.django_db
def test_strangers_are_refused(client):
    open_to_all = []
    for address, _ in routes():
        if address.startswith(PUBLIC):
            continue
        response = client.get("/" + address)
        if response.status_code not in (302, 401, 403, 404, 405):
            open_to_all.append(address)
    assert not open_to_all
