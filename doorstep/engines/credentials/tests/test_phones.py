"""A phone shows what is asked and no more, and proves that the credential was issued to it."""

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest

from doorstep.engines.credentials import api
from doorstep.engines.credentials.tests.conftest import ISSUER, LIST, NOW, listed, signer_of
from doorstep.engines.credentials.types import CannotIssue, Key, Reason, Refused, Shown, Standing, State, StatusRef

READER = "https://clinic.nadira.example"
ASKED = api.Question(READER, "n-1")
PHONE = signer_of("phone", api.ES256)
KIND = "https://services.nadira.example/kinds/resident"

RFC_KEY = {
    "kty": "EC", "crv": "P-256", "x": "b28d4MwZMjw8-00CG4xfnn9SLMVMM19SlqZpVb_uNtQ",
    "y": "Xv5zWwuoaTgdS6hV43yI6gBwTnjukmFQQnJ_kCxzqk8",
}  # fmt: skip
RFC_SHOWN = """
eyJhbGciOiAiRVMyNTYiLCAidHlwIjogImRjK3NkLWp3dCJ9.
eyJfc2QiOiBbIjB
IWm1uU0lQejMzN2tTV2U3QzM0bC0tODhnekppLWVCSjJWel9ISndBVGciLCAiMUN
ybjAzV21VZVJXcDR6d1B2dkNLWGw5WmFRcC1jZFFWX2dIZGFHU1dvdyIsICIycjA
wOWR6dkh1VnJXclJYVDVrSk1tSG5xRUhIbldlME1MVlp3OFBBVEI4IiwgIjZaTkl
TRHN0NjJ5bWxyT0FrYWRqZEQ1WnVsVDVBMjk5Sjc4U0xoTV9fT3MiLCAiNzhqZzc
3LUdZQmVYOElRZm9FTFB5TDBEWVBkbWZabzBKZ1ZpVjBfbEtDTSIsICI5MENUOEF
hQlBibjVYOG5SWGtlc2p1MWkwQnFoV3FaM3dxRDRqRi1xREdrIiwgIkkwMGZjRlV
vRFhDdWNwNXl5MnVqcVBzc0RWR2FXTmlVbGlOel9hd0QwZ2MiLCAiS2pBWGdBQTl
ONVdIRUR0UkloNHU1TW4xWnNXaXhoaFdBaVgtQTRRaXdnQSIsICJMYWk2SVU2ZDd
HUWFnWFI3QXZHVHJuWGdTbGQzejhFSWdfZnYzZk9aMVdnIiwgIkxlemphYlJxaVp
PWHpFWW1WWmY4Uk1pOXhBa2QzX00xTFo4VTdFNHMzdTQiLCAiUlR6M3FUbUZOSGJ
wV3JyT01aUzQxRjQ3NGtGcVJ2M3ZJUHF0aDZQVWhsTSIsICJXMTRYSGJVZmZ6dVc
0SUZNanBTVGIxbWVsV3hVV2Y0Tl9vMmxka2tJcWM4IiwgIldUcEk3UmNNM2d4WnJ
1UnBYemV6U2JrYk9yOTNQVkZ2V3g4d29KM2oxY0UiLCAiX29oSlZJUUlCc1U0dXB
kTlM0X3c0S2IxTUhxSjBMOXFMR3NoV3E2SlhRcyIsICJ5NTBjemMwSVNDaHlfYnN
iYTFkTW9VdUFPUTVBTW1PU2ZHb0VlODF2MUZVIl0sICJpc3MiOiAiaHR0cHM6Ly9
waWQtaXNzdWVyLmJ1bmQuZGUuZXhhbXBsZSIsICJpYXQiOiAxNjgzMDAwMDAwLCA
iZXhwIjogMTg4MzAwMDAwMCwgInZjdCI6ICJ1cm46ZXVkaTpwaWQ6ZGU6MSIsICJ
fc2RfYWxnIjogInNoYS0yNTYiLCAiY25mIjogeyJqd2siOiB7Imt0eSI6ICJFQyI
sICJjcnYiOiAiUC0yNTYiLCAieCI6ICJUQ0FFUjE5WnZ1M09IRjRqNFc0dmZTVm9
ISVAxSUxpbERsczd2Q2VHZW1jIiwgInkiOiAiWnhqaVdXYlpNUUdIVldLVlE0aGJ
TSWlyc1ZmdWVjQ0U2dDRqVDlGMkhaUSJ9fX0.
ZOZQTqmq8X1mCyFXi0wbV8xjctX
1AlEa5TkdnkKOyWvLfW40XDb5oj9tzkgwff5s44IDnrfAdgLtmTcojs97_Q~WyJl
SzVvNXBIZmd1cFBwbHRqMXFoQUp3IiwgImFnZV9lcXVhbF9vcl9vdmVyIiwgeyJf
c2QiOiBbIjF0RWl5elBSWU9Lc2Y3U3NZR01nUFpLc09UMWxRWlJ4SFhBMHI1X0J3
a2siLCAiQ1ZLbmx5NVA5MHlKczNFd3R4UWlPdFVjemFYQ1lOQTRJY3pSYW9ock1E
ZyIsICJhNDQtZzJHcjhfM0FtSncyWFo4a0kxeTBRel96ZTlpT2NXMlczUkxwWEdn
IiwgImdrdnkwRnV2QkJ2ajBoczJaTnd4Y3FPbGY4bXUyLWtDRTctTmIyUXh1QlUi
LCAiaHJZNEhubUY1YjVKd0M5ZVR6YUZDVWNlSVFBYUlkaHJxVVhRTkNXYmZaSSIs
ICJ5NlNGclZGUnlxNTBJYlJKdmlUWnFxalFXejB0TGl1Q21NZU8wS3FhekdJIl19
XQ~WyJPQktsVFZsdkxnLUFkd3FZR2JQOFpBIiwgIjE4IiwgdHJ1ZV0~WyJsa2x4R
jVqTVlsR1RQVW92TU5JdkNBIiwgIm5hdGlvbmFsaXRpZXMiLCBbIkRFIl1d~eyJh
bGciOiAiRVMyNTYiLCAidHlwIjogImtiK2p3dCJ9.
eyJub25jZSI6ICIxMjM0NTY
3ODkwIiwgImF1ZCI6ICJodHRwczovL3ZlcmlmaWVyLmV4YW1wbGUub3JnIiwgIml
hdCI6IDE3NDg1MzcyNDQsICJzZF9oYXNoIjogIlBqTVlmTTA3VmJKZE14TElsdXZ
STmI4OEpGbGpTWDRuLUc0M1VjX0JTUk0ifQ.
f3TeS_1BWEG78EbIJRh5wgv8nYum
k7euzu6xgbgpNB4pbQQqgRPWK-vQjlhhgU1EFGZ9LFakFX_0mgul1G_3mw"""
"""RFC 9901, appendix A.3: a German identity shown with two claims, one of them inside another, to a verifier."""


