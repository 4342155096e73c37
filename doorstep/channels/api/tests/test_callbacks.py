"""A mobile-money provider calls: believed for its signature alone, as often as it likes."""

from __future__ import annotations

import pytest

from doorstep.domains.payments import api as payments
from doorstep.domains.payments.tests.conftest import world
from doorstep.domains.payments.tests.provider import SECRET, Provider, Served
from doorstep.domains.payments.tests.world import mobile
from doorstep.domains.payments.types import PaymentState

__all__ = ["world"]

ADDRESS = "/api/callbacks/mobile-money"
SETTINGS = {"provider": "gsma", "url": "http://127.0.0.1:1", "key": "k", "secrets": f"another, {SECRET}"}


@pytest.fixture
def told(world, settings):
    """A batch of one payment that the provider has taken, and what it would call with once it is paid."""
    settings.MOBILE_MONEY = SETTINGS
    batch, provider = world.sent(mobile("1")), Provider(final_after=9)
    with Served(provider) as url:
        transport = payments.mobile_provider({**SETTINGS, "url": url})
        payments.poll(transport=transport, at=world.now)
    (order,) = provider.orders.values()
    order.status = "completed"
    return batch, *provider.callback(order)


def call(client, body, signature, method="put"):
    headers = {"X-Signature": signature} if signature else {}
    return getattr(client, method)(ADDRESS, body, content_type="application/json", headers=headers)


def test_a_signed_callback_pays_once_however_often_it_comes(client, told, world):
    batch, headers, body = told
    for method in ("put", "post", "put"):
        assert call(client, body, headers["X-Signature"], method).status_code == 204
    assert world.states(batch) == {"1": PaymentState.PAID}
    assert world.agrees()


def test_no_other_callback_is_believed(client, told, world):
    batch, headers, body = told
    assert call(client, body, "").status_code == 401
    assert call(client, body, "0" * 64).status_code == 401
    assert call(client, body + b" ", headers["X-Signature"]).status_code == 401
    assert call(client, b"x" * 70_000, headers["X-Signature"]).status_code == 413
    assert client.get(ADDRESS).status_code == 405
    assert world.states(batch) == {"1": PaymentState.SENT}


def test_without_a_provider_there_is_no_such_address(client, told, settings):
    settings.MOBILE_MONEY = {"provider": "", "url": "", "key": "", "secrets": ""}
    _, headers, body = told
    assert call(client, body, headers["X-Signature"]).status_code == 404
