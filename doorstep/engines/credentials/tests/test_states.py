"""A reader without a connection knows what the list that it carries says, and how old that is."""

import zlib
from datetime import timedelta

import cbor2
import pytest

from doorstep.engines.credentials import api
from doorstep.engines.credentials.tests.conftest import LIST, NOW, SECOND, listed, signer_of
from doorstep.engines.credentials.types import CardClaims, Key, Reason, Refused, Standing, State, StatusRef
from doorstep.kit.errors import DoorstepError

DRAFT_KEY = api.read_key({
    "kty": "EC", "crv": "P-256", "kid": "12", "x": "I3HWm_0Ds1dPMI-IWmf4mBmH-YaeAVbPVu7vB27CxXo",
    "y": "6N_d5Elj9bs1htgV3okJKIdbHEpkgTmAluYKJemzn1M",
})  # fmt: skip
"""The key of the examples of the Token Status List, and two of those: the same list as a CWT and as a JWT."""
DRAFT_CWT = """
d2845820a2012610781a6170706c69636174696f6e2f7374617475736c6973742b63
7774a1044231325850a502782168747470733a2f2f6578616d706c652e636f6d2f73
74617475736c697374732f31061a648c5bea041a8898dfea19fffe19a8c019fffda2
646269747301636c73744a78dadbb918000217015d584093fa4d01032b18c35e2fe1
101b77fd6cc9440022caa4694450c4e4e9feab4e99d1fa6d9772ce2bf3a12e0323de
d7c982c5e101a5e67f0cbc1e2b6f57ce99c279"""
DRAFT_JWT = """
eyJhbGciOiJFUzI1NiIsImtpZCI6IjEyIiwidHlwIjoic3RhdHVzbGlzdCtqd3QifQ.e
yJleHAiOjIyOTE3MjAxNzAsImlhdCI6MTY4NjkyMDE3MCwiaXNzIjoiaHR0cHM6Ly9le
GFtcGxlLmNvbSIsInN0YXR1c19saXN0Ijp7ImJpdHMiOjEsImxzdCI6ImVOcmJ1UmdBQ
WhjQlhRIn0sInN1YiI6Imh0dHBzOi8vZXhhbXBsZS5jb20vc3RhdHVzbGlzdHMvMSIsI
nR0bCI6NDMyMDB9.2lKUUNG503R9htu4aHAYi7vjmr3sgApbfoDvPrl65N3URUO1EYqq
Ql45Jfzd-Av4QzlKa3oVALpLwOEUOq-U_g"""
DRAFT_STATES = [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]


def verify(text, signer, *lists, at=NOW):
    return api.verify_card(text=text, keys=[signer.key], at=at, status=lists)


@pytest.mark.parametrize("raw", [bytes.fromhex(DRAFT_CWT), "".join(DRAFT_JWT.split()).encode()])
def test_the_lists_of_the_standard_are_read(raw):
    found = api.read_status_list(raw=raw, keys=[DRAFT_KEY])
    assert [found.state(index) for index in range(16)] == DRAFT_STATES
    assert (found.uri, found.issued_at) == ("https://example.com/statuslists/1", 1_686_920_170)
    assert (found.good_until, found.state(16), found.state(-1)) == (2_291_720_170, None, None)


@pytest.mark.parametrize("as_jwt", [False, True])
@pytest.mark.parametrize(
    ("states", "outcome"),
    [
        ({}, Standing.VALID),
        ({730: State.REVOKED, 732: State.SUSPENDED}, Standing.VALID),
        ({731: State.REVOKED}, Reason.REVOKED),
        ({731: State.SUSPENDED}, Reason.SUSPENDED),
    ],
)
def test_the_list_says_it(signer, card, states, outcome, as_jwt):
    found = verify(card, signer, listed(signer, states, as_jwt=as_jwt), at=NOW + timedelta(days=2))
    if isinstance(outcome, Standing):
        assert (found.standing, found.list_age) == (outcome, timedelta(days=2))
    else:
        assert found == Refused(outcome)
        assert "the office" in found.words


@pytest.mark.parametrize(
    ("state", "outcome"),
    [(State.VALID, None), (State.SUSPENDED, None), (State.REVOKED, Reason.REVOKED)],
)
def test_an_old_list_makes_it_unknown_and_a_revoked_card_stays_revoked(signer, card, state, outcome):
    found = verify(card, signer, listed(signer, {731: state}), at=NOW + timedelta(days=8))
    if outcome:
        assert found == Refused(outcome)
    else:
        assert (found.standing, found.list_age) == (Standing.LIST_TOO_OLD, timedelta(days=8))
        assert "UNKNOWN" in found.standing.words