def b64(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def issued(signer, *, on_request=None, **more):
    return api.issue_sd_jwt(
        kind=KIND,
        always={"country": "XN"},
        on_request=on_request or {"name": "আমিনা", "birthdate": "1961-05-09", "over_60": True},
        signer=signer,
        issued_at=NOW,
        expires_at=NOW + timedelta(days=365),
        holder=PHONE.key,
        **more,
    )


def shown(credential, *names, holder=PHONE, asked=ASKED, at=NOW):
    return api.present_sd_jwt(
        credential=credential, show=names, holder=holder, audience=asked.audience, nonce=asked.nonce, at=at
    )


def verify(text, signer, *, asked=ASKED, at=NOW, **more):
    return api.verify_sd_jwt(text=text, keys=[signer.key], at=at, question=asked, kind=KIND, **more)


def test_the_example_of_the_standard_is_read_and_its_holder_believed():
    found = api.verify_sd_jwt(
        text="".join(RFC_SHOWN.split()),
        keys=[api.read_key(RFC_KEY)],
        at=datetime.fromtimestamp(1_748_537_300, UTC),
        question=api.Question("https://verifier.example.org", "1234567890"),
        kind="urn:eudi:pid:de:1",
    )
    assert found == Shown(
        {"iat": 1_683_000_000, "age_equal_or_over": {"18": True}, "nationalities": ["DE"]},
        "urn:eudi:pid:de:1", "https://pid-issuer.bund.de.example", Standing.NO_LIST_NAMED, True,
    )  # fmt: skip


def test_a_phone_shows_what_is_asked_and_no_more(signer):
    credential = issued(signer)
    found = verify(shown(credential, "over_60"), signer)
    assert found == Shown(
        {"country": "XN", "over_60": True, "iat": int(NOW.timestamp())}, KIND, ISSUER, Standing.NO_LIST_NAMED, True
    )
    assert verify(shown(credential), signer).claims.keys() == {"country", "iat"}
    whole = api.verify_sd_jwt(text=credential, keys=[signer.key], at=NOW, question=None)
    assert (whole.claims["name"], whole.by_holder) == ("আমিনা", False)
    assert "1961" not in base64.urlsafe_b64decode(credential.split(".")[1] + "==").decode()


def test_decoys_hide_how_many_claims_there_are(signer):
    token = issued(signer, decoys=5).split("~")[0]
    claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    assert len(claims["_sd"]) == 8
    assert claims["_sd"] == sorted(claims["_sd"])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"holder": None}, Reason.NOT_THE_HOLDER),
        ({"holder": signer_of("thief", api.ES256)}, Reason.NOT_THE_HOLDER),
        ({"asked": api.Question(READER, "n-2")}, Reason.NOT_FOR_US),
        ({"asked": api.Question("https://shop.example", "n-1")}, Reason.NOT_FOR_US),
        ({"at": NOW - timedelta(minutes=16)}, Reason.NOT_FOR_US),
        ({"at": NOW + timedelta(minutes=11)}, Reason.NOT_FOR_US),
    ],
)
def test_a_copy_or_an_old_answer_is_refused(signer, change, reason):
    assert verify(shown(issued(signer), "name", **change), signer).reason is reason


