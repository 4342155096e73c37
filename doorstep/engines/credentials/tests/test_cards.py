"""A card says what was signed, and every card that does not is refused with its reason."""

import zlib
from dataclasses import replace
from datetime import timedelta

import cbor2
import pytest

from doorstep.engines.credentials import api
from doorstep.engines.credentials.tests.conftest import ISSUER, NOW, SECOND, issued, signer_of
from doorstep.engines.credentials.types import BirthDate, CannotIssue, CardClaims, Reason, Refused, Standing, Verified

LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def verify(text, *signers, at=NOW, status=()):
    return api.verify_card(text=text, keys=[signer.key for signer in signers], at=at, status=status)


def message(text):
    """A card's message, by other people's means: Base45 as RFC 9285 says, zlib, cbor2."""
    raw = b""
    for start in range(0, len(text), 3):
        part = [LETTERS.index(sign) for sign in text[start : start + 3]]
        raw += sum(value * 45**place for place, value in enumerate(part)).to_bytes(len(part) - 1, "big")
    return cbor2.loads(zlib.decompress(raw))


def text_of(raw, deflate=True):
    """Bytes as a card's text, by other means than ours."""
    raw, found = zlib.compress(raw) if deflate else raw, ""
    for start in range(0, len(raw), 2):
        number = int.from_bytes(raw[start : start + 2], "big")
        for _ in range(len(raw[start : start + 2]) + 1):
            number, place = divmod(number, 45)
            found += LETTERS[place]
    return found


def card_with(signer, claims=None, *, header=None, loose=None, payload=None, tag=18):
    """A card signed for good, whose parts are as a forger or another issuer would have them."""
    header = {1: -8, 4: signer.key.id.encode()} if header is None else header
    protected = header if isinstance(header, bytes) else cbor2.dumps(header)
    payload = cbor2.dumps(claims) if payload is None else payload
    signature = signer.sign(cbor2.dumps(["Signature1", protected, b"", payload]))
    return text_of(cbor2.dumps(cbor2.CBORTag(tag, [protected, loose or {}, payload, signature])))


def fine(**claims):
    """Claims of a good card, with others in their place."""
    found = {1: ISSUER, 4: SECOND + 1000, 6: SECOND, 169: {1: "7", 4: "Amina"}}
    return {name: value for name, value in (found | {int(n[1:]): v for n, v in claims.items()}).items() if value != ()}


def fine_but(hexed, at="65 5858585858"):
    """Claims of a good card in which other bytes stand where an attribute was."""
    payload = cbor2.dumps(fine(_169={1: "7", 30: "XXXXX"}))
    assert payload.count(bytes.fromhex(at)) == 1
    return payload.replace(bytes.fromhex(at), bytes.fromhex(hexed))


def test_a_card_says_what_was_signed(signer, card, amina):
    found = verify(card, signer)
    assert isinstance(found, Verified)
    assert (found.claims, found.issuer, found.key_id) == (amina, ISSUER, signer.key.id)
    assert (found.issued_at, found.expires_at) == (NOW, NOW + timedelta(days=3650))
    assert found.standing is Standing.NO_LIST_HERE
    assert len(card) <= api.MOST_LETTERS


def test_others_read_the_same_from_it(signer, card, amina):
    tagged = message(card)
    protected, loose, payload, signature = tagged.value
    claims = cbor2.loads(payload)
    assert tagged.tag == 18
    assert cbor2.loads(protected) == {1: -8 if signer.key.kind == api.ED25519 else -7, 4: signer.key.id.encode()}
    assert (loose, len(signature)) == ({}, 64)
    assert (claims[1], claims[4] - claims[6], claims[169][8]) == (ISSUER, 3650 * 86_400, "19610509")
    assert claims[65535] == {"status_list": {"idx": 731, "uri": f"{ISSUER}/states/1"}}
    assert set(claims[169]) == {1, 3, 4, 8, 9, 19, 20, 23}


