"""Cards: a genuine one is read without a connection, and no other."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from doorstep.domains.vouchers import tokens
from doorstep.domains.vouchers.types import Refused

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEYS = {tokens.key_id(tokens.public_bytes(KEY)): tokens.public_bytes(KEY)}
DAY = date(2026, 9, 1)
NUMBER = tokens.with_check_digit("12345678901")


def token(**changes: object) -> tokens.Token:
    values = {"number": NUMBER, "is_proxy": False, "from_date": DAY, "until": DAY + timedelta(days=365), **changes}
    return tokens.Token(**values)  # type: ignore[arg-type]


def test_a_card_is_read_as_it_was_written_and_is_short() -> None:
    text = tokens.write_token(token(is_proxy=True), key=KEY)
    assert len(text) <= 200
    assert tokens.read_token(text, keys=KEYS, today=DAY) == token(is_proxy=True)


@given(place=st.integers(4, 141), letter=st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
def test_a_card_with_one_letter_changed_is_refused(place: int, letter: str) -> None:
    text = tokens.write_token(token(), key=KEY)
    changed = text[:place] + letter + text[place + 1 :]
    if tokens.base64.b32decode(changed[4:] + "=" * (-len(changed[4:]) % 8)) == tokens.base64.b32decode(
        text[4:] + "=" * (-len(text[4:]) % 8)
    ):
        return  # the last letter's unused bits
    with pytest.raises(Refused) as error:
        tokens.read_token(changed, keys=KEYS, today=DAY)
    assert error.value.code == "forged"


@given(st.text(max_size=220))
def test_whatever_is_scanned_is_a_card_or_refused(text: str) -> None:
    for tried in (text, "DV1:" + text):
        with pytest.raises(Refused):
            tokens.read_token(tried, keys=KEYS, today=DAY)


def test_another_schemes_card_is_refused() -> None:
    other = Ed25519PrivateKey.from_private_bytes(bytes(32))
    with pytest.raises(Refused) as error:
        tokens.read_token(tokens.write_token(token(), key=other), keys=KEYS, today=DAY)
    assert error.value.code == "forged"


@pytest.mark.parametrize(
    ("days", "revoked", "code"),
    [(-2, (), "card_early"), (367, (), "card_over"), (10, (NUMBER,), "card_revoked")],
)
def test_days_and_the_list_of_withdrawn_cards_hold_without_a_connection(days: int, revoked: tuple, code: str) -> None:
    text = tokens.write_token(token(), key=KEY)
    with pytest.raises(Refused) as error:
        tokens.read_token(text, keys=KEYS, today=DAY + timedelta(days=days), revoked=revoked)
    assert error.value.code == code


@pytest.mark.parametrize("days", [-1, 0, 365, 366])
def test_a_clock_that_is_a_day_wrong_is_forgiven(days: int) -> None:
    assert tokens.read_token(tokens.write_token(token(), key=KEY), keys=KEYS, today=DAY + timedelta(days=days))


def test_a_typed_number_is_tidied_and_a_slip_is_caught() -> None:
    assert tokens.tidied(tokens.grouped(NUMBER)) == NUMBER
    assert tokens.tidied("১২৩৪ ৫৬৭৮ ৯০১" + chr(0x9E6 + int(NUMBER[-1]))) == NUMBER
    for place in range(12):
        wrong = NUMBER[:place] + str((int(NUMBER[place]) + 1) % 10) + NUMBER[place + 1 :]
        assert tokens.tidied(wrong) is None
    assert tokens.tidied("12345x") is None