def test_an_answer_belongs_to_what_was_shown_with_it(signer):
    credential = issued(signer)
    little, much = shown(credential, "over_60"), shown(credential, "over_60", "name")
    mixed = much.rpartition("~")[0] + "~" + little.rpartition("~")[2]
    assert verify(mixed, signer).reason is Reason.NOT_THE_HOLDER


def test_times_kinds_keys_and_states_are_checked(signer):
    credential = issued(signer, status=StatusRef(LIST, 7))
    assert verify(shown(credential), signer).standing is Standing.NO_LIST_HERE
    assert verify(shown(credential), signer, status=[listed(signer, {})]).standing is Standing.VALID
    revoked = listed(signer, {7: State.REVOKED}, as_jwt=True)
    assert verify(shown(credential), signer, status=[revoked]) == Refused(Reason.REVOKED)
    late = NOW + timedelta(days=365)
    assert verify(shown(credential, at=late), signer, at=late) == Refused(Reason.EXPIRED)
    assert verify(shown(credential), signer_of("other")) == Refused(Reason.UNKNOWN_KEY)
    other = api.verify_sd_jwt(text=shown(credential), keys=[signer.key], at=NOW, question=ASKED, kind="ticket")
    assert other.reason is Reason.NOT_A_CARD


@pytest.mark.parametrize(
    ("always", "on_request"),
    [({"iss": "x"}, {}), ({}, {"exp": 1}), ({"name": "x"}, {"name": "y"}), ({}, {"_sd": []}), ({"...": 1}, {})],
)
def test_claims_that_cannot_be_held_back_are_not(signer, always, on_request):
    with pytest.raises(CannotIssue, match="cannot be given so"):
        api.issue_sd_jwt(
            kind=KIND, always=always, on_request=on_request, signer=signer, issued_at=NOW,
            expires_at=NOW + timedelta(days=1),
        )  # fmt: skip


def forged(signer, claims, disclosures=(), header=None):
    """A credential that the issuer signed, made as a careless issuer would."""
    header = header or {"alg": "EdDSA", "typ": "dc+sd-jwt", "kid": signer.key.id}
    body = {"iss": ISSUER, "iat": int(NOW.timestamp()), "vct": KIND} | claims
    text = f"{b64(json.dumps(header).encode())}.{b64(json.dumps(body).encode())}"
    token = f"{text}.{b64(signer.sign(text.encode()))}"
    return "~".join([token, *disclosures, ""])


def hidden(*parts):
    text = b64(json.dumps(parts).encode())
    return text, b64(hashlib.sha256(text.encode()).digest())