def test_the_newest_list_of_the_card_counts(signer, card):
    old = listed(signer, {731: State.SUSPENDED}, at=NOW - timedelta(days=3))
    assert verify(card, signer, listed(signer, {}), old).standing is Standing.VALID
    foreign = listed(api.make_signer(b"x" * 32, issuer="https://elsewhere.example"), {731: State.REVOKED})
    assert verify(card, signer, foreign).standing is Standing.NO_LIST_HERE
    short = listed(signer, {}, size=100)
    assert verify(card, signer, short).standing is Standing.NOT_ON_LIST


def test_what_a_list_says_that_nobody_understands_is_unknown():
    signer = signer_of("issuer")
    body = {2: LIST, 6: SECOND, 65533: {"bits": 4, "lst": zlib.compress(b"\x30")}}
    found = api.read_status_list(raw=cwt(signer, body), keys=[signer.key])
    card = api.issue_card(
        claims=CardClaims(id="7"), signer=signer, issued_at=NOW, expires_at=NOW + timedelta(days=1),
        status=StatusRef(LIST, 1),
    )  # fmt: skip
    assert verify(card, signer, found).standing is Standing.OTHER_STATE
    assert found.good_until == SECOND + 7 * 86_400


def test_an_index_says_nothing_about_its_card():
    drawn = [api.draw_index(size=1_000_000, is_taken=lambda index: False) for _ in range(200)]
    assert len(set(drawn)) > 190
    assert drawn != sorted(drawn)
    free = {5}
    assert api.draw_index(size=10, is_taken=lambda index: index not in free) == 5
    with pytest.raises(DoorstepError, match="Open another one"):
        api.draw_index(size=10, is_taken=lambda index: True)
    with pytest.raises(ValueError, match="outside"):
        listed(signer_of("issuer"), {10: State.REVOKED}, size=10)


def test_a_million_cards_fit_into_a_file_that_is_carried():
    signer = signer_of("issuer")
    states = {index * 101 % 1_000_000: State.REVOKED for index in range(10_000)}
    raw = api.write_list(uri=LIST, states=states, size=1_000_000, signer=signer, issued_at=SECOND,
                         good_until=SECOND + 86_400, as_jwt=False)  # fmt: skip
    assert len(raw) < 100_000
    found = api.read_status_list(raw=raw, keys=[signer.key])
    assert sum(found.state(index) == State.REVOKED for index in range(1_000_000)) == len(states)


def cwt(signer, body, typ="application/statuslist+cwt"):
    header = {1: -8, 4: signer.key.id.encode()} | ({16: typ} if typ else {})
    protected, payload = cbor2.dumps(header), cbor2.dumps(body)
    signature = signer.sign(cbor2.dumps(["Signature1", protected, b"", payload]))
    return cbor2.dumps(cbor2.CBORTag(18, [protected, {}, payload, signature]))


BODY = {2: LIST, 6: SECOND, 65533: {"bits": 2, "lst": bytes.fromhex("78da030000000001")}}


@pytest.mark.parametrize(
    "change",
    [{2: 7}, {6: None}, {6: "now"}, {65533: None}, {65533: {"bits": 3, "lst": b""}}, {65533: {"bits": 2, "lst": "x"}},
     {65533: {"bits": 2, "lst": b"plain"}}, {65534: "a day"}, {4: -1}],
)  # fmt: skip
def test_a_list_that_is_none_is_refused_in_words(change):
    signer = signer_of("issuer")
    assert api.read_status_list(raw=cwt(signer, BODY), keys=[signer.key]).state(0) is None
    with pytest.raises(DoorstepError, match="Fetch it again"):
        api.read_status_list(raw=cwt(signer, BODY | change), keys=[signer.key])


def test_a_list_is_no_card_and_a_card_no_list(card, signer):
    with pytest.raises(DoorstepError):
        api.read_status_list(raw=cwt(signer_of("issuer"), BODY, typ=""), keys=[signer_of("issuer").key])
    with pytest.raises(DoorstepError):
        api.read_status_list(raw=bytes.fromhex(DRAFT_CWT), keys=[Key("12", api.ES256, DRAFT_KEY.public, until=1)])
    with pytest.raises(DoorstepError):
        api.read_status_list(raw=bytes.fromhex(DRAFT_CWT), keys=[signer.key])
