"""Whatever a stranger shows, the answer is an answer: a card that is good, or a refusal."""

import zlib
from datetime import timedelta

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.engines.credentials import api
from doorstep.engines.credentials.cbor import read_cbor, write_cbor
from doorstep.engines.credentials.packing import base45, read_base45
from doorstep.engines.credentials.reasons import Wrong
from doorstep.engines.credentials.tests.conftest import LIST, NOW, SECOND, signer_of
from doorstep.engines.credentials.types import BirthDate, CardClaims, Refused, StatusRef, Verified
from doorstep.kit.errors import DoorstepError

E = signer_of("issuer")
PHONE = signer_of("phone")
ASKED = api.Question("https://clinic.example", "n")
names = st.integers(-(2**64), 2**64 - 1) | st.text(max_size=5)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**64), 2**64 - 1) | st.binary(max_size=9) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=12,
)
CARD = api.issue_card(
    claims=CardClaims(id="7", full_name="Amina", born=BirthDate(1961)), signer=E, issued_at=NOW,
    expires_at=NOW + timedelta(days=9), status=StatusRef(LIST, 3),
)  # fmt: skip
CREDENTIAL = api.issue_sd_jwt(
    kind="k", always={}, on_request={"name": "Amina", "born": {"year": 1961}}, signer=E, issued_at=NOW,
    expires_at=NOW + timedelta(days=9), holder=PHONE.key, status=StatusRef(LIST, 3),
)  # fmt: skip
SHOWN = api.present_sd_jwt(
    credential=CREDENTIAL, show=["name"], holder=PHONE, audience=ASKED.audience, nonce=ASKED.nonce, at=NOW
)
LISTS = [
    api.write_list(uri=LIST, states={}, size=64, signer=E, issued_at=SECOND, good_until=SECOND + 9, as_jwt=as_jwt)
    for as_jwt in (False, True)
]


def verify(text):
    return api.verify_card(text=text, keys=[E.key], at=NOW)


def ask(text):
    return api.verify_sd_jwt(text=text, keys=[E.key], at=NOW, question=ASKED)


@given(st.text())
def test_any_text_is_refused(text):
    assert isinstance(verify(text), Refused)
    assert isinstance(ask(text), Refused)


@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_are_refused(raw, deflate):
    assert isinstance(verify(base45(zlib.compress(raw) if deflate else raw)), Refused)


@given(values, values, st.binary(max_size=70))
def test_any_message_is_refused_that_was_not_signed(header, payload, signature):
    parts = [write_cbor(header), {}, write_cbor(payload), signature]
    raw = write_cbor(parts)
    assert isinstance(verify(base45(zlib.compress(b"\xd2" + raw))), Refused)
    assert isinstance(verify(base45(zlib.compress(raw))), Refused)


@given(st.dictionaries(st.sampled_from([1, 2, 4, 5, 6, 169, 65535]), values), st.dictionaries(names, values))
def test_a_careless_issuer_breaks_no_reader(claims, identity):
    for body in (claims, claims | {1: E.key.issuer, 169: identity}):
        protected, payload = write_cbor({1: -8, 4: E.key.id.encode()}), write_cbor(body)
        signature = E.sign(cbor2.dumps(["Signature1", protected, b"", payload]))
        text = base45(zlib.compress(b"\xd2" + write_cbor([protected, {}, payload, signature])))
        if len(text) <= 4_296:
            found = verify(text)
            assert isinstance(found, Refused | Verified)
            if isinstance(found, Verified):
                assert api.in_words(found).startswith("GOOD")


@settings(max_examples=300)
@given(st.data())
def test_a_changed_card_is_refused(data):
    place = data.draw(st.integers(0, len(CARD) - 1))
    sign = data.draw(st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"))
    changed = CARD[:place] + sign + CARD[place + 1 :]
    found = verify(changed)
    assert isinstance(found, Refused) or found == verify(CARD)


@settings(max_examples=300)
@given(st.data())
def test_a_changed_credential_is_refused(data):
    place = data.draw(st.integers(0, len(SHOWN) - 1))
    sign = data.draw(st.sampled_from("ABCxyz019-_.~=\x00é"))
    changed = SHOWN[:place] + sign + SHOWN[place + 1 :]
    assert isinstance(ask(changed), Refused) == (changed != SHOWN)


@pytest.mark.parametrize("raw", LISTS)
@settings(max_examples=200)
@given(data=st.data())
def test_a_changed_list_is_refused_in_words(raw, data):
    place = data.draw(st.integers(0, len(raw) - 1))
    changed = raw[:place] + bytes([raw[place] ^ data.draw(st.integers(1, 255))]) + raw[place + 1 :]
    with pytest.raises(DoorstepError):
        api.read_status_list(raw=changed, keys=[E.key])


@given(st.binary(max_size=300))
def test_any_file_is_no_list(raw):
    with pytest.raises(DoorstepError):
        api.read_status_list(raw=raw, keys=[E.key])


@given(st.text(max_size=40) | st.sampled_from(['{"keys":[{"kty":"EC","crv":"P-256","x":"' + "B" * 43 + '"}]}']))
def test_any_file_is_no_keys(text):
    with pytest.raises(ValueError, match=r"\w"):
        api.read_keys(text)


@given(values)
def test_what_is_written_others_read_and_we_read(value):
    raw = write_cbor(value)
    assert cbor2.loads(raw) == value
    assert cbor2.dumps(read_cbor(raw)) == raw
    assert read_cbor(raw) == value


@settings(max_examples=500)
@given(st.binary(max_size=40))
def test_nothing_is_read_in_two_ways(raw):
    """What we read another reader reads too, and there is no second way to write it."""
    try:
        value = read_cbor(raw)
    except Wrong:
        return
    if isinstance(value, dict | list | int | str | bytes | bool | None):
        assert cbor2.loads(raw) == value
        assert cbor2.dumps(value) == raw


@given(st.binary(max_size=60))
def test_letters_and_bytes_are_one_to_one(raw):
    assert read_base45(base45(raw)) == raw


@given(st.text(alphabet="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:", max_size=30))
def test_a_text_stands_for_one_thing(text):
    try:
        raw = read_base45(text)
    except Wrong:
        return
    assert base45(raw) == text