NAME, NAME_DIGEST = hidden("salt", "name", "Amina")
EXP, EXP_DIGEST = hidden("salt", "exp", 9_999_999_999)
SD, SD_DIGEST = hidden("salt", "_sd", ["x"])
PAIR, PAIR_DIGEST = hidden("salt", "DE")
E = signer_of("issuer")
CASES = {
    "digest twice": forged(E, {"_sd": [NAME_DIGEST, NAME_DIGEST]}, [NAME]),
    "digest of nothing twice": forged(E, {"_sd": [NAME_DIGEST], "of": [{"...": NAME_DIGEST}]}),
    "an end that is a fraction": forged(E, {"exp": 9_999_999_999.5}),
    "a beginning that is true": forged(E, {"nbf": True}),
    "not signed": forged(E, {"_sd": []}, [NAME]),
    "shown twice": forged(E, {"_sd": [NAME_DIGEST]}, [NAME, NAME]),
    "name there already": forged(E, {"_sd": [NAME_DIGEST], "name": "Other"}, [NAME]),
    "an end held back": forged(E, {"_sd": [EXP_DIGEST]}, [EXP]),
    "a reserved name": forged(E, {"_sd": [SD_DIGEST]}, [SD]),
    "two parts in an object": forged(E, {"_sd": [PAIR_DIGEST]}, [PAIR]),
    "three parts in a list": forged(E, {"of": [{"...": NAME_DIGEST}]}, [NAME]),
    "digests that are none": forged(E, {"_sd": "x"}),
    "a digest that is none": forged(E, {"of": [{"...": 7}]}),
    "no kind": forged(E, {"vct": 7}),
    "another type": forged(E, {}, header={"alg": "EdDSA", "typ": "jwt", "kid": E.key.id}),
    "a condition": forged(E, {}, header={"alg": "EdDSA", "typ": "dc+sd-jwt", "kid": E.key.id, "crit": ["b64"]}),
    "very deep": forged(E, {"of": json.loads("[" * 100 + "]" * 100)}),
    "no tilde": forged(E, {}).rstrip("~"),
    "nothing": "",
}


@pytest.mark.parametrize("name", CASES)
def test_what_breaks_the_rules_is_refused(name):
    found = api.verify_sd_jwt(text=CASES[name], keys=[E.key], at=NOW, question=None)
    assert isinstance(found, Refused)
    assert found.reason is Reason.NOT_A_CARD


def test_other_digests_are_not_taken():
    text = forged(E, {"_sd_alg": "md5"})
    assert api.verify_sd_jwt(text=text, keys=[E.key], at=NOW, question=None) == Refused(Reason.UNKNOWN_ALGORITHM)


def test_base64_is_written_in_one_way():
    """Two bits of the last letter of a signature mean nothing: they must be zero."""
    text, last = forged(E, {})[:-2], forged(E, {})[-2]
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    other = letters[letters.index(last) | 1]
    assert base64.urlsafe_b64decode(text.split(".")[2] + last + "==") == base64.urlsafe_b64decode(
        text.split(".")[2] + other + "=="
    )
    found = api.verify_sd_jwt(text=f"{text}{other}~", keys=[E.key], at=NOW, question=None)
    assert found.reason is Reason.UNREADABLE


def test_a_list_shows_only_its_items_that_are_shown():
    text = forged(E, {"of": ["FR", {"...": PAIR_DIGEST}, {"...": NAME_DIGEST}]}, [PAIR])
    assert api.verify_sd_jwt(text=text, keys=[E.key], at=NOW, question=None).claims["of"] == ["FR", "DE"]


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ({"alg": "none", "typ": "dc+sd-jwt"}, Reason.UNKNOWN_ALGORITHM),
        ({"alg": "HS256", "typ": "dc+sd-jwt", "kid": E.key.id}, Reason.UNKNOWN_ALGORITHM),
        ({"alg": "ES256", "typ": "dc+sd-jwt", "kid": E.key.id}, Reason.OTHER_ALGORITHM),
        ({"alg": "EdDSA", "typ": "dc+sd-jwt"}, Reason.UNKNOWN_KEY),
        ({"alg": ["EdDSA"], "typ": "dc+sd-jwt", "kid": E.key.id}, Reason.UNKNOWN_ALGORITHM),
    ],
)
def test_the_message_does_not_choose_its_signature(header, reason):
    found = api.verify_sd_jwt(text=forged(E, {}, header=header), keys=[E.key], at=NOW, question=None)
    assert found == Refused(reason)


def test_a_name_that_comes_twice_is_refused():
    head = b64(json.dumps({"alg": "EdDSA", "typ": "dc+sd-jwt", "kid": E.key.id}).encode())
    twice = b64(b"""{"vct": "a", "vct": "b"}""")
    text = f"{head}.{twice}"
    token = f"{text}.{b64(E.sign(text.encode()))}~"
    assert api.verify_sd_jwt(text=token, keys=[E.key], at=NOW, question=None).reason is Reason.NOT_A_CARD
    assert isinstance(api.verify_sd_jwt(text=token[:-2] + "=~", keys=[E.key], at=NOW, question=None), Refused)


def test_a_phones_key_may_be_of_either_kind(signer):
    phone = signer_of("phone")
    credential = api.issue_sd_jwt(
        kind=KIND, always={}, on_request={}, signer=signer, issued_at=NOW, expires_at=NOW + timedelta(days=1),
        holder=Key("any", api.ED25519, phone.key.public),
    )  # fmt: skip
    assert verify(shown(credential, holder=phone), signer).by_holder
