"""An invented issuer and a person of its country."""

from datetime import UTC, datetime, timedelta

import pytest

from doorstep.engines.credentials import api
from doorstep.engines.credentials.types import BirthDate, CardClaims, Gender, StatusRef

ISSUER = "https://services.nadira.example"
LIST = "https://services.nadira.example/states/1"
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
SECOND = int(NOW.timestamp())


def signer_of(seed: str, kind=api.ED25519, **times):
    return api.make_signer(seed.encode().ljust(32, b"."), kind, issuer=ISSUER, **times)


@pytest.fixture(params=[api.ED25519, api.ES256])
def signer(request):
    return signer_of("issuer", request.param)


@pytest.fixture
def amina():
    return CardClaims(
        id="4821730655",
        language="eng",
        full_name="Amina Rahman",
        second_name="আমিনা রহমান",
        second_language="ben",
        born=BirthDate(1961, 5, 9),
        gender=Gender.FEMALE,
        country="XN",
    )


@pytest.fixture
def card(signer, amina):
    """A card of Amina's that stands at place 731 of the list."""
    return issued(signer, amina)


def issued(signer, claims, at=NOW, years=10, index=731):
    return api.issue_card(
        claims=claims,
        signer=signer,
        issued_at=at,
        expires_at=at + timedelta(days=365 * years),
        status=StatusRef(LIST, index),
    )


def listed(signer, states, at=NOW, days=7, size=100_000, as_jwt=False):
    """A list of states that was made at a moment, as a reader carries it."""
    second = int(at.timestamp())
    raw = api.write_list(
        uri=LIST,
        states=states,
        size=size,
        signer=signer,
        issued_at=second,
        good_until=second + days * 86_400,
        as_jwt=as_jwt,
    )
    return api.read_status_list(raw=raw, keys=[signer.key])