@pytest.mark.parametrize(
    ("born", "whole", "part"),
    [(BirthDate(1961, 5, 9), "19610509", None), (BirthDate(1961, 5), None, "1961-05"), (BirthDate(1961), None, "1961")],
)
def test_no_day_of_birth_is_made_up(signer, born, whole, part):
    text = issued(signer, CardClaims(born=born))
    identity = cbor2.loads(message(text).value[2])[169]
    assert (identity.get(8), identity.get(99)) == (whole, part)
    assert verify(text, signer).claims.born == born


@pytest.mark.parametrize(
    ("written", "read"),
    [("1975-04-04", BirthDate(1975, 4, 4)), ("19610000", BirthDate(1961)), ("19610500", BirthDate(1961, 5))],
)
def test_dates_of_other_issuers_are_read(written, read):
    signer = signer_of("issuer")
    assert verify(card_with(signer, fine(_169={8: written})), signer).claims.born == read


def test_what_has_no_name_here_is_kept():
    signer = signer_of("issuer")
    both = verify(card_with(signer, fine(_169={8: "19610509", 99: "1961"})), signer).claims
    assert (both.born, both.other) == (BirthDate(1961, 5, 9), {99: "1961"})
    assert verify(card_with(signer, fine(_169={9: True})), signer).claims.other == {9: True}
    strange = {8: "19619999", 9: 7, 14: "2", 18: [99], 30: "later", 62: [{0: b"\xff", 1: 0}], "own": True}
    claims = verify(card_with(signer, fine(_169=strange | {4: "Amina"})), signer).claims
    assert (claims.full_name, claims.other) == ("Amina", strange)
    again = verify(issued(signer, claims), signer).claims
    assert again == claims


def test_a_key_that_is_out_of_use_still_verifies_what_it_signed_then():
    begin, end = SECOND - 86_400, SECOND + 86_400
    old, new = signer_of("old", since=begin, until=end), signer_of("new", since=end)
    text = issued(old, CardClaims(id="7"))
    later = NOW + timedelta(days=2000)
    assert isinstance(verify(text, new, old, at=later), Verified)
    assert verify(text, new, at=later) == Refused(Reason.UNKNOWN_KEY)
    with pytest.raises(CannotIssue, match="does not sign at that time"):
        issued(old, CardClaims(id="7"), at=NOW + timedelta(days=2))
    unbounded = signer_of("old")
    late = issued(unbounded, CardClaims(id="7"), at=NOW + timedelta(days=2))
    assert verify(late, old, at=later).reason is Reason.KEY_OUT_OF_USE
    refused = Reason.KEY_OUT_OF_USE
    for second, reason in ((end - 1, None), (end, refused), (begin, None), (begin - 1, refused)):
        text = card_with(unbounded, fine(_6=second, _4=()))
        assert getattr(verify(text, old, at=later), "reason", None) is reason
    undated = card_with(unbounded, fine(_6=()))
    assert verify(undated, old).reason is Reason.KEY_OUT_OF_USE
    assert isinstance(verify(undated, unbounded), Verified)


def test_a_card_too_large_to_scan_is_not_made(signer, amina):
    with pytest.raises(CannotIssue, match="Leave out what is not needed"):
        issued(signer, replace(amina, photo=bytes(range(256)) * 2))
    with pytest.raises(CannotIssue, match="run out before it begins"):
        issued(signer, amina, years=0)


@pytest.mark.parametrize(
    ("at", "reason"),
    [
        (NOW - timedelta(minutes=11), Reason.NOT_YET),
        (NOW - timedelta(minutes=9), None),
        (NOW + timedelta(days=3650) - timedelta(seconds=1), None),
        (NOW + timedelta(days=3650), Reason.EXPIRED),
    ],
)
def test_a_card_is_good_in_its_time(signer, card, at, reason):
    assert getattr(verify(card, signer, at=at), "reason", None) is reason


