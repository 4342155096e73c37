"""The OpenWallet Foundation's SD-JWT VC library reads what we issue and show, and we what it issues and shows."""

from datetime import UTC, datetime, timedelta

import pytest

from doorstep.engines.credentials import api
from doorstep.engines.credentials.keys import base64url
from doorstep.engines.credentials.types import Key, Standing

ISSUER, READER = "https://services.nadira.example", "https://clinic.nadira.example"
KIND = "https://services.nadira.example/kinds/resident"
NOW = datetime.now(UTC).replace(microsecond=0)
ASKED = api.Question(READER, "n-4821")


@pytest.fixture(params=[(api.ED25519, "EdDSA"), (api.ES256, "ES256")], ids=["Ed25519", "ES256"])
def keys(request):
    kind, alg = request.param
    return api.new_signer(issuer=ISSUER, kind=kind), api.new_signer(issuer="", kind=kind), alg


def jwk(signer):
    return api.public_jwk(signer.key) | {"d": base64url(signer.secret)}


def test_what_we_issue_and_show_they_read(node, keys):
    issuer, phone, alg = keys
    credential = api.issue_sd_jwt(
        kind=KIND, always={"country": "XN"}, on_request={"name": "আমিনা", "over_60": True}, signer=issuer,
        issued_at=NOW, expires_at=NOW + timedelta(days=1), holder=phone.key, decoys=3,
    )  # fmt: skip
    shown = api.present_sd_jwt(
        credential=credential, show=["over_60"], holder=phone, audience=READER, nonce=ASKED.nonce, at=NOW
    )
    found = node(work="shown", text=shown, issuer=api.public_jwk(issuer.key), alg=alg, nonce=ASKED.nonce)
    assert found["audience"] == READER
    payload = found["payload"]
    assert (payload["over_60"], payload["country"], payload["vct"], "name" in payload) == (True, "XN", KIND, False)


def test_what_they_issue_and_show_we_read(node, keys):
    issuer, phone, alg = keys
    second = int(NOW.timestamp())
    claims = {"iss": ISSUER, "iat": second, "exp": second + 60, "vct": KIND, "name": "أمينة", "over_60": True}
    made = node(
        work="issue", issuer=jwk(issuer), holder=jwk(phone), alg=alg, kid=issuer.key.id, claims=claims,
        hidden=["name", "over_60"], show={"over_60": True}, audience=READER, nonce=ASKED.nonce,
    )  # fmt: skip
    known = [issuer.key, Key("other", api.ED25519, bytes(32))]
    found = api.verify_sd_jwt(text=made["shown"], keys=known, at=NOW, question=ASKED, kind=KIND)
    assert (found.claims, found.by_holder) == ({"iat": second, "over_60": True}, True)
    assert found.standing is Standing.NO_LIST_NAMED
    whole = api.verify_sd_jwt(text=made["credential"], keys=known, at=NOW, question=None)
    assert (whole.claims["name"], whole.by_holder) == ("أمينة", False)