def test_a_changed_letter_is_noticed(signer, card):
    for place in range(0, len(card), 7):
        other = "0" if card[place] != "0" else "1"
        assert isinstance(verify(card[:place] + other + card[place + 1 :], signer), Refused)


def test_another_persons_data_under_the_same_signature_is_forged(signer, card):
    tagged = message(card)
    protected, loose, payload, signature = tagged.value
    payload = payload.replace(b"Amina", b"Anima")
    forged = text_of(cbor2.dumps(cbor2.CBORTag(18, [protected, loose, payload, signature])))
    assert verify(forged, signer) == Refused(Reason.FORGED)


def test_the_key_says_which_signature_is_expected(card, amina):
    strong, other = signer_of("issuer"), signer_of("issuer", api.ES256)
    same_id = replace(other, key=replace(other.key, id=strong.key.id))
    assert verify(issued(strong, amina), same_id) == Refused(Reason.OTHER_ALGORITHM)
    for header in ({1: -7, 4: strong.key.id.encode()}, {1: -7}):
        assert verify(card_with(strong, fine(), header=header), strong).reason in (
            Reason.OTHER_ALGORITHM,
            Reason.UNKNOWN_KEY,
        )


E = signer_of("issuer")
KID = E.key.id.encode()
REFUSED = {
    "no algorithm": (card_with(E, fine(), header={4: KID}), Reason.UNKNOWN_ALGORITHM),
    "an algorithm without a key": (card_with(E, fine(), header={1: 5, 4: KID}), Reason.UNKNOWN_ALGORITHM),
    "an algorithm outside": (card_with(E, fine(), header={4: KID}, loose={1: -8}), Reason.NOT_A_CARD),
    "no header": (card_with(E, fine(), header=b""), Reason.UNKNOWN_ALGORITHM),
    "two key ids": (card_with(E, fine(), loose={4: KID}), Reason.NOT_A_CARD),
    "another key": (card_with(signer_of("other"), fine()), Reason.UNKNOWN_KEY),
    "another key, our id": (card_with(signer_of("other"), fine(), header={1: -8, 4: KID}), Reason.FORGED),
    "a condition": (card_with(E, fine(), header={1: -8, 4: KID, 2: [99], 99: 1}), Reason.NOT_A_CARD),
    "another issuer": (card_with(E, fine(_1="https://elsewhere.example")), Reason.OTHER_ISSUER),
    "no issuer": (card_with(E, fine(_1=())), Reason.OTHER_ISSUER),
    "nobody": (card_with(E, fine(_169=())), Reason.NOT_A_CARD),
    "a list as a person": (card_with(E, fine(_169=[1])), Reason.NOT_A_CARD),
    "a broken time": (card_with(E, fine(_4=1.5)), Reason.NOT_A_CARD),
    "a time as text": (card_with(E, fine(_4="2027")), Reason.NOT_A_CARD),
    "a time without end": (card_with(E, fine(_4=2**63)), Reason.NOT_A_CARD),
    "not before tomorrow": (card_with(E, fine(_5=SECOND + 86_400)), Reason.NOT_YET),
    "a status that is none": (card_with(E, fine(_65535={"status_list": {"idx": True, "uri": "x"}})), Reason.NOT_A_CARD),
    "a name twice": (card_with(E, payload=fine_but("01 61 61", "18 1e 65 5858585858")), Reason.NOT_A_CARD),
    "a name that is false": (card_with(E, payload=fine_but("f4", "18 1e")), Reason.NOT_A_CARD),
    "a name of bytes": (card_with(E, payload=fine_but("41 00", "18 1e")), Reason.NOT_A_CARD),
    "a long number": (card_with(E, payload=fine_but("18 01")), Reason.NOT_A_CARD),
    "a longer number": (card_with(E, payload=fine_but("1a 0000ffff")), Reason.NOT_A_CARD),
    "a long length": (card_with(E, payload=fine_but("78 05 5858585858")), Reason.NOT_A_CARD),
    "no end": (card_with(E, payload=fine_but("9f 01 ff")), Reason.NOT_A_CARD),
    "a fraction": (card_with(E, payload=fine_but("f9 3c00")), Reason.NOT_A_CARD),
    "a text that is none": (card_with(E, payload=fine_but("61 ff")), Reason.NOT_A_CARD),
    "a message of another type": (card_with(E, fine(), header={1: -8, 4: KID, 16: "other"}), Reason.NOT_A_CARD),
    "a time that is true": (card_with(E, fine(_6=True)), Reason.NOT_A_CARD),
    "something behind the claims": (card_with(E, payload=cbor2.dumps(fine()) + b"\0"), Reason.NOT_A_CARD),
    "a tag inside": (card_with(E, fine(_30=cbor2.CBORTag(258, [1]))), Reason.NOT_A_CARD),
    "another tag": (card_with(E, fine(), tag=98), Reason.NOT_A_CARD),
    "encrypted": (text_of(cbor2.dumps(cbor2.CBORTag(16, [b"", {}, b""]))), Reason.ENCRYPTED),
    "nothing": ("", Reason.UNREADABLE),
    "small letters": ("6bf", Reason.UNREADABLE),
    "not deflated": (text_of(b"plain", deflate=False), Reason.UNREADABLE),
    "something behind it": (text_of(zlib.compress(b"\xa0") + b"x", deflate=False), Reason.UNREADABLE),
    "a bomb": (text_of(zlib.compress(bytes(2_000_000), 9)[:2800], deflate=False), Reason.TOO_LONG),
    "a long text": ("0" * 5000, Reason.TOO_LONG),
    "very deep": (text_of(b"\x81" * 5000), Reason.NOT_A_CARD),
    "a huge length": (text_of(bytes.fromhex("9b 7f ff ff ff ff ff ff ff")), Reason.NOT_A_CARD),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_for_its_reason(name):
    text, reason = REFUSED[name]
    found = verify(text, E)
    assert isinstance(found, Refused)
    assert (found.reason, bool(found.words)) == (reason, True)


def test_key_ids_and_tags_of_other_issuers_are_taken():
    outside = card_with(E, fine(), header={1: -8}, loose={4: KID})
    assert isinstance(verify(outside, E), Verified)
    nameless = replace(E, key=replace(E.key, id=""))
    assert isinstance(verify(card_with(E, fine(), header={1: -8}), nameless), Verified)
    assert verify(card_with(E, fine(), header={1: -8}), E) == Refused(Reason.UNKNOWN_KEY)
    with_end = verify(issued(E, CardClaims(id="7")) + "\r\n", E)
    assert isinstance(with_end, Verified)


def test_keys_travel_in_files(signer):
    old = signer_of("old", since=1, until=SECOND)
    both = [signer, old]
    assert api.read_keys(api.key_set([one.key for one in both])) == (signer.key, old.key)
    assert api.read_signers(api.secret_set(both)) == tuple(both)
    with pytest.raises(ValueError, match="secret key"):
        api.read_keys(api.secret_set(both))
    assert "secret" not in repr(signer)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"keys": []}', '{"keys": [1]}', '{"keys": [{"kty": "RSA"}]}', '{"keys": {"a": 1}}',
     '{"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "AA"}]}',
     '{"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "' + "A" * 42 + 'B"}]}',
     '{"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "' + "A" * 43 + '", "exp": true}]}',
     '{"keys": [{"kty": "EC", "crv": "P-256", "x": "' + "A" * 43 + '", "y": "' + "A" * 43 + '"}]}'],
)  # fmt: skip
def test_a_broken_file_of_keys_is_refused_in_words(text):
    with pytest.raises(ValueError, match=r"\w"):
        api.read_keys(text)
